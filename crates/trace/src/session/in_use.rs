//! Who holds an address that a program could not get: the kernel's tables right after the call that
//! failed.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use libc::pid_t;
use socklab_event::{
    Args, Endpoint, Errno, Notice, PathKind, Protocol, SocketId, SocketType, State,
};
use socklab_kernel::Transport;
use socklab_record::tables;

use crate::probe;

/// What the kernel knew about an address that was in use.
#[derive(Default)]
pub(super) struct Holders {
    pub(super) states: Vec<State>,
    pub(super) path: Option<Notice>,
}

/// Looks at the sockets that hold the address a failed `bind` or `listen` wanted; `None` for all
/// other calls. A socket is looked for in the namespace of its thread: another one has other tables.
pub(super) fn holders(tid: pid_t, args: &Args, socket: &SocketId, errno: Errno) -> Option<Holders> {
    if errno != Errno::EADDRINUSE || socket.netns != probe::netns(tid) {
        return None;
    }
    let address = match args {
        Args::Bind { address } => address,
        Args::Listen { .. } => socket.local.as_ref()?,
        _ => return None,
    };
    let states = tables::holding(tid.cast_unsigned(), address, transport(socket));
    let path = match address {
        Endpoint::Unix { path } => path_kind(tid, path).map(|is| (path.clone(), is)),
        _ => None,
    };
    Some(Holders { states, path: path.map(|(path, is)| Notice::PathExists { path, is }) })
}

fn transport(socket: &SocketId) -> Option<Transport> {
    match (socket.protocol, socket.kind) {
        (Protocol::TCP | Protocol::MPTCP, SocketType::STREAM) => Some(Transport::Tcp),
        (Protocol::UDP, SocketType::DGRAM) => Some(Transport::Udp),
        _ => None,
    }
}

/// What a thread finds at a path, which may be relative to its folder. `bind` does not follow a
/// link at the end of the path.
fn path_kind(tid: pid_t, path: &str) -> Option<PathKind> {
    let seen = match path.strip_prefix('/') {
        Some(below) => Path::new(&format!("/proc/{tid}/root")).join(below),
        None => Path::new(&format!("/proc/{tid}/cwd")).join(path),
    };
    let kind = fs::symlink_metadata(seen).ok()?.file_type();
    Some(match kind {
        _ if kind.is_socket() => PathKind::Socket,
        _ if kind.is_file() => PathKind::File,
        _ if kind.is_dir() => PathKind::Directory,
        _ => PathKind::Other,
    })
}
