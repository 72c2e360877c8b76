//! Bytes as ladders print them, and what they stand for.

use std::ops::Range;

use socklab_event::Bytes;

/// The bytes that a text stands for: itself, with `\n`, `\r`, `\t`, `\0`, `\\`, `\"`, `\'`, `\xNN` and
/// `\u{N}` as ladders write them.
///
/// # Errors
///
/// Where something stands that looks like one of these and is none.
pub(crate) fn unescaped(text: &str) -> Result<Vec<u8>, Range<usize>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(backslash) = text[at..].find('\\').map(|further| at + further) {
        bytes.extend(&text.as_bytes()[at..backslash]);
        let rest = &text[backslash + 1..];
        let kind = rest.chars().next();
        let (read, length) =
            escape(rest).ok_or(backslash..backslash + 1 + kind.map_or(0, char::len_utf8))?;
        bytes.extend(read);
        at = backslash + 1 + length;
    }
    bytes.extend(&text.as_bytes()[at..]);
    Ok(bytes)
}

/// What stands behind a backslash, and how long it is.
fn escape(rest: &str) -> Option<(Vec<u8>, usize)> {
    let byte = match rest.chars().next()? {
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        '0' => 0,
        same @ ('\\' | '"' | '\'') => same as u8,
        'x' => {
            let digits = rest.get(1..3).filter(|two| is_hexadecimal(two))?;
            return Some((vec![u8::from_str_radix(digits, 16).ok()?], 3));
        }
        'u' => {
            let (digits, _) = rest.strip_prefix("u{")?.split_once('}')?;
            let number = Some(digits).filter(|digits| is_hexadecimal(digits))?;
            let char = char::from_u32(u32::from_str_radix(number, 16).ok()?)?;
            return Some((char.to_string().into_bytes(), digits.len() + 3));
        }
        _ => return None,
    };
    Some((vec![byte], 1))
}

/// `from_str_radix` takes a sign, too.
fn is_hexadecimal(digits: &str) -> bool {
    !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The bytes in quotes, as ladders print them.
pub(crate) fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for char in Bytes::whole(bytes).to_string().chars() {
        if char == '"' {
            text.push('\\');
        }
        text.push(char);
    }
    text.push('"');
    text
}

/// True if some bytes are among others.
pub(crate) fn contains(all: &[u8], some: &[u8]) -> bool {
    all.windows(some.len().max(1)).any(|window| window == some)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_escape_of_a_ladder_is_read() {
        let read = |text| unescaped(text);
        assert_eq!(read(r"GET\r\n\t\0\\\x00\xfF"), Ok(b"GET\r\n\t\0\\\0\xff".to_vec()));
        assert_eq!(read(r"\u{f1}\u{1f600}").as_deref(), Ok("ñ😀".as_bytes()));
        for (text, at) in [
            (r"ab\q", 2..4),
            (r"\x4", 0..2),
            (r"\x+4", 0..2),
            (r"\u{}", 0..2),
            (r"\u{d800}", 0..2),
            (r"\u41", 0..2),
            ("a\\", 1..2),
            ("\\ñ", 0..3),
        ] {
            assert_eq!(read(text), Err(at), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_a_ladder_prints_is_read_again(bytes: Vec<u8>) {
            let text = quoted(&bytes);
            prop_assert_eq!(unescaped(&text[1..text.len() - 1]), Ok(bytes));
        }
    }
}
