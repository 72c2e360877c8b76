//! What keeps a program from others where it can't have a cell: landlock's scopes, `landlock(7)`.

use std::io;

use rustix::io::Errno;
use socklab_kernel::Entrance;

use crate::sandbox::{Limits, Planned, raw};

/// `LANDLOCK_SCOPE_SIGNAL`, since the sixth version (Linux 6.12).
const SIGNALS: u64 = 1 << 1;
/// `LANDLOCK_ACCESS_FS_MAKE_BLOCK`, which no unprivileged program can use anyway: before the sixth
/// version, a set of rules has to refuse something.
const MAKE_BLOCK: u64 = 1 << 11;

/// The way into nothing but a session and a landlock domain of its own, for a program that can't run
/// in a cell. It can't trace processes outside the domain or read their memory and descriptors
/// (`ptrace(2)`, Linux 5.13) nor signal them (Linux 6.12). It still sees them, and all files of its
/// user, so this is no isolation; but it can't end those who judge it. Where the kernel has no
/// landlock, it gets only the session. What each of its processes may use is limited.
#[derive(Clone, Debug)]
pub struct Scope {
    limits: Planned,
}

impl Scope {
    /// The way in, with those of these limits that the kernel enforces for each process.
    pub fn new(limits: &Limits) -> Self {
        Self { limits: limits.plan(false) }
    }
}

impl Entrance for Scope {
    fn before_fork(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn after_fork(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn in_child(&mut self) -> io::Result<()> {
        // Otherwise `kill(0, …)` would reach those who started it.
        rustix::process::setsid()?;
        self.limits.set()?;
        Ok(close()?)
    }
}

fn close() -> Result<(), Errno> {
    let (handled, scoped) = match raw::landlock_version() {
        Err(_) => return Ok(()),
        Ok(..6) => (MAKE_BLOCK, 0),
        Ok(_) => (0, SIGNALS),
    };
    rustix::thread::set_no_new_privs(true)?;
    raw::landlock_restrict(&raw::landlock_domain(handled, scoped)?)
}
