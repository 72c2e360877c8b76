//! Keeps the tables of socket descriptors in step with the kernel's, and the sockets' addresses up
//! to date.

use std::cell::RefCell;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;
use std::sync::Arc;

use libc::pid_t;
use socklab_event::{Endpoint, Family, Notice, Readiness, SocketId, SocketType};
use socklab_kernel::diag::unix_peer;

use super::filters::Filters;
use super::process::TracedProcess;
use super::reporter::Reporter;
use super::sockets::Sockets;
use super::table::{self, Descriptor, Shared, Socket};
use super::tracees::Tracees;
use crate::look::Look;
use crate::probe;

/// The descriptors of all tracees, and the sockets they refer to.
pub(super) struct Descriptors<'a> {
    pub(super) tracees: &'a mut Tracees,
    pub(super) sockets: &'a mut Sockets,
    pub(super) reporter: &'a mut Reporter,
}

impl Descriptors<'_> {
    pub(super) fn filters(&mut self) -> Filters<'_> {
        Filters { tracees: self.tracees, reporter: self.reporter }
    }

    /// Adds the socket that a call has created, and its descriptor.
    pub(super) fn create(&mut self, tid: pid_t, fd: i32, id: SocketId, cloexec: bool) -> Shared {
        let socket = Socket::new(id);
        self.sockets.insert(&socket);
        self.insert(tid, fd, &socket, cloexec);
        socket
    }

    /// Asks the kernel about a descriptor whose creation was not seen, and adds it to the table if
    /// it is a socket.
    pub(super) fn adopt(&mut self, tid: pid_t, fd: i32, cloexec: bool) -> Option<Shared> {
        let inode = probe::inode(tid, fd)?;
        let socket = match self.sockets.get(inode) {
            Some(socket) => socket,
            None => {
                let mut id = self.look(tid, fd)?.identify(inode, probe::netns(tid))?;
                self.introduce(&mut id);
                let socket = Socket::new(id);
                self.sockets.insert(&socket);
                socket
            }
        };
        self.tracees.process_of(tid)?;
        self.insert(tid, fd, &socket, cloexec);
        Some(socket)
    }

    /// Adopts every socket of a process; returns their descriptors.
    pub(super) fn adopt_all(&mut self, pid: pid_t, tid: pid_t) -> Vec<i32> {
        let mut adopted = Vec::new();
        for socket in probe::sockets(pid) {
            if self.adopt(tid, socket.fd, socket.close_on_exec).is_some() {
                adopted.push(socket.fd);
            }
        }
        adopted
    }

    fn insert(&mut self, tid: pid_t, fd: i32, socket: &Shared, cloexec: bool) {
        if let Some(process) = self.tracees.process_of(tid) {
            process.table.borrow_mut().insert(fd, Rc::clone(socket), cloexec);
        }
        self.filters().cover(tid, fd);
    }

    /// Makes a descriptor refer to a socket, or to something else. Returns the socket it referred
    /// to before.
    pub(super) fn replace(
        &mut self,
        tid: pid_t,
        fd: i32,
        with: Option<(Shared, bool)>,
    ) -> Vec<(i32, Descriptor)> {
        let Some(process) = self.tracees.process_of(tid) else {
            return Vec::new();
        };
        let before = process.table.borrow_mut().remove(fd);
        if let Some((socket, cloexec)) = with {
            self.insert(tid, fd, &socket, cloexec);
        }
        before.map(|before| (fd, before)).into_iter().collect()
    }

    /// `close_range(2)`. Returns the sockets it closed.
    pub(super) fn close_range(&mut self, tid: pid_t, words: &[u64]) -> Vec<(i32, Descriptor)> {
        let &[first, last, flags, ..] = words else {
            return Vec::new();
        };
        let (first, last) = (first as u32, last as u32);
        if flags & u64::from(libc::CLOSE_RANGE_UNSHARE) != 0 {
            self.unshare(tid, libc::CLONE_FILES as u64);
        }
        let Some(process) = self.tracees.process_of(tid) else {
            return Vec::new();
        };
        let mut table = process.table.borrow_mut();
        if flags & u64::from(libc::CLOSE_RANGE_CLOEXEC) != 0 {
            table.set_cloexec_range(first, last);
            return Vec::new();
        }
        table.take_range(first, last)
    }

    pub(super) fn set_cloexec(&mut self, tid: pid_t, fd: i32, cloexec: bool) {
        if let Some(process) = self.tracees.process_of(tid) {
            process.table.borrow_mut().set_cloexec(fd, cloexec);
        }
    }

    /// `unshare(CLONE_FILES)`: the thread gets a descriptor table of its own.
    pub(super) fn unshare(&mut self, tid: pid_t, flags: u64) {
        if flags & libc::CLONE_FILES as u64 == 0 {
            return;
        }
        let Some(process) = self.tracees.process_of_mut(tid) else {
            return;
        };
        if process.alive > 1 {
            // There is one table per process, so this thread's descriptors can't be told apart
            // from those of its process any more.
            let why = "unshared_descriptors".to_owned();
            let notice = Notice::NotDecoded { call: "unshare".to_owned(), why };
            return self.reporter.notice(self.tracees.place(tid), notice);
        }
        let own = process.table.borrow().clone();
        process.table = Rc::new(RefCell::new(own));
    }

    /// Marks those sockets, of the ones a command was started with, that others can reach already.
    pub(super) fn recognize_given(&mut self, tid: pid_t, fds: &[i32]) {
        for fd in fds {
            let Some(look) = self.look(tid, *fd) else { continue };
            let Some(process) = self.tracees.process_of(tid) else { return };
            let Some(socket) = process.table.borrow().get(*fd).cloned() else { continue };
            let mut socket = socket.borrow_mut();
            let bound = socket.id.local.as_ref().is_some_and(table::is_reachable);
            socket.given = match look.listens() {
                true => Some(Readiness::Listening),
                false if socket.is_datagram() && bound => Some(Readiness::Bound),
                false => None,
            };
        }
    }

    /// A duplicate of a tracee's descriptor, if the tracer may have one.
    pub(super) fn copy(&mut self, tid: pid_t, fd: i32) -> Option<OwnedFd> {
        duplicate(self.tracees.process_of_mut(tid)?, fd).ok()
    }

    /// Looks at a tracee's socket.
    fn look(&mut self, tid: pid_t, fd: i32) -> Option<Look> {
        let process = self.tracees.process_of_mut(tid)?;
        if process.guarded {
            return Look::listed(tid, fd);
        }
        match duplicate(process, fd) {
            Ok(copy) => Some(Look::Copy(copy)),
            Err(error) if is_refusal(&error) => {
                process.guarded = true;
                let looked = Look::listed(tid, fd)?;
                let notice = Notice::NoDuplicates { why: error.to_string() };
                self.reporter.notice(self.tracees.place(tid), notice);
                Some(looked)
            }
            Err(_) => None,
        }
    }

    /// Updates the address of a socket that was bound to `address`.
    pub(super) fn bound(&mut self, tid: pid_t, fd: i32, socket: &Shared, address: &Endpoint) {
        self.refresh(tid, fd, socket);
        let mut socket = socket.borrow_mut();
        // The tables don't show every bound socket. Port 0 would say nothing.
        if socket.id.local.is_none() && table::is_reachable(address) {
            Arc::make_mut(&mut socket.id).local = Some(address.clone());
        }
    }

    /// Updates the addresses of a socket that is connected or connecting.
    pub(super) fn connected(&mut self, tid: pid_t, fd: i32, socket: &Shared, address: &Endpoint) {
        self.refresh(tid, fd, socket);
        let mut socket = socket.borrow_mut();
        match address {
            Endpoint::Unspecified => Arc::make_mut(&mut socket.id).peer = None,
            // `getpeername` fails while the socket is connecting, and after a reset.
            _ if socket.id.peer.is_none() => {
                Arc::make_mut(&mut socket.id).peer = Some(address.clone());
            }
            _ => {}
        }
    }

    /// Asks the kernel for a socket's current addresses.
    pub(super) fn refresh(&mut self, tid: pid_t, fd: i32, socket: &Shared) {
        let Some(look) = self.look(tid, fd).filter(Look::is_complete) else {
            return;
        };
        let mut socket = socket.borrow_mut();
        let id = Arc::make_mut(&mut socket.id);
        id.local = look.local();
        id.peer = look.peer().or(id.peer.take());
    }

    /// Updates the address of a socket that has sent: an unbound one gets it with its first
    /// datagram.
    pub(super) fn sent(&mut self, tid: pid_t, fd: i32, socket: &Shared) {
        let gets_address = {
            let id = &socket.borrow().id;
            id.local.is_none() && id.kind != SocketType::STREAM && id.family != Family::UNIX
        };
        if gets_address {
            self.refresh(tid, fd, socket);
        }
    }

    /// The identity of the socket that `accept` returned. `peer` is the address that `accept`
    /// wrote, if the program asked for it.
    pub(super) fn accepted(
        &mut self,
        tid: pid_t,
        fd: i32,
        listener: &SocketId,
        peer: Option<&Endpoint>,
    ) -> SocketId {
        let look = self.look(tid, fd);
        let look = look.as_ref();
        let mut id = SocketId {
            local: look.and_then(Look::local).or_else(|| listener.local.clone()),
            peer: look.and_then(Look::peer).or_else(|| peer.cloned()),
            inode: look.and_then(Look::inode),
            peer_inode: None,
            ..listener.clone()
        };
        self.introduce(&mut id);
        id
    }

    /// Gives both ends of a Unix connection the inode of the other end: the addresses of Unix
    /// sockets don't identify their peers.
    fn introduce(&self, id: &mut SocketId) {
        if id.family != Family::UNIX {
            return;
        }
        id.peer_inode = id.inode.and_then(unix_peer);
        if let Some(other) = id.peer_inode.and_then(|inode| self.sockets.get(inode)) {
            Arc::make_mut(&mut other.borrow_mut().id).peer_inode = id.inode;
        }
    }
}

/// Duplicates a process's descriptor into this process.
fn duplicate(process: &mut TracedProcess, fd: i32) -> io::Result<OwnedFd> {
    let pidfd = match process.pidfd.take() {
        Some(pidfd) => pidfd,
        None => probe::pidfd(process.pid)?,
    };
    let pidfd = process.pidfd.insert(pidfd);
    probe::duplicate(pidfd.as_fd(), fd)
}

/// True for an error that means that no descriptor of the process may be duplicated.
fn is_refusal(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EPERM | libc::EACCES | libc::ENOSYS))
}
