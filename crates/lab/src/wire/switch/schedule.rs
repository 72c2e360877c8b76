//! What is to be sent later, in the order of its time. Pure.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::wire::ring::Offload;

/// How many bytes may wait. What a queue of a real network has no room for, it drops, too.
pub(crate) const ROOM: usize = 64 << 20;

/// A frame on its way to a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// The port at which it leaves the switch.
    pub(crate) to: usize,
    /// The flight it is a copy of.
    pub(crate) flight: u64,
    /// The frame.
    pub(crate) frame: Vec<u8>,
    /// What remains to be done to it.
    pub(crate) offload: Offload,
}

/// Frames that wait for their time. Those with the same time leave in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    queue: BinaryHeap<Reverse<Entry>>,
    order: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    due: u64,
    order: u64,
    waiting: Waiting,
}

impl Schedule {
    /// Lets a frame wait until `due`. Gives it back if there is no room.
    pub(crate) fn add(&mut self, due: u64, waiting: Waiting) -> Result<(), Waiting> {
        let bytes = self.bytes + waiting.frame.len();
        if bytes > ROOM {
            return Err(waiting);
        }
        self.bytes = bytes;
        self.order += 1;
        self.queue.push(Reverse(Entry { due, order: self.order, waiting }));
        Ok(())
    }

    /// When the next one is due.
    pub(crate) fn next(&self) -> Option<u64> {
        self.queue.peek().map(|Reverse(entry)| entry.due)
    }

    /// The next one, if it is due.
    pub(crate) fn due(&mut self, now: u64) -> Option<Waiting> {
        self.next().filter(|due| *due <= now)?;
        let Reverse(entry) = self.queue.pop()?;
        self.bytes -= entry.waiting.frame.len();
        Some(entry.waiting)
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.order).cmp(&(other.due, other.order))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(flight: u64) -> Waiting {
        Waiting { to: 0, flight, frame: vec![0; 10], offload: Offload::default() }
    }

    proptest! {
        #[test]
        fn frames_leave_at_their_time_and_in_order(dues in prop::collection::vec(0_u64..20, 0..40)) {
            let mut schedule = Schedule::default();
            for (flight, due) in dues.iter().enumerate() {
                schedule.add(*due, frame(flight as u64)).unwrap();
            }
            let mut left = Vec::new();
            for now in 0..20 {
                while let Some(waiting) = schedule.due(now) {
                    prop_assert_eq!(dues[waiting.flight as usize], now);
                    left.push((now, waiting.flight));
                }
            }
            prop_assert_eq!(left.len(), dues.len());
            prop_assert!(left.is_sorted());
            prop_assert_eq!(schedule.bytes, 0);
        }
    }

    #[test]
    fn what_there_is_no_room_for_comes_back() {
        let mut schedule = Schedule::default();
        let large = |flight| Waiting { frame: vec![0; ROOM / 2 + 1], ..frame(flight) };
        assert_eq!(schedule.add(5, large(0)), Ok(()));
        assert_eq!(schedule.add(5, large(1)).map_err(|waiting| waiting.flight), Err(1));
        assert!(schedule.due(5).is_some());
        assert_eq!(schedule.add(6, large(2)), Ok(()));
    }
}
