//! Whether this session lets its processes use enough: limits (`setrlimit(2)`), threads, `/proc`.

use std::fs;
use std::io;
use std::sync::mpsc::channel;
use std::thread;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Something that a session must let its processes use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Needed {
    /// So many descriptors, `ulimit -n`.
    Descriptors(u64),
    /// A process with so many bytes of address space, `ulimit -v`.
    Addresses(u64),
    /// A process with so many bytes of data, `ulimit -d`.
    Data(u64),
    /// A stack of so many bytes, `ulimit -s`.
    Stack(u64),
    /// Files of so many bytes, `ulimit -f`.
    File(u64),
    /// So many seconds of processor time, `ulimit -t`.
    Processor(u64),
    /// So many more threads: `ulimit -u`, or the limit of a control group.
    Threads(usize),
    /// `/proc`, with this process in it.
    Proc,
}

/// What a session lacks.
#[derive(Debug, thiserror::Error)]
#[error("{needed:?} needed, {has:?} allowed")]
pub struct Shortage {
    /// What is needed.
    pub needed: Needed,
    /// What is allowed of it, if that is a number.
    pub has: Option<u64>,
    /// Why there can't be more, if the kernel was asked for it.
    pub error: Option<io::Error>,
}

impl Needed {
    /// Finds out whether there is as much; a limit that may be raised up to there is raised.
    ///
    /// # Errors
    ///
    /// There is less.
    pub fn ensure(self) -> Result<(), Shortage> {
        match self {
            Self::Descriptors(count) => self.raise(Resource::Nofile, count),
            Self::Addresses(bytes) => self.raise(Resource::As, bytes),
            Self::Data(bytes) => self.raise(Resource::Data, bytes),
            Self::Stack(bytes) => self.raise(Resource::Stack, bytes),
            Self::File(bytes) => self.raise(Resource::Fsize, bytes),
            Self::Processor(seconds) => self.raise(Resource::Cpu, seconds),
            Self::Threads(count) => {
                start(count).map_err(|(started, error)| self.lacking(Some(started), Some(error)))
            }
            Self::Proc => match fs::read_link("/proc/self") {
                Ok(own) if own.to_str() == Some(&std::process::id().to_string()) => Ok(()),
                // It shows another process namespace, or is something else.
                Ok(_) => Err(self.lacking(None, None)),
                Err(error) => Err(self.lacking(None, Some(error))),
            },
        }
    }

    fn raise(self, resource: Resource, to: u64) -> Result<(), Shortage> {
        let limit = getrlimit(resource);
        let Some(current) = limit.current.filter(|current| *current < to) else { return Ok(()) };
        let most = limit.maximum.map_or(to, |most| most.min(to));
        if most < to {
            return Err(self.lacking(Some(most.max(current)), None));
        }
        let raised = Rlimit { current: Some(to), ..limit };
        setrlimit(resource, raised).map_err(|error| self.lacking(Some(current), Some(error.into())))
    }

    fn lacking(self, has: Option<u64>, error: Option<io::Error>) -> Shortage {
        Shortage { needed: self, has, error }
    }
}

/// Starts so many threads, which all exist at once, and waits until they are gone. Otherwise the
/// error has their number.
fn start(count: usize) -> Result<(), (u64, io::Error)> {
    const STACK: usize = 64 << 10;
    let mut threads = Vec::with_capacity(count);
    let mut failed = None;
    for number in 0..count {
        let (keep, kept) = channel::<()>();
        match thread::Builder::new().stack_size(STACK).spawn(move || kept.recv().is_err()) {
            Ok(started) => threads.push((keep, started)),
            Err(error) => {
                failed = Some((number as u64, error));
                break;
            }
        }
    }
    for (keep, started) in threads {
        drop(keep);
        // It does nothing that could panic.
        let _ = started.join();
    }
    failed.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_runs_a_test_has_what_that_takes() {
        for needed in [Needed::Proc, Needed::Threads(3), Needed::Descriptors(16)] {
            needed.ensure().unwrap_or_else(|short| panic!("{short}"));
        }
    }

    #[test]
    fn a_limit_is_raised_as_far_as_it_may_be() {
        let before = getrlimit(Resource::Core);
        let Some(most) = before.maximum.or(Some(1 << 20)).filter(|most| *most > 0) else {
            return socklab_prerequisites::say_not_run("limits", "core files that are allowed");
        };
        setrlimit(Resource::Core, Rlimit { current: Some(0), ..before }).unwrap();
        let needed = Needed::File(most);
        needed.raise(Resource::Core, most).unwrap();
        assert_eq!(getrlimit(Resource::Core).current, Some(most));
        if before.maximum.is_some() {
            let short = needed.raise(Resource::Core, most + 1).unwrap_err();
            assert_eq!(short.has, Some(most));
        }
        setrlimit(Resource::Core, before).unwrap();
    }
}
