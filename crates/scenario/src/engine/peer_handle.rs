//! The engine's side of a scripted peer: the orders it was given, and what they came to.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::SocketAddr;

use socklab_event::Errno;
use socklab_judge::Part;

use super::doors::{Reach, reachable};
use super::started::Started;
use super::watch::Seen;
use crate::dialogue::{Case, Judgement, Wanted, Wrong};
use crate::format::{Act, Expected, Op, PatternText, SENDER};
use crate::peer::{Deed, Order, Receive, Reply};
use crate::step_end::{PortChoice, Stopped, Unit};
use crate::variables::Variables;

/// The room of a call that receives the end of a stream.
const ROOM: u64 = 1 << 16;

/// Some replies do not answer the engine's orders: another process has given the peer orders, or
/// has changed its memory. A program of the same user can do that, where it is not isolated.
#[derive(Debug)]
pub(super) struct Disturbed;

/// Why there is no address for a name.
pub(super) enum NoAddress {
    Nowhere(String),
    /// The program has this port, but nobody could know it.
    Unknowable(String, u16, PortChoice),
}

/// What an order came to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    Done,
    Failed { call: String, error: Errno },
    Wrong(Wrong),
}

/// What a conversation of a peer is.
#[derive(Debug, Default)]
struct Kind {
    /// Its socket is a datagram socket.
    datagrams: bool,
    /// Bytes sent over its current connection, as far as that was counted.
    sent: u64,
}

/// An order, as the peer was given it.
#[derive(Debug)]
struct Given {
    line: String,
    /// In which conversation.
    on: String,
    /// What it should receive.
    wanted: Option<Wanted>,
    /// From here on, surplus does not matter.
    ignores: bool,
}

/// A scripted peer that is running.
#[derive(Debug)]
pub(super) struct PeerHandle {
    orders: io::PipeWriter,
    /// The values of the placeholders in what it sends and expects.
    variables: Variables,
    /// Its command number in the trace.
    pub(super) command: usize,
    /// What it was given so far, first the placeholders; each line gets one report.
    given: Vec<Given>,
    /// What the first of these came to.
    results: Vec<Outcome>,
    /// What was known when the next one was judged last: there is no need to do it again before
    /// something has come.
    known: Option<(usize, u64, usize, Option<Stopped>)>,
    /// How many of the results have been used by a step.
    pub(super) judged: usize,
    /// Its conversations, by name.
    talks: BTreeMap<String, Kind>,
    /// By how much a pause was too long, at most, in ms.
    pub(super) stretched_ms: u64,
}

impl PeerHandle {
    pub(super) fn new(
        orders: io::PipeWriter,
        command: usize,
        variables: Variables,
    ) -> io::Result<Self> {
        let mut peer = Self {
            orders,
            variables: variables.clone(),
            command,
            given: Vec::new(),
            results: Vec::new(),
            known: None,
            judged: 0,
            talks: BTreeMap::new(),
            stretched_ms: 0,
        };
        peer.write(&variables, String::new(), None, false)?;
        Ok(peer)
    }

    /// How many lines it was given, each of which it will report on.
    pub(super) fn orders_given(&self) -> usize {
        self.given.len()
    }

    /// What its orders came to, as far as is known.
    pub(super) fn results(&self) -> &[Outcome] {
        &self.results
    }

    /// True if it has done all it was told.
    pub(super) fn is_idle(&self) -> bool {
        self.results.len() >= self.given.len()
    }

    /// True if all its orders are done, or one of them went wrong.
    pub(super) fn is_settled(&self) -> bool {
        self.results.len() >= self.given.len()
            || self.results.iter().any(|result| matches!(result, Outcome::Wrong(_)))
    }

    /// Judges the orders that can be judged, from what was seen. With `late`, there is no more time
    /// for what is missing.
    pub(super) fn advance(&mut self, seen: &mut Seen, late: bool) -> Result<(), Disturbed> {
        let Some(mut talk) = seen.talks.remove(&self.command) else { return Ok(()) };
        let result = self.judge(seen, &mut talk, late);
        seen.talks.insert(self.command, talk);
        result
    }

