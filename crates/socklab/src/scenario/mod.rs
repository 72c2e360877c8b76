//! Scenarios as this binary runs them, and what came of a run in words.

pub(crate) mod answered;
mod runner;
pub(crate) mod wording;

pub(crate) use runner::{SEED, end_cleanly, runner};
