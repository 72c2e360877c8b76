//! Which service lives at which port: `/etc/services`, or a built-in list where there is none.
//!
//! The answer always says where it came from ([`Table::source`]), because the same question can
//! have two answers on two machines.

mod line;
mod protocol;
mod query;

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use thiserror::Error;

pub use protocol::{Protocol, UnknownProtocol};
pub use query::{BadQuery, Query};

/// Where a Unix machine keeps its own table, as `getservbyport(3)` reads it.
pub const SYSTEM_PATH: &str = "/etc/services";

const EMBEDDED: &str = include_str!("services/iana.txt");

/// One entry: a name, the port it belongs to, and other names for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Service {
    /// The official name, such as `domain`.
    pub name: String,
    /// The port number, never 0.
    pub port: u16,
    /// The transport the port is counted in: 53/tcp and 53/udp are two entries.
    pub protocol: Protocol,
    /// Other names for the same entry, such as `www` for `http`.
    pub aliases: Vec<String>,
}

impl Service {
    fn is_called(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|alias| alias == name)
    }
}

/// Where a table's entries came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A file of this machine.
    System(PathBuf),
    /// The list compiled into this crate.
    Embedded,
}

/// Why a look-up has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ServiceError {
    /// Port 0 means "any port, kernel, you choose": no service can live there.
    #[error("port 0 is reserved: no service can live there")]
    PortZero,
    /// The table has no entry for this port.
    #[error("no service is registered at port {port}{}", suffix(*.protocol))]
    UnknownPort {
        /// The port asked for.
        port: u16,
        /// The transport asked for; `None` means any.
        protocol: Option<Protocol>,
    },
    /// The table has no entry of this name.
    #[error("no service is called {name:?}{}", suffix(*.protocol))]
    UnknownName {
        /// The name asked for.
        name: String,
        /// The transport asked for; `None` means any.
        protocol: Option<Protocol>,
    },
}

fn suffix(protocol: Option<Protocol>) -> String {
    protocol.map_or_else(String::new, |protocol| format!(" over {protocol}"))
}

/// All the services one source knows, in the source's order.
#[derive(Clone, Debug)]
pub struct Table {
    source: Source,
    services: Vec<Service>,
}

impl Table {
    /// This machine's `/etc/services` if it can be read and says anything, else the built-in list.
    pub fn load() -> Self {
        Self::load_from(Path::new(SYSTEM_PATH))
    }

    /// Like [`Table::load`], from a file of the caller's choosing.
    pub fn load_from(path: &Path) -> Self {
        // An unreadable file is not an error: falling back is the purpose of the built-in list.
        // Bytes that are no UTF-8 can only spoil the line they stand in.
        let text = fs::read(path).unwrap_or_default();
        let services = line::parse_all(&String::from_utf8_lossy(&text));
        if services.is_empty() {
            return Self::embedded();
        }
        Self { source: Source::System(path.to_owned()), services }
    }

    /// The list compiled into this crate.
    pub fn embedded() -> Self {
        Self { source: Source::Embedded, services: line::parse_all(EMBEDDED) }
    }

    /// Where the answers come from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Every entry, in the source's order.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The entry for `port` over `protocol`, as `getservbyport(3)` would find it.
    ///
    /// # Errors
    /// [`ServiceError::PortZero`], [`ServiceError::UnknownPort`].
    pub fn by_port(&self, port: u16, protocol: Protocol) -> Result<&Service, ServiceError> {
        self.find_port(port, Some(protocol)).map(|found| found[0])
    }

    /// The first entry called `name` (or having it as an alias), over `protocol` if one is given,
    /// as `getservbyname(3)` would find it. Names are case-sensitive, as they are there.
    ///
    /// # Errors
    /// [`ServiceError::UnknownName`].
    pub fn by_name(
        &self,
        name: &str,
        protocol: Option<Protocol>,
    ) -> Result<&Service, ServiceError> {
        self.find_name(name, protocol).map(|found| found[0])
    }

    /// Every entry that answers `query`; never an empty list.
    ///
    /// # Errors
    /// Any [`ServiceError`].
    pub fn find(&self, query: &Query) -> Result<Vec<&Service>, ServiceError> {
        match query {
            Query::Port(port, protocol) => self.find_port(*port, *protocol),
            Query::Name(name, protocol) => self.find_name(name, *protocol),
        }
    }

    fn find_port(
        &self,
        port: u16,
        protocol: Option<Protocol>,
    ) -> Result<Vec<&Service>, ServiceError> {
        if port == 0 {
            return Err(ServiceError::PortZero);
        }
        let found = self.matching(protocol, |service| service.port == port);
        if found.is_empty() {
            return Err(ServiceError::UnknownPort { port, protocol });
        }
        Ok(found)
    }

    fn find_name(
        &self,
        name: &str,
        protocol: Option<Protocol>,
    ) -> Result<Vec<&Service>, ServiceError> {
        let found = self.matching(protocol, |service| service.is_called(name));
        if found.is_empty() {
            return Err(ServiceError::UnknownName { name: name.to_owned(), protocol });
        }
        Ok(found)
    }

    fn matching(
        &self,
        protocol: Option<Protocol>,
        wanted: impl Fn(&Service) -> bool,
    ) -> Vec<&Service> {
        self.services
            .iter()
            .filter(|service| protocol.is_none_or(|protocol| service.protocol == protocol))
            .filter(|service| wanted(service))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_list_answers_the_courses_questions() {
        let table = Table::embedded();
        assert_eq!(table.source(), &Source::Embedded);
        assert!(table.services().len() >= 60);
        assert_eq!(table.by_port(25, Protocol::Tcp).unwrap().name, "smtp");
        assert_eq!(table.by_port(53, Protocol::Udp).unwrap().name, "domain");
        assert_eq!(table.by_name("www", None).unwrap().port, 80);
        assert_eq!(table.by_name("ntp", Some(Protocol::Udp)).unwrap().port, 123);
    }

    #[test]
    fn every_line_of_the_built_in_list_is_understood() {
        let meant = EMBEDDED.lines().filter(|line| line.contains('/') && !line.starts_with('#'));
        assert_eq!(meant.count(), Table::embedded().services().len());
    }

    #[test]
    fn a_question_without_an_answer_says_which() {
        let table = Table::embedded();
        assert_eq!(table.by_port(0, Protocol::Tcp), Err(ServiceError::PortZero));
        assert_eq!(
            table.by_port(25, Protocol::Udp),
            Err(ServiceError::UnknownPort { port: 25, protocol: Some(Protocol::Udp) })
        );
        let error = table.by_name("gopherd", Some(Protocol::Tcp)).unwrap_err();
        assert_eq!(error.to_string(), "no service is called \"gopherd\" over tcp");
    }

    #[test]
    fn without_a_protocol_a_query_finds_them_all() {
        let table = Table::embedded();
        let found = table.find(&"53".parse().unwrap()).unwrap();
        assert_eq!(
            found.iter().map(|s| s.protocol).collect::<Vec<_>>(),
            [Protocol::Tcp, Protocol::Udp]
        );
        assert_eq!(table.find(&"www/tcp".parse().unwrap()).unwrap()[0].name, "http");
    }

    #[test]
    fn a_missing_file_falls_back_and_says_so() {
        let table = Table::load_from(Path::new("/nonexistent/services"));
        assert_eq!(table.source(), &Source::Embedded);
    }
}
