//! A system call on a socket.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Args, Bytes, Counted, Errno, Name, SocketId, SocketType};

/// A complete system call on a socket: its arguments, its result and its duration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct Call {
    /// The system call's name as `syscalls(2)` spells it: `recvfrom`, not `recv`.
    pub name: Name,
    /// The descriptor it was made on; absent for `socket`, `socketpair`, `poll` and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fd: Option<i32>,
    /// The socket behind `fd` (or, for `socket` and `accept`, the one it created), as known once
    /// the call had returned. For `close`, as known before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub socket: Option<Arc<SocketId>>,
    /// The decoded arguments, and what the kernel wrote back through them.
    pub args: Args,
    /// What it returned.
    pub outcome: Outcome,
    /// When it was entered, nanoseconds of `CLOCK_MONOTONIC`.
    pub began: u64,
    /// When it returned, same clock; for an unfinished call, when its process ended.
    pub ended: u64,
    /// How often a signal (or a stop) interrupted it and the kernel restarted it unseen by the
    /// program. All of it counts as one call, as it does for the program; see `signal(7)`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub restarts: u32,
    /// True if the program made no system call: the kernel closed the descriptor at `exit` or
    /// `exec`, or because `dup2` replaced it or `close_range` covered it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub implicit: bool,
    /// The line of the program that made the call, where it is known for certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Arc<SourceLine>>,
    /// What the kernel had counted of its thread and socket, if the recorder read it there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Box<Counted>>,
}

/// What a call returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Success: a descriptor, a count of bytes, 0 ….
    Value(i64),
    /// Failure.
    Error(Errno),
    /// The process or the recording ended while the call was still waiting.
    Unfinished,
}

/// A line of source code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct SourceLine {
    /// Path as the program's debug information or interpreter gives it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// The function, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
}

impl Call {
    /// The name programmers know the call by, see [`library_name`].
    pub fn library_name(&self) -> &str {
        let has_address = match &self.args {
            // Without a peer a program needs the sender's address; that a failed call returned none
            // does not make it a `recv`.
            Args::Recv { from, .. } => {
                from.is_some() || self.value().is_none() && self.has_no_peer()
            }
            Args::Send { to, .. } => to.is_some(),
            _ => true,
        };
        library_name(&self.name, has_address)
    }

    fn has_no_peer(&self) -> bool {
        let unconnected =
            |socket: &SocketId| socket.kind == SocketType::DGRAM && socket.peer.is_none();
        self.socket.as_deref().is_some_and(unconnected)
    }

    /// Nanoseconds between entry and return.
    pub fn took(&self) -> u64 {
        self.ended.saturating_sub(self.began)
    }

