//! Which packets are drawn in two rows: where they leave, and where they arrive. A packet that is long
//! under way looks, in one row, as if it had arrived before anything below it happened; where that is
//! not so and the order matters, it has a row for each.

use std::collections::HashMap;

use socklab_event::What;
use socklab_flows::{NumberMap, NumberSet, Position};

use super::scene::Scene;

/// What happens at one end of a conversation: in a column, of a conversation, or of any if `None`.
type End = (usize, Option<usize>);

/// A packet that was under way for long.
struct Long {
    at: Position,
    sent: u64,
    arrived: u64,
    to: End,
    from: End,
}

/// The packets among `shown` that are drawn in two rows.
pub(crate) fn in_two_rows(scene: &Scene<'_, '_>, shown: &[Position]) -> NumberSet<Position> {
    let flows = scene.flows;
    let mut long: Vec<Long> = Vec::new();
    let mut moments: HashMap<End, Vec<u64>> = HashMap::new();
    // When the packets that an end sent arrived, in the order of sending.
    let mut arrivals: HashMap<End, Vec<(u64, u64)>> = HashMap::new();
    let conversations = flows.ties.conversations.iter().enumerate();
    let of_connection: NumberMap<usize, usize> =
        conversations.filter_map(|(index, one)| Some((one.connection?, index))).collect();
    for &at in shown {
        let event = flows.order[at];
        match &event.what {
            What::Frame(_) => {
                let Some([from, to]) = scene.ways.at(flows, at) else { continue };
                let Some(tie) = flows.ties.of(at) else { continue };
                let [from, to] = [from, to].map(|lane| (lane, tie.conversation));
                moments.entry(from).or_default().push(event.at);
                let Some(arrived) = tie.arrived else { continue };
                arrivals.entry(from).or_default().push((event.at, arrived));
                if arrived.saturating_sub(event.at) >= scene.options.wait_from {
                    long.push(Long { at, sent: event.at, arrived, to, from });
                }
            }
            What::Call(call) => {
                let conversation = flows.connection_at(at).and_then(|one| of_connection.get(&one));
                if let (Some(lane), Some(conversation)) =
                    (scene.cast.lane_at(flows, at), conversation)
                {
                    let moments = moments.entry((lane, Some(*conversation))).or_default();
                    moments.extend([call.began, call.ended]);
                }
            }
            What::State(_) => {
                if let Some(lane) = scene.cast.lane(&event.place) {
                    moments.entry((lane, None)).or_default().push(event.at);
                }
            }
            _ => {}
        }
    }
    moments.values_mut().for_each(|moments| moments.sort_unstable());
    let earliest = |mut sent: Vec<(u64, u64)>| {
        sent.sort_unstable();
        // From each packet on, the first arrival of those that were sent later.
        let mut first = u64::MAX;
        for (_, arrived) in sent.iter_mut().rev() {
            let own = *arrived;
            *arrived = first;
            first = first.min(own);
        }
        sent
    };
    let later: HashMap<End, Vec<(u64, u64)>> =
        arrivals.into_iter().map(|(end, sent)| (end, earliest(sent))).collect();
    let between = |end: End, from: u64, to: u64| {
        let moments = moments.get(&end).map_or(&[][..], Vec::as_slice);
        moments[moments.partition_point(|at| *at <= from)..].first().is_some_and(|at| *at < to)
    };
    let overtaken = |one: &Long| {
        let sent = later.get(&one.from).map_or(&[][..], Vec::as_slice);
        let own = sent[sent.partition_point(|(at, _)| *at < one.sent)..].first();
        own.is_some_and(|(_, first)| *first < one.arrived)
    };
    // What the other end sent before, and what is still under way: the two meet halfway.
    let mut by_end: HashMap<End, Vec<&Long>> = HashMap::new();
    for one in &long {
        by_end.entry(one.from).or_default().push(one);
    }
    let meets = |one: &Long| {
        let theirs = by_end.get(&one.to).map_or(&[][..], Vec::as_slice);
        let before = &theirs[..theirs.partition_point(|other| other.sent <= one.sent)];
        before.last().is_some_and(|other| other.arrived > one.sent)
    };
    let two = long.iter().filter(|one| {
        let (lane, _) = one.to;
        between(one.to, one.sent, one.arrived)
            || between((lane, None), one.sent, one.arrived)
            || meets(one)
            || overtaken(one)
    });
    two.map(|one| one.at).collect()
}
