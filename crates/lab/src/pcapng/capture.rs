//! Reads a capture, packet by packet.

use std::io::{self, ErrorKind, Read};

use super::blocks::Blocks;
use super::classic::{Classic, Magic};
use super::error::CaptureError;
use super::link::Link;
use super::told::Remark;
use super::{Order, block};

/// A capture that is being read.
#[derive(Debug)]
pub struct Capture<R> {
    input: Input<R>,
    format: Format,
}

#[derive(Debug)]
enum Format {
    Blocks(Blocks),
    Classic(Classic),
}

/// A packet of a capture.
#[derive(Debug)]
pub(super) struct Packet {
    /// Nanoseconds since 1970, if the capture says so.
    pub(super) at: Option<u64>,
    pub(super) link: Link,
    /// How long it was on the wire.
    pub(super) length: usize,
    /// What of it was captured.
    pub(super) bytes: Vec<u8>,
    /// What else is told of it, if socklab wrote the capture.
    pub(super) remark: Option<Remark>,
}

/// How a capture ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// After a whole packet or block.
    Whole,
    /// Within one: what wrote it was killed, or is still writing.
    Cut {
        /// Where that packet or block begins, in bytes.
        at: u64,
    },
    /// Something is wrong with it, and what follows can't be found.
    Damaged {
        /// Where that is, in bytes.
        at: u64,
        /// What is wrong.
        why: &'static str,
    },
}

impl<R: Read> Capture<R> {
    /// Reads the beginning of a capture.
    ///
    /// # Errors
    ///
    /// If it is no capture, or of a version that is not known, or cannot be read.
    pub fn open(input: R) -> Result<Self, CaptureError> {
        let mut input = Input { input, at: 0 };
        let first = input.array()?.ok_or(CaptureError::NotACapture)?;
        let format = if Order::Little.u32(first) == block::SECTION {
            Format::Blocks(Blocks::begin(&mut input)?)
        } else {
            let magic = Magic::of(first).ok_or(CaptureError::NotACapture)?;
            Format::Classic(Classic::begin(magic, &mut input)?)
        };
        Ok(Self { input, format })
    }

    /// The next packet, or how the capture ends.
    pub(super) fn next(&mut self) -> Result<Result<Packet, Ended>, CaptureError> {
        match &mut self.format {
            Format::Blocks(blocks) => blocks.next(&mut self.input),
            Format::Classic(classic) => classic.next(&mut self.input),
        }
    }

    /// What wrote it, the system that ran on, and its hardware, as far as it says.
    pub(super) fn made_by(&self) -> [Option<&str>; 3] {
        match &self.format {
            Format::Blocks(blocks) => {
                [&blocks.application, &blocks.system, &blocks.hardware].map(|one| one.as_deref())
            }
            Format::Classic(_) => [None; 3],
        }
    }
}

/// True if a file that begins like this is a capture. Four bytes are enough.
pub fn is_capture(beginning: &[u8]) -> bool {
    beginning.first_chunk().is_some_and(|first| {
        Order::Little.u32(*first) == block::SECTION || Magic::of(*first).is_some()
    })
}

/// Bytes, and where in the file they are.
#[derive(Debug)]
pub(super) struct Input<R> {
    input: R,
    /// How many have been read.
    pub(super) at: u64,
}

impl<R: Read> Input<R> {
    /// The next bytes; `None` if the file ends before or within them.
    pub(super) fn array<const N: usize>(&mut self) -> io::Result<Option<[u8; N]>> {
        let mut bytes = [0; N];
        let mut filled = 0;
        while filled < N {
            match self.input.read(&mut bytes[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.at += filled as u64;
        Ok((filled == N).then_some(bytes))
    }

    /// The next `length` bytes; `None` if the file ends before that. No more memory is taken than
    /// there are bytes.
    pub(super) fn bytes(&mut self, length: u32) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        let read = self.input.by_ref().take(length.into()).read_to_end(&mut bytes)?;
        self.at += read as u64;
        Ok((read as u64 == u64::from(length)).then_some(bytes))
    }

    /// Passes over bytes; false if the file ends before.
    pub(super) fn skip(&mut self, length: u64) -> io::Result<bool> {
        let skipped = io::copy(&mut self.input.by_ref().take(length), &mut io::sink())?;
        self.at += skipped;
        Ok(skipped == length)
    }
}
