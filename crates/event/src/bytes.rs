//! A sample of the bytes that moved: readable in JSON, and still exact.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The first of the bytes that moved, and how many moved in all.
///
/// In JSON: `{"total":4,"text":"hola"}`, or `{"total":2,"base64":"Yf8="}` for bytes that are not
/// text: see [`Bytes::encoded`]. Both are exact.
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

    /// The first bytes of a sample, escaped, in `room` characters at most: some bytes take four of them.
    /// Behind them stands `…` unless they are all of the `total` bytes.
    pub fn beginning(sample: &[u8], total: u64, room: usize) -> String {
        let shown = |length: usize| Self::whole(&sample[..length]).to_string();
        let fits = |length: &usize| shown(*length).chars().count() <= room;
        let length = (0..=sample.len().min(room)).rev().find(fits).unwrap_or(0);
        let dots = if (length as u64) < total { "…" } else { "" };
        format!("{}{dots}", shown(length))
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
                    '\n' | '\r' | '\t' | '\0' => write!(f, "{}", char.escape_debug())?,
                    _ if char.is_ascii_control() => write!(f, "\\x{:02x}", u32::from(char))?,
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

/// A sample as JSON stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Encoded<'a> {
    /// The sample itself.
    Text(&'a str),
    /// Its base64 form, RFC 4648 §4.
    Base64(String),
}

impl Bytes {
    /// The sample as text if it is text, that is, UTF-8 without unusual control characters, or if
    /// that is shorter than base64: JSON writes a zero byte in six characters.
    pub(crate) fn encoded(&self) -> Encoded<'_> {
        let base64 = || Encoded::Base64(STANDARD.encode(&self.sample));
        let Ok(text) = std::str::from_utf8(&self.sample) else { return base64() };
        let unusual = self.sample.iter().filter(|byte| is_written_as_number(**byte)).count();
        let shorter = unusual * 5 <= self.sample.len() / 3;
        if unusual == 0 || shorter { Encoded::Text(text) } else { base64() }
    }

    /// The sample that was stored in one of the two forms.
    pub(crate) fn decoded(text: Option<Cow<'_, str>>, base64: Option<&str>) -> Decoded {
        match base64 {
            Some(base64) => STANDARD.decode(base64),
            None => Ok(text.unwrap_or_default().into_owned().into_bytes()),
        }
    }
}

pub(crate) type Decoded = Result<Vec<u8>, base64::DecodeError>;

/// True for a byte that JSON writes as `\u00NN`, RFC 8259 §7.
fn is_written_as_number(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t' | 8 | 12)
}

#[derive(Serialize, Deserialize)]
struct Shape<'a> {
    total: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (text, base64) = match self.encoded() {
            Encoded::Text(text) => (Some(text.into()), None),
            Encoded::Base64(base64) => (None, Some(base64)),
        };
        Shape { total: self.total, text, base64 }.serialize(serializer)
    }
}

/// Version 1 of the file had a `text` for human readers beside `base64`, so `base64` comes first.
impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Shape { total, text, base64 } = Shape::deserialize(deserializer)?;
        if text.is_none() && base64.is_none() {
            return Err(de::Error::missing_field("text"));
        }
        let sample = Self::decoded(text, base64.as_deref()).map_err(de::Error::custom)?;
        Ok(Self { sample, total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_measured_as_it_is_shown() {
        assert_eq!(Bytes::beginning(b"hola", 4, 4), "hola");
        assert_eq!(Bytes::beginning(b"hola", 4, 3), "hol…");
        assert_eq!(Bytes::beginning(b"hola", 9, 8), "hola…");
        // Each takes four characters.
        assert_eq!(Bytes::beginning(b"\xff\xff", 2, 7), "\\xff…");
        assert_eq!(Bytes::beginning(b"\xff", 1, 3), "…");
    }

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
        assert_eq!(raw, r#"{"total":2,"base64":"Yf8="}"#);
        let read = |json: &str| serde_json::from_str::<Bytes>(json);
        assert_eq!(read(&raw).unwrap(), Bytes::whole([b'a', 0xff]));
        let version_1 = r#"{"total":2,"text":"a\\xff","base64":"Yf8="}"#;
        assert_eq!(read(version_1).unwrap(), Bytes::whole([b'a', 0xff]));
        assert!(read(r#"{"total":2}"#).is_err());
    }

    #[test]
    fn the_shorter_form_is_chosen_unless_text_would_be_lost() {
        let size = |bytes: &[u8]| serde_json::to_string(&Bytes::whole(bytes)).unwrap().len();
        assert!(size(&[0; 300]) < 430, "{}", size(&[0; 300]));
        let page = b"GET / HTTP/1.1\r\nAccept: \"*/*\"\r\n\r\n".repeat(9);
        for text in [&page[..], b"\n\n\n\n", b"one string of the C language, with its end\0"] {
            let form = Bytes::whole(text);
            assert!(matches!(form.encoded(), Encoded::Text(_)), "{form}");
        }
        for sample in [&[0, 1, 2, 3][..], b"\x7f\0", "ñ\0".as_bytes()] {
            let json = serde_json::to_string(&Bytes::whole(sample)).unwrap();
            assert_eq!(serde_json::from_str::<Bytes>(&json).unwrap().sample, sample);
        }
    }
}
