//! Sockets entering our knowledge, and their addresses kept up to date.

use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;

use libc::pid_t;
use socklab_event::{Endpoint, Family, Readiness, SocketId, SocketType};

use super::Session;
use crate::calls::Sys;
use crate::state::InCall;
use crate::table::{Shared, Socket};
use crate::{probe, table};

impl Session<'_> {
    pub(super) fn create(&mut self, tid: pid_t, fd: i32, id: SocketId, cloexec: bool) -> Shared {
        let socket = Socket::new(id);
        self.remember(&socket);
        if let Some(process) = self.process_of(tid) {
            process.table.borrow_mut().insert(fd, Rc::clone(&socket), cloexec);
        }
        self.cover(tid, fd);
        socket
    }

    /// Looks at a descriptor we have not seen being made, and knows it from now on if it is a
    /// socket.
    pub(super) fn adopt(&mut self, tid: pid_t, fd: i32, cloexec: bool) -> Option<Shared> {
        let inode = probe::inode(tid, fd)?;
        let socket = match self.recall(inode) {
            Some(socket) => socket,
            None => {
                let copy = self.duplicate(tid, fd)?;
                let mut id = probe::identify(copy.as_fd(), Some(inode), probe::netns(tid))?;
                self.introduce(&mut id);
                let socket = Socket::new(id);
                self.remember(&socket);
                socket
            }
        };
        let process = self.process_of(tid)?;
        process.table.borrow_mut().insert(fd, Rc::clone(&socket), cloexec);
        self.cover(tid, fd);
        Some(socket)
    }

    /// Adopts every socket a process has; returns their descriptors.
    pub(super) fn adopt_all(&mut self, pid: pid_t, tid: pid_t) -> Vec<i32> {
        let mut adopted = Vec::new();
        for socket in probe::sockets(pid) {
            if self.adopt(tid, socket.fd, socket.close_on_exec).is_some() {
                adopted.push(socket.fd);
            }
        }
        adopted
    }

    /// Which of the sockets that a command begins with can be reached by others already.
    pub(super) fn recognize_given(&mut self, tid: pid_t, fds: &[i32]) {
        for fd in fds {
            let Some(copy) = self.duplicate(tid, *fd) else { continue };
            let Some(process) = self.process_of(tid) else { return };
            let Some(socket) = process.table.borrow().get(*fd).cloned() else { continue };
            let mut socket = socket.borrow_mut();
            let bound = socket.id.local.as_ref().is_some_and(table::is_reachable);
            let readiness = match probe::listens(copy.as_fd()) {
                true => Some(Readiness::Listening),
                false if socket.is_datagram() && bound => Some(Readiness::Bound),
                false => None,
            };
            socket.given = readiness;
        }
    }

    /// A call on a socket begins: if it was given to the program, the program means to serve.
    pub(super) fn take_given(&mut self, tid: pid_t, sys: Sys, socket: &Shared, began: u64) {
        let only_moves =
            matches!(sys, Sys::Close | Sys::Dup | Sys::Dup2 | Sys::Dup3 | Sys::Fcntl | Sys::Ioctl);
        if only_moves {
            return;
        }
        let given = socket.borrow_mut().given.take();
        if let Some(readiness) = given {
            self.tell_ready(tid, readiness, socket, began);
        }
    }

    fn duplicate(&mut self, tid: pid_t, fd: i32) -> Option<OwnedFd> {
        let process = self.process_of(tid)?;
        if process.pidfd.is_none() {
            process.pidfd = probe::pidfd(process.pid).ok();
        }
        probe::duplicate(process.pidfd.as_ref()?.as_fd(), fd).ok()
    }

    /// A socket has been connected, or is being: it knows both its addresses.
    pub(super) fn connected(&mut self, tid: pid_t, fd: i32, socket: &Shared, address: &Endpoint) {
        self.refresh(tid, fd, socket);
        let mut socket = socket.borrow_mut();
        match address {
            Endpoint::Unspecified => socket.id.peer = None,
            // Not yet connected, or already reset: then the kernel does not tell the peer.
            _ if socket.id.peer.is_none() => socket.id.peer = Some(address.clone()),
            _ => {}
        }
    }

    /// Asks the kernel for the addresses a socket has by now.
    pub(super) fn refresh(&mut self, tid: pid_t, fd: i32, socket: &Shared) {
        let Some(copy) = self.duplicate(tid, fd) else {
            return;
        };
        let mut socket = socket.borrow_mut();
        socket.id.local = probe::local(copy.as_fd());
        socket.id.peer = probe::peer(copy.as_fd()).or(socket.id.peer.take());
    }

    /// The first datagram sent gives a socket its address.
    pub(super) fn after_send(&mut self, tid: pid_t, call: &InCall, socket: &Shared) {
        let (nameless, kind) = {
            let socket = socket.borrow();
            (socket.id.local.is_none(), socket.id.kind)
        };
        if nameless && kind != SocketType::STREAM && socket.borrow().id.family != Family::UNIX {
            self.refresh(tid, call.asked.fd(), socket);
        }
    }

    pub(super) fn accepted(
        &mut self,
        tid: pid_t,
        fd: i32,
        listener: &SocketId,
        told: Option<&Endpoint>,
    ) -> SocketId {
        let copy = self.duplicate(tid, fd);
        let copy = copy.as_ref().map(AsFd::as_fd);
        let mut id = SocketId {
            local: copy.and_then(probe::local).or_else(|| listener.local.clone()),
            peer: copy.and_then(probe::peer).or_else(|| told.cloned()),
            inode: copy.and_then(probe::inode_of),
            peer_inode: None,
            ..listener.clone()
        };
        self.introduce(&mut id);
        id
    }

    /// Unix sockets have no addresses that tell who is at the other end: makes the two ends know
    /// each other by inode.
    fn introduce(&self, id: &mut SocketId) {
        if id.family != Family::UNIX {
            return;
        }
        id.peer_inode = id.inode.and_then(socklab_kernel::diag::unix_peer);
        if let Some(other) = id.peer_inode.and_then(|inode| self.recall(inode)) {
            other.borrow_mut().id.peer_inode = id.inode;
        }
    }
}
