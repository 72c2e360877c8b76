//! Links, addresses, routes and policy rules of a network namespace, `rtnetlink(7)`.
//!
//! Everything here is synchronous: the kernel has done it, or has said why not, before the call
//! returns. A [`Netlink`] belongs to the network namespace in which it was opened, whatever the
//! thread does later.
//!
//! It is code of our own and no library, because a wire takes six kinds of messages, none of whose
//! answers has more in it than an error number: see ARCHITECTURE.md.

mod message;
mod offload;

use std::net::IpAddr;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socket_with,
};

pub(crate) use offload::{Offload, switch_off};

use crate::wire::WireRefusal;
use message::{Message, link_body};

/// `VETH_INFO_PEER`, `linux/veth.h`.
const VETH_INFO_PEER: u16 = 1;
/// Attributes of policy rules, `linux/fib_rules.h`.
const FRA_DST: u16 = 1;
const FRA_IIFNAME: u16 = 3;
const FRA_PRIORITY: u16 = 6;
/// `FR_ACT_TO_TBL`: look the route up in the rule's table.
const FR_ACT_TO_TBL: u8 = 1;
/// The index that `lo` has in every network namespace.
pub(crate) const LOOPBACK: i32 = 1;

/// One end of a veth pair that is to be made, `veth(4)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plug<'a> {
    /// The device's name.
    pub(crate) name: &'a str,
    /// The device's index, which must be free in its namespace: so nobody has to ask for it.
    pub(crate) index: i32,
    /// Its Ethernet address.
    pub(crate) mac: [u8; 6],
    /// The largest packet it carries, bytes.
    pub(crate) mtu: u32,
}

/// What is to change about a link. The default changes nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LinkChange {
    /// Up or down.
    pub(crate) up: Option<bool>,
    /// Whether neighbours are looked for; without, frames are addressed to the device's own address.
    pub(crate) neighbours: Option<bool>,
    /// The largest packet, bytes.
    pub(crate) mtu: Option<u32>,
}

/// What becomes of packets on a route, `ip-route(8)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fork {
    /// They leave through the device: `unicast`.
    Out,
    /// They have arrived: every address of that network is one of ours, `local`.
    Here,
}

/// A route to a network through a device.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    /// What becomes of packets.
    pub(crate) fork: Fork,
    /// The table it is in, `ip-rule(8)`: `libc::RT_TABLE_MAIN`, and `libc::RT_TABLE_LOCAL` for
    /// [`Fork::Here`].
    pub(crate) table: u8,
    /// The network: address and length of the prefix.
    pub(crate) to: (IpAddr, u8),
    /// The index of the device.
    pub(crate) device: i32,
    /// The router on the way; `None` if everybody in that network is on the link itself.
    pub(crate) via: Option<IpAddr>,
    /// The source address that packets get which have none yet.
    pub(crate) source: Option<IpAddr>,
}

/// A policy rule: what looks up its route in which table, `ip-rule(8)`. For IPv4.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    /// Rules are asked in the order of these numbers.
    pub(crate) preference: u32,
    /// Only packets to this network.
    pub(crate) to: Option<([u8; 4], u8)>,
    /// Only packets that come from here, and not from another link.
    pub(crate) only_ours: bool,
    /// Where the route is looked up.
    pub(crate) table: u8,
}

/// A socket for rtnetlink in one network namespace.
#[derive(Debug)]
pub(crate) struct Netlink {
    socket: OwnedFd,
    sequence: u32,
}

impl Netlink {
    /// For the network namespace that the calling thread is in.
    pub(crate) fn open() -> Result<Self, WireRefusal> {
        // Protocol 0 is NETLINK_ROUTE.
        let (family, kind) = (AddressFamily::NETLINK, SocketType::RAW);
        let socket = socket_with(family, kind, SocketFlags::CLOEXEC, None);
        let socket = socket.map_err(|e| WireRefusal::new("socket AF_NETLINK", e))?;
        Ok(Self { socket, sequence: 0 })
    }

