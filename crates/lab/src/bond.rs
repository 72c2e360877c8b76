//! Commands that end with the process that started them.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::getppid;
use socklab_kernel::parent::{self, Parent};
use socklab_kernel::process;

/// Makes a command that this process starts end when this process does, however it ends. In a place
/// that others have made, nothing else ends it before the place. It has to be started by a thread that
/// lives as long as the process.
///
/// # Errors
///
/// When no more descriptors can be opened.
pub fn end_with_us(command: &mut Command) -> io::Result<()> {
    let id = std::process::id();
    let pidfd = process::pidfd(id)?;
    let bind = move || {
        parent::end_with(match getppid() {
            Some(_) => Parent::Id(id),
            // In another process namespace, this process has no id.
            None => Parent::Pidfd(pidfd.as_fd()),
        })
    };
    // SAFETY: it makes system calls, and allocates nothing.
    unsafe { command.pre_exec(bind) };
    Ok(())
}
