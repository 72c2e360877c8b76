//! Finds the recorded socket that an address reaches at a given moment.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use socklab_event::{Call, Endpoint, Event, Headers, Protocol};

use crate::{Position, Socket};

/// Which sockets have which port, and which network namespace has which address.
#[derive(Debug, Default)]
pub(crate) struct Addresses {
    /// The sockets by the port they are bound to; `None` for bound sockets without a port.
    by_port: HashMap<Option<u16>, Vec<usize>>,
    /// The namespace of each address of which the recording tells whose it is. Those that every
    /// namespace has for itself are none of them.
    homes: HashMap<IpAddr, u64>,
}

impl Addresses {
    pub(crate) fn of(order: &[&Event], sockets: &[Socket]) -> Self {
        let mut addresses = Self::default();
        for (index, socket) in sockets.iter().enumerate() {
            if let Some(local) = &socket.identity.local {
                addresses.by_port.entry(local.port()).or_default().push(index);
            }
        }
        addresses.homes = addresses.homes(order, sockets);
        addresses
    }

    /// Whose address is bound to is known; and a host is the namespace whose sockets have the ports
    /// that its frames come from and go to, so that its addresses are known, too.
    fn homes(&self, order: &[&Event], sockets: &[Socket]) -> HashMap<IpAddr, u64> {
        let mut homes: HashMap<IpAddr, BTreeSet<u64>> = HashMap::new();
        for socket in sockets {
            let bound = socket.identity.local.as_ref().and_then(own_address);
            if let (Some((ip, _)), Some(netns)) = (bound, socket.identity.netns) {
                homes.entry(ip).or_default().insert(netns);
            }
        }
        let mut hosts: HashMap<&str, BTreeSet<u64>> = HashMap::new();
        let mut addresses: HashMap<IpAddr, BTreeSet<&str>> = HashMap::new();
        let frames = order.iter().filter_map(|event| event.frame());
        for frame in frames {
            let Some(headers) = &frame.headers else { continue };
            let ends =
                [(Some(&frame.from), &headers.source), (frame.to.as_ref(), &headers.destination)];
            for (host, end) in ends {
                let Some((host, (ip, port))) = host.zip(own_address(end)) else { continue };
                addresses.entry(ip).or_default().insert(host);
                hosts.entry(host).or_default().extend(self.with_port(sockets, port, headers));
            }
        }
        let only = |all: &BTreeSet<u64>| all.first().copied().filter(|_| all.len() == 1);
        for (ip, named) in addresses {
            let host = named.first().filter(|_| named.len() == 1);
            let Some(netns) = host.and_then(|host| only(&hosts[host])) else { continue };
            let shared = hosts.values().filter(|all| only(all) == Some(netns)).count() > 1;
            if !shared {
                homes.entry(ip).or_default().insert(netns);
            }
        }
        homes.into_iter().filter_map(|(ip, all)| Some((ip, only(&all)?))).collect()
    }

    /// The namespace of the sockets with a port; none if several have such.
    fn with_port(&self, sockets: &[Socket], port: u16, headers: &Headers) -> Option<u64> {
        let bound = self.by_port.get(&Some(port).filter(|port| *port > 0))?.iter();
        let own = bound.filter(|index| sockets[**index].identity.protocol == headers.protocol);
        let all: BTreeSet<u64> = own.filter_map(|index| sockets[*index].identity.netns).collect();
        all.first().copied().filter(|_| all.len() == 1)
    }

    /// True if data sent to `address` from `netns` reaches this socket, judging by the addresses.
    pub(crate) fn reach(&self, socket: &Socket, netns: Option<u64>, address: &Endpoint) -> bool {
        let Some(local) = &socket.identity.local else { return false };
        let (local, address) = (local.unmapped(), address.unmapped());
        let own = socket.identity.netns;
        let same_netns = netns.zip(own).is_none_or(|(a, b)| a == b);
        let Some((ip, port)) = address.ip_port() else { return same_netns && local == address };
        let bound = local.ip_port();
        let same_port = bound.is_some_and(|(_, bound)| bound == port && port != 0);
        let local_only = ip.is_loopback() || ip.is_unspecified();
        let exact = bound.is_some_and(|(bound, _)| bound == ip);
        let netns_fits = match (self.homes.get(&ip), own) {
            (Some(home), Some(own)) => *home == own,
            _ => same_netns || (!local_only && exact),
        };
        let takes_family = bound.is_some_and(|(bound, _)| {
            let dual = bound.is_ipv6() && bound.is_unspecified() && !socket.v6_only;
            bound.is_ipv4() == ip.is_ipv4() || dual
        });
        // A connect to 0.0.0.0 goes to this machine.
        let same_ip = takes_family && (local.is_any_address() || ip.is_unspecified() || exact);
        same_port && same_ip && (netns_fits || ip.is_multicast())
    }
}

/// An address and port, if the address is that of one host.
fn own_address(end: &Endpoint) -> Option<(IpAddr, u16)> {
    let everywhere = |ip: &IpAddr| ip.is_loopback() || ip.is_unspecified() || ip.is_multicast();
    let link_local = |ip: &IpAddr| matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local());
    end.unmapped().ip_port().filter(|(ip, _)| !everywhere(ip) && !link_local(ip))
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
    pub(crate) addresses: &'a Addresses,
}

impl Sockets<'_, '_> {
    /// The recorded socket that a datagram or a connection to `address` reaches: of those open at
    /// that moment, one bound to a specific address is preferred to one bound to any, and the
    /// earlier to the later. Only a listening socket receives stream connections.
    pub(crate) fn reached(&self, caller: Caller, address: &Endpoint) -> Option<usize> {
        self.reachable(caller, address).min_by_key(|(exact, index)| (!exact, *index)).map(|it| it.1)
    }

    /// All of which the kernel chooses one for each datagram: several, if they share the address
    /// (`SO_REUSEPORT`, socket(7)).
    pub(crate) fn sharing(&self, caller: Caller, address: &Endpoint) -> Vec<usize> {
        let all: Vec<(bool, usize)> = self.reachable(caller, address).collect();
        let best = all.iter().map(|(exact, _)| *exact).max();
        let best = all.iter().filter(|(exact, _)| Some(*exact) == best);
        best.map(|(_, index)| *index).collect()
    }

    /// Every socket that `address` may reach, each with whether it is bound to a specific address.
    fn reachable(&self, caller: Caller, address: &Endpoint) -> impl Iterator<Item = (bool, usize)> {
        let candidates = self.addresses.by_port.get(&address.unmapped().port());
        let candidates = candidates.into_iter().flatten().copied();
        let reachable = candidates.filter(move |index| {
            let socket = &self.all[*index];
            let listens = socket.listening.is_some_and(|listen| listen < caller.at);
            // A datagram socket may send to itself.
            (Some(*index) != caller.socket || !socket.is_stream())
                && socket.identity.protocol == caller.protocol
                && (listens || !socket.is_stream())
                && self.is_open(socket, caller.at)
                && self.addresses.reach(socket, caller.netns, address)
        });
        reachable.map(|index| {
            let local = self.all[index].identity.local.as_ref();
            (local.is_some_and(|local| !local.is_any_address()), index)
        })
    }

    /// True if the socket already exists and is not closed: nothing waits for a socket that does
    /// not exist yet.
    pub(crate) fn is_open(&self, socket: &Socket, at: Position) -> bool {
        let last = socket.last().filter(|last| *last < at);
        let closed = last.and_then(|last| self.order[last].call()).is_some_and(Call::is_close);
        !closed && socket.created.is_none_or(|created| created < at)
    }
}
