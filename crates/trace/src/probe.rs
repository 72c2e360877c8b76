//! Asking the kernel about a tracee's sockets, through duplicates of its descriptors.

use std::fs;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use libc::{c_int, pid_t, socklen_t};
use socklab_event::{Endpoint, Family, Protocol, SocketId, SocketType};

use crate::decode::address::{self, LONGEST};

/// A pidfd of a process, `pidfd_open(2)`.
pub(crate) fn pidfd(pid: pid_t) -> io::Result<OwnedFd> {
    // SAFETY: no pointers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    owned(fd)
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
    number(&format!("/proc/{tid}/fd/{fd}"), "socket:[")
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
    number(&format!("/proc/{tid}/ns/net"), "net:[")
}

fn number(path: &str, prefix: &str) -> Option<u64> {
    let target = fs::read_link(path).ok()?;
    target.to_str()?.strip_prefix(prefix)?.strip_suffix(']')?.parse().ok()
}

/// The socket descriptors a process has: descriptor, inode, close-on-exec.
pub(crate) fn sockets(pid: pid_t) -> Vec<(i32, u64, bool)> {
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return Vec::new();
    };
    let fds = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    let mut sockets: Vec<_> =
        fds.filter_map(|fd| Some((fd, inode(pid, fd)?, is_cloexec(pid, fd)))).collect();
    sockets.sort_unstable();
    sockets
}

fn is_cloexec(pid: pid_t, fd: i32) -> bool {
    let info = fs::read_to_string(format!("/proc/{pid}/fdinfo/{fd}")).unwrap_or_default();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|octal| i32::from_str_radix(octal.trim(), 8).ok());
    flags.is_some_and(|flags| flags & libc::O_CLOEXEC != 0)
}

/// A field of `/proc/TID/status`, `proc_pid_status(5)`.
pub(crate) fn status_field(tid: pid_t, field: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{tid}/status")).ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    Some(value.trim().to_owned())
}

/// How many seccomp filters a thread has (Linux 5.9).
pub(crate) fn filters(tid: pid_t) -> Option<usize> {
    status_field(tid, "Seccomp_filters")?.parse().ok()
}

/// How many the calling thread has.
pub(crate) fn own_filters() -> usize {
    // SAFETY: takes nothing, cannot fail.
    filters(unsafe { libc::gettid() }).unwrap_or(0)
}

/// A process's arguments, the first 64 KiB of them, and how many were left out.
pub(crate) fn argv(pid: pid_t) -> (Vec<String>, u64) {
    const MOST: usize = 64 << 10;
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(&bytes);
    let mut argv = Vec::new();
    let (mut used, mut omitted) = (0, 0);
    if !bytes.is_empty() {
        for argument in bytes.split(|byte| *byte == 0) {
            used += argument.len() + 1;
            if used > MOST && !argv.is_empty() {
                omitted += 1;
                continue;
            }
            let shown = &argument[..argument.len().min(MOST)];
            argv.push(String::from_utf8_lossy(shown).into_owned());
        }
    }
    (argv, omitted)
}

/// The file a process executes.
pub(crate) fn exe(pid: pid_t) -> Option<String> {
    Some(fs::read_link(format!("/proc/{pid}/exe")).ok()?.to_string_lossy().into_owned())
}