    /// Makes two devices that are each other's wire: `ours` here, `theirs` in that namespace. Both
    /// are down.
    pub(crate) fn add_veth(
        &mut self,
        ours: &Plug<'_>,
        theirs: &Plug<'_>,
        namespace: BorrowedFd<'_>,
    ) -> Result<(), WireRefusal> {
        let plug = |message: &mut Message, plug: &Plug<'_>| {
            message.bytes(&link_body(plug.index, 0, 0));
            message.attribute(libc::IFLA_IFNAME, plug.name.as_bytes());
            message.attribute(libc::IFLA_ADDRESS, &plug.mac);
            message.attribute(libc::IFLA_MTU, &plug.mtu.to_ne_bytes());
        };
        let flags = libc::NLM_F_CREATE | libc::NLM_F_EXCL;
        let mut message = Message::new(libc::RTM_NEWLINK, flags);
        plug(&mut message, ours);
        message.nest(libc::IFLA_LINKINFO, |message| {
            message.attribute(libc::IFLA_INFO_KIND, b"veth");
            message.nest(libc::IFLA_INFO_DATA, |message| {
                message.nest(VETH_INFO_PEER, |message| {
                    plug(message, theirs);
                    let namespace = namespace.as_raw_fd().to_ne_bytes();
                    message.attribute(libc::IFLA_NET_NS_FD, &namespace);
                });
            });
        });
        self.ask(message, || format!("RTM_NEWLINK veth {} with peer {}", ours.name, theirs.name))
    }

    /// Changes a link.
    pub(crate) fn change_link(
        &mut self,
        index: i32,
        change: &LinkChange,
    ) -> Result<(), WireRefusal> {
        let (mut flags, mut mask) = (0, 0);
        let mut set = |flag: i32, value: Option<bool>| {
            if let Some(value) = value {
                mask |= flag.cast_unsigned();
                flags |= if value { flag.cast_unsigned() } else { 0 };
            }
        };
        set(libc::IFF_UP, change.up);
        set(libc::IFF_NOARP, change.neighbours.map(|wanted| !wanted));
        let mut message = Message::new(libc::RTM_NEWLINK, 0);
        message.bytes(&link_body(index, flags, mask));
        if let Some(mtu) = change.mtu {
            message.attribute(libc::IFLA_MTU, &mtu.to_ne_bytes());
        }
        self.ask(message, || format!("RTM_NEWLINK link {index}, {change:?}"))
    }

    /// Removes a link; of a veth, both ends.
    pub(crate) fn remove_link(&mut self, index: i32) -> Result<(), WireRefusal> {
        let mut message = Message::new(libc::RTM_DELLINK, 0);
        message.bytes(&link_body(index, 0, 0));
        self.ask(message, || format!("RTM_DELLINK link {index}"))
    }

    /// Gives a link an address that can be used at once: nobody is asked whether he has it already
    /// (`IFA_F_NODAD`, RFC 4862 §5.4).
    pub(crate) fn add_address(
        &mut self,
        index: i32,
        address: IpAddr,
        prefix: u8,
    ) -> Result<(), WireRefusal> {
        let no_detection = if address.is_ipv6() { libc::IFA_F_NODAD as u8 } else { 0 };
        let mut message = Message::new(libc::RTM_NEWADDR, libc::NLM_F_CREATE | libc::NLM_F_REPLACE);
        message.bytes(&[family(address), prefix, no_detection, 0]);
        message.bytes(&index.to_ne_bytes());
        message.attribute(libc::IFA_LOCAL, &octets(address));
        message.attribute(libc::IFA_ADDRESS, &octets(address));
        self.ask(message, || format!("RTM_NEWADDR {address}/{prefix} on link {index}"))
    }

    /// Adds a route.
    pub(crate) fn add_route(&mut self, route: &Route) -> Result<(), WireRefusal> {
        let (network, prefix) = route.to;
        let (kind, scope) = match (route.fork, route.via) {
            (Fork::Here, _) => (libc::RTN_LOCAL, libc::RT_SCOPE_HOST),
            (Fork::Out, Some(_)) => (libc::RTN_UNICAST, libc::RT_SCOPE_UNIVERSE),
            (Fork::Out, None) => (libc::RTN_UNICAST, libc::RT_SCOPE_LINK),
        };
        let mut message = Message::new(libc::RTM_NEWROUTE, libc::NLM_F_CREATE);
        message.bytes(&[family(network), prefix, 0, 0, route.table, libc::RTPROT_STATIC]);
        message.bytes(&[scope, kind, 0, 0, 0, 0]);
        message.attribute(libc::RTA_DST, &octets(network));
        message.attribute(libc::RTA_OIF, &route.device.to_ne_bytes());
        if let Some(via) = route.via {
            message.attribute(libc::RTA_GATEWAY, &octets(via));
        }
        if let Some(source) = route.source {
            message.attribute(libc::RTA_PREFSRC, &octets(source));
        }
        self.ask(message, || {
            format!("RTM_NEWROUTE {network}/{prefix} through link {}", route.device)
        })
    }

    /// Adds a policy rule.
    pub(crate) fn add_policy(&mut self, policy: &Policy) -> Result<(), WireRefusal> {
        let flags = libc::NLM_F_CREATE | libc::NLM_F_EXCL;
        let message = policy_message(libc::RTM_NEWRULE, flags, policy);
        self.ask(message, || format!("RTM_NEWRULE {}", policy.preference))
    }

    /// Removes a policy rule.
    pub(crate) fn remove_policy(&mut self, policy: &Policy) -> Result<(), WireRefusal> {
        let message = policy_message(libc::RTM_DELRULE, 0, policy);
        self.ask(message, || format!("RTM_DELRULE {}", policy.preference))
    }

    /// Sends a message, and returns what the kernel thinks of it.
    fn ask(&mut self, message: Message, what: impl Fn() -> String) -> Result<(), WireRefusal> {
        self.sequence += 1;
        let bytes = message.finish(self.sequence);
        send(&self.socket, &bytes, SendFlags::empty())
            .map_err(|errno| WireRefusal::new(what(), errno))?;
        let mut answer = [0_u8; 4096];
        loop {
            // The kernel answers before `send` returns.
            let received = recv(&self.socket, &mut answer, RecvFlags::DONTWAIT);
            let (length, _) = received.map_err(|errno| WireRefusal::new(what(), errno))?;
            match message::verdict(&answer[..length.min(answer.len())], self.sequence) {
                Some(Ok(())) => return Ok(()),
                Some(Err(errno)) => return Err(WireRefusal::new(what(), errno)),
                // About an earlier message.
                None => {}
            }
        }
    }
}

