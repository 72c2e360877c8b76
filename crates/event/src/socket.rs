//! The identity of a socket, which joins a client's `connect` to a server's `accept`.

use serde::{Deserialize, Serialize};

use crate::{Endpoint, Family, Protocol, SocketType};

/// A socket, identified as far as is known at that moment.
///
/// A descriptor number means nothing outside its process. What two processes share is a connection:
/// its two ends carry the same pair of addresses, one the mirror image of the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct SocketId {
    /// Inode number of the network namespace (`/proc/PID/ns/net`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub netns: Option<u64>,
    /// Address family.
    pub family: Family,
    /// Stream, datagram ….
    #[serde(rename = "type")]
    pub kind: SocketType,
    /// Transport protocol, resolved: a `SOCK_STREAM` socket of `AF_INET` is `IPPROTO_TCP`.
    pub protocol: Protocol,
    /// Its own address (`getsockname(2)`), once it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<Endpoint>,
    /// The other end's (`getpeername(2)`), once connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<Endpoint>,
    /// Inode number of the socket itself: the `N` of `/proc/PID/fd`'s `socket:[N]`. The same for
    /// every descriptor and process that shares the socket; different for the two ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inode: Option<u64>,
    /// The other end's inode, for Unix sockets, whose ends often have no address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_inode: Option<u64>,
}

impl SocketId {
    /// True if the two are one and the same socket.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self.inode, other.inode) {
            (Some(a), Some(b)) => a == b && agree(self.netns, other.netns),
            _ => self == other,
        }
    }

    /// True if the two are the ends of one connection: their addresses mirror each other, in the
    /// same transport. Namespaces may differ, as they do between two lab hosts; on loopback
    /// (127.0.0.0/8, `::1`) they must be the same.
    pub fn is_other_end_of(&self, other: &Self) -> bool {
        if let (Some(mine), Some(theirs)) = (self.inode, other.peer_inode) {
            return mine == theirs;
        }
        if let (Some(theirs), Some(mine)) = (other.inode, self.peer_inode) {
            return mine == theirs;
        }
        let (Some(a), Some(b)) = (self.ends(), other.ends()) else {
            return false;
        };
        let mirrored = a.0 == b.1 && a.1 == b.0;
        let loopback = a.0.ip_port().is_some_and(|(ip, _)| ip.is_loopback());
        mirrored && self.protocol == other.protocol && (!loopback || agree(self.netns, other.netns))
    }

    /// True if it is connected to itself: both ends are the same address. TCP allows it (RFC 9293
    /// §3.5, simultaneous open).
    pub fn is_own_peer(&self) -> bool {
        self.ends().is_some_and(|(local, peer)| local == peer)
    }

    /// Both endpoints, with v4-mapped addresses unmapped; `None` unless it is an IP socket and
    /// connected.
    pub fn ends(&self) -> Option<(Endpoint, Endpoint)> {
        let (local, peer) = (self.local.as_ref()?, self.peer.as_ref()?);
        (local.port().is_some() && peer.port().is_some())
            .then(|| (local.unmapped(), peer.unmapped()))
    }
}

/// True if the two are equal, or one of them is unknown.
fn agree(a: Option<u64>, b: Option<u64>) -> bool {
    a.is_none() || b.is_none() || a == b
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    fn tcp(local: Endpoint, peer: Endpoint) -> SocketId {
        SocketId {
            netns: Some(1),
            family: Family::INET,
            kind: SocketType::STREAM,
            protocol: Protocol::TCP,
            local: Some(local),
            peer: Some(peer),
            inode: None,
            peer_inode: None,
        }
    }

    #[test]
    fn a_mapped_address_is_the_same_endpoint() {
        let client =
            tcp(Endpoint::ip(Ipv4Addr::LOCALHOST, 4000), Endpoint::ip(Ipv4Addr::LOCALHOST, 80));
        let mapped: Ipv6Addr = "::ffff:127.0.0.1".parse().unwrap();
        let server = tcp(Endpoint::ip(mapped, 80), Endpoint::ip(mapped, 4000));
        assert!(client.is_other_end_of(&server) && server.is_other_end_of(&client));
        assert!(!client.is_other_end_of(&client));
        let elsewhere = SocketId { netns: Some(2), ..server };
        assert!(!client.is_other_end_of(&elsewhere));
    }

    #[test]
    fn a_socket_can_be_its_own_peer() {
        let address = |port| Endpoint::ip(Ipv4Addr::LOCALHOST, port);
        assert!(tcp(address(4000), address(4000)).is_own_peer());
        assert!(!tcp(address(4000), address(80)).is_own_peer());
        let mapped: Ipv6Addr = "::ffff:127.0.0.1".parse().unwrap();
        assert!(tcp(Endpoint::ip(mapped, 4000), address(4000)).is_own_peer());
    }
}