    /// The returned value, if the call succeeded.
    pub fn value(&self) -> Option<i64> {
        match self.outcome {
            Outcome::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The error, if the call failed.
    pub fn error(&self) -> Option<Errno> {
        match self.outcome {
            Outcome::Error(errno) => Some(errno),
            _ => None,
        }
    }

    /// The bytes that moved, for calls that send or receive one message.
    pub fn bytes(&self) -> Option<&Bytes> {
        match &self.args {
            Args::Send { bytes, .. } | Args::Recv { bytes, .. } => Some(bytes),
            _ => None,
        }
    }

    /// The descriptor a successful call created: `socket`, `accept`, `dup`, `fcntl(F_DUPFD)`.
    pub fn new_fd(&self) -> Option<i32> {
        match self.args {
            Args::Socket { .. } | Args::Accept { .. } | Args::Dup { .. } => {
                self.value().and_then(|value| i32::try_from(value).ok())
            }
            _ => None,
        }
    }

    /// Where the call belongs on the time axis; becomes [`crate::Event::at`].
    ///
    /// Calls that put something on the wire stand at their beginning, all others at their end.
    pub fn moment(&self) -> u64 {
        if self.stands_at_its_beginning() { self.began } else { self.ended }
    }

    /// True for calls whose moment is their beginning.
    pub(crate) fn stands_at_its_beginning(&self) -> bool {
        let starts =
            matches!(self.args, Args::Connect { .. } | Args::Shutdown { .. } | Args::Close);
        starts || self.sends()
    }
}

/// The name programmers know a system call by: C libraries implement `recv` as `recvfrom` without an
/// address, `accept` as `accept4`, and so on. `has_address`: it passes an address, or room for one.
pub fn library_name(call: &str, has_address: bool) -> &str {
    match call {
        "recvfrom" if !has_address => "recv",
        "sendto" if !has_address => "send",
        "accept4" => "accept",
        "ppoll" => "poll",
        "pselect6" => "select",
        "epoll_pwait" | "epoll_pwait2" => "epoll_wait",
        name => name,
    }
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Endpoint, Family, Flags, Protocol};

    fn call(name: &'static str, args: Args, outcome: Outcome) -> Call {
        Call {
            name: name.into(),
            fd: Some(3),
            socket: None,
            args,
            outcome,
            began: 10,
            ended: 25,
            restarts: 0,
            implicit: false,
            source: None,
            counted: None,
        }
    }

    fn recv(text: &str, from: Option<Endpoint>) -> Args {
        let (flags, got) = (Flags::default(), Flags::default());
        let bytes = Bytes::whole(text);
        Args::Recv { room: 9, bytes, flags, got, from, control: Box::default() }
    }

    #[test]
    fn calls_that_create_a_descriptor_return_it() {
        let stream = SocketType::STREAM;
        let flags = Flags::default;
        let new = |args: &Args, outcome| call("call", args.clone(), outcome).new_fd();
        let socket = Args::Socket {
            family: Family::INET,
            kind: stream,
            flags: flags(),
            protocol: Protocol::IP,
        };
        let accept = Args::Accept { peer: None, flags: flags(), listener: None };
        for args in [socket, accept, Args::Dup { flags: flags() }] {
            assert_eq!(new(&args, Outcome::Value(7)), Some(7));
            assert_eq!(new(&args, Outcome::Error(Errno::EMFILE)), None);
            assert_eq!(new(&args, Outcome::Unfinished), None);
        }
        assert_eq!(new(&recv("hola", None), Outcome::Value(4)), None, "a count is no descriptor");
    }

    #[test]
    fn a_call_has_the_bytes_of_its_one_message() {
        let received = call("read", recv("hola", None), Outcome::Value(4));
        assert_eq!(received.bytes(), Some(&Bytes::whole("hola")));
        assert_eq!(call("close", Args::Close, Outcome::Value(0)).bytes(), None);
        assert_eq!((received.took(), received.moment()), (15, 25));
    }

    #[test]
    fn calls_have_the_names_that_programs_use() {
        let name = |name, args, outcome| call(name, args, outcome).library_name().to_owned();
        let from = Some(Endpoint::ip([127, 0, 0, 1], 80));
        assert_eq!(name("recvfrom", recv("x", None), Outcome::Value(1)), "recv");
        assert_eq!(name("recvfrom", recv("x", from), Outcome::Value(1)), "recvfrom");
        let nothing = Outcome::Error(Errno::EAGAIN);
        assert_eq!(name("recvfrom", recv("", None), nothing), "recv");
        let mut unconnected = call("recvfrom", recv("", None), nothing);
        unconnected.socket = Some(Arc::new(SocketId {
            netns: None,
            family: Family::INET,
            kind: SocketType::DGRAM,
            protocol: Protocol::UDP,
            local: None,
            peer: None,
            inode: None,
            peer_inode: None,
        }));
        assert_eq!(unconnected.library_name(), "recvfrom", "from whom, if anybody had sent");
        assert_eq!(name("read", recv("x", None), Outcome::Value(1)), "read");
        let poll = || Args::Poll { waits: Vec::new(), timeout: None };
        assert_eq!(name("ppoll", poll(), Outcome::Value(0)), "poll");
        assert_eq!(name("pselect6", poll(), Outcome::Value(0)), "select");
    }

    #[test]
    fn a_recording_leaves_out_what_did_not_happen() {
        let json = |call: &Call| serde_json::to_string(call).unwrap();
        let mut call = call("close", Args::Close, Outcome::Value(0));
        let plain = json(&call);
        for absent in ["restarts", "implicit", "socket", "source", "counted"] {
            assert!(!plain.contains(absent), "{plain}");
        }
        (call.restarts, call.implicit) = (2, true);
        let json = json(&call);
        assert!(json.contains(r#""restarts":2"#) && json.contains(r#""implicit":true"#), "{json}");
    }
}
