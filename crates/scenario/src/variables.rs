//! The placeholders of a scenario: `{port}`, `{letters:1000}` and the like.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::format::{Sentence, say};

/// What the placeholders stand for in one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variables {
    /// What `{random:N}` and `{letters:N}` follow from: the same seed, the same bytes.
    pub seed: u64,
    /// `{host}`.
    pub host: String,
    /// `{port}`.
    pub port: u16,
    /// `{dir}`.
    pub dir: PathBuf,
    /// `{python}`.
    pub python: String,
}

/// `{host}` where a scenario says nothing else.
pub(crate) const HOST: &str = "127.0.0.1";
/// The largest `{random:N}`.
const MOST: usize = 64 << 20;

impl Variables {
    /// For checking a file before anything runs.
    pub fn sample(port: u16) -> Self {
        Self {
            seed: 1,
            host: HOST.to_owned(),
            port,
            dir: PathBuf::from("/tmp"),
            python: "python3".to_owned(),
        }
    }

    /// Text with its placeholders filled in; what is no placeholder stays.
    pub fn text(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        for (name, value) in [
            ("{host}", self.host.clone()),
            ("{port}", self.port.to_string()),
            ("{dir}", self.dir.display().to_string()),
            ("{python}", self.python.clone()),
        ] {
            if filled.contains(name) {
                filled = filled.replace(name, &value);
            }
        }
        filled
    }

    /// Bytes from text: escapes and placeholders. The error is what is wrong with it.
    pub fn bytes(&self, text: &str) -> Result<Vec<u8>, Sentence> {
        let text = self.text(text);
        let mut bytes = Vec::new();
        let mut rest = text.as_str();
        while let Some((at, length, made)) = self.next_payload(rest)? {
            bytes.extend(literal(&rest[..at])?);
            bytes.extend(made);
            rest = &rest[at + length..];
        }
        bytes.extend(literal(rest)?);
        Ok(bytes)
    }

    /// Where the next `{kind:N}` stands, how long it is, and the bytes it stands for.
    fn next_payload(&self, text: &str) -> Result<Option<(usize, usize, Vec<u8>)>, Sentence> {
        let mut from = 0;
        while let Some(open) = text[from..].find('{').map(|at| at + from) {
            let inner = text[open + 1..].split('}').next().unwrap_or_default();
            from = open + 1;
            let Some((kind, count)) = inner.split_once(':') else { continue };
            let make: fn(u8) -> u8 = match kind {
                "random" => |byte| byte,
                "letters" => |byte| b'a' + byte % 26,
                "LETTERS" => |byte| b'A' + byte % 26,
                // What a program is sent may have braces of its own, but not like that.
                _ if is_word(kind) && count.parse::<u64>().is_ok() => {
                    return Err(say!("payload-kind", found = inner));
                }
                _ => continue,
            };
            let count: usize = count
                .parse()
                .ok()
                .filter(|count| *count <= MOST)
                .ok_or_else(|| say!("payload", found = inner, kind = kind, most = MOST))?;
            let bytes = stream(self.seed, count).map(make).collect();
            return Ok(Some((open, inner.len() + 2, bytes)));
        }
        Ok(None)
    }
}

fn literal(text: &str) -> Result<Vec<u8>, Sentence> {
    socklab_judge::unescape(text)
        .map_err(|escape| say!("unknown-escape", found = escape.to_string()))
}

/// Bytes that follow from a seed: SplitMix64, the high byte of each word.
fn stream(seed: u64, count: usize) -> impl Iterator<Item = u8> {
    let mut state = seed ^ (count as u64).rotate_left(32);
    (0..count).map(move |_| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word >> 56) as u8
    })
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_follow_from_the_seed() {
        let with = |seed| Variables { seed, ..Variables::sample(8888) };
        assert_eq!(with(1).bytes("{random:100}"), with(1).bytes("{random:100}"));
        assert_ne!(with(1).bytes("{random:100}"), with(2).bytes("{random:100}"));
        let small = with(7).bytes("{letters:9}").unwrap();
        assert_eq!(with(7).bytes("{LETTERS:9}").unwrap(), small.to_ascii_uppercase());
    }

    #[test]
    fn what_is_no_placeholder_stays() {
        let text = Variables::sample(80).bytes("a{b} {host}:{port} {\"k\":1}\\x00").unwrap();
        assert_eq!(text, b"a{b} 127.0.0.1:80 {\"k\":1}\0");
        assert!(Variables::sample(80).bytes("{random:x}").is_err());
        assert!(Variables::sample(80).bytes("\\q").is_err());
    }
}
