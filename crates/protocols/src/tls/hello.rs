//! The two messages that say who is asked for and what was chosen.

use super::names::{Version, is_grease};
use crate::bytes::Reader;

/// What a client offers, RFC 8446 §4.1.2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientHello {
    /// The server that it wants (RFC 6066 §3), if it says so. With an encrypted ClientHello (RFC 9849)
    /// this is the name of who takes it in.
    pub server_name: Option<String>,
    /// The protocols that it would speak inside (RFC 7301), in its order.
    pub protocols: Vec<String>,
    /// The versions that it offers, in its order.
    pub versions: Vec<Version>,
    /// How many cipher suites it offers.
    pub ciphers: usize,
    /// False if not all of it was recorded: what is missing above it may have said later.
    pub whole: bool,
}

/// What a server chose, RFC 8446 §4.1.3.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerHello {
    /// The version; `None` if the extension that says so may not have been recorded.
    pub version: Option<Version>,
    /// The cipher suite.
    pub cipher: u16,
    /// The protocol chosen; in TLS 1.3 it is encrypted.
    pub protocol: Option<String>,
    /// True if it asks for another ClientHello (HelloRetryRequest, RFC 8446 §4.1.4).
    pub retry: bool,
    /// False if not all of it was recorded.
    pub whole: bool,
}

/// Which random a HelloRetryRequest has: the SHA-256 of its name.
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

const SERVER_NAME: u16 = 0;
const PROTOCOLS: u16 = 16;
const VERSIONS: u16 = 43;

impl ClientHello {
    /// Reads a hello of `total` bytes, of which `body` may be only the first; `None` if it is none, or
    /// if less is at hand than shows that it is one.
    pub(super) fn parse(body: &[u8], total: usize) -> Option<Self> {
        let mut reader = Reader(body);
        let legacy = old_version(&mut reader)?;
        reader.take(32)?;
        let session = reader.short()?;
        let suites = reader.long()?;
        let compressions = reader.short()?;
        // RFC 5246 §7.4.1.2: the method 0, no compression, is always among them.
        let fits = session.len() <= 32
            && !suites.is_empty()
            && suites.len().is_multiple_of(2)
            && compressions.contains(&0);
        if !fits {
            return None;
        }
        let suites = suites.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        let ciphers = suites.filter(|suite| !is_grease(*suite)).count();
        let mut hello = Self { ciphers, ..Self::default() };
        let left = total.checked_sub(body.len())?.checked_add(reader.0.len())?;
        let read = |kind: u16, data: &[u8]| {
            match kind {
                SERVER_NAME => hello.server_name = server_name(data),
                PROTOCOLS => hello.protocols = protocols(data)?,
                VERSIONS => hello.versions = versions(data)?,
                _ => {}
            }
            Some(())
        };
        hello.whole = extensions(reader, left, read)?;
        if hello.versions.is_empty() && hello.whole {
            // RFC 8446 §4.2.1: without the extension this is the highest that it speaks.
            hello.versions.push(legacy);
        }
        Some(hello)
    }
}

impl ServerHello {
    /// As [`ClientHello::parse`].
    pub(super) fn parse(body: &[u8], total: usize) -> Option<Self> {
        let mut reader = Reader(body);
        let legacy = old_version(&mut reader)?;
        let random = reader.take(32)?;
        let session = reader.short()?;
        let (cipher, compression) = (reader.u16()?, reader.u8()?);
        if session.len() > 32 || compression > 1 {
            return None;
        }
        let left = total.checked_sub(body.len())?.checked_add(reader.0.len())?;
        let (mut version, mut protocol) = (None, None);
        let read = |kind: u16, data: &[u8]| {
            match kind {
                VERSIONS => version = Some(Version(Reader(data).u16()?)),
                PROTOCOLS => protocol = protocols(data)?.into_iter().next(),
                _ => {}
            }
            Some(())
        };
        let whole = extensions(reader, left, read)?;
        // RFC 8446 §4.2.1: without the extension, the old field says it.
        let version = version.or(whole.then_some(legacy));
        Some(Self { version, cipher, protocol, retry: random == RETRY, whole })
    }
}

/// The field that said the version before TLS 1.3, which has 1.2 there.
fn old_version(reader: &mut Reader<'_>) -> Option<Version> {
    let version = reader.u16().map(Version)?;
    (0x0300..=0x0303).contains(&version.0).then_some(version)
}

/// Hands on every extension that is at hand of the `left` bytes; true if that is all of them. `None` if
/// they do not fill the message.
fn extensions(
    mut reader: Reader<'_>,
    left: usize,
    mut each: impl FnMut(u16, &[u8]) -> Option<()>,
) -> Option<bool> {
    let whole = reader.0.len() == left;
    if left == 0 {
        // Before TLS 1.3 there may be none, and no length either.
        return Some(true);
    }
    let Some(length) = reader.u16() else { return (!whole && left >= 2).then_some(false) };
    if usize::from(length) + 2 != left {
        return None;
    }
    while !reader.is_empty() {
        let (Some(kind), Some(data)) = (reader.u16(), reader.long()) else {
            // The recording ends here, or a length leads beyond the message.
            return (!whole).then_some(false);
        };
        each(kind, data)?;
    }
    Some(whole)
}

/// The one host name, RFC 6066 §3; `None` if there is none, or if it is not one.
fn server_name(data: &[u8]) -> Option<String> {
    let mut list = Reader(Reader(data).long()?);
    let (kind, name) = (list.u8()?, list.long()?);
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._".contains(byte);
    let fits = kind == 0 && !name.is_empty() && name.iter().all(is_host);
    fits.then(|| String::from_utf8_lossy(name).into_owned())
}

