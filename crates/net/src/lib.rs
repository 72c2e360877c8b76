//! The protocols socklab speaks, usable as a library.
//!
//! | Module | What it is for |
//! |---|---|
//! | [`services`] | Which service lives at which port. Reads `/etc/services` or a built-in list, and says which. |
//! | [`resolve`] | Names to addresses, as every program on the machine resolves them. No such name, no such address and no answer are told apart. |
//! | [`connect`] | A TCP connection or UDP socket to a name, every address tried under one deadline (RFC 8305). The record of what was tried comes with it, also when it failed. |
//! | [`relay`] | Carries bytes between a terminal or pipe and a peer, as `nc` does. Every end is handled: half-close, reset, silence, a slow reader. |
//! | [`ntp`] | NTP packets and timestamps (RFC 5905), with no I/O. Arithmetic and dates are right across the wrap of 2036. |
//! | [`server`] | Small real servers: echo, upper, daytime, HTTP, NTP. All are started, watched and stopped alike, and what each one does is one file. |
//!
//! Nothing here prints. Results, events and errors are values that say what happened, with the
//! call and the object where something failed; wording them for a reader is the caller's part.
//! Everything is plain threads and blocking calls that end on time; there is no runtime.
#![forbid(unsafe_code)]

mod calendar;
pub mod connect;
pub mod ntp;
mod readiness;
pub mod relay;
pub mod resolve;
pub mod server;
pub mod services;
