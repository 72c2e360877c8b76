//! Bytes from a recording as text that is safe to display.

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
