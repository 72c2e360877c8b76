//! The engine: runs a scenario in a place and records it.
//!
//! It runs in a child process of the same binary, because only a process with one thread can enter
//! a private loopback, and so that anything that goes wrong ends with the child. From a scenario to
//! its recording:
//!
//! 1. `launch` starts the child, writes a request and reads the recording; `ending` waits for its end.
//! 2. `child` enters the place and runs the tracer on one thread and the steps on another; meanwhile
//!    `packets` records what passes through its loopback.
//! 3. `play` does one step after another, through `commands` (programs) and `peers` (scripted
//!    peers); `started` finds both by name, and submissions run in `cells`.
//! 4. `watch` takes every event of the tracer and tells steps when their conditions are met; `dialogue`
//!    decides whether peers received what they should, `look` whether they received more, `doors`
//!    where the program can be reached, `calm` whether it has digested what it was sent, `patience` how
//!    long that may take, `stuck` whether anything can still happen.
//! 5. `normalize` removes from the recording what a reader should not see.

mod asleep;
mod bystanders;
mod calm;
mod cells;
mod child;
mod commands;
mod doors;
mod ending;
mod failure;
mod guard;
mod kernel;
mod launch;
mod look;
mod names;
mod normalize;
mod over;
mod packets;
mod patience;
mod peer_handle;
mod peers;
mod play;
mod ports;
mod present;
mod pulse;
mod started;
mod stuck;
mod talk;
mod terminal;
mod watch;

/// By what factor a scenario that was late on a busy machine gets more time, and a step in which
/// things still happen.
const PATIENCE: u32 = 4;

pub use child::run_as_child;
pub use ending::await_engines;
pub use launch::{RunError, Runner, Used, run};
pub(crate) use launch::{run_again, run_once};
