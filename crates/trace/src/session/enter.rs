//! A thread enters a system call: does it concern a socket?

use std::rc::Rc;

use libc::pid_t;
use socklab_event::{Errno, Name, Notice, Outcome};
use socklab_kernel::clock;
use socklab_kernel::process::Target;

use super::calls::Calls;
use super::lines::CallLine;
use super::onward::{Handled, RESUME};
use super::process::Landings;
use super::shortcut::{self, Shortcuts};
use super::strict;
use super::table::Shared;
use super::thread::OpenCall;
use super::untraced;
use crate::decode::CallAtEntry;
use crate::entered::Entered;
use crate::memory::TraceeMemory;
use crate::ptrace::CallEntry;
use crate::syscall::{PR_SET_TSC, Row, Stage, Sys};
use crate::syscall_table::row;
use crate::{arch, probe};

/// Whether to wait for a call's return.
pub(super) enum Interest {
    /// Don't wait.
    Skip,
    /// Wait; this is the socket the call is made on, if there is one.
    Socket(Option<Shared>),
    /// Wait: the call is made on a standard stream that is being recorded.
    Stdio,
}

/// Handles threads that enter a call.
pub(super) struct Entering<'c, 'a> {
    pub(super) calls: &'c mut Calls<'a>,
    pub(super) shortcuts: &'c mut Shortcuts,
}

impl Entering<'_, '_> {
    pub(super) fn on_entry(&mut self, tid: pid_t, entry: &CallEntry) -> Handled {
        if let Some(thread) = self.calls.tracees.thread_mut(tid) {
            thread.stepping = false;
            thread.attempt = None;
            if thread.strict && strict::ends(self.calls, tid, entry) {
                return RESUME;
            }
        }
        let other_numbers = entry.number & i64::from(arch::FOREIGN_NUMBER_BIT) != 0;
        if entry.arch != arch::AUDIT_ARCH || other_numbers {
            self.notice_foreign(tid, entry.arch);
            return RESUME;
        }
        if self.is_restarted(tid, entry) || shortcut::is_restarted(self.calls, tid, entry) {
            return RESUME;
        }
        let Some(row) = row(entry.number) else {
            self.calls.on_watched_entry(tid, entry);
            return RESUME;
        };
        if self.calls.is_refused(tid, entry) {
            return RESUME;
        }
        self.calls.look_at_rings(tid);
        let (socket, stdio) = match self.interest(tid, row, &entry.arguments) {
            Interest::Skip => {
                self.calls.reporter.cost().vain_stops += 1;
                self.calls.on_watched_entry(tid, entry);
                return RESUME;
            }
            Interest::Socket(socket) => (socket, false),
            Interest::Stdio => (None, true),
        };
        let at_entry = CallAtEntry::new(row, entry.arguments, &TraceeMemory(tid));
        // The first look at a program's debug information takes a while, which is not the call's.
        let (line, ahead) = match stdio {
            true => (CallLine::Told(None), None),
            false => self.calls.line_at_entry(tid, row, entry),
        };
        // Nor is the time that this takes.
        let socket_of = socket.as_ref();
        let before = if stdio { None } else { self.calls.count_before(tid, &at_entry, socket_of) };
        let began = clock::now();
        let counted = self.calls.counted_from(tid, before, began);
        if let Some(socket) = &socket {
            self.calls.use_given(tid, row.sys, socket, began);
        }
        self.notify(tid, &at_entry, socket.as_ref(), began);
        let call = OpenCall {
            entry: at_entry,
            began,
            interrupted_at: 0,
            restarts: 0,
            instruction: entry.instruction,
            stack: entry.stack,
            socket,
            stdio,
            line,
            ahead,
            counted,
        };
        let Some(call) = self.shortcuts.take(self.calls, tid, call) else { return RESUME };
        if let Some(thread) = self.calls.tracees.thread_mut(tid) {
            thread.call = Some(call);
        }
        RESUME
    }

