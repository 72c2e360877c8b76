//! What the wire lost, and how the kernel made up for it: by the recorded frames. What a rule of the
//! wire has done is never laid to the network or to a program.

use std::collections::BTreeMap;

use socklab_event::{Errno, Fate};
use socklab_flows::{Again, Conversation, Meaning, Position, Resent, ResetReason, Tie};
use socklab_say::{Argument, Sentence, count, duration, sentence};

use super::arrived;
use super::attempts::failures;
use crate::case::{Case, Occurrence, address_text};

/// A person notices a wait this long (nanoseconds).
const NOTICEABLE: u64 = 100_000_000;

/// How a frame failed to arrive, in words. `None` if it arrived, or nobody knows.
pub(super) fn loss(case: &Case<'_>, frame: Position) -> Option<Argument> {
    let frame = case.flows.order.get(frame)?.frame()?;
    let why = match &frame.fate {
        Fate::Dropped { rule } => sentence!("wire-dropped-by-rule", rule = rule.clone()),
        Fate::Altered { rule, .. } if frame.is_spoilt() => {
            sentence!("wire-corrupted-by-rule", rule = rule.clone())
        }
        Fate::Lost { .. } => sentence!("wire-lost"),
        _ => return None,
    };
    Some(said(why))
}

/// How a rule held a frame up for a noticeable time, in words. `None` if none did.
fn delay(case: &Case<'_>, frame: Position) -> Option<Argument> {
    let Fate::Altered { at, rule, .. } = &case.flows.order.get(frame)?.frame()?.fate else {
        return None;
    };
    let late = at.iter().min()?.saturating_sub(case.flows.order[frame].at);
    (late >= NOTICEABLE).then(|| said(sentence!("wire-delayed-by-rule", rule = rule.clone())))
}

fn said(sentence: Sentence) -> Argument {
    Argument::Sentence(Box::new(sentence))
}

/// The frames of a conversation with their ties.
pub(super) fn frames<'c>(
    case: &'c Case<'_>,
    conversation: &'c Conversation,
) -> impl DoubleEndedIterator<Item = (Position, &'c Tie)> + Clone {
    conversation.frames.iter().filter_map(|at| Some((*at, case.flows.ties.of(*at)?)))
}

/// Nanoseconds from one event to another.
fn between(case: &Case<'_>, from: Position, to: Position) -> u64 {
    let at = |position: Position| case.flows.order[position].at;
    at(to).saturating_sub(at(from))
}

/// What became of a `connect` of which a SYN or the answer got lost, in words.
fn outcome(case: &Case<'_>, connect: Position, conversation: &Conversation) -> Argument {
    let answered = |meaning: fn(&Meaning) -> bool| {
        let mut answers = frames(case, conversation).filter(|(_, tie)| tie.side == 1);
        answers.any(|(_, tie)| meaning(&tie.meaning) && tie.arrived.is_some())
    };
    let succeeded = case.call(connect).is_some_and(|call| call.value().is_some());
    said(match () {
        () if succeeded => sentence!("wire-connects-later"),
        // In the background, or an interrupted call goes on like that (connect(2)).
        () if answered(|meaning| *meaning == Meaning::SynAck) => sentence!("wire-answered-later"),
        () if answered(|meaning| matches!(meaning, Meaning::Rst(_))) => {
            sentence!("wire-refused-later")
        }
        () if failures(case, Errno::ETIMEDOUT).any(|failed| failed.connect == connect) => {
            sentence!("wire-gave-up")
        }
        () => sentence!("wire-never-answered"),
    })
}

/// A SYN that did not arrive.
pub(super) fn syn(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.flows.ties.conversations.iter().filter_map(|conversation| {
        let connect = conversation.connect?;
        let syns: Vec<Position> = frames(case, conversation)
            .filter(|(_, tie)| tie.meaning == Meaning::Syn && tie.side == 0)
            .map(|(at, _)| at)
            .filter(|at| !case.flows.is_recorders_doing(*at))
            .collect();
        let (first, repeated) = syns.split_first()?;
        let (again, last) = (repeated.first().unwrap_or(first), repeated.last().unwrap_or(first));
        let why = loss(case, *first)?;
        let finding = Occurrence::waiting(connect).and(syns.iter().copied());
        let finding = finding.with("address", address_text(&conversation.ends[1]));
        let finding = finding.with("why", why).with("times", count(repeated.len()));
        let finding = finding.with("first", duration(between(case, *first, *again)));
        let finding = finding.with("time", duration(between(case, *first, *last)));
        Some(finding.with("outcome", outcome(case, connect, conversation)))
    });
    found.collect()
}

