//! Tests of the drawings.
//!
//! One binary for all of them: linking a binary takes longer than most tests. A test that changes a
//! limit of its whole process has a file of its own, and so a process, in the folder above.

mod any;
mod crossing;
mod filter;
mod folds;
mod lines;
mod live;
mod lookups;
mod markup;
mod notices;
mod packets;
mod pictures;
mod protocols;
mod seen;
mod sequence;
mod times;
mod words;
