//! Finds the recorded socket that an address reaches at a given moment.

use std::collections::HashMap;

use socklab_event::{Call, Endpoint, Event, Protocol};

use crate::{Position, Socket};

/// The sockets by the port they are bound to; `None` for bound sockets without a port.
pub(crate) type ByPort = HashMap<Option<u16>, Vec<usize>>;

pub(crate) fn by_port(sockets: &[Socket]) -> ByPort {
    let mut by_port = ByPort::new();
    for (index, socket) in sockets.iter().enumerate() {
        if let Some(local) = &socket.identity.local {
            by_port.entry(local.port()).or_default().push(index);
        }
    }
    by_port
}

/// The sender of a datagram, or the caller of `connect`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    /// When.
    pub(crate) at: Position,
    /// With which socket.
    pub(crate) socket: Option<usize>,
    /// In which network namespace; `None` if unknown.
    pub(crate) netns: Option<u64>,
    /// By which protocol.
    pub(crate) protocol: Protocol,
}

/// The recorded sockets, for looking them up by address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sockets<'a, 't> {
    pub(crate) order: &'a [&'t Event],
    pub(crate) all: &'a [Socket],
    pub(crate) by_port: &'a ByPort,
}

impl Sockets<'_, '_> {
    /// The recorded socket that a datagram or a connection to `address` reaches: of those open at
    /// that moment, one bound to a specific address is preferred to one bound to any, and the
    /// earlier to the later. Only a listening socket receives stream connections.
    pub(crate) fn reached(&self, caller: Caller, address: &Endpoint) -> Option<usize> {
        let candidates = self.by_port.get(&address.unmapped().port())?.iter().copied();
        let reachable = candidates.filter(|index| {
            let socket = &self.all[*index];
            let listens = socket.listening.is_some_and(|listen| listen < caller.at);
            Some(*index) != caller.socket
                && socket.identity.protocol == caller.protocol
                && (listens || !socket.is_stream())
                && self.is_open(socket, caller.at)
                && is_at(socket, caller.netns, address)
        });
        reachable.max_by_key(|index| {
            let local = self.all[*index].identity.local.as_ref();
            let exact = local.is_some_and(|local| !local.is_any_address());
            (exact, std::cmp::Reverse(*index))
        })
    }

    /// True if the socket already exists and is not closed: nothing waits for a socket that does
    /// not exist yet.
    fn is_open(&self, socket: &Socket, at: Position) -> bool {
        let last = socket.last().filter(|last| *last < at);
        let closed = last.and_then(|last| self.order[last].call()).is_some_and(Call::is_close);
        !closed && socket.created.is_none_or(|created| created < at)
    }
}

/// True if data sent to `address` from `netns` reaches this socket, judging by the addresses.
pub(crate) fn is_at(socket: &Socket, netns: Option<u64>, address: &Endpoint) -> bool {
    let Some(local) = &socket.identity.local else { return false };
    let (local, address) = (local.unmapped(), address.unmapped());
    let same_netns = match (netns, socket.identity.netns) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    let Some((ip, port)) = address.ip_port() else { return same_netns && local == address };
    let bound = local.ip_port();
    let same_port = bound.is_some_and(|(_, bound)| bound == port && port != 0);
    let local_only = ip.is_loopback() || ip.is_unspecified();
    let netns_fits = same_netns || (!local_only && bound.is_some_and(|(bound, _)| bound == ip));
    let takes_family = bound.is_some_and(|(bound, _)| {
        let dual = bound.is_ipv6() && bound.is_unspecified() && !socket.v6_only;
        bound.is_ipv4() == ip.is_ipv4() || dual
    });
    // A connect to 0.0.0.0 goes to this machine.
    let same_ip = takes_family
        && (local.is_any_address()
            || ip.is_unspecified()
            || bound.is_some_and(|(bound, _)| bound == ip));
    same_port && same_ip && (netns_fits || ip.is_multicast())
}
