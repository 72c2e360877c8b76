//! Small sends that are held back: Nagle's algorithm and the delayed acknowledgement. Where packets
//! were recorded they show it; where they were not, it is inferred from the times of the calls.

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

use socklab_event::{Args, Call, OptionValue};
use socklab_flows::{Meaning, Position, Transfer, WaitedFor};
use socklab_say::{count, duration};

use crate::case::{Case, Occurrence, is_tcp};

const MILLISECOND: u64 = 1_000_000;
/// How long Linux holds an acknowledgement back, at least: `TCP_DELACK_MIN`, 40 ms. A timer may
/// be a little early by our clock, and a woken program a little late.
const DELAYED: RangeInclusive<u64> = 38 * MILLISECOND..=60 * MILLISECOND;
/// How long it may hold one back if the pauses of the peer are long: `TCP_DELACK_MAX`, 200 ms.
const DELAYED_LONG: RangeInclusive<u64> = 38 * MILLISECOND..=230 * MILLISECOND;
/// A send of at most this size fills no segment: on loopback, and elsewhere.
const SMALL: [u64; 2] = [16_384, 1_000];

/// A piece that was held back.
struct Held {
    first: Position,
    second: Position,
    received: Position,
    late: u64,
}

/// Small pieces that arrived about as late as an acknowledgement, although the receiver was waiting
/// for them, nothing else was under way, and the network had just been quick.
pub(super) fn held_back(case: &Case<'_>) -> Vec<Occurrence> {
    let mut directions: HashMap<(usize, usize), Vec<&Transfer>> = HashMap::new();
    for transfer in &case.flows.transfers {
        if let Some(connection) = transfer.connection
            && !case.flows.ties.has(connection)
            && case.call(transfer.sent).is_some_and(is_tcp)
        {
            directions.entry((connection, transfer.from)).or_default().push(transfer);
        }
    }
    let found = directions.iter().filter_map(|((connection, from), sent)| {
        let to = case.flows.other_end(*connection, Some(*from)).socket?;
        let back: &[&Transfer] = directions.get(&(*connection, to)).map_or(&[], Vec::as_slice);
        let held = sent.windows(2).filter_map(|pair| held(case, pair[0], pair[1], back));
        let mut held: Vec<Held> = held.collect();
        let first = held.first()?;
        // What happened once may be chance, unless it took exactly as long as the timer does.
        let chance = held.len() == 1 && !DELAYED.contains(&first.late);
        if chance || holds_nothing_back(case, *from, to, held.last()?.second) {
            return None;
        }
        let finding = Occurrence::at(first.second).and([first.received, first.first]);
        let finding = finding.with("program", case.program(first.second));
        let finding = finding.with("peer", case.program(first.received));
        let times = count(held.len() as u64);
        held.sort_by_key(|one| one.late);
        let middle = held[held.len() / 2].late;
        Some(finding.with("times", times).with("time", duration(middle)))
    });
    found.collect()
}

/// A piece that an ACK let go.
struct Freed {
    sent: Position,
    ack: Position,
    frame: Position,
    waited: u64,
}

/// Pieces that left when a delayed ACK came, by the frames.
pub(super) fn met_delayed_ack(case: &Case<'_>) -> Vec<Occurrence> {
    let ties = &case.flows.ties;
    let mut found: BTreeMap<(usize, usize), Vec<Freed>> = BTreeMap::new();
    for (at, tie) in ties.all() {
        let held = tie.waited.filter(|waited| waited.why == WaitedFor::Acknowledgement);
        let (Some(connection), Some(held), Some(ack)) = (tie.connection, held, tie.cause.frame())
        else {
            continue;
        };
        let delayed = ties.of(ack).is_some_and(|tie| tie.meaning == Meaning::DelayedAck);
        let handed = case.call(held.sent).map_or(0, |call| call.began);
        let waited = case.flows.order[at].at.saturating_sub(handed);
        // The wire may have held that ACK up rather than the kernel.
        let arrived = ties.of(ack).and_then(|tie| tie.arrived);
        let under_way = arrived.map(|at| at.saturating_sub(case.flows.order[ack].at));
        if delayed && under_way.is_some_and(|time| time < waited / 2) {
            let freed = Freed { sent: held.sent, ack, frame: at, waited };
            found.entry((connection, tie.side)).or_default().push(freed);
        }
    }
    let found = found.into_iter().filter_map(|((connection, side), mut pieces)| {
        let receiver = case.flows.end_socket(connection, 1 - side)?;
        let peer = case.flows.used_at(receiver)?;
        let &Freed { sent, ack, frame, .. } = pieces.first()?;
        let finding = Occurrence::at(sent).and([ack, frame]);
        let finding = finding.with("program", case.program(sent));
        let finding = finding.with("peer", case.program(peer));
        let times = count(pieces.len() as u64);
        pieces.sort_by_key(|one| one.waited);
        let middle = pieces[pieces.len() / 2].waited;
        Some(finding.with("times", times).with("time", duration(middle)))
    });
    found.collect()
}

