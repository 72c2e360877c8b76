//! Which descriptors of a process are sockets.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use socklab_event::{Endpoint, Family, Protocol, Readiness, SocketId, SocketType};

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
}

impl Table {
    pub(crate) fn get(&self, fd: i32) -> Option<&Shared> {
        self.entries.get(&fd).map(|entry| &entry.socket)
    }

    pub(crate) fn insert(&mut self, fd: i32, socket: Shared, cloexec: bool) -> Option<Descriptor> {
        self.entries.insert(fd, Descriptor { socket, cloexec })
    }

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

    /// Removes all descriptors from `first` to `last`, inclusive.
    pub(crate) fn take_range(&mut self, first: u32, last: u32) -> Vec<(i32, Descriptor)> {
        let inside = |fd: i32| (first..=last).contains(&fd.cast_unsigned());
        self.take(|fd, _| inside(fd))
    }

    /// Removes the descriptors that an exec closes.
    pub(crate) fn take_cloexec(&mut self) -> Vec<(i32, Descriptor)> {
        self.epolls.clear();
        self.take(|_, entry| entry.cloexec)
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
pub(crate) fn resolve(family: Family, kind: SocketType, asked: Protocol) -> Protocol {
    if asked.0 != 0 || !matches!(family, Family::INET | Family::INET6) {
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
