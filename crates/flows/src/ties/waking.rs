//! Which calls were waiting for a frame, and returned because it arrived.

use socklab_event::{Args, Call, Errno, Frame, Headers, OptionValue, Outcome, Protocol};

use super::calls::Calls;
use super::conversations::Conversation;
use super::tie::{Meaning, Tie};
use super::{SOON, Wire};
use crate::{NumberMap, Position};

/// A segment travels in so many pieces at most: one of 64 KB where only 68 bytes pass at once.
const PIECES: usize = 2_048;

/// What a frame makes an end ready for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum News {
    Readable,
    Writable,
    Both,
}

/// Every call that a frame woke, by the call. `frames` are the ties, each with the position of its
/// frame.
pub(super) fn wake<'a, 't>(
    wire: &'a Wire<'a, 't>,
    calls: &mut Calls<'a, 't>,
    conversations: &[Conversation],
    frames: &[(Position, Tie)],
) -> NumberMap<Position, Position> {
    let mut arrivals: Vec<(u64, usize)> = Vec::with_capacity(frames.len());
    for (index, (at, tie)) in frames.iter().enumerate() {
        let copies = match tie.meaning {
            Meaning::Datagram => wire.order[*at].frame().map(Frame::arrivals),
            _ => None,
        };
        let times = copies.map_or(tie.arrived.as_slice(), |copies| copies);
        arrivals.extend(times.iter().map(|arrived| (*arrived, index)));
    }
    arrivals.sort_unstable();
    let mut woken: NumberMap<Position, Position> = NumberMap::default();
    let mut confirmed = crate::NumberSet::<usize>::default();
    for (arrived, index) in arrivals {
        let (frame, tie) = &frames[index];
        let Some(number) = tie.conversation else { continue };
        let conversation = &conversations[number];
        let other = 1 - tie.side;
        let Some(socket) =
            conversation.sockets[other].or(conversation.listener.filter(|_| other == 1))
        else {
            continue;
        };
        let mut wakes = Wakes { wire, calls, woken: &mut woken, frame: *frame, arrived };
        // Whatever comes first from the end that asked for the connection completes it.
        let completes = tie.side == 0
            && tie.acknowledges.is_some()
            && !matches!(tie.meaning, Meaning::Syn | Meaning::Rst(_) | Meaning::Icmp { .. })
            && confirmed.insert(number);
        if completes {
            let accepted = conversation.connection.and_then(|one| wire.connections[one].accepted);
            accepted.into_iter().for_each(|at| wakes.this(at));
            conversation.listener.into_iter().for_each(|one| wakes.polls(one, News::Readable));
        }
        match &tie.meaning {
            Meaning::SynAck => {
                conversation.asked(other).into_iter().for_each(|at| wakes.this(at));
                wakes.polls(socket, News::Writable);
            }
            Meaning::Rst(_) => {
                conversation.asked(other).into_iter().for_each(|at| wakes.refused(at));
                wakes.failing(socket);
            }
            Meaning::Icmp { about: Some(_) } => {
                conversation.asked(other).into_iter().for_each(|at| wakes.refused(at));
                wakes.told(socket);
            }
            Meaning::Fragment if conversation.protocol != Protocol::UDP => {
                // What the kernel has put together again reaches the program with its last piece.
                let last = headers(wire, *frame).and_then(|headers| headers.fragment);
                if let Some(last) = last.filter(|fragment| !fragment.more) {
                    let before = conversation.frames.partition_point(|at| at < frame);
                    let mut before = conversation.frames[..before].iter().rev().take(PIECES);
                    let first = before.find(|at| {
                        let piece = headers(wire, **at).and_then(|headers| headers.fragment);
                        piece.is_some_and(|piece| (piece.id, piece.offset) == (last.id, 0))
                    });
                    let first = first.and_then(|at| {
                        let first = frames.binary_search_by_key(at, |(frame, _)| *frame).ok()?;
                        Some(frames[first].1.bytes.start)
                    });
                    let start = first.unwrap_or(tie.bytes.start);
                    wakes.readers(socket, &(start..tie.bytes.end));
                }
            }
            Meaning::Datagram | Meaning::Fragment => {
                let whole = wire.travel.frame(*frame).is_some_and(|one| one.completes);
                for carried in tie.carries.iter().filter(|_| whole) {
                    for part in &wire.transfers[carried.transfer].parts {
                        wakes.this(part.received);
                    }
                }
                if whole {
                    wakes.polls(socket, News::Readable);
                }
            }
            _ => {
                let news = tie.again.is_none() || tie.meaning == Meaning::Data;
                let whole = headers(wire, *frame).is_some_and(|one| one.fragment.is_none());
                if !tie.bytes.is_empty() && news && whole {
                    wakes.readers(socket, &tie.bytes);
                }
                if tie.fin {
                    wakes.end(socket);
                }
                if tie.acknowledges.is_some() {
                    wakes.senders(socket);
                }
            }
        }
    }
    // A send that waited for room was woken by the last ACK before it returned.
    woken.retain(|at, frame| {
        let Some(call) = wire.call(*at).filter(|call| call.sends()) else { return true };
        let arrived = frames.binary_search_by_key(frame, |(frame, _)| *frame);
        let arrived = arrived.ok().and_then(|index| frames[index].1.arrived);
        arrived.is_some_and(|arrived| call.ended.saturating_sub(arrived) < SOON)
    });
    woken
}

