//! What hosts are like, and why there are none.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::NamesRefusal;
use crate::wire::WireRefusal;
use crate::wire::rules::Rule;
use crate::wire::switch::WIRE;

/// The most hosts that there can be: 10.0.0.254 is the router that answers for narrow paths.
const MOST: usize = 200;
/// The smallest packet that every link of IPv6 carries, RFC 8200 §5; and the largest of a veth.
const MTUS: RangeInclusive<u32> = 1280..=65_535;

/// What names no host: it means something else to everybody, or to a rule.
const TAKEN: [&str; 5] = [WIRE, "localhost", "from", "to", "of"];

/// Hosts to be made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HostsOptions {
    /// The hosts, in the order of their addresses.
    pub hosts: Vec<HostOptions>,
    /// The rules of the wire, in the order in which they are asked.
    pub rules: Vec<Rule>,
    /// The largest packet on all links, in bytes: 1280 to 65,535.
    pub mtu: u32,
    /// Lets frames pass as a sender leaves them to his network card: up to 64 KiB at once, whatever the
    /// MTU is, and without checksums. About ten times as much passes then. There can be no rules, which
    /// are about the frames of a real wire; nor narrow paths.
    pub fast: bool,
}

/// A host to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HostOptions {
    /// Its name: letters, digits and hyphens, RFC 952.
    pub name: String,
    /// Networks all of whose addresses are this host's, too, besides its own two. The others have a
    /// route to it for them.
    pub networks: Vec<(IpAddr, u8)>,
}

/// The addresses of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// In 10.0.0.0/24.
    pub v4: Ipv4Addr,
    /// In fd00::/64.
    pub v6: Ipv6Addr,
}

impl Addresses {
    /// Of the host with this number, from 0.
    pub(super) fn of(number: usize) -> Self {
        let last = number as u8 + 1;
        Self {
            v4: Ipv4Addr::new(10, 0, 0, last),
            v6: Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, last.into()),
        }
    }
}

impl HostOptions {
    /// A host with this name, and nothing special.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), networks: Vec::new() }
    }
}

impl HostsOptions {
    /// Hosts with these names, on an Ethernet without rules.
    pub fn new<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        let hosts = names.into_iter().map(HostOptions::new).collect();
        Self { hosts, rules: Vec::new(), mtu: 1500, fast: false }
    }

    /// Whether there can be such hosts.
    ///
    /// # Errors
    ///
    /// The first contradiction.
    pub fn check(&self) -> Result<(), HostsMistake> {
        if self.hosts.len() > MOST {
            return Err(HostsMistake::TooMany { hosts: self.hosts.len(), most: MOST });
        }
        if !MTUS.contains(&self.mtu) {
            let (least, most) = MTUS.into_inner();
            return Err(HostsMistake::Mtu { mtu: self.mtu, least, most });
        }
        if self.fast && !self.rules.is_empty() {
            return Err(HostsMistake::Fast);
        }
        let names: Vec<&str> = self.hosts.iter().map(|host| host.name.as_str()).collect();
        for (number, name) in names.iter().enumerate() {
            if !is_name(name) {
                return Err(HostsMistake::Name((*name).to_owned()));
            }
            // Names of hosts know no upper case, RFC 4343.
            if names[..number].iter().any(|other| other.eq_ignore_ascii_case(name)) {
                return Err(HostsMistake::Twice((*name).to_owned()));
            }
        }
        self.rules.iter().try_for_each(|rule| HostsMistake::of_rule(rule, &names))
    }
}

