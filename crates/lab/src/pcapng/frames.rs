//! A capture as events: frames, between hosts that are called by their addresses.

use std::io::Read;

use socklab_event::{Bytes, Event, Fate, Frame, Header, Headers, Place, Transport};

use super::capture::{Capture, Ended, Packet};
use super::error::CaptureError;
use super::link::Link;
use super::told::Remark;
use crate::wire::{hardware_address, headers};

/// How far before its first packet the clock of a capture begins, in nanoseconds: a packet may have been
/// captured earlier than the one before it.
const BEFORE: u64 = 3600 * 1_000_000_000;

/// What was read of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FromCapture {
    /// How many packets became frames.
    pub frames: u64,
    /// How many did not, because their link is not known here; and one of those links.
    pub unknown: u64,
    /// The number of one such link type.
    pub link: Option<u32>,
    /// How it ended.
    pub ended: Ended,
}

/// Reads a capture: `begin` makes what its frames are put into of its header, and `each` puts a frame
/// there for each packet, in the order of the file. Their [`Event::seq`] is 0. Only a capture that socklab
/// wrote says what became of a packet; of others all are delivered at the moment at which they were
/// captured. `payload`
/// bytes of what each carried are in its headers at most.
///
/// # Errors
///
/// If there is nothing in it that can be shown; see [`CaptureError`].
pub fn read_capture<R: Read, T>(
    mut capture: Capture<R>,
    payload: usize,
    begin: impl FnOnce(Header) -> T,
    mut each: impl FnMut(&mut T, Event),
) -> Result<(T, FromCapture), CaptureError> {
    let mut read = FromCapture { frames: 0, unknown: 0, link: None, ended: Ended::Whole };
    let first = loop {
        match capture.next()? {
            Ok(packet) => {
                if let Some(framed) = read.framed(packet) {
                    break framed;
                }
            }
            Err(ended) => return Err(read.nothing(ended)),
        }
    };
    let epoch = first.at.unwrap_or(0).saturating_sub(BEFORE);
    let mut into = begin(header(&capture, epoch));
    let mut last = 0;
    let mut next = Some(first);
    loop {
        if let Some(Framed { at, bytes, length, remark }) = next.take() {
            // A packet without a time comes no earlier than the one before it.
            last = at.map_or(last, |at| at.saturating_sub(epoch));
            read.frames += 1;
            let mut frame = frame(bytes, length, payload, last);
            if let Some(Remark::Frame { from, to, fate }) = remark {
                let fate = fate.moved(|time| time.wrapping_add(last));
                (frame.from, frame.to, frame.fate) = (from, to, fate);
            }
            let what = frame.into();
            each(&mut into, Event { seq: 0, at: last, place: Place::default(), what });
        }
        match capture.next()? {
            Ok(packet) => next = read.framed(packet),
            Err(ended) => {
                read.ended = ended;
                return Ok((into, read));
            }
        }
    }
}

/// A packet as an Ethernet frame.
struct Framed {
    /// Nanoseconds since 1970.
    at: Option<u64>,
    bytes: Vec<u8>,
    /// How long it was on the wire.
    length: usize,
    remark: Option<Remark>,
}

impl FromCapture {
    /// A packet as a frame, or one more that is not known. What arrived of a frame is none of its own.
    fn framed(&mut self, packet: Packet) -> Option<Framed> {
        let Packet { at, link, length, bytes, remark } = packet;
        if remark == Some(Remark::Arrived) {
            return None;
        }
        if let Some((bytes, length)) = link.ethernet(bytes, length) {
            return Some(Framed { at, bytes, length, remark });
        }
        self.unknown += 1;
        if let Link::Unknown(number) = link {
            self.link = Some(number);
        }
        None
    }

    /// Why nothing can be shown.
    fn nothing(&self, ended: Ended) -> CaptureError {
        match (self.link, ended) {
            (Some(number), _) => CaptureError::Link { number },
            (None, Ended::Damaged { at, why }) => CaptureError::Damaged { at, why },
            (None, Ended::Cut { at }) => {
                CaptureError::Damaged { at, why: "it ends before its first packet does" }
            }
            (None, Ended::Whole) => CaptureError::Empty,
        }
    }
}

fn header<R: Read>(capture: &Capture<R>, epoch: u64) -> Header {
    let [made_by, kernel, machine] =
        capture.made_by().map(|text| text.unwrap_or_default().to_owned());
    Header { made_by, kernel, machine, epoch, wire: true, ..Header::default() }
}

fn frame(bytes: Vec<u8>, length: usize, payload: usize, at: u64) -> Frame {
    let headers = headers(&bytes, length, payload);
    let (from, to) = match &headers {
        Some(headers) => ends(headers),
        None => {
            let addresses = bytes.get(..12).map(|bytes| bytes.split_at(6));
            let (to, from) = addresses.unwrap_or_default();
            let to = (!is_group(to)).then(|| hardware_address(to));
            (hardware_address(from), to.filter(|name| !name.is_empty()))
        }
    };
    let bytes = Bytes { total: length.max(bytes.len()) as u64, sample: bytes };
    Frame { from, to, bytes, headers, fate: Fate::Delivered { at } }
}

/// The addresses of a packet; nobody in particular gets what is for a group.
fn ends(headers: &Headers) -> (String, Option<String>) {
    let [from, to] = [&headers.source, &headers.destination].map(|end| end.ip_port());
    // Who asks for a neighbour asks everybody.
    let question =
        matches!(&headers.transport, Transport::Neighbour { text } if text.ends_with('?'));
    let to = to.map(|(ip, _)| ip).filter(|ip| {
        let broadcast = *ip == std::net::IpAddr::from([255; 4]);
        !question && !ip.is_multicast() && !broadcast
    });
    (from.map(|(ip, _)| ip.to_string()).unwrap_or_default(), to.map(|ip| ip.to_string()))
}

/// True for Ethernet's group addresses, broadcast included.
fn is_group(address: &[u8]) -> bool {
    address.first().is_some_and(|first| first & 1 == 1)
}
