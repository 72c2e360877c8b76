//! Addresses of sockets: where a socket is bound, or which peer it talks to.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Bytes, Family, Name};

/// A socket address, decoded; see `ip(7)`, `ipv6(7)`, `unix(7)`, `netlink(7)`.
///
/// In JSON an object with a `family`; an IP address may also be written as [`Endpoint::brief`] does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(tag = "family", rename_all = "snake_case", remote = "Self")]
#[non_exhaustive]
pub enum Endpoint {
    /// `AF_INET`.
    Inet {
        /// The address.
        ip: Ipv4Addr,
        /// The port, in host byte order.
        port: u16,
    },
    /// `AF_INET6`, v4-mapped addresses included: see [`Endpoint::unmapped`].
    Inet6 {
        /// The address.
        ip: Ipv6Addr,
        /// The port, in host byte order.
        port: u16,
        /// `sin6_flowinfo`.
        #[serde(default, skip_serializing_if = "is_zero")]
        flow: u32,
        /// `sin6_scope_id`: the interface index of a link-local address.
        #[serde(default, skip_serializing_if = "is_zero")]
        scope: u32,
    },
    /// `AF_UNIX` with a path in the file system.
    Unix {
        /// The path, with bytes that are not UTF-8 replaced.
        path: String,
    },
    /// `AF_UNIX` with a name in the abstract namespace.
    UnixAbstract {
        /// The name without its leading zero byte.
        name: Box<Bytes>,
    },
    /// `AF_UNIX` with no name at all: a `socketpair`, or a client that did not bind.
    UnixUnnamed,
    /// `AF_NETLINK`: the other end is usually the kernel.
    Netlink {
        /// `nl_pid`; 0 is the kernel.
        port: u32,
        /// `nl_groups`.
        groups: u32,
    },
    /// `AF_UNSPEC`: `connect` to it dissolves an earlier `connect` of a datagram socket.
    Unspecified,
    /// Any other family, undecoded.
    Other {
        /// The family.
        of: Family,
        /// The bytes after the family.
        bytes: Box<Bytes>,
    },
    /// Not an address: unreadable memory, or shorter than its family allows.
    Invalid {
        /// What is wrong with it.
        why: Name,
        /// The bytes found there.
        bytes: Box<Bytes>,
    },
}

impl Endpoint {
    /// An IPv4 or IPv6 endpoint.
    pub fn ip(ip: impl Into<IpAddr>, port: u16) -> Self {
        match ip.into() {
            IpAddr::V4(ip) => Self::Inet { ip, port },
            IpAddr::V6(ip) => Self::Inet6 { ip, port, flow: 0, scope: 0 },
        }
    }

    /// The IP address and port, if it has them.
    pub fn ip_port(&self) -> Option<(IpAddr, u16)> {
        match *self {
            Self::Inet { ip, port } => Some((ip.into(), port)),
            Self::Inet6 { ip, port, .. } => Some((ip.into(), port)),
            _ => None,
        }
    }

    /// The port, for IPv4 and IPv6.
    pub fn port(&self) -> Option<u16> {
        self.ip_port().map(|(_, port)| port)
    }

    /// The same endpoint with `::ffff:a.b.c.d` written as the IPv4 address that appears on the
    /// wire.
    ///
    /// A dual-stack server and its IPv4 client see different spellings of the same address: apply
    /// this before comparing endpoints.
    pub fn unmapped(&self) -> Self {
        match *self {
            Self::Inet6 { ip, port, .. } => match ip.to_ipv4_mapped() {
                Some(ip) => Self::Inet { ip, port },
                None => self.clone(),
            },
            _ => self.clone(),
        }
    }

    /// True for `0.0.0.0` and `::`: bound, but to no address in particular.
    pub fn is_any_address(&self) -> bool {
        self.ip_port().is_some_and(|(ip, _)| ip.is_unspecified())
    }
}

impl Endpoint {
    /// An IP address as one word, `127.0.0.1:80`, from which it can be read again. `None` for other
    /// families and for addresses with flow information.
    pub fn brief(&self) -> Option<String> {
        let is_whole = matches!(self, Self::Inet { .. } | Self::Inet6 { flow: 0, .. });
        is_whole.then(|| self.to_string())
    }

    /// The address that [`Endpoint::brief`] wrote.
    pub fn from_brief(text: &str) -> Option<Self> {
        Some(match text.parse().ok()? {
            SocketAddr::V4(v4) => Self::Inet { ip: *v4.ip(), port: v4.port() },
            SocketAddr::V6(v6) => {
                Self::Inet6 { ip: *v6.ip(), port: v6.port(), flow: 0, scope: v6.scope_id() }
            }
        })
    }
}

impl Serialize for Endpoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Endpoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EitherForm)
    }
}

struct EitherForm;

impl<'de> de::Visitor<'de> for EitherForm {
    type Value = Endpoint;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an address, as an object or as ADDRESS:PORT")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Endpoint, E> {
        let unreadable = || E::custom(format_args!("{text:?} is not an address and a port"));
        Endpoint::from_brief(text).ok_or_else(unreadable)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Endpoint, A::Error> {
        Endpoint::deserialize(MapAccessDeserializer::new(map))
    }
}

/// As tools write it: `127.0.0.1:80`, `[::1]:80`, `unix:/run/x`, `unix:@name`.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet { ip, port } => write!(f, "{ip}:{port}"),
            Self::Inet6 { ip, port, scope: 0, .. } => write!(f, "[{ip}]:{port}"),
            Self::Inet6 { ip, port, scope, .. } => write!(f, "[{ip}%{scope}]:{port}"),
            Self::Unix { path } => write!(f, "unix:{}", path.escape_debug()),
            Self::UnixAbstract { name } => write!(f, "unix:@{name}"),
            Self::UnixUnnamed => f.write_str("unix:(unnamed)"),
            Self::Netlink { port: 0, .. } => f.write_str("netlink:kernel"),
            Self::Netlink { port, .. } => write!(f, "netlink:{port}"),
            Self::Unspecified => f.write_str("unspecified"),
            Self::Other { of, bytes } => write!(f, "{of}:{bytes}"),
            Self::Invalid { why, .. } => write!(f, "(invalid address: {why})"),
        }
    }
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}
