//! Trying each step in a process of its own.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Signal, pidfd_send_signal};
use socklab_kernel::parent::{self, Parent};
use socklab_kernel::process;

use super::attempt::{self, Refused};
use super::step::Step;
use crate::private::Ids;
use crate::sys::{self, Cloned};

/// How long one step may take. None takes longer than some milliseconds unless the machine stands
/// still.
const PATIENCE: Duration = Duration::from_secs(10);

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It works, and took this long.
    Works(Duration),
    /// The kernel refused it.
    Refused {
        /// The call, and what it was made on: `write /proc/self/uid_map`.
        call: String,
        /// The error, as in `errno(3)`.
        errno: i32,
    },
    /// The process that tried it was killed by this signal: a filter that kills (SIGSYS), or it took
    /// too long (SIGKILL).
    Killed(i32),
    /// Another step that it needs does not work.
    NotTried(Step),
}

/// A step, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which step.
    pub step: Step,
    /// What became of it.
    pub outcome: Outcome,
}

impl Finding {
    /// True if the step works.
    pub fn works(&self) -> bool {
        matches!(self.outcome, Outcome::Works(_))
    }
}

/// Tries every step of [`Step::ALL`], each in a process of its own that has ended when this returns.
/// It takes about 50 ms, and no longer than 10 s for each step.
///
/// The calling process should have one thread: a copy of a process with several may wait for a lock
/// that nobody opens, until its time is up.
///
/// # Errors
///
/// Not even a process or a pipe could be had: nothing can be tried.
pub fn examine() -> io::Result<Vec<Finding>> {
    let mut findings: Vec<Finding> = Vec::with_capacity(Step::ALL.len());
    for step in Step::ALL {
        let works = |needed: &&Step| {
            findings.iter().any(|finding| finding.step == **needed && finding.works())
        };
        let outcome = match step.needs().iter().find(|needed| !works(needed)) {
            // The first one is why the others were not tried.
            Some(missing) => Outcome::NotTried(*missing),
            None => outcome_of(step)?,
        };
        findings.push(Finding { step, outcome });
    }
    Ok(findings)
}

/// Tries one step in a new process.
fn outcome_of(step: Step) -> io::Result<Outcome> {
    let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
    let this = process::pidfd(std::process::id())?;
    match sys::clone(0)? {
        Cloned::Child => {
            drop(read);
            report(step, &this, write)
        }
        Cloned::Parent(child, pidfd) => {
            drop(write);
            if !process::has_ended_within(pidfd.as_fd(), PATIENCE)? {
                // It may have ended since.
                let _ = pidfd_send_signal(&pidfd, Signal::KILL);
            }
            let status = sys::wait_for_any_child(child)?;
            let mut text = String::new();
            File::from(read).read_to_string(&mut text)?;
            Ok(parse(&text).unwrap_or_else(|| {
                let signal = libc::WIFSIGNALED(status).then(|| libc::WTERMSIG(status));
                Outcome::Killed(signal.unwrap_or(libc::SIGKILL))
            }))
        }
    }
}

/// The child's side: tries the step and writes one line about it. The parent has one thread, so the
/// child may allocate.
fn report(step: Step, parent: &OwnedFd, write: OwnedFd) -> ! {
    let _ = parent::end_with(Parent::Pidfd(parent.as_fd()));
    // A panic must not unwind into the parent's frames, which are here twice.
    let tried = std::panic::catch_unwind(|| {
        let ids = Ids::own();
        step.needs().iter().try_for_each(|needed| attempt::try_step(*needed, ids))?;
        let began = Instant::now();
        attempt::try_step(step, ids).map(|()| began.elapsed())
    });
    let text = match tried {
        Ok(Ok(took)) => format!("works {}", took.as_nanos()),
        Ok(Err(Refused { call, errno })) => format!("{} {call}", errno.raw_os_error()),
        Err(_) => String::new(),
    };
    let _ = File::from(write).write_all(text.as_bytes());
    sys::exit_now(0)
}

/// Reads what [`report`] has written.
fn parse(text: &str) -> Option<Outcome> {
    let (word, rest) = text.split_once(' ')?;
    if word == "works" {
        return Some(Outcome::Works(Duration::from_nanos(rest.parse().ok()?)));
    }
    Some(Outcome::Refused { call: rest.to_owned(), errno: word.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_as_it_was_written() {
        assert_eq!(parse("works 1500"), Some(Outcome::Works(Duration::from_nanos(1500))));
        let call = "write /proc/self/uid_map".to_owned();
        assert_eq!(parse("1 write /proc/self/uid_map"), Some(Outcome::Refused { call, errno: 1 }));
        assert_eq!(parse(""), None);
        assert_eq!(parse("works never"), None);
    }
}
