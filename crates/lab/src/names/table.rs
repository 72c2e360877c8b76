//! Which addresses a name has in a place.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

/// Which addresses names have: all of them the same one, with exceptions. Upper and lower case are
/// equal (RFC 4343).
///
/// No name below `invalid` exists, as RFC 6761 §6.4 promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    every: Vec<IpAddr>,
    unknown: BTreeSet<String>,
    addresses: BTreeMap<String, Vec<IpAddr>>,
}

impl Names {
    /// Every name has this address.
    pub fn all_at(every: IpAddr) -> Self {
        Self { every: vec![every], unknown: BTreeSet::new(), addresses: BTreeMap::new() }
    }

    /// Every name without addresses of its own has these.
    pub fn others_at(mut self, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        self.every = addresses.into_iter().collect();
        self
    }

    /// This name does not exist.
    pub fn without(mut self, name: &str) -> Self {
        self.unknown.insert(plain(name));
        self
    }

    /// This name has these addresses, in this order.
    pub fn with(mut self, name: &str, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        self.addresses.insert(plain(name), addresses.into_iter().collect());
        self
    }

    /// The addresses of a name; `None` if there is no such name.
    pub fn of(&self, name: &str) -> Option<&[IpAddr]> {
        let name = plain(name);
        let is_invalid = name.rsplit('.').next() == Some("invalid");
        if is_invalid || self.unknown.contains(&name) {
            return None;
        }
        Some(self.addresses.get(&name).unwrap_or(&self.every))
    }

    /// The addresses of a name, if it has other ones than names without addresses of their own.
    pub(super) fn own(&self, name: &str) -> Option<&[IpAddr]> {
        self.addresses.get(&plain(name)).map(Vec::as_slice)
    }

    /// The name of an address, if it is one that names have here.
    pub(super) fn name_of(&self, address: IpAddr) -> Option<&str> {
        let own = self.addresses.iter().find(|(_, known)| known.contains(&address));
        match own {
            Some((name, _)) => Some(name),
            None if self.every.contains(&address) || address.is_loopback() => Some("localhost"),
            None => None,
        }
    }
}

impl Default for Names {
    fn default() -> Self {
        Self::all_at(Ipv4Addr::LOCALHOST.into())
    }
}

/// A name as names are compared: in lower case, without the dot of the root.
fn plain(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_here_but_those_that_do_not_exist() {
        let two = [[127, 0, 0, 2], [127, 0, 0, 1]].map(IpAddr::from);
        let names = Names::default().without("Nobody.example").with("two.example.", two);
        let here = [IpAddr::from(Ipv4Addr::LOCALHOST)];
        for name in ["0.uk.pool.ntp.org", "x", "invalid.example", "localhost"] {
            assert_eq!(names.of(name), Some(&here[..]), "{name}");
        }
        for name in ["no-such-name.invalid", "A.INVALID.", "invalid", "nobody.EXAMPLE"] {
            assert_eq!(names.of(name), None, "{name}");
        }
        assert_eq!(names.of("TWO.example"), Some(&two[..]));
        assert_eq!(names.others_at(two).of("x"), Some(&two[..]));
    }
}
