//! Making sure that a process stops at everything done to its sockets.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use libc::pid_t;
use socklab_event::Notice;

use super::Session;
use crate::calls::{Row, Sys};
use crate::filter::{self, Descriptors, INSTALL_FLAGS, SET_MODE_FILTER};
use crate::inject::{Refusal, inject};
use crate::memory::Of;
use crate::ptrace;
use crate::table::{Shared, Socket};

/// Size of the page the tracer keeps in a program to hand filters over in.
const SCRATCH: u64 = 4096;

/// `sizeof(struct sock_fprog)`.
const PROGRAM_HEADER: u64 = 16;

impl Session<'_> {
    /// Makes calls on `fd` stop the program from now on. The thread has just returned from the
    /// call that made the descriptor.
    pub(super) fn cover(&mut self, tid: pid_t, fd: i32) {
        let Some(process) = self.process_of(tid) else {
            return;
        };
        if process.stepped || process.coverage.contains(fd) {
            return;
        }
        let range = process.coverage.next(fd);
        match self.install(tid, &range) {
            Ok(()) => {
                self.cost.filters += 1;
                if let Some(process) = self.process_of(tid) {
                    process.coverage.push(range);
                }
            }
            Err(why) => self.step_from_now_on(tid, why.map(|why| Notice::Slow { why })),
        }
    }

    /// Puts a filter for these descriptors into the thread's process. `Err(None)`: it is gone.
    fn install(&mut self, tid: pid_t, range: &Descriptors) -> Result<(), Option<String>> {
        let scratch = self.scratch(tid)?;
        let first = self.process_of(tid).is_some_and(|process| process.coverage.is_empty());
        let code = filter::descriptors(range, first);
        // struct sock_fprog { unsigned short len; struct sock_filter *filter; }, then the filter.
        let mut bytes = (code.len() as u64).to_ne_bytes().to_vec();
        bytes.extend((scratch + PROGRAM_HEADER).to_ne_bytes());
        for step in &code {
            bytes.extend(step.code.to_ne_bytes());
            bytes.extend([step.jt, step.jf]);
            bytes.extend(step.k.to_ne_bytes());
        }
        let written = Of(tid).write(scratch, &bytes);
        written.map_err(|error| Some(format!("writing a filter: {error}")))?;
        let (mode, flags) = (u64::from(SET_MODE_FILTER), u64::from(INSTALL_FLAGS));
        match self.inject(tid, libc::SYS_seccomp, [mode, flags, scratch, 0, 0, 0])? {
            0 => Ok(()),
            error => {
                let error = i32::try_from(-error).map(std::io::Error::from_raw_os_error);
                let error = error.map_or_else(|_| "refused".to_owned(), |error| error.to_string());
                Err(Some(format!("the program may not be given another seccomp filter: {error}")))
            }
        }
    }

    /// A page of the process's memory that is ours to write to: mapped once, by the process
    /// itself. Its stack would do too, but small ones (goroutines') lie close to other data.
    pub(super) fn scratch(&mut self, tid: pid_t) -> Result<u64, Option<String>> {
        let known = self.process_of(tid).and_then(|process| process.scratch);
        if let Some(scratch) = known {
            return Ok(scratch);
        }
        let protection = (libc::PROT_READ | libc::PROT_WRITE) as u64;
        let flags = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as u64;
        let arguments = [0, SCRATCH, protection, flags, u64::MAX, 0];
        let address = self.inject(tid, libc::SYS_mmap, arguments)?;
        match u64::try_from(address) {
            Ok(address) => {
                if let Some(process) = self.process_of(tid) {
                    process.scratch = Some(address);
                }
                Ok(address)
            }
            Err(_) => Err(Some("the program has no memory left for a filter".to_owned())),
        }
    }

    pub(super) fn inject(
        &mut self,
        tid: pid_t,
        number: i64,
        arguments: [u64; 6],
    ) -> Result<i64, Option<String>> {
        let Some(pid) = self.threads.get(&tid).map(|thread| thread.pid) else {
            return Err(None);
        };
        match inject(pid, tid, (number, arguments), &mut self.deferred) {
            Ok(result) => Ok(result),
            Err(Refusal::Gone) => Err(None),
            Err(Refusal::Ptrace(error)) if error.raw_os_error() == Some(libc::ESRCH) => Err(None),
            Err(Refusal::Ptrace(error)) => Err(Some(format!("ptrace: {error}"))),
            Err(Refusal::Unreadable) => {
                Err(Some("its memory may not be read: it guards itself (not dumpable)".to_owned()))
            }
            Err(Refusal::Elsewhere) => {
                Err(Some("its system calls are not made the usual way".to_owned()))
            }
        }
    }

    /// From now on the process stops at every system call: filters cannot tell any more.
    pub(super) fn step_from_now_on(&mut self, tid: pid_t, notice: Option<Notice>) {
        let Some(process) = self.process_of(tid) else {
            return;
        };
        if std::mem::replace(&mut process.stepped, true) {
            return;
        }
        let pid = process.pid;
        if let Some(notice) = notice {
            self.notice(tid, notice);
        }
        // Threads that run have been told to run on to the next filtered call; stop them once.
        for (other, thread) in &self.threads {
            if thread.pid == pid && *other != tid && !thread.ending {
                let _ = ptrace::interrupt(*other);
            }
        }
    }

    /// The program installs a seccomp filter of its own. It may forbid us to add ours (or kill the
    /// program for trying), and what it forbids the program we would not hear of: verdicts of
    /// other filters count more than "trace".
    pub(super) fn on_own_filter(&mut self, tid: pid_t, row: &Row, words: &[u64; 6]) {
        let installs = match row.sys {
            // SECCOMP_SET_MODE_STRICT, SECCOMP_SET_MODE_FILTER; the others only ask.
            Sys::Seccomp => words[0] <= 1,
            _ => words[0] == u64::from(crate::calls::PR_SET_SECCOMP),
        };
        if installs {
            self.step_from_now_on(tid, Some(Notice::OwnFilter));
        }
    }

    /// `unshare(CLONE_FILES)`: descriptors of its own.
    pub(super) fn on_unshare(&mut self, tid: pid_t, flags: u64) {
        if flags & libc::CLONE_FILES as u64 == 0 {
            return;
        }
        let Some(process) = self.process_of(tid) else {
            return;
        };
        if process.alive > 1 {
            let why = "a thread with descriptors of its own is taken for one that shares them";
            let notice = Notice::NotDecoded { call: "unshare".to_owned(), why: why.to_owned() };
            return self.notice(tid, notice);
        }
        let own = process.table.borrow().clone();
        process.table = Rc::new(RefCell::new(own));
    }

    /// Remembers a socket by its inode, to know it again when another process has it too.
    pub(super) fn remember(&mut self, socket: &Shared) {
        let Some(inode) = socket.borrow().id.inode else {
            return;
        };
        self.sockets.insert(inode, Rc::downgrade(socket));
        // Sockets that are gone leave their numbers behind: sweep when they are many.
        if self.sockets.len() > 2 * self.sockets_alive.max(1024) {
            self.sockets.retain(|_, socket| socket.strong_count() > 0);
            self.sockets_alive = self.sockets.len();
        }
    }

    /// The socket with this inode, if a process we follow still has it.
    pub(super) fn recall(&self, inode: u64) -> Option<Shared> {
        self.sockets.get(&inode).and_then(Weak::upgrade)
    }
}

/// Sockets by inode number, as long as somebody has them.
pub(super) type ByInode = std::collections::HashMap<u64, Weak<RefCell<Socket>>>;