    /// True if the call was interrupted before and the kernel has restarted it: it is entered at
    /// the same address with the same stack pointer. The program sees a single call, and so does
    /// the timeline.
    fn is_restarted(&mut self, tid: pid_t, entry: &CallEntry) -> bool {
        let Some(thread) = self.calls.tracees.thread_mut(tid) else {
            return false;
        };
        let Some(call) = &thread.interrupted else {
            return false;
        };
        let same_place = call.instruction == entry.instruction && call.stack == entry.stack;
        let same_call =
            call.entry.row.number == entry.number && call.entry.words == entry.arguments;
        // The kernel restarts waits with a timeout by `restart_syscall`, which knows the time left.
        let by_kernel = entry.number == libc::SYS_restart_syscall;
        if same_place && (same_call || by_kernel) {
            thread.call = thread.interrupted.take();
            if let Some(call) = &mut thread.call {
                call.restarts += 1;
            }
            return true;
        }
        // A lower stack pointer belongs to a handler's own calls. With an equal or higher one, the
        // program has jumped out of the handler (siglongjmp), and the call will never return.
        if entry.stack >= call.stack
            && let Some(call) = thread.interrupted.take()
        {
            let ended = call.interrupted_at;
            self.calls.finish(tid, call, Outcome::Error(Errno::EINTR), ended);
        }
        false
    }

    pub(super) fn interest(&mut self, tid: pid_t, row: &'static Row, words: &[u64; 6]) -> Interest {
        let waits = self.calls.options.waits;
        let Some(process) = self.calls.tracees.process_of_mut(tid) else {
            return Interest::Skip;
        };
        let table = Rc::clone(&process.table);
        let socket = |word: usize| table.borrow().get(words[word] as i32).cloned();
        match row.sys {
            Sys::Socket | Sys::Socketpair | Sys::PidfdGetfd | Sys::IoUringSetup => {
                Interest::Socket(None)
            }
            Sys::Poll | Sys::Ppoll | Sys::Select | Sys::Pselect6 => {
                match waits && !table.borrow().is_empty() {
                    true => Interest::Socket(None),
                    false => Interest::Skip,
                }
            }
            Sys::EpollWait | Sys::EpollPwait2 => {
                match waits && table.borrow().watches(words[0] as i32) {
                    true => Interest::Socket(None),
                    false => Interest::Skip,
                }
            }
            Sys::EpollCtl => match socket(2) {
                Some(socket) if waits => Interest::Socket(Some(socket)),
                None if waits => self.closed(tid, words[2] as i32),
                _ => Interest::Skip,
            },
            // Also of interest if it makes a socket's descriptor refer to something else.
            Sys::Dup2 | Sys::Dup3 => match (socket(0), socket(1)) {
                (None, None) => self.closed(tid, words[0] as i32),
                (duplicated, _) => Interest::Socket(duplicated),
            },
            Sys::Splice => match socket(2).or_else(|| socket(0)) {
                None => match self.closed(tid, words[2] as i32) {
                    Interest::Skip => self.closed(tid, words[0] as i32),
                    closed => closed,
                },
                socket => Interest::Socket(socket),
            },
            Sys::CloseRange => {
                let range = words[0] as u32..=words[1] as u32;
                let hit = table.borrow().fds().any(|fd| range.contains(&fd.cast_unsigned()));
                if hit { Interest::Socket(None) } else { Interest::Skip }
            }
            Sys::Unshare => {
                self.calls.descriptors().unshare(tid, words[0]);
                Interest::Skip
            }
            Sys::Prctl if words[0] == u64::from(PR_SET_TSC) => {
                process.landings = Landings::Refused;
                Interest::Skip
            }
            Sys::Seccomp | Sys::Prctl => {
                self.calls.filters().on_own_filter(tid, row, words);
                Interest::Skip
            }
            Sys::Execve => {
                self.shortcuts.collect_process(self.calls, tid);
                Interest::Skip
            }
            Sys::Clone | Sys::Clone3 => {
                untraced::take_flag(self.calls.tracees, tid, row.sys, words[0]);
                Interest::Skip
            }
            Sys::RestartSyscall => Interest::Skip,
            // Remove the descriptor before the kernel runs the call: by the time we see the return,
            // another thread's new socket may have the same number.
            Sys::Close => {
                let closed = table.borrow().was_closed(words[0] as i32);
                let entry = table.borrow_mut().close(words[0] as i32);
                match entry {
                    Some(entry) => Interest::Socket(Some(entry.socket)),
                    None if closed && probe::target(tid, words[0] as i32) == Target::Nothing => {
                        Interest::Socket(None)
                    }
                    None => {
                        self.calls.close_ring(tid, words[0] as i32);
                        Interest::Skip
                    }
                }
            }
            _ => match socket(0) {
                Some(socket) => Interest::Socket(Some(socket)),
                None => self.unknown(tid, row, words[0] as i32),
            },
        }
    }

