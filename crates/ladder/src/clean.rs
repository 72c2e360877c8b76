//! Makes text from a recording safe to display: no control characters, no line breaks, no
//! bidirectional overrides.

/// Escapes everything unprintable: `\n`, `\u{1b}` …. The no-break spaces that languages group digits
/// with are printable.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '"' | '\'' | '\\' | '\u{a0}' | '\u{202f}' => clean.push(char),
            _ => clean.extend(char.escape_debug()),
        }
    }
    clean
}

/// Bytes as text for one line. If too few are readable, the result is hexadecimal and `true`.
pub(crate) fn readable(bytes: &socklab_event::Bytes) -> (String, bool) {
    let sample = &bytes.sample;
    let mut text = String::with_capacity(sample.len());
    let mut odd = 0;
    for chunk in sample.utf8_chunks() {
        for char in chunk.valid().chars() {
            match char {
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                '"' | '\'' | '\\' => text.push(char),
                _ if u32::from(char) < 0x20 || char == '\u{7f}' => {
                    odd += 1;
                    text.push_str(&format!("\\x{:02x}", u32::from(char)));
                }
                _ => text.extend(char.escape_debug()),
            }
        }
        for byte in chunk.invalid() {
            odd += 1;
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    if odd * 4 <= sample.len() {
        return (text, false);
    }
    let hex: Vec<String> = sample.iter().map(|byte| format!("{byte:02x}")).collect();
    (hex.join(" "), true)
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
}
