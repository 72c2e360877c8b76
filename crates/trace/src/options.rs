//! Options of a recording.

use std::path::PathBuf;
use std::time::Duration;

/// How a recording is made; [`Options::default`] suits most programs.
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) sample: usize,
    pub(crate) stdio: bool,
    pub(crate) waits: bool,
    pub(crate) shortcuts: bool,
    pub(crate) every_call: bool,
    pub(crate) deadline: Option<Duration>,
    pub(crate) finish: Finish,
    pub(crate) ending: Ending,
    pub(crate) descendants: bool,
    pub(crate) lines: Option<PathBuf>,
    pub(crate) counters: bool,
}

/// When a recording ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finish {
    /// When all programs and their children have ended.
    AllEnded,
    /// When the last command has ended and none of the others is at work any more; then they are
    /// ended. For a server that runs until it is stopped, and a client that ends.
    LastEnded,
}

/// How programs are ended that are still running at the end of a recording, or when it is stopped.
/// (Processes that were attached to are released.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// By SIGKILL, at once, even if they are at work. The timeline does not say so: this is for
    /// those who know themselves where their story ends.
    AtOnce,
    /// As a user would do it.
    ///
    /// With [`Finish::LastEnded`], programs that are at work after the last command has ended are
    /// waited for, up to the grace period: those that compute, sleep for a job, or wait for what is on
    /// its way to them already (not those that wait for peers to come, or wake up from time to time to
    /// look around). Then all are ended, one
    /// command after the other, the last started first: by SIGTERM, to the command's own process
    /// first; and after the grace period by SIGKILL. Each signal is recorded as
    /// [`EndedByRecorder`](socklab_event::Process::EndedByRecorder).
    ///
    /// [`Handle::stop`](crate::Handle::stop) and the deadline begin with SIGTERM. A further stop,
    /// or [`Handle::skip`](crate::Handle::skip), ends whatever wait is going on.
    Gentle {
        /// How long a program at work may go on, and how long it may take to end after SIGTERM. If
        /// zero, it is killed at once, by SIGKILL.
        grace: Duration,
    },
}

impl Default for Options {
    fn default() -> Self {
        Self {
            sample: Self::SAMPLE,
            stdio: false,
            waits: true,
            shortcuts: true,
            every_call: false,
            deadline: None,
            finish: Finish::AllEnded,
            ending: Ending::AtOnce,
            descendants: true,
            lines: None,
            counters: false,
        }
    }
}

impl Options {
    /// How many bytes of every message are recorded by default.
    pub const SAMPLE: usize = 1024;

    /// How many bytes of every message are recorded. Default: [`Options::SAMPLE`].
    #[must_use]
    pub fn sample(mut self, bytes: usize) -> Self {
        self.sample = bytes;
        self
    }

    /// Whether also to record what is read from standard input and written to standard output and
    /// error. The streams stay what they are (a terminal stays a terminal), and every such call
    /// costs two stops. Default: no.
    #[must_use]
    pub fn stdio(mut self, record: bool) -> Self {
        self.stdio = record;
        self
    }

    /// Whether to record the calls that wait for several descriptors (`poll`, `select`,
    /// `epoll_wait`), and `epoll_ctl`. Default: yes.
    #[must_use]
    pub fn waits(mut self, record: bool) -> Self {
        self.waits = record;
        self
    }

    /// Whether programs that send a lot store the results of their sends themselves, instead of
    /// stopping at the return of each: this costs an echo server a quarter less. The event of such
    /// a call may come up to 10 ms after those of later calls; its times are exact. Default: yes.
    #[must_use]
    pub fn shortcuts(mut self, allow: bool) -> Self {
        self.shortcuts = allow;
        self
    }

    /// Whether to stop the programs at every system call instead of using seccomp filters. This is
    /// slower, and meant for comparisons. Default: no.
    #[must_use]
    pub fn every_call(mut self, stop: bool) -> Self {
        self.every_call = stop;
        self
    }

    /// Ends the recording and the programs after this long. Default: never.
    #[must_use]
    pub fn deadline(mut self, after: impl Into<Option<Duration>>) -> Self {
        self.deadline = after.into();
        self
    }

    /// When the recording ends by itself. Default: [`Finish::AllEnded`].
    #[must_use]
    pub fn finish(mut self, when: Finish) -> Self {
        self.finish = when;
        self
    }

    /// Whether to attach also to the children that an attached process has already, and to theirs.
    /// Those that it will have are followed anyway. Default: yes.
    #[must_use]
    pub fn descendants(mut self, attach: bool) -> Self {
        self.descendants = attach;
        self
    }

    /// The folder whose files are the user's own, if the line of source of each call is to be recorded. Each
    /// call then costs a reading of the words of memory that its line follows from, and the first calls of a
    /// program the reading of its debug information. Processes that run the recorder's own program are left out.
    /// Default: no lines.
    #[must_use]
    pub fn lines(mut self, own: impl Into<Option<PathBuf>>) -> Self {
        self.lines = own.into();
        self
    }

    /// Whether to record, at calls, what the kernel has counted of their thread (how long it ran, how long
    /// it waited for a processor) and of their TCP socket, and for how long the recorder held the thread:
    /// [`Call::counted`](socklab_event::Call::counted). They are read where a call is entered or has
    /// returned, if half a millisecond has passed since they were last read for the same thread (those of a
    /// socket it does not send on: two milliseconds), and where it closes a TCP connection. Default: no.
    #[must_use]
    pub fn counters(mut self, record: bool) -> Self {
        self.counters = record;
        self
    }

    /// How programs are ended that are still running then. Default: [`Ending::AtOnce`].
    #[must_use]
    pub fn ending(mut self, how: Ending) -> Self {
        self.ending = how;
        self
    }
}
