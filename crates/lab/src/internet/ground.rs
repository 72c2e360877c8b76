//! Where the addresses of an internet are.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::refusal::InternetRefusal;

/// Where the addresses of an internet are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ground {
    /// In networks of their own, IPv4 and IPv6.
    Own,
    /// In 127.0.0.0/8, all of which is on `lo` anyway: IPv4 only.
    Loopback,
}

impl Ground {
    /// Gives the calling network namespace the addresses. Where that is refused, they will be in
    /// 127.0.0.0/8.
    pub(super) fn prepare(self) -> Result<Self, InternetRefusal> {
        Ok(Self::Loopback)
    }

    /// The addresses here of a host that has these.
    pub(super) fn addresses(self, v4: Ipv4Addr, v6: Ipv6Addr) -> Vec<IpAddr> {
        match self {
            Self::Own => vec![v4.into(), v6.into()],
            Self::Loopback => {
                let [_, b, c, d] = v4.octets();
                vec![Ipv4Addr::new(127, b, c, d).into()]
            }
        }
    }
}
