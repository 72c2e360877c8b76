//! Runs scenarios with this binary, and puts their results into words.

pub(crate) mod answered;
mod runner;
mod sides;
pub(crate) mod wording;

pub(crate) use runner::{
    SEED, allow_a_lab, end_by, end_cleanly, end_cleanly_unless, runner, shortages,
};
pub(crate) use sides::like;
