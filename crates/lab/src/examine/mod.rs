//! What this machine allows: every step that a place, a trace or a capture is made of, really tried.
//!
//! Asking is not enough. A setting may forbid what another one allows again, a container's filter is
//! visible only by what it refuses, and an error may mean something else than it says. So each
//! [`Step`] is tried in a process of its own ([`examine`]), which leaves nothing behind: what it has
//! made ends with it. Deciding is apart from that and pure: what the findings mean for the verbs of
//! socklab ([`Ability`]), and how to change them ([`remedies`]), by what the machine is
//! ([`Environment`]).

mod ability;
mod attempt;
mod clues;
mod environment;
mod raw;
mod remedy;
mod step;
mod tracee;
mod trial;

pub use ability::{Ability, Verdict};
pub use clues::Clues;
pub use environment::{Container, Environment, Wsl};
pub(crate) use remedy::{FORBIDDING, Forbidding};
pub use remedy::{Remedy, remedies};
pub use step::Step;
pub use trial::{Finding, Outcome, examine};
