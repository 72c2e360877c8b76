//! The lives of threads and processes: they are created, execute programs, and end.

use std::rc::Rc;

use libc::pid_t;
use socklab_event::{Exit, Notice, Process as Life, Signal};
use socklab_kernel::clock;

use super::calls::Calls;
use super::commands::Commands;
use super::coverage::Coverage;
use super::leave::abandon_call;
use super::onward::{Handled, Onward, RESUME, unless_vanished};
use super::process::{Landings, TracedProcess};
use super::shortcut::Shortcuts;
use super::strangers::{Stranger, Strangers};
use super::thread::TracedThread;
use super::untraced;
use crate::error::Error;
use crate::memory::{Memory, TraceeMemory};
use crate::ptrace::{self, Stop};
use crate::spawn::Trouble;
use crate::{arch, privileges, probe};

/// Follows the tracees through their lives.
pub(super) struct Lives<'c, 'a> {
    pub(super) calls: &'c mut Calls<'a>,
    pub(super) shortcuts: &'c mut Shortcuts,
    pub(super) strangers: &'c mut Strangers,
    pub(super) commands: &'c mut Commands,
}

impl Lives<'_, '_> {
    /// A thread has created another thread, or a process.
    pub(super) fn on_child(&mut self, tid: pid_t) -> Handled {
        let Some(child) = unless_vanished(ptrace::message(tid), tid)? else {
            return Ok(Onward::Gone);
        };
        let flags = clone_flags(tid);
        untraced::give_back(self.calls.tracees, tid);
        let has = |flag: i32| flags & flag as u64 != 0;
        let Some(pid) = self.calls.tracees.thread(tid).map(|thread| thread.pid) else {
            return Ok(Onward::Gone);
        };
        // The child may have been adopted before this stop arrived, and have ended since.
        let adopted = self.strangers.was_adopted(child);
        if adopted && !ptrace::is_tracee(child) {
            return RESUME;
        }
        if !self.calls.tracees.knows_thread(child) {
            self.on_birth(child, (tid, pid), has);
        }
        if has(libc::CLONE_FILES) && !has(libc::CLONE_THREAD) {
            self.share_descriptors(tid, child);
        }
        if let Some(stop) = self.strangers.claim(child) {
            self.calls.tracees.defer(child, stop);
        }
        if !ptrace::is_tracee(child) {
            // The child was killed before this stop arrived, and its end has been reported already.
            self.calls.tracees.defer(child, Stop::Killed(libc::SIGKILL));
        }
        RESUME
    }

    /// Adds the child that thread `tid` of process `pid` has created.
    fn on_birth(&mut self, child: pid_t, (tid, pid): (pid_t, pid_t), has: impl Fn(i32) -> bool) {
        let tracees = &mut *self.calls.tracees;
        let verify = tracees.is_sibling_in_call(tid);
        if has(libc::CLONE_THREAD) {
            let newborn = TracedThread { verify, newborn: true, ..TracedThread::new(pid) };
            tracees.add_thread(child, newborn);
            if let Some(process) = tracees.process_mut(pid) {
                process.alive += 1;
            }
            return;
        }
        let newborn = TracedThread { verify, newborn: true, ..TracedThread::new(child) };
        tracees.add_thread(child, newborn);
        if let Some(process) = tracees.process(pid) {
            let mut forked = process.forked(child, has(libc::CLONE_FILES));
            if has(libc::CLONE_VM) {
                // Two processes share the memory (vfork): both could use the same slot.
                forked.landings = Landings::Refused;
            }
            tracees.add_process(forked);
        }
        self.report_start(child, Some(pid));
    }

    /// Handles two processes that share one descriptor table. A filter installed in one of them
    /// would not apply to the other, so both are stopped at every call.
    fn share_descriptors(&mut self, parent: pid_t, child: pid_t) {
        let tracees = &mut *self.calls.tracees;
        let table = tracees.process_of(parent).map(|process| Rc::clone(&process.table));
        if let (Some(table), Some(process)) = (table, tracees.process_mut(child)) {
            process.table = table;
        }
        let why = "shared_descriptors".to_owned();
        let mut filters = self.calls.filters();
        filters.step_from_now_on(parent, Some(Notice::Slow { why: why.clone() }));
        filters.step_from_now_on(child, Some(Notice::Slow { why }));
    }

