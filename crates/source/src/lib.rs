//! Which line of its source a stopped thread is in: C, C++, Rust, Go and CPython.
//!
//! Nothing is asked of the program: no flag, no agent, no injected code. This crate reads registers, memory
//! and binaries, executes nothing it finds, and says nothing rather than something wrong.
#![forbid(unsafe_code)]

mod memory;
mod python;

pub use memory::Memory;
