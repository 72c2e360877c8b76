//! The only way to a terminal: text passes with line breaks, tabs and the colours of
//! [`style`](crate::style), and with nothing else that a terminal obeys.
//!
//! What a submission printed, a compiler said, a file is called or a peer sent can be part of any
//! text. It could clear the screen, move the cursor, set a title, turn the direction of writing, or
//! colour a score of its own. So each colour that socklab makes carries a mark that nobody outside
//! this process knows; an escape without it is shown, not obeyed.

use std::fmt::{self, Write};
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use anstyle::Style;

/// Stands behind the parameters of each colour of ours until it is printed: `ESC [ 1 ; MARK m`.
static MARK: LazyLock<String> = LazyLock::new(|| {
    let random = RandomState::new().hash_one("socklab");
    format!(";{random}m")
});

/// `text` in a style, for [`Printer`].
pub(crate) fn styled(style: Style, text: impl fmt::Display) -> String {
    if style == Style::new() {
        return text.to_string();
    }
    marked(&format!("{style}")) + &text.to_string() + &marked(&format!("{style:#}"))
}

/// Text that was coloured by another part of socklab, which has cleaned what is foreign in it. Marks
/// that are there already stay as they are.
pub(crate) fn marked(text: &str) -> String {
    let mut marked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\x1b[") {
        let length = rest[at..].find('m').unwrap_or(rest.len() - at);
        let (before, behind) = rest.split_at(at + length);
        marked.push_str(before);
        rest = match behind.strip_prefix('m') {
            Some(rest) => {
                let again = before.ends_with(MARK.trim_end_matches('m'));
                marked.push_str(if again { "m" } else { &MARK });
                rest
            }
            None => behind,
        };
    }
    marked + rest
}

/// Passes on what may be printed.
pub(crate) struct Printer<W>(pub(crate) W);

impl<W: Write> Write for Printer<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(is_obeyed) {
            self.0.write_str(&rest[..at])?;
            rest = &rest[at..];
            if let Some(colour) = colour(rest) {
                write!(self.0, "\x1b[{colour}m")?;
                rest = &rest["\x1b[".len() + colour.len() + MARK.len()..];
                continue;
            }
            let mut chars = rest.chars();
            if let Some(char) = chars.next() {
                self.0.write_str(&shown(char))?;
            }
            rest = chars.as_str();
        }
        self.0.write_str(rest)
    }
}

/// The parameters of the colour that the text begins with, if it is ours.
fn colour(text: &str) -> Option<&str> {
    let behind = text.strip_prefix("\x1b[")?;
    let end = behind.find(|char: char| !char.is_ascii_digit() && char != ';')?;
    let (parameters, _) = behind.split_at(end + 1);
    parameters.strip_suffix(MARK.as_str())
}

/// True if a terminal obeys this character instead of showing it.
fn is_obeyed(char: char) -> bool {
    char != '\n' && char != '\t' && socklab_say::is_unsafe(char)
}

fn shown(char: char) -> String {
    char.escape_debug().to_string()
}

/// A JSON text as it may be printed: what a terminal would obey is escaped as JSON escapes it.
pub(crate) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match is_obeyed(char) {
            true => {
                let mut units = [0; 2];
                for unit in char.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            false => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style;

    fn printed(text: &str) -> String {
        let mut out = String::new();
        Printer(&mut out).write_str(text).unwrap();
        out
    }

    #[test]
    fn colours_of_ours_are_obeyed_and_no_others() {
        assert_eq!(printed(&style::paint(style::STRONG, "a")), "\x1b[1ma\x1b[0m");
        let two = style::paint(style::BAD, "a\x1b[32m6/6\x1b[0m");
        assert_eq!(printed(&two), "\x1b[1m\x1b[31ma\\u{1b}[32m6/6\\u{1b}[0m\x1b[0m");
        for text in [marked("\x1b[1mx\x1b[0m"), marked(&style::paint(style::STRONG, "x"))] {
            assert_eq!(printed(&text), "\x1b[1mx\x1b[0m");
        }
    }

    #[test]
    fn nothing_foreign_is_obeyed() {
        let foreign =
            "\x1b[2J\x1b]0;title\x07\x1b]8;;http://x\x1b\\\u{9b}31m\u{202e}\r\u{2028}\u{7f}\x1b[";
        let out = printed(foreign);
        assert!(out.chars().all(|char| !socklab_say::is_unsafe(char)), "{out:?}");
        assert!(out.contains("[2J") && out.contains("title"), "{out:?}");
        assert_eq!(printed("a\tb\n"), "a\tb\n");
    }

    #[test]
    fn json_stays_json() {
        let value = serde_json::json!({ "x": "\u{1b}[2J\u{9b}\u{202e}é\n" });
        let text = json(&serde_json::to_string_pretty(&value).unwrap());
        assert!(text.chars().all(|char| char == '\n' || !socklab_say::is_unsafe(char)), "{text:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
