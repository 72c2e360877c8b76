//! Gives orders to the scripted peers of a scenario, and waits for their replies.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::ops::Range;
use std::time::Duration;

use socklab_event::Exit;
use socklab_kernel::Deadline;

use super::commands;
use super::failure::Failure;
use super::peer_handle::{Disturbed, NoAddress, Outcome, PeerHandle};
use super::started::Started;
use super::talk::Talk;
use super::watch::{Missed, Watch};
use crate::dialogue::Wrong;
use crate::format::{Act, Op, Step, Verb};
use crate::request::Request;
use crate::step_end::{Awaited, StepEnd, StepTrouble};
use crate::variables::Variables;

/// How long to wait until a piece has been read, before sending the next.
const READ_WITHIN: Duration = Duration::from_secs(1);

/// How long a peer may take to close its socket.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// The peers that have been started.
pub(super) struct Peers<'a> {
    variables: &'a Variables,
    /// The numbers of members of crowds, by name.
    members: &'a BTreeMap<String, u64>,
    pub(super) handles: HashMap<String, PeerHandle>,
    /// What comes besides the expected bytes is wrong.
    pub(super) looks_behind: bool,
    /// A program did not become calm within the time of a step. There is no use in waiting for that
    /// again.
    pub(super) never_calm: bool,
}

