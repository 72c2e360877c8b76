use std::io;

use thiserror::Error;

/// Why a capture can't be read at all.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// Not a capture, or one of a kind that is not known.
    #[error("not a capture: it begins with neither a section of pcapng nor a header of pcap")]
    NotACapture,
    /// A version of the format that is not known.
    #[error("{format} {major}.{minor} is not known here")]
    Version {
        /// `pcapng` or `pcap`.
        format: &'static str,
        /// Its major version.
        major: u16,
        /// Its minor version.
        minor: u16,
    },
    /// It is damaged or ends before its first packet.
    #[error("byte {at}: {why}")]
    Damaged {
        /// Where, in bytes from the beginning.
        at: u64,
        /// What is wrong there.
        why: &'static str,
    },
    /// None of its packets is from a link whose headers are known here.
    #[error("packets of the link type {0} are not decoded here: Ethernet, raw IP, Linux cooked and loopback are", link_name(*number))]
    Link {
        /// The number of the link type.
        number: u32,
    },
    /// There is no packet in it.
    #[error("there is no packet in it")]
    Empty,
    /// It can't be read.
    #[error("read: {0}")]
    Io(#[from] io::Error),
}

impl CaptureError {
    /// The number, and the name if it is a frequent one, of the link type that is not known here.
    pub fn link(&self) -> Option<String> {
        match self {
            Self::Link { number } => Some(link_name(*number)),
            _ => None,
        }
    }
}

/// A link type by name, for those that people meet; `tcpdump.org/linktypes.html` has them all.
fn link_name(number: u32) -> String {
    let name = match number {
        9 => "PPP",
        105 => "IEEE 802.11",
        127 => "IEEE 802.11 with radiotap",
        187 | 201 => "Bluetooth",
        189 | 220 => "USB",
        195 | 215 | 230 => "IEEE 802.15.4",
        227 => "CAN",
        239 => "NFLOG",
        253 => "netlink",
        _ => return number.to_string(),
    };
    format!("{number} ({name})")
}
