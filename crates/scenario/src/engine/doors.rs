//! Where a program can be reached, and whether somebody who was told a port could know it. Pure.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use socklab_event::{Args, Call, Endpoint, Readiness, SocketId};

use crate::step_end::PortChoice;

/// The sockets through which others can reach a program.
#[derive(Debug, Default)]
pub(super) struct Doors {
    /// The ports that the program passed to `bind`, by the inodes of the sockets.
    binds: Vec<(u64, u16)>,
    doors: Vec<Door>,
    /// Since it opened the last one, it has waited for somebody, or talked.
    used: bool,
}

#[derive(Clone, Debug)]
struct Door {
    at: Endpoint,
    /// It is bound to a port that the program chose, and not the kernel.
    explicit: bool,
    datagrams: bool,
    /// The socket's inode.
    inode: Option<u64>,
}

/// How somebody reaches a program that was told a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// At the port that it was told.
    Asked(SocketAddr),
    /// At another port, which it always has if it says so itself every time.
    Own(SocketAddr),
    /// At a port that nobody could know, or only at an address at which nobody looks for it.
    Unknowable(u16, PortChoice),
    Nowhere,
}

impl Doors {
    pub(super) fn note(&mut self, call: &Call) {
        if let (Args::Bind { address }, Some(_)) = (&call.args, call.value())
            && let (Some(inode), Some(port)) =
                (call.socket.as_ref().and_then(|socket| socket.inode), address.port())
        {
            self.binds.push((inode, port));
        }
        self.used |= waits_or_talks(call);
    }

    /// True if the program has done something else since it opened the last one.
    pub(super) fn are_used(&self) -> bool {
        self.used
    }

    /// True if one of those with this port is still open. `is_open` is asked about their inodes.
    pub(super) fn is_open(
        &self,
        port: u16,
        datagrams: bool,
        is_open: impl Fn(u64) -> bool,
    ) -> bool {
        let mut doors = self.doors.iter().filter(|door| door.datagrams == datagrams);
        doors.any(|door| door.at.port() == Some(port) && door.inode.is_none_or(&is_open))
    }

    pub(super) fn open(&mut self, readiness: Readiness, at: &Endpoint, socket: &SocketId) {
        let bound = self.binds.iter().rfind(|(inode, _)| Some(*inode) == socket.inode);
        let explicit = bound.is_some_and(|(_, port)| *port != 0);
        let datagrams = readiness == Readiness::Bound;
        let inode = socket.inode;
        self.doors.push(Door { at: at.unmapped(), explicit, datagrams, inode });
        self.used = false;
    }

    /// The way to reach the program, which was told the port `asked`. Clients look for it at an
    /// address if `meets` says so.
    pub(super) fn reach(
        &self,
        asked: u16,
        datagrams: bool,
        meets: impl Fn(IpAddr) -> bool,
    ) -> Reach {
        let mine = || self.doors.iter().filter(|door| door.datagrams == datagrams);
        let met = |door: &Door| {
            let everywhere = door.at.ip_port().is_some_and(|(ip, _)| ip.is_unspecified());
            reachable(&door.at).filter(|address| everywhere || meets(address.ip()))
        };
        let at_asked = || mine().filter(|door| door.at.port() == Some(asked));
        // Peers talk IPv4 if they can.
        if let Some(address) = at_asked().filter_map(met).min_by_key(SocketAddr::is_ipv6) {
            return Reach::Asked(address);
        }
        let swapped = asked.swap_bytes();
        let own = || mine().filter(|door| door.explicit && door.at.port() != Some(swapped));
        if let Some(address) = own().find_map(met) {
            return Reach::Own(address);
        }
        if let Some(address) = at_asked().chain(own()).find_map(|door| reachable(&door.at)) {
            let because = PortChoice::Elsewhere { address: address.ip() };
            return Reach::Unknowable(address.port(), because);
        }
        let unknowable = mine().next_back().and_then(|door| Some((door, door.at.port()?)));
        match unknowable {
            Some((door, port)) if door.explicit => Reach::Unknowable(port, PortChoice::Swapped),
            Some((_, port)) => Reach::Unknowable(port, PortChoice::Kernel),
            None => Reach::Nowhere,
        }
    }
}

