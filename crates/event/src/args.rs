//! Decoded arguments: one variant for each operation a program can ask of a socket.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Bytes, Endpoint, Family, Flags, Name, Protocol, Shutdown, SocketId, SocketType};

/// What was asked, and what the kernel wrote back through the arguments.
///
/// Several system calls share a variant: `Recv` is `read`, `readv`, `recvfrom` and `recvmsg`; the
/// call's name says which it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "the fields are named and described in the man pages")]
#[non_exhaustive]
pub enum Args {
    /// `socket(2)`. `flags`: `SOCK_NONBLOCK`, `SOCK_CLOEXEC`. `protocol` as passed, 0 included.
    Socket {
        family: Family,
        #[serde(rename = "type")]
        kind: SocketType,
        #[serde(default, skip_serializing_if = "Flags::is_empty")]
        flags: Flags,
        protocol: Protocol,
    },
    /// `socketpair(2)`. `fds` are the two descriptors, empty if it failed; `second` is the socket
    /// of the second one; that of the first is the call's `socket`.
    Socketpair {
        family: Family,
        #[serde(rename = "type")]
        kind: SocketType,
        #[serde(default, skip_serializing_if = "Flags::is_empty")]
        flags: Flags,
        protocol: Protocol,
        fds: Vec<i32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        second: Option<Arc<SocketId>>,
    },
    /// `bind(2)`: the address as passed; port 0 means any, and the call's socket has the one
    /// chosen.
    Bind { address: Endpoint },
    /// `listen(2)`.
    Listen { backlog: i32 },
    /// `accept(2)`, `accept4(2)`. `peer` is what the kernel wrote into the program's buffer,
    /// absent if the program did not ask; the call's socket knows the peer in any case.
    /// `listener` is the socket accepted on.
    Accept {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        peer: Option<Endpoint>,
        #[serde(default, skip_serializing_if = "Flags::is_empty")]
        flags: Flags,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        listener: Option<Arc<SocketId>>,
    },
    /// `connect(2)`.
    Connect { address: Endpoint },
    /// `write`, `writev`, `sendto`, `sendmsg`. `asked` is how many bytes the program offered;
    /// `bytes.total` how many the kernel accepted (0 if the call failed; the sample is then what
    /// was offered).
    Send {
        asked: u64,
        bytes: Bytes,
        #[serde(default, skip_serializing_if = "Flags::is_empty")]
        flags: Flags,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Endpoint>,
        #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
        control: Box<[Control]>,
    },
    /// `read`, `readv`, `recvfrom`, `recvmsg`. `room` is the size of the program's buffer,
    /// `bytes.total` how many bytes it got; `got` the flags the kernel returned (`MSG_TRUNC` …).
    Recv {
        room: u64,
        bytes: Bytes,
        #[serde(default, skip_serializing_if = "Flags::is_empty")]
        flags: Flags,
        #[serde(default, skip_serializing_if = "Flags::is_empty")]
        got: Flags,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Endpoint>,
        #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
        control: Box<[Control]>,
    },
    /// `sendmmsg(2)`: the messages sent, out of the `asked` offered; of a call that was refused, the
    /// first, without its bytes.
    SendMany {
        asked: u32,
        messages: Vec<Message>,
        #[serde(default, skip_serializing_if = "Flags::is_empty")]
        flags: Flags,
    },
    /// `recvmmsg(2)`: the messages received; `room` is how many there was space for.
    RecvMany {
        room: u32,
        messages: Vec<Message>,
        #[serde(default, skip_serializing_if = "Flags::is_empty")]
        flags: Flags,
    },
    /// `sendfile(2)`, `splice(2)` into a socket or out of one: bytes that never passed through
    /// the program. `into_socket` is false when the socket was the source.
    SendFile { other_fd: i32, asked: u64, into_socket: bool },
    /// `shutdown(2)`.
    Shutdown { how: Shutdown },
    /// `close(2)`, or a close the program did not ask for (see
    /// [`Call::implicit`](crate::Call::implicit)).
    Close,
    /// `setsockopt(2)`.
    SetOption { level: Name, option: Name, value: OptionValue },
    /// `getsockopt(2)`: the value the kernel returned, absent if the call failed.
    GetOption {
        level: Name,
        option: Name,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<OptionValue>,
    },
    /// `getsockname(2)`.
    LocalName {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<Endpoint>,
    },
    /// `getpeername(2)`.
    PeerName {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<Endpoint>,
    },
    /// `dup`, `dup2`, `dup3`, `fcntl(F_DUPFD…)`: a second descriptor for the same socket, the
    /// call's result. `flags`: `O_CLOEXEC`.
    Dup {
        #[serde(default, skip_serializing_if = "Flags::is_empty")]
        flags: Flags,
    },
    /// `fcntl(2)` other than a dup: `F_SETFL` with its flags as `O_NONBLOCK` …, `F_GETFL` (flags
    /// from the result) ….
    Fcntl {
        command: Name,
        #[serde(default, skip_serializing_if = "Flags::is_empty")]
        flags: Flags,
        argument: u64,
    },
    /// `ioctl(2)`: `FIONBIO`, `FIONREAD` … with the integer passed in or out.
    Ioctl {
        request: Name,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<i64>,
    },
    /// `poll`, `ppoll`, `select`, `pselect6`: waiting for one of several descriptors.
    Poll {
        waits: Vec<Wait>,
        /// Nanoseconds; absent if the call may wait forever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timeout: Option<u64>,
    },
    /// `epoll_wait`, `epoll_pwait`, `epoll_pwait2` on the epoll descriptor `epoll`.
    EpollWait {
        epoll: i32,
        max: i32,
        ready: Vec<Ready>,
        /// Nanoseconds; absent if the call may wait forever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timeout: Option<u64>,
    },
    /// `epoll_ctl(2)` about a socket.
    EpollControl {
        epoll: i32,
        operation: Name,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        interest: Option<EpollInterest>,
    },
    /// `io_uring_setup(2)`: from here on, operations may go unseen.
    IoUring { entries: u32 },
    /// Any other call on a socket: the raw argument words.
    Other { words: Vec<u64> },
}

