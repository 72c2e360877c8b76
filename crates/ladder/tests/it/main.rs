//! Drawings of timelines.
//!
//! One binary for all of them: linking a binary takes longer than most tests. A test that changes a
//! limit of its whole process has a file, and so a process, of its own in the folder above.

mod any;
mod markup;
mod pictures;
