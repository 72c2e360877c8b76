//! One recording while it is made: the loop, and what is done at each kind of stop.

mod commands;
mod cover;
mod effects;
mod enter;
mod leave;
mod life;
mod seized;
mod shortcut;
mod signals;
mod sockets;
mod strangers;

use std::collections::{HashMap, HashSet, VecDeque};
use std::io;

use libc::pid_t;
use socklab_event::{Event, Notice, Place, Process as Life, What};
use socklab_kernel::clock;

use crate::control::Handle;
use crate::error::Error;
use crate::options::Options;
use crate::probe;
use crate::ptrace::{self, CallInfo, Go, Stop};
use crate::state::{Process, Running, Thread};
use crate::tracer::{Cost, End, OnEnter, Outcome, Tracer};

pub(crate) struct Session<'s> {
    options: Options,
    handle: Handle,
    sink: &'s mut dyn FnMut(Event),
    on_enter: Option<OnEnter>,
    threads: HashMap<pid_t, Thread>,
    processes: HashMap<pid_t, Process>,
    /// Threads that stopped before the event that tells whose children they are.
    strangers: Vec<strangers::Stranger>,
    /// Those adopted whose parents' news has not come, and may never come.
    adopted: HashSet<pid_t>,
    /// The processes that ended last.
    departed: VecDeque<strangers::Kin>,
    /// Stops already waited for, to be treated next.
    deferred: VecDeque<(pid_t, Stop)>,
    commands: Vec<Running>,
    sockets: cover::ByInode,
    /// How many of them there were at the last sweep.
    sockets_alive: usize,
    waiting: commands::Waiting,
    /// Threads whose last call was let go by without waiting for its return.
    shortcuts: Vec<pid_t>,
    /// Seccomp filters that the tracer itself runs under (a container has one), and with it all it
    /// starts.
    foreign_filters: usize,
    end: End,
    cost: Cost,
}

/// What a stop's treatment comes to. A thread that has vanished meanwhile is no error.
type Done = Result<(), Error>;

impl<'s> Session<'s> {
    pub(crate) fn new(tracer: Tracer, sink: &'s mut dyn FnMut(Event)) -> Self {
        Self {
            options: tracer.options,
            handle: tracer.handle,
            sink,
            on_enter: tracer.on_enter,
            threads: HashMap::new(),
            processes: HashMap::new(),
            strangers: Vec::new(),
            adopted: HashSet::new(),
            departed: VecDeque::new(),
            deferred: VecDeque::new(),
            commands: Vec::new(),
            sockets: HashMap::new(),
            sockets_alive: 0,
            waiting: commands::Waiting::new(tracer.commands, tracer.attach, tracer.keep_open),
            shortcuts: Vec::new(),
            foreign_filters: probe::own_filters(),
            end: End::AllEnded,
            cost: Cost::default(),
        }
    }

    /// The whole recording.
    pub(crate) fn run(mut self) -> Result<Outcome, Error> {
        let done = self.begin().and_then(|()| self.follow());
        if done.is_err() {
            self.abandon();
        }
        done?;
        Ok(self.outcome())
    }

    fn follow(&mut self) -> Done {
        while self.go_on()? {
            // Interrupted waiting tells of an alarm, but there may be no waiting at all.
            if self.cost.stops.is_multiple_of(64) && self.waiting.is_overdue() {
                self.on_alarm()?;
            }
            match self.next_stop() {
                Ok((tid, stop)) => self.on_stop(tid, stop)?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => self.on_alarm()?,
                Err(error) if error.raw_os_error() == Some(libc::ECHILD) => self.on_nobody(),
                Err(error) => return Err(Error::call("waitpid", "the tracees", error)),
            }
        }
        Ok(())
    }

    fn next_stop(&mut self) -> io::Result<(pid_t, Stop)> {
        match self.deferred.pop_front() {
            Some(stop) => Ok(stop),
            None => ptrace::wait_any(),
        }
    }

    fn on_stop(&mut self, tid: pid_t, stop: Stop) -> Done {
        self.cost.stops += 1;
        if !self.threads.contains_key(&tid) {
            return self.on_stranger(tid, stop);
        }
        self.on_known_stop(tid, stop)
    }