    /// Decides about a call on a descriptor that is not in the table of sockets.
    fn unknown(&mut self, tid: pid_t, row: &Row, fd: i32) -> Interest {
        let process = self.calls.tracees.process_of(tid);
        let uncertain = process.is_some_and(|process| process.uncertain);
        let sockets_only = row.stage == Stage::Always;
        if (uncertain || sockets_only) && probe::inode(tid, fd).is_some() {
            return Interest::Socket(self.calls.descriptors().adopt(tid, fd, false));
        }
        let streams = matches!(row.sys, Sys::Read | Sys::Readv | Sys::Write | Sys::Writev);
        match (0..=2).contains(&fd) && self.calls.options.stdio && streams {
            true => Interest::Stdio,
            // A socket call on something else fails, which is worth an event.
            false if sockets_only => Interest::Socket(None),
            false => self.closed(tid, fd),
        }
    }

    /// Decides about a call on a number that is not that of a socket now. If a socket had it and
    /// was closed, the call fails with EBADF, which is worth an event.
    fn closed(&mut self, tid: pid_t, fd: i32) -> Interest {
        let Some(process) = self.calls.tracees.process_of(tid) else {
            return Interest::Skip;
        };
        if !process.table.borrow().was_closed(fd) {
            return Interest::Skip;
        }
        match probe::target(tid, fd) {
            Target::Nothing => Interest::Socket(None),
            // Another thread is closing it right now.
            Target::Socket(_) => Interest::Skip,
            Target::Other => {
                process.table.borrow_mut().reuse(fd);
                Interest::Skip
            }
        }
    }

    /// Calls the callback for calls that have been entered, if there is one.
    fn notify(&mut self, tid: pid_t, entry: &CallAtEntry, socket: Option<&Shared>, began: u64) {
        let tracees = &*self.calls.tracees;
        let socket = socket.map(|socket| socket.borrow());
        let place = tracees.place(tid);
        self.calls.reporter.entered(|| Entered {
            place: &place,
            command: tracees.process_of(tid).map_or(0, |process| process.command),
            name: Name::of(entry.row.name),
            number: entry.row.number,
            fd: entry.row.takes_fd().then(|| entry.fd()),
            socket: socket.as_ref().map(|socket| &*socket.id),
            began,
        });
    }

    /// Reports, once per process, that calls in another ABI are not decoded.
    fn notice_foreign(&mut self, tid: pid_t, arch: u32) {
        let Some(process) = self.calls.tracees.process_of_mut(tid) else {
            return;
        };
        if std::mem::replace(&mut process.foreign_noticed, true) {
            return;
        }
        let abi = match arch {
            arch::FOREIGN_ARCH => "i386 (32-bit)".to_owned(),
            arch::AUDIT_ARCH => "x32".to_owned(),
            other => format!("audit architecture {other:#x}"),
        };
        self.calls.reporter.notice(self.calls.tracees.place(tid), Notice::ForeignAbi { abi });
    }
}
