//! Which datagrams may be answered. Pure.

use std::net::SocketAddr;

use super::event::RefusalReason;

/// Where a datagram was sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// This server, at this address.
    Host(SocketAddr),
    /// All hosts of a network.
    Broadcast,
    /// A multicast group.
    Multicast,
    /// The kernel did not say.
    Unknown,
}

/// Ports below this one are reserved for services (the privileged ports of ip(7)).
const FIRST_CLIENT_PORT: u16 = 1024;

/// Refuses datagrams whose answer could start a loop or hit a third party: see
/// [`DatagramRules`](super::DatagramRules).
pub(super) fn screen(
    source: SocketAddr,
    destination: Destination,
    low_ports: bool,
) -> Result<(), RefusalReason> {
    match destination {
        Destination::Broadcast => return Err(RefusalReason::Broadcast),
        Destination::Multicast => return Err(RefusalReason::Multicast),
        Destination::Host(here) if is_same(source, here) => return Err(RefusalReason::FromMyself),
        Destination::Host(_) | Destination::Unknown => {}
    }
    match source.port() {
        0 => Err(RefusalReason::SourcePortZero),
        port if port < FIRST_CLIENT_PORT && !low_ports => Err(RefusalReason::LowSourcePort),
        _ => Ok(()),
    }
}

/// An IPv4 address seen through an IPv6 socket (`::ffff:127.0.0.1`) is the same address.
fn is_same(one: SocketAddr, other: SocketAddr) -> bool {
    one.port() == other.port() && one.ip().to_canonical() == other.ip().to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = "192.0.2.1:40000";

    fn screened(source: &str, destination: Destination) -> Result<(), RefusalReason> {
        screen(source.parse().unwrap(), destination, false)
    }

    fn here(address: &str) -> Destination {
        Destination::Host(address.parse().unwrap())
    }

    #[test]
    fn a_client_is_served() {
        assert_eq!(screened(CLIENT, here("192.0.2.2:7")), Ok(()));
        assert_eq!(screened("192.0.2.1:1024", here("192.0.2.2:7")), Ok(()));
        assert_eq!(screened(CLIENT, Destination::Unknown), Ok(()));
    }

    #[test]
    fn low_source_ports_are_refused_unless_allowed() {
        let source = "192.0.2.1:1023".parse().unwrap();
        let here = here("192.0.2.2:7");
        assert_eq!(screen(source, here, false), Err(RefusalReason::LowSourcePort));
        assert_eq!(screen(source, here, true), Ok(()));
    }

    #[test]
    fn source_port_0_is_refused() {
        let source = "192.0.2.1:0".parse().unwrap();
        assert_eq!(screen(source, here("192.0.2.2:7"), true), Err(RefusalReason::SourcePortZero));
    }

    #[test]
    fn broadcast_and_multicast_are_refused() {
        assert_eq!(screened(CLIENT, Destination::Broadcast), Err(RefusalReason::Broadcast));
        assert_eq!(screened(CLIENT, Destination::Multicast), Err(RefusalReason::Multicast));
    }

    #[test]
    fn a_source_forged_as_this_server_is_refused() {
        assert_eq!(
            screened("127.0.0.1:12000", here("127.0.0.1:12000")),
            Err(RefusalReason::FromMyself)
        );
        let mapped = screened("[::ffff:127.0.0.1]:12000", here("127.0.0.1:12000"));
        assert_eq!(mapped, Err(RefusalReason::FromMyself));
        assert_eq!(screened("127.0.0.1:12001", here("127.0.0.1:12000")), Ok(()));
    }
}
