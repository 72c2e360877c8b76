//! Bits by name.

use socklab_event::{Flags, Name};

/// Names the bits of a word. Bits without a name are combined into one hexadecimal number.
pub(super) fn flags(bits: u64, table: &[(u64, &'static str)]) -> Flags {
    if bits == 0 {
        return Flags::default();
    }
    let mut rest = bits;
    let mut names = Vec::new();
    for &(bit, name) in table {
        if rest & bit == bit {
            names.push(Name::of(name));
            rest &= !bit;
        }
    }
    if rest != 0 {
        names.push(Name::from(format!("{rest:#x}")));
    }
    names.into()
}

/// `SOCK_NONBLOCK` and `SOCK_CLOEXEC`, of `socket` and `accept4`.
pub(super) const SOCK: &[(u64, &str)] =
    &[(libc::SOCK_NONBLOCK as u64, "SOCK_NONBLOCK"), (libc::SOCK_CLOEXEC as u64, "SOCK_CLOEXEC")];

/// `MSG_…` of send and recv.
pub(super) const MSG: &[(u64, &str)] = &[
    (0x01, "MSG_OOB"),
    (0x02, "MSG_PEEK"),
    (0x04, "MSG_DONTROUTE"),
    (0x08, "MSG_CTRUNC"),
    (0x10, "MSG_PROBE"),
    (0x20, "MSG_TRUNC"),
    (0x40, "MSG_DONTWAIT"),
    (0x80, "MSG_EOR"),
    (0x100, "MSG_WAITALL"),
    (0x200, "MSG_FIN"),
    (0x400, "MSG_SYN"),
    (0x800, "MSG_CONFIRM"),
    (0x1000, "MSG_RST"),
    (0x2000, "MSG_ERRQUEUE"),
    (0x4000, "MSG_NOSIGNAL"),
    (0x8000, "MSG_MORE"),
    (0x1_0000, "MSG_WAITFORONE"),
    (0x4_0000, "MSG_BATCH"),
    (0x400_0000, "MSG_ZEROCOPY"),
    (0x2000_0000, "MSG_FASTOPEN"),
    (0x4000_0000, "MSG_CMSG_CLOEXEC"),
];

/// `POLL…` of poll.
pub(super) const POLL: &[(u64, &str)] = &[
    (0x001, "POLLIN"),
    (0x002, "POLLPRI"),
    (0x004, "POLLOUT"),
    (0x008, "POLLERR"),
    (0x010, "POLLHUP"),
    (0x020, "POLLNVAL"),
    (0x040, "POLLRDNORM"),
    (0x080, "POLLRDBAND"),
    (0x100, "POLLWRNORM"),
    (0x200, "POLLWRBAND"),
    (0x400, "POLLMSG"),
    (0x2000, "POLLRDHUP"),
];

/// `EPOLL…` of epoll.
pub(super) const EPOLL: &[(u64, &str)] = &[
    (0x001, "EPOLLIN"),
    (0x002, "EPOLLPRI"),
    (0x004, "EPOLLOUT"),
    (0x008, "EPOLLERR"),
    (0x010, "EPOLLHUP"),
    (0x040, "EPOLLRDNORM"),
    (0x080, "EPOLLRDBAND"),
    (0x100, "EPOLLWRNORM"),
    (0x200, "EPOLLWRBAND"),
    (0x400, "EPOLLMSG"),
    (0x2000, "EPOLLRDHUP"),
    (1 << 28, "EPOLLEXCLUSIVE"),
    (1 << 29, "EPOLLWAKEUP"),
    (1 << 30, "EPOLLONESHOT"),
    (1 << 31, "EPOLLET"),
];

/// `O_…` of `fcntl(F_GETFL)` and `F_SETFL`. The access mode is a number rather than bits: 0 is
/// O_RDONLY.
pub(super) const OPEN: &[(u64, &str)] = &[
    (libc::O_APPEND as u64, "O_APPEND"),
    (libc::O_NONBLOCK as u64, "O_NONBLOCK"),
    (libc::O_ASYNC as u64, "O_ASYNC"),
    (libc::O_DIRECT as u64, "O_DIRECT"),
    (libc::O_NOATIME as u64, "O_NOATIME"),
    (libc::O_RDWR as u64, "O_RDWR"),
    (libc::O_WRONLY as u64, "O_WRONLY"),
];

/// `FD_CLOEXEC`.
pub(super) const FD: &[(u64, &str)] = &[(libc::FD_CLOEXEC as u64, "FD_CLOEXEC")];

/// `O_CLOEXEC` of `dup3`.
pub(super) const DUP: &[(u64, &str)] = &[(libc::O_CLOEXEC as u64, "O_CLOEXEC")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unnamed_bits_are_not_lost() {
        assert_eq!(flags(0x4002, MSG).to_string(), "MSG_PEEK|MSG_NOSIGNAL");
        assert_eq!(flags(0x1000_0002, MSG).to_string(), "MSG_PEEK|0x10000000");
        assert_eq!(flags(0, MSG).to_string(), "0");
    }
}
