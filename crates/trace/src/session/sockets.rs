//! All sockets of the tracees, by inode, so that a socket is recognized when another process has it
//! too.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use super::table::{Shared, Socket};

/// Sockets by inode number; each is forgotten once no descriptor refers to it.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    by_inode: HashMap<u64, Weak<RefCell<Socket>>>,
    /// How many were left after the last sweep.
    alive: usize,
}

/// A sweep is not worthwhile with fewer entries than twice this.
const SWEEP_FROM: usize = 1024;

impl Sockets {
    pub(super) fn insert(&mut self, socket: &Shared) {
        let Some(inode) = socket.borrow().id.inode else {
            return;
        };
        self.by_inode.insert(inode, Rc::downgrade(socket));
        // The entries of sockets that are gone stay until a sweep.
        if self.by_inode.len() > 2 * self.alive.max(SWEEP_FROM) {
            self.by_inode.retain(|_, socket| socket.strong_count() > 0);
            self.alive = self.by_inode.len();
        }
    }

    /// The socket with this inode, if a process still has it.
    pub(super) fn get(&self, inode: u64) -> Option<Shared> {
        self.by_inode.get(&inode).and_then(Weak::upgrade)
    }
}

#[cfg(test)]
mod tests {
    use socklab_event::{Family, Protocol, SocketId, SocketType};

    use super::*;

    fn socket(inode: u64) -> Shared {
        Socket::new(SocketId {
            netns: None,
            family: Family::INET,
            kind: SocketType::STREAM,
            protocol: Protocol::TCP,
            local: None,
            peer: None,
            inode: Some(inode),
            peer_inode: None,
        })
    }

    #[test]
    fn a_socket_is_known_as_long_as_somebody_has_it() {
        let mut sockets = Sockets::default();
        let kept = socket(7);
        sockets.insert(&kept);
        assert!(sockets.get(7).is_some_and(|found| Rc::ptr_eq(&found, &kept)));
        drop(kept);
        assert!(sockets.get(7).is_none());
    }

    #[test]
    fn closed_sockets_do_not_pile_up() {
        let mut sockets = Sockets::default();
        let kept = socket(1);
        sockets.insert(&kept);
        for inode in 2..20_000 {
            sockets.insert(&socket(inode));
        }
        assert!(sockets.by_inode.len() <= 2 * SWEEP_FROM + 1, "{}", sockets.by_inode.len());
        assert!(sockets.get(1).is_some());
    }
}
