//! Rust source with colours, token by token.

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

use crate::style;

const KEYWORDS: &[&str] = &[
    "as", "break", "const", "continue", "else", "enum", "fn", "for", "if", "impl", "in", "let",
    "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "static", "struct", "use",
    "while",
];

/// The same text; what is painted is only painted.
pub(crate) fn rust(source: &str) -> String {
    let mut painted = String::with_capacity(source.len() * 2);
    let mut rest = source;
    for token in tokenize(source, FrontmatterAllowed::No) {
        let (text, behind) = rest.split_at(token.len as usize);
        rest = behind;
        let style = match token.kind {
            TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => Some(style::FAINT),
            TokenKind::Literal { .. } => Some(style::LITERAL),
            TokenKind::Ident if KEYWORDS.contains(&text) => Some(style::KEYWORD),
            // A name right before a parenthesis is being called: these are what one reads for.
            TokenKind::Ident if rest.starts_with('(') => Some(style::CALL),
            _ => None,
        };
        match style {
            // A style does not reach over the end of a line: pagers need that.
            Some(style) => {
                let lines: Vec<_> =
                    text.split('\n').map(|line| style::paint(style, line)).collect();
                painted += &lines.join("\n");
            }
            None => painted += text,
        }
    }
    painted + rest
}

#[cfg(test)]
mod tests {
    #[test]
    fn colours_change_nothing_but_the_colours() {
        for program in programs::PROGRAMS {
            let painted = super::rust(program.source);
            assert!(painted.len() > program.source.len());
            assert_eq!(anstream::adapter::strip_str(&painted).to_string(), program.source);
        }
    }
}
