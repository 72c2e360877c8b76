//! Gives orders to the scripted peers of a scenario, and waits for their replies.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::ops::Range;
use std::time::Duration;

use socklab_kernel::Deadline;

use super::commands;
use super::failure::Failure;
use super::peer_handle::{Disturbed, PeerHandle};
use super::started::Started;
use super::watch::{Talk, Watch};
use crate::format::{Op, Step, Verb};
use crate::peer::Reply;
use crate::request::Request;
use crate::step_end::{Awaited, StepEnd, StepTrouble};
use crate::variables::Variables;

/// How long to wait until a piece has been read, before sending the next.
const READ_WITHIN: Duration = Duration::from_secs(1);

/// The peers that have been started.
pub(super) struct Peers<'a> {
    variables: &'a Variables,
    /// The numbers of members of crowds, by name.
    members: &'a BTreeMap<String, u64>,
    handles: HashMap<String, PeerHandle>,
}

impl<'a> Peers<'a> {
    pub(super) fn new(request: &'a Request) -> Self {
        let (variables, members) = (&request.variables, &request.scenario.members);
        Self { variables, members, handles: HashMap::new() }
    }

    /// The values of the placeholders in what this peer sends and expects.
    fn variables_of(&self, name: &str) -> Variables {
        match self.members.get(name) {
            Some(number) => self.variables.of_member(*number),
            None => self.variables.clone(),
        }
    }

    /// Gives a peer the orders of a step, one after another. Starts the peer first if it is not
    /// running yet.
    pub(super) fn perform(
        &mut self,
        started: &mut Started,
        name: &str,
        ops: &[Op],
        deadline: Deadline,
        step: &Step,
    ) -> Result<StepEnd, Failure> {
        let command = self.start(started, name)?;
        for op in ops {
            if let Op::SendPieces(pieces) = op {
                for piece in pieces {
                    let op = Op::Send(piece.clone());
                    let end = self.order(started, name, op, deadline, step)?;
                    if matches!(end, StepEnd::DoneWithError { .. }) {
                        return Ok(end);
                    }
                    let length = self.length_of(name, piece);
                    self.until_read(started, command, name, length);
                }
                continue;
            }
            if let (Op::Echo(room), false) = (op, step.background) {
                self.echo(started, name, *room, deadline, step)?;
                continue;
            }
            let end = self.order(started, name, op.clone(), deadline, step)?;
            if matches!(end, StepEnd::DoneWithError { .. }) {
                return Ok(end);
            }
        }
        Ok(if step.background { StepEnd::Unfinished } else { StepEnd::Done })
    }

    /// Sends back what arrives, each time once the other end has read the bytes before, until the
    /// end of the stream.
    fn echo(
        &mut self,
        started: &Started,
        name: &str,
        room: u64,
        deadline: Deadline,
        step: &Step,
    ) -> Result<(), Failure> {
        let command = started.known(name)?;
        let received = || started.watch.lock().commands[command].received;
        loop {
            let before = received();
            self.order(started, name, Op::Recv(room), deadline, step)?;
            let length = received().saturating_sub(before);
            if length == 0 {
                return Ok(());
            }
            let back = Op::Send(format!("{{heard:0..{length}}}"));
            self.order(started, name, back, deadline, step)?;
            self.until_read(started, command, name, length);
        }
    }

    fn length_of(&self, name: &str, text: &str) -> u64 {
        self.variables_of(name).bytes(text).map_or(0, |bytes| bytes.len() as u64)
    }

    fn start(&mut self, started: &mut Started, name: &str) -> Result<usize, Failure> {
        if let Some(command) = started.number(name) {
            return Ok(command);
        }
        let (command, orders) = commands::of_peer(name)?;
        let number = started.announce(name, Vec::new());
        started.watch.change(|seen| seen.talks.insert(number, Talk::default()));
        self.handles
            .insert(name.to_owned(), PeerHandle::new(orders, number, &self.variables_of(name))?);
        started.start(command)?;
        Ok(number)
    }

    fn order(
        &mut self,
        started: &Started,
        name: &str,
        op: Op,
        deadline: Deadline,
        step: &Step,
    ) -> Result<StepEnd, Failure> {
        let peer = self.handles.get_mut(name).ok_or_else(|| Failure::not_running(name))?;
        let address = peer.address(&op, started, self.variables);
        let address = address.map_err(|who| Failure::from(StepTrouble::Nowhere { who }))?;
        // The peer gets nine tenths of the time left, so that it can still report what it received.
        let left = deadline.left().as_millis();
        let left = u64::try_from(left).unwrap_or(u64::MAX);
        let within = (!step.background).then_some(left.saturating_sub(left / 10 + 1).max(1));
        peer.order(op, address, within).or_else(|error| match error.kind() {
            // The peer has died, perhaps as it should (SIGPIPE); its end is in the timeline.
            io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(error),
        })?;
        if step.background {
            return Ok(StepEnd::Unfinished);
        }
        self.reply(started, name, deadline, step)
    }

