//! The public face: what to record, and what came of it.

use std::fmt;

use socklab_event::{Column, Event, Exit, Header, Name, Place, SocketId};
use socklab_kernel::clock;

use crate::command::Command;
use crate::control::Handle;
use crate::error::Error;
use crate::options::Options;

/// A recording to be made.
pub struct Tracer {
    pub(crate) options: Options,
    pub(crate) commands: Vec<Command>,
    pub(crate) attach: Vec<u32>,
    pub(crate) keep_open: bool,
    pub(crate) handle: Handle,
    pub(crate) on_enter: Option<OnEnter>,
}

pub(crate) type OnEnter = Box<dyn FnMut(&Entered<'_>)>;

/// A thread has entered a call and may now wait in it; its event comes when the call returns.
#[derive(Debug)]
pub struct Entered<'a> {
    /// Who.
    pub place: &'a Place,
    /// The command it belongs to.
    pub command: u32,
    /// The call.
    pub name: Name,
    /// Its descriptor, where it has one.
    pub fd: Option<i32>,
    /// The socket it is made on.
    pub socket: Option<&'a SocketId>,
    /// When, nanoseconds of `CLOCK_MONOTONIC`.
    pub began: u64,
}

/// How a recording ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The commands, in the order they were given, those started later by [`Handle::start`] last.
    pub commands: Vec<Ended>,
    /// Why it ended.
    pub end: End,
    /// What it took.
    pub cost: Cost,
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its label.
    pub label: String,
    /// Its process; 0 if it was never started.
    pub process: u32,
    /// Its exit status; `None` if it was never started, or let go while running.
    pub exit: Option<Exit>,
}

/// Why a recording ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All programs had ended.
    AllEnded,
    /// The last command had ended, and the others were killed (see [`crate::Finish`]).
    LastEnded,
    /// [`Handle::stop`] was called.
    Stopped,
    /// The deadline passed.
    Deadline,
}

/// What a recording took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Events told.
    pub events: u64,
    /// Times a tracee was stopped.
    pub stops: u64,
    /// Stops at calls that turned out not to concern a socket.
    pub vain_stops: u64,
    /// Filters put into running programs.
    pub filters: u64,
}

impl Tracer {
    /// A recording of nothing yet.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            commands: Vec::new(),
            attach: Vec::new(),
            keep_open: false,
            handle: Handle::default(),
            on_enter: None,
        }
    }

    /// Adds a program to run: the next column.
    #[must_use]
    pub fn command(mut self, command: Command) -> Self {
        self.commands.push(command);
        self
    }

    /// Adds a running process, all its threads, and the children it will have. Columns of attached
    /// processes come after those of commands.
    ///
    /// Filters cannot be taken out of a process again, so an attached one is stopped at every
    /// system call it makes, and let go unchanged at the end.
    #[must_use]
    pub fn attach(mut self, process: u32) -> Self {
        self.attach.push(process);
        self
    }

    /// The recording goes on without programs until [`Handle::no_more`] or [`Handle::stop`]: more
    /// will be started by [`Handle::start`].
    #[must_use]
    pub fn keep_open(mut self) -> Self {
        self.keep_open = true;
        self
    }

    /// Calls `notice` whenever a thread enters a call on a socket, before the call runs.
    #[must_use]
    pub fn on_enter(mut self, notice: impl FnMut(&Entered<'_>) + 'static) -> Self {
        self.on_enter = Some(Box::new(notice));
        self
    }

    /// Steers the recording while [`Tracer::run`] runs.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// The header of the timeline this recording makes.
    pub fn header(&self) -> Header {
        let mut columns: Vec<Column> = self.commands.iter().map(Command::column).collect();
        for pid in &self.attach {
            let (argv, _) = socklab_kernel::process::arguments(*pid);
            columns.push(Column { label: format!("pid {pid}"), argv });
        }
        let (kernel, machine) = uname();
        Header {
            made_by: concat!("socklab ", env!("CARGO_PKG_VERSION")).to_owned(),
            kernel,
            machine,
            epoch: clock::epoch(),
            wire: false,
            columns,
        }
    }

    /// Makes the recording: runs everything and gives every event to `sink`, on this thread,
    /// while the thread that caused the event is stopped.
    ///
    /// Errors: a program that cannot be run, a process that cannot be attached to, ptrace refused.
    /// Whatever had been started by then is killed.
    pub fn run(self, mut sink: impl FnMut(Event)) -> Result<Outcome, Error> {
        if self.commands.is_empty() && self.attach.is_empty() && !self.keep_open {
            return Err(Error::Nothing);
        }
        self.record(&mut sink)
    }

    #[cfg(has_arch)]
    fn record(self, sink: &mut dyn FnMut(Event)) -> Result<Outcome, Error> {
        let handle = self.handle.clone();
        handle.begin()?;
        let outcome = crate::session::Session::new(self, sink).run();
        handle.end();
        outcome
    }

    #[cfg(not(has_arch))]
    fn record(self, _: &mut dyn FnMut(Event)) -> Result<Outcome, Error> {
        Err(Error::Architecture { machine: self.header().machine })
    }
}

impl fmt::Debug for Tracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracer")
            .field("options", &self.options)
            .field("commands", &self.commands)
            .field("attach", &self.attach)
            .finish_non_exhaustive()
    }
}

impl Outcome {
    /// The exit status of the last command, as a shell reports it: what a tracer of it should exit
    /// with itself. With a server and its client, the client's.
    pub fn shell_code(&self) -> i32 {
        self.commands.last().and_then(|command| command.exit).map_or(0, Exit::shell_code)
    }
}

/// Release and machine, `uname(2)`.
fn uname() -> (String, String) {
    let names = rustix::system::uname();
    let text = |name: &std::ffi::CStr| name.to_string_lossy().into_owned();
    (text(names.release()), text(names.machine()))
}

#[cfg(all(test, not(has_arch)))]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_recorded_on_an_unknown_processor_and_the_error_says_so() {
        let tracer = Tracer::new(Options::default()).command(Command::new(["true"]));
        let machine = tracer.header().machine;
        let error = tracer.run(|event| panic!("an event: {event:?}")).unwrap_err();
        assert!(matches!(error, Error::Architecture { machine: named } if named == machine));
    }
}
