//! Names to addresses, the way every program on this machine does it: `getaddrinfo(3)`.
//!
//! That asks `/etc/hosts`, then DNS, then whatever else `/etc/nsswitch.conf` lists, and returns
//! the addresses in the order RFC 6724 says they should be tried.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use dns_lookup::{AddrInfo, AddrInfoHints, LookupError, LookupErrorKind};
use nix::libc;
use serde::Serialize;
use thiserror::Error;

/// glibc's "address family for hostname not supported": the name has no address of that family.
/// The libc crate does not know this one.
const EAI_ADDRFAMILY: i32 = -9;

/// Which addresses are wanted.
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
            Self::Any => libc::AF_UNSPEC,
            Self::V4 => libc::AF_INET,
            Self::V6 => libc::AF_INET6,
        }
    }
}

/// What a name turned out to mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resolution {
    /// The name as it was asked for.
    pub name: String,
    /// What the name is really called, where aliases (CNAME) were followed. For a numeric
    /// address, the same text again.
    pub canonical: Option<String>,
    /// In RFC 6724 order, as getaddrinfo returned them; no address twice, and never empty.
    pub addresses: Vec<IpAddr>,
    /// How long the answer took.
    pub elapsed: Duration,
    /// The same addresses with their IPv6 scope (`fe80::1%eth0`), which `IpAddr` cannot hold.
    #[serde(skip)]
    scoped: Vec<SocketAddr>,
}

impl Resolution {
    /// The addresses with a port, ready for `connect`, in the same order.
    pub fn endpoints(&self, port: u16) -> Vec<SocketAddr> {
        let with_port = |address: &SocketAddr| {
            let mut address = *address;
            address.set_port(port);
            address
        };
        self.scoped.iter().map(with_port).collect()
    }
}

/// Why a name has no addresses to give.
#[derive(Debug, Error)]
pub enum ResolveError {
    /// Nobody knows the name (NXDOMAIN, `EAI_NONAME`). Some C libraries and resolvers say this
    /// also when the name exists without addresses.
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
    /// No name server answered in time, or it could not answer now (`EAI_AGAIN`). Trying again
    /// may help; having no network looks the same.
    #[error("temporary failure resolving {name}")]
    TemporaryFailure {
        /// The name asked for.
        name: String,
    },
    /// Anything else, such as a name server that refuses, or a name with a NUL byte in it.
    #[error("getaddrinfo {name}: {source}")]
    Other {
        /// The name asked for.
        name: String,
        /// What getaddrinfo said.
        source: io::Error,
    },
}

/// Looks `name` up. A numeric address (`192.0.2.1`, `::1`, `fe80::1%eth0`) stands for itself,
/// without asking anyone.
///
/// This blocks for as long as the system's resolver does, which may be tens of seconds when its
/// name servers are silent; see `options timeout` in resolv.conf(5).
///
/// # Errors
/// Any [`ResolveError`].
pub fn resolve(name: &str, family: Family) -> Result<Resolution, ResolveError> {
    let began = Instant::now();
    // getaddrinfo returns each address once per socket type: asking for one type is enough.
    // No AI_ADDRCONFIG: a student who asks for AAAA should see it even without an IPv6 route.
    let hints = AddrInfoHints {
        flags: libc::AI_CANONNAME,
        address: family.as_hint(),
        socktype: libc::SOCK_STREAM,
        protocol: 0,
    };
    let entries: Vec<AddrInfo> = dns_lookup::getaddrinfo(Some(name), None, Some(hints))
        .map_err(|error| classify(name, family, error))?
        .collect::<io::Result<_>>()
        .map_err(|source| ResolveError::Other { name: name.to_owned(), source })?;

    let canonical = entries.iter().find_map(|entry| entry.canonname.clone());
    let scoped = without_repeats(entries.iter().map(|entry| entry.sockaddr));
    if scoped.is_empty() {
        return Err(ResolveError::NoAddress { name: name.to_owned(), family });
    }
    Ok(Resolution {
        name: name.to_owned(),
        canonical,
        addresses: without_repeats(scoped.iter().map(SocketAddr::ip)),
        elapsed: began.elapsed(),
        scoped,
    })
}

fn without_repeats<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut kept = Vec::new();
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
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
    fn a_numeric_address_stands_for_itself() {
        let four = resolve("192.0.2.7", Family::Any).unwrap();
        assert_eq!(four.addresses, ["192.0.2.7".parse::<IpAddr>().unwrap()]);
        let six = resolve("2001:db8::7", Family::Any).unwrap();
        assert_eq!(six.endpoints(80), ["[2001:db8::7]:80".parse().unwrap()]);
    }

    #[test]
    fn an_address_of_the_other_family_is_no_address() {
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
    fn getaddrinfos_reasons_are_told_apart() {
        let reason = |code| classify("x", Family::V4, LookupError::new(code));
        assert!(matches!(reason(libc::EAI_NONAME), ResolveError::NoSuchName { .. }));
        assert!(matches!(reason(libc::EAI_NODATA), ResolveError::NoAddress { .. }));
        assert!(matches!(reason(EAI_ADDRFAMILY), ResolveError::NoAddress { .. }));
        assert!(matches!(reason(libc::EAI_AGAIN), ResolveError::TemporaryFailure { .. }));
        assert!(matches!(reason(libc::EAI_FAIL), ResolveError::Other { .. }));
    }
}