    /// Adopts a child whose parent's stop has not arrived.
    fn adopt(&mut self, Stranger { tid, stop, .. }: Stranger) {
        self.strangers.mark_adopted(tid);
        let pid = status_number(tid, "Tgid").unwrap_or(tid);
        let tracees = &mut *self.calls.tracees;
        if let Some(process) = tracees.process_mut(pid).filter(|_| pid != tid) {
            process.alive += 1;
            tracees.add_thread(tid, TracedThread::new(pid));
            return tracees.defer(tid, stop);
        }
        let parent = status_number(tid, "PPid").filter(|parent| tracees.knows_process(*parent));
        let mut process = self.unclaimed(tid, parent);
        let attached = process.attached;
        // Only the parent's stop could have shown which filters the child has, and with whom it
        // shares its memory.
        let stepped = std::mem::replace(&mut process.stepped, true);
        process.landings = Landings::Refused;
        self.calls.tracees.add_process(process);
        self.calls.tracees.add_thread(tid, TracedThread::new(tid));
        self.report_start(tid, parent);
        if !stepped {
            let why = "born_alone".to_owned();
            self.notice(tid, Notice::Slow { why });
        }
        self.calls.descriptors().adopt_all(tid, tid);
        if self.commands.are_killed() && !attached {
            ptrace::kill(tid);
        }
        self.calls.tracees.defer(tid, stop);
    }

    /// What can be found out about a process whose creation was not seen. It has not run yet, so
    /// its arguments are still its parent's: they show which command it belongs to, even if the
    /// parent is gone.
    fn unclaimed(&self, tid: pid_t, parent: Option<pid_t>) -> TracedProcess {
        let tracees = &*self.calls.tracees;
        if let Some(parent) = parent.and_then(|parent| tracees.process(parent)) {
            return TracedProcess { table: Rc::default(), ..parent.forked(tid, false) };
        }
        let argv = Rc::new(probe::argv(tid));
        let (command, attached) = match self.strangers.kin(&argv, tracees.processes()) {
            Some(kin) => (kin.command, kin.attached),
            None => (0, self.commands.none_was_started()),
        };
        TracedProcess { attached, argv, exe: probe::exe(tid), ..TracedProcess::new(tid, command) }
    }

    /// Handles a new thread's first stop, or one that the tracer requested. `foreign` is the number
    /// of seccomp filters that the tracer itself runs under.
    pub(super) fn on_trap(&mut self, tid: pid_t, foreign: usize) -> Handled {
        let thread = self.calls.tracees.thread_mut(tid);
        if thread.is_some_and(|thread| std::mem::take(&mut thread.verify)) {
            self.verify(tid, foreign);
        }
        self.calls.on_continued(tid);
        RESUME
    }

    /// Asks the kernel what a new process really inherited.
    fn verify(&mut self, tid: pid_t, foreign: usize) {
        let Some(process) = self.calls.tracees.process_of_mut(tid) else {
            return;
        };
        if process.pid != tid || process.stepped {
            return;
        }
        if let Some(filters) = probe::filters(tid) {
            // The remaining filters are ours, and one of those is the base filter.
            process.coverage.truncate(filters.saturating_sub(foreign + 1));
        }
        process.table.borrow_mut().take_all();
        // The thread is not at the return of a call, so no filter can be injected: if some of its
        // sockets are not covered, stop it at every call.
        let sockets = probe::sockets(tid);
        let uncovered = sockets.iter().any(|socket| !process.coverage.contains(socket.fd));
        if uncovered {
            let why = "forked_meanwhile".to_owned();
            self.calls.filters().step_from_now_on(tid, Some(Notice::Slow { why }));
        }
        self.calls.descriptors().adopt_all(tid, tid);
    }

