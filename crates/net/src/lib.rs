//! The protocols socklab speaks, usable as a library.
//!
//! | Module | Purpose |
//! |---|---|
//! | [`services`] | Which service is registered at which port, from `/etc/services` or a built-in list; the answer says which. |
//! | [`resolve`] | Names to addresses, through the system's resolver. Distinguishes "no such name", "no such address" and "no answer". |
//! | [`connect`] | A TCP connection or UDP socket to a name, trying every address under one deadline (RFC 8305). Returns a record of every attempt, on failure too. |
//! | [`relay`] | Copies bytes between a terminal or pipe and a peer, as `nc` does, and handles every way it can end: half-close, reset, silence, a slow reader. |
//! | [`ntp`] | NTP packets and timestamps (RFC 5905), without I/O. Arithmetic and dates stay correct when the timestamp wraps in 2036. |
//! | [`server`] | Small, strict servers: echo, upper, daytime, HTTP, NTP. All start, report and stop in the same way; what each service does is in a file of its own. |
//!
//! Nothing here prints. Results, events and errors are values; those that report a failure name the
//! system call and its object, and the caller decides how to word that for a reader. There is no
//! async runtime: everything runs on plain threads, with blocking calls that have deadlines.
#![forbid(unsafe_code)]

pub mod connect;
mod date;
mod readiness;
pub mod relay;
pub mod resolve;
pub mod server;
pub mod services;

pub use socklab_protocols::ntp;
