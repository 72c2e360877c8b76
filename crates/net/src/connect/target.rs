//! What to connect to, as people write it.

use std::ffi::OsString;
use std::fmt;
use std::net::Ipv6Addr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;
use std::str::FromStr;

use thiserror::Error;

/// A destination: a host, perhaps with its port, or a Unix socket.
///
/// | written | means |
/// |---|---|
/// | `localhost`, `127.0.0.1`, `::1`, `[::1]` | a host |
/// | `localhost:80`, `[::1]:http` | a host and a port or service; an IPv6 address needs brackets (RFC 3986, section 3.2.2) |
/// | `/run/x.sock`, `./x.sock`, `unix:x.sock` | a Unix socket by its path |
/// | `@name`, `unix:@name` | a Unix socket in the abstract namespace (unix(7)) |
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A name or an IP address.
    Host {
        /// The name or the address, without brackets.
        name: String,
        /// The port or the service, if it was given with the name.
        port: Option<String>,
    },
    /// A Unix socket.
    Unix(UnixName),
}

/// The name of a Unix socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnixName {
    /// A path in the file system.
    Path(PathBuf),
    /// A name in the abstract namespace, which belongs to the network namespace.
    Abstract(Vec<u8>),
}

impl fmt::Display for UnixName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Abstract(name) => write!(f, "@{}", name.escape_ascii()),
        }
    }
}

/// Why a text is no destination.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum TargetError {
    /// Nothing before the port, or nothing at all.
    #[error("no host is named")]
    NoHost,
    /// Nothing after `unix:` or `@`.
    #[error("no Unix socket is named")]
    NoUnixName,
    /// A colon with nothing behind it.
    #[error("there is no port after the colon")]
    NoPort,
    /// More than one colon, and no IPv6 address: where the port begins can't be told.
    #[error("an IPv6 address with a port is written [ADDRESS]:PORT")]
    Brackets,
    /// A URL, as for a browser.
    #[error("that is a URL, not an address")]
    Url,
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        if let Some(name) = text.strip_prefix("unix:") {
            return unix(name);
        }
        if text.contains("://") {
            return Err(TargetError::Url);
        }
        if text.starts_with('@') || text.contains('/') {
            return unix(text);
        }
        let (name, rest) = if let Some(inside) = text.strip_prefix('[') {
            let (name, rest) = inside.split_once(']').ok_or(TargetError::Brackets)?;
            if !is_ipv6(name) {
                return Err(TargetError::Brackets);
            }
            (name, rest)
        } else if is_ipv6(text) {
            (text, "")
        } else {
            text.split_at(text.find(':').unwrap_or(text.len()))
        };
        let port = match rest.strip_prefix(':') {
            Some("") => return Err(TargetError::NoPort),
            Some(port) if port.contains(':') => return Err(TargetError::Brackets),
            Some(port) => Some(port.to_owned()),
            None if rest.is_empty() => None,
            None => return Err(TargetError::Brackets),
        };
        if name.is_empty() {
            return Err(TargetError::NoHost);
        }
        Ok(Self::Host { name: name.to_owned(), port })
    }
}

fn unix(name: &str) -> Result<Target, TargetError> {
    let named = match name.strip_prefix('@') {
        Some(name) => UnixName::Abstract(name.as_bytes().to_vec()),
        None => UnixName::Path(OsString::from_vec(name.as_bytes().to_vec()).into()),
    };
    let empty = match &named {
        UnixName::Path(path) => path.as_os_str().as_bytes().is_empty(),
        UnixName::Abstract(name) => name.is_empty(),
    };
    if empty { Err(TargetError::NoUnixName) } else { Ok(Target::Unix(named)) }
}

/// True for an IPv6 address, perhaps with a zone: `fe80::1%eth0` (RFC 4007, section 11).
fn is_ipv6(text: &str) -> bool {
    let (address, zone) = text.split_once('%').unwrap_or((text, "any"));
    address.parse::<Ipv6Addr>().is_ok() && !zone.is_empty()
}

/// A host and a port in one text; an IPv6 address stands in brackets.
pub fn authority(host: &str, port: impl fmt::Display) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &str, port: Option<&str>) -> Target {
        Target::Host { name: name.to_owned(), port: port.map(str::to_owned) }
    }

    #[test]
    fn every_way_to_write_a_destination_is_understood() {
        for (text, wanted) in [
            ("localhost", host("localhost", None)),
            ("localhost:80", host("localhost", Some("80"))),
            ("127.0.0.1:http", host("127.0.0.1", Some("http"))),
            ("::1", host("::1", None)),
            ("::", host("::", None)),
            ("[::1]", host("::1", None)),
            ("[::1]:80", host("::1", Some("80"))),
            ("fe80::1%eth0", host("fe80::1%eth0", None)),
            ("[fe80::1%eth0]:7", host("fe80::1%eth0", Some("7"))),
            ("[::ffff:127.0.0.1]:7", host("::ffff:127.0.0.1", Some("7"))),
            ("/run/x.sock", Target::Unix(UnixName::Path("/run/x.sock".into()))),
            ("./a:b", Target::Unix(UnixName::Path("./a:b".into()))),
            ("unix:x", Target::Unix(UnixName::Path("x".into()))),
            ("unix:/x", Target::Unix(UnixName::Path("/x".into()))),
            ("@bus", Target::Unix(UnixName::Abstract(b"bus".to_vec()))),
            ("unix:@bus", Target::Unix(UnixName::Abstract(b"bus".to_vec()))),
            ("@a/b", Target::Unix(UnixName::Abstract(b"a/b".to_vec()))),
        ] {
            assert_eq!(text.parse(), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_destination_is_refused_with_its_reason() {
        for (text, wanted) in [
            ("", TargetError::NoHost),
            (":80", TargetError::NoHost),
            ("localhost:", TargetError::NoPort),
            ("[::1]:", TargetError::NoPort),
            ("::1:80:x", TargetError::Brackets),
            ("a:b:c", TargetError::Brackets),
            ("[::1", TargetError::Brackets),
            ("[::1]80", TargetError::Brackets),
            ("[localhost]:80", TargetError::Brackets),
            ("[]:80", TargetError::Brackets),
            ("unix:", TargetError::NoUnixName),
            ("@", TargetError::NoUnixName),
            ("http://localhost:80/", TargetError::Url),
        ] {
            assert_eq!(text.parse::<Target>(), Err(wanted), "{text}");
        }
    }

    #[test]
    fn an_ipv6_address_stands_in_brackets() {
        assert_eq!(authority("::1", 80), "[::1]:80");
        assert_eq!(authority("localhost", "http"), "localhost:http");
    }
}
