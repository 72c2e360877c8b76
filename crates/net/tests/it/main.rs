//! The services and the relay, over real sockets.
//!
//! One binary for all of them: linking a binary takes longer than most tests. A test that changes a
//! limit of its whole process has a file, and so a process, of its own in the folder above.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod connect;
mod echo;
mod http;
mod lifecycle;
mod ntp;
mod relay;
mod support;