    fn on_known_stop(&mut self, tid: pid_t, stop: Stop) -> Done {
        self.collect(tid);
        let seized = self.threads.get_mut(&tid).and_then(|thread| thread.seized.take());
        if let (Some(seized), Stop::Trap | Stop::Group(_) | Stop::Signal(_)) = (seized, &stop) {
            self.tell_call_seized_in(tid, seized)?;
        }
        match stop {
            Stop::Filter => self.on_filter(tid),
            Stop::Call => self.on_call(tid),
            Stop::Signal(signal) => self.on_signal(tid, signal),
            Stop::Group(signal) => self.on_group_stop(tid, signal),
            Stop::Trap => self.on_trap(tid),
            Stop::Child => self.on_child(tid),
            Stop::Exec => self.on_exec(tid),
            Stop::Exit => self.on_ending(tid),
            Stop::Exited(_) | Stop::Killed(_) => self.on_end(tid, stop),
        }
    }

    /// A seccomp filter has stopped a thread at the entry of a call.
    fn on_filter(&mut self, tid: pid_t) -> Done {
        match vanished(ptrace::call_info(tid), tid)? {
            // Stepped threads have been told of the entry already, by the stop before this one.
            Some(CallInfo::Entry(entry)) if !self.is_entered(tid) => self.on_entry(tid, &entry),
            Some(_) => self.resume(tid, 0),
            None => Ok(()),
        }
    }

    /// A thread has entered or left a call.
    fn on_call(&mut self, tid: pid_t) -> Done {
        match vanished(ptrace::call_info(tid), tid)? {
            Some(CallInfo::Entry(entry)) => self.on_entry(tid, &entry),
            Some(CallInfo::Return(result)) => self.on_return(tid, result),
            Some(CallInfo::None) => self.resume(tid, 0),
            None => Ok(()),
        }
    }

    fn is_entered(&self, tid: pid_t) -> bool {
        self.threads.get(&tid).is_some_and(|thread| thread.call.is_some())
    }

    /// Lets a thread go on, to the end of its call if it is in one of interest; or lets it go
    /// altogether, if it is not ours and the recording is ending.
    fn resume(&mut self, tid: pid_t, signal: i32) -> Done {
        let Some(thread) = self.threads.get(&tid) else { return self.go(tid, Go::On, signal) };
        let process = self.processes.get(&thread.pid);
        let stepped = process.is_some_and(|process| process.stepped);
        let how = if stepped || thread.call.is_some() { Go::ToCall } else { Go::On };
        if self.release(tid, signal) {
            return Ok(());
        }
        self.go(tid, how, signal)
    }

    fn go(&self, tid: pid_t, how: Go, signal: i32) -> Done {
        ptrace::go(tid, how, signal).map_err(|error| Error::call("ptrace", tid, error))
    }

    fn process_of(&mut self, tid: pid_t) -> Option<&mut Process> {
        let pid = self.threads.get(&tid)?.pid;
        self.processes.get_mut(&pid)
    }

    fn place(&self, tid: pid_t) -> Place {
        let pid = self.threads.get(&tid).map_or(tid, |thread| thread.pid);
        place(pid, tid)
    }

    fn emit(&mut self, place: Place, at: u64, what: What) {
        let seq = self.cost.events;
        self.cost.events += 1;
        (self.sink)(Event { seq, at, place, what });
    }

    fn tell(&mut self, tid: pid_t, life: Life) {
        self.emit(self.place(tid), clock::now(), What::Process(life));
    }

    fn notice(&mut self, tid: pid_t, notice: Notice) {
        self.emit(self.place(tid), clock::now(), What::Notice(notice));
    }
}

fn place(pid: pid_t, tid: pid_t) -> Place {
    Place { host: None, process: pid.cast_unsigned(), thread: tid.cast_unsigned() }
}

/// `None` if the thread was killed while it was stopped: the next wait tells about it.
fn vanished<T>(result: io::Result<T>, tid: pid_t) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(None),
        Err(error) => Err(Error::call("ptrace", tid, error)),
    }
}
