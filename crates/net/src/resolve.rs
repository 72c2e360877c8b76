//! Names to addresses through the system's resolver: `getaddrinfo(3)`.
//!
//! It asks the sources that `/etc/nsswitch.conf` lists, usually `/etc/hosts` and then DNS, and
//! returns the addresses in the order in which to try them (RFC 6724).

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use dns_lookup::{AddrFamily, AddrInfo, AddrInfoHints, LookupError, LookupErrorKind, SockType};
use nix::libc;
use serde::Serialize;
use thiserror::Error;

/// "Address family for hostname not supported": the name has no address of that family. A glibc
/// extension that the libc crate lacks.
const EAI_ADDRFAMILY: i32 = -9;

/// The address family to look up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// IPv4 and IPv6.
    #[default]
    Any,
    /// IPv4 only (A records).
    V4,
    /// IPv6 only (AAAA records).
    V6,
}

impl Family {
    fn as_hint(self) -> i32 {
        match self {
            // 0 is AF_UNSPEC.
            Self::Any => 0,
            Self::V4 => AddrFamily::Inet.into(),
            Self::V6 => AddrFamily::Inet6.into(),
        }
    }
}

/// The addresses of a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Resolution {
    /// The name as given by the caller.
    pub name: String,
    /// The canonical name, after following aliases (CNAME). For a numeric address, the same text.
    pub canonical: Option<String>,
    /// The addresses in the order getaddrinfo returned them (RFC 6724), without duplicates; never
    /// empty.
    pub addresses: Vec<IpAddr>,
    /// How long the lookup took.
    pub elapsed: Duration,
    /// The same addresses with their IPv6 scope (`fe80::1%eth0`), which `IpAddr` cannot express.
    #[serde(skip)]
    scoped: Vec<SocketAddr>,
}

impl Resolution {
    /// The addresses with `port`, in the same order.
    pub fn endpoints(&self, port: u16) -> Vec<SocketAddr> {
        let with_port = |address: &SocketAddr| {
            let mut address = *address;
            address.set_port(port);
            address
        };
        self.scoped.iter().map(with_port).collect()
    }
}

/// Why a lookup found no address.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// The name does not exist (NXDOMAIN, `EAI_NONAME`). Some C libraries and resolvers also report
    /// this for names without addresses.
    #[error("no such name: {name}")]
    NoSuchName {
        /// The name asked for.
        name: String,
    },
    /// The name exists but has no address of the family asked for (`EAI_NODATA`,
    /// `EAI_ADDRFAMILY`).
    #[error("{name} exists but has no such address")]
    NoAddress {
        /// The name asked for.
        name: String,
        /// The family asked for.
        family: Family,
    },
    /// No name server answered in time, or none could answer at the moment (`EAI_AGAIN`). A retry
    /// may help. A machine without a network reports the same.
    #[error("temporary failure resolving {name}")]
    TemporaryFailure {
        /// The name asked for.
        name: String,
    },
    /// Anything else, such as a name server that refuses to answer, or a name with a NUL byte.
    #[error("getaddrinfo {name}: {source}")]
    Other {
        /// The name asked for.
        name: String,
        /// The resolver's error.
        source: io::Error,
    },
}

/// Looks up `name`. A numeric address (`192.0.2.1`, `::1`, `fe80::1%eth0`) resolves to itself,
/// without asking a name server.
///
/// This blocks for as long as the system's resolver does, which can be tens of seconds when the
/// name servers do not answer; see `options timeout` in resolv.conf(5).
///
/// # Errors
/// Any [`ResolveError`].
pub fn resolve(name: &str, family: Family) -> Result<Resolution, ResolveError> {
    let began = Instant::now();
    // getaddrinfo returns each address once per socket type, so ask for one type only. Without
    // AI_ADDRCONFIG: AAAA records are of interest even without an IPv6 route.
    let hints = AddrInfoHints {
        flags: libc::AI_CANONNAME,
        address: family.as_hint(),
        socktype: SockType::Stream.into(),
        protocol: 0,
    };
    let entries: Vec<AddrInfo> = dns_lookup::getaddrinfo(Some(name), None, Some(hints))
        .map_err(|error| classify(name, family, error))?
        .collect::<io::Result<_>>()
        .map_err(|source| ResolveError::Other { name: name.to_owned(), source })?;

    let canonical = entries.iter().find_map(|entry| entry.canonname.clone());
    let scoped = without_duplicates(entries.iter().map(|entry| entry.sockaddr));
    if scoped.is_empty() {
        return Err(ResolveError::NoAddress { name: name.to_owned(), family });
    }
    Ok(Resolution {
        name: name.to_owned(),
        canonical,
        addresses: without_duplicates(scoped.iter().map(SocketAddr::ip)),
        elapsed: began.elapsed(),
        scoped,
    })
}

fn without_duplicates<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut unique = Vec::new();
    for item in items {
        if !unique.contains(&item) {
            unique.push(item);
        }
    }
    unique
}

fn classify(name: &str, family: Family, error: LookupError) -> ResolveError {
    let name = name.to_owned();
    match error.kind() {
        LookupErrorKind::NoName => ResolveError::NoSuchName { name },
        LookupErrorKind::NoData => ResolveError::NoAddress { name, family },
        LookupErrorKind::Again => ResolveError::TemporaryFailure { name },
        _ if error.error_num() == EAI_ADDRFAMILY => ResolveError::NoAddress { name, family },
        _ => ResolveError::Other { name, source: error.into() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numeric_address_resolves_to_itself() {
        let four = resolve("192.0.2.7", Family::Any).unwrap();
        assert_eq!(four.addresses, ["192.0.2.7".parse::<IpAddr>().unwrap()]);
        let six = resolve("2001:db8::7", Family::Any).unwrap();
        assert_eq!(six.endpoints(80), ["[2001:db8::7]:80".parse().unwrap()]);
    }

    #[test]
    fn an_address_of_the_other_family_is_not_an_address() {
        let error = resolve("192.0.2.7", Family::V6).unwrap_err();
        assert!(matches!(error, ResolveError::NoAddress { family: Family::V6, .. }), "{error:?}");
    }

    #[test]
    fn localhost_is_known_everywhere_and_listed_once() {
        let found = resolve("localhost", Family::V4).unwrap();
        assert_eq!(found.addresses, ["127.0.0.1".parse::<IpAddr>().unwrap()]);
        assert_eq!(found.name, "localhost");
        assert!(found.canonical.is_some());
    }

    #[test]
    fn nonsense_is_an_error_and_never_a_panic() {
        for name in ["", "a\0b", "..", "no such name", &"x".repeat(300)] {
            resolve(name, Family::Any).unwrap_err();
        }
    }

    #[test]
    fn the_errors_of_getaddrinfo_are_distinguished() {
        let reason = |code| classify("x", Family::V4, LookupError::new(code));
        assert!(matches!(reason(libc::EAI_NONAME), ResolveError::NoSuchName { .. }));
        assert!(matches!(reason(libc::EAI_NODATA), ResolveError::NoAddress { .. }));
        assert!(matches!(reason(EAI_ADDRFAMILY), ResolveError::NoAddress { .. }));
        assert!(matches!(reason(libc::EAI_AGAIN), ResolveError::TemporaryFailure { .. }));
        assert!(matches!(reason(libc::EAI_FAIL), ResolveError::Other { .. }));
    }
}
