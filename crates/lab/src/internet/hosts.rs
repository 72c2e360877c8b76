//! Who is in the internet: names, addresses and services.
//!
//! Addresses are from the networks that RFC 5737 and RFC 3849 keep for examples: nobody has them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rustix::system::uname;
use serde::{Deserialize, Serialize};

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

/// Who has which names.
const ALL: [(&[&str], &[Host]); 6] = [
    (&["www.google.com", "google.com"], &[GOOGLE]),
    (&["example.com", "example.org", "example.net"], &[EXAMPLE]),
    (&["pool.ntp.org", "*.pool.ntp.org"], &POOL),
    (&["time.nist.gov"], &[NIST]),
    (&["time.google.com"], &[GOOGLE_TIME]),
    (&["servername"], &[SERVER]),
];
/// Those that `www.` in front of it is another name for.
const ALIASED: &str = "example.";

/// Hosts of an internet with the same names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Their names; `*.pool.ntp.org` is all names that end like this.
    pub names: Vec<String>,
    /// Their addresses.
    pub addresses: Vec<IpAddr>,
    /// What each of them answers, as `services(5)` would say it: `http 80/tcp`.
    pub services: Vec<String>,
}

/// Everybody.
pub(super) fn all() -> impl Iterator<Item = Host> {
    ALL.into_iter().flat_map(|(_, hosts)| hosts.iter().copied())
}

/// Everybody, for whoever wants to know whom there is to talk to.
pub(super) fn listed(ground: Ground, course_services: bool) -> Vec<Listed> {
    let row = |(names, hosts): (&[&str], &[Host])| {
        let aliases = |name: &&str| {
            let alias = name.starts_with(ALIASED).then(|| format!("www.{name}"));
            [Some((*name).to_owned()), alias].into_iter().flatten()
        };
        let services = hosts.iter().flat_map(|host| host.services);
        let mut services: Vec<String> = services
            .filter(|service| service.is_wanted(course_services))
            .map(|service| service.line().to_owned())
            .collect();
        services.dedup();
        Listed {
            names: names.iter().flat_map(aliases).collect(),
            addresses: hosts.iter().flat_map(|host| ground.addresses(host.v4, host.v6)).collect(),
            services,
        }
    };
    ALL.into_iter().map(row).filter(|row| !row.services.is_empty()).collect()
}

/// Whether every internet knows this name, and a server answers there. Names of the machine itself, such
/// as `localhost`, are no names of an internet.
pub fn is_in_internet(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_lowercase();
    let is = |known: &String| match known.strip_prefix('*') {
        Some(end) => name.ends_with(end),
        None => *known == name,
    };
    listed(Ground::Loopback, true).iter().any(|listed| listed.names.iter().any(is))
}

impl Service {
    /// Whether a place has it. See [`InternetOptions::course_services`](super::InternetOptions).
    pub(super) fn is_wanted(self, course_services: bool) -> bool {
        course_services || !matches!(self, Self::Echo | Self::Upper)
    }

    /// Its name, port and protocols.
    fn line(self) -> &'static str {
        match self {
            Self::Echo => "echo 7/tcp+udp",
            Self::Daytime => "daytime 13/tcp+udp",
            Self::Http => "http 80/tcp",
            Self::Ntp => "ntp 123/udp",
            Self::Upper => "upper case 12000/tcp+udp",
        }
    }
}

/// The names of everybody.
pub(super) fn names(ground: Ground) -> Names {
    let of = |host: Host| ground.addresses(host.v4, host.v6);
    // RFC 6761 §6.3. Where all is on 127.0.0.0/8, a wire may be there, which ::1 does not pass.
    let here = match ground {
        Ground::Loopback => vec![Ipv4Addr::LOCALHOST.into()],
        _ => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
    };
    let mut names =
        Names::only_known().with("localhost", here.iter().copied()).with("*.localhost", here);
    // The machine's own name, as Debian has it in /etc/hosts.
    let own = uname().nodename().to_string_lossy().into_owned();
    if !own.is_empty() {
        names = names.with(&own, [[127, 0, 1, 1].into()]);
    }
    for (known, hosts) in ALL {
        let all: Vec<IpAddr> = hosts.iter().copied().flat_map(of).collect();
        for name in known {
            names = match hosts {
                [_] => names.with(name, all.iter().copied()),
                // In the real pool too, only the names that begin with 2 have IPv6 addresses.
                _ => {
                    let v4 = all.iter().copied().filter(IpAddr::is_ipv4);
                    names.entry(name, Entry::at(v4).rotating())
                }
            };
            if name.starts_with(ALIASED) {
                names = names.entry(&format!("www.{name}"), Entry::alias_of(name));
            }
        }
    }
    names.entry("2.pool.ntp.org", Entry::at(POOL.into_iter().flat_map(of)).rotating())
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
    fn what_is_listed_is_known_and_has_services() {
        let names = names(Ground::Own);
        for row in listed(Ground::Own, true) {
            assert!(!row.addresses.is_empty() && !row.services.is_empty(), "{row:?}");
            for name in &row.names {
                assert!(names.own(name).is_some(), "{name}");
            }
        }
        let of = |name: &str, course| {
            let rows = listed(Ground::Own, course);
            rows.into_iter().find(|row| row.names.iter().any(|known| known == name))
        };
        let nist = of("time.nist.gov", false).unwrap();
        assert_eq!(nist.services, ["ntp 123/udp", "daytime 13/tcp+udp"]);
        assert_eq!(of("pool.ntp.org", false).unwrap().services, ["ntp 123/udp"]);
        assert!(of("servername", true).is_some() && of("servername", false).is_none());
        for name in ["WWW.google.com", "www.example.net.", "0.co.pool.ntp.org"] {
            assert!(is_in_internet(name), "{name}");
        }
        for name in ["localhost", "www.eafit.edu.co", "ntp.org", "127.0.0.1", ""] {
            assert!(!is_in_internet(name), "{name}");
        }
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