/// One descriptor of a poll set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct Wait {
    /// The descriptor.
    pub fd: i32,
    /// What was waited for: `POLLIN` …; `select`'s sets read as `POLLIN`, `POLLOUT`, `POLLPRI`.
    #[serde(default, skip_serializing_if = "Flags::is_empty")]
    pub wants: Flags,
    /// The events that occurred.
    #[serde(default, skip_serializing_if = "Flags::is_empty")]
    pub got: Flags,
    /// The socket behind the descriptor, if it is a socket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub socket: Option<Arc<SocketId>>,
}

/// One entry `epoll_wait` returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct Ready {
    /// The registered descriptor, if the registration was seen and is unambiguous.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fd: Option<i32>,
    /// The events that occurred: `EPOLLIN` ….
    #[serde(default, skip_serializing_if = "Flags::is_empty")]
    pub got: Flags,
    /// The program's own 64-bit word (`epoll_data`).
    pub data: u64,
}

/// The events `epoll_ctl` subscribed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct EpollInterest {
    /// `EPOLLIN`, `EPOLLET` ….
    #[serde(default, skip_serializing_if = "Flags::is_empty")]
    pub wants: Flags,
    /// The program's own 64-bit word (`epoll_data`).
    pub data: u64,
}

/// One message of `sendmmsg` or `recvmmsg`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct Message {
    /// Its bytes.
    pub bytes: Bytes,
    /// Where it was sent, or where it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Endpoint>,
    /// Flags the kernel returned.
    #[serde(default, skip_serializing_if = "Flags::is_empty")]
    pub got: Flags,
    /// Ancillary data.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub control: Box<[Control]>,
}

/// One piece of ancillary data, `cmsg(3)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Control {
    /// `SCM_RIGHTS`: descriptors passed, in the numbers of the process making the call.
    Rights {
        /// The descriptors.
        fds: Vec<i32>,
    },
    /// `SCM_CREDENTIALS`.
    Credentials {
        /// Process id.
        pid: i32,
        /// User id.
        uid: u32,
        /// Group id.
        gid: u32,
    },
    /// Any other kind.
    Other {
        /// `SOL_SOCKET`, `IPPROTO_IP` ….
        level: Name,
        /// Its type within the level.
        #[serde(rename = "type")]
        of: i32,
        /// The type's name, `IP_PKTINFO` …, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Name>,
        /// What the bytes mean, for the frequent kinds: a number, a time (of a stamp: since 1970), or
        /// words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<OptionValue>,
        /// Its bytes.
        bytes: Bytes,
    },
}

/// The value of a socket option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OptionValue {
    /// An int: a switch or a size.
    Int(i64),
    /// `SO_LINGER`: seconds, or off.
    Linger(Option<i32>),
    /// A time, nanoseconds: `SO_RCVTIMEO`, `SO_SNDTIMEO`.
    Time(u64),
    /// `SO_ERROR`'s pending error.
    Error(crate::Errno),
    /// A name: `SO_BINDTODEVICE`, `TCP_CONGESTION`.
    Text(String),
    /// Anything else.
    Bytes(Bytes),
}
