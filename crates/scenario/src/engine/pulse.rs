//! Whether threads go round loops in which nothing happens. Pure.

use std::collections::{HashMap, HashSet};

use socklab_event::{Args, Call, Errno, Name, Outcome, SocketType};

/// A thread makes at most this many different calls in a loop that is recognised.
const LOOP: usize = 256;
/// A thread that has been told so often that something is ready, and has done nothing on a socket,
/// counts as having gone round once. What is ready may be something else: its own threads have read a
/// piece of a file.
const READY: u32 = 32;

/// How often each thread has gone round since something last happened.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    /// How many times something has happened.
    epoch: u64,
    threads: HashMap<u32, Rounds>,
    /// Threads that have ever asked for something that had not happened.
    pollers: HashSet<u32>,
}

/// What a thread has done since something last happened.
#[derive(Debug, Default)]
struct Rounds {
    epoch: u64,
    idle: Vec<Idle>,
    /// How often it had been given a processor when it was last seen asleep.
    turns: Option<u64>,
    /// How often it has since woken up and gone to sleep again.
    naps: u32,
}

/// Calls without effect.
#[derive(Debug)]
struct Idle {
    name: Name,
    fd: Option<i32>,
    /// Something was ready.
    ready: bool,
    times: u32,
}

impl Idle {
    fn rounds(&self) -> u32 {
        if self.ready { self.times / READY } else { self.times }
    }
}

impl Pulse {
    /// Something has happened.
    pub(super) fn beat(&mut self) {
        self.epoch += 1;
    }

    /// How many times something has happened.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// A thread has returned from a call.
    pub(super) fn note(&mut self, thread: u32, call: &Call) {
        if has_effect(call) {
            self.beat();
        } else if asks_in_vain(call) {
            self.pollers.insert(thread);
            let rounds = self.rounds(thread);
            let ready = call.value().is_some_and(|ready| ready > 0);
            let same =
                |it: &&mut Idle| it.name == call.name && (it.fd, it.ready) == (call.fd, ready);
            let full = rounds.idle.len() >= LOOP;
            match rounds.idle.iter_mut().find(same) {
                Some(idle) => idle.times += 1,
                None if !full => {
                    rounds.idle.push(Idle {
                        name: call.name.clone(),
                        fd: call.fd,
                        ready,
                        times: 1,
                    });
                }
                None => {}
            }
        }
    }

    /// True if the thread looks from time to time whether something has happened. Its naps are part
    /// of its work.
    pub(super) fn polls(&self, thread: u32) -> bool {
        self.pollers.contains(&thread)
    }

    /// A thread was seen asleep in something that ends by itself, after it had been given a
    /// processor this often. Returns how often it has woken up and gone to sleep again.
    pub(super) fn nap(&mut self, thread: u32, turns: u64) -> u32 {
        let rounds = self.rounds(thread);
        rounds.naps += u32::from(rounds.turns.is_some_and(|before| before != turns));
        rounds.turns = Some(turns);
        rounds.naps
    }

    /// What these threads did while they napped does not count.
    pub(super) fn forget_naps(&mut self, threads: impl Iterator<Item = u32>) {
        for thread in threads {
            let rounds = self.rounds(thread);
            (rounds.turns, rounds.naps) = (None, 0);
        }
    }

    /// How often a thread has made the call without effect that it has made most often.
    pub(super) fn most(&mut self, thread: u32) -> u32 {
        self.rounds(thread).idle.iter().map(Idle::rounds).max().unwrap_or(0)
    }

    /// How often a thread has waited for several descriptors, and none of them was ready.
    pub(super) fn expired(&mut self, thread: u32) -> u32 {
        let waits = ["poll", "ppoll", "select", "pselect6"];
        let rounds = self.rounds(thread);
        let expired = rounds.idle.iter().filter(|idle| {
            let name = idle.name.as_str();
            !idle.ready && (waits.contains(&name) || name.starts_with("epoll_"))
        });
        expired.map(|idle| idle.times).max().unwrap_or(0)
    }

    fn rounds(&mut self, thread: u32) -> &mut Rounds {
        let rounds = self.threads.entry(thread).or_default();
        if rounds.epoch != self.epoch {
            *rounds = Rounds { epoch: self.epoch, ..Rounds::default() };
        }
        rounds
    }
}

