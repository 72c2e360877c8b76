//! The vocabulary: everything that can happen on a [`Timeline`], and the file format it is stored
//! in.
//!
//! Collectors (the tracer, the lab's wire, the kernel's own tables) write [`Event`]s; ladders,
//! explanations and judges read them. This crate is the only thing they share, so it does no I/O
//! beyond a `Read` or `Write` passed to it, and knows nothing about how events are recorded or
//! shown. `SCHEMA.md`, beside this crate's manifest, describes the format for authors of scripts.
#![forbid(unsafe_code)]

mod args;
mod bytes;
mod call;
mod endpoint;
mod errno;
mod frame;
mod jsonl;
mod moment;
mod names;
mod notice;
mod process;
mod socket;
mod timeline;
mod traffic;

pub use args::{Args, Control, EpollInterest, Message, OptionValue, Ready, Wait};
pub use bytes::Bytes;
pub use call::{Call, Outcome, SourceLine};
pub use endpoint::Endpoint;
pub use errno::Errno;
pub use frame::{Fate, Frame, Headers, State, Transport};
pub use jsonl::{Problem, ReadError, Reading, VERSION, Writer, read};
pub use moment::{Event, Place, What};
pub use names::{Family, Flags, Name, Protocol, Shutdown, Signal, SocketType, TcpState};
pub use notice::Notice;
pub use process::{Exit, Process, Readiness, Stream};
pub use socket::SocketId;
pub use timeline::{Column, Header, Timeline};
pub use traffic::Payload;