    /// Handles a process that has executed another program.
    pub(super) fn on_exec(&mut self, tid: pid_t) -> Handled {
        // Any thread may call execve. It takes over the first thread's id, and all others end.
        let mut former = None;
        if let Some(other) = unless_vanished(ptrace::message(tid), tid)?
            && other != tid
        {
            abandon_call(self.calls, self.shortcuts, tid);
            former = self.calls.tracees.remove_thread(other);
        }
        self.calls.tracees.reduce_to_first_thread(tid, former);
        self.calls.leave_rings(tid);
        match self.commands.trouble(tid) {
            Some(Trouble::Fatal(error)) => return Err(error),
            Some(Trouble::NoFilter(error)) => self.on_filter_refused(tid, &error),
            None => {}
        }
        let Some(process) = self.calls.tracees.process_mut(tid) else {
            return RESUME;
        };
        self.calls.lines.forget(tid);
        process.alive = 1;
        process.scratch = None;
        process.landings = Landings::default();
        process.sends = 0;
        process.argv = Rc::new(probe::argv(tid));
        process.exe = probe::exe(tid);
        process.asked_for_parent = false;
        process.looks_up.clear();
        if Rc::strong_count(&process.table) > 1 {
            let own = process.table.borrow().clone();
            process.table = Rc::new(own.into());
        }
        if std::mem::take(&mut process.fresh) {
            self.report_start(tid, None);
            let sockets = self.calls.descriptors().adopt_all(tid, tid);
            if !sockets.is_empty() {
                self.calls.descriptors().recognize_given(tid, &sockets);
                self.notice(tid, Notice::Inherited { sockets });
            }
        } else {
            let closed = process.table.borrow_mut().take_cloexec();
            let ((argv, omitted), exe) = ((*process.argv).clone(), process.exe.clone());
            self.calls.report_closed(tid, closed, clock::now());
            self.report(tid, Life::Exec { argv, argv_omitted: omitted, exe });
        }
        if let Some((program, why)) = privileges::dropped(tid) {
            self.notice(tid, Notice::Unprivileged { program, why: why.to_owned() });
        }
        RESUME
    }

    fn on_filter_refused(&mut self, tid: pid_t, error: &std::io::Error) {
        if let Some(process) = self.calls.tracees.process_mut(tid) {
            process.coverage = Coverage::default();
            process.filtered = false;
        }
        let why = format!("filters_refused: {error}");
        self.calls.filters().step_from_now_on(tid, Some(Notice::Slow { why }));
    }

    fn report_start(&mut self, pid: pid_t, parent: Option<pid_t>) {
        let confined =
            self.calls.tracees.process(pid).and_then(|process| process.confined.as_ref());
        if let Some(confined) = confined {
            confined.note_birth(pid);
        }
        self.report_start_of(pid, parent, false);
    }

    /// Reports the start of a process, or that the recorder has attached to it.
    pub(super) fn report_start_of(&mut self, pid: pid_t, parent: Option<pid_t>, attached: bool) {
        let Some(process) = self.calls.tracees.process(pid) else {
            return;
        };
        let (argv, argv_omitted) = (*process.argv).clone();
        let life = Life::Start {
            command: process.command,
            parent: parent.map(pid_t::cast_unsigned),
            argv,
            argv_omitted,
            exe: process.exe.clone(),
            attached: attached || (process.attached && parent.is_none()),
        };
        self.report(pid, life);
    }

    /// Handles a thread that is about to end: its memory can still be read, and its descriptors are
    /// still open.
    pub(super) fn on_ending(&mut self, tid: pid_t) -> Handled {
        abandon_call(self.calls, self.shortcuts, tid);
        match self.calls.tracees.process_of(tid) {
            Some(process) if process.alive <= 1 => self.calls.leave_rings(tid),
            _ => self.calls.look_at_rings(tid),
        }
        self.count_out(tid);
        RESUME
    }

