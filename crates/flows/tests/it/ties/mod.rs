//! What frames are tied to.

mod arbitrary;
mod datagrams;
mod opening;
mod recorded;
mod resets;
mod segments;
mod sending;

use socklab_flows::{Flows, Position, Tie};
pub(super) use socklab_timelines::{FIRST, Seg, Talk, frame, seg};

use crate::position::position;

/// The tie of a frame.
pub(super) fn tie<'f>(flows: &'f Flows<'_>, frame: u64) -> &'f Tie {
    flows.ties.of(position(flows, frame)).expect("a frame")
}

/// Positions of events.
pub(super) fn at<const N: usize>(flows: &Flows<'_>, events: [u64; N]) -> [Position; N] {
    events.map(|seq| position(flows, seq))
}

/// The order of some events among all.
pub(super) fn order(flows: &Flows<'_>, events: &[u64]) -> Vec<u64> {
    let order = flows.ties.order().iter().map(|at| flows.order[*at].seq);
    order.filter(|seq| events.contains(seq)).collect()
}

/// Panics if the times of a recording contradict its ties.
pub(super) fn fits(flows: &Flows<'_>) {
    let checked = crate::contradictions::check(flows);
    assert_eq!(checked.sum().1, 0, "{checked:#?}");
}
