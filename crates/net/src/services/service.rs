//! One entry of a table of services.

use serde::Serialize;

use super::protocol::Protocol;

/// One entry: a service's name, its port, and other names for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Service {
    /// The official name, such as `domain`.
    pub name: String,
    /// The port number, never 0.
    pub port: u16,
    /// The transport the port belongs to: 53/tcp and 53/udp are two entries.
    pub protocol: Protocol,
    /// Other names for the same entry, such as `www` for `http`.
    pub aliases: Vec<String>,
}

impl Service {
    /// Whether `name` is its official name or an alias.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|alias| alias == name)
    }
}
