//! Bytes as hexadecimal and text, side by side.

use std::fmt::Write as _;

const ACROSS: usize = 16;

/// Formats 16 bytes per line: offset, hexadecimal, text.
pub(super) fn hexdump(bytes: &[u8]) -> String {
    let mut dump = String::new();
    for (index, line) in bytes.chunks(ACROSS).enumerate() {
        if index > 0 {
            dump.push('\n');
        }
        // Writing into a String cannot fail.
        let _ = write!(dump, "{:04x}  ", index * ACROSS);
        for place in 0..ACROSS {
            match line.get(place) {
                Some(byte) => {
                    let _ = write!(dump, "{byte:02x} ");
                }
                None => dump.push_str("   "),
            }
            if place == ACROSS / 2 - 1 {
                dump.push(' ');
            }
        }
        dump.push(' ');
        let readable = |byte: &u8| match byte {
            b' '..=b'~' => char::from(*byte),
            _ => '·',
        };
        dump.extend(line.iter().map(readable));
    }
    dump
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_aligned() {
        let dump = hexdump(b"GET / HTTP/1.1\r\nHost: \xff");
        assert_eq!(
            dump,
            "\
0000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1··
0010  48 6f 73 74 3a 20 ff                              Host: ·"
        );
    }
}