impl<'a> Peers<'a> {
    pub(super) fn new(request: &'a Request) -> Self {
        let (variables, members) = (&request.variables, &request.scenario.members);
        let looks_behind = request.submission.is_some();
        Self { variables, members, handles: HashMap::new(), looks_behind, never_calm: false }
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
        ops: &[Act],
        deadline: Deadline,
        step: &Step,
    ) -> Result<StepEnd, Failure> {
        let command = self.start(started, name)?;
        for Act { op, on } in ops {
            let act = |op: Op| Act { op, on: on.clone() };
            if let Op::SendPieces(pieces) = op {
                for piece in pieces {
                    let send = act(Op::Send(piece.clone()));
                    let end = self.order(started, name, send, deadline, step)?;
                    if matches!(end, StepEnd::DoneWithError { .. }) {
                        return Ok(end);
                    }
                    let length = self.length_of(name, piece);
                    self.until_read(started, command, (name, on), length);
                }
                continue;
            }
            if let (Op::Echo(room), false) = (op, step.background) {
                self.echo(started, (name, on), *room, deadline, step)?;
                continue;
            }
            let mut deadline = deadline;
            if *op == Op::Close && self.looks_behind && !step.background {
                self.look_behind(started, (name, on), deadline, true, step)?;
                // Looking may have taken all the time there was.
                deadline = deadline.max(Deadline::after(CLOSE_WITHIN));
            }
            let end = self.order(started, name, act(op.clone()), deadline, step)?;
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
        (name, on): (&str, &str),
        room: u64,
        deadline: Deadline,
        step: &Step,
    ) -> Result<(), Failure> {
        let command = started.known(name)?;
        let received = || started.watch.lock().commands[command].received;
        loop {
            let before = received();
            let act = |op: Op| Act { op, on: on.to_owned() };
            self.order(started, name, act(Op::Recv(room)), deadline, step)?;
            let length = received().saturating_sub(before);
            if length == 0 {
                return Ok(());
            }
            let back = Op::Send(format!("{{heard:0..{length}}}"));
            self.order(started, name, act(back), deadline, step)?;
            self.until_read(started, command, (name, on), length);
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
        let peer = PeerHandle::new(orders, number, self.variables_of(name))?;
        self.handles.insert(name.to_owned(), peer);
        started.start(command)?;
        Ok(number)
    }

    fn order(
        &mut self,
        started: &Started,
        name: &str,
        act: Act,
        deadline: Deadline,
        step: &Step,
    ) -> Result<StepEnd, Failure> {
        let peer = self.handles.get_mut(name).ok_or_else(|| Failure::not_running(name))?;
        let asked = self.variables.port;
        let address = peer.address(&act, started, self.variables).map_err(|none| match none {
            NoAddress::Nowhere(who) => StepTrouble::Nowhere { who },
            NoAddress::Unknowable(who, found, because) => {
                StepTrouble::WrongPort { who, asked, found, because }
            }
        })?;
        let sends = matches!(act.op, Op::Send(_) | Op::SendTo(_) | Op::Exchange(_));
        if sends || matches!(act.op, Op::Connect(_) | Op::ConnectMany(_)) {
            started.watch.lock().before_contact(sends);
        }
        alive(peer.order(act, address))?;
        if step.background {
            return Ok(StepEnd::Unfinished);
        }
        self.reply(started, name, deadline, step)
    }

    /// Waits until a peer has carried out all its orders, or received what it should not have.
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
        let disturbed = |Disturbed| Failure::Disturbed(who.clone());
        let mut wait = |deadline| {
            started.watch.wait_while_possible(deadline, false, |seen| {
                if let Err(disturbed) = peer.advance(seen, false) {
                    return Some(Err(disturbed));
                }
                if peer.is_settled() {
                    return Some(Ok(None));
                }
                seen.commands[command].exit.map(|exit| Ok(Some(exit)))
            })
        };
        let mut patiently = |deadline| {
            started.watch.wait_while_it_goes_on(
                deadline,
                step.within_ms,
                started.deadline,
                &mut wait,
            )
        };
        let found = patiently(deadline).or_else(|missed| {
            // Whoever is held is not late: it gets the same time once more, as it would without.
            let again = Deadline::after(Duration::from_millis(step.within_ms));
            let held = missed == Missed::Late && deadline.has_passed() && started.let_all_go();
            if held { patiently(again) } else { Err(missed) }
        });
        let stuck = found.as_ref().is_err_and(|missed| *missed == Missed::Never);
        let ended = found.ok().transpose().map_err(disturbed)?;
        if ended.is_none() {
            // No more time: what is missing now is missing.
            peer.advance(&mut started.watch.lock(), true).map_err(disturbed)?;
        }
        let results = peer.results();
        if ended == Some(None) || results.iter().any(|result| matches!(result, Outcome::Wrong(_))) {
            let all = results.len();
            let since = std::mem::replace(&mut peer.judged, all);
            return step_end(peer, since..all, &who, step.may_fail).map_err(Failure::Step);
        }
        match ended.flatten() {
            // The step allows the peer to end; its end is in the timeline.
            Some(_) if step.may_fail => Ok(StepEnd::Done),
            // It could not do its work, whatever the program did.
            Some(Exit::Code(crate::peer::FAILED)) => {
                let said = started.watch.lock().commands[command].output.trim().to_owned();
                Err(Failure::Engine(io::Error::other(format!("the peer {who} failed: {said}"))))
            }
            Some(exit) => {
                let (awaited, output) = (Awaited::Reply, String::new());
                Err(Failure::from(StepTrouble::Ended { who, awaited, exit, output }))
            }
            None => {
                let blocked_in = started.watch.lock().blocked(command, None);
                let (awaited, after_ms) = (step.awaited(), step.within_ms);
                Err(Failure::from(StepTrouble::TimedOut {
                    who,
                    awaited,
                    after_ms,
                    blocked_in,
                    stuck,
                }))
            }
        }
    }

    /// By how much a pause of a peer was too long, at most, in ms.
    pub(super) fn stretched_ms(&self) -> u64 {
        self.handles.values().map(|peer| peer.stretched_ms).max().unwrap_or(0)
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
        &mut self,
        watch: &Watch,
        step: &Step,
        orders: Range<usize>,
    ) -> Result<StepEnd, Disturbed> {
        let Verb::Peer { peer: name, .. } = &step.verb else { return Ok(StepEnd::Unfinished) };
        let Some(peer) = self.handles.get_mut(name) else { return Ok(StepEnd::Unfinished) };
        if peer.judged >= orders.end {
            return Ok(StepEnd::Done); // A later step has waited for it and judged it.
        }
        peer.advance(&mut watch.lock(), false)?;
        let results = peer.results();
        let all = results.len() >= orders.end;
        let own = orders.start.min(results.len())..orders.end.min(results.len());
        Ok(match step_end(peer, own, name, step.may_fail) {
            Err(trouble) => StepEnd::Failed(*trouble),
            Ok(end) if all => end,
            Ok(_) => StepEnd::Unfinished,
        })
    }

    /// A peer that got orders from a process other than the engine, if there is one.
    pub(super) fn disturbed(&mut self, watch: &Watch) -> Option<String> {
        let mut seen = watch.lock();
        let mut peers = self.handles.iter_mut();
        peers.find_map(|(name, peer)| peer.advance(&mut seen, false).err().map(|_| name.clone()))
    }

    /// Waits until the other end has read everything that this peer has sent, so that the next
    /// piece arrives separately. The wait for a program that does not read is short, and there is
    /// none for one that waits until its buffer is full (`MSG_WAITALL`).
    fn until_read(
        &mut self,
        started: &Started,
        command: usize,
        (name, on): (&str, &str),
        length: u64,
    ) {
        let Some(peer) = self.handles.get_mut(name) else { return };
        let sent = peer.count_sent(on, length);
        let bound = Deadline::after(READ_WITHIN);
        // If it never will, neither will it at the end of this time.
        let _ = started.watch.wait_while_possible(bound.min(started.deadline), true, |seen| {
            let (local, remote) = seen.commands[command].socket.as_ref()?.ends()?;
            let received = seen.received.get(&(remote, local)).copied().unwrap_or(0);
            (received >= sent || seen.is_filling()).then_some(())
        });
    }
}

/// A peer that has died, perhaps as it should (SIGPIPE), takes no orders; its end is in the timeline.
pub(super) fn alive(ordered: io::Result<()>) -> io::Result<()> {
    ordered.or_else(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(error),
    })
}

