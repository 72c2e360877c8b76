//! How to record.

use std::time::Duration;

/// How a recording is made.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many bytes of every message are kept. Default 1024.
    pub sample: usize,
    /// Also record what is read from standard input and written to standard output and error.
    /// The streams stay what they are (a terminal stays a terminal); every such call then costs
    /// two stops. Default off.
    pub stdio: bool,
    /// Record the calls that wait for several descriptors (`poll`, `select`, `epoll_wait`) and
    /// `epoll_ctl`. Default on.
    pub waits: bool,
    /// Let programs that send a lot note the results of their sends themselves, instead of stopping
    /// them at the return of each: a quarter less cost for an echo server. The event of such a call
    /// may come up to 10 ms after those of calls made later (its times are exact). Default on.
    pub shortcuts: bool,
    /// Stop the programs at every system call instead of using seccomp filters: slower, and for
    /// comparing only. Default off.
    pub every_call: bool,
    /// End the recording, and every command of it, after this long.
    pub deadline: Option<Duration>,
    /// When the recording ends by itself.
    pub finish: Finish,
}

/// When a recording ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// When all programs and their children have ended.
    AllEnded,
    /// When the last command has ended, and the others have had this long to end too; they are
    /// killed then. A server without an end, and a client with one, make a recording that ends.
    LastEnded {
        /// How long the others may go on.
        grace: Duration,
    },
}

impl Default for Options {
    fn default() -> Self {
        Self {
            sample: 1024,
            stdio: false,
            waits: true,
            shortcuts: true,
            every_call: false,
            deadline: None,
            finish: Finish::AllEnded,
        }
    }
}
