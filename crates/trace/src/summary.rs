//! The summary of a recording.

use socklab_event::Exit;

/// How a recording ended, and what it took.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// The commands, in the order they were given. Those started later by
    /// [`Handle::start`](crate::Handle::start) come last.
    pub commands: Vec<CommandEnd>,
    /// Why the recording ended.
    pub end: EndReason,
    /// The cost of the recording.
    pub cost: Cost,
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommandEnd {
    /// Its label.
    pub label: String,
    /// Its process id; 0 if it was never started.
    pub process: u32,
    /// Its exit status; `None` if it was never started, or was still running when it was released.
    pub exit: Option<Exit>,
}

/// Why a recording ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndReason {
    /// All programs had ended.
    AllEnded,
    /// The last command had ended, and the others were ended (see [`crate::Finish`]).
    LastEnded,
    /// [`Handle::stop`](crate::Handle::stop) was called.
    Stopped,
    /// The deadline passed.
    Deadline,
}

/// The cost of a recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cost {
    /// How many events were recorded.
    pub events: u64,
    /// How often a tracee was stopped.
    pub stops: u64,
    /// How many stops were at calls that turned out not to concern a socket.
    pub vain_stops: u64,
    /// How many filters were added to running programs.
    pub filters: u64,
}

impl Summary {
    /// The exit status of the last command, as a shell reports it (128 plus the signal's number,
    /// for a command killed by a signal). The program that traces the commands should exit with it:
    /// of a server and its client, the client's status counts. 0 if the last command has no exit
    /// status.
    pub fn shell_code(&self) -> i32 {
        self.commands.last().and_then(|command| command.exit).map_or(0, Exit::shell_code)
    }
}