fn waits_or_talks(call: &Call) -> bool {
    matches!(call.args, Args::Accept { .. } | Args::Poll { .. } | Args::EpollWait { .. })
        || call.sends()
        || call.receives()
}

/// The address at which to reach a socket that is bound to `endpoint`.
pub(super) fn reachable(endpoint: &Endpoint) -> Option<SocketAddr> {
    let (ip, port) = endpoint.unmapped().ip_port()?;
    let ip = if ip.is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { ip };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use super::*;

    fn door(ip: impl Into<IpAddr>, port: u16, explicit: bool) -> Door {
        Door { at: Endpoint::ip(ip, port), explicit, datagrams: false, inode: None }
    }

    fn reach(doors: &[Door]) -> Reach {
        let local = |ip: IpAddr| ip == Ipv4Addr::LOCALHOST || ip == Ipv6Addr::LOCALHOST;
        Doors { doors: doors.to_vec(), ..Doors::default() }.reach(10000, false, local)
    }

    #[test]
    fn the_asked_port_wins_wherever_it_was_opened() {
        let (any, local) = (Ipv4Addr::UNSPECIFIED, Ipv4Addr::LOCALHOST);
        let asked = Reach::Asked(SocketAddr::from((local, 10000)));
        assert_eq!(reach(&[door(any, 9999, true), door(any, 10000, true)]), asked);
        assert_eq!(reach(&[door(any, 10000, true), door(any, 9999, true)]), asked);
        let both = [door(Ipv6Addr::LOCALHOST, 10000, true), door(local, 10000, true)];
        assert_eq!(reach(&both), asked);
        assert_eq!(reach(&[door(Ipv6Addr::UNSPECIFIED, 10000, true)]), asked);
    }

    #[test]
    fn a_port_of_its_own_is_one_that_it_bound() {
        let any = Ipv4Addr::UNSPECIFIED;
        let own = Reach::Own(SocketAddr::from((Ipv4Addr::LOCALHOST, 5000)));
        assert_eq!(reach(&[door(any, 5000, true)]), own);
        assert_eq!(reach(&[door(any, 40123, false), door(any, 5000, true)]), own);
        assert_eq!(reach(&[door(any, 40123, false)]), Reach::Unknowable(40123, PortChoice::Kernel));
        let swapped = 10000_u16.swap_bytes();
        let forgotten = Reach::Unknowable(swapped, PortChoice::Swapped);
        assert_eq!(reach(&[door(any, swapped, true)]), forgotten);
        assert_eq!(reach(&[]), Reach::Nowhere);
    }

    #[test]
    fn a_port_is_open_if_one_of_its_sockets_is() {
        let any = Ipv4Addr::UNSPECIFIED;
        let door = |inode, port| Door { inode: Some(inode), ..door(any, port, true) };
        let doors = Doors { doors: vec![door(1, 10000), door(2, 10000)], ..Doors::default() };
        assert!(doors.is_open(10000, false, |inode| inode == 2));
        assert!(!doors.is_open(10000, false, |inode| inode == 3), "both are closed");
        assert!(!doors.is_open(9999, false, |_| true));
        assert!(!doors.is_open(10000, true, |_| true), "it is for connections");
    }

    #[test]
    fn nobody_looks_for_it_at_another_address() {
        let elsewhere = Ipv4Addr::new(127, 0, 0, 2);
        let there = PortChoice::Elsewhere { address: elsewhere.into() };
        assert_eq!(reach(&[door(elsewhere, 10000, true)]), Reach::Unknowable(10000, there));
        assert_eq!(reach(&[door(elsewhere, 5000, true)]), Reach::Unknowable(5000, there));
        let both = [door(elsewhere, 10000, true), door(Ipv4Addr::LOCALHOST, 10000, true)];
        assert_eq!(reach(&both), Reach::Asked(SocketAddr::from((Ipv4Addr::LOCALHOST, 10000))));
    }
}
