//! What scripted peers received, and whether it is what a scenario expects. Pure.
//!
//! A peer's process only moves bytes: it is told how many to receive, and not which. What its
//! orders came to is decided here, outside, from the calls that the tracer saw it make.

mod heard;
mod judge;
mod like;
mod programs;
#[cfg(test)]
mod tests;
mod wanted;

pub(crate) use heard::{Ear, Heard};
pub(crate) use programs::{Program, Programs};
pub(crate) use wanted::{Case, Judgement, Wanted, Wrong, find};
