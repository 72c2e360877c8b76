//! What is being traced: threads, their processes, and stops that are yet to be handled.

use std::collections::{HashMap, HashSet, VecDeque};

use libc::pid_t;
use socklab_event::Place;

use super::process::TracedProcess;
use super::thread::TracedThread;
use crate::ptrace::Stop;

/// The threads and processes that are being traced.
#[derive(Debug, Default)]
pub(super) struct Tracees {
    threads: HashMap<pid_t, TracedThread>,
    processes: HashMap<pid_t, TracedProcess>,
    /// Stops that were reported already, to be handled before the next wait.
    pending: VecDeque<(pid_t, Stop)>,
    /// Commands with a process that others can reach.
    ready: HashSet<u32>,
}

impl Tracees {
    pub(super) fn thread(&self, tid: pid_t) -> Option<&TracedThread> {
        self.threads.get(&tid)
    }

    pub(super) fn thread_mut(&mut self, tid: pid_t) -> Option<&mut TracedThread> {
        self.threads.get_mut(&tid)
    }

    pub(super) fn process(&self, pid: pid_t) -> Option<&TracedProcess> {
        self.processes.get(&pid)
    }

    pub(super) fn process_mut(&mut self, pid: pid_t) -> Option<&mut TracedProcess> {
        self.processes.get_mut(&pid)
    }

    /// The process a thread belongs to.
    pub(super) fn process_of(&self, tid: pid_t) -> Option<&TracedProcess> {
        self.processes.get(&self.threads.get(&tid)?.pid)
    }

    /// The process a thread belongs to.
    pub(super) fn process_of_mut(&mut self, tid: pid_t) -> Option<&mut TracedProcess> {
        self.processes.get_mut(&self.threads.get(&tid)?.pid)
    }

    /// The place of a thread in a timeline. An unknown thread is assumed to be the first thread of
    /// its process.
    pub(super) fn place(&self, tid: pid_t) -> Place {
        let pid = self.threads.get(&tid).map_or(tid, |thread| thread.pid);
        Place { host: None, process: pid.cast_unsigned(), thread: tid.cast_unsigned() }
    }

    pub(super) fn add_thread(&mut self, tid: pid_t, thread: TracedThread) {
        self.threads.insert(tid, thread);
    }

    pub(super) fn remove_thread(&mut self, tid: pid_t) -> Option<TracedThread> {
        self.threads.remove(&tid)
    }

    pub(super) fn add_process(&mut self, process: TracedProcess) {
        self.processes.insert(process.pid, process);
    }

    pub(super) fn remove_process(&mut self, pid: pid_t) -> Option<TracedProcess> {
        self.processes.remove(&pid)
    }

    pub(super) fn knows_thread(&self, tid: pid_t) -> bool {
        self.threads.contains_key(&tid)
    }

    pub(super) fn knows_process(&self, pid: pid_t) -> bool {
        self.processes.contains_key(&pid)
    }

    /// True while there is a thread to wait for, or a stop to handle.
    pub(super) fn are_left(&self) -> bool {
        self.has_threads() || !self.pending.is_empty()
    }

    pub(super) fn has_threads(&self) -> bool {
        !self.threads.is_empty()
    }

    pub(super) fn processes(&self) -> impl Iterator<Item = &TracedProcess> {
        self.processes.values()
    }

    /// The threads of a process.
    pub(super) fn threads_of(&self, pid: pid_t) -> impl Iterator<Item = (pid_t, &TracedThread)> {
        let threads = self.threads.iter().filter(move |(_, thread)| thread.pid == pid);
        threads.map(|(tid, thread)| (*tid, thread))
    }

    /// All threads.
    pub(super) fn everybody(&self) -> impl Iterator<Item = (pid_t, &TracedThread)> {
        self.threads.iter().map(|(tid, thread)| (*tid, thread))
    }

    /// The ids of all threads.
    pub(super) fn tids(&self) -> Vec<pid_t> {
        self.threads.keys().copied().collect()
    }

    /// Keeps one thread of a process, with the process's id, as an exec does: the first, or the one that
    /// had another id until then.
    pub(super) fn reduce_to_first_thread(&mut self, pid: pid_t, former: Option<TracedThread>) {
        self.threads.retain(|tid, thread| *tid == pid || thread.pid != pid);
        let mut thread = TracedThread::new(pid);
        if let Some(first) = self.threads.remove(&pid) {
            thread.tally = match former {
                Some(former) => former.tally.renumbered(&first.tally),
                None => first.tally,
            };
        }
        self.threads.insert(pid, thread);
    }