/// A SYN,ACK that did not arrive, and the next one.
pub(super) fn syn_ack(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.flows.ties.conversations.iter().filter_map(|conversation| {
        let connect = conversation.connect?;
        let mut answers =
            frames(case, conversation).filter(|(_, tie)| tie.meaning == Meaning::SynAck);
        let (first, _) = answers.next()?;
        let why = loss(case, first)?;
        let again = answers.next();
        let asked = |tie: &Tie| matches!(tie.again, Some(Again { by: Resent::Repetition, .. }));
        let then = match again {
            Some((at, tie)) => {
                let time = duration(between(case, first, at));
                match asked(tie) {
                    true => sentence!("wire-asked-again", time = time),
                    false => sentence!("wire-answered-again", time = time),
                }
            }
            None => sentence!("wire-not-answered-again"),
        };
        let finding = Occurrence::at(connect).and([first]).and(again.map(|(at, _)| at));
        let finding = finding.with("address", address_text(&conversation.ends[1]));
        let finding = finding.with("then", said(then)).with("why", why);
        Some(finding.with("outcome", outcome(case, connect, conversation)))
    });
    found.collect()
}

/// The ACK that ends a handshake did not arrive, or late: until something else arrives in its place,
/// the connection exists for one end only.
pub(super) fn handshake_ack(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.flows.ties.conversations.iter().filter_map(|conversation| {
        let connect = conversation.connect?;
        let all = frames(case, conversation);
        let (ack, _) = all.clone().find(|(_, tie)| tie.meaning == Meaning::HandshakeAck)?;
        let why = loss(case, ack).or_else(|| delay(case, ack))?;
        let completes = all.filter(|(_, tie)| arrived::completes_handshake(tie));
        let there = completes.filter_map(|(at, tie)| Some((tie.arrived?, at))).min();
        let time = |there: u64| duration(there.saturating_sub(case.flows.order[ack].at));
        let then = match there {
            Some((there, _)) => sentence!("wire-known-later", time = time(there)),
            None => sentence!("wire-never-known"),
        };
        let peer = conversation.sockets[1].or(conversation.listener)?;
        let finding = Occurrence::at(connect).and([ack]).and(there.map(|(_, at)| at));
        let finding = finding.with("program", case.program(connect)).with("why", why);
        let finding = finding.with("peer", case.program(case.flows.used_at(peer)?));
        Some(finding.with("then", said(then)))
    });
    found.collect()
}

/// The frames that the wire lost or damaged in the conversation that a call belongs to.
fn lost_frames<'c>(case: &'c Case<'_>, call: Position) -> impl Iterator<Item = Position> + use<'c> {
    let connection = case.flows.connection_at(call);
    let socket = case.flows.socket_at(call);
    let own = case.flows.ties.conversations.iter().filter(move |one| {
        one.connect == Some(call)
            || connection.is_some() && one.connection == connection
            || socket.is_some() && one.sockets.contains(&socket)
    });
    let frames = own.flat_map(|one| one.frames.iter().copied());
    frames.filter(|frame| loss(case, *frame).is_some())
}

/// True if the wire lost or damaged a frame of the conversation that a call belongs to.
pub(super) fn had_losses(case: &Case<'_>, call: Position) -> bool {
    lost_frames(case, call).next().is_some()
}

