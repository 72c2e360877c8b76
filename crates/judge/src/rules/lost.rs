//! What the wire lost, and how the kernel made up for it: by the recorded frames. What a rule of the
//! wire has done is never laid to the network or to a program.

use std::collections::BTreeMap;

use socklab_event::Fate;
use socklab_flows::{Again, Conversation, Meaning, Position, Resent, ResetReason, Tie};
use socklab_say::{Argument, count, duration, sentence};

use crate::case::{Case, Occurrence, address_text};

/// How a frame failed to arrive, in words. `None` if it arrived, or nobody knows.
pub(super) fn loss(case: &Case<'_>, frame: Position) -> Option<Argument> {
    let frame = case.flows.order.get(frame)?.frame()?;
    let why = match &frame.fate {
        Fate::Dropped { rule } => sentence!("wire-dropped-by-rule", rule = rule.clone()),
        Fate::Altered { how, rule, .. } if how.iter().any(|how| *how == "corrupted") => {
            sentence!("wire-corrupted-by-rule", rule = rule.clone())
        }
        Fate::Lost { .. } => sentence!("wire-lost"),
        _ => return None,
    };
    Some(Argument::Sentence(Box::new(why)))
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

/// A SYN that did not arrive and was sent again.
pub(super) fn syn(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.flows.ties.conversations.iter().filter_map(|conversation| {
        let connect = conversation.connect?;
        let syns: Vec<Position> = frames(case, conversation)
            .filter(|(_, tie)| tie.meaning == Meaning::Syn && tie.side == 0)
            .map(|(at, _)| at)
            .collect();
        let (first, repeated) = syns.split_first()?;
        let (again, last) = (repeated.first()?, repeated.last()?);
        let why = loss(case, *first)?;
        let finding = Occurrence::at(connect).and(syns.iter().copied());
        let finding = finding.with("address", address_text(&conversation.ends[1]));
        let finding = finding.with("why", why).with("times", count(repeated.len()));
        let finding = finding.with("first", duration(between(case, *first, *again)));
        Some(finding.with("time", duration(between(case, *first, *last))))
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
        let (again, tie) = answers.next()?;
        let asked = matches!(tie.again, Some(Again { by: Resent::Repetition, .. }));
        let finding = Occurrence::at(connect).and([first, again]);
        let finding = finding.with("address", address_text(&conversation.ends[1]));
        let who = match asked {
            true => sentence!("wire-asked-again"),
            false => sentence!("wire-answered-again"),
        };
        let who = Argument::Sentence(Box::new(who));
        let finding = finding.with("again", who).with("why", why);
        Some(finding.with("time", duration(between(case, first, again))))
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

/// A call that failed because nothing came back any more, where the wire had lost something.
pub(super) fn timed_out(case: &Case<'_>) -> Vec<Occurrence> {
    let found = super::resets::unanswered(case).filter_map(|(at, call)| {
        let frame = lost_frames(case, at).last()?;
        let finding = Occurrence::at(at).and([frame]);
        let finding = finding.with("call", call.library_name().to_owned());
        Some(finding.with("why", loss(case, frame)?))
    });
    found.collect()
}

/// True if the wire itself sent the RST that refused a `connect`.
pub(super) fn is_refused_by_rule(case: &Case<'_>, connect: Position) -> bool {
    let by_rule = |tie: &Tie| matches!(tie.meaning, Meaning::Rst(ResetReason::Rule(_)));
    let ties = &case.flows.ties;
    let syn = ties.set_off(connect).first().and_then(|syn| ties.of(*syn));
    let own = syn.and_then(|syn| ties.conversations.get(syn.conversation?));
    own.is_some_and(|own| frames(case, own).any(|(_, tie)| by_rule(tie)))
}

/// What was lost in one direction of a connection and sent again.
#[derive(Default)]
struct Repeats {
    first: Option<(Position, Position, u32)>,
    times: u64,
}

fn repeats(
    case: &Case<'_>,
    wanted: impl Fn(Resent) -> Option<u32>,
) -> Vec<(Position, Position, Position, u32, u64)> {
    let mut found: BTreeMap<(usize, usize), Repeats> = BTreeMap::new();
    for (at, tie) in case.flows.ties.all() {
        let (Some(number), Some(Again { of, by, .. })) = (tie.conversation, tie.again) else {
            continue;
        };
        // What arrived was not lost: then only its ACK was late, or the window was closed.
        if tie.meaning != Meaning::Data || loss(case, of).is_none() {
            continue;
        }
        let Some(acks) = wanted(by) else { continue };
        let one = found.entry((number, tie.side)).or_default();
        one.first.get_or_insert((of, at, acks));
        one.times += 1;
    }
    let found = found.into_values().filter_map(|one| {
        let (of, again, acks) = one.first?;
        let sent = case.flows.ties.of(again)?.carries.first()?.sent;
        Some((sent, of, again, acks, one.times))
    });
    found.collect()
}

/// Data that did not arrive, for which no ACK came in time.
pub(super) fn data(case: &Case<'_>) -> Vec<Occurrence> {
    let by_timer = |by: Resent| (by == Resent::Timer).then_some(0);
    let found = repeats(case, by_timer).into_iter().filter_map(|(sent, of, again, _, times)| {
        let finding = Occurrence::at(sent).and([of, again]);
        let finding = finding.with("program", case.program(sent)).with("why", loss(case, of)?);
        let finding = finding.with("times", count(times));
        Some(finding.with("time", duration(between(case, of, again))))
    });
    found.collect()
}

/// Data that did not arrive, which the receiver's duplicate ACKs told.
pub(super) fn data_asked_for(case: &Case<'_>) -> Vec<Occurrence> {
    let by_acks = |by: Resent| match by {
        Resent::DuplicateAcks(acks) => Some(acks),
        _ => None,
    };
    let found = repeats(case, by_acks).into_iter().filter_map(|(sent, of, again, acks, _)| {
        let finding = Occurrence::at(sent).and([of, again]);
        let finding = finding.with("program", case.program(sent)).with("why", loss(case, of)?);
        let finding = finding.with("acks", count(acks));
        Some(finding.with("time", duration(between(case, of, again))))
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
        if tie.meaning == Meaning::Datagram && loss(case, at).is_some() {
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
