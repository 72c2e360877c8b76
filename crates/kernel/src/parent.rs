//! Children that end when their parent does, `PR_SET_PDEATHSIG` of `prctl(2)`.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::Duration;

use rustix::process::{Pid, Signal, getpid, getppid, kill_process};

use crate::process;

/// The parent, as its child can identify it.
#[derive(Clone, Copy, Debug)]
pub enum Parent<'a> {
    /// By its process id, which the parent has passed on: as an argument, or in memory before
    /// `fork`.
    Id(u32),
    /// By a pidfd for itself that the parent opened before `fork`: for a child in another process
    /// namespace, in which its parent has no id. Of a parent with several threads, the one that
    /// forked may be gone while another is still ending: then nothing kills the child, and the
    /// pidfd does not tell yet. A child of such a parent has to wait for the pidfd as well.
    Pidfd(BorrowedFd<'a>),
}

/// Binds the calling process to its parent: when the parent ends, however it ends, the kernel kills
/// the caller with SIGKILL. If the parent has ended already, the caller kills itself.
///
/// The kernel regards the *thread* that forked as the parent: a child that must live as long as its
/// parent's process has to be forked by a thread that lives that long. `execve` preserves the
/// setting, unless it runs a set-user-id program.
///
/// # Errors
///
/// When the parent's descriptor is not a pidfd.
pub fn end_with(parent: Parent<'_>) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    // No signal comes from a parent that ended before that call.
    let is_gone = match parent {
        Parent::Id(parent) => {
            getppid().map(Pid::as_raw_pid).map(i32::cast_unsigned) != Some(parent)
        }
        Parent::Pidfd(parent) => process::has_ended_within(parent, Duration::ZERO)?,
    };
    if is_gone {
        kill_process(getpid(), Signal::KILL)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, ExitStatus};

    use super::*;

    /// The variable that identifies the parent to `child` below in a process of its own.
    const PARENT: &str = "SOCKLAB_KERNEL_TEST_PARENT";

    /// Runs this module's `child` in a process of its own.
    fn child_of(parent: &str) -> ExitStatus {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "parent::tests::child"]).env(PARENT, parent);
        command.output().unwrap().status
    }

    #[test]
    fn child() {
        let Ok(parent) = std::env::var(PARENT) else { return };
        match parent.parse() {
            Ok(id) => end_with(Parent::Id(id)).unwrap(),
            Err(_) => {
                let mut ended = Command::new("true").spawn().unwrap();
                let pidfd = process::pidfd(ended.id()).unwrap();
                ended.wait().unwrap();
                end_with(Parent::Pidfd(pidfd.as_fd())).unwrap();
            }
        }
    }

    #[test]
    fn a_child_lives_with_its_parent() {
        assert!(child_of(&std::process::id().to_string()).success());
    }

    #[test]
    fn a_child_whose_parent_has_ended_ends_too() {
        assert_eq!(child_of(&u32::MAX.to_string()).signal(), Some(9), "SIGKILL");
        assert_eq!(child_of("pidfd").signal(), Some(9), "SIGKILL");
    }
}
