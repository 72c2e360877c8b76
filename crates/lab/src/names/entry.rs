//! What a name stands for, and how questions about it are answered.

use std::net::IpAddr;
use std::time::Duration;

/// A name's records, and the way they are given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its addresses: those of IPv4 are its A records, those of IPv6 its AAAA records. A name
    /// without any exists nevertheless: the answer is "no data" (RFC 2308 §2.2).
    pub addresses: Vec<IpAddr>,
    /// Whether each answer begins with the next address. Otherwise the order is always that of
    /// `addresses`.
    pub rotating: bool,
    /// The name that it is an alias of (CNAME, RFC 1034 §3.6.2). Then its own addresses don't count.
    pub alias: Option<String>,
    /// How questions are answered.
    pub manner: Manner,
}

impl Entry {
    /// A name with these addresses, in this order.
    pub fn at(addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        Self { addresses: addresses.into_iter().collect(), ..Self::default() }
    }

    /// A name that is another name for `target`.
    pub fn alias_of(target: &str) -> Self {
        Self { alias: Some(target.to_owned()), ..Self::default() }
    }

    /// A name that does not exist.
    pub fn missing() -> Self {
        let manner = Manner { trouble: Some(Trouble::NoSuchName), ..Manner::default() };
        Self { manner, ..Self::default() }
    }

    /// The same addresses, of which each answer begins with the next one.
    #[must_use]
    pub fn rotating(mut self) -> Self {
        self.rotating = true;
        self
    }
}

/// How questions about a name are answered: at once and well, unless this says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// What goes wrong.
    pub trouble: Option<Trouble>,
    /// The only type of question that meets the trouble or the delay; `None` for all of them.
    pub asks: Option<Asks>,
    /// How many questions of a type meet the trouble or the delay; `None` for all of them.
    pub first: Option<u32>,
    /// How long the answer takes.
    pub delay: Duration,
}

/// The type of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// For IPv4 addresses, type A.
    Ipv4,
    /// For IPv6 addresses, type AAAA (RFC 3596).
    Ipv6,
}

/// What goes wrong with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no such name: NXDOMAIN, RFC 1035 §4.1.1.
    NoSuchName,
    /// The server can't tell: SERVFAIL.
    Failure,
    /// The server does not want to tell: REFUSED.
    Refusal,
    /// Nothing comes back.
    Silence,
    /// The answer is said not to fit into a datagram (TC, RFC 1035 §4.2.1), so that it has to be
    /// asked for over TCP, where it is whole.
    CutOff,
}
