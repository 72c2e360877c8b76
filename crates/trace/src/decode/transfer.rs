//! A system call's words, and memory before and after it, to its arguments.

use socklab_event::{
    Args, Bytes, Endpoint, Errno, Flags, Name, Outcome, Protocol, Shutdown, SocketType,
};

use super::message::{self, Header};
use super::{address, flags, option, u32_at, wait};
use crate::memory::Memory;
use crate::syscall::{Row, Sys};

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Bytes of every message.
    pub(crate) sample: usize,
}

/// A call as it was entered, and what the kernel will have overwritten when it returns.
#[derive(Clone, Debug)]
pub(crate) struct CallAtEntry {
    pub(crate) row: &'static Row,
    pub(crate) words: [u64; 6],
    before: Before,
}

/// What has to be read before the kernel runs the call.
#[derive(Clone, Debug)]
enum Before {
    /// Nothing.
    Nothing,
    /// The address to bind or connect to: worth having even if the call never returns.
    Address(Endpoint),
    /// The room for an address.
    Room(u32),
    /// A `msghdr`.
    Header(Header),
    /// The room for an address in each of several messages.
    Rooms(Vec<u32>),
    /// A timeout that the kernel counts down in place.
    Timeout(Option<u64>),
    /// `select`'s sets, and its timeout.
    Sets(Box<[Vec<u8>; 3]>, Option<u64>),
}

impl CallAtEntry {
    /// Reads what the call would overwrite.
    pub(crate) fn new(row: &'static Row, words: [u64; 6], memory: &impl Memory) -> Self {
        let room = |address: u64, length: u64| match address {
            0 => Before::Nothing,
            _ => Before::Room(memory.array::<4>(length).map_or(0, u32::from_ne_bytes)),
        };
        let before = match row.sys {
            Sys::Bind | Sys::Connect => {
                Before::Address(address::passed(memory, words[1], words[2]))
            }
            Sys::Accept | Sys::Accept4 | Sys::Getsockname | Sys::Getpeername => {
                room(words[1], words[2])
            }
            Sys::Recvfrom => room(words[4], words[5]),
            Sys::Recvmsg => Before::Header(Header::read(memory, words[1]).unwrap_or_default()),
            Sys::Recvmmsg => {
                let count = (words[2] as u32 as usize).min(1024);
                let list = memory.bytes(words[1], count * message::MANY);
                let rooms = list.chunks_exact(message::MANY).map(|header| u32_at(header, 8));
                Before::Rooms(rooms.collect())
            }
            Sys::Ppoll => Before::Timeout(wait::time(memory, words[2], 1)),
            Sys::EpollPwait2 => Before::Timeout(wait::time(memory, words[3], 1)),
            Sys::Select | Sys::Pselect6 => {
                let unit = if row.sys == Sys::Select { 1000 } else { 1 };
                let sets = wait::sets(memory, words[0], [words[1], words[2], words[3]]);
                Before::Sets(Box::new(sets), wait::time(memory, words[4], unit))
            }
            _ => Before::Nothing,
        };
        Self { row, words, before }
    }

    /// The descriptor the call is made on, where its first argument is one.
    pub(crate) fn fd(&self) -> i32 {
        self.words[0] as i32
    }
}

