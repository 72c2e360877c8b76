//! What messages of ICMP and ICMPv6 say, in the words of the registries
//! (`iana.org/assignments/icmp-parameters`, `icmpv6-parameters`).

use std::borrow::Cow;
use std::net::Ipv6Addr;

use super::headers::hardware_address;

/// True for messages about a packet, which they quote: RFC 792, RFC 4443 §2.1.
pub(super) fn is_error(six: bool, kind: u8) -> bool {
    if six { kind < 128 } else { matches!(kind, 3 | 4 | 5 | 11 | 12) }
}

/// A type and code in words.
pub(super) fn words(six: bool, kind: u8, code: u8) -> Cow<'static, str> {
    let words = if six { words_of_6(kind, code) } else { words_of_4(kind, code) };
    words.map_or_else(|| format!("type {kind} code {code}").into(), Cow::Borrowed)
}

fn words_of_4(kind: u8, code: u8) -> Option<&'static str> {
    Some(match (kind, code) {
        (0, _) => "echo reply",
        (3, 0) => "network unreachable",
        (3, 1) => "host unreachable",
        (3, 2) => "protocol unreachable",
        (3, 3) => "port unreachable",
        (3, 4) => "fragmentation needed",
        (3, 5) => "source route failed",
        (3, 6) => "network unknown",
        (3, 7) => "host unknown",
        (3, 9) => "network prohibited",
        (3, 10) => "host prohibited",
        (3, 11) => "network unreachable for this type of service",
        (3, 12) => "host unreachable for this type of service",
        (3, 13) => "prohibited",
        (3, _) => "destination unreachable",
        (4, _) => "source quench",
        (5, _) => "redirect",
        (8, _) => "echo request",
        (9, _) => "router advertisement",
        (10, _) => "router solicitation",
        (11, 0) => "time to live exceeded",
        (11, 1) => "fragment reassembly time exceeded",
        (12, _) => "parameter problem",
        (13, _) => "timestamp request",
        (14, _) => "timestamp reply",
        _ => return None,
    })
}

fn words_of_6(kind: u8, code: u8) -> Option<&'static str> {
    Some(match (kind, code) {
        (1, 0) => "no route to destination",
        (1, 1) => "prohibited",
        (1, 2) => "beyond scope of source address",
        (1, 3) => "address unreachable",
        (1, 4) => "port unreachable",
        (1, 5) => "source address failed policy",
        (1, 6) => "reject route to destination",
        (1, _) => "destination unreachable",
        (2, _) => "packet too big",
        (3, 0) => "hop limit exceeded",
        (3, 1) => "fragment reassembly time exceeded",
        (4, _) => "parameter problem",
        (128, _) => "echo request",
        (129, _) => "echo reply",
        (130, _) => "multicast listener query",
        (131 | 143, _) => "multicast listener report",
        (132, _) => "multicast listener done",
        _ => return None,
    })
}

/// A message of neighbour discovery in words, RFC 4861; `None` for others.
pub(super) fn neighbour(message: &[u8]) -> Option<String> {
    let target = || Some(Ipv6Addr::from(<[u8; 16]>::try_from(message.get(8..24)?).ok()?));
    Some(match *message.first()? {
        133 => "router solicitation".to_owned(),
        134 => "router advertisement".to_owned(),
        135 => format!("who has {}?", target()?),
        136 => match link_address(message.get(24..)?) {
            Some(address) => format!("{} is at {address}", target()?),
            None => format!("{} is here", target()?),
        },
        137 => "redirect".to_owned(),
        _ => return None,
    })
}

/// The target's hardware address among a message's options, RFC 4861 §4.6.1.
fn link_address(mut options: &[u8]) -> Option<String> {
    loop {
        let [kind, units, ..] = *options else { return None };
        let length = usize::from(units) * 8;
        if kind == 2 && length == 8 {
            return Some(hardware_address(options.get(2..8)?));
        }
        // A length of 0 is invalid, and would never end.
        options = options.get(length.max(8)..)?;
    }
}
