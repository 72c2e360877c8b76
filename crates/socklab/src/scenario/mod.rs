//! Scenarios as this binary runs them, and what came of a run in words.

pub(crate) mod answered;
mod stage;
pub(crate) mod wording;

pub(crate) use stage::{SEED, end_cleanly, stagehand};
