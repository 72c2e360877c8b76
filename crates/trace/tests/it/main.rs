//! Recordings of real programs.
//!
//! All of them are in one binary: linking a binary takes longer than most tests.

mod attached;
mod closed;
mod content;
mod counters;
mod cpython;
mod ending;
mod holding;
mod hostile;
mod in_use;
mod names;
mod no_duplicates;
mod rings;
mod second_opinion;
mod shortcuts;
mod strict;
mod tracees;
mod transparent;
