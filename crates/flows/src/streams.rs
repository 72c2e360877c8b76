//! Numbers the bytes of each direction of a stream, to find which read got which write's bytes. Between
//! Unix sockets that keep messages apart, which lose and reorder nothing (unix(7)), it counts
//! messages instead.

use std::borrow::Cow;
use std::ops::Range;

use socklab_event::{Bytes, Call, Event, Payload};

use crate::{Connection, ConnectionKind, Position, Socket};

/// A message that a program handed to the kernel: a call, or one message of `sendmmsg`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transfer {
    /// The call.
    pub sent: Position,
    /// Which message of the call; 0 except for `sendmmsg`.
    pub message: usize,
    /// Its connection.
    pub connection: Option<usize>,
    /// The socket it was sent on.
    pub from: usize,
    /// The offset of its first byte in this direction of the stream; 0 for a datagram.
    pub start: u64,
    /// How many bytes.
    pub total: u64,
    /// The reads that got its bytes, in order. Empty if the receiver was not recorded or did not
    /// read them, or if they were lost.
    pub parts: Vec<Part>,
}

impl Transfer {
    /// True if a single read got the whole message.
    pub fn is_whole(&self) -> bool {
        matches!(&self.parts[..], [only] if only.bytes == (0..self.total))
    }
}

/// The part of a message that one read got.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// The read.
    pub received: Position,
    /// Which bytes of the message, as offsets from its first.
    pub bytes: Range<u64>,
    /// True if another call could have got them as well: of several equal datagrams the oldest is
    /// taken, and of calls that two threads made on one stream at the same time the one that
    /// returned first.
    pub inferred: bool,
}

/// What one call moved of a stream.
pub(crate) struct Piece<'t> {
    pub(crate) at: Position,
    pub(crate) bytes: Range<u64>,
    /// True if another thread moved data in the same direction at the same time, so that the order
    /// of the two is not certain.
    pub(crate) contended: bool,
    /// The first of its bytes.
    pub(crate) sample: Cow<'t, [u8]>,
}

/// Every send on a connected stream, with the reads that got its bytes.
pub(crate) fn join(
    order: &[&Event],
    sockets: &[Socket],
    connections: &[Connection],
) -> Vec<Transfer> {
    let mut transfers = Vec::new();
    for (index, connection) in connections.iter().enumerate() {
        debug_assert_eq!(connection.kind, ConnectionKind::Stream);
        let [first, second] = &connection.ends;
        // A socket that is connected to itself has one direction.
        let directions = if connection.is_to_itself() { 1 } else { 2 };
        for (from, to) in [(first, second), (second, first)].into_iter().take(directions) {
            let Some(from) = from.socket else { continue };
            let to = to.socket.map(|to| &sockets[to]);
            transfers.extend(if sockets[from].is_stream() {
                direction(order, index, from, &sockets[from], to)
            } else {
                messages(order, index, from, &sockets[from], to)
            });
        }
    }
    transfers
}

fn direction(
    order: &[&Event],
    connection: usize,
    from: usize,
    sender: &Socket,
    receiver: Option<&Socket>,
) -> Vec<Transfer> {
    let writes = pieces(order, sender, Call::sent);
    let reads = receiver.map_or_else(Vec::new, |receiver| pieces(order, receiver, Call::received));
    let transfer = |write: &Piece<'_>, parts| Transfer {
        sent: write.at,
        message: 0,
        connection: Some(connection),
        from,
        start: write.bytes.start,
        total: write.bytes.end - write.bytes.start,
        parts,
    };
    let joined: Option<Vec<Transfer>> = {
        let mut next = 0;
        let parts = |write: &Piece<'_>| {
            while reads.get(next).is_some_and(|read| read.bytes.end <= write.bytes.start) {
                next += 1;
            }
            let parts = overlaps(write, &reads[next..])?;
            Some(transfer(write, parts))
        };
        writes.iter().map(parts).collect()
    };
    joined.unwrap_or_else(|| writes.iter().map(|write| transfer(write, Vec::new())).collect())
}

/// One message of a call.
struct Message<'t> {
    at: Position,
    message: usize,
    bytes: &'t Bytes,
    may_be_cut: bool,
}

