//! Who is in the internet: names, addresses and services.
//!
//! Addresses are from the networks that RFC 5737 and RFC 3849 keep for examples: nobody has them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rustix::system::uname;

use super::ground::Ground;
use crate::names::{Entry, Names};

/// A service of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// Port 7, TCP and UDP.
    Echo,
    /// Port 13, TCP and UDP.
    Daytime,
    /// Port 80.
    Http,
    /// Port 123.
    Ntp,
    /// The course's own: port 12000, TCP and UDP.
    Upper,
}

/// A host.
#[derive(Clone, Copy, Debug)]
pub(super) struct Host {
    pub(super) v4: Ipv4Addr,
    pub(super) v6: Ipv6Addr,
    pub(super) services: &'static [Service],
}

/// A site that a web server has, and where it has moved to.
pub(super) type SiteRow = (&'static str, Option<&'static str>);

const fn host(v4: [u8; 4], v6: u16, services: &'static [Service]) -> Host {
    let [a, b, c, d] = v4;
    let v6 = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, v6, 1);
    Host { v4: Ipv4Addr::new(a, b, c, d), v6, services }
}

const GOOGLE: Host = host([198, 51, 100, 80], 0x80, &[Service::Http]);
const EXAMPLE: Host = host([198, 51, 100, 81], 0x81, &[Service::Http]);
/// The course's own servers: the host that textbooks call so.
const SERVER: Host = host([198, 51, 100, 12], 0x12, &[Service::Echo, Service::Upper]);
const NIST: Host = host([203, 0, 113, 13], 0x13, &[Service::Ntp, Service::Daytime]);
const GOOGLE_TIME: Host = host([203, 0, 113, 5], 0x1235, &[Service::Ntp]);
const POOL: [Host; 4] = [
    host([203, 0, 113, 1], 0x1231, &[Service::Ntp]),
    host([203, 0, 113, 2], 0x1232, &[Service::Ntp]),
    host([203, 0, 113, 3], 0x1233, &[Service::Ntp]),
    host([203, 0, 113, 4], 0x1234, &[Service::Ntp]),
];

/// The sites of each web server.
pub(super) const SITES: [SiteRow; 8] = [
    ("www.google.com", None),
    ("google.com", Some("http://www.google.com/")),
    ("example.com", None),
    ("www.example.com", None),
    ("example.org", None),
    ("www.example.org", None),
    ("example.net", None),
    ("www.example.net", None),
];

/// Everybody.
pub(super) fn all() -> impl Iterator<Item = Host> {
    [GOOGLE, EXAMPLE, SERVER, NIST, GOOGLE_TIME].into_iter().chain(POOL)
}

/// The names of everybody.
pub(super) fn names(ground: Ground) -> Names {
    let of = |host: Host| ground.addresses(host.v4, host.v6);
    // RFC 6761 §6.3. Where all is on 127.0.0.0/8, a wire may be there, which ::1 does not pass.
    let here = match ground {
        Ground::Loopback => vec![Ipv4Addr::LOCALHOST.into()],
        _ => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
    };
    let mut names = Names::only_known()
        .with("localhost", here.iter().copied())
        .with("*.localhost", here)
        .with("www.google.com", of(GOOGLE))
        .with("google.com", of(GOOGLE))
        .with("time.nist.gov", of(NIST))
        .with("time.google.com", of(GOOGLE_TIME))
        .with("servername", of(SERVER));
    // The machine's own name, as Debian has it in /etc/hosts.
    let own = uname().nodename().to_string_lossy().into_owned();
    if !own.is_empty() {
        names = names.with(&own, [[127, 0, 1, 1].into()]);
    }
    for name in ["example.com", "example.org", "example.net"] {
        let alias = Entry::alias_of(name);
        names = names.with(name, of(EXAMPLE)).entry(&format!("www.{name}"), alias);
    }
    // In the real pool too, only the names that begin with 2 have IPv6 addresses.
    let all: Vec<IpAddr> = POOL.into_iter().flat_map(of).collect();
    let v4 = || all.iter().copied().filter(IpAddr::is_ipv4);
    for name in ["pool.ntp.org", "*.pool.ntp.org"] {
        names = names.entry(name, Entry::at(v4()).rotating());
    }
    names.entry("2.pool.ntp.org", Entry::at(all.iter().copied()).rotating())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::names::{Asked, Over, answer};

    #[test]
    fn no_two_hosts_have_the_same_address() {
        let v4: BTreeSet<_> = all().map(|host| host.v4).collect();
        let v6: BTreeSet<_> = all().map(|host| host.v6).collect();
        assert_eq!((v4.len(), v6.len()), (all().count(), all().count()));
    }

    #[test]
    fn the_names_of_the_course_have_addresses_and_others_do_not_exist() {
        let names = names(Ground::Loopback);
        let code = |name: &str| {
            let mut query = vec![0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
            for label in name.split('.') {
                query.push(label.len() as u8);
                query.extend(label.bytes());
            }
            query.extend([0, 0, 1, 0, 1]);
            let answer = answer(&query, &names, &mut Asked::default(), Over::Udp).unwrap();
            (answer.bytes[3] & 15, answer.bytes[7])
        };
        for (name, answers) in [
            ("www.google.com", 1),
            ("www.example.org", 2),
            ("pool.ntp.org", 4),
            ("0.pool.ntp.org", 4),
            ("2.co.pool.ntp.org", 4),
            ("time.nist.gov", 1),
            ("localhost", 1),
            ("ntp.org", 0),
        ] {
            assert_eq!(code(name), (0, answers), "{name}");
        }
        for name in ["www.gogle.com", "nobody.example.com", "x"] {
            assert_eq!(code(name), (3, 0), "{name}");
        }
    }

    #[test]
    fn on_a_looped_loopback_every_name_leads_to_the_wire() {
        let names = names(Ground::Loopback);
        let all = ["localhost", "www.google.com", "example.com", "2.pool.ntp.org", "time.nist.gov"];
        for name in all {
            for address in names.own(name).unwrap_or_default() {
                assert!(matches!(address, IpAddr::V4(it) if it.is_loopback()), "{name}: {address}");
            }
        }
        assert_eq!(names.own("localhost"), Some(&[[127, 0, 0, 1].into()][..]));
    }

    #[test]
    fn every_site_has_a_name() {
        let names = names(Ground::Own);
        for (site, moved) in SITES {
            assert!(names.own(site).is_some(), "{site}");
            assert!(moved.is_none_or(|to| to.starts_with("http://")), "{site}");
        }
    }
}
