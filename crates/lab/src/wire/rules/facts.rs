//! What the rules need to know of one frame.

use socklab_event::{FrameKind, Headers};

use super::judge::Passing;
use super::streams::{Placed, Streams};

/// A frame on its way, and its place among the others.
pub(super) struct Facts<'a> {
    pub(super) passing: &'a Passing<'a>,
    pub(super) placed: Option<Placed>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(passing: &'a Passing<'a>, streams: &mut Streams) -> Self {
        let placed = passing.headers.and_then(|headers| streams.place(headers));
        Self { passing, placed }
    }

    pub(super) fn headers(&self) -> Option<&'a Headers> {
        self.passing.headers
    }

    pub(super) fn is_housekeeping(&self) -> bool {
        self.headers().is_some_and(Headers::is_housekeeping)
    }

    /// A frame that could not be decoded is a frame, and nothing more is known of it.
    pub(super) fn is(&self, kind: FrameKind) -> bool {
        self.headers().map_or(kind == FrameKind::Frame, |headers| headers.is(kind))
    }

    /// Where the payload begins in the frame: behind all headers, whatever they are.
    pub(super) fn payload_start(&self) -> Option<usize> {
        let frame = self.passing.frame;
        let ip = network_start(frame)?;
        let word =
            |at: usize| Some(usize::from(u16::from_be_bytes(*frame.get(at..)?.first_chunk()?)));
        // RFC 791: total length at 2; RFC 8200: payload length at 4, without the 40 bytes before it.
        let end = match frame.get(ip)? >> 4 {
            4 => ip + word(ip + 2)?,
            6 => ip + 40 + word(ip + 4)?,
            _ => return None,
        };
        let payload = usize::try_from(self.headers()?.payload.total).ok()?;
        end.checked_sub(payload)
    }
}

/// Where the network layer's header begins: behind the Ethernet header and a VLAN tag.
pub(super) fn network_start(frame: &[u8]) -> Option<usize> {
    match frame.get(12..14)? {
        [0x81, 0x00] | [0x88, 0xa8] => Some(18),
        _ => Some(14),
    }
}
