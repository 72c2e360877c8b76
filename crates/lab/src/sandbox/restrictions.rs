//! What a process takes upon itself just before it executes the program.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;

use rustix::io::Errno;

use super::Sandbox;
use super::calls::Filter;
use super::landlock::Fence;
use super::limits::Planned;

/// The limits and walls of a process in a sandbox, planned before a `fork`.
#[derive(Clone, Debug)]
pub(crate) struct Restrictions {
    limits: Planned,
    fence: Fence,
    filter: Filter,
}

impl Restrictions {
    pub(crate) fn new(sandbox: &Sandbox) -> Self {
        let given = sandbox.writable.iter().chain(&sandbox.layered);
        let given = given.filter_map(|path| CString::new(path.as_os_str().as_bytes()).ok());
        let always = [c"/tmp", c"/dev"].map(CString::from);
        Self {
            limits: sandbox.limits.plan(true),
            fence: Fence::around(given.chain(always).collect()),
            filter: Filter::new(sandbox.told),
        }
    }

    /// The same for a process that is in no cell: there `/tmp` is everybody's, and so is the number
    /// of processes.
    pub(crate) fn without_cell(sandbox: &Sandbox) -> Self {
        let given = sandbox.writable.iter();
        let given = given.filter_map(|path| CString::new(path.as_os_str().as_bytes()).ok());
        Self {
            limits: sandbox.limits.plan(false),
            fence: Fence::around(given.chain([c"/dev/null".into()]).collect()),
            filter: Filter::new(false),
        }
    }

    /// Restricts the calling process, which must have no_new_privs and be in its cell. The filter of
    /// calls comes last, because it forbids some that are made here. Async-signal-safe.
    pub(crate) fn take(&self) -> Result<(), Errno> {
        self.limits.set()?;
        self.fence.close()?;
        self.filter.install()
    }
}