fn held(case: &Case<'_>, first: &Transfer, second: &Transfer, back: &[&Transfer]) -> Option<Held> {
    let (one, other) = (case.call(first.sent)?, case.call(second.sent)?);
    let most = SMALL[usize::from(!case.is_local(first.from))];
    let more =
        |call: &Call| matches!(&call.args, Args::Send { flags, .. } if flags.has("MSG_MORE"));
    if first.total > most || second.total > most || more(one) || more(other) {
        return None;
    }
    let before = first.parts.last()?.received;
    let received = second.parts.first()?.received;
    let (came, arrived) = (arrival(case, before)?, arrival(case, received)?);
    // From the first piece, whose acknowledgement was held back, to the second.
    let late = arrived.at.saturating_sub(came.at);
    let waited = arrived.at.saturating_sub(other.ended);
    let quick = late / 4;
    let early = other.began <= came.at.saturating_add(quick);
    let was_quick = came.at.saturating_sub(one.began) <= quick;
    let was_waiting = arrived.since <= other.began.saturating_add(quick);
    // An answer would have carried the acknowledgement.
    let next = back.partition_point(|answer| answer.sent < first.sent);
    let answered = back.get(next).is_some_and(|answer| answer.sent < received);
    let held = before != received
        && DELAYED_LONG.contains(&late)
        && waited >= late / 2
        && early
        && was_quick
        && was_waiting
        && !answered;
    held.then_some(Held { first: first.sent, second: second.sent, received, late: waited })
}

/// When a read's bytes came, and since when its program had been waiting for them.
struct Arrival {
    at: u64,
    since: u64,
}

fn arrival(case: &Case<'_>, read: Position) -> Option<Arrival> {
    let call = case.call(read)?;
    let slow = 5 * MILLISECOND;
    if call.took() >= slow {
        return Some(Arrival { at: call.ended, since: call.began });
    }
    let (process, _) = case.thread(read);
    let wait = case.waits.that_reported(case.flows, process, call.fd?, read);
    let wait = wait.and_then(|wait| case.call(wait));
    match wait.filter(|wait| call.began.saturating_sub(wait.ended) < slow) {
        Some(wait) => Some(Arrival { at: wait.ended, since: wait.began }),
        None => Some(Arrival { at: call.ended, since: call.began }),
    }
}

/// True if an option explains it otherwise, or would have prevented it: `TCP_NODELAY` and `TCP_CORK`
/// of the sender, `TCP_QUICKACK` of the receiver (tcp(7)); or if the options are not all known.
fn holds_nothing_back(case: &Case<'_>, from: usize, to: usize, before: Position) -> bool {
    let sets = |socket: usize, names: &[&str]| {
        case.before(socket, before).any(|(_, call)| match &call.args {
            Args::SetOption { option, value: OptionValue::Int(value), .. } => {
                names.contains(&option.as_str()) && *value != 0
            }
            _ => false,
        })
    };
    let sockets = &case.flows.sockets;
    let unknown = sockets[from].created.is_none();
    // An accepted socket has its listener's options.
    let inherits = |socket: usize, names: &[&str]| {
        sockets[socket].listener.is_some_and(|listener| sets(listener, names))
    };
    let sending = ["TCP_NODELAY", "TCP_CORK"];
    let receiving = ["TCP_QUICKACK"];
    unknown || sets(from, &sending) || inherits(from, &sending) || sets(to, &receiving)
}

