//! How much a program may use.

use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, setrlimit};
use socklab_kernel::sysctl;

/// How much a program in a sandbox may use.
///
/// The kernel enforces those of `setrlimit(2)` for each process, and the size of what is in memory;
/// `memory`, `processes`, `processor` and `output` are those of the whole tree, which somebody has to
/// watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The memory of all processes together, in bytes (`RSS`).
    pub memory: u64,
    /// How many processes and threads there may be at a time.
    pub processes: u64,
    /// The processor time of each process, and of all of them together.
    pub processor: Duration,
    /// How much may be printed, in bytes, and 16 more for each byte that was received or sent: whoever
    /// logs what comes and goes prints more the more there is of it.
    pub output: u64,
    /// How often something may be printed, and 16 times more for each byte that was received or sent.
    pub prints: u64,
    /// The size of each file, in bytes (`RLIMIT_FSIZE`).
    pub file: u64,
    /// The size of `/tmp`, and that of the layers, in bytes.
    pub temporary: u64,
    /// How many files there may be in `/tmp`, and as many in the layers.
    pub files: u64,
    /// How many descriptors each process may have (`RLIMIT_NOFILE`).
    pub descriptors: u64,
}

/// For a student's server or client.
impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 1 << 30,
            processes: 512,
            processor: Duration::from_secs(60),
            output: 4 << 20,
            // Somebody who prints without end has done so in a second, even if each time takes long.
            prints: 4096,
            file: 64 << 20,
            temporary: 64 << 20,
            files: 4096,
            // Who starts processes without end has pipes to each: their number must be the limit that it
            // reaches first.
            descriptors: 4096,
        }
    }
}

/// How much more may be printed, and how often, for each byte that was received or sent.
const LOGGED: u64 = 16;

/// The limits of `setrlimit(2)`, planned before a `fork`.
#[derive(Clone, Debug)]
pub(crate) struct Planned(Vec<(Resource, u64)>);

impl Limits {
    /// How much may be printed by a program that has received and sent so many bytes.
    pub fn output_after(&self, moved: u64) -> u64 {
        self.output.saturating_add(moved.saturating_mul(LOGGED))
    }

    /// How often a program may print that has received and sent so many bytes.
    pub fn prints_after(&self, moved: u64) -> u64 {
        self.prints.saturating_add(moved.saturating_mul(LOGGED))
    }

    pub(crate) fn plan(&self, in_cell: bool) -> Planned {
        let mut limits = vec![
            (Resource::Core, 0),
            (Resource::Cpu, self.processor.as_secs().max(1)),
            (Resource::Fsize, self.file),
            (Resource::Nofile, self.descriptors),
            (Resource::Memlock, 8 << 20),
            (Resource::Msgqueue, 0),
        ];
        // Before Linux 5.14 the limit counts the processes of the user on the whole machine.
        if in_cell && counts_by_namespace() {
            // Whoever watches is to see that there are too many; the kernel is the last wall.
            limits.push((Resource::Nproc, 2 * self.processes));
        }
        Planned(limits)
    }
}

impl Planned {
    /// Sets the limits of the calling process, none of them higher than it was. Async-signal-safe.
    pub(crate) fn set(&self) -> Result<(), Errno> {
        for (resource, wanted) in &self.0 {
            let before = rustix::process::getrlimit(*resource);
            let lower =
                |limit: Option<u64>| Some(limit.map_or(*wanted, |limit| limit.min(*wanted)));
            // The soft limit of processor time comes first, and as SIGXCPU says which limit it was.
            let spare = u64::from(*resource == Resource::Cpu);
            let hard = lower(before.maximum).map(|limit| limit.saturating_add(spare));
            let hard = before.maximum.map_or(hard, |most| hard.map(|hard| hard.min(most)));
            setrlimit(*resource, Rlimit { current: lower(before.current), maximum: hard })?;
        }
        Ok(())
    }
}

fn counts_by_namespace() -> bool {
    let release = sysctl::read("kernel.osrelease").unwrap_or_default();
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(str::parse::<u32>);
    let mut next = || numbers.next().and_then(Result::ok).unwrap_or(0);
    (next(), next()) >= (5, 14)
}
