//! The engine: makes a scenario happen on a place and records it.
//!
//! It runs in a child process of the same binary, because a place is entered by a process with one
//! thread, and so that whatever goes wrong in there ends with that child. [`run`] is the outside;
//! [`stage`] the inside.

mod actors;
mod asleep;
mod converse;
mod kernel;
mod outside;
mod play;
mod puppet;
mod stage;
mod tidy;
mod watch;

pub(crate) use outside::run_once;
pub use outside::{Error, Stagehand, run};
pub use stage::stage;
