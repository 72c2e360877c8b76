//! What a cell is like.

use std::path::PathBuf;

use crate::sandbox::{Limits, Sandbox};

/// What a cell is like. The default is a cell inside a private loopback.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CellOptions {
    /// A user namespace of its own, with the caller's user id mapped to itself: for callers that
    /// are not in a private loopback and may have no privileges.
    pub own_user: bool,
    /// A network namespace of its own without any network, not even a loopback that is up.
    pub own_network: bool,
    /// Files and folders that can't be changed inside, except for those in `writable`. What is
    /// mounted below a folder is not affected.
    pub read_only: Vec<PathBuf>,
    /// Folders inside those of `read_only` that can be changed.
    pub writable: Vec<PathBuf>,
    /// How much each process may use where there is no sandbox, which has limits of its own.
    pub limits: Option<Limits>,
    /// Hides the machine's files, and limits what may be done and used.
    pub sandbox: Option<Sandbox>,
}
