//! Which service is registered at which port: `/etc/services`, or a built-in list if there is none.
//!
//! [`Table::source`] says where the answers come from, because they can differ between machines.

mod line;
mod protocol;
mod query;
mod service;

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use thiserror::Error;

pub use protocol::{Protocol, UnknownProtocol};
pub use query::{BadQuery, Query};
pub use service::Service;

/// The system's own table, which `getservbyport(3)` reads.
pub const SYSTEM_PATH: &str = "/etc/services";

const EMBEDDED: &str = include_str!("services/iana.txt");

/// Where a table's entries came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A file on this machine.
    System(PathBuf),
    /// The list compiled into this crate.
    Embedded,
}

/// Why a lookup found nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// Port 0 asks the kernel to choose a port: no service can be registered there.
    #[error("port 0 is reserved: no service can be registered there")]
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

/// All services of one source, in its order.
#[derive(Clone, Debug)]
pub struct Table {
    source: Source,
    services: Vec<Service>,
}

impl Table {
    /// This machine's `/etc/services` if it can be read and has an entry, otherwise the built-in list.
    pub fn load() -> Self {
        Self::load_from(Path::new(SYSTEM_PATH))
    }

    /// Like [`Table::load`], but from another file.
    pub fn load_from(path: &Path) -> Self {
        // An unreadable file is not an error: the built-in list exists for that case. Bytes that
        // are not UTF-8 only affect their own line.
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

    /// Where the entries come from.
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

    /// Every entry that matches `query`; never an empty list.
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
    fn the_built_in_list_has_the_services_of_the_course() {
        let table = Table::embedded();
        assert_eq!(table.source(), &Source::Embedded);
        assert!(table.services().len() >= 60);
        assert_eq!(table.by_port(25, Protocol::Tcp).unwrap().name, "smtp");
        assert_eq!(table.by_port(53, Protocol::Udp).unwrap().name, "domain");
        assert_eq!(table.by_name("www", None).unwrap().port, 80);
        assert_eq!(table.by_name("ntp", Some(Protocol::Udp)).unwrap().port, 123);
    }

    #[test]
    fn every_line_of_the_built_in_list_parses() {
        let meant = EMBEDDED.lines().filter(|line| line.contains('/') && !line.starts_with('#'));
        assert_eq!(meant.count(), Table::embedded().services().len());
    }

    #[test]
    fn errors_name_what_was_asked_for() {
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
