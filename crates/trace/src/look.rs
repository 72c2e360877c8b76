//! Looking at a socket of a tracee: through a duplicate of its descriptor or, where the tracer may
//! not make one, in the kernel's tables.

use std::os::fd::{AsFd, OwnedFd};

use libc::pid_t;
use socklab_event::{Endpoint, Family, Protocol, SocketId, SocketType, State, TcpState};
use socklab_kernel::process;
use socklab_record::tables;

use crate::probe;

/// A look at a socket, which shows it as it is now.
#[derive(Debug)]
pub(crate) enum Look {
    /// Through a duplicate of the descriptor. It keeps the socket open, so it must not live long:
    /// it would delay a FIN.
    Copy(OwnedFd),
    /// Without one. Containers refuse `pidfd_getfd(2)`: Docker's default seccomp profile does.
    Listed(Box<Listed>),
}

/// A socket as the tables show it.
#[derive(Debug)]
pub(crate) struct Listed {
    inode: u64,
    /// The kernel's name for its protocol.
    protocol: String,
    /// Its entry. A socket without an address has none; neither has a TCP socket that is bound and
    /// neither listens nor is connected.
    state: Option<State>,
}

impl Look {
    /// Looks at a tracee's descriptor in the tables; `None` if it does not refer to a socket.
    pub(crate) fn listed(tid: pid_t, fd: i32) -> Option<Self> {
        let (thread, inode) = (tid.cast_unsigned(), probe::inode(tid, fd)?);
        let protocol = process::socket_protocol(thread, fd)?;
        let state = tables::of_inode(thread, inode, &protocol);
        Some(Self::Listed(Box::new(Listed { inode, protocol, state })))
    }

    /// The socket's own address; `None` if it has none, or it is not known.
    pub(crate) fn local(&self) -> Option<Endpoint> {
        match self {
            Self::Copy(copy) => probe::local(copy.as_fd()),
            // An unnamed socket's address says nothing.
            Self::Listed(listed) => listed.state.as_ref()?.socket.local.clone(),
        }
    }

    /// The other end's address; `None` if there is none, or it is not known.
    pub(crate) fn peer(&self) -> Option<Endpoint> {
        match self {
            Self::Copy(copy) => probe::peer(copy.as_fd()),
            Self::Listed(listed) => listed.state.as_ref()?.socket.peer.clone(),
        }
    }

    /// True if the look can show an address that the socket has.
    pub(crate) fn is_complete(&self) -> bool {
        match self {
            Self::Copy(_) => true,
            Self::Listed(listed) => listed.state.is_some(),
        }
    }

    /// True if the socket listens.
    pub(crate) fn listens(&self) -> bool {
        match self {
            Self::Copy(copy) => probe::listens(copy.as_fd()),
            Self::Listed(listed) => {
                listed.state.as_ref().is_some_and(|state| state.after == TcpState::LISTEN)
            }
        }
    }

    /// The socket's inode.
    pub(crate) fn inode(&self) -> Option<u64> {
        match self {
            Self::Copy(copy) => probe::inode_of(copy.as_fd()),
            Self::Listed(listed) => Some(listed.inode),
        }
    }

    /// Everything that can be seen; `None` if it is not a socket, or not of a known kind.
    pub(crate) fn identify(&self, inode: u64, netns: Option<u64>) -> Option<SocketId> {
        let listed = match self {
            Self::Copy(copy) => return probe::identify(copy.as_fd(), Some(inode), netns),
            Self::Listed(listed) => listed,
        };
        if let Some(state) = &listed.state {
            return Some(SocketId { inode: Some(inode), netns, ..(*state.socket).clone() });
        }
        let (family, kind, protocol) = kind_of(&listed.protocol)?;
        Some(SocketId {
            netns,
            family,
            kind,
            protocol,
            local: None,
            peer: None,
            inode: Some(inode),
            peer_inode: None,
        })
    }
}

/// Family, type and protocol of the sockets that the kernel calls by this name.
fn kind_of(name: &str) -> Option<(Family, SocketType, Protocol)> {
    let (stream, datagram, raw) = (SocketType::STREAM, SocketType::DGRAM, SocketType::RAW);
    Some(match name {
        "TCP" => (Family::INET, stream, Protocol::TCP),
        "TCPv6" => (Family::INET6, stream, Protocol::TCP),
        "MPTCP" => (Family::INET, stream, Protocol::MPTCP),
        "MPTCPv6" => (Family::INET6, stream, Protocol::MPTCP),
        "UDP" => (Family::INET, datagram, Protocol::UDP),
        "UDPv6" => (Family::INET6, datagram, Protocol::UDP),
        "PING" => (Family::INET, datagram, Protocol::ICMP),
        "PINGv6" => (Family::INET6, datagram, Protocol::ICMPV6),
        "RAW" => (Family::INET, raw, Protocol::RAW),
        "RAWv6" => (Family::INET6, raw, Protocol::RAW),
        "UNIX-STREAM" => (Family::UNIX, stream, Protocol::USUAL),
        "UNIX" => (Family::UNIX, datagram, Protocol::USUAL),
        "NETLINK" => (Family::NETLINK, raw, Protocol::USUAL),
        "PACKET" => (Family::PACKET, raw, Protocol::USUAL),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::fd::AsRawFd;
    use std::os::unix::net::{UnixDatagram, UnixStream};

    use super::*;

    /// What both kinds of look show of one of our sockets.
    fn both(socket: &(impl AsFd + AsRawFd)) -> [SocketId; 2] {
        let copy = Look::Copy(socket.as_fd().try_clone_to_owned().unwrap());
        let us = std::process::id().cast_signed();
        let listed = Look::listed(us, socket.as_raw_fd()).unwrap();
        assert_eq!(copy.listens(), listed.listens());
        assert_eq!(copy.inode(), listed.inode());
        let inode = copy.inode().unwrap();
        [copy, listed].map(|look| look.identify(inode, probe::netns(us)).unwrap())
    }

    #[test]
    fn the_tables_show_what_a_duplicate_shows() {
        let same = |[copy, listed]: [SocketId; 2]| assert_eq!(copy, listed);
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(address) else { continue };
            let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (server, _) = listener.accept().unwrap();
            same(both(&listener));
            same(both(&client));
            same(both(&server));
            let udp = UdpSocket::bind(address).unwrap();
            same(both(&udp));
            udp.connect(udp.local_addr().unwrap()).unwrap();
            same(both(&udp));
        }
        let (one, _other) = UnixStream::pair().unwrap();
        same(both(&one));
        same(both(&UnixDatagram::unbound().unwrap()));
    }
}
