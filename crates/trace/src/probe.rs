//! Asking the kernel about a tracee's sockets, through duplicates of its descriptors.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use libc::pid_t;
use rustix::net::{SocketAddrAny, sockopt};
use rustix::process::PidfdGetfdFlags;
use socklab_event::{Endpoint, Family, Protocol, SocketId, SocketType};
use socklab_kernel::process::{self, SocketDescriptor, Target};
use socklab_kernel::status::Status;
use socklab_kernel::table::{self, Namespace, Table};

use crate::decode::address::{self, LONGEST};

/// A pidfd of a process, `pidfd_open(2)`.
pub(crate) fn pidfd(pid: pid_t) -> io::Result<OwnedFd> {
    process::pidfd(pid.cast_unsigned())
}

/// Duplicates another process's descriptor into this process, `pidfd_getfd(2)`. The duplicate keeps
/// the socket open, so it must not live long: it would delay a FIN.
pub(crate) fn duplicate(pidfd: BorrowedFd<'_>, fd: i32) -> io::Result<OwnedFd> {
    Ok(rustix::process::pidfd_getfd(pidfd, fd, PidfdGetfdFlags::empty())?)
}

/// Everything the kernel reports about a socket; `None` if the descriptor refers to something else.
pub(crate) fn identify(
    fd: BorrowedFd<'_>,
    inode: Option<u64>,
    netns: Option<u64>,
) -> Option<SocketId> {
    let family = Family(sockopt::socket_domain(fd).ok()?.as_raw().into());
    let protocol = sockopt::socket_protocol(fd).ok()?;
    let protocol = protocol.map_or(0, |protocol| protocol.as_raw().get().cast_signed());
    Some(SocketId {
        netns,
        family,
        kind: SocketType(sockopt::socket_type(fd).ok()?.as_raw().cast_signed()),
        protocol: Protocol::of(family, protocol),
        local: local(fd),
        peer: peer(fd),
        inode,
        peer_inode: None,
    })
}

/// True if the socket listens, `SO_ACCEPTCONN` of `socket(7)`.
pub(crate) fn listens(fd: BorrowedFd<'_>) -> bool {
    sockopt::socket_acceptconn(fd).unwrap_or(false)
}

/// The socket's own address, `getsockname(2)`; `None` if it has none yet.
pub(crate) fn local(fd: BorrowedFd<'_>) -> Option<Endpoint> {
    name(&rustix::net::getsockname(fd).ok()?)
}

/// The other end's address, `getpeername(2)`; `None` if there is no other end.
pub(crate) fn peer(fd: BorrowedFd<'_>) -> Option<Endpoint> {
    name(&rustix::net::getpeername(fd).ok()??)
}

/// Decodes an address; `None` for one that carries no information.
fn name(address: &SocketAddrAny) -> Option<Endpoint> {
    let length = (address.addr_len() as usize).min(LONGEST);
    // SAFETY: an address has that many initialized bytes, and `address` outlives the slice.
    let bytes = unsafe { std::slice::from_raw_parts(address.as_ptr().cast::<u8>(), length) };
    let endpoint = address::endpoint(bytes);
    let says_nothing = match &endpoint {
        Endpoint::UnixUnnamed | Endpoint::Unspecified => true,
        inet => inet.is_any_address() && inet.port() == Some(0),
    };
    (!says_nothing).then_some(endpoint)
}

/// The inode of the socket a tracee's descriptor refers to; `None` if it refers to something else.
pub(crate) fn inode(tid: pid_t, fd: i32) -> Option<u64> {
    process::socket_inode(tid.cast_unsigned(), fd)
}

/// What a tracee's descriptor refers to.
pub(crate) fn target(tid: pid_t, fd: i32) -> Target {
    process::target(tid.cast_unsigned(), fd)
}

/// The inode of one of our own descriptors, `fstat(2)`.
pub(crate) fn inode_of(fd: BorrowedFd<'_>) -> Option<u64> {
    rustix::fs::fstat(fd).ok().map(|stat| stat.st_ino)
}

/// The inode of a thread's network namespace.
pub(crate) fn netns(tid: pid_t) -> Option<u64> {
    process::network_namespace(tid.cast_unsigned())
}

/// The descriptors of a process that refer to sockets.
pub(crate) fn sockets(pid: pid_t) -> Vec<SocketDescriptor> {
    process::sockets(pid.cast_unsigned())
}

/// The contents of `/proc/TID/status`; `None` once the thread is gone.
pub(crate) fn status(tid: pid_t) -> Option<Status> {
    Status::of(tid.cast_unsigned()).ok()
}

/// The number of a process in the innermost of its process namespaces: as it knows itself.
pub(crate) fn own_number(pid: pid_t) -> Option<i32> {
    last_number(status(pid)?.field("NSpid")?)
}

/// The process that a descriptor of a process stands for (`pidfd_open(2)`): its number here, which is
/// -1 if it has ended, and its own.
pub(crate) fn of_pidfd(pid: pid_t, fd: i32) -> Option<(pid_t, i32)> {
    let info = std::fs::read_to_string(format!("/proc/{pid}/fdinfo/{fd}")).ok()?;
    let field = |name: &str| info.lines().find_map(|line| line.strip_prefix(name));
    let here = field("Pid:")?.trim().parse().ok()?;
    Some((here, field("NSpid:").and_then(last_number).unwrap_or(here)))
}

fn last_number(field: &str) -> Option<i32> {
    field.split_ascii_whitespace().last()?.parse().ok()
}

/// How many seccomp filters a thread has (Linux 5.9).
pub(crate) fn filters(tid: pid_t) -> Option<usize> {
    status(tid)?.seccomp_filters()
}

/// How many seccomp filters the calling thread has.
pub(crate) fn own_filters() -> usize {
    Status::own().ok().and_then(|status| status.seccomp_filters()).unwrap_or(0)
}

/// The first 64 KiB of a process's arguments, and how many arguments were left out.
pub(crate) fn argv(pid: pid_t) -> (Vec<String>, u64) {
    process::arguments(pid.cast_unsigned())
}

/// The executable file of a process.
pub(crate) fn exe(pid: pid_t) -> Option<String> {
    Some(process::executable(pid.cast_unsigned())?.to_string_lossy().into_owned())
}

/// True if a process has a socket that any peer can reach, as the kernel's tables of TCP and UDP
/// sockets show it. For programs whose calls can't be decoded.
pub(crate) fn is_reachable(pid: pid_t) -> bool {
    let inodes: Vec<u64> = sockets(pid).iter().map(|socket| socket.inode).collect();
    let tables = [Table::Tcp, Table::Tcp6, Table::Udp, Table::Udp6];
    !inodes.is_empty()
        && tables.into_iter().any(|table| {
            let entries = table::read(Namespace::OfProcess(pid.cast_unsigned()), table);
            entries.unwrap_or_default().iter().any(|entry| {
                let own = entry.inode.is_some_and(|inode| inodes.contains(&inode));
                own && entry.accepts_any_peer()
            })
        })
}
