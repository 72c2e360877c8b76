//! What of an event can be searched for.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

/// What of an event can be searched for.
///
/// Serialised for the script of a page: with short names, without what is empty, and bytes as a text
/// with one character for each, U+0000 to U+00FF.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Subject<'t> {
    /// The ports at both ends.
    #[serde(rename = "p", skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<u16>,
    /// Both ends: addresses as ladders print them, paths, lab hosts, and the names of programs.
    #[serde(rename = "h", skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// The descriptors it is about.
    #[serde(rename = "f", skip_serializing_if = "Vec::is_empty")]
    pub descriptors: Vec<i32>,
    /// What its process is called, and its number; of a packet, the processes at both ends.
    #[serde(rename = "n", skip_serializing_if = "Vec::is_empty")]
    pub processes: Vec<String>,
    /// The call, as programs and as the kernel name it.
    #[serde(rename = "c", skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<String>,
    /// True if the call failed, and not only because it would have had to wait.
    #[serde(rename = "e", skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
    /// How long the call took, in nanoseconds.
    #[serde(rename = "d", skip_serializing_if = "Option::is_none")]
    pub took: Option<u64>,
    /// When it began, in nanoseconds since the beginning of the recording.
    #[serde(rename = "b")]
    pub begins: u64,
    /// When it ended.
    #[serde(rename = "t")]
    pub ends: u64,
    /// The bytes of each message that it moved or tried to, as far as they were recorded.
    #[serde(rename = "s", skip_serializing_if = "Vec::is_empty", serialize_with = "characters")]
    pub bytes: Vec<Cow<'t, [u8]>>,
    /// True if not all bytes were recorded, or are here.
    #[serde(rename = "x", skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

impl Subject<'_> {
    /// The same by itself, with at most so many bytes of each message.
    pub fn kept(self, most: usize) -> Subject<'static> {
        let cut = self.cut || self.bytes.iter().any(|bytes| bytes.len() > most);
        let kept = |bytes: &Cow<'_, [u8]>| Cow::Owned(bytes[..bytes.len().min(most)].to_vec());
        let bytes = self.bytes.iter().map(kept).collect();
        let Self {
            ports, hosts, descriptors, processes, calls, failed, took, begins, ends, ..
        } = self;
        Subject {
            ports,
            hosts,
            descriptors,
            processes,
            calls,
            failed,
            took,
            begins,
            ends,
            bytes,
            cut,
        }
    }
}

fn characters<S: Serializer>(all: &[Cow<'_, [u8]>], to: S) -> Result<S::Ok, S::Error> {
    let text =
        |bytes: &Cow<'_, [u8]>| bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
    to.collect_seq(all.iter().map(text))
}
