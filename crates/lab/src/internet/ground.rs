//! Where the addresses of an internet are.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use socklab_kernel::sysctl;

use super::hosts;
use crate::netlink::{Fork, LOOPBACK, Netlink, Route};
use crate::wire::WireRefusal;

/// The addresses of whoever is a client there.
const CLIENT: (Ipv4Addr, Ipv6Addr) =
    (Ipv4Addr::new(10, 0, 0, 2), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 2));

/// Where the addresses of an internet are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ground {
    /// In networks of their own, IPv4 and IPv6.
    Own,
    /// In networks of their own, without IPv6.
    OwnIpv4,
    /// In 127.0.0.0/8, all of which is on `lo` anyway: IPv4 only.
    Loopback,
}

impl Ground {
    /// Gives `lo` of the calling network namespace the addresses. Where the kernel refuses that, or
    /// has no IPv6, fewer of them will do.
    pub(super) fn prepare(self) -> Self {
        let four = || answer_for(CLIENT.0.into(), hosts::all().map(|host| host.v4.into()));
        let six = || answer_for(CLIENT.1.into(), hosts::all().map(|host| host.v6.into()));
        // To bind an address of a route is not allowed otherwise, unlike with IPv4.
        let bind = || sysctl::write("net.ipv6.ip_nonlocal_bind", "1").is_ok();
        match self {
            Self::Loopback => Self::Loopback,
            _ if four().is_err() => Self::Loopback,
            Self::Own if bind() && six().is_ok() => Self::Own,
            Self::Own | Self::OwnIpv4 => Self::OwnIpv4,
        }
    }

    /// The same for a host that has the addresses by routes of others, and needs no own: without the
    /// setting, its servers can't be bound to those of IPv6.
    pub(super) fn on_host(self) -> Self {
        let binds = || sysctl::read("net.ipv6.ip_nonlocal_bind").is_ok_and(|it| it == "1");
        if self == Self::Own && !binds() { Self::OwnIpv4 } else { self }
    }

    /// The addresses here of a host that has these.
    pub(super) fn addresses(self, v4: Ipv4Addr, v6: Ipv6Addr) -> Vec<IpAddr> {
        match self {
            Self::Own => vec![v4.into(), v6.into()],
            Self::OwnIpv4 => vec![v4.into()],
            Self::Loopback => {
                let [_, b, c, d] = v4.octets();
                vec![Ipv4Addr::new(127, b, c, d).into()]
            }
        }
    }
}

/// Gives `lo` the address of the client, and makes it answer for those of hosts. These are routes and
/// no addresses of the device, so that who connects to one has another: the client's.
fn answer_for(client: IpAddr, hosts: impl Iterator<Item = IpAddr>) -> Result<(), WireRefusal> {
    let whole = if client.is_ipv4() { 32 } else { 128 };
    let mut netlink = Netlink::open()?;
    netlink.add_address(LOOPBACK, client, whole)?;
    for host in hosts {
        netlink.add_route(&Route {
            fork: Fork::Here,
            table: libc::RT_TABLE_LOCAL,
            to: (host, whole),
            device: LOOPBACK,
            via: None,
            source: Some(client),
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_the_loopback_everybody_is_in_127() {
        let (v4, v6) = (Ipv4Addr::new(198, 51, 100, 80), Ipv6Addr::LOCALHOST);
        assert_eq!(Ground::Own.addresses(v4, v6), [IpAddr::from(v4), v6.into()]);
        assert_eq!(Ground::OwnIpv4.addresses(v4, v6), [IpAddr::from(v4)]);
        assert_eq!(Ground::Loopback.addresses(v4, v6), [IpAddr::from([127, 51, 100, 80])]);
    }
}
