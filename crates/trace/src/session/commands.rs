//! The commands of a recording: which are to be started, which have ended, and when the recording
//! ends.

use std::collections::VecDeque;
use std::time::Duration;

use libc::pid_t;
use socklab_event::Exit;
use socklab_kernel::clock;

use super::tracees::Tracees;
use crate::command::{Command, Start};
use crate::error::Error;
use crate::spawn::{self, Spawned, Trouble};
use crate::summary::{CommandEnd, EndReason};

/// How long killed programs may take to disappear.
const BURIAL: Duration = Duration::from_secs(5);

/// The commands, and the times at which the recording ends.
#[derive(Debug, Default)]
pub(super) struct Commands {
    queue: VecDeque<Command>,
    started: Vec<StartedCommand>,
    /// More commands may be added while the recording runs.
    open: bool,
    /// Commands that have not executed their program yet.
    spawned: Vec<Spawned>,
    /// Why the recording is being ended, if it is.
    ending: Option<EndReason>,
    deadline: Option<u64>,
    /// The last command has just ended.
    last_ended: bool,
    /// Everything that is left has been killed.
    killed: bool,
    /// When to stop waiting for programs that were killed and are not gone.
    burial: Option<u64>,
}

/// A command that has been started.
#[derive(Debug)]
struct StartedCommand {
    label: String,
    pid: pid_t,
    exit: Option<Exit>,
}

/// What is due to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// The recording ends.
    End(EndReason),
    /// Stop waiting for killed programs that are still not gone: they are stuck in the kernel,
    /// where no signal reaches them.
    GiveUp,
}

impl Commands {
    /// With `open`, more commands may come later.
    pub(super) fn new(queue: Vec<Command>, open: bool) -> Self {
        Self { queue: queue.into(), open, ..Self::default() }
    }

    /// Fails if a program can't be found, before any other has been started.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.queue.iter().try_for_each(spawn::check)
    }

    /// Makes the recording end this long from now.
    pub(super) fn set_deadline(&mut self, after: Duration) {
        self.deadline = Some(from_now(after));
    }

    /// Takes the next command if it may start: at once, or because the previous one is ready or has
    /// ended.
    pub(super) fn next(&mut self, tracees: &Tracees) -> Option<Command> {
        let next = self.queue.front().filter(|_| self.ending.is_none())?;
        if next.start == Start::InOrder
            && let Some(before) = self.started.last()
        {
            let index = u32::try_from(self.started.len() - 1).unwrap_or(u32::MAX);
            // A daemon's first process ends at once, and the processes it has started go on.
            let ended = || before.exit.is_some() && !tracees.has_command(index);
            if !tracees.is_ready(index) && !ended() {
                return None;
            }
        }
        self.queue.pop_front()
    }

    /// The index that the next command to be started will get.
    pub(super) fn next_index(&self) -> u32 {
        u32::try_from(self.started.len()).unwrap_or(u32::MAX)
    }

    /// How many commands wait to be started.
    pub(super) fn queued(&self) -> usize {
        self.queue.len()
    }

    pub(super) fn none_was_started(&self) -> bool {
        self.started.is_empty()
    }

    pub(super) fn add_started(&mut self, label: String, spawned: Spawned) {
        self.started.push(StartedCommand { label, pid: spawned.pid, exit: None });
        self.spawned.push(spawned);
    }

    /// What went wrong in a new process before it executed its program, if anything. Call it once
    /// the process has executed its program or ended.
    pub(super) fn trouble(&mut self, pid: pid_t) -> Option<Trouble> {
        let index = self.spawned.iter().position(|spawned| spawned.pid == pid)?;
        self.spawned.swap_remove(index).trouble()
    }

    /// Records that a process has ended.
    pub(super) fn mark_ended(&mut self, pid: pid_t, exit: Exit) {
        let Some(index) = self.started.iter().position(|command| command.pid == pid) else {
            return;
        };
        if self.started[index].exit.is_some() {
            return;
        }
        self.started[index].exit = Some(exit);
        self.last_ended |= index + 1 == self.started.len() && self.is_last_started();
    }

    /// True if all commands have been started and no more will come.
    pub(super) fn is_last_started(&self) -> bool {
        self.queue.is_empty() && !self.open
    }

    /// True once, when the last command has ended.
    pub(super) fn take_last_ended(&mut self) -> bool {
        std::mem::take(&mut self.last_ended)
    }

    /// The processes of the commands themselves.
    pub(super) fn roots(&self) -> Vec<pid_t> {
        self.started.iter().map(|command| command.pid).collect()
    }

    /// No more commands will be added.
    pub(super) fn close(&mut self) {
        self.open = false;
    }

    /// True if more commands may still come.
    pub(super) fn are_open(&self) -> bool {
        self.open
    }

    /// Begins to end the recording; false if it is ending already.
    pub(super) fn begin_end(&mut self, reason: EndReason) -> bool {
        if self.ending.is_some() {
            return false;
        }
        self.ending = Some(reason);
        true
    }

    /// Everything that is left has been killed, and has some time to disappear.
    pub(super) fn bury(&mut self) {
        self.killed = true;
        self.burial = Some(from_now(BURIAL));
    }

    /// True if every program that is left has been killed, and new ones must be.
    pub(super) fn are_killed(&self) -> bool {
        self.killed
    }

    pub(super) fn are_ending(&self) -> bool {
        self.ending.is_some()
    }

    /// When to call [`Commands::take_due`] next, in nanoseconds of `CLOCK_MONOTONIC`.
    pub(super) fn due(&self) -> Option<u64> {
        [self.deadline, self.burial].into_iter().flatten().min()
    }

    /// What is due at this moment, one thing at a time.
    pub(super) fn take_due(&mut self, now: u64) -> Option<Due> {
        let is_due = |at: &mut Option<u64>| at.take_if(|at| *at <= now).is_some();
        if is_due(&mut self.burial) {
            return Some(Due::GiveUp);
        }
        is_due(&mut self.deadline).then_some(Due::End(EndReason::Deadline))
    }

    /// How the commands ended, and why the recording did.
    pub(super) fn into_ends(self) -> (Vec<CommandEnd>, EndReason) {
        let started = self.started.into_iter().map(|command| CommandEnd {
            label: command.label,
            process: command.pid.cast_unsigned(),
            exit: command.exit,
        });
        let never = self.queue.into_iter().map(|command| CommandEnd {
            label: command.label,
            process: 0,
            exit: None,
        });
        (started.chain(never).collect(), self.ending.unwrap_or(EndReason::AllEnded))
    }
}

