//! A sandbox: what a program sees, may do and may use that was written by somebody else.
//!
//! A cell keeps other processes out of a program's reach. A sandbox, which is a cell with more
//! options, also takes the machine's files away: the program sees the system's own folders and what
//! it was shown, can change only what it was given for that, and has limits. Four walls stand behind
//! each other: a mount namespace in which nothing else exists and which is read-only ([`Screen`]),
//! landlock, a filter of system calls, and `setrlimit(2)`. What no wall counts (the memory and the
//! processes of a whole tree) somebody outside has to watch: [`supervise`](crate::supervise).

mod calls;
mod landlock;
mod limits;
mod plan;
pub(crate) mod raw;
mod restrictions;
mod screen;
mod users;

use std::path::PathBuf;

pub use limits::Limits;
pub(crate) use limits::Planned;
pub(crate) use restrictions::Restrictions;
pub(crate) use screen::Screen;

/// What a program in a sandbox sees and may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sandbox {
    /// Files and folders that it sees besides the system's own.
    pub shown: Vec<PathBuf>,
    /// Folders that it sees and can change.
    pub writable: Vec<PathBuf>,
    /// Folders that it sees and seems to change: what it writes there is kept in memory, over the
    /// folder, and goes with the cell. Where the kernel has no such layers (`overlayfs` in a user
    /// namespace, Linux 5.11), they are read-only.
    pub layered: Vec<PathBuf>,
    /// Files and folders that are empty although they are in a folder that is shown. One that
    /// something shown is in is not hidden.
    pub hidden: Vec<PathBuf>,
    /// Folders that exist, even if nothing in them is shown.
    pub present: Vec<PathBuf>,
    /// How much it may use.
    pub limits: Limits,
    /// Calls that are refused raise SIGSYS, which a tracer turns into their error. Who is not traced
    /// is ended by it.
    pub told: bool,
}

impl Sandbox {
    /// A sandbox that shows nothing but the system.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }
}
