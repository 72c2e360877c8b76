//! Which datagrams may have an answer. Pure: the sockets are elsewhere.

use std::net::SocketAddr;

use super::Refusal;

/// What a datagram was addressed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Directed {
    /// This server, by this address.
    Here(SocketAddr),
    /// Everybody on a network.
    Broadcast,
    /// A group.
    Multicast,
    /// The kernel did not say.
    Unknown,
}

/// Ports below this one belong to services.
const FIRST_CLIENT_PORT: u16 = 1024;

/// Refuses what an answer could turn into a loop or a weapon: see
/// [`DatagramRules`](super::DatagramRules).
pub(super) fn screen(
    source: SocketAddr,
    directed: Directed,
    low_ports: bool,
) -> Result<(), Refusal> {
    match directed {
        Directed::Broadcast => return Err(Refusal::Broadcast),
        Directed::Multicast => return Err(Refusal::Multicast),
        Directed::Here(here) if is_same(source, here) => return Err(Refusal::FromMyself),
        Directed::Here(_) | Directed::Unknown => {}
    }
    match source.port() {
        0 => Err(Refusal::SourcePortZero),
        port if port < FIRST_CLIENT_PORT && !low_ports => Err(Refusal::LowSourcePort),
        _ => Ok(()),
    }
}

/// IPv4 seen through an IPv6 socket (`::ffff:127.0.0.1`) is still the same address.
fn is_same(one: SocketAddr, other: SocketAddr) -> bool {
    one.port() == other.port() && one.ip().to_canonical() == other.ip().to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = "192.0.2.1:40000";

    fn judge(source: &str, directed: Directed) -> Result<(), Refusal> {
        screen(source.parse().unwrap(), directed, false)
    }

    fn here(address: &str) -> Directed {
        Directed::Here(address.parse().unwrap())
    }

    #[test]
    fn a_client_is_served() {
        assert_eq!(judge(CLIENT, here("192.0.2.2:7")), Ok(()));
        assert_eq!(judge("192.0.2.1:1024", here("192.0.2.2:7")), Ok(()));
        assert_eq!(judge(CLIENT, Directed::Unknown), Ok(()));
    }

    #[test]
    fn another_service_is_not_unless_allowed() {
        let source = "192.0.2.1:1023".parse().unwrap();
        let here = here("192.0.2.2:7");
        assert_eq!(screen(source, here, false), Err(Refusal::LowSourcePort));
        assert_eq!(screen(source, here, true), Ok(()));
    }

    #[test]
    fn nobody_lives_at_port_0() {
        let source = "192.0.2.1:0".parse().unwrap();
        assert_eq!(screen(source, here("192.0.2.2:7"), true), Err(Refusal::SourcePortZero));
    }

    #[test]
    fn crowds_are_not_answered() {
        assert_eq!(judge(CLIENT, Directed::Broadcast), Err(Refusal::Broadcast));
        assert_eq!(judge(CLIENT, Directed::Multicast), Err(Refusal::Multicast));
    }

    #[test]
    fn a_forged_self_is_not_answered() {
        assert_eq!(judge("127.0.0.1:12000", here("127.0.0.1:12000")), Err(Refusal::FromMyself));
        let mapped = judge("[::ffff:127.0.0.1]:12000", here("127.0.0.1:12000"));
        assert_eq!(mapped, Err(Refusal::FromMyself));
        assert_eq!(judge("127.0.0.1:12001", here("127.0.0.1:12000")), Ok(()));
    }
}
