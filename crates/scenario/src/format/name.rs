//! How the name server of a place answers questions about a name: `[dns."www.example"]`.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use socklab_say::{Sentence, sentence};

/// How questions about a name are answered: at once and well, unless this says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct NameRule {
    /// Its addresses, which may have placeholders; `None` for `{host}`, and none at all for a name
    /// that exists but has none.
    pub addresses: Option<Vec<String>>,
    /// Whether each answer begins with the next address.
    pub rotate: bool,
    /// The name that it is an alias of.
    pub alias: Option<String>,
    /// What is answered instead of the records.
    pub answer: Option<NameAnswer>,
    /// The only type of question that `answer` and `delay_ms` are about.
    pub asks: Option<AddressType>,
    /// How many questions of each type they are about.
    pub first: Option<u32>,
    /// How long the answer takes.
    pub delay_ms: u64,
}

/// What is answered instead of the records of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NameAnswer {
    /// There is no such name.
    NoSuchName,
    /// The server can't tell.
    Failure,
    /// The server does not want to tell.
    Refused,
    /// Nothing comes back.
    Silence,
    /// Over UDP, that it is to be asked for over TCP.
    Truncated,
}

/// The type of a question for addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum AddressType {
    /// IPv4.
    A,
    /// IPv6.
    #[serde(rename = "AAAA")]
    Aaaa,
}

/// The longest delay. No resolver waits that long.
const LONGEST_MS: u64 = 60_000;

impl NameRule {
    /// What is wrong with it.
    pub(super) fn check(&self) -> Result<(), Sentence> {
        self.addresses.iter().try_for_each(|texts| check_addresses(texts))?;
        let is_limited = self.asks.is_some() || self.first.is_some();
        if self.alias.is_some() && (self.addresses.is_some() || self.rotate) {
            return Err(sentence!("mistake-dns-alias"));
        }
        if is_limited && self.answer.is_none() && self.delay_ms == 0 {
            return Err(sentence!("mistake-dns-limit"));
        }
        if self.delay_ms > LONGEST_MS {
            return Err(sentence!("mistake-dns-delay", most = LONGEST_MS));
        }
        Ok(())
    }
}

/// A mistake if one of these is neither an address nor a placeholder for one.
pub(super) fn check_addresses(texts: &[String]) -> Result<(), Sentence> {
    let is_address = |text: &&String| {
        ["{host}", "{address}"].contains(&text.as_str()) || text.parse::<IpAddr>().is_ok()
    };
    match texts.iter().find(|text| !is_address(text)) {
        Some(wrong) => Err(sentence!("mistake-name-address", found = wrong)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> NameRule {
        toml::from_str(text).expect("a rule")
    }

    #[test]
    fn each_word_has_its_meaning() {
        let rule = read(
            "addresses = ['127.0.0.2', '{host}']\nrotate = true\nfirst = 2\nasks = 'AAAA'\nanswer = 'no-such-name'\ndelay_ms = 300",
        );
        assert_eq!(rule.answer, Some(NameAnswer::NoSuchName));
        assert_eq!((rule.asks, rule.first), (Some(AddressType::Aaaa), Some(2)));
        assert_eq!(rule.check(), Ok(()));
        for word in ["failure", "refused", "silence", "truncated"] {
            assert_eq!(read(&format!("answer = '{word}'")).check(), Ok(()));
        }
        assert!(toml::from_str::<NameRule>("answer = 'maybe'").is_err());
        assert!(toml::from_str::<NameRule>("adresses = []").is_err());
    }

    #[test]
    fn what_contradicts_itself_is_a_mistake() {
        for text in [
            "addresses = ['www.example']",
            "alias = 'x'\naddresses = []",
            "alias = 'x'\nrotate = true",
            "first = 1",
            "asks = 'A'",
            "delay_ms = 60001",
        ] {
            assert!(read(text).check().is_err(), "{text}");
        }
    }
}