/// The last frame that the wire lost in the conversation of a call, if nothing reached the caller from
/// when it was sent until the call returned: a loss that was made up for is not why a connection fell
/// silent.
pub(super) fn silencing_loss(case: &Case<'_>, call: Position) -> Option<Position> {
    let last = lost_frames(case, call).last()?;
    let ties = &case.flows.ties;
    let conversation = &ties.conversations[ties.of(last)?.conversation?];
    let own = conversation.sockets.iter().position(|one| *one == case.flows.socket_at(call));
    let (sent, returned) = (case.flows.order[last].at, case.call(call)?.ended);
    let answered = frames(case, conversation).any(|(_, tie)| {
        let to_caller = own.is_none_or(|own| tie.side != own);
        to_caller && tie.arrived.is_some_and(|arrived| (sent + 1..returned).contains(&arrived))
    });
    (!answered).then_some(last)
}

/// A call that failed because nothing came back any more, where the wire had lost something.
pub(super) fn timed_out(case: &Case<'_>) -> Vec<Occurrence> {
    let found = super::resets::unanswered(case).filter_map(|(at, call)| {
        let frame = silencing_loss(case, at)?;
        let finding = Occurrence::at(at).and([frame]);
        let finding = finding.with("call", call.library_name().to_owned());
        Some(finding.with("why", loss(case, frame)?))
    });
    found.collect()
}

/// The packet that told a `connect` that it failed: an RST, or an ICMP error.
pub(super) fn refusal<'c>(case: &'c Case<'_>, connect: Position) -> Option<(Position, &'c Tie)> {
    let ties = &case.flows.ties;
    let syn = ties.set_off(connect).first().and_then(|syn| ties.of(*syn))?;
    let told = |tie: &Tie| {
        let refuses = matches!(tie.meaning, Meaning::Rst(_) | Meaning::Icmp { about: Some(_) });
        tie.side == 1 && refuses && tie.arrived.is_some()
    };
    frames(case, &ties.conversations[syn.conversation?]).rev().find(|(_, tie)| told(tie))
}

/// True if the wire itself sent the RST that refused a `connect`.
pub(super) fn is_refused_by_rule(case: &Case<'_>, connect: Position) -> bool {
    let refusal = refusal(case, connect);
    refusal.is_some_and(|(_, tie)| matches!(tie.meaning, Meaning::Rst(ResetReason::Rule(_))))
}

/// What was lost in one direction of a connection.
struct Lost {
    /// The first segment with data that did not arrive.
    frame: Position,
    /// The call that sent its bytes.
    sent: Position,
    /// When its bytes were sent again, and what made the kernel do so.
    again: Option<(Position, Resent)>,
    /// How many segments were lost.
    times: u64,
    /// True if those bytes arrived in the end.
    arrived: bool,
}

/// True if the first bytes of a segment arrived, with it or another one that carried them: before a
/// moment, or at all.
fn arrives(case: &Case<'_>, segment: &Tie, before: Option<u64>) -> bool {
    let carriers = segment.carries.first().map(|one| case.flows.ties.carriers(one.transfer));
    let mut ties = carriers.into_iter().flatten().filter_map(|at| case.flows.ties.of(*at));
    ties.any(|tie| {
        let in_time = |arrived: u64| before.is_none_or(|before| arrived < before);
        tie.bytes.contains(&segment.bytes.start) && tie.arrived.is_some_and(in_time)
    })
}

/// The data that did not arrive, by connection and direction.
fn lost(case: &Case<'_>) -> Vec<Lost> {
    let mut found: BTreeMap<(usize, usize), Lost> = BTreeMap::new();
    for (at, tie) in case.flows.ties.all() {
        let (Some(number), Some(carried)) = (tie.conversation, tie.carries.first()) else {
            continue;
        };
        let is_lost = tie.meaning == Meaning::Data && loss(case, at).is_some();
        // What had arrived already was not lost with its repetition: then only its ACK was.
        let is_lost = is_lost && !arrives(case, tie, Some(case.flows.order[at].at));
        if let Some(one) = found.get_mut(&(number, tie.side)) {
            one.times += u64::from(is_lost);
            if let Some(Again { by, .. }) = tie.again.filter(|again| again.of == one.frame) {
                one.again.get_or_insert((at, by));
            }
        } else if is_lost {
            let (frame, sent) = (at, carried.sent);
            let one = Lost { frame, sent, again: None, times: 1, arrived: false };
            found.insert((number, tie.side), one);
        }
    }
    let mut found: Vec<Lost> = found.into_values().collect();
    for one in &mut found {
        let Some(tie) = case.flows.ties.of(one.frame) else { continue };
        one.arrived = arrives(case, tie, None);
    }
    found
}

