//! Commands that end with the process that started them.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::Command;

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
    // In another process namespace, this process has no id.
    let this = process::pidfd(std::process::id())?;
    let bind = move || parent::end_with(Parent::Pidfd(this.as_fd()));
    // SAFETY: it makes system calls, and allocates nothing.
    unsafe { command.pre_exec(bind) };
    Ok(())
}