/// True if the call changed something for somebody: bytes moved, a connection began or ended.
fn has_effect(call: &Call) -> bool {
    if call.implicit {
        return true;
    }
    if call.moves_data() {
        return !moves_nothing(call);
    }
    let changes = matches!(
        call.args,
        Args::Socket { .. }
            | Args::Socketpair { .. }
            | Args::Bind { .. }
            | Args::Listen { .. }
            | Args::Accept { .. }
            | Args::Connect { .. }
            | Args::Shutdown { .. }
            | Args::Close
    );
    changes && call.value().is_some()
}

/// True if the call on a stream found its end, or sent no bytes, which nobody can notice. A loop that
/// echoes the end of a stream does both. An empty datagram is one.
fn moves_nothing(call: &Call) -> bool {
    let is_stream = call.socket.as_ref().is_some_and(|one| one.kind == SocketType::STREAM);
    call.is_end_of_stream() || is_stream && call.sent() == Some(0)
}

/// True if the call asked for something that has not happened.
fn asks_in_vain(call: &Call) -> bool {
    call.outcome != Outcome::Unfinished
        && (call.error().is_some_and(Errno::is_not_now)
            || moves_nothing(call)
            || matches!(call.args, Args::Poll { .. } | Args::EpollWait { .. }))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use socklab_event::{Bytes, Family, Flags, Protocol, SocketId};

    use super::*;

    fn call(name: &'static str, fd: i32, outcome: Outcome) -> Call {
        let accept = Args::Accept { peer: None, flags: Flags::default(), listener: None };
        Call {
            name: Name::of(name),
            fd: Some(fd),
            socket: None,
            args: accept,
            outcome,
            began: 0,
            ended: 0,
            restarts: 0,
            implicit: false,
            source: None,
            counted: None,
        }
    }

    #[test]
    fn a_loop_is_one_that_makes_the_same_call_again_and_nothing_happens() {
        let mut pulse = Pulse::default();
        let not_now = Outcome::Error(Errno::EAGAIN);
        for _ in 0..2 {
            for fd in 3..6 {
                pulse.note(1, &call("accept", fd, not_now));
            }
        }
        assert_eq!((pulse.most(1), pulse.most(2)), (2, 0));
        pulse.note(2, &call("accept", 3, Outcome::Value(7)));
        assert_eq!(pulse.most(1), 0);
    }

    #[test]
    fn who_echoes_the_end_of_a_stream_goes_round_in_vain() {
        let sent = |kind, bytes: &[u8]| Call {
            socket: Some(Arc::new(SocketId {
                netns: None,
                family: Family::INET,
                kind,
                protocol: Protocol::TCP,
                local: None,
                peer: None,
                inode: Some(7),
                peer_inode: None,
            })),
            args: Args::Send {
                bytes: Bytes::whole(bytes),
                to: None,
                flags: Flags::default(),
                asked: bytes.len() as u64,
                control: Box::default(),
            },
            ..call("send", 4, Outcome::Value(bytes.len() as i64))
        };
        let mut pulse = Pulse::default();
        for _ in 0..3 {
            pulse.note(1, &sent(SocketType::STREAM, b""));
        }
        assert_eq!((pulse.most(1), pulse.epoch()), (3, 0));
        pulse.note(1, &sent(SocketType::STREAM, b"x"));
        pulse.note(1, &sent(SocketType::DGRAM, b""));
        assert_eq!((pulse.most(1), pulse.epoch()), (0, 2));
    }

    #[test]
    fn what_is_ready_may_be_something_of_its_own() {
        let wait = |ready| Call {
            args: Args::Poll { waits: Vec::new(), timeout: None },
            ..call("poll", 3, Outcome::Value(ready))
        };
        let mut pulse = Pulse::default();
        for _ in 0..40 {
            pulse.note(1, &wait(1));
        }
        assert_eq!((pulse.most(1), pulse.expired(1)), (1, 0));
        pulse.note(1, &wait(0));
        assert_eq!((pulse.most(1), pulse.expired(1)), (1, 1));
    }

    #[test]
    fn a_nap_counts_when_the_thread_has_run_in_between() {
        let mut pulse = Pulse::default();
        let naps: Vec<u32> = [5, 5, 6, 6, 9].map(|turns| pulse.nap(1, turns)).to_vec();
        assert_eq!(naps, [0, 0, 1, 1, 2]);
        pulse.beat();
        assert_eq!(pulse.nap(1, 9), 0);
    }
}
