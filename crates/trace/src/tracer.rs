//! The tracer: what to record, and recording it.

use std::fmt;

use socklab_event::{Column, Event, Header};
use socklab_kernel::clock;

use crate::awaiting::{Awaiting, OnAwaiting, OnStandstill, Standstill, WireHolds};
use crate::command::Command;
use crate::control::Handle;
use crate::entered::{Entered, OnEnter};
use crate::error::Error;
use crate::options::Options;
use crate::summary::Summary;

/// Returns the events that have come from elsewhere since the last time.
pub(crate) type Elsewhere = Box<dyn FnMut() -> Vec<Event>>;

/// A recording to be made.
pub struct Tracer {
    pub(crate) options: Options,
    pub(crate) commands: Vec<Command>,
    pub(crate) attach: Vec<u32>,
    pub(crate) keep_open: bool,
    pub(crate) handle: Handle,
    pub(crate) on_enter: Option<OnEnter>,
    pub(crate) on_awaiting: Option<OnAwaiting>,
    pub(crate) wire_holds: Option<WireHolds>,
    pub(crate) on_standstill: Option<OnStandstill>,
    pub(crate) elsewhere: Option<Elsewhere>,
}

impl Tracer {
    /// A recording that has nothing to record yet.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            commands: Vec::new(),
            attach: Vec::new(),
            keep_open: false,
            handle: Handle::default(),
            on_enter: None,
            on_awaiting: None,
            wire_holds: None,
            on_standstill: None,
            elsewhere: None,
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
    /// A seccomp filter can't be removed from a process, so an attached process is stopped at every
    /// system call instead, and is released unchanged at the end.
    #[must_use]
    pub fn attach(mut self, process: u32) -> Self {
        self.attach.push(process);
        self
    }

    /// Keeps the recording going while no program runs, until [`Handle::no_more`] or
    /// [`Handle::stop`] is called: more programs will be started by [`Handle::start`].
    #[must_use]
    pub fn keep_open(mut self) -> Self {
        self.keep_open = true;
        self
    }

    /// Sets a callback for every call on a socket that a thread enters, before the call runs.
    #[must_use]
    pub fn on_enter(mut self, notice: impl FnMut(&Entered<'_>) + 'static) -> Self {
        self.on_enter = Some(Box::new(notice));
        self
    }

    /// Sets a callback for long waits at the end of the recording: it is called after a second, on
    /// this thread.
    #[must_use]
    pub fn on_awaiting(mut self, notice: impl FnMut(&Awaiting) + 'static) -> Self {
        self.on_awaiting = Some(Box::new(notice));
        self
    }

    /// Sets a callback for programs that all wait for somebody who will not come: it is called once, after
    /// two seconds of that, on this thread, if programs are ended gently.
    #[must_use]
    pub fn on_standstill(mut self, notice: impl FnMut(&Standstill) + 'static) -> Self {
        self.on_standstill = Some(Box::new(notice));
        self
    }

    /// Says that there is a wire between the programs, which may hold what they send to each other:
    /// `holds` returns when the next frame leaves it, in nanoseconds of `CLOCK_MONOTONIC`, and `None` if
    /// it holds none. At the end, what it holds is waited for like work. It is called on this thread.
    #[must_use]
    pub fn wire(mut self, holds: impl FnMut() -> Option<u64> + 'static) -> Self {
        self.wire_holds = Some(Box::new(holds));
        self
    }

    /// Says that there are events from elsewhere, such as the frames of a wire: `events` returns those that have
    /// come since the last time. It is called on this thread, a few times a second, also while all programs
    /// wait, and what it returns goes to the sink.
    #[must_use]
    pub fn elsewhere(mut self, events: impl FnMut() -> Vec<Event> + 'static) -> Self {
        self.elsewhere = Some(Box::new(events));
        self
    }

    /// A handle with which to control the recording while [`Tracer::run`] runs.
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
            boot: clock::boot(),
            wire: false,
            columns,
        }
    }

    /// Makes the recording: runs everything and hands every event to `sink`, on this thread, while
    /// the thread that caused the event is stopped.
    ///
    /// # Errors
    ///
    /// - [`Error::Nothing`]: there is nothing to record.
    /// - [`Error::Architecture`]: the tracer doesn't know this machine's processor.
    /// - [`Error::NotFound`], [`Error::Exec`], [`Error::Prepare`], [`Error::ZeroByte`]: a program
    ///   can't be run.
    /// - [`Error::Attach`]: a process can't be attached to.
    /// - [`Error::Refused`]: ptrace is not allowed here.
    /// - [`Error::Call`]: a system call of the tracer failed.
    ///
    /// Programs that were started before the error are killed, and attached processes are released.
    pub fn run(self, mut sink: impl FnMut(Event)) -> Result<Summary, Error> {
        if self.commands.is_empty() && self.attach.is_empty() && !self.keep_open {
            return Err(Error::Nothing);
        }
        self.record(&mut sink)
    }

    #[cfg(has_arch)]
    fn record(self, sink: &mut dyn FnMut(Event)) -> Result<Summary, Error> {
        let handle = self.handle.clone();
        handle.begin()?;
        let plan = crate::session::Plan {
            options: self.options,
            commands: self.commands,
            attach: self.attach,
            keep_open: self.keep_open,
            handle: self.handle,
            on_enter: self.on_enter,
            on_awaiting: self.on_awaiting,
            wire_holds: self.wire_holds,
            on_standstill: self.on_standstill,
            elsewhere: self.elsewhere,
        };
        let summary = crate::session::Session::record(plan, sink);
        handle.end();
        summary
    }

    #[cfg(not(has_arch))]
    fn record(self, _: &mut dyn FnMut(Event)) -> Result<Summary, Error> {
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

/// The kernel's release and the machine, `uname(2)`.
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
