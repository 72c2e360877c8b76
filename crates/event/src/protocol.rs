//! The protocol of a socket: a number that means something within its address family only.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::names::named;
use crate::{Family, SocketType};

/// The third argument of `socket(2)`.
///
/// In JSON it is a name, `"IPPROTO_TCP"` or `"NETLINK_ROUTE"`, or the number where a family's protocols
/// have no names here, `"0"`. Older recordings name all of them as if they were of IP.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub enum Protocol {
    /// Of `AF_INET` and `AF_INET6`.
    Ip(IpProtocol),
    /// Of `AF_NETLINK`.
    Netlink(NetlinkProtocol),
    /// Of another family. 0 is its usual or only one.
    Other(i32),
}

named! {
    /// An IP protocol, `protocols(5)`, and those that `linux/in.h` adds to them. 0, as an argument of
    /// `socket(2)`, means the usual one of the socket's type.
    IpProtocol, "IPPROTO_", {
        IP = 0, ICMP = 1, IGMP = 2, IPIP = 4, TCP = 6, EGP = 8, PUP = 12, UDP = 17, IDP = 22, TP = 29,
        DCCP = 33, IPV6 = 41, RSVP = 46, GRE = 47, ESP = 50, AH = 51, ICMPV6 = 58, MTP = 92,
        BEETPH = 94, ENCAP = 98, PIM = 103, COMP = 108, L2TP = 115, SCTP = 132, UDPLITE = 136,
        MPLS = 137, ETHERNET = 143, RAW = 255, SMC = 256, MPTCP = 262,
    }
}

named! {
    /// A protocol of `netlink(7)`, `linux/netlink.h`: which part of the kernel is at the other end.
    NetlinkProtocol, "NETLINK_", {
        ROUTE = 0, UNUSED = 1, USERSOCK = 2, FIREWALL = 3, SOCK_DIAG = 4, NFLOG = 5, XFRM = 6,
        SELINUX = 7, ISCSI = 8, AUDIT = 9, FIB_LOOKUP = 10, CONNECTOR = 11, NETFILTER = 12,
        IP6_FW = 13, DNRTMSG = 14, KOBJECT_UEVENT = 15, GENERIC = 16, SCSITRANSPORT = 18,
        ECRYPTFS = 19, RDMA = 20, CRYPTO = 21, SMC = 22,
    }
}

impl Protocol {
    /// `IPPROTO_IP`: as an argument, the usual protocol of the socket's type.
    pub const IP: Self = Self::Ip(IpProtocol::IP);
    /// `IPPROTO_ICMP`.
    pub const ICMP: Self = Self::Ip(IpProtocol::ICMP);
    /// `IPPROTO_TCP`.
    pub const TCP: Self = Self::Ip(IpProtocol::TCP);
    /// `IPPROTO_UDP`.
    pub const UDP: Self = Self::Ip(IpProtocol::UDP);
    /// `IPPROTO_ICMPV6`.
    pub const ICMPV6: Self = Self::Ip(IpProtocol::ICMPV6);
    /// `IPPROTO_RAW`.
    pub const RAW: Self = Self::Ip(IpProtocol::RAW);
    /// `IPPROTO_MPTCP`.
    pub const MPTCP: Self = Self::Ip(IpProtocol::MPTCP);
    /// The usual or only protocol of a family other than IP and netlink, or one that is not known.
    pub const USUAL: Self = Self::Other(0);

    /// What a number means in an address family.
    pub fn of(family: Family, number: i32) -> Self {
        match family {
            Family::INET | Family::INET6 => Self::Ip(IpProtocol(number)),
            Family::NETLINK => Self::Netlink(NetlinkProtocol(number)),
            _ => Self::Other(number),
        }
    }

    /// The number.
    pub fn number(self) -> i32 {
        match self {
            Self::Ip(IpProtocol(number))
            | Self::Netlink(NetlinkProtocol(number))
            | Self::Other(number) => number,
        }
    }

    /// The protocol with this name, or with a name's prefix and a number, or with this number in a
    /// family whose protocols have no names.
    pub fn from_name(name: &str) -> Option<Self> {
        IpProtocol::from_name(name)
            .map(Self::Ip)
            .or_else(|| NetlinkProtocol::from_name(name).map(Self::Netlink))
            .or_else(|| name.parse().ok().map(Self::Other))
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(protocol) => protocol.fmt(f),
            Self::Netlink(protocol) => protocol.fmt(f),
            Self::Other(number) => number.fmt(f),
        }
    }
}

