//! Telling scripted peers what to do, and hearing what came of it.

use std::io;
use std::ops::Range;
use std::time::{Duration, Instant};

use socklab_event::Column;

use super::actors;
use super::play::{Play, Stop, not_running};
use super::puppet::{Disturbed, Puppet};
use super::watch::Talk;
use crate::format::{Op, Step, Verb};
use crate::peer::Reply;
use crate::recording::{StepEnd, StepTrouble};

impl Play<'_> {
    /// Starts the peer if it does not run yet.
    fn awaken(&mut self, name: &str) -> Result<usize, Stop> {
        if let Some(command) = self.names.iter().position(|known| known == name) {
            return Ok(command);
        }
        let (command, orders) = actors::peer(name)?;
        let index = self.names.len();
        self.watch.change(|seen| seen.talks.insert(index, Talk::default()));
        self.names.push(name.to_owned());
        self.columns.push(Column { label: name.to_owned(), argv: Vec::new() });
        let puppet = Puppet::new(orders, index, &self.request.variables)?;
        self.puppets.insert(name.to_owned(), puppet);
        self.handle.start(command);
        self.await_birth()?;
        Ok(index)
    }

    /// Tells a peer to do one thing after another.
    pub(super) fn puppet(
        &mut self,
        name: &str,
        ops: &[Op],
        deadline: Instant,
        step: &Step,
    ) -> Result<StepEnd, Stop> {
        let command = self.awaken(name)?;
        for op in ops {
            if let Op::SendPieces(pieces) = op {
                for piece in pieces {
                    let end = self.order(command, name, Op::Send(piece.clone()), deadline, step)?;
                    if matches!(end, StepEnd::DoneWithError { .. }) {
                        return Ok(end);
                    }
                    self.until_read(command, name, piece);
                }
                continue;
            }
            let end = self.order(command, name, op.clone(), deadline, step)?;
            if matches!(end, StepEnd::DoneWithError { .. }) {
                return Ok(end);
            }
        }
        Ok(if step.background { StepEnd::Unfinished } else { StepEnd::Done })
    }

    fn order(
        &mut self,
        command: usize,
        name: &str,
        op: Op,
        deadline: Instant,
        step: &Step,
    ) -> Result<StepEnd, Stop> {
        let puppet = self.puppets.get_mut(name).ok_or_else(|| not_running(name))?;
        let address = puppet.find(&op, &self.names, &self.watch.lock(), &self.request.variables);
        let address = address.map_err(|who| Stop::from(StepTrouble::Nowhere { who }))?;
        // A little less than the step's own time, so that the peer can still tell what it got.
        let left = deadline.saturating_duration_since(Instant::now()).as_millis();
        let left = u64::try_from(left).unwrap_or(u64::MAX);
        let within = (!step.background).then_some(left.saturating_sub(left / 10 + 1).max(1));
        puppet.order(op, address, within).or_else(|error| match error.kind() {
            // It has died, perhaps as it should (SIGPIPE); its end is in the timeline.
            io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(error),
        })?;
        if step.background {
            return Ok(StepEnd::Unfinished);
        }
        self.reply(command, name, deadline, step)
    }

    /// Waits until a peer has done all it was told.
    pub(super) fn replies(
        &mut self,
        name: &str,
        deadline: Instant,
        step: &Step,
    ) -> Result<StepEnd, Stop> {
        let command = self.command(name)?;
        self.reply(command, name, deadline, step)
    }

    /// Waits for the reply to the last order, and looks at all that were not looked at yet.
    fn reply(
        &mut self,
        command: usize,
        name: &str,
        deadline: Instant,
        step: &Step,
    ) -> Result<StepEnd, Stop> {
        let who = name.to_owned();
        let puppet = self.puppets.get_mut(name).ok_or_else(|| not_running(name))?;
        let found = self.watch.wait(deadline, false, |seen| {
            if puppet.reports(seen) >= puppet.given() {
                return Some(None);
            }
            seen.commands[command].exit.map(Some)
        });
        let replies = puppet.replies(&self.watch.lock());
        let replies = replies.map_err(|_disturbed| Stop::Disturbed(who.clone()))?;
        match found {
            Some(None) => {
                let since = puppet.judged;
                puppet.judged = puppet.given();
                Ok(came_of(&replies[since..], &who, step.may_fail)?)
            }
            // Its end is what the step is about, and in the timeline.
            Some(Some(_)) if step.may_fail => Ok(StepEnd::Done),
            Some(Some(exit)) => {
                let awaited = "reply".to_owned();
                Err(Stop::from(StepTrouble::Ended { who, awaited, exit, output: String::new() }))
            }
            None => {
                let seen = self.watch.lock();
                Err(Stop::from(StepTrouble::TimedOut {
                    who,
                    awaited: step.verb_text(),
                    after_ms: step.within_ms,
                    blocked_in: seen.blocked(command, None),
                }))
            }
        }
    }

    /// The numbers of the orders that a step gives to its peer begin here.
    pub(super) fn given(&self, step: &Step) -> usize {
        match &step.verb {
            Verb::Peer { peer, .. } => self.puppets.get(peer).map_or(0, Puppet::given),
            _ => 0,
        }
    }

    /// What has come of a step in the background, when the scenario is over.
    pub(super) fn settle(&self, step: &Step, orders: Range<usize>) -> Result<StepEnd, Disturbed> {
        let Verb::Peer { peer, .. } = &step.verb else { return Ok(StepEnd::Unfinished) };
        let Some(puppet) = self.puppets.get(peer) else { return Ok(StepEnd::Unfinished) };
        if puppet.judged >= orders.end {
            return Ok(StepEnd::Done); // a later step has waited for it, and judged it
        }
        let replies = puppet.replies(&self.watch.lock())?;
        let all = replies.len() >= orders.end;
        let own = orders.start.min(replies.len())..orders.end.min(replies.len());
        Ok(match came_of(&replies[own], peer, step.may_fail) {
            Err(trouble) => StepEnd::Failed(trouble),
            Ok(end) if all => end,
            Ok(_) => StepEnd::Unfinished,
        })
    }

    /// Waits until the other end has read all that this peer has sent, so that the next piece
    /// arrives by itself. A program that does not read is not waited for long.
    fn until_read(&mut self, command: usize, name: &str, piece: &str) {
        let length = self.request.variables.bytes(piece).map_or(0, |bytes| bytes.len() as u64);
        let Some(puppet) = self.puppets.get_mut(name) else { return };
        puppet.sent += length;
        let sent = puppet.sent;
        let bound = Instant::now() + Duration::from_secs(1);
        self.watch.wait(bound.min(self.deadline), false, |seen| {
            let ends = seen.commands[command].socket.as_ref()?.ends()?;
            let received = seen.received.get(&(ends.1, ends.0)).copied().unwrap_or(0);
            (received >= sent).then_some(())
        });
    }
}

/// How a step ended with these replies. Other bytes than expected say more than a call that failed
/// after them.
fn came_of(replies: &[Reply], who: &str, may_fail: bool) -> Result<StepEnd, StepTrouble> {
    let who = who.to_owned();
    let other = replies.iter().find(|reply| matches!(reply, Reply::Mismatch { .. }));
    match other.or_else(|| replies.iter().rfind(|reply| **reply != Reply::Done)).cloned() {
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

impl Step {
    /// What a peer is told to do, in the words of the file.
    pub(crate) fn verb_text(&self) -> String {
        match &self.verb {
            Verb::Peer { ops, .. } => {
                let names = ops.iter().map(|op| match serde_json::to_value(op) {
                    Ok(serde_json::Value::Object(map)) => {
                        map.keys().next().cloned().unwrap_or_default()
                    }
                    Ok(serde_json::Value::String(word)) => word,
                    _ => String::new(),
                });
                names.collect::<Vec<_>>().join(", ")
            }
            _ => "join".to_owned(),
        }
    }
}
