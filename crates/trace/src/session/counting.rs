//! What the kernel has counted of a thread, and of the TCP socket of its call: when it is read.
//!
//! Readings take some microseconds, so a thread is read again only after a while. All are made while it
//! is stopped, when the kernel's figures are exact; and outside of its calls: before `began` is read, and
//! after `ended`.

use std::os::fd::AsFd as _;
use std::rc::Rc;
use std::time::Duration;

use libc::pid_t;
use socklab_event::{Counted, Counters, Protocol, SocketType, TcpCounters};
use socklab_kernel::clock;
use socklab_kernel::process::{Schedstat, Scheduling};

use super::calls::Calls;
use super::table::Shared;
use super::thread::OpenCall;
use crate::decode::CallAtEntry;
use crate::syscall::Sys;
use crate::{probe, tcp_info};

/// A thread is read again after this long, in nanoseconds.
const READ_AFTER: u64 = 500_000;

/// Connections take two thirds of the time of a reading, so they are read less often: after this long
/// (of their thread). What keeps a sender is read where its thread is.
const READ_TCP_AFTER: u64 = 2_000_000;

/// A stop of which the tracer is told sooner, in nanoseconds, had come before it asked.
const PENDING: u64 = 10_000;

/// How many threads' files are kept open at most. Those of others are opened for each reading: the
/// recorder's descriptors are also needed for something else.
const MOST_KEPT: usize = 128;

/// What is kept of a thread for its counters.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// For how long it had been held when it was last let go, in nanoseconds.
    held: u64,
    /// Since when it has been held at the stop that it is in.
    seen: Option<u64>,
    /// When it was last let go.
    went: u64,
    /// When its counters were last read.
    read: Option<u64>,
    /// When those of a connection were.
    read_tcp: Option<u64>,
    kept: Option<Kept>,
}

/// An open file, and its share in the number of those that are kept.
#[derive(Debug)]
struct Kept {
    file: Schedstat,
    _share: Rc<()>,
}

impl Tally {
    /// The tracer has seen a stop of the thread, which may have begun at this time. It may be told of it
    /// again, if it has to put off what it does about it.
    pub(super) fn stop(&mut self, since: u64) {
        self.seen.get_or_insert(since.max(self.went));
    }

    /// The thread goes on.
    pub(super) fn go(&mut self, now: u64) {
        self.held = self.held_at(now);
        self.seen = None;
        self.went = now;
    }

    /// For how long it had been held then.
    fn held_at(&self, now: u64) -> u64 {
        self.held + self.seen.map_or(0, |seen| now.saturating_sub(seen))
    }

    /// That of a thread to which an exec has given another number, at this stop.
    pub(super) fn renumbered(self, stopped: &Self) -> Self {
        Self { seen: stopped.seen, went: stopped.went, kept: None, ..self }
    }

    fn is_due(&self, now: u64) -> bool {
        self.read.is_none_or(|read| now.saturating_sub(read) >= READ_AFTER)
    }

    fn is_tcp_due(&self, now: u64) -> bool {
        self.read_tcp.is_none_or(|read| now.saturating_sub(read) >= READ_TCP_AFTER)
    }
}

/// The files that are kept open, and what the tracer itself waited for.
#[derive(Debug, Default)]
pub(super) struct Counting {
    /// Each open file of a thread has a share in this.
    kept: Rc<()>,
    own: Own,
}

/// How long the tracer has waited for a processor: a thread that has stopped meanwhile waited for the
/// tracer.
#[derive(Debug, Default)]
struct Own {
    /// `None` until it is first needed, and for ever if it can't be opened.
    file: Option<Option<Schedstat>>,
    /// When it was last read, and what it said, in nanoseconds.
    read: u64,
    queued: u64,
    /// When the tracer began to wait for a stop.
    asked: u64,
    /// Since when it has been told of stops without having to wait for them.
    busy: u64,
}

impl Own {
    fn read(&mut self, now: u64) {
        let open = || Schedstat::own().ok();
        let told = self.file.get_or_insert_with(open).as_ref().and_then(Schedstat::read);
        self.read = now;
        self.queued = told.map_or(self.queued, |told| nanoseconds(told.waited));
    }
}

