//! Which number of one run is which of the other: ports and paths mean what they are used for.

use std::collections::{BTreeMap, BTreeSet};

use socklab_event::{Column, Endpoint};

/// The addresses that the programs of a run name, in order.
#[derive(Debug, Default)]
pub(crate) struct Named {
    /// All of them.
    pub(crate) used: Vec<Endpoint>,
    /// Those in a `bind`.
    pub(crate) bound: Vec<Endpoint>,
    /// Those that something is sent to, or that are connected to.
    pub(crate) asked: Vec<Endpoint>,
}

/// The ports and paths of run a, each with that of run b.
#[derive(Debug, Default)]
pub(crate) struct Names {
    to_b: BTreeMap<String, String>,
    to_a: BTreeMap<String, String>,
}

impl Names {
    /// Pairs what the two runs name, in this order: what stands at the same place of the command lines, what
    /// both name, and, one after the other, what is left, if somebody is reached there in each run: then
    /// the whole run has moved to another port.
    pub(crate) fn of(columns: &[(&Column, &Column)], a: &Named, b: &Named) -> Self {
        let mut names = Self::default();
        let all = |named: &Named| named.used.iter().filter_map(word).collect::<BTreeSet<_>>();
        let (in_a, in_b) = (all(a), all(b));
        for (one, other) in columns {
            for (one, other) in one.argv.iter().zip(&other.argv) {
                let pairs = numbers(one).into_iter().zip(numbers(other));
                for (one, other) in pairs.chain([(one.clone(), other.clone())]) {
                    if in_a.contains(&one) && in_b.contains(&other) {
                        names.pair(&one, &other);
                    }
                }
            }
        }
        for both in in_a.intersection(&in_b) {
            names.pair(both, both);
        }
        let left = |named: &Named, known: &BTreeMap<String, String>| {
            let mut left: Vec<String> = Vec::new();
            for one in named.bound.iter().filter_map(word) {
                let reached = named.asked.iter().filter_map(word).any(|asked| asked == one);
                if reached && !known.contains_key(&one) && !left.contains(&one) {
                    left.push(one);
                }
            }
            left
        };
        let (a, b) = (left(a, &names.to_b), left(b, &names.to_a));
        if a.len() == b.len() {
            for (a, b) in a.iter().zip(&b) {
                let both = [a, b].map(|name| name.parse::<u16>().is_ok());
                if both[0] == both[1] {
                    names.pair(a, b);
                }
            }
        }
        names
    }

    /// Remembers that the two are the same, unless one of them is already something else.
    pub(crate) fn pair(&mut self, a: &str, b: &str) {
        if !self.to_b.contains_key(a) && !self.to_a.contains_key(b) {
            self.to_b.insert(a.to_owned(), b.to_owned());
            self.to_a.insert(b.to_owned(), a.to_owned());
        }
    }

    /// True if an address of a is that of b.
    pub(crate) fn are_same(&self, a: &Endpoint, b: &Endpoint) -> bool {
        let (plain_a, plain_b) = (a.unmapped(), b.unmapped());
        let hosts = plain_a.ip_port().map(|it| it.0) == plain_b.ip_port().map(|it| it.0);
        match (word(&plain_a), word(&plain_b)) {
            (Some(one), Some(other)) => hosts && self.to_b.get(&one) == Some(&other),
            (None, None) => match (&plain_a, &plain_b) {
                // A name that the kernel chose, or none.
                (Endpoint::UnixUnnamed, Endpoint::UnixUnnamed) => true,
                _ => plain_a == plain_b,
            },
            _ => false,
        }
    }

    /// Text of run b with the ports that run a has.
    pub(crate) fn in_words_of_a(&self, bytes: &[u8]) -> Vec<u8> {
        let differ = self.to_a.iter().any(|(b, a)| a != b);
        if !differ {
            return bytes.to_vec();
        }
        let mut text = Vec::with_capacity(bytes.len());
        let mut at = 0;
        while at < bytes.len() {
            let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 {
                text.push(bytes[at]);
                at += 1;
                continue;
            }
            let number = &bytes[at..at + digits];
            let known = std::str::from_utf8(number).ok().and_then(|number| self.to_a.get(number));
            text.extend_from_slice(known.map_or(number, |name| name.as_bytes()));
            at += digits;
        }
        text
    }
}

/// What is chosen of an address: its port, or its path.
fn word(address: &Endpoint) -> Option<String> {
    match address {
        Endpoint::Unix { path } => Some(path.clone()),
        Endpoint::UnixAbstract { name } => Some(name.to_string()),
        address => address.port().filter(|port| *port > 0).map(|port| port.to_string()),
    }
}

/// The numbers in a word of a command line.
fn numbers(word: &str) -> Vec<String> {
    let numbers = word.split(|char: char| !char.is_ascii_digit());
    numbers.filter(|number| !number.is_empty()).map(str::to_owned).collect()
}