/// Decodes a call that has returned, or will not.
pub(crate) fn decode(
    entry: &CallAtEntry,
    outcome: Outcome,
    memory: &impl Memory,
    limits: Limits,
) -> Args {
    let w = &entry.words;
    let moved = match outcome {
        Outcome::Value(value) => u64::try_from(value).unwrap_or(0),
        Outcome::Error(_) | Outcome::Unfinished => 0,
    };
    let succeeded = matches!(outcome, Outcome::Value(_));
    match entry.row.sys {
        Sys::Socket => {
            let (kind, flags) = socket_type(w[1]);
            let family = socklab_event::Family(w[0] as i32);
            Args::Socket { family, kind, flags, protocol: Protocol(w[2] as i32) }
        }
        Sys::Socketpair => {
            let (kind, flags) = socket_type(w[1]);
            let pair = memory.array::<8>(w[3]).filter(|_| succeeded);
            Args::Socketpair {
                family: socklab_event::Family(w[0] as i32),
                kind,
                flags,
                protocol: Protocol(w[2] as i32),
                fds: pair.map_or_else(Vec::new, |fds| {
                    vec![super::i32_at(&fds, 0), super::i32_at(&fds, 4)]
                }),
                second: None,
            }
        }
        Sys::Bind => Args::Bind { address: entry.address() },
        Sys::Connect => Args::Connect { address: entry.address() },
        Sys::Listen => Args::Listen { backlog: w[1] as i32 },
        Sys::Accept | Sys::Accept4 => Args::Accept {
            peer: entry.returned(memory, w[1], w[2], succeeded),
            flags: match entry.row.sys {
                Sys::Accept4 => flags::flags(u64::from(w[3] as u32), flags::SOCK),
                _ => Flags::default(),
            },
            listener: None,
        },
        Sys::Getsockname => {
            Args::LocalName { address: entry.returned(memory, w[1], w[2], succeeded) }
        }
        Sys::Getpeername => {
            Args::PeerName { address: entry.returned(memory, w[1], w[2], succeeded) }
        }
        Sys::Shutdown => Args::Shutdown { how: Shutdown(w[1] as i32) },
        Sys::Close => Args::Close,
        Sys::Setsockopt | Sys::Getsockopt => socket_option(entry, memory, succeeded),
        Sys::Sendto | Sys::Write | Sys::Writev | Sys::Pwritev2 | Sys::Sendmsg => {
            send(entry, moved, memory, limits)
        }
        Sys::Recvfrom | Sys::Read | Sys::Readv | Sys::Preadv2 | Sys::Recvmsg => {
            receive(entry, moved, succeeded, memory, limits)
        }
        Sys::Sendmmsg | Sys::Recvmmsg => many(entry, moved, memory, limits),
        Sys::Dup | Sys::Dup2 => Args::Dup { flags: Flags::default() },
        Sys::Dup3 => Args::Dup { flags: flags::flags(u64::from(w[2] as u32), flags::DUP) },
        Sys::Fcntl => fcntl(entry, outcome),
        Sys::Ioctl => Args::Ioctl {
            request: ioctl_name(w[1] as u32),
            value: memory.array::<4>(w[2]).map(|int| i64::from(i32::from_ne_bytes(int))),
        },
        Sys::Sendfile => Args::SendFile { other_fd: w[1] as i32, asked: w[3], into_socket: true },
        // Which end is the socket only the caller knows; it swaps the two where necessary.
        Sys::Splice => Args::SendFile { other_fd: w[0] as i32, asked: w[4], into_socket: true },
        Sys::Poll | Sys::Ppoll => Args::Poll {
            waits: wait::poll(memory, w[0], u64::from(w[1] as u32)),
            timeout: match entry.row.sys {
                Sys::Poll => wait::milliseconds(w[2]),
                _ => entry.timeout(),
            },
        },
        Sys::Select | Sys::Pselect6 => select(entry, succeeded, memory),
        Sys::EpollWait | Sys::EpollPwait2 => Args::EpollWait {
            epoll: w[0] as i32,
            max: w[2] as i32,
            ready: wait::ready(memory, w[1], moved as usize),
            timeout: match entry.row.sys {
                Sys::EpollWait => wait::milliseconds(w[3]),
                _ => entry.timeout(),
            },
        },
        Sys::EpollCtl => Args::EpollControl {
            epoll: w[0] as i32,
            operation: match w[1] as i32 {
                libc::EPOLL_CTL_ADD => "EPOLL_CTL_ADD".into(),
                libc::EPOLL_CTL_DEL => "EPOLL_CTL_DEL".into(),
                libc::EPOLL_CTL_MOD => "EPOLL_CTL_MOD".into(),
                other => Name::from(format!("operation {other}")),
            },
            interest: match w[1] as i32 {
                libc::EPOLL_CTL_DEL => None,
                _ => wait::interest(memory, w[3]),
            },
        },
        Sys::IoUringSetup => Args::IoUring { entries: w[0] as u32 },
        Sys::CloseRange
        | Sys::PidfdGetfd
        | Sys::Unshare
        | Sys::Seccomp
        | Sys::Prctl
        | Sys::Execve
        | Sys::RestartSyscall => Args::Other { words: w.to_vec() },
    }
}