/// Each message sent, with the receive that got it. If the samples of two that should be the same
/// differ, the two ends do not count from the same message, and none is matched.
fn messages(
    order: &[&Event],
    connection: usize,
    from: usize,
    sender: &Socket,
    receiver: Option<&Socket>,
) -> Vec<Transfer> {
    let sent = messages_of(order, sender, Call::sends);
    // A socket that is bound but not connected gets the messages of others too.
    let inode = sender.identity.inode;
    let receiver = receiver.filter(|one| inode.is_some() && one.identity.peer_inode == inode);
    let arrived = receiver.map_or_else(Vec::new, |one| messages_of(order, one, Call::receives));
    let contended = |all: &[Message<'_>], index: usize| {
        let around = index.saturating_sub(1)..(index + 2).min(all.len());
        let around = all.get(around).unwrap_or_default();
        around.windows(2).any(|pair| at_once(order, pair[0].at, pair[1].at))
    };
    let same = |(one, other): (&Message<'_>, &Message<'_>)| {
        let (sent, got) = (one.bytes.moved(), other.bytes.moved());
        let shared = sent.len().min(got.len());
        let cut = other.may_be_cut && other.bytes.total < one.bytes.total;
        (cut || other.bytes.total == one.bytes.total) && sent[..shared] == got[..shared]
    };
    let agree = sent.iter().zip(&arrived).all(same);
    let transfer = |(index, sending): (usize, &Message<'_>)| {
        let total = sending.bytes.total;
        let got = arrived.get(index).filter(|_| agree);
        let inferred = contended(&sent, index) || contended(&arrived, index);
        let part = |got: &Message<'_>| Part {
            received: got.at,
            bytes: 0..got.bytes.total.min(total),
            inferred,
        };
        Transfer {
            sent: sending.at,
            message: sending.message,
            connection: Some(connection),
            from,
            start: 0,
            total,
            parts: got.map(part).into_iter().collect(),
        }
    };
    sent.iter().enumerate().map(transfer).collect()
}

fn messages_of<'t>(
    order: &[&'t Event],
    socket: &Socket,
    wanted: fn(&Call) -> bool,
) -> Vec<Message<'t>> {
    let calls = socket.calls.iter().filter_map(|at| Some((*at, order[*at].call()?)));
    let found = calls.filter(|(_, call)| wanted(call)).flat_map(|(at, call)| {
        let messages = call.messages().into_iter().enumerate();
        messages.map(move |(message, payload)| {
            let Payload { bytes, may_be_cut, .. } = payload;
            Message { at, message, bytes, may_be_cut }
        })
    });
    found.collect()
}

/// What each call on a socket moved in one direction, in order.
pub(crate) fn pieces<'t>(
    order: &[&'t Event],
    socket: &Socket,
    moved: fn(&Call) -> Option<u64>,
) -> Vec<Piece<'t>> {
    let mut end = 0u64;
    let mut pieces = Vec::new();
    for &at in &socket.calls {
        let Some(call) = order[at].call() else { continue };
        let Some(total) = moved(call).filter(|total| *total > 0) else { continue };
        let start = end;
        end = end.saturating_add(total);
        let contended = pieces.last_mut().is_some_and(|last: &mut Piece<'_>| {
            let contended = at_once(order, last.at, at);
            last.contended |= contended;
            contended
        });
        pieces.push(Piece { at, bytes: start..end, contended, sample: sample(call) });
    }
    pieces
}

/// True if two threads made these calls at the same time.
fn at_once(order: &[&Event], one: Position, other: Position) -> bool {
    let [one, other] = [one, other].map(|at| order[at]);
    let (Some(first), Some(second)) = (one.call(), other.call()) else { return false };
    let thread = |event: &Event| (event.place.process, event.place.thread);
    let meet = first.began < second.ended && second.began < first.ended;
    meet && thread(one) != thread(other)
}

/// The first of the bytes a call moved, up to the first gap in the recording.
fn sample(call: &Call) -> Cow<'_, [u8]> {
    let messages = call.messages();
    if let [only] = &messages[..] {
        return Cow::Borrowed(only.bytes.moved());
    }
    let mut sample = Vec::new();
    for message in messages {
        sample.extend_from_slice(message.bytes.moved());
        if message.bytes.is_cut() {
            break;
        }
    }
    Cow::Owned(sample)
}

/// The reads that overlap a write. `None` if their samples contradict each other: then the two ends
/// do not count from the same byte (the recording began in the middle, or lost a call), and no
/// match in this direction could be trusted.
fn overlaps(write: &Piece<'_>, reads: &[Piece<'_>]) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    for read in reads.iter().take_while(|read| read.bytes.start < write.bytes.end) {
        let shared = read.bytes.start.max(write.bytes.start)..read.bytes.end.min(write.bytes.end);
        let known = |piece: &Piece<'_>| piece.bytes.start.saturating_add(piece.sample.len() as u64);
        let sampled = shared.start..shared.end.min(known(read)).min(known(write)).max(shared.start);
        if sample_at(write, &sampled) != sample_at(read, &sampled) {
            return None;
        }
        let bytes = shared.start - write.bytes.start..shared.end - write.bytes.start;
        let inferred = write.contended || read.contended;
        if parts.is_empty() {
            // Most messages are read at once.
            parts.reserve_exact(1);
        }
        parts.push(Part { received: read.at, bytes, inferred });
    }
    Some(parts)
}

fn sample_at<'p>(piece: &'p Piece<'_>, range: &Range<u64>) -> Option<&'p [u8]> {
    let from = usize::try_from(range.start - piece.bytes.start).ok()?;
    let to = usize::try_from(range.end - piece.bytes.start).ok()?;
    if from == to { Some(&[]) } else { piece.sample.get(from..to) }
}