fn is_name(name: &str) -> bool {
    let inner = |char: char| char.is_ascii_alphanumeric() || char == '-';
    let is_taken = |taken: &str| name.eq_ignore_ascii_case(taken);
    (1..=63).contains(&name.len())
        // `getaddrinfo(3)` takes a number for an address.
        && !name.chars().all(|char| char.is_ascii_digit())
        && !TAKEN.into_iter().any(is_taken)
        && name.chars().all(inner)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Why there are no hosts, or why something can't be done with one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostsRefusal {
    /// The kernel refused a step.
    #[error(transparent)]
    Wire(#[from] WireRefusal),
    /// A host's files could not be made.
    #[error(transparent)]
    Files(#[from] NamesRefusal),
    /// A host could not be entered, or its tables could not be read.
    #[error(transparent)]
    Enter(#[from] io::Error),
    /// What was asked for makes no sense.
    #[error(transparent)]
    Mistake(#[from] HostsMistake),
}

/// What makes no sense, whatever the machine allows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HostsMistake {
    /// There is no host of that name.
    #[error("there is no host {host}, only {}", .known.join(", "))]
    NoHost {
        /// The name.
        host: String,
        /// The names of those that there are.
        known: Vec<String>,
    },
    /// A rule is about a host that there is not.
    #[error("{rule}: there is no host {host}, only {}", .known.join(", "))]
    Rule {
        /// The rule, as its author wrote it.
        rule: String,
        /// The name.
        host: String,
        /// The names of those that there are.
        known: Vec<String>,
    },
    /// A host can't have this name: letters, digits and hyphens, 63 at most, and not digits alone; nor what
    /// means something else, `localhost`, `wire`, or a word of the rules.
    #[error("{0:?} is no name for a host")]
    Name(String),
    /// Two hosts have the same name.
    #[error("two hosts are called {0}")]
    Twice(String),
    /// There are not so many addresses.
    #[error("{hosts} hosts are too many: {most} at most")]
    TooMany {
        /// How many were asked for.
        hosts: usize,
        /// How many there can be.
        most: usize,
    },
    /// A fast wire does not cut what it carries into the frames that a rule, or a narrow path, is about.
    #[error(
        "a fast wire carries what a network card would still cut into frames, and so there are no \
         rules and no narrow paths on it"
    )]
    Fast,
    /// No link between hosts can have this MTU.
    #[error("no link has an MTU of {mtu}: {least} to {most}")]
    Mtu {
        /// What was asked for, in bytes.
        mtu: u32,
        /// The least that there can be.
        least: u32,
        /// The most.
        most: u32,
    },
}

impl HostsMistake {
    /// A rule can only be about hosts that there are.
    ///
    /// # Errors
    ///
    /// The first one that there is not.
    pub fn of_rule(rule: &Rule, known: &[&str]) -> Result<(), Self> {
        match rule.hosts().into_iter().find(|host| !known.contains(host)) {
            None => Ok(()),
            Some(host) => Err(Self::Rule {
                rule: rule.text().to_owned(),
                host: host.to_owned(),
                known: known.iter().map(|name| (*name).to_owned()).collect(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_contradicts_itself_is_refused() {
        let refusal = |names: &[&str], rules: &[&str]| {
            let mut options = HostsOptions::new(names.iter().copied());
            options.rules = rules.iter().map(|rule| rule.parse().unwrap()).collect();
            options.check().map_or_else(|refusal| refusal.to_string(), |()| "fine".to_owned())
        };
        assert_eq!(refusal(&["client", "web-1"], &["host web-1 dies"]), "fine");
        assert_eq!(refusal(&["a", "b", "a"], &[]), "two hosts are called a");
        assert_eq!(refusal(&["a", "A"], &[]), "two hosts are called A");
        for name in ["", "a b", "-a", "a.b", "wire", "ñ", "1", "Localhost", "from"] {
            assert_eq!(refusal(&[name], &[]), format!("{name:?} is no name for a host"));
        }
        assert_eq!(
            refusal(&["client", "server"], &["partition client from sever"]),
            "partition client from sever: there is no host sever, only client, server"
        );
        let mut options = HostsOptions::new(["a"]);
        options.fast = true;
        assert!(options.check().is_ok());
        options.rules = vec!["drop the 1st SYN".parse().unwrap()];
        assert!(matches!(options.check(), Err(HostsMistake::Fast)));
        let mut options = HostsOptions::new(["a"]);
        options.mtu = 1000;
        let refusal = options.check().unwrap_err().to_string();
        assert_eq!(refusal, "no link has an MTU of 1000: 1280 to 65535");
    }
}
