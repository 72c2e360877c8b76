//! Which descriptors of a process are sockets.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use socklab_event::{Endpoint, Protocol, Readiness, SocketId, SocketType};

/// A socket, shared by all the descriptors that refer to it, in any process.
pub(crate) type Shared = Rc<RefCell<Socket>>;

/// A socket and what the tracer remembers about it.
#[derive(Debug)]
pub(crate) struct Socket {
    /// Shared with the events that name it.
    pub(crate) id: Arc<SocketId>,
    /// A non-blocking connect has begun, and its result has not been seen.
    pub(crate) connecting: bool,
    /// A command was started with it (`sd_listen_fds(3)`), and others can reach it already. This
    /// is reported when the command first uses it: it may have been left open by accident.
    pub(crate) given: Option<Readiness>,
}

impl Socket {
    pub(crate) fn new(id: SocketId) -> Shared {
        let id = Arc::new(id);
        Rc::new(RefCell::new(Self { id, connecting: false, given: None }))
    }

    /// True if it receives datagrams, from anybody who knows its address.
    pub(crate) fn is_datagram(&self) -> bool {
        self.id.kind == SocketType::DGRAM
    }
}

/// A descriptor that refers to a socket.
#[derive(Clone, Debug)]
pub(crate) struct Descriptor {
    pub(crate) socket: Shared,
    pub(crate) cloexec: bool,
}

/// The socket descriptors of a process, or of several processes that share them (`CLONE_FILES`).
///
/// Cloning the table does what `fork` does: it makes new descriptors for the same sockets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    entries: BTreeMap<i32, Descriptor>,
    /// For every epoll descriptor, which descriptor each of its `epoll_data` values stands for.
    epolls: BTreeMap<i32, BTreeMap<u64, i32>>,
    /// The numbers that sockets had and lost, except those in `reused`.
    closed: BTreeSet<i32>,
    /// Those that something else was seen to have afterwards.
    reused: BTreeSet<i32>,
}

impl Table {
    pub(crate) fn get(&self, fd: i32) -> Option<&Shared> {
        self.entries.get(&fd).map(|entry| &entry.socket)
    }

    pub(crate) fn insert(&mut self, fd: i32, socket: Shared, cloexec: bool) -> Option<Descriptor> {
        self.closed.remove(&fd);
        self.reused.remove(&fd);
        self.entries.insert(fd, Descriptor { socket, cloexec })
    }

    /// Removes a descriptor that the program closes, and remembers its number.
    pub(crate) fn close(&mut self, fd: i32) -> Option<Descriptor> {
        let closed = self.remove(fd);
        if self.reused.remove(&fd) || closed.is_some() {
            self.closed.insert(fd);
        }
        closed
    }

    /// True if a socket had this number and was closed, and nothing is known to have it now.
    pub(crate) fn was_closed(&self, fd: i32) -> bool {
        self.closed.contains(&fd)
    }

    /// Remembers that something else has the number of a closed socket, until that is closed too.
    pub(crate) fn reuse(&mut self, fd: i32) {
        if self.closed.remove(&fd) {
            self.reused.insert(fd);
        }
    }

