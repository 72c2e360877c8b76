//! Recordings of real programs.
//!
//! One binary for all of them: linking a binary takes longer than most tests. A test that changes a
//! limit of its whole process has a file, and so a process, of its own in the folder above.

mod attached;
mod content;
mod hostile;
mod second_opinion;
mod shortcuts;
mod tracees;
mod transparent;