    /// Counts a thread that ends. With the last one, all descriptors of its process are closed.
    fn count_out(&mut self, tid: pid_t) {
        let tracees = &mut *self.calls.tracees;
        let Some(thread) = tracees.thread_mut(tid) else {
            return;
        };
        if std::mem::replace(&mut thread.ending, true) {
            return;
        }
        let Some(process) = tracees.process_of_mut(tid) else {
            return;
        };
        process.alive = process.alive.saturating_sub(1);
        if process.alive == 0 && Rc::strong_count(&process.table) == 1 {
            let closed = process.table.borrow_mut().take_all();
            self.calls.report_closed(tid, closed, clock::now());
        }
    }

    /// Handles a thread that has ended.
    pub(super) fn on_end(&mut self, tid: pid_t, stop: Stop) -> Result<(), Error> {
        abandon_call(self.calls, self.shortcuts, tid);
        self.count_out(tid);
        let Some(thread) = self.calls.tracees.remove_thread(tid) else {
            return Ok(());
        };
        // `waitpid` reports the first thread after all others of its process.
        if thread.pid != tid {
            self.calls.lines.forget_thread(thread.pid, tid);
            return Ok(());
        }
        if let Some(Trouble::Fatal(error)) = self.commands.trouble(tid) {
            return Err(error);
        }
        let status = match stop {
            Stop::Exited(code) => Exit::Code(code),
            // Signal 0 stands for an end that was not seen.
            Stop::Killed(signal) if signal != 0 => Exit::Signal(Signal(signal)),
            _ => Exit::Unknown,
        };
        self.calls.lines.forget(tid);
        if let Some(process) = self.calls.tracees.remove_process(tid) {
            self.strangers.depart(&process);
            self.report(tid, Life::Exit { status });
        }
        self.commands.mark_ended(tid, status);
        self.adopt_orphans();
        Ok(())
    }

    /// Adopts, now that a process has ended, the strangers whose parent is not a tracee.
    fn adopt_orphans(&mut self) {
        if self.strangers.is_empty() {
            return;
        }
        let tracees = &*self.calls.tracees;
        let orphans = self.strangers.take(|stranger| {
            let parent = status_number(stranger.tid, "PPid");
            parent.is_none_or(|parent| !tracees.knows_process(parent))
        });
        self.adopt_all(orphans);
    }

    pub(super) fn adopt_all(&mut self, strangers: Vec<Stranger>) {
        for stranger in strangers {
            self.adopt(stranger);
        }
    }

    /// Detaches from a stopped thread of an attached process.
    pub(super) fn release(&mut self, tid: pid_t, signal: i32) {
        abandon_call(self.calls, self.shortcuts, tid);
        let _ = ptrace::detach(tid, signal);
        let tracees = &mut *self.calls.tracees;
        let Some(thread) = tracees.remove_thread(tid) else {
            return;
        };
        if tracees.threads_of(thread.pid).next().is_some() {
            self.calls.lines.forget_thread(thread.pid, tid);
            return;
        }
        let process = tracees.remove_process(thread.pid);
        self.calls.lines.forget(thread.pid);
        self.report(thread.pid, Life::Released);
        if let Some(process) = process {
            self.strangers.depart(&process);
        }
    }

    fn report(&mut self, tid: pid_t, life: Life) {
        self.calls.reporter.process(self.calls.tracees.place(tid), life);
    }

    pub(super) fn notice(&mut self, tid: pid_t, notice: Notice) {
        self.calls.reporter.notice(self.calls.tracees.place(tid), notice);
    }
}

/// The flags of the `clone` a thread is in; none for `fork` and `vfork`.
fn clone_flags(tid: pid_t) -> u64 {
    let Ok(registers) = ptrace::registers(tid) else {
        return 0;
    };
    match arch::call(&registers) {
        (libc::SYS_clone, [flags, ..]) => flags,
        (libc::SYS_clone3, [arguments, ..]) => {
            TraceeMemory(tid).array::<8>(arguments).map_or(0, u64::from_ne_bytes)
        }
        _ => 0,
    }
}

/// A numeric field of a thread's status.
fn status_number(tid: pid_t, field: &str) -> Option<pid_t> {
    probe::status(tid)?.number(field)
}