impl fmt::Debug for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Protocol {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Protocol {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| {
            de::Error::custom(format_args!("{name:?} is neither a protocol's name nor a number"))
        })
    }
}

/// What people call a socket of this kind: `tcp`, `udp, ipv6`, `unix stream`.
pub fn kind_of_socket(family: Family, kind: SocketType, protocol: Protocol) -> String {
    let bare = |name: String| {
        // A number without a name keeps its prefix: it would say nothing alone.
        let short = name.split_once('_').map_or(&*name, |(_, short)| short);
        if short.parse::<i32>().is_ok() { name } else { short.to_lowercase() }
    };
    let usual = match protocol {
        Protocol::IP => true,
        Protocol::TCP => kind == SocketType::STREAM,
        Protocol::UDP => kind == SocketType::DGRAM,
        other => other.number() == 0,
    };
    let plain = bare(kind.to_string());
    match (family, kind) {
        (Family::INET, SocketType::STREAM) if usual => "tcp".to_owned(),
        (Family::INET, SocketType::DGRAM) if usual => "udp".to_owned(),
        (Family::INET6, SocketType::STREAM) if usual => "tcp, ipv6".to_owned(),
        (Family::INET6, SocketType::DGRAM) if usual => "udp, ipv6".to_owned(),
        (Family::UNIX, _) => format!("unix {plain}"),
        // The two types do the same there, `netlink(7)`.
        (Family::NETLINK, _) if matches!(protocol, Protocol::Netlink(_)) => {
            format!("netlink {}", bare(protocol.to_string()))
        }
        _ if usual => format!("{} {plain}", bare(family.to_string())),
        _ => format!("{} {plain} {}", bare(family.to_string()), bare(protocol.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_named_after_its_family() {
        let name = |family, number| Protocol::of(family, number).to_string();
        assert_eq!(name(Family::INET, 0), "IPPROTO_IP");
        assert_eq!(name(Family::INET6, 58), "IPPROTO_ICMPV6");
        assert_eq!(name(Family::NETLINK, 0), "NETLINK_ROUTE");
        assert_eq!(name(Family::NETLINK, 16), "NETLINK_GENERIC");
        assert_eq!(name(Family::NETLINK, 77), "NETLINK_77");
        assert_eq!(name(Family::UNIX, 0), "0");
        assert_eq!(name(Family::PACKET, 768), "768");
        assert_ne!(Protocol::of(Family::UNIX, 6), Protocol::TCP);
    }

    #[test]
    fn a_socket_is_named_after_its_protocol() {
        let named =
            |family, kind, number| kind_of_socket(family, kind, Protocol::of(family, number));
        assert_eq!(named(Family::INET, SocketType::STREAM, 0), "tcp");
        assert_eq!(named(Family::INET6, SocketType::DGRAM, 17), "udp, ipv6");
        assert_eq!(named(Family::INET, SocketType::DGRAM, 1), "inet dgram icmp");
        assert_eq!(named(Family::INET, SocketType::STREAM, 262), "inet stream mptcp");
        assert_eq!(named(Family::INET6, SocketType::RAW, 58), "inet6 raw icmpv6");
        assert_eq!(named(Family::INET, SocketType::RAW, 77), "inet raw IPPROTO_77");
        assert_eq!(named(Family::NETLINK, SocketType::RAW, 0), "netlink route");
        assert_eq!(named(Family::NETLINK, SocketType::DGRAM, 4), "netlink sock_diag");
        assert_eq!(named(Family::UNIX, SocketType::SEQPACKET, 0), "unix seqpacket");
        assert_eq!(named(Family::PACKET, SocketType::RAW, 768), "packet raw 768");
        assert_eq!(named(Family(77), SocketType::RAW, 0), "AF_77 raw");
        // An older recording.
        let older = kind_of_socket(Family::NETLINK, SocketType::RAW, Protocol::IP);
        assert_eq!(older, "netlink raw");
    }

    proptest! {
        #[test]
        fn a_name_is_read_back(protocol: Protocol) {
            prop_assert_eq!(Protocol::from_name(&protocol.to_string()), Some(protocol));
            let text = serde_json::to_string(&protocol).unwrap();
            prop_assert_eq!(serde_json::from_str::<Protocol>(&text).unwrap(), protocol);
        }
    }
}
