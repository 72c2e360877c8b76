//! Everything that has been started under the tracer: programs and peers, in the order of start.

use std::cell::{Cell, OnceCell};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use socklab_event::Column;
use socklab_judge::CallWord;
use socklab_kernel::Deadline;
use socklab_trace::{Calls, Command, Handle, Hold, HoldUntil};

use super::doors::Reach;
use super::failure::Failure;
use super::names;
use super::watch::{Seen, Watch};
use crate::format::HoldAt;

/// The commands started so far. A command's number is its number in the trace.
pub(super) struct Started {
    pub(super) watch: Arc<Watch>,
    tracer: Handle,
    names: Vec<String>,
    columns: Vec<Column>,
    /// The commands that run the student's program.
    submissions: BTreeSet<usize>,
    /// The port at which the student's program was found first.
    pub(super) first_port: Cell<Option<u16>>,
    /// The port that it chose itself, if it is not the one that it was told.
    pub(super) own_port: Cell<Option<u16>>,
    /// When the whole scenario must be over.
    pub(super) deadline: Deadline,
    /// Threads are held, or may be.
    holding: Cell<bool>,
    /// `{host}`, where clients look for a program.
    host: IpAddr,
    /// The addresses of the machine's names, once somebody has asked.
    addresses: OnceCell<Vec<IpAddr>>,
}

impl Started {
    pub(super) fn new(watch: Arc<Watch>, tracer: Handle, deadline: Deadline, host: IpAddr) -> Self {
        Self {
            watch,
            tracer,
            names: Vec::new(),
            columns: Vec::new(),
            submissions: BTreeSet::new(),
            first_port: Cell::new(None),
            own_port: Cell::new(None),
            deadline,
            holding: Cell::new(false),
            host,
            addresses: OnceCell::new(),
        }
    }

    /// Reserves the next number for a command, which [`Started::start`] starts. In the timeline it
    /// has a column with these arguments.
    pub(super) fn announce(&mut self, name: &str, argv: Vec<String>) -> usize {
        self.names.push(name.to_owned());
        self.columns.push(Column { label: name.to_owned(), argv });
        self.names.len() - 1
    }

    /// Starts the command announced last, and waits until it has a process.
    pub(super) fn start(&self, command: Command) -> Result<(), Failure> {
        self.tracer.start(command);
        let number = self.names.len() - 1;
        let pid = |seen: &mut Seen| seen.commands.get(number).and_then(|command| command.pid);
        match self.watch.wait(self.deadline, false, pid) {
            Some(_) => Ok(()),
            None => Err(Failure::not_running(&self.names[number])),
        }
    }

    /// Frees a name for another command. A command that was started under the name before keeps its
    /// column, but is no longer found by the name.
    pub(super) fn rename(&mut self, name: &str) {
        for known in &mut self.names {
            if known == name {
                known.push_str(" (before)");
            }
        }
    }

    /// The command announced last runs the student's program.
    pub(super) fn mark_submission(&mut self) {
        self.submissions.extend(self.names.len().checked_sub(1));
    }

    /// True if this command runs the student's program.
    pub(super) fn is_submission(&self, number: usize) -> bool {
        self.submissions.contains(&number)
    }

    /// The number of the command with this name.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.names.iter().rposition(|known| known == name)
    }

    /// The number of the command with this name, which must have been started.
    pub(super) fn known(&self, name: &str) -> Result<usize, Failure> {
        self.number(name).ok_or_else(|| Failure::not_running(name))
    }

    /// How a command that was told the port `asked` can be reached.
    pub(super) fn reach(&self, seen: &Seen, command: usize, asked: u16, datagrams: bool) -> Reach {
        // Where names are the machine's, clients may know a program by one of them.
        let named = |ip: IpAddr| {
            seen.machines_names && self.addresses.get_or_init(names::of_machine).contains(&ip)
        };
        let meets = |ip: IpAddr| ip == self.host || named(ip);
        seen.commands[command].doors.reach(asked, datagrams, meets)
    }

    /// Holds threads of an actor from now on; with `yields`, they only let all others go first.
    pub(super) fn hold(&self, actor: &str, at: HoldAt, yields: bool) -> Result<(), Failure> {
        let calls = |word: CallWord| Calls::named(move |name| word.may_be(name));
        let at = match at {
            HoldAt::Birth => socklab_trace::HoldAt::Birth,
            HoldAt::Before(word) => socklab_trace::HoldAt::Before(calls(word)),
            HoldAt::After(word) => socklab_trace::HoldAt::After(calls(word)),
            HoldAt::EveryCall => socklab_trace::HoldAt::EveryCall,
        };
        let until = if yields { HoldUntil::OthersWait } else { HoldUntil::Released };
        self.tracer.hold(Hold { command: self.index(actor)?, at, until });
        self.holding.set(true);
        Ok(())
    }

    /// Has the threads of an actor that are held let go; returns how to ask whether that is done.
    pub(super) fn release(&self, actor: &str) -> Result<impl Fn() -> bool, Failure> {
        let (tracer, command) = (self.tracer.clone(), self.index(actor)?);
        tracer.release(command);
        Ok(move || !tracer.is_releasing(command))
    }

    /// Ends all holds; false if there was none.
    pub(super) fn let_all_go(&self) -> bool {
        let held = self.holding.take();
        if held {
            self.tracer.let_all_go();
        }
        held
    }

    /// A command's number, as the tracer writes it.
    fn index(&self, actor: &str) -> Result<u32, Failure> {
        let number = self.known(actor)?;
        u32::try_from(number).map_err(|_| Failure::not_running(actor))
    }

    /// The commands' columns in the timeline.
    pub(super) fn into_columns(self) -> Vec<Column> {
        self.columns
    }
}
