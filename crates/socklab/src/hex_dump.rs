//! Bytes of one direction in hexadecimal, as `connect --hex` and `follow --hex` show them.

/// 16 bytes per line: an arrow for the direction, the offset of the first, and what can be printed.
pub(crate) fn hex_dump(arrow: &str, offset: u64, bytes: &[u8]) -> String {
    let mut dump = String::new();
    let mut at = offset;
    for row in bytes.chunks(16) {
        let (left, right) = row.split_at(row.len().min(8));
        let hex = |bytes: &[u8]| {
            bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
        };
        let printable = |byte: &u8| matches!(byte, 0x20..0x7f);
        let text: String =
            row.iter().map(|byte| if printable(byte) { *byte as char } else { '.' }).collect();
        dump += &format!("{arrow} {at:06x}  {:<23}  {:<23}  {text}\n", hex(left), hex(right));
        at = at.saturating_add(row.len() as u64);
    }
    dump
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_on_where_the_ones_before_end() {
        let dump = hex_dump("→", 5, b"0123456789abcdef\n");
        let lines: Vec<&str> = dump.lines().collect();
        assert_eq!(
            lines[0],
            "→ 000005  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef"
        );
        assert!(lines[1].starts_with("→ 000015  0a ") && lines[1].ends_with('.'), "{dump}");
    }
}