    fn judge(
        &mut self,
        seen: &Seen,
        talk: &mut super::talk::Talk,
        late: bool,
    ) -> Result<(), Disturbed> {
        if talk.broken || talk.reports.len() > self.given.len() {
            return Err(Disturbed);
        }
        while let Some(next) = self.given.get(self.results.len()) {
            if self.results.iter().any(|result| matches!(result, Outcome::Wrong(_))) {
                break;
            }
            let index = self.results.len();
            let report = talk.reports.get(index);
            if report.is_some_and(|report| report.order != next.line) {
                return Err(Disturbed);
            }
            let then = talk.done.get(index).copied();
            let socket = match then {
                Some(then) => then.map(|(socket, _)| socket),
                None => talk.socket(&next.on),
            };
            let heard = socket.and_then(|at| talk.ear.conversations.get_mut(at));
            let reply = report.map(|report| match &report.reply {
                Reply::Done => Outcome::Done,
                Reply::Paused { late } => {
                    self.stretched_ms = self.stretched_ms.max(*late);
                    Outcome::Done
                }
                Reply::Failed { call, error } => {
                    Outcome::Failed { call: call.clone(), error: *error }
                }
            });
            let result = match (&next.wanted, heard) {
                (Some(wanted), Some(heard)) => {
                    let known = (index, heard.total, heard.datagrams.len(), heard.stopped);
                    if reply.is_none() && !late && self.known == Some(known) {
                        break;
                    }
                    self.known = Some(known);
                    let program = seen.programs.at(heard);
                    heard.done_at(then.flatten().map(|(_, bytes)| bytes));
                    // What is right is taken, so it must not be judged again: wait for the report.
                    let settle = reply.is_some() || late;
                    match (heard.judge(wanted, late, program, settle), reply) {
                        (Judgement::Wrong(wrong), _) => {
                            Some(Outcome::Wrong(seen.programs.or_elsewhere(*wrong, heard)))
                        }
                        (_, Some(failed @ Outcome::Failed { .. })) => Some(failed),
                        (Judgement::Open, Some(_))
                            if !matches!(wanted, Wanted::Nothing | Wanted::Anything(_)) =>
                        {
                            return Err(Disturbed);
                        }
                        (_, reply) => reply,
                    }
                }
                (None, heard) => {
                    if let Some(heard) = heard.filter(|_| next.ignores && reply.is_some()) {
                        heard.ignore_rest();
                    }
                    reply
                }
                // Without a socket, receiving fails.
                (Some(_), None) => reply,
            };
            match result {
                Some(result) => self.results.push(result),
                None => break,
            }
        }
        Ok(())
    }

    fn write(
        &mut self,
        value: &impl serde::Serialize,
        on: String,
        wanted: Option<Wanted>,
        ignores: bool,
    ) -> io::Result<()> {
        let mut text = serde_json::to_string(value)?;
        self.given.push(Given { line: text.clone(), on, wanted, ignores });
        text.push('\n');
        self.orders.write_all(text.as_bytes())
    }

    /// Gives the peer an order. `address` is the one that a name in `act` stands for.
    pub(super) fn order(&mut self, act: Act, address: Option<SocketAddr>) -> io::Result<()> {
        let Act { op, on } = act;
        let talk = self.talks.entry(on.clone()).or_default();
        match op {
            Op::Udp => talk.datagrams = true,
            Op::Tcp | Op::Accept => talk.datagrams = false,
            _ => {}
        }
        if matches!(op, Op::Udp | Op::Tcp | Op::Accept | Op::Connect(_)) {
            talk.sent = 0;
        }
        let ignores = op == Op::IgnoreRest;
        let (deed, wanted) = deed(op, &self.variables)?;
        self.write(&Order { deed, address, on: on.clone() }, on, wanted, ignores)
    }

    /// Counts bytes that it sends over the connection of a conversation. Returns how many it has
    /// sent there.
    pub(super) fn count_sent(&mut self, on: &str, bytes: u64) -> u64 {
        let talk = self.talks.entry(on.to_owned()).or_default();
        talk.sent += bytes;
        talk.sent
    }

    /// Has the peer receive what is there, of which nothing is expected.
    pub(super) fn order_look(&mut self, on: &str) -> io::Result<()> {
        let (deed, on) = (Deed::Receive(Receive::Waiting), on.to_owned());
        let order = Order { deed, address: None, on: on.clone() };
        self.write(&order, on, Some(Wanted::Nothing), false)
    }

    /// The conversation that the order with this number was about.
    pub(super) fn conversation(&self, order: usize) -> &str {
        self.given.get(order).map_or("", |given| &given.on)
    }

    /// The address that a name in `act` stands for: the one that this actor or peer listens on, or
    /// has bound. The error is the name, if that actor or peer has no such address.
    pub(super) fn address(
        &self,
        act: &Act,
        started: &Started,
        variables: &Variables,
    ) -> Result<Option<SocketAddr>, NoAddress> {
        let Act { op, on } = act;
        let Some(target) = op.target() else { return Ok(None) };
        if target == SENDER {
            return Ok(None);
        }
        if let Ok(address) = variables.text(target).parse() {
            return Ok(Some(address));
        }
        let datagrams =
            matches!(op, Op::SendTo(_)) || self.talks.get(on).is_some_and(|it| it.datagrams);
        let seen = started.watch.lock();
        let number = started.number(target);
        let nowhere = || NoAddress::Nowhere(target.to_owned());
        let number = number.filter(|number| *number < seen.commands.len()).ok_or_else(nowhere)?;
        if started.is_submission(number) {
            return match started.reach(&seen, number, variables.port, datagrams) {
                Reach::Asked(address) | Reach::Own(address) => Ok(Some(address)),
                Reach::Unknowable(port, because) => {
                    Err(NoAddress::Unknowable(target.to_owned(), port, because))
                }
                Reach::Nowhere => Err(nowhere()),
            };
        }
        let command = &seen.commands[number];
        let endpoint = if datagrams { &command.bound } else { &command.listens };
        endpoint.as_ref().and_then(reachable).map(Some).ok_or_else(nowhere)
    }
}