    /// Waits until a peer has carried out all its orders, and judges the replies that have not been
    /// judged yet.
    pub(super) fn reply(
        &mut self,
        started: &Started,
        name: &str,
        deadline: Deadline,
        step: &Step,
    ) -> Result<StepEnd, Failure> {
        let command = started.known(name)?;
        let peer = self.handles.get_mut(name).ok_or_else(|| Failure::not_running(name))?;
        let who = name.to_owned();
        let found = started.watch.wait(deadline, false, |seen| {
            if peer.reports(seen) >= peer.orders_given() {
                return Some(None);
            }
            seen.commands[command].exit.map(Some)
        });
        let replies = peer.replies(&started.watch.lock());
        let replies = replies.map_err(|Disturbed| Failure::Disturbed(who.clone()))?;
        match found {
            Some(None) => {
                let since = peer.judged;
                peer.judged = peer.orders_given();
                Ok(step_end(&replies[since..], &who, step.may_fail)?)
            }
            // The step allows the peer to end; its end is in the timeline.
            Some(Some(_)) if step.may_fail => Ok(StepEnd::Done),
            Some(Some(exit)) => {
                let (awaited, output) = (Awaited::Reply, String::new());
                Err(Failure::from(StepTrouble::Ended { who, awaited, exit, output }))
            }
            None => {
                let blocked_in = started.watch.lock().blocked(command, None);
                let (awaited, after_ms) = (step.awaited(), step.within_ms);
                Err(Failure::from(StepTrouble::TimedOut { who, awaited, after_ms, blocked_in }))
            }
        }
    }

    /// How many orders the peer of a step has been given so far.
    pub(super) fn orders_given(&self, step: &Step) -> usize {
        match &step.verb {
            Verb::Peer { peer, .. } => self.handles.get(peer).map_or(0, PeerHandle::orders_given),
            _ => 0,
        }
    }

    /// How a step in the background ended, now that the scenario is over.
    pub(super) fn settle(
        &self,
        watch: &Watch,
        step: &Step,
        orders: Range<usize>,
    ) -> Result<StepEnd, Disturbed> {
        let Verb::Peer { peer: name, .. } = &step.verb else { return Ok(StepEnd::Unfinished) };
        let Some(peer) = self.handles.get(name) else { return Ok(StepEnd::Unfinished) };
        if peer.judged >= orders.end {
            return Ok(StepEnd::Done); // A later step has waited for it and judged it.
        }
        let replies = peer.replies(&watch.lock())?;
        let all = replies.len() >= orders.end;
        let own = orders.start.min(replies.len())..orders.end.min(replies.len());
        Ok(match step_end(&replies[own], name, step.may_fail) {
            Err(trouble) => StepEnd::Failed(trouble),
            Ok(end) if all => end,
            Ok(_) => StepEnd::Unfinished,
        })
    }

    /// A peer that got orders from a process other than the engine, if there is one.
    pub(super) fn disturbed(&self, watch: &Watch) -> Option<String> {
        let seen = watch.lock();
        let mut peers = self.handles.iter();
        peers.find(|(_, peer)| peer.replies(&seen).is_err()).map(|(name, _)| name.clone())
    }

    /// Waits until the other end has read everything that this peer has sent, so that the next
    /// piece arrives separately. The wait for a program that does not read is short.
    fn until_read(&mut self, started: &Started, command: usize, name: &str, length: u64) {
        let Some(peer) = self.handles.get_mut(name) else { return };
        peer.sent += length;
        let sent = peer.sent;
        let bound = Deadline::after(READ_WITHIN);
        started.watch.wait(bound.min(started.deadline), false, |seen| {
            let (local, remote) = seen.commands[command].socket.as_ref()?.ends()?;
            let received = seen.received.get(&(remote, local)).copied().unwrap_or(0);
            (received >= sent).then_some(())
        });
    }
}

/// How a step ended, given these replies. Wrong bytes take precedence over a call that failed,
/// because they are more informative.
fn step_end(replies: &[Reply], who: &str, may_fail: bool) -> Result<StepEnd, StepTrouble> {
    let who = who.to_owned();
    let mismatch = replies.iter().find(|reply| matches!(reply, Reply::Mismatch { .. }));
    match mismatch.or_else(|| replies.iter().rfind(|reply| **reply != Reply::Done)).cloned() {
        None | Some(Reply::Done) => Ok(StepEnd::Done),
        Some(Reply::Failed { call, error }) if may_fail => {
            Ok(StepEnd::DoneWithError { call, error })
        }
        Some(Reply::Failed { call, error }) => Err(StepTrouble::Call { who, call, error }),
        Some(Reply::Mismatch { how, expected, got, skipped, stopped }) => {
            Err(StepTrouble::Mismatch { who, how, expected, got, skipped, stopped })
        }
    }
}
