//! `{heard:40..48}`: bytes of what this peer received last, for protocols whose answers repeat a
//! part of the question.

/// Replaces every `{heard:FROM..TO}` by the escapes of those bytes; what was not received is 0.
pub(super) fn fill(text: &str, heard: &[u8]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{heard:") {
        filled.push_str(before);
        let range = behind.split_once('}').and_then(|(range, rest)| Some((parse(range)?, rest)));
        match range {
            Some((range, behind)) => {
                for at in range {
                    filled.push_str(&format!("\\x{:02x}", heard.get(at).copied().unwrap_or(0)));
                }
                rest = behind;
            }
            None => {
                filled.push_str("{heard:");
                rest = behind;
            }
        }
    }
    filled + rest
}

fn parse(range: &str) -> Option<std::ops::Range<usize>> {
    let (from, to) = range.split_once("..")?;
    let range = from.parse().ok()?..to.parse().ok()?;
    (range.end <= 65_536).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_the_question_come_back() {
        assert_eq!(
            fill("a{heard:1..3}b{heard:3..5}", b"\x01\x02\xff\x04"),
            "a\\x02\\xffb\\x04\\x00"
        );
        assert_eq!(fill("{heard:x} {heard:", b""), "{heard:x} {heard:");
    }
}
