//! Writes pcapng, little-endian, with times in nanoseconds.

use std::io::{self, Write};

use super::options::{push, push_text};
use super::told::Told;
use super::{AROUND_BODY, BYTE_ORDER, block, option};

/// `LINKTYPE_ETHERNET`.
const ETHERNET: u16 = 1;

/// What wrote a capture, and where.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin<'a> {
    /// The program and its version.
    pub application: &'a str,
    /// The operating system and its version.
    pub system: &'a str,
    /// The processor.
    pub hardware: &'a str,
}

/// A capture that is being written.
#[derive(Debug)]
pub struct CaptureWriter<W> {
    out: W,
}

/// Which way a packet went at its interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// It arrived.
    In,
    /// It was sent.
    Out,
}

/// A packet to be written.
#[derive(Clone, Copy, Debug)]
pub struct WrittenPacket<'a> {
    /// The interface, by its place in the list that the capture began with.
    pub interface: u32,
    /// Nanoseconds since 1970.
    pub at: u64,
    /// The frame from its Ethernet header on, as far as it was recorded.
    pub bytes: &'a [u8],
    /// How long it was.
    pub length: u64,
    /// Which way it went there.
    pub direction: Direction,
    /// A number that the packets share that are the same one at several interfaces.
    pub id: u64,
    /// The process and the thread that it came of; 0 for a thread that is not known.
    pub process: Option<(u32, u32)>,
    /// What a reader should know of it.
    pub comments: &'a [String],
    /// What has to be known to read it as it was recorded.
    pub told: Option<Told<'a>>,
}

impl<W: Write> CaptureWriter<W> {
    /// Writes the beginning: who wrote it, and the interfaces by name.
    ///
    /// # Errors
    ///
    /// If `out` cannot be written.
    pub fn new<'i>(
        out: W,
        origin: Origin<'_>,
        interfaces: impl IntoIterator<Item = &'i str>,
    ) -> io::Result<Self> {
        let mut writer = Self { out };
        let mut section = Vec::new();
        section.extend(BYTE_ORDER.to_le_bytes());
        section.extend([1, 0, 0, 0]);
        // The length of the section is not known yet.
        section.extend(u64::MAX.to_le_bytes());
        for (code, text) in [
            (option::SECTION_HARDWARE, origin.hardware),
            (option::SECTION_SYSTEM, origin.system),
            (option::SECTION_APPLICATION, origin.application),
        ] {
            if !text.is_empty() {
                push_text(&mut section, code, text);
            }
        }
        push(&mut section, option::END, &[]);
        writer.block(block::SECTION, &section)?;
        for name in interfaces {
            let mut interface = Vec::new();
            interface.extend(ETHERNET.to_le_bytes());
            // Reserved, and no limit on what is captured of a packet.
            interface.extend([0; 6]);
            push_text(&mut interface, option::INTERFACE_NAME, name);
            push(&mut interface, option::INTERFACE_RESOLUTION, &[9]);
            push(&mut interface, option::END, &[]);
            writer.block(block::INTERFACE, &interface)?;
        }
        Ok(writer)
    }

    /// Writes a packet.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn packet(&mut self, packet: &WrittenPacket<'_>) -> io::Result<()> {
        let mut body = Vec::with_capacity(packet.bytes.len() + 128);
        body.extend(packet.interface.to_le_bytes());
        body.extend(((packet.at >> 32) as u32).to_le_bytes());
        body.extend((packet.at as u32).to_le_bytes());
        body.extend(length(packet.bytes.len() as u64).to_le_bytes());
        body.extend(length(packet.length.max(packet.bytes.len() as u64)).to_le_bytes());
        body.extend(packet.bytes);
        body.resize(body.len().next_multiple_of(4), 0);
        let told = packet.told.and_then(|told| told.comment(packet.at));
        for comment in packet.comments.iter().chain(&told) {
            push_text(&mut body, option::COMMENT, comment);
        }
        let flags: u32 = match packet.direction {
            Direction::In => 1,
            Direction::Out => 2,
        };
        push(&mut body, option::PACKET_FLAGS, &flags.to_le_bytes());
        push(&mut body, option::PACKET_ID, &packet.id.to_le_bytes());
        if let Some((process, thread)) = packet.process {
            let both = [process.to_le_bytes(), thread.to_le_bytes()].concat();
            push(&mut body, option::PACKET_PROCESS, &both);
        }
        push(&mut body, option::END, &[]);
        self.block(block::ENHANCED_PACKET, &body)
    }

    /// Ends the capture: everything is written.
    ///
    /// # Errors
    ///
    /// If it cannot be.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn block(&mut self, kind: u32, body: &[u8]) -> io::Result<()> {
        let length = length(body.len() as u64 + u64::from(AROUND_BODY)).to_le_bytes();
        self.out.write_all(&kind.to_le_bytes())?;
        self.out.write_all(&length)?;
        self.out.write_all(body)?;
        self.out.write_all(&length)
    }
}

/// A length as the format stores it.
fn length(bytes: u64) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
