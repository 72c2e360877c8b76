//! `{heard:40..48}`: bytes of what this peer received last, for protocols whose answers repeat part
//! of the request.

use std::ops::Range;

use socklab_say::Template;

/// Replaces every `{heard:FROM..TO}` by the escapes of those bytes. Bytes beyond those received are
/// 0.
pub(super) fn fill(text: &str, received: &[u8]) -> String {
    let escape = |at| format!("\\x{:02x}", received.get(at).copied().unwrap_or(0));
    Template::parse(text).fill(|name| {
        let range = parse(name.strip_prefix("heard:")?)?;
        Some(range.map(escape).collect::<String>())
    })
}

fn parse(range: &str) -> Option<Range<usize>> {
    let (from, to) = range.split_once("..")?;
    let range = from.parse().ok()?..to.parse().ok()?;
    (range.end <= 65_536).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_the_request_are_repeated() {
        assert_eq!(
            fill("a{heard:1..3}b{heard:3..5}", b"\x01\x02\xff\x04"),
            "a\\x02\\xffb\\x04\\x00"
        );
        assert_eq!(fill("{heard:x} {heard:", b""), "{heard:x} {heard:");
    }
}