    /// True if another thread of the process is in a call whose return has not been seen: that call
    /// may just have created a socket, or installed a filter.
    pub(super) fn is_sibling_in_call(&self, tid: pid_t) -> bool {
        let Some(process) = self.process_of(tid).filter(|process| process.alive > 1) else {
            return false;
        };
        self.threads_of(process.pid).any(|(other, thread)| other != tid && thread.call.is_some())
    }

    /// The processes whose calls can't be decoded, of commands that nobody is known to reach.
    pub(super) fn undecoded(&self) -> impl Iterator<Item = &TracedProcess> {
        let waits = |process: &&TracedProcess| !self.is_ready(process.command);
        self.processes.values().filter(|process| process.foreign_noticed).filter(waits)
    }

    /// Marks a command: others can reach one of its processes now.
    pub(super) fn mark_ready(&mut self, command: u32) {
        self.ready.insert(command);
    }

    pub(super) fn is_ready(&self, command: u32) -> bool {
        self.ready.contains(&command)
    }

    /// True while a process of this command is alive.
    pub(super) fn has_command(&self, command: u32) -> bool {
        self.processes.values().any(|process| process.command == command)
    }

    /// Queues a stop, to be handled before the next wait.
    pub(super) fn defer(&mut self, tid: pid_t, stop: Stop) {
        self.pending.push_back((tid, stop));
    }

    pub(super) fn next_deferred(&mut self) -> Option<(pid_t, Stop)> {
        self.pending.pop_front()
    }

    /// The queue of stops to be handled, for code that itself waits for a single thread.
    pub(super) fn deferred(&mut self) -> &mut VecDeque<(pid_t, Stop)> {
        &mut self.pending
    }

    /// Gives up on all threads.
    pub(super) fn forget_threads(&mut self) {
        self.threads.clear();
        self.pending.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process 10 with the threads 10 and 11, and a process 20.
    fn two_processes() -> Tracees {
        let mut tracees = Tracees::default();
        let mut first = TracedProcess::new(10, 0);
        first.alive = 2;
        tracees.add_process(first);
        tracees.add_process(TracedProcess::new(20, 1));
        for (tid, pid) in [(10, 10), (11, 10), (20, 20)] {
            tracees.add_thread(tid, TracedThread::new(pid));
        }
        tracees
    }

    #[test]
    fn a_thread_is_found_by_its_process_and_the_other_way_round() {
        let tracees = two_processes();
        assert_eq!(tracees.process_of(11).map(|process| process.pid), Some(10));
        let mut threads: Vec<_> = tracees.threads_of(10).map(|(tid, _)| tid).collect();
        threads.sort_unstable();
        assert_eq!(threads, [10, 11]);
        assert_eq!((tracees.place(11).process, tracees.place(11).thread), (10, 11));
        assert!(tracees.process_of(12).is_none());
    }

    #[test]
    fn an_exec_leaves_the_first_thread_of_its_process_and_all_of_others() {
        let mut tracees = two_processes();
        tracees.reduce_to_first_thread(10, None);
        assert!(tracees.knows_thread(10) && tracees.knows_thread(20));
        assert!(!tracees.knows_thread(11));
    }

    #[test]
    fn a_command_is_ready_once_and_for_good() {
        let mut tracees = two_processes();
        assert!(!tracees.is_ready(1) && tracees.has_command(1));
        tracees.mark_ready(1);
        tracees.remove_process(20);
        assert!(tracees.is_ready(1) && !tracees.has_command(1));
    }

    #[test]
    fn deferred_stops_are_handled_in_order_even_after_their_threads_are_gone() {
        let mut tracees = two_processes();
        tracees.defer(20, Stop::Exit);
        tracees.defer(20, Stop::Killed(9));
        for tid in [10, 11, 20] {
            tracees.remove_thread(tid);
        }
        assert!(tracees.are_left() && !tracees.has_threads());
        assert_eq!(tracees.next_deferred(), Some((20, Stop::Exit)));
        assert_eq!(tracees.next_deferred(), Some((20, Stop::Killed(9))));
        assert!(!tracees.are_left());
    }
}
