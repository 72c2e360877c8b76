//! Tests of the conversations found in hand-written and arbitrary timelines.
//!
//! One binary for all of them: linking a binary takes longer than most tests. A test that changes a
//! limit of its whole process has a file of its own, and so a process, in the folder above.

mod addresses;
mod connections;
mod contradictions;
mod datagrams;
mod descriptors;
mod dialogues;
mod endings;
mod flows;
mod holders;
mod lookups;
mod merge;
mod position;
mod processes;
mod protocols;
mod streams;
mod ties;
