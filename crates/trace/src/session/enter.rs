//! A thread enters a system call: does it concern a socket?

use std::rc::Rc;

use libc::pid_t;
use socklab_event::{Errno, Name, Notice, Outcome};
use socklab_kernel::clock;

use super::{Done, Session};
use crate::calls::{self, Row, Stage, Sys};
use crate::decode::Asked;
use crate::memory::Of;
use crate::ptrace::Entry;
use crate::state::{InCall, Landings};
use crate::table::Shared;
use crate::tracer::Entered;
use crate::{arch, probe};

/// Whether a call is worth waiting for its return.
pub(super) enum Interest {
    /// It is not.
    Skip,
    /// It is, and is made on this socket, if on one.
    Socket(Option<Shared>),
    /// It is made on a standard stream that is observed.
    Stdio,
}

impl Session<'_> {
    pub(super) fn on_entry(&mut self, tid: pid_t, entry: &Entry) -> Done {
        if let Some(thread) = self.threads.get_mut(&tid) {
            thread.stepping = false;
        }
        let other_numbers = entry.number & i64::from(arch::FOREIGN_NUMBER_BIT) != 0;
        if entry.arch != arch::AUDIT_ARCH || other_numbers {
            self.notice_foreign(tid, entry.arch);
            return self.resume(tid, 0);
        }
        if self.continues_interrupted(tid, entry) || self.continues_shortcut(tid, entry) {
            return self.resume(tid, 0);
        }
        let Some(row) = calls::row(entry.number) else {
            return self.resume(tid, 0);
        };
        let (socket, stdio) = match self.interest(tid, row, &entry.arguments) {
            Interest::Skip => {
                self.cost.vain_stops += 1;
                return self.resume(tid, 0);
            }
            Interest::Socket(socket) => (socket, false),
            Interest::Stdio => (None, true),
        };
        let asked = Asked::new(row, entry.arguments, &Of(tid));
        let began = clock::now();
        if let Some(socket) = &socket {
            self.take_given(tid, row.sys, socket, began);
        }
        self.tell_entered(tid, row, &asked, socket.as_ref(), began);
        let call = InCall {
            asked,
            began,
            interrupted_at: 0,
            restarts: 0,
            instruction: entry.instruction,
            stack: entry.stack,
            socket,
            stdio,
        };
        let Some(call) = self.take_shortcut(tid, call) else { return self.resume(tid, 0) };
        if let Some(thread) = self.threads.get_mut(&tid) {
            thread.call = Some(call);
        }
        self.resume(tid, 0)
    }

    /// A call that was interrupted and is entered again, at the same place with the same stack, is
    /// the kernel restarting it; the program knows of one call only, and so does the timeline.
    fn continues_interrupted(&mut self, tid: pid_t, entry: &Entry) -> bool {
        let Some(thread) = self.threads.get_mut(&tid) else {
            return false;
        };
        let Some(call) = &thread.interrupted else {
            return false;
        };
        let same_place = call.instruction == entry.instruction && call.stack == entry.stack;
        let same_call =
            call.asked.row.number == entry.number && call.asked.words == entry.arguments;
        // Waits with a timeout are restarted by a call of their own, which knows the time left.
        let by_kernel = entry.number == libc::SYS_restart_syscall;
        if same_place && (same_call || by_kernel) {
            thread.call = thread.interrupted.take();
            if let Some(call) = &mut thread.call {
                call.restarts += 1;
            }
            return true;
        }
        // Deeper in the stack: a handler's own calls. Higher up: the program jumped out of the
        // handler (siglongjmp), and the call will never return.
        if entry.stack > call.stack
            && let Some(call) = thread.interrupted.take()
        {
            let ended = call.interrupted_at;
            self.finish(tid, call, Outcome::Error(Errno::EINTR), ended);
        }
        false
    }

    pub(super) fn interest(&mut self, tid: pid_t, row: &'static Row, words: &[u64; 6]) -> Interest {
        let waits = self.options.waits;
        let Some(process) = self.process_of(tid) else {
            return Interest::Skip;
        };
        let table = Rc::clone(&process.table);
        let socket = |word: usize| table.borrow().get(words[word] as i32).cloned();
        match row.sys {
            Sys::Socket | Sys::Socketpair | Sys::PidfdGetfd => Interest::Socket(None),
            Sys::IoUringSetup => {
                process.uncertain = true;
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
                _ => Interest::Skip,
            },
            // Of interest as well if a socket's descriptor is made to mean something else.
            Sys::Dup2 | Sys::Dup3 => match (socket(0), socket(1)) {
                (None, None) => Interest::Skip,
                (duplicated, _) => Interest::Socket(duplicated),
            },
            Sys::Splice => match socket(2).or_else(|| socket(0)) {
                None => Interest::Skip,
                socket => Interest::Socket(socket),
            },
            Sys::CloseRange => {
                let range = words[0] as u32..=words[1] as u32;
                let hit = table.borrow().fds().any(|fd| range.contains(&fd.cast_unsigned()));
                if hit { Interest::Socket(None) } else { Interest::Skip }
            }
            Sys::Unshare => {
                self.on_unshare(tid, words[0]);
                Interest::Skip
            }
            Sys::Prctl if words[0] == u64::from(calls::PR_SET_TSC) => {
                process.landings = Landings::Refused;
                Interest::Skip
            }
            Sys::Seccomp | Sys::Prctl => {
                self.on_own_filter(tid, row, words);
                Interest::Skip
            }
            Sys::Execve => {
                self.collect_process(tid);
                Interest::Skip
            }
            Sys::RestartSyscall => Interest::Skip,
            // Forgotten before the kernel runs it: the number may belong to another thread's new
            // socket before we hear of the return.
            Sys::Close => match table.borrow_mut().remove(words[0] as i32) {
                Some(entry) => Interest::Socket(Some(entry.socket)),
                None => Interest::Skip,
            },
            _ => match socket(0) {
                Some(socket) => Interest::Socket(Some(socket)),
                None => self.unknown(tid, row, words[0] as i32),
            },
        }
    }

    /// A call on a descriptor that is not known as a socket's.
    fn unknown(&mut self, tid: pid_t, row: &Row, fd: i32) -> Interest {
        let uncertain = self.process_of(tid).is_some_and(|process| process.uncertain);
        let sockets_only = row.stage == Stage::Always;
        if (uncertain || sockets_only) && probe::inode(tid, fd).is_some() {
            return Interest::Socket(self.adopt(tid, fd, false));
        }
        let streams = matches!(row.sys, Sys::Read | Sys::Readv | Sys::Write | Sys::Writev);
        match (0..=2).contains(&fd) && self.options.stdio && streams {
            true => Interest::Stdio,
            // A socket call on what is no socket fails, and that is worth telling.
            false if sockets_only => Interest::Socket(None),
            false => Interest::Skip,
        }
    }

    fn tell_entered(
        &mut self,
        tid: pid_t,
        row: &'static Row,
        asked: &Asked,
        socket: Option<&Shared>,
        began: u64,
    ) {
        let Some(mut notice) = self.on_enter.take() else {
            return;
        };
        let socket = socket.map(|socket| socket.borrow());
        notice(&Entered {
            place: &self.place(tid),
            command: self.process_of(tid).map_or(0, |process| process.command),
            name: Name::of(row.name),
            fd: row.takes_fd().then(|| asked.fd()),
            socket: socket.as_ref().map(|socket| &socket.id),
            began,
        });
        self.on_enter = Some(notice);
    }

    fn notice_foreign(&mut self, tid: pid_t, arch: u32) {
        let Some(process) = self.process_of(tid) else {
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
        self.notice(tid, Notice::ForeignAbi { abi });
    }
}
