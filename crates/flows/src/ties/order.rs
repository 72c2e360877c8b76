//! The order of causes and effects, also where two clocks disagree.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use socklab_event::Args;

use super::Wire;
use super::tie::{Cause, Tie};
use crate::NumberMap;
use crate::Position;
use crate::grouped::Grouped;

/// Where an event would stand for its time alone: calls before the frames they set off at the same
/// time, and those that learn of something behind them.
type Place = (u64, u8, Position);

/// The positions of all events, each cause before its effects, and otherwise by time.
pub(super) fn causal(
    wire: &Wire<'_, '_>,
    ties: &[(Position, Tie)],
    set_off: &Grouped<Position>,
    waker: &NumberMap<Position, Position>,
) -> Vec<Position> {
    let count = wire.order.len();
    let place = |at: Position| -> Place {
        let event = wire.order[at];
        let Some(call) = event.call() else { return (event.at, 1, at) };
        match set_off.at(at).first() {
            Some(frame) => (wire.order[*frame].at, 0, at),
            None if event.at == call.ended && call.began != call.ended => (event.at, 2, at),
            None => (event.at, 1, at),
        }
    };
    let places: Vec<Place> = (0..count).map(place).collect();
    let mut edges: Vec<(Position, Position)> = Vec::new();
    for (at, tie) in ties {
        if let Cause::Call(cause) | Cause::Frame(cause) = tie.cause {
            edges.push((cause, *at));
        }
    }
    // A call that stands at its beginning is woken later than it stands.
    let learns = |at: Position| {
        let call = wire.order[at].call();
        call.is_some_and(|call| {
            !call.sends() && !matches!(call.args, Args::Connect { .. } | Args::Close)
        })
    };
    edges.extend(waker.iter().filter(|(at, _)| learns(**at)).map(|(at, frame)| (*frame, *at)));
    for transfer in wire.transfers {
        edges.extend(transfer.parts.iter().map(|part| (transfer.sent, part.received)));
    }
    let mut last: NumberMap<u32, Position> = NumberMap::default();
    for (at, event) in wire.order.iter().enumerate() {
        // Each thread does one thing after another.
        if event.place.process != 0
            && let Some(before) = last.insert(event.place.thread, at)
        {
            edges.push((before, at));
        }
    }
    let mut waits_for = vec![0u32; count];
    edges.iter().for_each(|(_, effect)| waits_for[*effect] += 1);
    let effects = Grouped::of(count, edges);
    sort(&places, waits_for, &effects)
}

fn sort(places: &[Place], mut waits_for: Vec<u32>, effects: &Grouped<Position>) -> Vec<Position> {
    let mut by_time: Vec<Place> = places.to_vec();
    by_time.sort_unstable();
    let mut by_time = by_time.into_iter();
    let ready = places.iter().filter(|(_, _, at)| waits_for[*at] == 0).map(|one| Reverse(*one));
    let mut ready: BinaryHeap<Reverse<Place>> = ready.collect();
    let mut done = vec![false; places.len()];
    let mut order = Vec::with_capacity(places.len());
    while order.len() < places.len() {
        // Times that contradict each other may leave a circle: then the earliest goes first.
        let next =
            ready.pop().map(|Reverse(place)| place).or_else(|| by_time.find(|one| !done[one.2]));
        let Some((_, _, at)) = next else { break };
        if std::mem::replace(&mut done[at], true) {
            continue;
        }
        order.push(at);
        for effect in effects.at(at) {
            waits_for[*effect] = waits_for[*effect].saturating_sub(1);
            if waits_for[*effect] == 0 && !done[*effect] {
                ready.push(Reverse(places[*effect]));
            }
        }
    }
    order
}
