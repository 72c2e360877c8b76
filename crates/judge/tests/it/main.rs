//! Tests of verdicts and explanations.
//!
//! One binary for all of them: linking a binary takes longer than most tests. A test that changes a
//! limit of its whole process has a file of its own, and so a process, in the folder above.

mod audited;
mod counter;
mod deeds;
mod frames;
mod incomplete;
mod provoked;
mod responses;
mod sentences;
mod verdicts;
