//! What came of a recording.

use socklab_event::Exit;

/// How a recording ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The commands in the order they were given, then those started later by
    /// [`Handle::start`](crate::Handle::start).
    pub commands: Vec<CommandEnd>,
    /// Why it ended.
    pub end: EndReason,
    /// What it took.
    pub cost: Cost,
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandEnd {
    /// Its label.
    pub label: String,
    /// Its process; 0 if it was never started.
    pub process: u32,
    /// Its exit status; `None` if it was never started, or let go while running.
    pub exit: Option<Exit>,
}

/// Why a recording ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// All programs had ended.
    AllEnded,
    /// The last command had ended, and the others were killed (see [`crate::Finish`]).
    LastEnded,
    /// [`Handle::stop`](crate::Handle::stop) was called.
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

impl Summary {
    /// The exit status of the last command, as a shell reports it: what a tracer of it should exit
    /// with itself. With a server and its client, the client's.
    pub fn shell_code(&self) -> i32 {
        self.commands.last().and_then(|command| command.exit).map_or(0, Exit::shell_code)
    }
}
