//! Is a rule about this frame?

use super::facts::Facts;
use super::rule::{Direction, Party, Selection, StreamByte};

impl Selection {
    pub(super) fn has(&self, facts: &Facts<'_>) -> bool {
        let Self { kind, again, byte, from, to, from_port, to_port, connection } = self;
        let endpoints = facts.headers().map(|headers| (&headers.source, &headers.destination));
        let source_port = endpoints.and_then(|(source, _)| source.port());
        let destination_port = endpoints.and_then(|(_, destination)| destination.port());
        facts.is(*kind)
            && (!again || facts.placed.is_some_and(|placed| placed.again))
            && byte.as_ref().is_none_or(|byte| byte.is_in(facts))
            && from.as_ref().is_none_or(|party| party.sent(facts))
            && to.as_ref().is_none_or(|party| party.is_sent(facts))
            && from_port.is_none_or(|port| source_port == Some(port))
            && to_port.is_none_or(|port| destination_port == Some(port))
            && connection.is_none_or(|number| self.is_of_connection(number, facts))
    }

    fn is_of_connection(&self, number: u64, facts: &Facts<'_>) -> bool {
        let Some(placed) = &facts.placed else { return false };
        let port = self.to_port.or(self.from_port);
        number == if port == Some(placed.port) { placed.number_to_port } else { placed.number }
    }
}

impl StreamByte {
    fn is_in(&self, facts: &Facts<'_>) -> bool {
        let Some(placed) = &facts.placed else { return false };
        let direction = if placed.answer { Direction::Answer } else { Direction::Request };
        let place = i64::try_from(self.number - 1).unwrap_or(i64::MAX);
        self.of.is_none_or(|of| of == direction) && (placed.start..placed.end).contains(&place)
    }
}

impl Party {
    /// True if this is the host's name. An address is known from frames only.
    pub(super) fn is_called(&self, host: &str) -> bool {
        matches!(self, Self::Named(name) if name == host)
    }

    /// True if this host sent the frame.
    pub(super) fn sent(&self, facts: &Facts<'_>) -> bool {
        match self {
            Self::Named(name) => facts.passing.from == name,
            Self::Address(address) => {
                let source = facts.headers().and_then(|headers| headers.source.ip_port());
                source.is_some_and(|(source, _)| source == *address)
            }
        }
    }

    /// True if this host is sent the frame.
    pub(super) fn is_sent(&self, facts: &Facts<'_>) -> bool {
        match self {
            Self::Named(name) => facts.passing.to == Some(name),
            Self::Address(address) => {
                let destination = facts.headers().and_then(|headers| headers.destination.ip_port());
                destination.is_some_and(|(destination, _)| destination == *address)
            }
        }
    }
}
