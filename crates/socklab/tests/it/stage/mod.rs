//! What the tests stand on: children that end with their test, waits that have an end, and a loud
//! word about every test that could not run.
//!
//! Nothing here sleeps until something is "probably ready": it waits for the state itself.

mod child;
pub(crate) mod own;
mod peers;
mod stream;

use std::process::Command;
use std::time::Duration;

pub(crate) use child::{Ended, Running, run, run_with};
pub(crate) use peers::{
    Transport, accept, connect, free_port, listener, serve, serve_on_any_port, serve_with,
};

/// How long anything may take before a test gives up. Only a test that fails waits this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// `socklab WORD…`, in English.
pub(crate) fn socklab(words: &[&str]) -> Command {
    let mut command = program(env!("CARGO_BIN_EXE_socklab"));
    command.args(words);
    command
}

/// Any program, in English. Should socklab ever panic in a test, it is to say where.
pub(crate) fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.env("LC_ALL", "C.UTF-8").env("LANG", "C.UTF-8").env("RUST_BACKTRACE", "1");
    for chance in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(chance);
    }
    command
}

/// Are these bytes somewhere among those?
pub(crate) fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|piece| piece == wanted)
}
