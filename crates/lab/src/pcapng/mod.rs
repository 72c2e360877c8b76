//! Capture files: pcapng written and read, the older pcap read.
//!
//! The format is described by `draft-ietf-opsawg-pcapng` and `draft-ietf-opsawg-pcap`; link types by
//! `draft-ietf-opsawg-pcaplinktype`. A file is a sequence of blocks, each with its type and length, so
//! that a reader passes over what it does not know. Files come from anybody: whatever is in them is
//! survived, and no length in them is believed before so much has been read.
//!
//! What socklab itself wrote is read as it was recorded (`told.rs`); of other captures nobody knows what
//! became of their packets.

mod blocks;
mod capture;
mod classic;
mod error;
mod frames;
mod link;
mod options;
#[cfg(test)]
mod tests;
mod time;
mod told;
mod writer;

pub use capture::{Capture, Ended, is_capture};
pub use error::CaptureError;
pub use frames::{FromCapture, read_capture};
pub use told::Told;
pub use writer::{CaptureWriter, Direction, Origin, WrittenPacket};

/// Block types, draft-ietf-opsawg-pcapng §4.
mod block {
    pub(super) const SECTION: u32 = 0x0a0d_0d0a;
    pub(super) const INTERFACE: u32 = 1;
    /// The packet block, which is obsolete.
    pub(super) const OBSOLETE_PACKET: u32 = 2;
    pub(super) const SIMPLE_PACKET: u32 = 3;
    pub(super) const ENHANCED_PACKET: u32 = 6;
}

/// Options of blocks, draft-ietf-opsawg-pcapng §3.5 and §4.
mod option {
    pub(super) const END: u16 = 0;
    pub(super) const COMMENT: u16 = 1;
    pub(super) const SECTION_HARDWARE: u16 = 2;
    pub(super) const SECTION_SYSTEM: u16 = 3;
    pub(super) const SECTION_APPLICATION: u16 = 4;
    pub(super) const INTERFACE_NAME: u16 = 2;
    pub(super) const INTERFACE_RESOLUTION: u16 = 9;
    pub(super) const INTERFACE_TIME_OFFSET: u16 = 14;
    pub(super) const PACKET_FLAGS: u16 = 2;
    pub(super) const PACKET_ID: u16 = 5;
    pub(super) const PACKET_PROCESS: u16 = 8;
}

/// In a section header: written in the byte order of the section.
const BYTE_ORDER: u32 = 0x1a2b_3c4d;

/// The length of everything in a block that is not its body: type, and length before and behind.
const AROUND_BODY: u32 = 12;

/// What is read of one block or packet at most. Wireshark accepts as much of a packet on any link.
const MOST: u32 = 16 << 20;

/// The byte order of what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }

    fn u64(self, bytes: [u8; 8]) -> u64 {
        match self {
            Self::Little => u64::from_le_bytes(bytes),
            Self::Big => u64::from_be_bytes(bytes),
        }
    }

    /// The word at an offset, if there is one.
    fn word(self, bytes: &[u8], at: usize) -> Option<u32> {
        Some(self.u32(*bytes.get(at..)?.first_chunk()?))
    }
}
