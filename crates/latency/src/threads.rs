//! What each thread did when: its calls, and what the kernel had counted of it.

use std::collections::HashMap;
use std::ops::Range;

use socklab_event::{Counters, TcpCounters};
use socklab_flows::{Flows, NumberMap, Position};

/// A thread: the index of its process in [`Flows::processes`], and its id.
pub(crate) type Thread = (Option<usize>, u32);

/// The calls and counters of a recording, by thread and by socket.
pub(crate) struct Threads {
    calls: HashMap<Thread, Vec<Position>>,
    readings: HashMap<Thread, Vec<(u64, Counters)>>,
    connections: NumberMap<usize, Vec<(u64, TcpCounters)>>,
}

/// How a thread spent some time, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spent {
    pub(crate) ran: u64,
    pub(crate) queued: u64,
    pub(crate) held: u64,
}

impl Threads {
    pub(crate) fn of(flows: &Flows<'_>) -> Self {
        let mut found = Self {
            calls: HashMap::new(),
            readings: HashMap::new(),
            connections: NumberMap::default(),
        };
        for (at, _, call) in flows.calls().filter(|(_, _, call)| !call.implicit) {
            let thread = thread_of(flows, at);
            found.calls.entry(thread).or_default().push(at);
            let Some(counted) = call.counted.as_deref() else { continue };
            for (time, counters) in [(call.began, counted.before), (call.ended, counted.after)] {
                let Some(counters) = counters else { continue };
                found.readings.entry(thread).or_default().push((time, counters));
                if let (Some(tcp), Some(socket)) = (counters.tcp, flows.socket_at(at)) {
                    found.connections.entry(socket).or_default().push((time, tcp));
                }
            }
        }
        let began = |at: &Position| flows.call(*at).map_or(0, |call| call.began);
        found.calls.values_mut().for_each(|calls| calls.sort_by_key(began));
        found.readings.values_mut().for_each(|all| all.sort_by_key(|(time, _)| *time));
        found.connections.values_mut().for_each(|all| all.sort_by_key(|(time, _)| *time));
        found
    }

    /// The last call that a thread began before a moment.
    pub(crate) fn before(
        &self,
        flows: &Flows<'_>,
        thread: Thread,
        moment: u64,
    ) -> Option<Position> {
        let calls = self.calls.get(&thread)?;
        let began = |at: &Position| flows.call(*at).map_or(0, |call| call.began);
        let count = calls.partition_point(|at| began(at) < moment);
        calls[..count].last().copied()
    }

    /// What was counted of a thread from the last reading before some time to the first one after, and when
    /// these were taken; `None` if there are none.
    fn counted(&self, thread: Thread, time: &Range<u64>) -> Option<(Range<u64>, Spent)> {
        let (first, second) = around(self.readings.get(&thread)?, time.start, time.end)?;
        let since = |of: fn(&Counters) -> u64| of(&second.1).saturating_sub(of(&first.1));
        let (ran, queued, held) =
            (since(|one| one.ran), since(|one| one.queued), since(|one| one.held));
        Some((first.0..second.0, Spent { ran, queued, held }))
    }

    /// What was counted of a socket's connection from one moment to another, and perhaps a little
    /// longer: the reading before and the one after. `None` if that was not read.
    pub(crate) fn connection(
        &self,
        flows: &Flows<'_>,
        socket: usize,
        from: u64,
        to: u64,
    ) -> Option<(TcpCounters, TcpCounters)> {
        let readings = self.connections.get(&socket)?;
        let before = match readings.partition_point(|(time, _)| *time <= from).checked_sub(1) {
            Some(index) => readings[index].1,
            // All counters of a new socket are zero.
            None if flows.sockets[socket].created.is_some() => TcpCounters::default(),
            None => return None,
        };
        let after = readings.get(readings.partition_point(|(time, _)| *time < to))?;
        Some((before, after.1))
    }
}

/// How much of what was counted has found its place in a wait. Readings are taken where calls begin and
/// end, not at any moment: what was counted between two of them is taken to have happened in the part
/// that the walk comes to first, as far as it fits.
#[derive(Debug, Default)]
pub(crate) struct Ledger(HashMap<(Thread, u64), Spent>);

impl Ledger {
    /// How a thread spent some time; `None` if that was not counted.
    pub(crate) fn spend(
        &mut self,
        threads: &Threads,
        thread: Thread,
        time: Range<u64>,
    ) -> Option<Spent> {
        let length = time.end.checked_sub(time.start)?;
        let (counted, all) = threads.counted(thread, &time)?;
        let used = self.0.entry((thread, counted.start)).or_default();
        let ran = all.ran.saturating_sub(used.ran).min(length);
        let queued = all.queued.saturating_sub(used.queued).min(length - ran);
        // A thread that ran was not held: how long it was is known as an upper bound.
        let held = all.held.saturating_sub(used.held).min(length - ran - queued);
        let spent = Spent { ran, queued, held };
        used.ran += ran;
        used.queued += queued;
        used.held += held;
        Some(spent)
    }
}

/// The last reading that is no later than one moment, and the first that is no earlier than another.
fn around<T: Copy>(readings: &[(u64, T)], from: u64, to: u64) -> Option<((u64, T), (u64, T))> {
    let first = readings.partition_point(|(time, _)| *time <= from).checked_sub(1)?;
    let second = readings.partition_point(|(time, _)| *time < to);
    Some((readings[first], *readings.get(second)?))
}

/// The thread that an event belongs to.
pub(crate) fn thread_of(flows: &Flows<'_>, at: Position) -> Thread {
    (flows.process_at(at), flows.order[at].place.thread)
}
