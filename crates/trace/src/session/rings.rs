//! What programs submit through `io_uring(7)`, which needs no system call.

use std::fs;
use std::os::fd::AsFd;
use std::rc::Rc;

use libc::pid_t;
use socklab_event::Notice;

use super::calls::Calls;
use super::descriptors::Descriptors;
use crate::memory::{Memory, TraceeMemory};
use crate::ring::{Carries, Ring};

impl Descriptors<'_> {
    /// Begins to look at a ring that a process has just made; a notice if that is impossible.
    pub(super) fn watch_ring(&mut self, tid: pid_t, fd: i32, parameters: u64) -> Option<Notice> {
        let copy = self.copy(tid, fd);
        let parameters = TraceeMemory(tid).array(parameters);
        let ring = copy
            .zip(parameters)
            .and_then(|(copy, parameters)| Ring::map(copy.as_fd(), fd, &parameters).ok());
        match ring {
            // Closing the ring must stop the program.
            Some(ring) => {
                self.tracees.process_of_mut(tid)?.rings.push(ring);
                self.filters().cover(tid, fd);
                None
            }
            None => self.told(tid, Carries::Unknown),
        }
    }

    /// The notice about a process whose rings carry this, unless it was told already.
    fn told(&mut self, tid: pid_t, carries: Carries) -> Option<Notice> {
        let process = self.tracees.process_of_mut(tid)?;
        if carries <= process.carries {
            return None;
        }
        process.carries = carries;
        // It may get sockets without a system call.
        process.uncertain = true;
        Some(Notice::IoUring { sure: carries == Carries::Sockets })
    }
}

impl Calls<'_> {
    /// Looks at what the process has submitted since the last look. This must happen often: the
    /// slots of a ring are used again.
    pub(super) fn look_at_rings(&mut self, tid: pid_t) {
        let Some(process) = self.tracees.process_of_mut(tid) else { return };
        if process.rings.is_empty() {
            return;
        }
        let table = Rc::clone(&process.table);
        let is_socket = |fd| table.borrow().get(fd).is_some();
        let looks = process.rings.iter_mut().map(|ring| ring.look(is_socket));
        let carries = looks.max().unwrap_or_default();
        if let Some(notice) = self.descriptors().told(tid, carries) {
            self.reporter.notice(self.tracees.place(tid), notice);
        }
    }

    /// Handles the close of a ring. Our mappings would keep it alive; but a program may go on using
    /// a ring that it has registered, and keeps its own mappings then.
    pub(super) fn close_ring(&mut self, tid: pid_t, fd: i32) {
        let Some(process) = self.tracees.process_of_mut(tid) else { return };
        if !process.rings.iter().any(|ring| ring.fd == fd) {
            return;
        }
        let maps = fs::read_to_string(format!("/proc/{tid}/maps")).unwrap_or_default();
        // Each ring has its slots at this offset.
        let is_slots = |line: &&str| line.contains(" 10000000 ") && line.ends_with("[io_uring]");
        if maps.lines().filter(is_slots).count() < process.rings.len() {
            process.rings.retain(|ring| ring.fd != fd);
        }
    }

    /// Looks at the rings of a process a last time: it ends or executes another program.
    pub(super) fn leave_rings(&mut self, tid: pid_t) {
        self.look_at_rings(tid);
        if let Some(process) = self.tracees.process_of_mut(tid) {
            process.rings.clear();
        }
    }
}
