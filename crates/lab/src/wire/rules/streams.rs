//! The connections that pass by, so that bytes of a stream and whole connections can be named.

use std::collections::HashMap;
use std::net::IpAddr;

use socklab_event::{Headers, Transport};

type Address = (IpAddr, u16);

/// Every connection whose segments passed.
#[derive(Debug, Default)]
pub(super) struct Streams {
    /// By its two ends, the smaller first.
    current: HashMap<(Address, Address), Connection>,
    opened: u64,
    opened_to: HashMap<u16, u64>,
}

#[derive(Debug)]
struct Connection {
    opener: Address,
    number: u64,
    number_to_port: u64,
    /// First that of the end that connected.
    ways: [Way; 2],
}

/// One direction of a connection. Places in it are counted from the byte after its SYN, which itself
/// is at -1.
#[derive(Debug, Default)]
struct Way {
    /// The initial sequence number, or what stands for it if the beginning was not seen.
    first: Option<u32>,
    /// The end of what was sent so far, SYN and FIN included.
    sent: Option<i64>,
    let_through: LetThrough,
}

/// What of a direction went on to its receiver.
#[derive(Debug, Default)]
struct LetThrough {
    /// All before this, counted from the byte after the SYN.
    whole: i64,
    /// Beyond a gap.
    beyond: Vec<(i64, i64)>,
}

/// More ranges beyond a gap than this are forgotten: what is lost is the exact number of an RST.
const MOST_RANGES: usize = 256;

/// A segment's place in its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    /// Which connection on the wire, from 1.
    pub(super) number: u64,
    /// Which connection to the same port, from 1.
    pub(super) number_to_port: u64,
    /// The port that was connected to.
    pub(super) port: u16,
    /// True if it flows to the end that connected.
    pub(super) answer: bool,
    /// The first byte of its payload, counted from 0 after the SYN.
    pub(super) start: i64,
    /// Behind the last byte of its payload.
    pub(super) end: i64,
    /// Behind all it occupies: a FIN counts as one more.
    pub(super) occupied_end: i64,
    /// True if it occupies something, all of which was sent before.
    pub(super) again: bool,
}

impl Streams {
    /// Where a segment belongs, as one that is sent now. `None` for anything but TCP.
    pub(super) fn place(&mut self, headers: &Headers) -> Option<Placed> {
        let Transport::Tcp { flags, sequence, .. } = &headers.transport else { return None };
        let (source, destination) = (headers.source.ip_port()?, headers.destination.ip_port()?);
        let (syn, ack, fin) = (flags.has("SYN"), flags.has("ACK"), flags.has("FIN"));
        let key = key(source, destination);
        let continues = self.current.get(&key).is_some_and(|known| {
            let first = known.ways[usize::from(known.is_answer(source))].first;
            // A SYN with another number begins anew; one from the other end opens simultaneously.
            !syn || ack || first.is_none_or(|first| first == *sequence)
        });
        if !continues {
            let connection = self.open(source, destination);
            self.current.insert(key, connection);
        }
        let connection = self.current.get_mut(&key)?;
        let answer = connection.is_answer(source);
        let way = &mut connection.ways[usize::from(answer)];
        if syn && way.first.is_some_and(|first| first != *sequence) {
            *way = Way::default();
        }
        let first = *way.first.get_or_insert(sequence.wrapping_sub(u32::from(!syn)));
        // Sequence numbers wrap at 2^32: the place nearest to what was sent last is meant.
        let near = way.sent.unwrap_or(-i64::from(syn));
        let relative = sequence.wrapping_sub(first).wrapping_sub(1);
        let occupied_start = near + i64::from(relative.wrapping_sub(near as u32) as i32);
        let start = occupied_start + i64::from(syn);
        let end = start + i64::try_from(headers.payload.total).unwrap_or(0);
        let occupied_end = end + i64::from(fin);
        let occupies = occupied_end > occupied_start;
        let again = occupies && way.sent.is_some_and(|sent| occupied_end <= sent);
        way.sent = way.sent.max(Some(occupied_end));
        let port = if answer { source.1 } else { destination.1 };
        Some(Placed {
            number: connection.number,
            number_to_port: connection.number_to_port,
            port,
            answer,
            start,
            end,
            occupied_end,
            again,
        })
    }

    /// Notes that a segment goes on to its receiver.
    pub(super) fn let_through(&mut self, headers: &Headers, placed: &Placed) {
        if let Some(way) = self.way(headers, placed.answer) {
            way.let_through.add(placed.start, placed.occupied_end);
        }
    }

    /// The sequence number that the sender of this segment (`by_source`) waits for, or its receiver.
    /// `None` if nothing is known of what it was sent.
    pub(super) fn awaited(
        &mut self,
        headers: &Headers,
        answer: bool,
        by_source: bool,
    ) -> Option<u32> {
        let way = self.way(headers, answer != by_source)?;
        Some(way.first?.wrapping_add(1).wrapping_add(way.let_through.whole as u32))
    }

    fn way(&mut self, headers: &Headers, answer: bool) -> Option<&mut Way> {
        let key = key(headers.source.ip_port()?, headers.destination.ip_port()?);
        Some(&mut self.current.get_mut(&key)?.ways[usize::from(answer)])
    }

    fn open(&mut self, opener: Address, other: Address) -> Connection {
        self.opened += 1;
        let to_port = self.opened_to.entry(other.1).or_default();
        *to_port += 1;
        Connection {
            opener,
            number: self.opened,
            number_to_port: *to_port,
            ways: <[Way; 2]>::default(),
        }
    }
}

impl LetThrough {
    fn add(&mut self, start: i64, end: i64) {
        if end <= self.whole {
            return;
        }
        if start > self.whole {
            if self.beyond.len() < MOST_RANGES {
                self.beyond.push((start, end));
            }
            return;
        }
        self.whole = end;
        while let Some(next) = self.beyond.iter().position(|(start, _)| *start <= self.whole) {
            let (_, end) = self.beyond.swap_remove(next);
            self.whole = self.whole.max(end);
        }
    }
}

impl Connection {
    /// The direction in which this end sends.
    fn is_answer(&self, source: Address) -> bool {
        source != self.opener
    }
}

fn key(one: Address, other: Address) -> (Address, Address) {
    if one <= other { (one, other) } else { (other, one) }
}
