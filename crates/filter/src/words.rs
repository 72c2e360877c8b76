//! A filter's text as words with their places.

use std::ops::Range;

/// The words of the language. As names, they must be quoted.
pub const WORDS: [&str; 13] = [
    "port", "host", "fd", "process", "call", "errors", "slower", "from", "to", "bytes", "and",
    "or", "not",
];

/// Words that people type for those of the language: of other tools, and in Spanish.
pub const ALIKE: [(&str, &str); 24] = [
    ("&&", "and"),
    ("||", "or"),
    ("!", "not"),
    ("address", "host"),
    ("addr", "host"),
    ("ip", "host"),
    ("pid", "process"),
    ("program", "process"),
    ("syscall", "call"),
    ("data", "bytes"),
    ("fail", "errors"),
    ("failed", "errors"),
    ("until", "to"),
    ("puerto", "port"),
    ("proceso", "process"),
    ("programa", "process"),
    ("llamada", "call"),
    ("errores", "errors"),
    ("desde", "from"),
    ("hasta", "to"),
    ("datos", "bytes"),
    ("y", "and"),
    ("o", "or"),
    ("no", "not"),
];

/// A word, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word<'t> {
    /// As it stands there, with its quotes.
    pub(crate) text: &'t str,
    pub(crate) start: usize,
    /// What is between its quotes: `None` if it has none, or not both.
    pub(crate) inside: Option<&'t str>,
}

impl Word<'_> {
    pub(crate) fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

/// The words of a text: parentheses, what is quoted, and everything else up to the next space.
pub(crate) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = 0;
    while let Some(char) = text[start..].chars().next() {
        let rest = &text[start..];
        let length = match char {
            _ if is_space(char) => {
                start += char.len_utf8();
                continue;
            }
            '(' | ')' => 1,
            '"' => match closed(rest) {
                Some(length) => {
                    let (text, inside) = (&rest[..length], Some(&rest[1..length - 1]));
                    words.push(Word { text, start, inside });
                    start += length;
                    continue;
                }
                None => rest.len(),
            },
            _ => rest.find(|char| is_space(char) || "()\"".contains(char)).unwrap_or(rest.len()),
        };
        words.push(Word { text: &rest[..length], start, inside: None });
        start += length;
    }
    words
}

/// Spaces, and the no-break spaces that a ladder puts between a number and its unit.
fn is_space(char: char) -> bool {
    matches!(char, ' ' | '\t' | '\n' | '\r' | '\u{a0}' | '\u{202f}')
}

/// The length of what is quoted, with both its quotes, if it has them.
fn closed(rest: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, char) in rest.char_indices().skip(1) {
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_a_word_together() {
        let of =
            |text| words(text).into_iter().map(|word| (word.text, word.start)).collect::<Vec<_>>();
        assert_eq!(
            of(r#"not(bytes "a \" (b")"#),
            [("not", 0), ("(", 3), ("bytes", 4), (r#""a \" (b""#, 10), (")", 19),]
        );
        assert_eq!(of("\"a\\\""), [("\"a\\\"", 0)]);
        assert_eq!(of("10\u{a0}ms"), [("10", 0), ("ms", 4)]);
    }
}
