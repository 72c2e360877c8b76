//! Finds the events of a story in its flows, which put them in causal order.

use socklab_flows::Flows;

/// The position of the event with this sequence number.
pub(crate) fn position(flows: &Flows<'_>, seq: u64) -> usize {
    flows.order.iter().position(|event| event.seq == seq).expect("an event of the story")
}

/// The sequence number of the event at a position.
pub(crate) fn seq(flows: &Flows<'_>, at: Option<usize>) -> Option<u64> {
    at.map(|at| flows.order[at].seq)
}

/// The inode of the socket that the call with this sequence number talks to.
pub(crate) fn peer_inode(flows: &Flows<'_>, call: u64) -> Option<u64> {
    let peer = flows.peer_at(position(flows, call))?;
    flows.sockets[peer].identity.inode
}
