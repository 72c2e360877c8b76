//! Who sent a frame where both ends have the same address: `client` is who spoke first on a
//! connection, `server` the other one. Pure.

use std::collections::HashMap;

use socklab_event::{Endpoint, Headers, Protocol, Transport};

/// How many pairs of addresses are remembered. A program that scans ports fills no memory: the
/// oldest half is forgotten, and is then called client again by who speaks next.
const MOST: usize = 1 << 16;

/// Both ends of a connection, in an order that does not depend on who sent.
type Pair = (Protocol, Endpoint, Endpoint);

/// Who spoke first on which connection.
#[derive(Debug, Default)]
pub(crate) struct Roles {
    openers: HashMap<Pair, (u64, Endpoint)>,
    order: u64,
}

impl Roles {
    /// Who sent this frame, and to whom.
    pub(crate) fn of(&mut self, headers: &Headers) -> (&'static str, &'static str) {
        // An error comes from the end for which what it quotes was meant.
        if let Some((protocol, source, destination)) = quoted(headers) {
            let opener = self.openers.get(&pair(protocol, source, destination));
            let by_client = opener.is_none_or(|(_, opener)| opener == source);
            return if by_client { ("server", "client") } else { ("client", "server") };
        }
        let (source, destination) = (&headers.source, &headers.destination);
        let key = pair(headers.protocol, source, destination);
        let opens = matches!(
            &headers.transport,
            Transport::Tcp { flags, .. } if flags.has("SYN") && !flags.has("ACK")
        );
        self.order += 1;
        if opens || !self.openers.contains_key(&key) {
            self.make_room();
            self.openers.insert(key.clone(), (self.order, source.clone()));
        }
        let by_client = self.openers.get(&key).is_none_or(|(_, opener)| opener == source);
        if by_client { ("client", "server") } else { ("server", "client") }
    }

    fn make_room(&mut self) {
        if self.openers.len() < MOST {
            return;
        }
        let mut orders: Vec<u64> = self.openers.values().map(|(order, _)| *order).collect();
        let middle = orders.len() / 2;
        let (_, oldest_kept, _) = orders.select_nth_unstable(middle);
        let oldest_kept = *oldest_kept;
        self.openers.retain(|_, (order, _)| *order >= oldest_kept);
    }
}

fn pair(protocol: Protocol, one: &Endpoint, other: &Endpoint) -> Pair {
    let (one, other) = (one.clone(), other.clone());
    if one.ip_port() <= other.ip_port() { (protocol, one, other) } else { (protocol, other, one) }
}

/// What an ICMP error is about: its protocol, and between whom it was.
fn quoted(headers: &Headers) -> Option<(Protocol, &Endpoint, &Endpoint)> {
    let Transport::Icmp { about: Some(about), .. } = &headers.transport else { return None };
    Some((about.protocol, &about.source, &about.destination))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{built, headers};

    fn of(roles: &mut Roles, frame: &[u8]) -> &'static str {
        roles.of(&headers(frame, frame.len(), 0).unwrap()).0
    }

    fn udp(from: u16, to: u16) -> Vec<u8> {
        built::udp([127, 0, 0, 1], from, to, b"hola")
    }

    #[test]
    fn who_spoke_first_is_the_client_for_ever() {
        let mut roles = Roles::default();
        assert_eq!(of(&mut roles, &udp(40_000, 7)), "client");
        assert_eq!(of(&mut roles, &udp(7, 40_000)), "server");
        assert_eq!(of(&mut roles, &udp(40_000, 7)), "client");
        assert_eq!(of(&mut roles, &udp(9, 40_000)), "client", "another pair");
        assert_eq!(of(&mut roles, &udp(8, 8)), "client", "to itself");
    }

    #[test]
    fn memory_is_bounded() {
        let mut roles = Roles::default();
        for port in 0..=u16::MAX {
            of(&mut roles, &udp(port, 1));
            of(&mut roles, &udp(port, 2));
        }
        assert!(roles.openers.len() <= MOST);
        assert_eq!(of(&mut roles, &udp(2, u16::MAX)), "server", "what is new is remembered");
    }
}