/// How a step ended, given what its orders came to. Wrong bytes take precedence over a call that
/// failed, because they are more informative.
fn step_end(
    peer: &PeerHandle,
    orders: Range<usize>,
    who: &str,
    may_fail: bool,
) -> Result<StepEnd, Box<StepTrouble>> {
    let results = || orders.clone().zip(&peer.results()[orders.clone()]);
    let wrong = results().find(|(_, result)| matches!(result, Outcome::Wrong(_)));
    let failed = || results().rfind(|(_, result)| **result != Outcome::Done);
    let Some((order, result)) = wrong.or_else(failed) else { return Ok(StepEnd::Done) };
    let (who, on) = (who.to_owned(), peer.conversation(order).to_owned());
    match result.clone() {
        Outcome::Done => Ok(StepEnd::Done),
        Outcome::Failed { call, error } if may_fail => Ok(StepEnd::DoneWithError { call, error }),
        Outcome::Failed { call, error } => {
            Err(Box::new(StepTrouble::Call { who, on, call, error }))
        }
        Outcome::Wrong(wrong) => Err(Box::new(match wrong {
            Wrong::Mismatch { how, expected, got, skipped, stopped } => {
                StepTrouble::Mismatch { who, on, how, expected, got, skipped, stopped }
            }
            Wrong::Unlike { unit, pattern, got, skipped, fitting, stopped } => {
                let (says, pattern) = (pattern.says().cloned(), pattern.source().to_owned());
                StepTrouble::Unlike { who, on, unit, pattern, says, got, skipped, fitting, stopped }
            }
            Wrong::Surplus { bytes, after } => StepTrouble::Surplus { who, on, bytes, after },
            Wrong::Sender { asked, from, bytes } => {
                StepTrouble::Sender { who, on, asked, from, bytes }
            }
        })),
    }
}
