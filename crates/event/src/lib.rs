//! The vocabulary: everything that can happen on a [`Timeline`], and the file format it is stored
//! in.
//!
//! Collectors (the tracer, the lab's wire, the kernel's own tables) write [`Event`]s; ladders,
//! explanations and judges read them. This crate is the only thing they share, so it does no I/O
//! beyond a `Read` or `Write` passed to it, and knows nothing about how events are recorded or
//! shown. `SCHEMA.md`, beside this crate's manifest, describes the format for authors of scripts.
//!
//! The example `read` counts the calls of a recording:
//! `cargo run -p socklab-event --example read -- run.jsonl`.
//!
//! # Why the structs can be built literally
//!
//! [`Call`], [`Event`], [`Place`], [`SocketId`], [`Frame`], [`State`] and their like are plain data
//! with public fields, and deliberately neither `#[non_exhaustive]` nor built by constructors. A
//! collector must say something about every field, so a new field is a compile error in each of
//! them and never a default that nobody chose. A field is therefore added in a new minor version of
//! the crate (a major one from 1.0 on). The file does not change its [`VERSION`] for that, because
//! readers pass over fields they don't know. The enums that will get more variants ([`What`],
//! [`Args`], [`Process`] …) are `#[non_exhaustive]`.
#![forbid(unsafe_code)]

mod args;
mod bytes;
mod call;
mod counters;
mod endpoint;
mod errno;
mod frame;
mod frame_kind;
mod jsonl;
mod moment;
mod names;
mod notice;
mod process;
mod protocol;
mod samples;
mod socket;
mod sockets;
mod timeline;
mod traffic;

pub use args::{Args, Control, EpollInterest, Message, OptionValue, Ready, Wait};
pub use bytes::Bytes;
pub use call::{Call, Outcome, SourceLine, library_name};
pub use counters::{Counted, Counters, TcpCounters};
pub use endpoint::Endpoint;
pub use errno::Errno;
pub use frame::{About, Fate, Fragment, Frame, Headers, State, TcpOptions, Transport};
pub use frame_kind::FrameKind;
pub use jsonl::{Foreign, Lines, Problem, ReadError, Reading, VERSION, Writer, read};
pub use moment::{Event, Place, What};
pub use names::{Family, Flags, Name, Shutdown, Signal, SocketType, TcpState};
pub use notice::{Notice, PathKind};
pub use process::{Exit, Process, Readiness, Resource, Stream};
pub use protocol::{IpProtocol, NetlinkProtocol, Protocol, kind_of_socket};
pub use socket::SocketId;
pub use timeline::{Column, Header, Timeline};
pub use traffic::Payload;

/// A recording may have a million events, so what each of them takes is chosen here: at most 256
/// bytes for a call without its payload.
const _: () = {
    assert!(size_of::<Event>() <= 64);
    assert!(size_of::<Call>() <= 192);
    assert!(size_of::<Endpoint>() <= 32);
};
