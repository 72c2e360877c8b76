//! The waits of a timeline: in which call a program waited for input on a socket, and what a wait
//! reported.

use socklab_event::{Args, Call, Errno, Outcome};
use socklab_flows::NumberMap;
use socklab_flows::{Flows, Position};

/// A wait at least this long did wait (nanoseconds).
const REAL_WAIT: u64 = 10_000_000;
/// A wait at least this long is a wait that a person notices (nanoseconds).
pub(crate) const NOTICEABLE: u64 = 100_000_000;

/// Waits by those who may ask for them.
#[derive(Default)]
pub(crate) struct Waits {
    /// `poll` and `epoll_wait` that waited and reported something, by process.
    reported: NumberMap<u32, Vec<Position>>,
    /// `poll` and `select` that noticeably waited for input on a socket and got none, by socket.
    in_vain: NumberMap<usize, Vec<Position>>,
    /// `epoll_wait` that noticeably waited and got nothing, by process and epoll descriptor.
    epoll_in_vain: NumberMap<(u32, i32), Vec<Position>>,
}

impl Waits {
    pub(crate) fn of(flows: &Flows<'_>) -> Self {
        let mut waits = Self::default();
        let mut by_inode: Option<NumberMap<u64, usize>> = None;
        for (at, event, call) in flows.calls().filter(|(_, _, call)| call.took() >= REAL_WAIT) {
            let process = event.place.process;
            let nothing = call.outcome == Outcome::Unfinished || call.value() == Some(0);
            let in_vain = nothing && call.took() >= NOTICEABLE;
            match &call.args {
                Args::Poll { .. } | Args::EpollWait { .. } if call.value().unwrap_or(0) > 0 => {
                    waits.reported.entry(process).or_default().push(at);
                }
                Args::Poll { waits: sockets, .. } if in_vain => {
                    let by_inode = by_inode.get_or_insert_with(|| inodes(flows));
                    let wants = |wait: &&socklab_event::Wait| {
                        wait.wants.has("POLLIN") || wait.wants.has("POLLRDNORM")
                    };
                    let sockets = sockets
                        .iter()
                        .filter(wants)
                        .filter_map(|wait| by_inode.get(&wait.socket.as_ref()?.inode?).copied());
                    for socket in sockets {
                        waits.in_vain.entry(socket).or_default().push(at);
                    }
                }
                Args::EpollWait { epoll, .. } if in_vain => {
                    waits.epoll_in_vain.entry((process, *epoll)).or_default().push(at);
                }
                _ => {}
            }
        }
        waits
    }

    /// The waits for input on a socket that went on for a noticeable time, in vain, or until the
    /// end of the stream: reads, `poll`, `select`, `epoll_wait`.
    pub(crate) fn for_input(&self, flows: &Flows<'_>, socket: usize) -> Vec<Position> {
        let calls = &flows.sockets[socket].calls;
        let mut found: Vec<Position> = self.in_vain.get(&socket).cloned().unwrap_or_default();
        let mut sets: Vec<(u32, i32, Position)> = Vec::new();
        for &at in calls {
            let Some(call) = flows.call(at) else { continue };
            let in_vain = call.outcome == Outcome::Unfinished
                || call.error() == Some(Errno::EAGAIN)
                || call.is_end_of_stream();
            if call.receives() && in_vain && call.took() >= NOTICEABLE {
                found.push(at);
            }
            if let Some(epoll) = watches_input(call) {
                sets.push((flows.order[at].place.process, epoll, at));
            }
        }
        for (process, epoll, since) in sets {
            let waits = self.epoll_in_vain.get(&(process, epoll)).map_or(&[][..], Vec::as_slice);
            found.extend(waits[waits.partition_point(|at| *at < since)..].iter().copied());
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The `epoll_wait` calls on one epoll set that noticeably waited in vain.
    pub(crate) fn on_epoll(&self, process: u32, epoll: i32) -> &[Position] {
        self.epoll_in_vain.get(&(process, epoll)).map_or(&[], Vec::as_slice)
    }

    /// The wait that told a process just before `at` that descriptor `fd` is ready.
    pub(crate) fn that_reported(
        &self,
        flows: &Flows<'_>,
        process: u32,
        fd: i32,
        at: Position,
    ) -> Option<Position> {
        /// How many waits of other threads may have ended meanwhile.
        const OTHERS: usize = 4;
        let waits = self.reported.get(&process)?;
        let before = &waits[..waits.partition_point(|wait| *wait < at)];
        before.iter().rev().take(OTHERS).copied().find(|wait| {
            flows.call(*wait).is_some_and(|call| match &call.args {
                Args::Poll { waits, .. } => {
                    waits.iter().any(|wait| wait.fd == fd && !wait.got.is_empty())
                }
                Args::EpollWait { ready, .. } => ready.iter().any(|ready| ready.fd == Some(fd)),
                _ => false,
            })
        })
    }
}

fn inodes(flows: &Flows<'_>) -> NumberMap<u64, usize> {
    let sockets = flows.sockets.iter().enumerate();
    sockets.filter_map(|(index, socket)| Some((socket.identity.inode?, index))).collect()
}

/// The epoll set to which a call has added its socket, to wait for input.
pub(crate) fn watches_input(call: &Call) -> Option<i32> {
    match &call.args {
        Args::EpollControl { epoll, interest: Some(interest), .. } if call.value().is_some() => {
            interest.wants.has("EPOLLIN").then_some(*epoll)
        }
        _ => None,
    }
}