impl CallAtEntry {
    fn address(&self) -> Endpoint {
        match &self.before {
            Before::Address(address) => address.clone(),
            _ => Endpoint::Unspecified,
        }
    }

    fn timeout(&self) -> Option<u64> {
        match self.before {
            Before::Timeout(timeout) | Before::Sets(_, timeout) => timeout,
            _ => None,
        }
    }

    /// The address the kernel wrote back, for a pointer to it and one to its length.
    fn returned(
        &self,
        memory: &impl Memory,
        address: u64,
        length: u64,
        succeeded: bool,
    ) -> Option<Endpoint> {
        let Before::Room(room) = self.before else {
            return None;
        };
        let length = memory.array::<4>(length).filter(|_| succeeded)?;
        address::returned(memory, address, room, u32::from_ne_bytes(length))
    }
}

fn socket_type(word: u64) -> (SocketType, Flags) {
    const MASK: u64 = 0xf; // SOCK_TYPE_MASK
    let word = u64::from(word as u32);
    (SocketType((word & MASK) as i32), flags::flags(word & !MASK, flags::SOCK))
}

fn socket_option(entry: &CallAtEntry, memory: &impl Memory, succeeded: bool) -> Args {
    /// No option's value is longer than a page.
    const LONGEST: usize = 4096;
    let w = &entry.words;
    let (level, option) = (w[1] as i32, w[2] as i32);
    let read = |length: u32| {
        option::value(level, option, &memory.bytes(w[3], (length as usize).min(LONGEST)))
    };
    let (level, option) = (option::level_name(level), option::option_name(level, option));
    if entry.row.sys == Sys::Setsockopt {
        return Args::SetOption { level, option, value: read(w[4] as u32) };
    }
    let length = memory.array::<4>(w[4]).filter(|_| succeeded);
    Args::GetOption { level, option, value: length.map(u32::from_ne_bytes).map(read) }
}

fn send(entry: &CallAtEntry, moved: u64, memory: &impl Memory, limits: Limits) -> Args {
    let w = &entry.words;
    let msg = |word: u64| flags::flags(u64::from(word as u32), flags::MSG);
    let (buffers, flags, to, control) = match entry.row.sys {
        Sys::Sendto => {
            let to = (w[4] != 0).then(|| address::passed(memory, w[4], w[5]));
            (vec![(w[1], w[2])], msg(w[3]), to, Vec::new())
        }
        Sys::Write => (vec![(w[1], w[2])], Flags::default(), None, Vec::new()),
        Sys::Sendmsg => {
            let header = Header::read(memory, w[1]).unwrap_or_default();
            let buffers = message::buffers(memory, header.buffers, header.buffer_count);
            (buffers, msg(w[2]), header.to(memory), header.control(memory))
        }
        _ => (message::buffers(memory, w[1], w[2]), Flags::default(), None, Vec::new()),
    };
    let offered = message::room(&buffers);
    let shown = if moved > 0 { moved } else { offered };
    let sample = message::gather(memory, &buffers, shown, limits.sample);
    Args::Send { asked: offered, bytes: Bytes { sample, total: moved }, flags, to, control }
}

fn receive(
    entry: &CallAtEntry,
    moved: u64,
    succeeded: bool,
    memory: &impl Memory,
    limits: Limits,
) -> Args {
    let w = &entry.words;
    let msg = |word: u64| flags::flags(u64::from(word as u32), flags::MSG);
    let mut got = Flags::default();
    let mut control = Vec::new();
    let (buffers, flags, from) = match entry.row.sys {
        Sys::Recvfrom => {
            let from = entry.returned(memory, w[4], w[5], succeeded);
            (vec![(w[1], w[2])], msg(w[3]), from)
        }
        Sys::Read => (vec![(w[1], w[2])], Flags::default(), None),
        Sys::Recvmsg => {
            let Before::Header(before) = entry.before else {
                return Args::Other { words: w.to_vec() };
            };
            let buffers = message::buffers(memory, before.buffers, before.buffer_count);
            let after = Header::read(memory, w[1]).filter(|_| succeeded);
            let from = after.and_then(|after| {
                got = after.got();
                // The kernel advances neither pointer, only the lengths.
                let length = after.control_length.min(before.control_length);
                control = Header { control_length: length, ..before }.control(memory);
                address::returned(memory, before.name, before.name_length, after.name_length)
            });
            (buffers, msg(w[2]), from)
        }
        _ => (message::buffers(memory, w[1], w[2]), Flags::default(), None),
    };
    let room = message::room(&buffers);
    // With MSG_TRUNC the result may exceed the room: the datagram's own length.
    let sample = message::gather(memory, &buffers, moved.min(room), limits.sample);
    Args::Recv { room, bytes: Bytes { sample, total: moved }, flags, got, from, control }
}

