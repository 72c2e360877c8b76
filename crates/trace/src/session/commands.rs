//! The order of things: when commands start, and when the recording ends.

use std::collections::VecDeque;
use std::time::Duration;

use libc::pid_t;
use socklab_event::{Notice, Process as Life};
use socklab_kernel::clock;

use super::{Done, Session};
use crate::command::{Command, Start};
use crate::control::Request;
use crate::error::Error;
use crate::filter::{self, Descriptors};
use crate::options::Finish;
use crate::ptrace::{self, Stop};
use crate::spawn::{self, Spawned, Trouble};
use crate::state::{Coverage, Process, Running, Thread};
use crate::tracer::{End, Ended, Outcome};
use crate::{attach, probe};

/// How long killed programs may take to be gone.
const BURIAL: Duration = Duration::from_secs(5);

/// What is still to come.
#[derive(Debug)]
pub(super) struct Waiting {
    commands: VecDeque<Command>,
    attach: Vec<u32>,
    /// More commands may come by request.
    open: bool,
    /// Commands on their way to their program.
    spawned: Vec<Spawned>,
    /// The recording is being ended.
    pub(super) ending: bool,
    deadline: Option<u64>,
    linger: Option<u64>,
    burial: Option<u64>,
    /// When to look for the results of calls whose return was not waited for.
    pub(super) collection: Option<u64>,
    /// When to look for threads that nobody has claimed.
    pub(super) strangers: Option<u64>,
}

impl Waiting {
    pub(super) fn new(commands: Vec<Command>, attach: Vec<u32>, open: bool) -> Self {
        Self {
            commands: commands.into(),
            attach,
            open,
            spawned: Vec::new(),
            ending: false,
            deadline: None,
            linger: None,
            burial: None,
            collection: None,
            strangers: None,
        }
    }

    pub(super) fn is_overdue(&self) -> bool {
        self.next_alarm().is_some_and(|at| at <= clock::now())
    }

    fn next_alarm(&self) -> Option<u64> {
        let alarms = [self.deadline, self.linger, self.burial, self.collection, self.strangers];
        alarms.into_iter().flatten().min()
    }
}

