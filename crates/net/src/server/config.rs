//! The settings of a server. The defaults are the safe choices.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde::Serialize;

/// The transports a service is offered over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// TCP only.
    Tcp,
    /// UDP only.
    Udp,
    /// TCP and UDP, on the same port.
    Both,
}

impl Transport {
    pub(super) fn includes(self, other: Self) -> bool {
        self == Self::Both || self == other
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Both => "tcp and udp",
        })
    }
}

/// Where and how a server serves.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to bind. The default is IPv4 loopback and a port chosen by the kernel.
    pub address: SocketAddr,
    /// TCP, UDP or both; `None`, the default, for the service's usual choice.
    pub transport: Option<Transport>,
    /// The maximum number of TCP clients at the same time; further ones are refused. The default
    /// is 512.
    pub connections: usize,
    /// How long a TCP client may neither send nor receive a byte; `None`, the default, for the
    /// service's usual limit.
    pub idle: Option<Duration>,
    /// Which datagrams are answered.
    pub datagrams: DatagramRules,
}

impl Config {
    /// The defaults, at `address`.
    pub fn at(address: impl Into<SocketAddr>) -> Self {
        Self { address: address.into(), ..Self::default() }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            transport: None,
            connections: 512,
            idle: None,
            datagrams: DatagramRules::default(),
        }
    }
}

/// Which datagrams are answered.
///
/// The source address of a datagram is easily forged. With a forged one, two services that answer
/// everything can be made to answer each other forever (CVE-1999-0103, CVE-2024-2169), and any
/// service can be made to send its answers to a third party. Regardless of these settings, a
/// datagram from port 0, or one sent to a broadcast or multicast address, is never answered.
#[derive(Clone, Copy, Debug)]
pub struct DatagramRules {
    /// Whether to answer source ports below 1024, where other services listen. The default is no.
    pub low_ports: bool,
    /// The limit for one source address; `None` for no limit.
    pub rate: Option<Rate>,
}

impl Default for DatagramRules {
    fn default() -> Self {
        Self { low_ports: false, rate: Some(Rate::default()) }
    }
}

/// A limit on datagrams from one source: an IPv4 address or an IPv6 /64 network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Sustained rate, in datagrams per second.
    pub per_second: u32,
    /// How many may arrive at once after a pause.
    pub burst: u32,
}

impl Default for Rate {
    /// 10,000 per second: more than a student's loop sends, less than a flood.
    fn default() -> Self {
        Self { per_second: 10_000, burst: 10_000 }
    }
}
