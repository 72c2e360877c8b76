//! Where a recording is complete: once it has become large, repeated calls are only counted, and
//! what rests on their absence would be false.

use std::collections::HashSet;

use socklab_event::{Call, Event, Notice, Process};
use socklab_flows::{Flows, Position};

/// The part of a recording that has every call.
pub(crate) struct Complete<'t> {
    order: &'t [&'t Event],
    /// `None` if all of it is complete.
    part: Option<Part>,
}

/// The events before calls began to be counted.
struct Part {
    end: Position,
    /// The sockets that were closed in it, by inode: nothing more was done on them.
    closed: HashSet<u64>,
    /// The processes that ended in it.
    ended: HashSet<u32>,
}

impl<'t> Complete<'t> {
    pub(crate) fn of(flows: &'t Flows<'_>) -> Self {
        let order: &[&Event] = &flows.order;
        let counts = |event: &&Event| matches!(event.notice(), Some(Notice::RepeatsCounted { .. }));
        let end = order.iter().position(counts);
        Self { order, part: end.map(|end| Part::before(order, end)) }
    }

    /// True if nothing that concerns this evidence can be missing: all of it happened while every
    /// call was recorded, on sockets and in processes that ended meanwhile.
    pub(crate) fn covers(&self, evidence: &[Position]) -> bool {
        let Some(part) = &self.part else { return true };
        evidence.iter().all(|at| *at < part.end && part.has_end_of(self.order[*at]))
    }
}

impl Part {
    fn before(order: &[&Event], end: Position) -> Self {
        let mut part = Self { end, closed: HashSet::new(), ended: HashSet::new() };
        for event in &order[..end] {
            if event.call().is_some_and(Call::is_close) {
                part.closed.extend(inode_of(event));
            }
            if let Some(Process::Exit { .. }) = event.process() {
                part.ended.insert(event.place.process);
            }
        }
        part
    }

    fn has_end_of(&self, event: &Event) -> bool {
        match inode_of(event) {
            Some(inode) => self.closed.contains(&inode),
            None => self.ended.contains(&event.place.process),
        }
    }
}

fn inode_of(event: &Event) -> Option<u64> {
    event.call()?.socket.as_ref()?.inode
}
