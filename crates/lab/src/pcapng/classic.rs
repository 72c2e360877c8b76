//! Reads pcap, the older format: a header, and packets of one interface.

use std::io::Read;

use super::capture::{Ended, Input, Packet};
use super::error::CaptureError;
use super::link::Link;
use super::time::Clock;
use super::{MOST, Order};

/// What the first four bytes say: the byte order, and how time is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Magic {
    order: Order,
    clock: Clock,
}

impl Magic {
    pub(super) fn of(bytes: [u8; 4]) -> Option<Self> {
        [Order::Little, Order::Big].into_iter().find_map(|order| {
            let clock = match order.u32(bytes) {
                0xa1b2_c3d4 => Clock::MICROSECONDS,
                0xa1b2_3c4d => Clock::NANOSECONDS,
                _ => return None,
            };
            Some(Self { order, clock })
        })
    }
}

/// A capture of which the header has been read.
#[derive(Debug)]
pub(super) struct Classic {
    order: Order,
    clock: Clock,
    link: Link,
}

impl Classic {
    /// Reads the header behind its first four bytes.
    pub(super) fn begin<R: Read>(magic: Magic, input: &mut Input<R>) -> Result<Self, CaptureError> {
        let Magic { order, clock } = magic;
        let cut = |at| CaptureError::Damaged { at, why: "the header is cut" };
        let header = input.array::<20>()?.ok_or_else(|| cut(input.at))?;
        let number = |at: usize| order.u16([header[at], header[at + 1]]);
        let (major, minor) = (number(0), number(2));
        if major != 2 {
            return Err(CaptureError::Version { format: "pcap", major, minor });
        }
        // The upper half may say how long the checksum behind each frame is.
        let link = order.word(&header, 16).unwrap_or(0) & 0xffff;
        Ok(Self { order, clock, link: Link::of(link) })
    }

    /// The next packet, or how the capture ends.
    pub(super) fn next<R: Read>(
        &mut self,
        input: &mut Input<R>,
    ) -> Result<Result<Packet, Ended>, CaptureError> {
        let start = input.at;
        let cut = Ended::Cut { at: start };
        let Some(record) = input.array::<16>()? else {
            return Ok(Err(if input.at == start { Ended::Whole } else { cut }));
        };
        let [seconds, fraction, captured, length] =
            [0, 4, 8, 12].map(|at| self.order.word(&record, at).unwrap_or(0));
        if captured > MOST {
            let why = "a packet is longer than any packet";
            return Ok(Err(Ended::Damaged { at: start, why }));
        }
        let Some(bytes) = input.bytes(captured)? else { return Ok(Err(cut)) };
        let per_second = if self.clock == Clock::NANOSECONDS { 1_000_000_000 } else { 1_000_000 };
        let ticks = u64::from(seconds) * per_second + u64::from(fraction);
        Ok(Ok(Packet {
            at: Some(self.clock.at(ticks)),
            link: self.link,
            length: usize::try_from(length).unwrap_or(0).max(bytes.len()),
            bytes,
            remark: None,
        }))
    }
}
