//! A sample of the bytes that moved: readable in JSON, and still exact.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The first of the bytes that moved, and how many moved in all.
///
/// In JSON: `{"total":4,"text":"hola"}`. Bytes that are not UTF-8 are shown to human readers in
/// `text`, with `\xNN` escapes, and stored exactly in `base64`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct Bytes {
    /// The first bytes, up to the recorder's limit. After a send that failed or was partial, the
    /// first of those offered: see [`Bytes::moved`].
    pub sample: Vec<u8>,
    /// How many bytes moved in all.
    pub total: u64,
}

impl Bytes {
    /// A sample that is complete.
    pub fn whole(bytes: impl Into<Vec<u8>>) -> Self {
        let sample = bytes.into();
        Self { total: sample.len() as u64, sample }
    }

    /// The part of the sample that really moved: a send may offer bytes that the kernel does not
    /// accept.
    pub fn moved(&self) -> &[u8] {
        let most = usize::try_from(self.total).unwrap_or(usize::MAX);
        &self.sample[..self.sample.len().min(most)]
    }

    /// Shortens the sample to `length` bytes, and gives back the memory. [`Bytes::total`] stays.
    pub fn cut(&mut self, length: usize) {
        self.sample.truncate(length);
        self.sample.shrink_to_fit();
    }

    /// True if bytes were left out of the sample.
    pub fn is_cut(&self) -> bool {
        (self.sample.len() as u64) < self.total
    }
}

/// Escaped for one line of text: printable UTF-8 as itself, the rest as `\n`, `\xNN` ….
impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.sample.utf8_chunks() {
            for char in chunk.valid().chars() {
                match char {
                    '"' | '\'' => write!(f, "{char}")?,
                    _ => write!(f, "{}", char.escape_debug())?,
                }
            }
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
struct Shape<'a> {
    total: u64,
    text: std::borrow::Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (text, base64) = match std::str::from_utf8(&self.sample) {
            Ok(text) => (text.into(), None),
            Err(_) => (self.to_string().into(), Some(STANDARD.encode(&self.sample))),
        };
        Shape { total: self.total, text, base64 }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let shape = Shape::deserialize(deserializer)?;
        let sample = match shape.base64 {
            Some(base64) => STANDARD.decode(base64).map_err(de::Error::custom)?,
            None => shape.text.into_owned().into_bytes(),
        };
        Ok(Self { sample, total: shape.total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_the_kernel_did_not_accept_did_not_move() {
        let short = Bytes { sample: b"0123".to_vec(), total: 2 };
        assert_eq!((short.moved(), short.is_cut()), (&b"01"[..], false));
        let cut = Bytes { sample: b"0123".to_vec(), total: 9 };
        assert_eq!((cut.moved(), cut.is_cut()), (&b"0123"[..], true));
    }

    #[test]
    fn text_stays_text_and_other_bytes_stay_exact() {
        let text = serde_json::to_string(&Bytes::whole("hola\r\n")).unwrap();
        assert_eq!(text, r#"{"total":6,"text":"hola\r\n"}"#);
        let raw = serde_json::to_string(&Bytes::whole([b'a', 0xff])).unwrap();
        assert_eq!(raw, r#"{"total":2,"text":"a\\xff","base64":"Yf8="}"#);
        assert_eq!(serde_json::from_str::<Bytes>(&raw).unwrap(), Bytes::whole([b'a', 0xff]));
    }
}