fn many(entry: &CallAtEntry, moved: u64, memory: &impl Memory, limits: Limits) -> Args {
    let w = &entry.words;
    let flags = flags::flags(u64::from(w[3] as u32), flags::MSG);
    let count = moved as usize;
    match &entry.before {
        Before::Rooms(rooms) => {
            let messages = message::many(memory, w[1], count, Some(rooms), limits.sample);
            Args::RecvMany { room: w[2] as u32, messages, flags }
        }
        _ => {
            let messages = message::many(memory, w[1], count, None, limits.sample);
            Args::SendMany { asked: w[2] as u32, messages, flags }
        }
    }
}

fn select(entry: &CallAtEntry, succeeded: bool, memory: &impl Memory) -> Args {
    let w = &entry.words;
    let Before::Sets(before, timeout) = &entry.before else {
        return Args::Other { words: w.to_vec() };
    };
    let after = succeeded.then(|| wait::sets(memory, w[0], [w[1], w[2], w[3]]));
    Args::Poll { waits: wait::select(w[0], before, after.as_ref()), timeout: *timeout }
}

fn fcntl(entry: &CallAtEntry, outcome: Outcome) -> Args {
    let [_, command, argument, ..] = entry.words;
    let result = match outcome {
        Outcome::Value(value) => value.cast_unsigned(),
        Outcome::Error(Errno(_)) | Outcome::Unfinished => 0,
    };
    let (command, flags) = match command as i32 {
        libc::F_DUPFD => {
            return Args::Dup { flags: Flags::default() };
        }
        libc::F_DUPFD_CLOEXEC => {
            return Args::Dup { flags: Flags(vec![Name::of("O_CLOEXEC")]) };
        }
        libc::F_GETFD => (Name::of("F_GETFD"), flags::flags(result, flags::FD)),
        libc::F_SETFD => (Name::of("F_SETFD"), flags::flags(argument, flags::FD)),
        libc::F_GETFL => (Name::of("F_GETFL"), flags::flags(result, flags::OPEN)),
        libc::F_SETFL => (Name::of("F_SETFL"), flags::flags(argument, flags::OPEN)),
        libc::F_SETOWN => (Name::of("F_SETOWN"), Flags::default()),
        libc::F_GETOWN => (Name::of("F_GETOWN"), Flags::default()),
        other => (Name::from(format!("command {other}")), Flags::default()),
    };
    Args::Fcntl { command, flags, argument }
}

fn ioctl_name(request: u32) -> Name {
    match request {
        0x5421 => "FIONBIO".into(),
        0x541b => "FIONREAD".into(),
        0x5411 => "TIOCOUTQ".into(),
        0x5450 => "FIONCLEX".into(),
        0x5451 => "FIOCLEX".into(),
        0x5452 => "FIOASYNC".into(),
        0x8905 => "SIOCATMARK".into(),
        0x8906 => "SIOCGSTAMP".into(),
        0x8910 => "SIOCGIFNAME".into(),
        0x8912 => "SIOCGIFCONF".into(),
        0x8913 => "SIOCGIFFLAGS".into(),
        0x8915 => "SIOCGIFADDR".into(),
        0x8927 => "SIOCGIFHWADDR".into(),
        0x8933 => "SIOCGIFINDEX".into(),
        0x894b => "SIOCOUTQNSD".into(),
        0x5401 => "TCGETS".into(),
        other => Name::from(format!("{other:#x}")),
    }
}
