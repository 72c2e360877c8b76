//! Which names there are in a place.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use super::entry::Entry;

/// The names of a place. Upper and lower case are equal (RFC 4343).
///
/// An entry for `*.pool.ntp.org` is for all names below `pool.ntp.org` that have none of their own
/// (a wildcard, RFC 4592, but with the longest one that fits instead of only the nearest), and one
/// for `*` is for all others. No name below `invalid` exists, as RFC 6761 §6.4 promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    entries: BTreeMap<String, Entry>,
}

/// The name of the entry for all names without one.
const OTHERS: &str = "*";

/// What is known of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known<'n> {
    /// It has this entry, which is listed under this name.
    Entry(&'n str, &'n Entry),
    /// It has no records, but there are names below it: it exists (RFC 8020).
    Between,
    /// There is no such name.
    Nothing,
}

impl Names {
    /// Every name has this address.
    pub fn all_at(every: IpAddr) -> Self {
        Self::only_known().others_at([every])
    }

    /// No name exists but those that are added.
    pub fn only_known() -> Self {
        Self { entries: BTreeMap::new() }
    }

    /// Every name without an entry of its own has these addresses.
    #[must_use]
    pub fn others_at(self, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        self.with(OTHERS, addresses)
    }

    /// This name does not exist.
    #[must_use]
    pub fn without(self, name: &str) -> Self {
        self.entry(name, Entry::missing())
    }

    /// This name has these addresses, in this order.
    #[must_use]
    pub fn with(self, name: &str, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        self.entry(name, Entry::at(addresses))
    }

    /// This name has this entry, and no other one any more.
    #[must_use]
    pub fn entry(mut self, name: &str, entry: Entry) -> Self {
        self.entries.insert(plain(name), entry);
        self
    }

    /// What is known of a name.
    pub(super) fn find(&self, name: &str) -> Known<'_> {
        let name = plain(name);
        if name.rsplit('.').next() == Some("invalid") {
            return Known::Nothing;
        }
        if let Some((key, entry)) = self.entries.get_key_value(&name) {
            return Known::Entry(key, entry);
        }
        if self.entries.keys().any(|key| is_below(key, &name)) {
            return Known::Between;
        }
        let mut rest = name.as_str();
        while let Some((_, parent)) = rest.split_once('.') {
            if let Some((key, entry)) = self.entries.get_key_value(&format!("*.{parent}")) {
                return Known::Entry(key, entry);
            }
            rest = parent;
        }
        match self.entries.get_key_value(OTHERS) {
            Some((key, entry)) => Known::Entry(key, entry),
            // The root, of which all names are below.
            None if name.is_empty() => Known::Between,
            None => Known::Nothing,
        }
    }

    /// The addresses of a name, if it has an entry of its own.
    pub(crate) fn own(&self, name: &str) -> Option<&[IpAddr]> {
        self.entries.get(&plain(name)).map(|entry| entry.addresses.as_slice())
    }

    /// The name of an address, if it is one that names have here.
    pub(super) fn name_of(&self, address: IpAddr) -> Option<&str> {
        let has = |entry: &Entry| entry.addresses.contains(&address);
        let is_name = |name: &str| !name.starts_with(OTHERS);
        let own = self.entries.iter().find(|(name, entry)| is_name(name) && has(entry));
        match own {
            Some((name, _)) => Some(name),
            None if address.is_loopback() || self.entries.get(OTHERS).is_some_and(has) => {
                Some("localhost")
            }
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

/// Whether a name, or a wildcard, is one of those below another one.
fn is_below(name: &str, parent: &str) -> bool {
    name.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The addresses of a name that exists.
    fn addresses<'n>(names: &'n Names, name: &str) -> Option<&'n [IpAddr]> {
        match names.find(name) {
            Known::Entry(_, entry) if entry.manner.trouble.is_none() => Some(&entry.addresses),
            _ => None,
        }
    }

    #[test]
    fn every_name_is_here_but_those_that_do_not_exist() {
        let two = [[127, 0, 0, 2], [127, 0, 0, 1]].map(IpAddr::from);
        let names = Names::default().without("Nobody.example").with("two.example.", two);
        let here = [IpAddr::from(Ipv4Addr::LOCALHOST)];
        for name in ["0.uk.pool.ntp.org", "x", "invalid.example", "localhost", "x.two.example"] {
            assert_eq!(addresses(&names, name), Some(&here[..]), "{name}");
        }
        for name in ["no-such-name.invalid", "A.INVALID.", "invalid", "nobody.EXAMPLE"] {
            assert_eq!(addresses(&names, name), None, "{name}");
        }
        assert_eq!(addresses(&names, "TWO.example"), Some(&two[..]));
        assert_eq!(addresses(&names.others_at(two), "x"), Some(&two[..]));
    }

    #[test]
    fn where_only_some_names_exist_wildcards_are_for_those_below() {
        let at = |last| [IpAddr::from([127, 0, 0, last])];
        let names = Names::only_known()
            .with("pool.ntp.org", at(1))
            .with("*.pool.ntp.org", at(2))
            .with("*.uk.pool.ntp.org", at(3));
        assert_eq!(addresses(&names, "pool.ntp.org"), Some(&at(1)[..]));
        assert_eq!(addresses(&names, "2.co.pool.ntp.org"), Some(&at(2)[..]));
        assert_eq!(addresses(&names, "1.uk.pool.ntp.org"), Some(&at(3)[..]));
        for between in ["", "org", "ntp.org", "uk.pool.ntp.org"] {
            assert_eq!(names.find(between), Known::Between, "{between}");
        }
        for unknown in ["www.google.com", "x.ntp.org", "rg", "tp.org", "pool.ntp.org.x"] {
            assert_eq!(names.find(unknown), Known::Nothing, "{unknown}");
        }
    }

    #[test]
    fn an_address_has_the_first_name_that_has_it() {
        let one = IpAddr::from([127, 0, 0, 9]);
        let names = Names::only_known().with("b.example", [one]).with("a.example", [one]);
        assert_eq!(names.name_of(one), Some("a.example"));
        assert_eq!(names.name_of([127, 0, 0, 1].into()), Some("localhost"));
        assert_eq!(names.name_of([192, 0, 2, 1].into()), None);
        let wild = Names::only_known().with("*.example", [IpAddr::from([192, 0, 2, 1])]);
        assert_eq!(wild.name_of([192, 0, 2, 1].into()), None);
    }
}
