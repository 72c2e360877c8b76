//! Looks behind what peers expect: has the program sent anything besides?
//!
//! There is no pause that would be long enough, and no need for one. Either the stream ends, and
//! nothing can follow; or the program is calm, and does nothing by itself.

use std::time::Duration;

use socklab_kernel::Deadline;
use socklab_kernel::table::{self, Entry, Namespace, Table};

use super::failure::Failure;
use super::peers::{Peers, alive};
use super::started::Started;
use super::talk::Talk;
use super::watch::Seen;
use crate::dialogue::Heard;
use crate::format::{Act, Op, Step, Verb};

/// How long to look when a case is over.
const AT_THE_END: Duration = Duration::from_secs(5);
/// `TCP_ESTABLISHED`, `TCP_FIN_WAIT1` and `TCP_FIN_WAIT2` of `include/net/tcp_states.h`: the other
/// end has not ended its half.
const OPEN: [u8; 3] = [1, 4, 5];

/// Why it is time to receive what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// Something has arrived.
    Arrived,
    /// Nothing more will come.
    Calm,
}

impl Peers<'_> {
    /// Receives what a program has sent to a peer in one of its conversations besides what was
    /// expected. With `finish`, the peer first ends its own half of a stream, and so most programs end theirs.
    ///
    /// # Errors
    ///
    /// The surplus, if there is some.
    pub(super) fn look_behind(
        &mut self,
        started: &Started,
        (name, on): (&str, &str),
        deadline: Deadline,
        finish: bool,
        step: &Step,
    ) -> Result<(), Failure> {
        let Some(command) = self.handles.get(name).map(|peer| peer.command) else { return Ok(()) };
        let talks =
            |seen: &Seen| open(seen, command, on).map(|heard| heard.is_datagram || heard.finished);
        let Some(finished) = talks(&started.watch.lock()) else { return Ok(()) };
        if finish && !finished {
            // It fails if the other end has reset the connection.
            self.quietly(started, name, Act { op: Op::Finish, on: on.to_owned() }, step)?;
        }
        let deadline = if self.never_calm { Deadline::after(Duration::ZERO) } else { deadline };
        loop {
            let mut before = None;
            let sign = started.watch.wait(deadline, true, |seen| {
                let heard = open(seen, command, on)?;
                let now = Queues::of(heard);
                if now.arrived {
                    return Some(Sign::Arrived);
                }
                // Twice, so that nothing was on its way in between.
                let calm = seen.are_calm(None, deadline).filter(|_| !now.under_way);
                let same = calm.is_some() && before == calm;
                before = calm;
                same.then_some(Sign::Calm)
            });
            self.never_calm |= sign.is_none();
            let peer = self.handles.get_mut(name).ok_or_else(|| Failure::not_running(name))?;
            alive(peer.order_look(on))?;
            self.reply(started, name, deadline.max(Deadline::after(AT_THE_END)), step)?;
            if sign != Some(Sign::Arrived) || open(&started.watch.lock(), command, on).is_none() {
                return Ok(());
            }
        }
    }

    /// Looks at every conversation that is still open when the steps are done. The error is that of
    /// a step, by its index: the last one of the peer that received too much.
    pub(super) fn look_around(
        &mut self,
        started: &Started,
        steps: &[Step],
    ) -> Result<(), (usize, Failure)> {
        if !self.looks_behind {
            return Ok(());
        }
        let deadline = Deadline::after(AT_THE_END).min(started.deadline);
        for (index, step) in steps.iter().enumerate().rev() {
            let Verb::Peer { peer, .. } = &step.verb else { continue };
            let is_last = !steps[index + 1..].iter().any(
                |later| matches!(&later.verb, Verb::Peer { peer: other, .. } if other == peer),
            );
            let Some(handle) = self.handles.get(peer).filter(|it| is_last && it.is_idle()) else {
                continue;
            };
            let command = handle.command;
            let names = started.watch.lock().talks.get(&command).map(Talk::names);
            for on in names.unwrap_or_default() {
                let ended = self.look_behind(started, (peer, &on), deadline, false, step);
                ended
                    .map_err(|failure| (last_about(steps, peer, &on).unwrap_or(index), failure))?;
            }
        }
        Ok(())
    }

    /// Has a peer do something that may fail.
    fn quietly(
        &mut self,
        started: &Started,
        name: &str,
        act: Act,
        step: &Step,
    ) -> Result<(), Failure> {
        let step = Step { may_fail: true, ..step.clone() };
        let peer = self.handles.get_mut(name).ok_or_else(|| Failure::not_running(name))?;
        alive(peer.order(act, None))?;
        self.reply(started, name, Deadline::after(AT_THE_END), &step).map(drop)
    }
}

/// The last step in which a peer does something in this conversation.
fn last_about(steps: &[Step], name: &str, on: &str) -> Option<usize> {
    steps.iter().rposition(|step| match &step.verb {
        Verb::Peer { peer, ops } => peer == name && ops.iter().any(|act| act.on == on),
        _ => false,
    })
}

/// A conversation of a peer, if somebody may still say something in it.
fn open<'s>(seen: &'s Seen, command: usize, on: &str) -> Option<&'s Heard> {
    let heard = seen.talks.get(&command)?.heard(on)?;
    let open = !heard.closed && heard.stopped.is_none() && (heard.connected || heard.is_datagram);
    open.then_some(heard)
}

/// What the kernel holds of a conversation.
#[derive(Debug, Default)]
struct Queues {
    /// The peer has something to receive: bytes, a datagram, or the end.
    arrived: bool,
    /// Bytes are on their way between the two ends.
    under_way: bool,
}

impl Queues {
    fn of(heard: &Heard) -> Self {
        let Some(socket) = &heard.socket else { return Self::default() };
        let read = |which| table::read(Namespace::Own, which).unwrap_or_default();
        let own = |entry: &&Entry| entry.inode.is_some() && entry.inode == socket.inode;
        if heard.is_datagram {
            let udp = read(Table::Udp);
            let arrived = udp.iter().find(own).is_some_and(|entry| entry.receive_queue > 0);
            return Self { arrived, under_way: false };
        }
        let tcp = read(Table::Tcp);
        // A socket whose connection has ended in both directions is in no table, or without inode.
        let Some(mine) = tcp.iter().find(own) else {
            return Self { arrived: true, ..Self::default() };
        };
        if mine.receive_queue > 0 || !OPEN.contains(&mine.state) {
            return Self { arrived: true, ..Self::default() };
        }
        let theirs =
            |entry: &&Entry| Some(entry.local) == mine.remote && entry.remote == Some(mine.local);
        let other = tcp.iter().find(theirs).cloned();
        let mapped = || {
            let unmap = |address: std::net::SocketAddr| {
                std::net::SocketAddr::new(address.ip().to_canonical(), address.port())
            };
            read(Table::Tcp6).into_iter().find(|entry| {
                Some(unmap(entry.local)) == mine.remote
                    && entry.remote.map(unmap) == Some(mine.local)
            })
        };
        let under_way = other.or_else(mapped).is_some_and(|other| {
            // What the program has not read although it could is its own affair.
            other.send_queue > 0 || mine.send_queue > 0 && other.receive_queue == 0
        });
        Self { arrived: false, under_way }
    }
}
