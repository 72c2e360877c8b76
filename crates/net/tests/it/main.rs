//! The services and the relay, over real sockets.
//!
//! All are in one binary, because linking a binary takes longer than most tests. A test that changes
//! a limit of its process is in a binary of its own, in the parent folder.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod connect;
mod echo;
mod http;
mod lifecycle;
mod ntp;
mod relay;
mod support;
