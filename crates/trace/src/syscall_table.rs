//! The system calls that the tracer stops at.

use std::sync::LazyLock;

use crate::arch;
use crate::syscall::Stage::{Always, FirstArgument, OnDescriptor, Untraced, WithSockets};
use crate::syscall::{Row, Sys};

/// Every call of interest, in no particular order.
pub(crate) fn table() -> impl Iterator<Item = &'static Row> {
    CALLS.iter().chain(arch::OLD_CALLS)
}

/// The row of a system call number, if the call is of interest.
pub(crate) fn row(number: i64) -> Option<&'static Row> {
    BY_NUMBER.get(usize::try_from(number).ok()?).copied().flatten()
}

static BY_NUMBER: LazyLock<Vec<Option<&'static Row>>> = LazyLock::new(|| {
    let mut rows = Vec::new();
    for row in table() {
        let Ok(number) = usize::try_from(row.number) else {
            continue;
        };
        if rows.len() <= number {
            rows.resize(number + 1, None);
        }
        rows[number] = Some(row);
    }
    rows
});

const CALLS: &[Row] = &[
    Row::new(libc::SYS_socket, Sys::Socket, "socket", Always),
    Row::new(libc::SYS_socketpair, Sys::Socketpair, "socketpair", Always),
    Row::new(libc::SYS_bind, Sys::Bind, "bind", Always),
    Row::new(libc::SYS_listen, Sys::Listen, "listen", Always),
    Row::new(libc::SYS_accept, Sys::Accept, "accept", Always),
    Row::new(libc::SYS_accept4, Sys::Accept4, "accept4", Always),
    Row::new(libc::SYS_connect, Sys::Connect, "connect", Always),
    Row::new(libc::SYS_sendto, Sys::Sendto, "sendto", Always),
    Row::new(libc::SYS_recvfrom, Sys::Recvfrom, "recvfrom", Always),
    Row::new(libc::SYS_sendmsg, Sys::Sendmsg, "sendmsg", Always),
    Row::new(libc::SYS_recvmsg, Sys::Recvmsg, "recvmsg", Always),
    Row::new(libc::SYS_sendmmsg, Sys::Sendmmsg, "sendmmsg", Always),
    Row::new(libc::SYS_recvmmsg, Sys::Recvmmsg, "recvmmsg", Always),
    Row::new(libc::SYS_shutdown, Sys::Shutdown, "shutdown", Always),
    Row::new(libc::SYS_setsockopt, Sys::Setsockopt, "setsockopt", Always),
    Row::new(libc::SYS_getsockopt, Sys::Getsockopt, "getsockopt", Always),
    Row::new(libc::SYS_getsockname, Sys::Getsockname, "getsockname", Always),
    Row::new(libc::SYS_getpeername, Sys::Getpeername, "getpeername", Always),
    Row::new(libc::SYS_read, Sys::Read, "read", OnDescriptor),
    Row::new(libc::SYS_write, Sys::Write, "write", OnDescriptor),
    Row::new(libc::SYS_readv, Sys::Readv, "readv", OnDescriptor),
    Row::new(libc::SYS_writev, Sys::Writev, "writev", OnDescriptor),
    Row::new(libc::SYS_preadv2, Sys::Preadv2, "preadv2", OnDescriptor),
    Row::new(libc::SYS_pwritev2, Sys::Pwritev2, "pwritev2", OnDescriptor),
    Row::new(libc::SYS_close, Sys::Close, "close", OnDescriptor),
    Row::new(libc::SYS_dup, Sys::Dup, "dup", OnDescriptor),
    Row::new(libc::SYS_fcntl, Sys::Fcntl, "fcntl", OnDescriptor),
    Row::new(libc::SYS_ioctl, Sys::Ioctl, "ioctl", OnDescriptor),
    // `sendfile` writes to its first argument; it can't read from a socket.
    Row::new(libc::SYS_sendfile, Sys::Sendfile, "sendfile", OnDescriptor),
    Row::new(libc::SYS_close_range, Sys::CloseRange, "close_range", WithSockets),
    Row::new(libc::SYS_dup3, Sys::Dup3, "dup3", WithSockets),
    Row::new(libc::SYS_splice, Sys::Splice, "splice", WithSockets),
    Row::new(libc::SYS_ppoll, Sys::Ppoll, "ppoll", WithSockets),
    Row::new(libc::SYS_pselect6, Sys::Pselect6, "pselect6", WithSockets),
    Row::new(libc::SYS_epoll_ctl, Sys::EpollCtl, "epoll_ctl", WithSockets),
    Row::new(libc::SYS_epoll_pwait, Sys::EpollWait, "epoll_pwait", WithSockets),
    Row::new(libc::SYS_epoll_pwait2, Sys::EpollPwait2, "epoll_pwait2", WithSockets),
    Row::new(libc::SYS_unshare, Sys::Unshare, "unshare", WithSockets),
    Row::new(libc::SYS_restart_syscall, Sys::RestartSyscall, "restart_syscall", WithSockets),
    Row::new(libc::SYS_execve, Sys::Execve, "execve", WithSockets),
    Row::new(libc::SYS_execveat, Sys::Execve, "execveat", WithSockets),
    Row::new(libc::SYS_io_uring_setup, Sys::IoUringSetup, "io_uring_setup", Always),
    Row::new(libc::SYS_pidfd_getfd, Sys::PidfdGetfd, "pidfd_getfd", Always),
    Row::new(libc::SYS_seccomp, Sys::Seccomp, "seccomp", Always),
    Row::new(libc::SYS_prctl, Sys::Prctl, "prctl", FirstArgument),
    Row::new(libc::SYS_clone, Sys::Clone, "clone", Untraced),
    // Its flags are in memory, where no filter sees them.
    Row::new(libc::SYS_clone3, Sys::Clone3, "clone3", Always),
];