/// What a peer is to do, and what it should receive, which it is not told.
fn deed(op: Op, variables: &Variables) -> io::Result<(Deed, Option<Wanted>)> {
    let bytes = |text: &str| variables.accepted_bytes(text);
    let like = |unit, text: &PatternText| {
        let pattern = variables.pattern(&text.pattern, text.says.as_ref(), Part::Whole, false);
        let pattern = pattern.map_err(|what| io::Error::other(what.in_english()))?;
        io::Result::Ok(Wanted::Like(unit, pattern))
    };
    let datagram = |expected: Expected| match expected {
        Expected::Text(text) => Ok(Wanted::Datagram(bytes(&text)?)),
        Expected::Pattern(text) => like(Unit::Datagram, &text),
    };
    let (receive, wanted) = match op {
        Op::Expect(text) => exactly(bytes(&text)?, Case::Sensitive),
        Op::ExpectIgnoreCase(text) => exactly(bytes(&text)?, Case::Ignored),
        Op::ExpectContains(text) => {
            let wanted = Wanted::Contains(bytes(&text)?);
            (Receive::Until(text), wanted)
        }
        Op::ExpectLength(length) => (Receive::Exactly(length), Wanted::Length(length)),
        Op::ExpectLine(text) => (Receive::Until("\\n".to_owned()), like(Unit::Line, &text)?),
        Op::ExpectRest(text) => (Receive::All, like(Unit::Rest, &text)?),
        Op::ExpectDatagram(expected) => (Receive::Datagram, datagram(expected)?),
        Op::ExpectNewDatagram(expected) => {
            (Receive::NewDatagram, Wanted::New(Box::new(datagram(expected)?)))
        }
        Op::Recv(room) => {
            let most = usize::try_from(room).unwrap_or(usize::MAX);
            (Receive::Once(room), Wanted::Anything(most))
        }
        Op::ExpectEnd => (Receive::Once(ROOM), Wanted::End),
        Op::Drain => (Receive::All, Wanted::Drained),
        // In the foreground each piece is ordered by itself.
        Op::Echo(room) => (Receive::Echo(room), Wanted::Drained),
        Op::Exchange(exchange) => {
            let expected = bytes(&exchange.expect)?;
            let (send, finish) = (exchange.send, exchange.finish);
            let receive = Receive::Exchange { send, length: expected.len() as u64, finish };
            (receive, Wanted::Bytes(expected, Case::Sensitive))
        }
        op => return Ok((Deed::Op(op), None)),
    };
    Ok((Deed::Receive(receive), Some(wanted)))
}

fn exactly(bytes: Vec<u8>, case: Case) -> (Receive, Wanted) {
    (Receive::Exactly(bytes.len() as u64), Wanted::Bytes(bytes, case))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::talk::Talk;
    use crate::peer::Report;

    #[test]
    fn only_replies_to_its_own_orders_count() {
        let (_theirs, ours) = io::pipe().unwrap();
        let variables = Variables::sample(1);
        let peer = || {
            let ours = ours.try_clone().unwrap();
            let mut peer = PeerHandle::new(ours, 0, variables.clone()).unwrap();
            peer.order(Act { op: Op::Tcp, on: String::new() }, None).unwrap();
            peer
        };
        let report = |order: &str| Report { order: order.to_owned(), reply: Reply::Done };
        let own: Vec<Report> = peer().given.iter().map(|given| report(&given.line)).collect();
        let seen_with = |reports: &[Report]| {
            let mut talk = Talk::default();
            for report in reports {
                let text = serde_json::to_string(report).unwrap() + "\n";
                // A report may arrive in pieces.
                let (one, two) = text.split_at(5);
                talk.hear(&socklab_event::Bytes::whole(one));
                talk.hear(&socklab_event::Bytes::whole(two));
            }
            let mut seen = Seen::default();
            seen.talks.insert(0, talk);
            seen
        };
        let mut good = peer();
        good.advance(&mut seen_with(&own), false).unwrap();
        assert_eq!(good.results(), [Outcome::Done, Outcome::Done]);
        let stranger = report(r#"{"deed":{"op":"close"},"address":null}"#);
        for wrong in [[&own[..], &own[1..]].concat(), vec![own[0].clone(), stranger]] {
            assert!(peer().advance(&mut seen_with(&wrong), false).is_err());
        }
    }
}