    /// Removes a descriptor that refers to something else from now on.
    pub(crate) fn remove(&mut self, fd: i32) -> Option<Descriptor> {
        // An epoll set forgets a closed descriptor, unless a duplicate keeps the socket open.
        self.epolls.remove(&fd);
        self.entries.remove(&fd)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn set_cloexec(&mut self, fd: i32, cloexec: bool) {
        if let Some(entry) = self.entries.get_mut(&fd) {
            entry.cloexec = cloexec;
        }
    }

    pub(crate) fn fds(&self) -> impl Iterator<Item = i32> {
        self.entries.keys().copied()
    }

    /// Removes all descriptors from `first` to `last`, inclusive: they are closed.
    pub(crate) fn take_range(&mut self, first: u32, last: u32) -> Vec<(i32, Descriptor)> {
        let inside = |fd: i32| (first..=last).contains(&fd.cast_unsigned());
        let taken = self.take(|fd, _| inside(fd));
        self.closed.extend(self.reused.extract_if(.., |fd| inside(*fd)));
        self.closed.extend(taken.iter().map(|(fd, _)| *fd));
        taken
    }

    /// Removes the descriptors that an exec closes.
    pub(crate) fn take_cloexec(&mut self) -> Vec<(i32, Descriptor)> {
        self.epolls.clear();
        let taken = self.take(|_, entry| entry.cloexec);
        // Some of these may have been closed too. Their next use will show it.
        self.closed.append(&mut self.reused);
        self.closed.extend(taken.iter().map(|(fd, _)| *fd));
        taken
    }

    /// Removes all descriptors.
    pub(crate) fn take_all(&mut self) -> Vec<(i32, Descriptor)> {
        self.take(|_, _| true)
    }

    fn take(&mut self, wanted: impl Fn(i32, &Descriptor) -> bool) -> Vec<(i32, Descriptor)> {
        let all = std::mem::take(&mut self.entries);
        let (taken, left) = all.into_iter().partition(|(fd, entry)| wanted(*fd, entry));
        self.entries = left;
        BTreeMap::into_iter(taken).collect()
    }

    pub(crate) fn set_cloexec_range(&mut self, first: u32, last: u32) {
        for (fd, entry) in &mut self.entries {
            entry.cloexec |= (first..=last).contains(&fd.cast_unsigned());
        }
    }

    /// Remembers that `data` stands for `fd` in an epoll set.
    pub(crate) fn watch(&mut self, epoll: i32, fd: i32, data: u64) {
        let set = self.epolls.entry(epoll).or_default();
        set.retain(|_, known| *known != fd);
        set.insert(data, fd);
    }

    /// True if a socket was ever seen added to the epoll set.
    pub(crate) fn watches(&self, epoll: i32) -> bool {
        self.epolls.contains_key(&epoll)
    }

    /// The descriptor that `data` stands for in an epoll set.
    pub(crate) fn watched(&self, epoll: i32, data: u64) -> Option<i32> {
        self.epolls.get(&epoll)?.get(&data).copied()
    }
}

/// The protocol of a new socket that was created with `asked`; 0 asks for the family's default.
pub(crate) fn resolve(kind: SocketType, asked: Protocol) -> Protocol {
    if asked != Protocol::IP {
        return asked;
    }
    match kind {
        SocketType::STREAM => Protocol::TCP,
        SocketType::DGRAM => Protocol::UDP,
        _ => asked,
    }
}

/// True if others can reach a socket by this address.
pub(crate) fn is_reachable(endpoint: &Endpoint) -> bool {
    match endpoint {
        Endpoint::Unix { .. } | Endpoint::UnixAbstract { .. } => true,
        _ => endpoint.port().is_some_and(|port| port != 0),
    }
}

#[cfg(test)]
mod tests {
    use socklab_event::Family;

    use super::*;

    fn socket() -> Shared {
        Socket::new(SocketId {
            netns: None,
            family: Family::UNIX,
            kind: SocketType::STREAM,
            protocol: Protocol::USUAL,
            local: None,
            peer: None,
            inode: None,
            peer_inode: None,
        })
    }

    #[test]
    fn the_number_of_a_closed_socket_is_remembered_until_something_else_has_it() {
        let mut table = Table::default();
        for fd in 3..8 {
            table.insert(fd, socket(), fd == 7);
        }
        assert!(table.close(3).is_some() && table.close(3).is_none());
        table.take_range(4, 5);
        table.remove(6);
        table.take_cloexec();
        let closed = |table: &Table| (0..9).filter(|fd| table.was_closed(*fd)).collect::<Vec<_>>();
        assert_eq!(closed(&table), [3, 4, 5, 7], "6 refers to something else");
        assert_eq!(closed(&table.clone()), [3, 4, 5, 7], "and a child has the same");
        table.insert(4, socket(), false);
        table.reuse(7);
        assert_eq!(closed(&table), [3, 5]);
        assert!(table.close(7).is_none(), "it was a file");
        assert_eq!(closed(&table), [3, 5, 7], "which is closed too");
        for fd in [3, 7] {
            table.reuse(fd);
        }
        table.take_range(6, 9);
        assert_eq!(closed(&table), [5, 7]);
        table.take_cloexec();
        assert_eq!(closed(&table), [3, 5, 7]);
        assert!(table.close(9).is_none() && !table.was_closed(9), "it never was a socket");
    }
}
