//! Why socklab ends, as scripts see it.

use std::process::ExitCode;

/// The exit codes that scripts may rely on. Those above 3 are curl's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ExitReason {
    /// The answer is no, or the work failed.
    No = 1,
    /// The command line was wrong.
    Usage = 2,
    /// This machine can't do it.
    Environment = 3,
    /// A name has no address.
    Unresolved = 6,
    /// Nobody accepted the connection.
    Refused = 7,
    /// A deadline passed.
    TimedOut = 28,
}

impl From<ExitReason> for ExitCode {
    fn from(reason: ExitReason) -> Self {
        ExitCode::from(reason as u8)
    }
}