fn headers<'t>(wire: &Wire<'_, 't>, frame: Position) -> Option<&'t Headers> {
    wire.order[frame].frame()?.headers.as_ref()
}

struct Wakes<'w, 'a, 't> {
    wire: &'a Wire<'a, 't>,
    calls: &'w mut Calls<'a, 't>,
    woken: &'w mut NumberMap<Position, Position>,
    frame: Position,
    arrived: u64,
}

impl Wakes<'_, '_, '_> {
    /// Wakes a call if it was waiting, and nothing has woken it yet.
    fn this(&mut self, at: Position) {
        let Some(call) = self.wire.call(at) else { return };
        let waits = call.began <= self.arrived && self.arrived <= call.ended;
        if waits && call.outcome != Outcome::Unfinished {
            self.woken.entry(at).or_insert(self.frame);
        }
    }

    /// Wakes a `connect` that failed.
    fn refused(&mut self, at: Position) {
        let failed = self.wire.call(at).and_then(Call::error);
        if failed.is_some_and(|errno| errno != Errno::EINPROGRESS) {
            self.this(at);
        }
    }

    fn waiting(&mut self, socket: usize, wanted: impl Fn(&Call) -> bool) -> Vec<Position> {
        let mut waiting = self.calls.waiting(socket, self.arrived);
        waiting.retain(|at| self.wire.call(*at).is_some_and(&wanted));
        waiting
    }

    /// Wakes whoever asked whether a socket is ready for something.
    fn polls(&mut self, socket: usize, news: News) {
        let is_told = |call: &Call| {
            let has = |names: [&str; 3]| match &call.args {
                Args::Poll { waits, .. } => {
                    waits.iter().any(|wait| names.iter().any(|name| wait.got.has(name)))
                }
                Args::EpollWait { ready, .. } => {
                    let names = names.map(|name| format!("E{name}"));
                    ready.iter().any(|one| names.iter().any(|name| one.got.has(name)))
                }
                _ => false,
            };
            let read = || has(["POLLIN", "POLLRDHUP", "POLLRDNORM"]);
            let write = || has(["POLLOUT", "POLLERR", "POLLHUP"]);
            match news {
                News::Readable => read(),
                News::Writable => write(),
                News::Both => read() || write(),
            }
        };
        for at in self.waiting(socket, is_told) {
            self.this(at);
        }
    }

    fn readers(&mut self, socket: usize, bytes: &std::ops::Range<u64>) {
        let reading: Vec<Position> = self.calls.reading(socket, bytes).collect();
        for at in reading {
            self.this(at);
        }
        self.polls(socket, News::Readable);
    }

    /// Wakes whoever reads the end of a stream.
    fn end(&mut self, socket: usize) {
        for at in self.waiting(socket, Call::is_end_of_stream) {
            self.this(at);
        }
        self.polls(socket, News::Readable);
    }

    /// Wakes whoever is told that the connection was cut.
    fn failing(&mut self, socket: usize) {
        let told = |call: &Call| {
            matches!(call.error(), Some(Errno::ECONNRESET | Errno::EPIPE | Errno::ECONNABORTED))
        };
        for at in self.waiting(socket, told) {
            self.this(at);
        }
        self.polls(socket, News::Both);
    }

    /// Wakes the first call that reports an error of the network, also one that did not wait.
    fn told(&mut self, socket: usize) {
        let told = self.calls.after(socket, self.arrived, is_told);
        if let Some(at) = told {
            self.woken.entry(at).or_insert(self.frame);
        }
        self.polls(socket, News::Both);
    }

    fn senders(&mut self, socket: usize) {
        self.polls(socket, News::Writable);
        let during = self.calls.during(socket, self.arrived, Call::sends);
        let Some(at) = during else { return };
        let slow = self.wire.call(at).is_some_and(|call| {
            call.outcome != Outcome::Unfinished && self.arrived.saturating_sub(call.began) >= SOON
        });
        if slow {
            self.woken.insert(at, self.frame);
        }
    }
}

/// True for a call that says what an ICMP message said: icmp(7), ip(7).
fn is_told(call: &Call) -> bool {
    let says = |errno: Errno| {
        matches!(
            errno,
            Errno::ECONNREFUSED
                | Errno::EHOSTUNREACH
                | Errno::ENETUNREACH
                | Errno::EMSGSIZE
                | Errno::ENOPROTOOPT
                | Errno::EACCES
        )
    };
    match &call.args {
        Args::GetOption { value: Some(OptionValue::Error(errno)), .. } => says(*errno),
        _ => call.error().is_some_and(says),
    }
}
