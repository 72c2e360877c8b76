//! Support for the tests: child processes that end with their test, and waits with a time limit.
//!
//! Nothing here sleeps until something is "probably ready": everything waits for the state itself.

mod child;
pub(crate) mod own;
mod peers;
mod pty;
mod stream;

use std::process::Command;
use std::time::Duration;

pub(crate) use child::{Ended, Running, run, run_with};
pub(crate) use peers::{
    Transport, accept, connect, free_port, listener, serve, serve_on_any_port, serve_with,
};
pub(crate) use pty::Terminal;

/// How long a test waits for anything before it gives up. Only a failing test waits this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(240);

/// `socklab WORD…`, in English.
pub(crate) fn socklab(words: &[&str]) -> Command {
    let mut command = program(env!("CARGO_BIN_EXE_socklab"));
    command.args(words);
    command
}

/// Any program, in English. If socklab panics in a test, it prints a backtrace.
pub(crate) fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.env("LC_ALL", "C.UTF-8").env("LANG", "C.UTF-8").env("RUST_BACKTRACE", "1");
    // What tests do is no progress of whoever runs them.
    command.env("XDG_STATE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/state"));
    for chance in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(chance);
    }
    command
}

/// True if `wanted` occurs in `bytes`.
pub(crate) fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|piece| piece == wanted)
}