impl Counting {
    /// The tracer is about to wait for a stop.
    pub(super) fn on_wait(&mut self) {
        let now = clock::now();
        self.own.asked = now;
        if now.saturating_sub(self.own.read) >= READ_AFTER {
            self.own.read(now);
        }
    }

    /// The tracer was told of a stop. Since when the thread may have been in it: since the tracer was woken
    /// for it, and had perhaps to wait for a processor; or, if it has not had to wait for stops, since it
    /// began to be busy with those of others.
    pub(super) fn on_woken(&mut self) -> u64 {
        let now = clock::now();
        let waited = now.saturating_sub(self.own.asked);
        if waited < PENDING {
            return self.own.busy.min(now);
        }
        self.own.busy = now;
        // Shorter delays are not worth a look.
        if now.saturating_sub(self.own.read) >= READ_AFTER {
            let before = self.own.queued;
            self.own.read(now);
            let late = self.own.queued.saturating_sub(before);
            self.own.busy = now - late.min(waited);
        }
        self.own.busy
    }

    /// `None` if the thread has ended, the kernel keeps no statistics, or a file can't be opened.
    fn scheduling(&self, (pid, tid): (pid_t, pid_t), tally: &mut Tally) -> Option<Scheduling> {
        let open = || Schedstat::of(pid.cast_unsigned(), tid.cast_unsigned()).ok();
        if tally.kept.is_none() && Rc::strong_count(&self.kept) <= MOST_KEPT {
            let share = Rc::clone(&self.kept);
            tally.kept = open().map(|file| Kept { file, _share: share });
        }
        let told = match &tally.kept {
            Some(kept) => kept.file.read(),
            None => open()?.read(),
        };
        // A kernel without statistics says zero throughout; a thread that has stopped has run.
        told.filter(|told| told.turns > 0)
    }
}

impl Calls<'_> {
    /// Reads the counters of a thread that is about to enter a call, if they are due. When the call begins
    /// is not known yet, so neither is for how long the thread will have been held.
    pub(super) fn count_before(
        &mut self,
        tid: pid_t,
        entry: &CallAtEntry,
        socket: Option<&Shared>,
    ) -> Option<Counters> {
        let connection = socket.filter(|socket| is_connection(socket));
        let last = matches!(entry.row.sys, Sys::Close | Sys::Shutdown) && connection.is_some();
        let seen = self.tally(tid)?.seen?;
        self.count((tid, seen), last, entry, connection)
    }

    /// The counters of a call that began with these.
    pub(super) fn counted_from(
        &mut self,
        tid: pid_t,
        before: Option<Counters>,
        began: u64,
    ) -> Option<Box<Counted>> {
        let held = self.tally(tid)?.held_at(began);
        let before = Counters { held, ..before? };
        Some(Box::new(Counted { before: Some(before), after: None }))
    }

    /// Reads the counters of a thread that has returned from a call, if they are due.
    pub(super) fn count_after(&mut self, tid: pid_t, call: &mut OpenCall, result: i64, ended: u64) {
        if call.stdio || self.tally(tid).is_none() {
            return;
        }
        let open = call.socket.as_ref().filter(|socket| match call.entry.row.sys {
            Sys::Close => false,
            // Its peer's address is noted later.
            Sys::Connect => result == 0 && is_tcp(socket),
            _ => is_connection(socket),
        });
        let counters = self.count((tid, ended), false, &call.entry, open);
        if let (Some(counters), Some(tally)) = (counters, self.tally(tid)) {
            let after = Some(Counters { held: tally.held_at(ended), ..counters });
            call.counted.get_or_insert_default().after = after;
        }
    }

    /// What is kept of a thread, if counters are asked for.
    fn tally(&mut self, tid: pid_t) -> Option<&mut Tally> {
        let thread = self.tracees.thread_mut(tid).filter(|_| self.options.counters)?;
        Some(&mut thread.tally)
    }

    fn count(
        &mut self,
        (tid, now): (pid_t, u64),
        always: bool,
        entry: &CallAtEntry,
        connection: Option<&Shared>,
    ) -> Option<Counters> {
        let pid = self.tracees.thread(tid)?.pid;
        let mut tally = std::mem::take(self.tally(tid)?);
        let due = always || tally.is_due(now);
        let scheduling = due.then(|| self.counting.scheduling((pid, tid), &mut tally)).flatten();
        let tcp_due = due && (always || sends(entry.row.sys) || tally.is_tcp_due(now));
        let connection = connection.filter(|_| tcp_due);
        if due {
            tally.read = Some(now);
        }
        if connection.is_some() {
            tally.read_tcp = Some(now);
        }
        *self.tally(tid)? = tally;
        let Scheduling { ran, waited, .. } = scheduling?;
        let tcp = connection.and_then(|socket| self.tcp(tid, entry, socket));
        Some(Counters { ran: nanoseconds(ran), queued: nanoseconds(waited), held: 0, tcp })
    }

    /// What the kernel has counted of a connection that a call is made on.
    fn tcp(&mut self, tid: pid_t, entry: &CallAtEntry, socket: &Shared) -> Option<TcpCounters> {
        let process = self.tracees.process_of(tid).filter(|process| !process.guarded)?;
        let fd = match entry.row.sys {
            // It is made on the descriptor of an epoll instance.
            Sys::EpollCtl => return None,
            Sys::Splice => {
                let table = process.table.borrow();
                let same = |fd: &i32| table.get(*fd).is_some_and(|known| Rc::ptr_eq(known, socket));
                [2, 0].map(|word| entry.words[word] as i32).into_iter().find(same)?
            }
            _ => entry.fd(),
        };
        let copy = self.descriptors().copy(tid, fd)?;
        // Another thread may have closed it, and its number may be somebody else's by now.
        let same = probe::inode_of(copy.as_fd()) == socket.borrow().id.inode;
        same.then(|| tcp_info::of(copy.as_fd())).flatten()
    }
}

