//! Birth, exec and end of threads and processes.

use std::rc::Rc;

use libc::pid_t;
use socklab_event::{Exit, Notice, Process as Life, Signal, What};
use socklab_kernel::clock;

use super::{Done, Session, place, vanished};
use crate::memory::{Memory, Of};
use crate::ptrace::{self, Stop};
use crate::spawn::Trouble;
use crate::state::{Coverage, Landings, Thread};
use crate::{arch, probe};

impl Session<'_> {
    /// A thread has a child: a thread or a process.
    pub(super) fn on_child(&mut self, tid: pid_t) -> Done {
        let Some(child) = vanished(ptrace::message(tid), tid)? else {
            return Ok(());
        };
        let flags = self.clone_flags(tid);
        let has = |flag: i32| flags & flag as u64 != 0;
        let Some(pid) = self.threads.get(&tid).map(|thread| thread.pid) else {
            return Ok(());
        };
        // It may have been adopted before this news of it, and have ended since.
        let adopted = self.adopted.remove(&child);
        if adopted && !ptrace::is_tracee(child) {
            return self.resume(tid, 0);
        }
        if !self.threads.contains_key(&child) {
            self.on_birth(child, (tid, pid), has);
        }
        if has(libc::CLONE_FILES) && !has(libc::CLONE_THREAD) {
            self.share_descriptors(tid, child);
        }
        self.greet(child)?;
        if !ptrace::is_tracee(child) {
            // Killed before this news of it, and its end already reported.
            self.deferred.push_back((child, Stop::Killed(libc::SIGKILL)));
        }
        self.resume(tid, 0)
    }

    /// A thread's child, of a process, becomes known.
    fn on_birth(&mut self, child: pid_t, (tid, pid): (pid_t, pid_t), has: impl Fn(i32) -> bool) {
        let verify = self.is_racing(tid, pid);
        if has(libc::CLONE_THREAD) {
            self.threads.insert(child, Thread { pid, verify, ..Thread::default() });
            if let Some(process) = self.processes.get_mut(&pid) {
                process.alive += 1;
            }
            return;
        }
        self.threads.insert(child, Thread { pid: child, verify, ..Thread::default() });
        if let Some(process) = self.processes.get(&pid) {
            let mut forked = process.forked(child, has(libc::CLONE_FILES));
            if has(libc::CLONE_VM) {
                // One memory, two processes (vfork): a slot could be taken twice.
                forked.landings = Landings::Refused;
            }
            self.processes.insert(child, forked);
        }
        self.tell_start(child, Some(pid));
    }

    /// Two processes have one table. A filter put into one of them would not be in the other.
    fn share_descriptors(&mut self, parent: pid_t, child: pid_t) {
        let table = self.process_of(parent).map(|process| Rc::clone(&process.table));
        if let (Some(table), Some(process)) = (table, self.processes.get_mut(&child)) {
            process.table = table;
        }
        let why = "it shares its descriptors with another process".to_owned();
        self.step_from_now_on(parent, Some(Notice::Slow { why: why.clone() }));
        self.step_from_now_on(child, Some(Notice::Slow { why }));
    }

    /// The flags of the `clone` a thread is in; none for `fork` and `vfork`.
    fn clone_flags(&self, tid: pid_t) -> u64 {
        let Ok(registers) = ptrace::registers(tid) else {
            return 0;
        };
        match arch::call(&registers) {
            (libc::SYS_clone, [flags, ..]) => flags,
            (libc::SYS_clone3, [arguments, ..]) => {
                Of(tid).array::<8>(arguments).map_or(0, u64::from_ne_bytes)
            }
            _ => 0,
        }
    }

    /// True if another thread of the process is in a call whose end we have not seen: it may have
    /// made a socket, or had a filter put in, just before or just after the birth.
    fn is_racing(&self, tid: pid_t, pid: pid_t) -> bool {
        self.processes.get(&pid).is_some_and(|process| process.alive > 1)
            && self
                .threads
                .iter()
                .any(|(other, thread)| *other != tid && thread.pid == pid && thread.call.is_some())
    }

    /// A new thread's first stop, or one the tracer asked for.
    pub(super) fn on_trap(&mut self, tid: pid_t) -> Done {
        let verify =
            self.threads.get_mut(&tid).is_some_and(|thread| std::mem::take(&mut thread.verify));
        if verify {
            self.verify(tid);
        }
        self.on_continued(tid);
        self.resume(tid, 0)
    }

    /// Looks at what a new process really inherited.
    fn verify(&mut self, tid: pid_t) {
        // Those that we run under ourselves, and so does everybody we start; and our base filter.
        let foreign = self.foreign_filters;
        let Some(process) = self.process_of(tid) else {
            return;
        };
        if process.pid != tid || process.stepped {
            return;
        }
        if let Some(filters) = probe::filters(tid) {
            process.coverage.truncate(filters.saturating_sub(foreign + 1));
        }
        process.table.borrow_mut().take_all();
        // Not yet at the end of a call, so nothing can be injected: follow it step by step if
        // what it has is not covered.
        let sockets = probe::sockets(tid);
        let uncovered = sockets.iter().any(|socket| !process.coverage.contains(socket.fd));
        if uncovered {
            let why = "it was forked while another thread made a socket".to_owned();
            self.step_from_now_on(tid, Some(Notice::Slow { why }));
        }
        self.adopt_all(tid, tid);
    }

    /// A process executes another program.
    pub(super) fn on_exec(&mut self, tid: pid_t) -> Done {
        // Any thread may have called execve; it takes over the first one's id, and all others end.
        if let Some(former) = vanished(ptrace::message(tid), tid)?
            && former != tid
        {
            self.abandon_call(tid);
            self.threads.remove(&former);
        }
        self.threads.retain(|other, thread| *other == tid || thread.pid != tid);
        self.threads.insert(tid, Thread { pid: tid, ..Thread::default() });
        if let Some(failed) = self.trouble(tid) {
            match failed {
                Trouble::Fatal(error) => return Err(error),
                Trouble::NoFilter(error) => self.on_filter_refused(tid, &error),
            }
        }
        let Some(process) = self.processes.get_mut(&tid) else {
            return self.resume(tid, 0);
        };
        process.alive = 1;
        process.scratch = None;
        process.landings = Landings::default();
        process.sends = 0;
        process.argv = Rc::new(probe::argv(tid));
        process.exe = probe::exe(tid);
        if Rc::strong_count(&process.table) > 1 {
            let own = process.table.borrow().clone();
            process.table = Rc::new(own.into());
        }
        if std::mem::take(&mut process.fresh) {
            self.tell_start(tid, None);
            let sockets = self.adopt_all(tid, tid);
            if !sockets.is_empty() {
                self.recognize_given(tid, &sockets);
                self.notice(tid, Notice::Inherited { sockets });
            }
        } else {
            let closed = process.table.borrow_mut().take_cloexec();
            let ((argv, omitted), exe) = ((*process.argv).clone(), process.exe.clone());
            self.close_implicitly(tid, closed);
            self.tell(tid, Life::Exec { argv, argv_omitted: omitted, exe });
        }
        self.resume(tid, 0)
    }

    fn on_filter_refused(&mut self, tid: pid_t, error: &std::io::Error) {
        if let Some(process) = self.processes.get_mut(&tid) {
            process.coverage = Coverage::default();
        }
        let why = format!("seccomp filters are refused here: {error}");
        self.step_from_now_on(tid, Some(Notice::Slow { why }));
    }

    pub(super) fn tell_start(&mut self, pid: pid_t, parent: Option<pid_t>) {
        let Some(process) = self.processes.get(&pid) else {
            return;
        };
        let (argv, argv_omitted) = (*process.argv).clone();
        let life = Life::Start {
            command: process.command,
            parent: parent.map(pid_t::cast_unsigned),
            argv,
            argv_omitted,
            exe: process.exe.clone(),
            attached: process.attached && parent.is_none(),
        };
        self.tell(pid, life);
    }

    /// A thread is about to end; its memory can still be read, its descriptors are still open.
    pub(super) fn on_ending(&mut self, tid: pid_t) -> Done {
        self.abandon_call(tid);
        self.strike_off(tid);
        self.resume(tid, 0)
    }

    fn strike_off(&mut self, tid: pid_t) {
        let Some(thread) = self.threads.get_mut(&tid) else {
            return;
        };
        if std::mem::replace(&mut thread.ending, true) {
            return;
        }
        let Some(process) = self.process_of(tid) else {
            return;
        };
        process.alive = process.alive.saturating_sub(1);
        if process.alive == 0 && Rc::strong_count(&process.table) == 1 {
            let closed = process.table.borrow_mut().take_all();
            self.close_implicitly(tid, closed);
        }
    }

    /// A thread is gone.
    pub(super) fn on_end(&mut self, tid: pid_t, stop: Stop) -> Done {
        self.abandon_call(tid);
        self.strike_off(tid);
        let Some(thread) = self.threads.remove(&tid) else {
            return Ok(());
        };
        if thread.pid != tid {
            return Ok(());
        }
        // The first thread is reported last, after all others of its process.
        if let Some(Trouble::Fatal(error)) = self.trouble(tid) {
            return Err(error);
        }
        let status = match stop {
            Stop::Exited(code) => Exit::Code(code),
            Stop::Killed(0) => Exit::Unknown,
            Stop::Killed(signal) => Exit::Signal(Signal(signal)),
            _ => Exit::Unknown,
        };
        if let Some(process) = self.processes.remove(&tid) {
            self.depart(&process);
            self.emit(place(tid, tid), clock::now(), What::Process(Life::Exit { status }));
        }
        self.mark_ended(tid, status)?;
        self.adopt_orphans()
    }
}