fn from_now(after: Duration) -> u64 {
    let after = u64::try_from(after.as_nanos()).unwrap_or(u64::MAX);
    clock::now().saturating_add(after)
}

#[cfg(test)]
mod tests {
    use super::super::process::TracedProcess;
    use super::*;

    fn commands(labels: [&str; 2]) -> Commands {
        Commands::new(labels.map(|label| Command::new([label])).into(), false)
    }

    fn start(commands: &mut Commands, command: &Command, pid: pid_t) {
        let label = command.name().to_owned();
        commands.started.push(StartedCommand { label, pid, exit: None });
    }

    #[test]
    fn a_command_starts_when_the_one_before_is_ready() {
        let mut commands = commands(["server", "client"]);
        let mut tracees = Tracees::default();
        let server = commands.next(&tracees).expect("the first starts at once");
        start(&mut commands, &server, 10);
        assert!(commands.next(&tracees).is_none());
        tracees.mark_ready(0);
        assert_eq!(commands.next(&tracees).expect("its turn").name(), "client");
        assert_eq!(commands.queued(), 0);
    }

    #[test]
    fn a_command_starts_when_the_one_before_and_its_children_have_ended() {
        let mut commands = commands(["daemon", "client"]);
        let mut tracees = Tracees::default();
        let daemon = commands.next(&tracees).expect("the first starts at once");
        start(&mut commands, &daemon, 10);
        tracees.add_process(TracedProcess::new(11, 0));
        commands.mark_ended(10, Exit::Code(0));
        assert!(commands.next(&tracees).is_none());
        tracees.remove_process(11);
        assert!(commands.next(&tracees).is_some());
    }

    #[test]
    fn nothing_starts_while_the_recording_ends() {
        let mut commands = commands(["server", "client"]);
        assert!(commands.begin_end(EndReason::Stopped));
        assert!(!commands.begin_end(EndReason::Deadline));
        assert!(commands.next(&Tracees::default()).is_none());
        let (ends, reason) = commands.into_ends();
        assert_eq!(reason, EndReason::Stopped);
        assert_eq!(ends.iter().map(|end| end.process).collect::<Vec<_>>(), [0, 0]);
    }

    #[test]
    fn the_end_of_the_last_command_is_told_once() {
        let mut commands = commands(["server", "client"]);
        for pid in [10, 11] {
            let command = commands.queue.pop_front().expect("a command");
            start(&mut commands, &command, pid);
        }
        commands.mark_ended(10, Exit::Code(0));
        assert!(!commands.take_last_ended());
        commands.mark_ended(11, Exit::Code(0));
        assert!(commands.take_last_ended() && !commands.take_last_ended());
        assert_eq!(commands.roots(), [10, 11]);
    }

    #[test]
    fn what_is_not_due_waits() {
        let mut commands = commands(["server", "client"]);
        commands.set_deadline(Duration::from_secs(1000));
        assert_eq!(commands.take_due(0), None);
        let due = commands.due().expect("a deadline");
        assert_eq!(commands.take_due(due), Some(Due::End(EndReason::Deadline)));
        assert_eq!(commands.due(), None);
    }
}