fn sends(call: Sys) -> bool {
    use Sys::{Sendfile, Sendmmsg, Sendmsg, Sendto, Splice, Write, Writev};
    matches!(call, Sendto | Sendmsg | Sendmmsg | Write | Writev | Sendfile | Splice)
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

fn is_tcp(socket: &Shared) -> bool {
    let id = &socket.borrow().id;
    id.protocol == Protocol::TCP && id.kind == SocketType::STREAM
}

fn is_connection(socket: &Shared) -> bool {
    is_tcp(socket) && socket.borrow().id.peer.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_held_from_the_sight_of_a_stop_until_it_goes_on() {
        let mut tally = Tally::default();
        assert_eq!(tally.held_at(50), 0);
        tally.stop(100);
        assert_eq!(tally.held_at(130), 30);
        tally.stop(120);
        assert_eq!(tally.held_at(130), 30, "it is the same stop, told of again");
        tally.go(150);
        assert_eq!(tally.held_at(400), 50, "it runs");
        tally.stop(500);
        assert_eq!(tally.held_at(510), 60);
        assert_eq!(tally.held_at(490), 50, "a moment before the stop");
        let exec = Tally { held: 7, seen: None, ..Tally::default() }.renumbered(&tally);
        assert_eq!(exec.held_at(510), 17);
    }

    #[test]
    fn a_thread_is_read_at_its_first_call_and_then_after_a_while() {
        let mut tally = Tally::default();
        assert!(tally.is_due(0));
        tally.read = Some(1000);
        assert!(!tally.is_due(0) && !tally.is_due(1000 + READ_AFTER - 1));
        assert!(tally.is_due(1000 + READ_AFTER));
    }

    #[test]
    fn no_more_files_are_kept_open_than_so_many_and_all_threads_are_read() {
        let (counting, us) = (Counting::default(), std::process::id().cast_signed());
        let read = |tally: &mut Tally| counting.scheduling((us, us), tally).is_some();
        let mut tallies: Vec<Tally> = (0..MOST_KEPT + 3).map(|_| Tally::default()).collect();
        assert!(tallies.iter_mut().all(read));
        let kept = |tallies: &[Tally]| tallies.iter().filter(|tally| tally.kept.is_some()).count();
        assert_eq!(kept(&tallies), MOST_KEPT);
        tallies.drain(..10);
        assert!(tallies.iter_mut().all(read));
        assert_eq!(kept(&tallies), MOST_KEPT - 7, "those of threads that have ended make room");
    }
}