impl Session<'_> {
    /// Sets the deadline and attaches to what was asked for.
    pub(super) fn begin(&mut self) -> Done {
        let after = |duration: Duration| clock::now().saturating_add(nanoseconds(duration));
        self.waiting.deadline = self.options.deadline.map(after);
        self.set_alarm();
        self.waiting.commands.iter().try_for_each(spawn::check)?;
        let columns = self.waiting.commands.len();
        for (index, pid) in std::mem::take(&mut self.waiting.attach).into_iter().enumerate() {
            let command = u32::try_from(columns + index).unwrap_or(u32::MAX);
            self.take_hold(pid, command)?;
        }
        Ok(())
    }

    fn take_hold(&mut self, pid: u32, command: u32) -> Done {
        let seized = Some(clock::now());
        let threads = attach::attach(pid)?;
        let pid = pid.cast_signed();
        let mut process = Process::new(pid, command);
        process.alive = u32::try_from(threads.len()).unwrap_or(u32::MAX);
        (process.stepped, process.attached) = (true, true);
        process.argv = probe::argv(pid).into();
        process.exe = probe::exe(pid);
        self.processes.insert(pid, process);
        for tid in threads {
            self.threads.insert(tid, Thread { pid, seized, ..Thread::default() });
        }
        self.tell_start(pid, None);
        let sockets = self.adopt_all(pid, pid);
        self.notice(pid, Notice::Attached { sockets });
        Ok(())
    }

    /// Heeds requests, starts what is due; false when the recording is over.
    pub(super) fn go_on(&mut self) -> Result<bool, Error> {
        for request in self.handle.requests() {
            match request {
                Request::Stop => self.stop(End::Stopped)?,
                Request::NoMore => self.waiting.open = false,
                Request::Start(command) => {
                    if !self.waiting.ending {
                        self.start(*command)?;
                    }
                }
            }
        }
        while self.is_next_due() {
            match self.waiting.commands.pop_front() {
                Some(command) => self.start(command)?,
                None => break,
            }
        }
        let known = !self.threads.is_empty() || !self.deferred.is_empty();
        let busy = known || !self.strangers.is_empty() || ptrace::has_news();
        Ok(busy || (self.waiting.open && !self.waiting.ending))
    }

    fn is_next_due(&self) -> bool {
        let Some(next) = self.waiting.commands.front() else {
            return false;
        };
        if self.waiting.ending || next.start == Start::AtOnce {
            return !self.waiting.ending;
        }
        let Some(before) = self.commands.last() else {
            return true;
        };
        // A daemon's first process ends at once, and what it has started goes on.
        let index = u32::try_from(self.commands.len() - 1).unwrap_or(u32::MAX);
        let lives = || self.processes.values().any(|process| process.command == index);
        before.ready || before.exit.is_some() && !lives()
    }

    fn start(&mut self, mut command: Command) -> Done {
        let inherited = inherited_sockets();
        let filters = match self.options.every_call {
            true => Vec::new(),
            false => self.first_filters(&inherited),
        };
        let spawned = spawn::spawn(&mut command, &filters)?;
        let pid = spawned.pid;
        let index = u32::try_from(self.commands.len()).unwrap_or(u32::MAX);
        let mut process = Process::new(pid, index);
        process.fresh = true;
        process.stepped = self.options.every_call;
        process.coverage = Coverage::of(self.first_ranges(&inherited));
        self.processes.insert(pid, process);
        self.threads.insert(pid, Thread { pid, ..Thread::default() });
        self.waiting.spawned.push(spawned);
        self.commands.push(Running { label: command.label, pid, ..Running::default() });
        Ok(())
    }

    fn first_ranges(&self, inherited: &[i32]) -> Vec<Descriptors> {
        let stdio = self.options.stdio.then_some(0..=2);
        let above = if self.options.stdio { 3 } else { 0 };
        let inherited = inherited.iter().filter(|fd| **fd >= above);
        let inherited = inherited.map(|fd| fd.cast_unsigned()..=fd.cast_unsigned());
        stdio.into_iter().chain(inherited).collect()
    }

    fn first_filters(&self, inherited: &[i32]) -> Vec<Vec<libc::sock_filter>> {
        let ranges = self.first_ranges(inherited);
        let ranges = ranges.iter().enumerate();
        let added = ranges.map(|(index, range)| filter::descriptors(range, index == 0));
        [filter::base()].into_iter().chain(added).collect()
    }

    /// What a fresh process told about its way to its program.
    pub(super) fn trouble(&mut self, pid: pid_t) -> Option<Trouble> {
        let spawned = &mut self.waiting.spawned;
        let index = spawned.iter().position(|spawned| spawned.pid == pid)?;
        spawned.swap_remove(index).trouble()
    }

    /// Somebody of this command can be talked to now.
    pub(super) fn mark_ready(&mut self, command: u32) {
        if let Some(running) = self.commands.get_mut(command as usize) {
            running.ready = true;
        }
    }

    /// A process has ended; if it was a command, that counts.
    pub(super) fn mark_ended(&mut self, pid: pid_t, exit: socklab_event::Exit) -> Done {
        let Some(index) = self.commands.iter().position(|command| command.pid == pid) else {
            return Ok(());
        };
        if self.commands[index].exit.is_some() {
            return Ok(());
        }
        self.commands[index].exit = Some(exit);
        let is_last = index + 1 == self.commands.len()
            && self.waiting.commands.is_empty()
            && !self.waiting.open;
        if let (true, Finish::LastEnded { grace }) = (is_last, self.options.finish) {
            self.waiting.linger = Some(clock::now().saturating_add(nanoseconds(grace)));
            self.set_alarm();
        }
        Ok(())
    }

    pub(super) fn set_alarm(&self) {
        let left = |at: u64| Duration::from_nanos(at.saturating_sub(clock::now()));
        self.handle.alarm(self.waiting.next_alarm().map(left));
    }

    /// The alarm rang, or somebody called: look which it was.
    pub(super) fn on_alarm(&mut self) -> Done {
        let now = clock::now();
        let due = |at: &mut Option<u64>| at.take_if(|at| *at <= now).is_some();
        if due(&mut self.waiting.burial) {
            // Killed, and not gone: stuck in the kernel, where nobody can reach them.
            self.threads.clear();
            self.strangers.clear();
            self.deferred.clear();
        }
        if due(&mut self.waiting.collection) {
            self.collect_all();
        }
        if due(&mut self.waiting.strangers) {
            self.adopt_the_patient()?;
        }
        if due(&mut self.waiting.deadline) {
            self.stop(End::Deadline)?;
        }
        if due(&mut self.waiting.linger) {
            self.stop(End::LastEnded)?;
        }
        self.set_alarm();
        Ok(())
    }

    /// No tracee is left: whatever we thought of as alive is not.
    pub(super) fn on_nobody(&mut self) {
        self.strangers.clear();
        let lost: Vec<pid_t> = self.threads.keys().copied().collect();
        for tid in lost {
            self.deferred.push_back((tid, Stop::Killed(0)));
        }
        if self.threads.is_empty() && self.waiting.open {
            self.handle.wait(Duration::from_millis(100));
            let _ = self.on_alarm();
        }
    }

    /// Begins to end the recording: kills what we started, stops what we attached to, to let go.
    pub(super) fn stop(&mut self, end: End) -> Done {
        if self.waiting.ending {
            return Ok(());
        }
        self.collect_all();
        self.waiting.ending = true;
        self.end = end;
        self.waiting.burial = Some(clock::now().saturating_add(nanoseconds(BURIAL)));
        self.set_alarm();
        let adopted = self.adopt_everybody();
        for process in self.processes.values().filter(|process| !process.attached) {
            kill(process.pid);
        }
        for (tid, thread) in &self.threads {
            if self.processes.get(&thread.pid).is_some_and(|process| process.attached) {
                let _ = ptrace::interrupt(*tid);
            }
        }
        adopted
    }

    /// While the recording ends: lets a stopped thread of an attached process go.
    pub(super) fn release(&mut self, tid: pid_t, signal: i32) -> bool {
        let attached = self.process_of(tid).is_some_and(|process| process.attached);
        if !(self.waiting.ending && attached) {
            return false;
        }
        self.abandon_call(tid);
        let _ = ptrace::detach(tid, signal);
        let Some(thread) = self.threads.remove(&tid) else {
            return true;
        };
        let last = self.threads.values().all(|other| other.pid != thread.pid);
        if last {
            self.emit(
                super::place(thread.pid, thread.pid),
                clock::now(),
                socklab_event::What::Process(Life::Released),
            );
            if let Some(process) = self.processes.remove(&thread.pid) {
                self.depart(&process);
            }
        }
        true
    }

    /// After an error: leaves nobody behind.
    pub(super) fn abandon(&mut self) {
        let _ = self.stop(End::Stopped);
        while !self.threads.is_empty() {
            match self.next_stop() {
                Ok((tid, Stop::Exited(_) | Stop::Killed(_))) => {
                    self.threads.remove(&tid);
                }
                Ok((tid, _)) => {
                    let _ = self.resume(tid, 0);
                }
                Err(error) if error.raw_os_error() == Some(libc::EINTR) => {
                    let _ = self.on_alarm();
                }
                Err(_) => break,
            }
        }
    }

    pub(super) fn outcome(self) -> Outcome {
        let started = self.commands.into_iter().map(|command| Ended {
            label: command.label,
            process: command.pid.cast_unsigned(),
            exit: command.exit,
        });
        let never = self.waiting.commands.into_iter().map(|command| Ended {
            label: command.label,
            process: 0,
            exit: None,
        });
        Outcome { commands: started.chain(never).collect(), end: self.end, cost: self.cost }
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

pub(super) fn kill(pid: pid_t) {
    // SAFETY: no pointers. The process is our tracee, so the number is nobody else's yet.
    unsafe { libc::kill(pid, libc::SIGKILL) };
}

/// Our own sockets that a program started by us will have too.
fn inherited_sockets() -> Vec<i32> {
    let ours = socklab_kernel::process::sockets(std::process::id());
    ours.into_iter().filter(|socket| !socket.close_on_exec).map(|socket| socket.fd).collect()
}