/// Names of protocols, RFC 7301 §3.1. They are bytes; those of the registry are ASCII.
fn protocols(data: &[u8]) -> Option<Vec<String>> {
    let mut list = Reader(Reader(data).long()?);
    let mut names = Vec::new();
    while !list.is_empty() {
        let name = list.short().filter(|name| !name.is_empty())?;
        let is_grease = matches!(name, [a, b] if a == b && a & 0x0f == 0x0a);
        names.extend((!is_grease).then(|| String::from_utf8_lossy(name).into_owned()));
    }
    Some(names)
}

/// Versions that a client offers, RFC 8446 §4.2.1.
fn versions(data: &[u8]) -> Option<Vec<Version>> {
    let list = Reader(data).short().filter(|list| list.len().is_multiple_of(2))?;
    let versions = list.chunks_exact(2).map(|pair| Version(u16::from_be_bytes([pair[0], pair[1]])));
    Some(versions.filter(|version| !version.is_grease()).collect())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn extension(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_be_bytes()[..], &length(data), data].concat()
    }

    fn length(data: &[u8]) -> [u8; 2] {
        u16::try_from(data.len()).unwrap().to_be_bytes()
    }

    /// A ClientHello for `a.test`, without the header of the message.
    pub(crate) fn client() -> Vec<u8> {
        let mut bytes = vec![3, 3];
        bytes.extend([7; 32]);
        bytes.extend([0, 0, 6, 0x0a, 0x0a, 0x13, 1, 0xc0, 0x2f, 1, 0]);
        let extensions = [
            extension(0x1a1a, b""),
            extension(SERVER_NAME, b"\0\x09\0\0\x06a.test"),
            extension(PROTOCOLS, b"\0\x0c\x02h2\x08http/1.1"),
            extension(VERSIONS, b"\x06\x2a\x2a\x03\x04\x03\x03"),
        ]
        .concat();
        bytes.extend(length(&extensions));
        bytes.extend(extensions);
        bytes
    }

    /// A ServerHello.
    pub(crate) fn server(version: Option<u16>, protocol: Option<&[u8]>) -> Vec<u8> {
        let mut bytes = vec![3, 3];
        bytes.extend([9; 32]);
        bytes.extend([0, 0x13, 2, 0]);
        let version = version.map(|version| extension(VERSIONS, &version.to_be_bytes()));
        let protocol =
            protocol.map(|list| extension(PROTOCOLS, &[&length(list)[..], list].concat()));
        let extensions = [version, protocol].into_iter().flatten().collect::<Vec<_>>().concat();
        if !extensions.is_empty() {
            bytes.extend(length(&extensions));
            bytes.extend(extensions);
        }
        bytes
    }

    #[test]
    fn what_a_client_offers() {
        let hello = ClientHello::parse(&client(), client().len()).unwrap();
        assert_eq!(hello.server_name.as_deref(), Some("a.test"));
        assert_eq!(hello.protocols, ["h2", "http/1.1"]);
        assert_eq!(hello.versions, [Version::TLS_1_3, Version::TLS_1_2]);
        assert_eq!((hello.ciphers, hello.whole), (2, true));
    }

    #[test]
    fn of_a_hello_that_is_cut_only_what_is_there_is_known() {
        let all = client();
        for kept in 0..all.len() {
            let hello = ClientHello::parse(&all[..kept], all.len());
            if kept < 45 {
                assert_eq!(hello, None, "{kept}");
                continue;
            }
            let hello = hello.unwrap();
            assert!(!hello.whole, "{kept}");
            assert_eq!(hello.server_name.is_some(), kept >= 45 + 2 + 4 + 15, "{kept}");
        }
        assert_eq!(ClientHello::parse(&all[..60], all.len()).unwrap().versions, [], "unknown");
    }

    #[test]
    fn what_a_server_chose() {
        let read = |bytes: &[u8]| ServerHello::parse(bytes, bytes.len()).unwrap();
        let newest = read(&server(Some(0x0304), None));
        assert_eq!((newest.version, newest.cipher), (Some(Version::TLS_1_3), 0x1302));
        let older = read(&server(None, Some(b"\x02h2")));
        assert_eq!(
            (older.version, older.protocol.as_deref()),
            (Some(Version::TLS_1_2), Some("h2"))
        );
        let bare = read(&server(None, None));
        assert_eq!((bare.version, bare.whole, bare.retry), (Some(Version::TLS_1_2), true, false));
        let mut retry = server(Some(0x0304), None);
        retry[2..34].copy_from_slice(&RETRY);
        assert!(read(&retry).retry);
        let cut = server(Some(0x0304), None);
        let hello = ServerHello::parse(&cut[..40], cut.len()).unwrap();
        assert_eq!((hello.version, hello.cipher), (None, 0x1302), "not 1.2, because it may be 1.3");
    }

    #[test]
    fn hellos_that_do_not_fit() {
        let all = client();
        let changed = |at: usize, to: u8| {
            let mut bytes = all.clone();
            bytes[at] = to;
            ClientHello::parse(&bytes, bytes.len())
        };
        assert_eq!(changed(0, 4), None, "version");
        assert_eq!(changed(34, 33), None, "session");
        assert_eq!(changed(36, 5), None, "half a cipher suite");
        assert_eq!(changed(44, 1), None, "no method of compression that there has to be");
        assert_eq!(changed(46, 0xff), None, "extensions that are longer than the message");
        assert_eq!(ClientHello::parse(&all[..all.len() - 1], all.len() - 1), None);
    }
}
