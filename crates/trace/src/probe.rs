//! Asking the kernel about a tracee's sockets, through duplicates of its descriptors.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use libc::{c_int, pid_t, socklen_t};
use socklab_event::{Endpoint, Family, Protocol, SocketId, SocketType};
use socklab_kernel::process::{self, SocketDescriptor};
use socklab_kernel::status::Status;

use crate::decode::address::{self, LONGEST};

/// A pidfd of a process, `pidfd_open(2)`.
pub(crate) fn pidfd(pid: pid_t) -> io::Result<OwnedFd> {
    process::pidfd(pid.cast_unsigned())
}

/// Our own duplicate of another process's descriptor, `pidfd_getfd(2)`. It keeps the socket open
/// as long as it lives, so it must not live long: nobody may miss a FIN because of us.
pub(crate) fn duplicate(pidfd: BorrowedFd<'_>, fd: i32) -> io::Result<OwnedFd> {
    // SAFETY: no pointers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_getfd, pidfd.as_raw_fd(), fd, 0) };
    owned(fd)
}

fn owned(fd: libc::c_long) -> io::Result<OwnedFd> {
    match i32::try_from(fd) {
        // SAFETY: the kernel has just created the descriptor for us.
        Ok(fd) if fd >= 0 => Ok(unsafe { OwnedFd::from_raw_fd(fd) }),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Everything the kernel says about a socket; `None` if it is none.
pub(crate) fn identify(
    fd: BorrowedFd<'_>,
    inode: Option<u64>,
    netns: Option<u64>,
) -> Option<SocketId> {
    let family = Family(option(fd, libc::SO_DOMAIN)?);
    Some(SocketId {
        netns,
        family,
        kind: SocketType(option(fd, libc::SO_TYPE)?),
        protocol: Protocol(option(fd, libc::SO_PROTOCOL)?),
        local: local(fd),
        peer: peer(fd),
        inode,
        peer_inode: None,
    })
}

/// Does it listen, `SO_ACCEPTCONN` of `socket(7)`?
pub(crate) fn listens(fd: BorrowedFd<'_>) -> bool {
    option(fd, libc::SO_ACCEPTCONN).is_some_and(|listens| listens != 0)
}

/// The socket's own address, `getsockname(2)`; `None` if it has none yet.
pub(crate) fn local(fd: BorrowedFd<'_>) -> Option<Endpoint> {
    name(fd, libc::getsockname).filter(is_name)
}

/// The other end's address, `getpeername(2)`; `None` if there is no other end.
pub(crate) fn peer(fd: BorrowedFd<'_>) -> Option<Endpoint> {
    name(fd, libc::getpeername).filter(is_name)
}

fn is_name(endpoint: &Endpoint) -> bool {
    match endpoint {
        Endpoint::UnixUnnamed | Endpoint::Unspecified => false,
        _ => !(endpoint.is_any_address() && endpoint.port() == Some(0)),
    }
}

type Asks = unsafe extern "C" fn(c_int, *mut libc::sockaddr, *mut socklen_t) -> c_int;

fn name(fd: BorrowedFd<'_>, ask: Asks) -> Option<Endpoint> {
    let mut bytes = [0_u8; LONGEST];
    let mut length = bytes.len() as socklen_t;
    // SAFETY: `bytes` has `length` bytes of room, and both outlive the call.
    let done = unsafe { ask(fd.as_raw_fd(), bytes.as_mut_ptr().cast(), &mut length) };
    (done == 0).then(|| address::endpoint(&bytes[..(length as usize).min(LONGEST)]))
}

fn option(fd: BorrowedFd<'_>, option: c_int) -> Option<i32> {
    let mut value: c_int = 0;
    let mut length = std::mem::size_of_val(&value) as socklen_t;
    // SAFETY: `value` has `length` bytes of room, and both outlive the call.
    let done = unsafe {
        let to = (&raw mut value).cast();
        libc::getsockopt(fd.as_raw_fd(), libc::SOL_SOCKET, option, to, &mut length)
    };
    (done == 0).then_some(value)
}

/// The inode of the socket behind a descriptor, `None` if it is not a socket.
pub(crate) fn inode(tid: pid_t, fd: i32) -> Option<u64> {
    process::socket_inode(tid.cast_unsigned(), fd)
}

/// The inode of one of our own descriptors, `fstat(2)`.
pub(crate) fn inode_of(fd: BorrowedFd<'_>) -> Option<u64> {
    let mut stat = std::mem::MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: zeroed is a valid `stat`, and the kernel fills it.
    let stat = unsafe {
        if libc::fstat(fd.as_raw_fd(), stat.as_mut_ptr()) < 0 {
            return None;
        }
        stat.assume_init()
    };
    Some(stat.st_ino)
}

/// The inode of a thread's network namespace.
pub(crate) fn netns(tid: pid_t) -> Option<u64> {
    process::network_namespace(tid.cast_unsigned())
}

/// The descriptors of a process that refer to sockets.
pub(crate) fn sockets(pid: pid_t) -> Vec<SocketDescriptor> {
    process::sockets(pid.cast_unsigned())
}

/// What `/proc/TID/status` says; `None` once the thread is gone.
pub(crate) fn status(tid: pid_t) -> Option<Status> {
    Status::of(tid.cast_unsigned()).ok()
}

/// How many seccomp filters a thread has (Linux 5.9).
pub(crate) fn filters(tid: pid_t) -> Option<usize> {
    status(tid)?.seccomp_filters()
}

/// How many the calling thread has.
pub(crate) fn own_filters() -> usize {
    Status::own().ok().and_then(|status| status.seccomp_filters()).unwrap_or(0)
}

/// A process's arguments, the first 64 KiB of them, and how many were left out.
pub(crate) fn argv(pid: pid_t) -> (Vec<String>, u64) {
    process::arguments(pid.cast_unsigned())
}

/// The file a process executes.
pub(crate) fn exe(pid: pid_t) -> Option<String> {
    Some(process::executable(pid.cast_unsigned())?.to_string_lossy().into_owned())
}
