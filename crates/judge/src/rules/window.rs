//! A receiver's window that is closed: its program does not read, and so nothing more may be sent.

use socklab_event::{Call, Errno};
use socklab_flows::{Meaning, Position, WaitedFor, WindowChange};
use socklab_say::{Argument, count, duration, sentence};

use super::lost::frames;
use crate::case::{Case, Occurrence};

/// A window that was closed for less than this is part of any fast transfer (nanoseconds).
const LONG: u64 = 10_000_000;

/// How long a window was closed, and what it held up.
struct Closed {
    frame: Position,
    opened: Option<Position>,
    probes: u64,
    held: Position,
    /// The socket that had more to send.
    sender: usize,
    reader: Option<Position>,
}

/// Windows that were closed while the other end had more to send.
pub(super) fn closed(case: &Case<'_>) -> Vec<Occurrence> {
    let mut found = Vec::new();
    for conversation in &case.flows.ties.conversations {
        for side in [0, 1] {
            let (Some(receiver), Some(sender)) =
                (conversation.sockets[side], conversation.sockets[1 - side])
            else {
                continue;
            };
            let all = frames(case, conversation);
            let closes = all.clone().find(|(_, tie)| {
                let closed = tie.window.is_some_and(|one| one.change == WindowChange::Closed);
                tie.side == side && closed && tie.arrived.is_some()
            });
            let Some((frame, _)) = closes else { continue };
            let mut later = all.clone().skip_while(|(at, _)| *at <= frame);
            let opened = later.clone().find(|(_, tie)| {
                let opened = tie.window.is_some_and(|one| one.change == WindowChange::Opened);
                tie.side == side && opened
            });
            let end = opened.map_or(Position::MAX, |(at, _)| at);
            let probes = all.clone().filter(|(at, tie)| {
                tie.meaning == Meaning::WindowProbe && (frame..end).contains(at)
            });
            // That it held something up is seen by what waited for it, or by who asked for room.
            let waited = later.find_map(|(_, tie)| {
                let waited = tie.waited.filter(|one| one.why == WaitedFor::Window);
                waited.filter(|_| tie.side != side).map(|one| one.sent)
            });
            let asked = probes.clone().next();
            let last = || {
                let mut before = case.before(sender, end).rev();
                before.find(|(_, call)| call.sends()).map(|(at, _)| at)
            };
            let Some(held) = waited.or_else(|| asked.and_then(|_| last())) else { continue };
            let reader = opened.and_then(|(_, tie)| tie.cause.call());
            let probes = probes.count() as u64;
            let opened = opened.map(|(at, _)| at);
            let one = Closed { frame, opened, probes, held, sender, reader };
            found.extend(told(case, receiver, &one));
        }
    }
    found
}

fn told(case: &Case<'_>, receiver: usize, one: &Closed) -> Option<Occurrence> {
    let at = |position: Position| case.flows.order[position].at;
    let end = match one.opened {
        Some(opened) => at(opened),
        None => case.flows.order.last().map_or(0, |event| event.at),
    };
    let time = end.saturating_sub(at(one.frame));
    // Whoever was reading all the time is not to blame.
    let used = case.flows.used_at(receiver)?;
    let reads = |call: &Call| call.received().is_some() && call.began <= end;
    let read_meanwhile = case.flows.sockets[receiver].calls.iter().any(|read| {
        let call = case.call(*read).filter(|call| reads(call));
        call.is_some_and(|call| call.ended > at(one.frame) && call.ended < end)
    });
    if time < LONG || read_meanwhile {
        return None;
    }
    let finding = Occurrence::at(one.held).and([one.frame]).and(one.opened).and(one.reader);
    // A send that had returned before leaves the waiting to the kernel: the program may have ended.
    let waits = |call: &Call| {
        let long = call.ended.min(end).saturating_sub(call.began.max(at(one.frame))) >= LONG;
        let refused = call.error() == Some(Errno::EAGAIN) && call.ended <= end;
        call.sends() && (long || refused && call.began >= at(one.frame))
    };
    let calls = case.flows.sockets[one.sender].calls.iter();
    let program = case.program(one.held);
    let held = match calls.filter_map(|at| case.call(*at)).any(waits) {
        true => sentence!("wire-program-waits", program = program),
        false => sentence!("wire-kernel-waits", program = program),
    };
    let finding = finding.with("held", Argument::Sentence(Box::new(held)));
    let finding = finding.with("peer", case.program(one.reader.unwrap_or(used)));
    Some(finding.with("time", duration(time)).with("probes", count(one.probes)))
}