impl Lost {
    fn finding(&self, case: &Case<'_>) -> Option<Occurrence> {
        let finding = Occurrence::at(self.sent).and([self.frame]);
        let finding = finding.and(self.again.map(|(again, _)| again));
        let finding = finding.with("program", case.program(self.sent));
        Some(finding.with("why", loss(case, self.frame)?))
    }

    /// The duplicate ACKs that asked for it, if they did.
    fn asked_for(&self) -> Option<(Position, u32)> {
        match self.again {
            Some((again, Resent::DuplicateAcks(acks))) if self.arrived => Some((again, acks)),
            _ => None,
        }
    }
}

/// Data that did not arrive, and that nobody asked for.
pub(super) fn data(case: &Case<'_>) -> Vec<Occurrence> {
    let silent = lost(case).into_iter().filter(|one| one.asked_for().is_none());
    let found = silent.filter_map(|one| {
        let time = |again| duration(between(case, one.frame, again));
        let then = match one.again {
            Some((again, Resent::Timer)) => sentence!("wire-timer-again", time = time(again)),
            Some((again, _)) => sentence!("wire-sent-again", time = time(again)),
            None => sentence!("wire-not-sent-again"),
        };
        let end = match one.arrived {
            true => sentence!("wire-data-came-later"),
            false => sentence!("wire-data-never-came"),
        };
        let finding = one.finding(case)?.with("then", said(then)).with("outcome", said(end));
        Some(finding.with("times", count(one.times)))
    });
    found.collect()
}

/// Data that did not arrive, which the receiver's duplicate ACKs told.
pub(super) fn data_asked_for(case: &Case<'_>) -> Vec<Occurrence> {
    let found = lost(case).into_iter().filter_map(|one| {
        let (again, acks) = one.asked_for()?;
        let finding = one.finding(case)?.with("acks", count(acks));
        Some(finding.with("time", duration(between(case, one.frame, again))))
    });
    found.collect()
}

/// A datagram that did not arrive. UDP does not notice.
pub(super) fn datagram(case: &Case<'_>) -> Vec<Occurrence> {
    let mut found: BTreeMap<(usize, usize), (Position, Position, u64)> = BTreeMap::new();
    for (at, tie) in case.flows.ties.all() {
        let (Some(number), Some(carried)) = (tie.conversation, tie.carries.first()) else {
            continue;
        };
        // A resolver asks again: that is told with its question.
        let looks_up = case.flows.socket_at(carried.sent).is_some_and(|one| case.looks_up(one));
        if tie.meaning == Meaning::Datagram && !looks_up && loss(case, at).is_some() {
            found.entry((number, tie.side)).or_insert((carried.sent, at, 0)).2 += 1;
        }
    }
    let found = found.into_iter().filter_map(|((number, side), (sent, frame, times))| {
        let to = &case.flows.ties.conversations[number].ends[1 - side];
        let finding = Occurrence::at(sent).and([frame]).with("address", address_text(to));
        Some(finding.with("why", loss(case, frame)?).with("times", count(times)))
    });
    found.collect()
}

/// A datagram of several packets, one of which did not arrive: then none of it does.
pub(super) fn fragment(case: &Case<'_>) -> Vec<Occurrence> {
    let mut found: BTreeMap<usize, Position> = BTreeMap::new();
    for (at, tie) in case.flows.ties.all() {
        if let Some(carried) = tie.carries.first()
            && tie.meaning == Meaning::Fragment
            && loss(case, at).is_some()
        {
            found.entry(carried.transfer).or_insert(at);
        }
    }
    let found = found.into_iter().filter_map(|(transfer, frame)| {
        let pieces = case.flows.ties.carriers(transfer).len();
        let transfer = &case.flows.transfers[transfer];
        let finding = Occurrence::at(transfer.sent).and([frame]).with("pieces", count(pieces));
        let finding = finding.with("bytes", count(transfer.total));
        Some(finding.with("why", loss(case, frame)?))
    });
    found.collect()
}
