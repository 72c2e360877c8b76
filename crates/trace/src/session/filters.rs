//! Makes sure that a process stops at every call on its sockets.

use libc::{pid_t, sock_filter};
use socklab_event::Notice;

use super::reporter::Reporter;
use super::strict;
use super::tracees::Tracees;
use crate::filter::{self, Descriptors, INSTALL_FLAGS};
use crate::inject::{InjectError, inject};
use crate::memory::TraceeMemory;
use crate::ptrace;
use crate::syscall::{PR_SET_SECCOMP, Row, Sys};

/// Size of the page the tracer keeps in a program, in bytes.
const SCRATCH: u64 = 4096;

/// `sizeof(struct sock_fprog)`.
const PROGRAM_HEADER: u64 = 16;

/// The operations of `seccomp(2)` that install a filter or mode; the others only query.
const INSTALLING: [u64; 2] =
    [libc::SECCOMP_SET_MODE_STRICT as u64, libc::SECCOMP_SET_MODE_FILTER as u64];

/// Installs filters in the tracees.
pub(super) struct Filters<'a> {
    pub(super) tracees: &'a mut Tracees,
    pub(super) reporter: &'a mut Reporter,
}

/// Why a filter could not be installed; `None` if the process is gone.
pub(super) type Unable = Option<String>;

impl Filters<'_> {
    /// Makes calls on `fd` stop the program from now on. The thread must have just returned from
    /// the call that created the descriptor.
    pub(super) fn cover(&mut self, tid: pid_t, fd: i32) {
        let Some(process) = self.tracees.process_of(tid) else {
            return;
        };
        if process.stepped || process.coverage.contains(fd) {
            return;
        }
        let range = process.coverage.next(fd);
        match self.install(tid, &range) {
            Ok(()) => {
                self.reporter.cost().filters += 1;
                if let Some(process) = self.tracees.process_of_mut(tid) {
                    process.coverage.push(range);
                }
            }
            Err(why) => self.step_from_now_on(tid, why.map(|why| Notice::Slow { why })),
        }
    }

    /// Installs a filter for these descriptors in the thread's process.
    fn install(&mut self, tid: pid_t, range: &Descriptors) -> Result<(), Unable> {
        let process = self.tracees.process_of(tid);
        let first = process.is_some_and(|process| process.coverage.is_empty());
        self.add(tid, &filter::descriptors(range, first), INSTALL_FLAGS)
    }

    /// Adds a filter to those of a thread, or of whom `flags` of `seccomp(2)` say.
    pub(super) fn add(
        &mut self,
        tid: pid_t,
        code: &[sock_filter],
        flags: u32,
    ) -> Result<(), Unable> {
        let scratch = self.scratch(tid)?;
        // struct sock_fprog { unsigned short len; struct sock_filter *filter; }, then the filter.
        let mut bytes = (code.len() as u64).to_ne_bytes().to_vec();
        bytes.extend((scratch + PROGRAM_HEADER).to_ne_bytes());
        for step in code {
            bytes.extend(step.code.to_ne_bytes());
            bytes.extend([step.jt, step.jf]);
            bytes.extend(step.k.to_ne_bytes());
        }
        let written = TraceeMemory(tid).write(scratch, &bytes);
        written.map_err(|error| Some(format!("filter_not_written: {error}")))?;
        let (mode, flags) = (u64::from(libc::SECCOMP_SET_MODE_FILTER), u64::from(flags));
        match self.inject(tid, libc::SYS_seccomp, [mode, flags, scratch, 0, 0, 0])? {
            0 => Ok(()),
            error => {
                let error = i32::try_from(-error).map(std::io::Error::from_raw_os_error);
                let error = error.map_or_else(|_| "refused".to_owned(), |error| error.to_string());
                Err(Some(format!("filters_refused: {error}")))
            }
        }
    }

    /// Address of a page of the process's memory that the tracer may write to; an injected `mmap`
    /// maps it once. The stack won't do: small stacks, such as those of goroutines, lie close to
    /// other data.
    pub(super) fn scratch(&mut self, tid: pid_t) -> Result<u64, Unable> {
        let known = self.tracees.process_of(tid).and_then(|process| process.scratch);
        if let Some(scratch) = known {
            return Ok(scratch);
        }
        let protection = (libc::PROT_READ | libc::PROT_WRITE) as u64;
        let flags = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as u64;
        let arguments = [0, SCRATCH, protection, flags, u64::MAX, 0];
        let address = self.inject(tid, libc::SYS_mmap, arguments)?;
        match u64::try_from(address) {
            Ok(address) => {
                if let Some(process) = self.tracees.process_of_mut(tid) {
                    process.scratch = Some(address);
                }
                Ok(address)
            }
            Err(_) => Err(Some("no_memory".to_owned())),
        }
    }

    /// Makes the thread, which has just returned from a call, make another one; returns the result
    /// of that.
    pub(super) fn inject(
        &mut self,
        tid: pid_t,
        number: i64,
        arguments: [u64; 6],
    ) -> Result<i64, Unable> {
        let Some(pid) = self.tracees.thread(tid).map(|thread| thread.pid) else {
            return Err(None);
        };
        match inject(pid, tid, (number, arguments), self.tracees.deferred()) {
            Ok(result) => Ok(result),
            Err(InjectError::Gone) => Err(None),
            Err(InjectError::Ptrace(error)) if error.raw_os_error() == Some(libc::ESRCH) => {
                Err(None)
            }
            Err(InjectError::Ptrace(error)) => Err(Some(format!("filter_not_written: {error}"))),
            Err(InjectError::Unreadable) => Err(Some("not_dumpable".to_owned())),
            Err(InjectError::Elsewhere) => Err(Some("unusual_calls".to_owned())),
        }
    }

    /// Makes the process stop at every system call from now on: filters can't be relied on.
    pub(super) fn step_from_now_on(&mut self, tid: pid_t, notice: Option<Notice>) {
        let Some(process) = self.tracees.process_of_mut(tid) else {
            return;
        };
        if std::mem::replace(&mut process.stepped, true) {
            return;
        }
        let pid = process.pid;
        if let Some(notice) = notice {
            self.reporter.notice(self.tracees.place(tid), notice);
        }
        // Running threads would stop only at the next filtered call: stop each of them once now.
        for (other, thread) in self.tracees.threads_of(pid) {
            if other != tid && !thread.ending {
                let _ = ptrace::interrupt(other);
            }
        }
    }

    /// Handles a call by which the program may install a seccomp filter of its own. That filter may
    /// keep us from adding ours (or kill the program when we try), and we would not see the calls
    /// it denies: such verdicts take precedence over "trace".
    pub(super) fn on_own_filter(&mut self, tid: pid_t, row: &Row, words: &[u64; 6]) {
        let installs = match row.sys {
            Sys::Seccomp => INSTALLING.contains(&words[0]),
            _ => words[0] == u64::from(PR_SET_SECCOMP),
        };
        if installs {
            strict::note_request(self.tracees, tid, row.sys, words);
            self.step_from_now_on(tid, Some(Notice::OwnFilter));
        }
    }
}