fn policy_message(kind: u16, flags: i32, policy: &Policy) -> Message {
    let mut message = Message::new(kind, flags);
    let prefix = policy.to.map_or(0, |(_, prefix)| prefix);
    message.bytes(&[libc::AF_INET as u8, prefix, 0, 0, policy.table, 0, 0, FR_ACT_TO_TBL]);
    message.bytes(&[0; 4]);
    message.attribute(FRA_PRIORITY, &policy.preference.to_ne_bytes());
    if let Some((network, _)) = policy.to {
        message.attribute(FRA_DST, &network);
    }
    if policy.only_ours {
        // What a program sends has not come in anywhere: the kernel takes `lo` for where it did.
        message.attribute(FRA_IIFNAME, b"lo\0");
    }
    message
}

fn family(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => libc::AF_INET as u8,
        IpAddr::V6(_) => libc::AF_INET6 as u8,
    }
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream, UdpSocket};
    use std::os::fd::AsFd;

    use super::*;
    use crate::namespace::Network;
    use crate::wire::within::own_network;

    const MTU: u32 = 1500;

    fn plug(name: &str, index: i32) -> Plug<'_> {
        Plug { name, index, mac: [2, 0, 0, 0, 0, index as u8], mtu: MTU }
    }

    #[test]
    fn every_address_of_a_local_route_is_ours_and_has_its_source() {
        if !own_network() {
            return;
        }
        let mut netlink = Netlink::open().unwrap();
        let ours =
            [IpAddr::from([10, 0, 0, 2]), IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 2))];
        let theirs = [
            (IpAddr::from([198, 51, 100, 0]), 24, IpAddr::from([198, 51, 100, 80])),
            (
                IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0)),
                48,
                IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 80)),
            ),
        ];
        for (ours, (network, prefix, theirs)) in ours.into_iter().zip(theirs) {
            let whole = if ours.is_ipv4() { 32 } else { 128 };
            netlink.add_address(LOOPBACK, ours, whole).unwrap();
            let route = Route {
                fork: Fork::Here,
                table: libc::RT_TABLE_LOCAL,
                to: (network, prefix),
                device: LOOPBACK,
                via: None,
                source: Some(ours),
            };
            netlink.add_route(&route).unwrap();
            // IPv6 lets nobody bind to an address that only a route makes ours.
            let at = if theirs.is_ipv4() { theirs } else { Ipv6Addr::UNSPECIFIED.into() };
            let listener = TcpListener::bind((at, 80)).unwrap();
            let client = TcpStream::connect((theirs, 80)).unwrap();
            assert_eq!(client.local_addr().unwrap().ip(), ours);
            assert_eq!(listener.accept().unwrap().1.ip(), ours);
        }
    }

    #[test]
    fn two_namespaces_are_connected_until_a_link_goes_down() {
        if !own_network() {
            return;
        }
        let other = std::thread::spawn(|| Network::enter_new().map(|_| Network::current()));
        let other = other.join().unwrap().unwrap().unwrap();
        let mut here = Netlink::open().unwrap();
        here.add_veth(&plug("one", 10), &plug("two", 20), other.as_fd()).unwrap();
        let up = LinkChange { up: Some(true), ..LinkChange::default() };
        let address = |last| IpAddr::V4(Ipv4Addr::new(10, 0, 0, last));
        here.change_link(10, &up).unwrap();
        here.add_address(10, address(1), 24).unwrap();
        let (netlink, socket) = std::thread::spawn(move || {
            other.enter().unwrap();
            let mut netlink = Netlink::open().unwrap();
            netlink.change_link(20, &up).unwrap();
            netlink.add_address(20, address(2), 24).unwrap();
            (netlink, UdpSocket::bind((address(2), 7)).unwrap())
        })
        .join()
        .unwrap();
        let sender = UdpSocket::bind((address(1), 0)).unwrap();
        assert_eq!(sender.send_to(b"hello", (address(2), 7)).unwrap(), 5);
        let mut buffer = [0; 9];
        assert_eq!(socket.recv_from(&mut buffer).unwrap(), (5, sender.local_addr().unwrap()));
        let mut netlink = netlink;
        let down = LinkChange { up: Some(false), ..LinkChange::default() };
        netlink.change_link(20, &down).unwrap();
        here.change_link(10, &down).unwrap();
        let error = sender.send_to(b"hello", (address(2), 7)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NetworkUnreachable);
    }

    #[test]
    fn a_refusal_names_what_was_to_be_done_and_to_what() {
        if !own_network() {
            return;
        }
        let mut netlink = Netlink::open().unwrap();
        let here = Network::current().unwrap();
        let made = plug("one", 10);
        netlink.add_veth(&made, &plug("two", 11), here.as_fd()).unwrap();
        let refusal = netlink.add_veth(&made, &plug("three", 12), here.as_fd()).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "RTM_NEWLINK veth one with peer three: File exists (os error 17)"
        );
        let refusal = netlink.add_address(99, [10, 0, 0, 1].into(), 24).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "RTM_NEWADDR 10.0.0.1/24 on link 99: No such device (os error 19)"
        );
        let refusal = switch_off("nothing", Offload::Checksums).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "ioctl SIOCETHTOOL nothing, Checksums off: No such device (os error 19)"
        );
    }
}
