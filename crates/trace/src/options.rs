//! Options of a recording.

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
}

/// When a recording ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finish {
    /// When all programs and their children have ended.
    AllEnded,
    /// When the last command has ended and the grace period of the others is over; then they are
    /// killed. For a server that runs until it is stopped, and a client that ends.
    LastEnded {
        /// How long the others may go on.
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

    /// Ends the recording and kills every command after this long. Default: never.
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
}
