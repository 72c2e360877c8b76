//! What is wrong with a text that is not TOML, in the reader's language. The library says it in
//! English only; this file knows its messages by the words in them.

use socklab_say::{Sentence, sentence};

/// The kinds of syntax errors, each with words of the library's messages. The first that fits
/// counts, so that what says more stands above.
const KINDS: [(&str, &[&str]); 14] = [
    ("mistake-syntax-key", &["unquoted key", "keys cannot be"]),
    ("mistake-syntax-header", &["array table"]),
    ("mistake-syntax-duplicate", &["duplicate key", "cannot extend value"]),
    ("mistake-syntax-deep", &["recurs", "recursion"]),
    ("mistake-syntax-unquoted", &["must be quoted"]),
    ("mistake-syntax-comma", &["comma", "expected `,`"]),
    ("mistake-syntax-table", &["inline table"]),
    ("mistake-syntax-list", &["array"]),
    ("mistake-syntax-header", &["table"]),
    ("mistake-syntax-text", &["string", "quote", "escape", "unicode"]),
    (
        "mistake-syntax-number",
        &[
            "digit", "radix", "numeric", "integer", "float", "number", " sign", "zero", "datetime",
            "boolean",
        ],
    ),
    ("mistake-syntax-control", &["carriage return", "comment", "newline"]),
    ("mistake-syntax-value", &["value", "assignment", "`=`"]),
    ("mistake-syntax-key", &["key"]),
];

/// The mistake that a message of the library stands for. A message of no known kind is quoted.
pub(super) fn in_words(message: &str) -> Sentence {
    let first = message.lines().next().unwrap_or_default();
    let is = |words: &&(&str, &[&str])| words.1.iter().any(|word| first.contains(word));
    match KINDS.iter().find(is) {
        Some((key, _)) => sentence!(*key),
        None => sentence!("mistake-syntax", what = message.replace('\n', "; ")),
    }
}

#[cfg(test)]
mod tests {
    use toml::de::DeTable;

    #[test]
    fn a_syntax_error_is_said_by_its_kind() {
        for (text, kind) in [
            ("a = 1\na = 2\n", "duplicate"),
            ("a = 1\na.b = 2\n", "duplicate"),
            ("a = hola\n", "unquoted"),
            ("a = \"hola\n", "text"),
            ("a = 'hola\n", "text"),
            ("a = \"\\q\"\n", "text"),
            ("a = [[] []]\n", "comma"),
            ("a = [1, 2\n", "list"),
            ("a = { b = 1\n", "table"),
            ("a = { b = 1 c = 2 }\n", "comma"),
            ("[a\n", "header"),
            ("[[a]\n", "header"),
            ("a = 01\n", "number"),
            ("a = 1__0\n", "number"),
            ("a =\n", "unquoted"),
            ("a\n", "value"),
            ("= 1\n", "key"),
        ] {
            let error = DeTable::parse(text).expect_err(text);
            let said = super::in_words(error.message());
            assert_eq!(said.key, format!("mistake-syntax-{kind}"), "{text:?}: {}", error.message());
        }
    }

    #[test]
    fn no_message_is_quoted_in_english_for_what_a_slip_can_cause() {
        let good = "a = \"x\"\n[b]\nc = [1, { d = 'e' }]\n[[f]]\ng = { h = true }\n";
        for at in 0..good.len() {
            for slip in ["", "\"", "'", "[", "]", "{", "}", "=", ",", "\\", "\r", "x", "0", "\u{1}"]
            {
                let text = format!("{}{slip}{}", &good[..at], &good[at + 1..]);
                if let Err(error) = DeTable::parse(&text) {
                    let said = super::in_words(error.message());
                    assert_ne!(said.key, "mistake-syntax", "{text:?}: {}", error.message());
                }
            }
        }
    }
}
