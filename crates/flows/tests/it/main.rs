//! Who talked to whom, on timelines written by hand and on arbitrary ones.
//!
//! One binary for all of them: linking a binary takes longer than most tests. A test that changes a
//! limit of its whole process has a file, and so a process, of its own in the folder above.

mod addresses;
mod connections;
mod datagrams;
mod descriptors;
mod flows;
mod frames;
mod lookups;
mod position;
mod streams;
