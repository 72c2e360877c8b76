//! Colours Rust source: literals, keywords and the functions it calls.
//!
//! Enough of the lexical grammar for the course's programs. Whatever the text, nothing but colours
//! is added to it.

use crate::style;

const KEYWORDS: &[&str] = &[
    "as", "break", "const", "continue", "else", "enum", "fn", "for", "if", "impl", "in", "let",
    "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "static", "struct", "use",
    "while",
];

/// The same text with colours.
pub(crate) fn rust(source: &str) -> String {
    let mut painted = String::with_capacity(source.len() * 2);
    let mut rest = source;
    while !rest.is_empty() {
        let (length, style) = first_token(rest);
        let (token, behind) = rest.split_at(length);
        rest = behind;
        match style {
            // Pagers drop the colour at the end of a line, so each line gets its own.
            Some(style) => {
                let lines: Vec<_> =
                    token.split('\n').map(|line| style::paint(style, line)).collect();
                painted += &lines.join("\n");
            }
            None => painted += token,
        }
    }
    painted
}

/// The length of the first token in bytes, and its colour. `text` isn't empty.
fn first_token(text: &str) -> (usize, Option<anstyle::Style>) {
    if text.starts_with("//") {
        return (text.find('\n').unwrap_or(text.len()), Some(style::COMMENT));
    }
    if text.starts_with("/*") {
        return (block_comment(text), Some(style::COMMENT));
    }
    if let Some(length) = literal(text) {
        return (length, Some(style::LITERAL));
    }
    let word = word(text);
    if word > 0 {
        let (name, behind) = text.split_at(word);
        let style = match name {
            _ if KEYWORDS.contains(&name) => Some(style::KEYWORD),
            // In a course on system calls, the calls are what matters.
            _ if behind.starts_with('(') => Some(style::CALL),
            _ => None,
        };
        return (word, style);
    }
    (text.chars().next().map_or(0, char::len_utf8), None)
}

/// The length of the letters, digits and underscores that `text` starts with.
fn word(text: &str) -> usize {
    text.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(text.len())
}

/// The length of a block comment. These nest.
fn block_comment(text: &str) -> usize {
    let (mut length, mut depth) = (0, 0);
    while let Some(at) = text[length..].find(['/', '*']) {
        length += at;
        let mark = text.get(length..length + 2);
        match mark {
            Some("/*") => depth += 1,
            Some("*/") => depth -= 1,
            _ => {
                length += 1;
                continue;
            }
        }
        length += 2;
        if depth == 0 {
            return length;
        }
    }
    text.len()
}

/// The length of the string, character or number that `text` starts with.
fn literal(text: &str) -> Option<usize> {
    if text.starts_with(|char: char| char.is_ascii_digit()) {
        return Some(number(text));
    }
    let prefix = text.bytes().take(3).position(|byte| matches!(byte, b'"' | b'\'' | b'#'))?;
    match (&text[..prefix], text.as_bytes()[prefix]) {
        ("" | "b" | "c", b'"') => Some(quoted(text, prefix, '"')),
        ("r" | "br" | "cr", b'"' | b'#') => raw_string(text, prefix),
        ("" | "b", b'\'') => {
            let mut inside = text[prefix + 1..].chars();
            // 'a' is a character, 'a without a second quote a lifetime.
            let escaped = inside.next()? == '\\';
            (escaped || inside.next()? == '\'').then(|| quoted(text, prefix, '\''))
        }
        _ => None,
    }
}

/// The length of a number with its suffix. The dot of `1..2` and of `1.max(2)` is not part of it.
fn number(text: &str) -> usize {
    let mut length = word(text);
    if let Some(fraction) = text[length..].strip_prefix('.')
        && !fraction.starts_with(|char: char| matches!(char, '.' | '_') || char.is_alphabetic())
    {
        length += 1 + word(fraction);
    }
    // The sign of an exponent: 1e-6.
    if !text.starts_with("0x") && text[..length].ends_with(['e', 'E']) {
        let exponent = text[length..].strip_prefix(['+', '-']).map_or(0, word);
        length += if exponent > 0 { 1 + exponent } else { 0 };
    }
    length
}

/// The length of a literal up to its closing quote; a backslash escapes the next character.
fn quoted(text: &str, prefix: usize, quote: char) -> usize {
    let mut inside = text[prefix + 1..].char_indices();
    while let Some((at, char)) = inside.next() {
        if char == quote {
            return prefix + 1 + at + 1;
        }
        if char == '\\' {
            inside.next();
        }
    }
    text.len()
}

/// The length of `r"…"` or `r#"…"#`; nothing for a raw identifier, `r#name`.
fn raw_string(text: &str, prefix: usize) -> Option<usize> {
    let inside = text[prefix..].trim_start_matches('#');
    let hashes = text.len() - prefix - inside.len();
    let inside = inside.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = inside.find(&end).map_or(inside.len(), |at| at + end.len());
    Some(text.len() - inside.len() + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_only_colours(source: &str) {
        let plain = anstream::adapter::strip_str(&rust(source)).to_string();
        assert_eq!(plain, source);
    }

    #[test]
    fn colours_change_nothing_but_the_colours() {
        for program in programs::PROGRAMS {
            assert!(rust(program.source).len() > program.source.len());
            assert_only_colours(program.source);
        }
        // A text may be cut off or begin anywhere, even within a token.
        let own = include_str!("highlight.rs");
        for (at, _) in own.char_indices() {
            let window = &own[at..];
            let end = window.char_indices().nth(40).map_or(window.len(), |(end, _)| end);
            assert_only_colours(&window[..end]);
        }
    }

    /// The tokens of a text that have a colour, in order.
    fn painted(source: &str, style: anstyle::Style) -> Vec<&str> {
        let mut found = Vec::new();
        let mut rest = source;
        while !rest.is_empty() {
            let (length, its) = first_token(rest);
            found.extend((its == Some(style)).then(|| &rest[..length]));
            rest = &rest[length..];
        }
        found
    }

    #[test]
    fn tokens_end_where_the_language_says() {
        let source = r##"
            // don't
            /* one /* two */ "three" */ fn /**/ next<'a>() {}
            let x = f(b'\'', 'ñ', "\"//", r#"a "quoted" \"#, br"\", 0..10, 1.5e3f64, 2.max(0x1F_u8), 1e-6);
            println!("{x}")
        "##;
        let comments = ["// don't", "/* one /* two */ \"three\" */", "/**/"];
        assert_eq!(painted(source, style::COMMENT), comments);
        let literals = [
            "b'\\''",
            "'ñ'",
            r#""\"//""#,
            r##"r#"a "quoted" \"#"##,
            r#"br"\""#,
            "0",
            "10",
            "1.5e3f64",
            "2",
            "0x1F_u8",
            "1e-6",
            "\"{x}\"",
        ];
        assert_eq!(painted(source, style::LITERAL), literals);
        assert_eq!(painted(source, style::KEYWORD), ["fn", "let"]);
        assert_eq!(painted(source, style::CALL), ["f", "max"]);
    }
}