#[cfg(test)]
mod tests {
    use socklab_event::{Name, Outcome};
    use socklab_timelines::{Sock, Story, scenes};

    use super::super::explained::{rules, text_of};
    use super::*;

    fn set(story: &mut Story, sock: Sock, option: &'static str) {
        let (level, option) = (Name::of("IPPROTO_TCP"), Name::of(option));
        let args = Args::SetOption { level, option, value: OptionValue::Int(1) };
        story.on(sock, "setsockopt", args, Outcome::Value(0));
    }

    /// A request in two pieces, of which the second comes late.
    struct Request {
        late: u64,
        pause: u64,
        asleep: bool,
        size: usize,
        acknowledged: bool,
    }

    const REQUEST: Request =
        Request { late: 41, pause: 0, asleep: false, size: 10, acknowledged: false };

    fn request(story: &mut Story, near: Sock, far: Sock, one: &Request) {
        let bytes = vec![b'x'; one.size];
        let waiting = story.now();
        story.send(near, &bytes);
        story.since(waiting).recv(far, &bytes);
        if one.acknowledged {
            story.send(far, "ok");
        }
        let waiting = story.now();
        story.wait(one.pause).send(near, &bytes);
        let waiting = if one.asleep { story.now() + one.late * MILLISECOND } else { waiting };
        story.wait(one.late).since(waiting).recv(far, &bytes);
        story.send(far, "ok");
        story.recv(near, if one.acknowledged { "okok" } else { "ok" });
    }

    fn found(prepare: impl FnOnce(&mut Story, Sock, Sock), one: &Request, times: usize) -> bool {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        prepare(&mut story, near, far);
        for _ in 0..times {
            request(&mut story, near, far, one);
        }
        speaks(&story, "nagle")
    }

    fn speaks(story: &Story, rule: &str) -> bool {
        rules(&story.build()).contains(&rule)
    }

    #[test]
    fn a_piece_that_waits_for_an_acknowledgement() {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        for _ in 0..6 {
            request(&mut story, near, far, &REQUEST);
        }
        let text = text_of(&story.build(), "nagle");
        assert!(text.contains('6') && text.contains("41 ms"), "{text}");
        assert!(text.contains("inferred") || text.contains("Inferred"), "{text}");
    }

    #[test]
    fn what_else_makes_a_piece_late_is_not_nagle() {
        let nothing = |_: &mut Story, _: Sock, _: Sock| ();
        let quick = socklab_timelines::scenes::upper_tcp();
        assert!(!rules(&quick).contains(&"nagle"));
        assert!(found(nothing, &REQUEST, 1));
        let asleep = Request { asleep: true, ..REQUEST };
        assert!(!found(nothing, &asleep, 6), "the receiver came late");
        assert!(
            !found(nothing, &Request { pause: 41, late: 0, ..REQUEST }, 6),
            "so did the sender"
        );
        assert!(!found(nothing, &Request { size: 30_000, ..REQUEST }, 6), "it fills segments");
        assert!(!found(nothing, &Request { late: 5, ..REQUEST }, 6));
        assert!(!found(nothing, &Request { late: 400, ..REQUEST }, 6));
        assert!(!found(nothing, &Request { late: 120, ..REQUEST }, 1), "once may be chance");
        assert!(found(nothing, &Request { late: 120, ..REQUEST }, 2));
        let answered = Request { acknowledged: true, ..REQUEST };
        assert!(!found(nothing, &answered, 6), "the answer acknowledged the first piece");
    }

    #[test]
    fn options_that_forbid_it_or_explain_it_otherwise() {
        for option in ["TCP_NODELAY", "TCP_CORK"] {
            assert!(!found(|story, near, _| set(story, near, option), &REQUEST, 6), "{option}");
            assert!(found(|story, _, far| set(story, far, option), &REQUEST, 6), "{option}");
        }
        assert!(!found(|story, _, far| set(story, far, "TCP_QUICKACK"), &REQUEST, 6));
    }
}
