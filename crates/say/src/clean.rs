//! Makes foreign text safe to display in a line: no control characters, no line breaks, no
//! bidirectional overrides.

use std::path::Path;

/// True for a character that a terminal or a browser obeys instead of showing it: controls (C0, DEL,
/// C1), line and paragraph separators, and what turns the direction of writing
/// ([UAX #9](https://www.unicode.org/reports/tr9/), explicit formatting).
pub fn is_unsafe(char: char) -> bool {
    char.is_control()
        || matches!(
            char,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'
                | '\u{2029}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

/// Escapes everything unprintable: `\n`, `\u{1b}` …. The no-break spaces that languages group digits
/// with are printable.
pub fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '"' | '\'' | '\\' | '\u{a0}' | '\u{202f}' => clean.push(char),
            _ => clean.extend(char.escape_debug()),
        }
    }
    clean
}

/// A path to display in a sentence. A file's name may hold any byte but `/` and NUL.
pub fn path(path: impl AsRef<Path>) -> String {
    clean(&path.as_ref().to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_readable_and_control_characters_do_not_pass() {
        assert_eq!(clean("4\u{a0}837 bytes"), "4\u{a0}837 bytes");
        assert_eq!(clean("4\u{202f}837 bytes"), "4\u{202f}837 bytes");
        assert_eq!(clean("\u{1b}[2J\n\u{202e}"), r"\u{1b}[2J\n\u{202e}");
    }

    #[test]
    fn what_is_unsafe_never_passes() {
        for char in '\0'..='\u{ffff}' {
            let cleaned = clean(&char.to_string());
            assert!(!cleaned.chars().any(is_unsafe), "{char:?}: {cleaned:?}");
        }
    }
}
