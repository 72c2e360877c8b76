//! A cell: where a program runs that nobody has a reason to trust.
//!
//! A cell is a process namespace with a first process of ours, and a mount namespace with a `/proc`
//! of its own. The program inside can't name a process outside, so it can neither signal nor trace
//! it nor read its descriptors; it has no capabilities and can't get any; and whatever it has
//! started ends with the cell. Who traces it, plays its peers or judges it stays outside.
//!
//! Ids are a namespace's own: the program sees other process ids than those outside do.

mod entrance;
mod first;
mod options;
mod powers;
mod secrets;
mod view;

use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

use rustix::process::{Pid, Signal, pidfd_send_signal};
use socklab_kernel::{Entrance, process};

pub use options::CellOptions;
pub use secrets::secret_files;
pub use view::SHARED_MEMORY;

use crate::refusal::NamespaceRefusal;
use crate::sys;
use entrance::Doors;

/// A cell. Dropping it kills everything inside.
#[derive(Debug)]
pub struct Cell {
    /// The first process, and a descriptor for it.
    first: (Pid, OwnedFd),
    doors: Doors,
    gone: bool,
}

impl Cell {
    /// Makes an empty cell. The thread that makes it must live as long as it does: if the thread
    /// ends, so does the cell.
    ///
    /// The caller needs `CAP_SYS_ADMIN` in its user namespace, as it has inside a private loopback;
    /// with [`CellOptions::own_user`] it needs none.
    ///
    /// # Errors
    ///
    /// The step that the kernel refused.
    pub fn open(options: &CellOptions) -> Result<Self, NamespaceRefusal> {
        let (pid, pidfd, doors) = first::start(options)?;
        Ok(Self { first: (pid, pidfd), doors, gone: false })
    }

    /// The way into the cell, for a process that is about to be started. May be asked for again, for
    /// more processes.
    ///
    /// # Errors
    ///
    /// When no more descriptors can be opened.
    pub fn entrance(&self) -> io::Result<Box<dyn Entrance>> {
        Ok(Box::new(self.doors.entrance()?))
    }

    /// Makes `command` run inside the cell. Its exit code is that of the program; a signal that ends
    /// the program ends the process that the caller sees, too.
    ///
    /// # Errors
    ///
    /// When no more descriptors can be opened.
    pub fn contain(&self, command: &mut Command) -> io::Result<()> {
        let directory = match command.get_current_dir() {
            Some(directory) => std::path::absolute(directory)?,
            None => std::env::current_dir()?,
        };
        let directory = CString::new(directory.into_os_string().into_vec())?;
        let doors = self.doors.entrance()?;
        let enter = move || {
            doors.pass()?;
            // The command has changed to it before, but another mount namespace begins at its root.
            Ok(rustix::process::chdir(directory.as_c_str())?)
        };
        // SAFETY: both call only async-signal-safe functions.
        unsafe { command.pre_exec(enter) };
        Ok(())
    }

    /// The id of the first process, outside. Whatever else is inside is its descendant, or that of a
    /// process that was started into the cell.
    pub fn first_process(&self) -> u32 {
        self.first.0.as_raw_pid().cast_unsigned()
    }

    /// Kills everything inside, and waits until all of it is gone; but no longer than `time`.
    /// Whether it is gone. What a tracer holds back has to be released by the tracer meanwhile.
    ///
    /// # Errors
    ///
    /// The error of `poll(2)`.
    pub fn kill(&mut self, time: Duration) -> io::Result<bool> {
        if self.gone {
            return Ok(true);
        }
        // It may have ended already.
        let _ = pidfd_send_signal(&self.first.1, Signal::KILL);
        self.gone = process::has_ended_within(self.first.1.as_fd(), time)?;
        if self.gone {
            // Otherwise it would stay a zombie until this process ends.
            let _ = sys::wait_for_any_child(self.first.0);
        }
        Ok(self.gone)
    }
}

impl Drop for Cell {
    fn drop(&mut self) {
        /// What is stuck in the kernel for longer is left to the end of this process.
        const BURIAL: Duration = Duration::from_secs(2);
        let _ = self.kill(BURIAL);
    }
}
