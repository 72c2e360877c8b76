//! Queries as a user types them: `25`, `53/udp`, `domain`, `domain/tcp`.

use std::str::FromStr;

use thiserror::Error;

use super::protocol::{Protocol, UnknownProtocol};

/// A query to a [`Table`](super::Table); without a protocol, for all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// The services at this port.
    Port(u16, Option<Protocol>),
    /// The services of this name.
    Name(String, Option<Protocol>),
}

/// Why a text is not a query.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BadQuery {
    /// Nothing before the `/`, or nothing at all.
    #[error("expected a port or a service name")]
    Empty,
    /// A number, but not one of the 65,536 ports.
    #[error("port {0} is not between 1 and 65535")]
    PortOutOfRange(String),
    /// What follows the `/` is not a known transport.
    #[error(transparent)]
    Protocol(#[from] UnknownProtocol),
}

impl FromStr for Query {
    type Err = BadQuery;

    fn from_str(text: &str) -> Result<Self, BadQuery> {
        let (what, protocol) = match text.split_once('/') {
            Some((what, protocol)) => (what, Some(protocol.parse()?)),
            None => (text, None),
        };
        if what.is_empty() {
            return Err(BadQuery::Empty);
        }
        if !what.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self::Name(what.to_owned(), protocol));
        }
        match what.parse() {
            Ok(port) => Ok(Self::Port(port, protocol)),
            Err(_) => Err(BadQuery::PortOutOfRange(what.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ports_names_and_protocols() {
        assert_eq!("25".parse(), Ok(Query::Port(25, None)));
        assert_eq!("53/UDP".parse(), Ok(Query::Port(53, Some(Protocol::Udp))));
        assert_eq!("domain/tcp".parse(), Ok(Query::Name("domain".into(), Some(Protocol::Tcp))));
        assert_eq!("70000".parse::<Query>(), Err(BadQuery::PortOutOfRange("70000".into())));
        assert_eq!("/tcp".parse::<Query>(), Err(BadQuery::Empty));
        assert!(matches!("53/tpc".parse::<Query>(), Err(BadQuery::Protocol(_))));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in ".*") {
            let _ = text.parse::<Query>();
        }
    }
}
