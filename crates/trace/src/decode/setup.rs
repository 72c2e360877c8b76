//! Calls that set a socket up and take it down: `socket` to `close`.

use socklab_event::{Args, Family, Flags, Protocol, Shutdown, SocketType};

use super::flags;
use super::returned::Returned;
use super::words::i32_at;
use crate::memory::Memory;
use crate::syscall::Sys;

/// `SOCK_TYPE_MASK` of `include/linux/net.h`: the other bits of the word are flags.
const TYPE_MASK: u32 = 0xf;

pub(super) fn socket(call: &Returned<'_, impl Memory>) -> Args {
    let (kind, flags) = kind_and_flags(call.uint(1));
    let family = Family(call.int(0));
    Args::Socket { family, kind, flags, protocol: Protocol::of(family, call.int(2)) }
}

pub(super) fn socketpair(call: &Returned<'_, impl Memory>) -> Args {
    let (kind, flags) = kind_and_flags(call.uint(1));
    let pair = call.memory.array::<8>(call.word(3)).filter(|_| call.has_succeeded());
    let family = Family(call.int(0));
    Args::Socketpair {
        family,
        kind,
        flags,
        protocol: Protocol::of(family, call.int(2)),
        fds: pair.map_or_else(Vec::new, |fds| vec![i32_at(&fds, 0), i32_at(&fds, 4)]),
        second: None,
    }
}

pub(super) fn bind(call: &Returned<'_, impl Memory>) -> Args {
    Args::Bind { address: call.entry.address() }
}

pub(super) fn connect(call: &Returned<'_, impl Memory>) -> Args {
    Args::Connect { address: call.entry.address() }
}

pub(super) fn listen(call: &Returned<'_, impl Memory>) -> Args {
    Args::Listen { backlog: call.int(1) }
}

pub(super) fn accept(call: &Returned<'_, impl Memory>) -> Args {
    let flags = match call.entry.row.sys {
        Sys::Accept4 => flags::flags(u64::from(call.uint(3)), flags::SOCK),
        _ => Flags::default(),
    };
    Args::Accept { peer: call.written_address(1, 2), flags, listener: None }
}

pub(super) fn getsockname(call: &Returned<'_, impl Memory>) -> Args {
    Args::LocalName { address: call.written_address(1, 2) }
}

pub(super) fn getpeername(call: &Returned<'_, impl Memory>) -> Args {
    Args::PeerName { address: call.written_address(1, 2) }
}

pub(super) fn shutdown(call: &Returned<'_, impl Memory>) -> Args {
    Args::Shutdown { how: Shutdown(call.int(1)) }
}

fn kind_and_flags(word: u32) -> (SocketType, Flags) {
    let flags = flags::flags(u64::from(word & !TYPE_MASK), flags::SOCK);
    (SocketType((word & TYPE_MASK).cast_signed()), flags)
}
