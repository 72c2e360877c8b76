//! What a capture that socklab wrote tells of a packet besides its bytes: the hosts, and what became of
//! it. It stands in a comment, in the same words whatever language the other comments are in, so that
//! the capture is read as it was recorded.

use serde::{Deserialize, Serialize};
use socklab_event::Fate;

/// How such a comment begins; JSON follows.
const BEGINS: &str = "socklab ";

/// No such comment of ours is longer; a rule is a line that somebody typed.
const LONGEST: usize = 1 << 14;

/// What became of a frame that is written.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// It is a frame of the recording.
    Frame {
        /// As [`Frame::from`](socklab_event::Frame::from).
        from: &'a str,
        /// As [`Frame::to`](socklab_event::Frame::to).
        to: Option<&'a str>,
        /// As [`Frame::fate`](socklab_event::Frame::fate), with times in nanoseconds since 1970, as
        /// that of the packet.
        fate: &'a Fate,
    },
    /// It is what arrived of the frame with the same number: for Wireshark, which has no fates.
    Arrived,
}

/// The same as it is read.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Remark {
    Frame {
        from: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
        /// Its times count from that of the packet: a tool may have shifted that.
        fate: Fate,
    },
    Arrived,
}

impl Told<'_> {
    /// The comment for a packet of a time. `None` if it would be too long to be read again.
    pub(super) fn comment(&self, at: u64) -> Option<String> {
        let remark = match *self {
            Self::Arrived => Remark::Arrived,
            Self::Frame { from, to, fate } => Remark::Frame {
                from: from.to_owned(),
                to: to.map(str::to_owned),
                fate: fate.clone().moved(|time| time.wrapping_sub(at)),
            },
        };
        let json = serde_json::to_string(&remark).ok()?;
        Some(format!("{BEGINS}{json}")).filter(|comment| comment.len() <= LONGEST)
    }
}

impl Remark {
    /// What a comment says if it is one of these.
    pub(super) fn of(comment: &[u8]) -> Option<Self> {
        let json = comment.strip_prefix(BEGINS.as_bytes())?;
        if comment.len() > LONGEST {
            return None;
        }
        serde_json::from_slice(json).ok()
    }
}
