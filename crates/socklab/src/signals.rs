//! Waiting for signals, through a pipe.
//!
//! `signal_hook::iterator` waits through a pair of Unix sockets instead, and a program that is
//! traced would find those in its network namespace.

use std::fs::File;
use std::io::{self, PipeReader, Read as _};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;
use signal_hook::consts::SIGXFSZ;
use signal_hook::{flag, low_level};

/// A file may have a largest size (`ulimit -f`). From now on writing beyond it fails (EFBIG) and does
/// not end this process; the programs that it starts get the signal's default back.
///
/// # Errors
///
/// The error of `sigaction(2)`.
pub(crate) fn survive_large_files() -> io::Result<()> {
    flag::register(SIGXFSZ, Arc::default()).map(drop)
}

/// Signals that are handled from now on.
pub(crate) struct Signals {
    wakes: PipeReader,
    arrived: Vec<(i32, Arc<AtomicBool>)>,
}

impl Signals {
    /// Begins to handle these signals.
    pub(crate) fn new(signals: impl IntoIterator<Item = i32>) -> io::Result<Self> {
        let (wakes, waker) = io::pipe()?;
        let mut arrived = Vec::new();
        for signal in signals {
            let flag = Arc::new(AtomicBool::new(false));
            // Handlers run in this order, so the flag is set when the pipe wakes the reader.
            flag::register(signal, Arc::clone(&flag))?;
            low_level::pipe::register(signal, OwnedFd::from(waker.try_clone()?))?;
            arrived.push((signal, flag));
        }
        Ok(Self { wakes, arrived })
    }

    /// The next signal that arrives before a process has ended; `None` once it has.
    ///
    /// # Errors
    ///
    /// Those of `poll(2)`.
    pub(crate) fn next_before_end(&mut self, process: &OwnedFd) -> io::Result<Option<i32>> {
        loop {
            let arrived = |(_, flag): &&(i32, Arc<AtomicBool>)| flag.swap(false, Ordering::SeqCst);
            if let Some((signal, _)) = self.arrived.iter().find(arrived) {
                return Ok(Some(*signal));
            }
            let [wakes, ended] = {
                let wakes = PollFd::new(&self.wakes, PollFlags::IN);
                let mut both = [wakes, PollFd::new(process, PollFlags::IN)];
                match poll(&mut both, None) {
                    Ok(_) => both.map(|one| one.revents().contains(PollFlags::IN)),
                    Err(Errno::INTR) => continue,
                    Err(error) => return Err(error.into()),
                }
            };
            if wakes {
                let _ = self.wakes.read(&mut [0]);
            } else if ended {
                return Ok(None);
            }
        }
    }

    /// The signals, as they arrive. Of several equal ones that arrive at once, some may be missing.
    pub(crate) fn forever(&mut self) -> impl Iterator<Item = i32> + '_ {
        std::iter::from_fn(|| {
            loop {
                let arrived =
                    |(_, flag): &&(i32, Arc<AtomicBool>)| flag.swap(false, Ordering::SeqCst);
                if let Some((signal, _)) = self.arrived.iter().find(arrived) {
                    return Some(*signal);
                }
                match self.wakes.read(&mut [0]) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Ok(1) => {}
                    // This process has the other end too, so it never ends.
                    _ => return None,
                }
            }
        })
    }
}

/// True if Ctrl-C on our terminal, if there is one, reaches us and the programs we started.
pub(crate) fn is_in_foreground() -> bool {
    let Ok(terminal) = File::open("/dev/tty") else { return false };
    match tcgetpgrp(terminal) {
        Ok(group) => group == getpgrp(),
        // It has no id in our process namespace: it is where we come from, and we are still in it.
        Err(error) => error == Errno::OPNOTSUPP,
    }
}

#[cfg(test)]
mod tests {
    use signal_hook::consts::{SIGUSR1, SIGUSR2};

    use super::*;

    #[test]
    fn signals_arrive_by_number() {
        let mut signals = Signals::new([SIGUSR1, SIGUSR2]).unwrap();
        for signal in [SIGUSR2, SIGUSR1, SIGUSR1] {
            low_level::raise(signal).unwrap();
            assert_eq!(signals.forever().next(), Some(signal));
        }
    }
}
