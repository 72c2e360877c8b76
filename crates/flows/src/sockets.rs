//! Follows sockets through descriptors, forks and processes.

use crate::numbers::NumberMap;
use socklab_event::{Args, Call, Event, OptionValue, Process, SocketId, What};

use crate::Position;

/// A socket and what was done with it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Socket {
    /// Everything that became known of its identity.
    pub identity: SocketId,
    /// The calls made on it, in order.
    pub calls: Vec<Position>,
    /// The call that created it, if seen.
    pub created: Option<Position>,
    /// The listening socket it was accepted from.
    pub listener: Option<usize>,
    /// The successful `listen` on it, if there was one.
    pub listening: Option<Position>,
    /// Its connection, if it has had exactly one.
    pub connection: Option<usize>,
    /// True if it is an IPv6 socket that IPv4 does not reach (`IPV6_V6ONLY`, ipv6(7)).
    pub v6_only: bool,
}

impl Socket {
    /// True for a stream: its bytes have no message boundaries.
    pub fn is_stream(&self) -> bool {
        self.identity.kind == socklab_event::SocketType::STREAM
    }

    /// The position of the last call seen on it.
    pub fn last(&self) -> Option<Position> {
        self.calls.last().copied()
    }
}

/// Every socket, and for every event the socket it is about.
pub(crate) fn follow(order: &[&Event]) -> (Vec<Socket>, Vec<Option<usize>>) {
    let mut table = Table::default();
    let at = order.iter().enumerate().map(|(at, event)| table.see(at, event)).collect();
    (table.sockets, at)
}

#[derive(Default)]
struct Table {
    sockets: Vec<Socket>,
    by_inode: NumberMap<u64, usize>,
    /// For recordings without inodes: what each process's descriptors refer to at this point.
    by_fd: NumberMap<(u32, i32), usize>,
}

impl Table {
    fn see(&mut self, at: Position, event: &Event) -> Option<usize> {
        let process = event.place.process;
        match &event.what {
            What::Process(what) => {
                if let Process::Start { parent: Some(parent), .. } = **what {
                    self.inherit(parent, process);
                }
                None
            }
            What::Call(call) => self.call(at, process, call),
            _ => None,
        }
    }

    fn inherit(&mut self, parent: u32, child: u32) {
        let theirs: Vec<_> = self.by_fd.iter().filter(|(key, _)| key.0 == parent).collect();
        let mine: Vec<_> =
            theirs.into_iter().map(|(key, socket)| ((child, key.1), *socket)).collect();
        self.by_fd.extend(mine);
    }

    fn call(&mut self, at: Position, process: u32, call: &Call) -> Option<usize> {
        let creates = matches!(
            call.args,
            Args::Socket { .. } | Args::Accept { .. } | Args::Socketpair { .. }
        );
        if creates && call.value().is_none() {
            // No socket was created. An accept that failed or still waits concerns its listener.
            return match &call.args {
                Args::Accept { listener, .. } => {
                    let listener = listener.as_deref().or(call.socket.as_deref());
                    self.known(process, call.fd, listener)
                }
                _ => None,
            };
        }
        let fd = if creates { call.new_fd() } else { call.fd };
        let index = self.find(process, fd, call.socket.as_ref()?, creates);
        let listener = match &call.args {
            Args::Accept { listener, .. } => self.known(process, call.fd, listener.as_deref()),
            _ => None,
        };
        self.remember(process, call, index);
        let socket = &mut self.sockets[index];
        complete(&mut socket.identity, call.socket.as_ref()?);
        socket.calls.push(at);
        if creates {
            socket.created = Some(at);
            socket.listener = listener;
        }
        if matches!(call.args, Args::Listen { .. }) && call.value().is_some() {
            socket.listening = Some(at);
        }
        if let Args::SetOption { option, value: OptionValue::Int(value), .. } = &call.args
            && *option == "IPV6_V6ONLY"
            && call.value().is_some()
        {
            socket.v6_only = *value != 0;
        }
        Some(index)
    }

    fn known(&self, process: u32, fd: Option<i32>, identity: Option<&SocketId>) -> Option<usize> {
        let inode = identity.and_then(|identity| identity.inode);
        match inode {
            Some(inode) => self.by_inode.get(&inode).copied(),
            None => self.by_fd.get(&(process, fd?)).copied(),
        }
    }

    fn find(&mut self, process: u32, fd: Option<i32>, identity: &SocketId, new: bool) -> usize {
        if let Some(inode) = identity.inode {
            if let Some(&index) = self.by_inode.get(&inode) {
                return index;
            }
            let index = self.add(identity);
            self.by_inode.insert(inode, index);
            return index;
        }
        let known = fd.and_then(|fd| self.by_fd.get(&(process, fd))).copied();
        match known {
            Some(index) if !new => index,
            _ => {
                let index = self.add(identity);
                if let Some(fd) = fd {
                    self.by_fd.insert((process, fd), index);
                }
                index
            }
        }
    }

    fn add(&mut self, identity: &SocketId) -> usize {
        self.sockets.push(Socket {
            identity: identity.clone(),
            calls: Vec::new(),
            created: None,
            listener: None,
            listening: None,
            connection: None,
            v6_only: false,
        });
        self.sockets.len() - 1
    }

    /// Updates the descriptor table, and adds the second socket of a socketpair.
    fn remember(&mut self, process: u32, call: &Call, index: usize) {
        match &call.args {
            Args::Close => {
                call.fd.map(|fd| self.by_fd.remove(&(process, fd)));
            }
            Args::Dup { .. } => {
                call.new_fd().map(|fd| self.by_fd.insert((process, fd), index));
            }
            Args::Socketpair { fds, second: Some(second), .. } => {
                let other = self.find(process, fds.get(1).copied(), second, true);
                self.sockets[other].identity.peer_inode =
                    second.peer_inode.or(self.sockets[index].identity.inode);
                self.by_fd.extend(fds.first().map(|fd| ((process, *fd), index)));
            }
            _ => {}
        }
    }
}

/// Adds what a later call knows. A known address is never removed: after a close or an error the
/// kernel no longer reports it, but it still identifies the socket.
fn complete(known: &mut SocketId, later: &SocketId) {
    let SocketId { netns, local, peer, peer_inode, .. } = later;
    known.netns = netns.or(known.netns);
    known.peer_inode = peer_inode.or(known.peer_inode);
    if local.is_some() {
        known.local.clone_from(local);
    }
    if peer.is_some() {
        known.peer.clone_from(peer);
    }
}
