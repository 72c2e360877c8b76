//! What the bytes of a connection are, from the first one on.
//!
//! The two directions of a connection are read together: a response has a body or none, depending on
//! the request; a server's HTTP/2 frames follow a client's preface. Where the recording has a gap that
//! hides how long something is, nothing behind it is named.

mod content;
mod dns;
mod http;
mod http2;
mod tls;

use std::ops::Range;

pub use content::Content;

use crate::http2::Frame;
use crate::tls::{Alert, Handshake, Version};

/// A piece of a stream that is one thing: a header, a body, a record, a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unit {
    /// Its bytes, as offsets in this direction of the stream. The last may never have been sent.
    pub bytes: Range<u64>,
    /// How many of them only say what the others are, and how many those are.
    pub header: u64,
    /// What it is.
    pub what: What,
}

/// What a piece of a stream is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// The start line and the header of an HTTP/1 request.
    Request {
        /// The method.
        method: String,
        /// The target.
        target: String,
        /// The digit behind `HTTP/1.`.
        minor: u8,
    },
    /// The start line and the header of an HTTP/1 response.
    Response {
        /// The status.
        status: u16,
        /// The words behind it, often none.
        reason: String,
        /// The digit behind `HTTP/1.`.
        minor: u8,
    },
    /// The body of an HTTP/1 message; its bytes are as on the wire.
    Body {
        /// True if it comes in chunks.
        chunked: bool,
        /// True if only the end of the stream ends it.
        until_end: bool,
    },
    /// A TLS record.
    Tls(Record),
    /// The preface of an HTTP/2 client.
    Preface,
    /// An HTTP/2 frame.
    Frame(Frame),
    /// A message to or from a name server, with its length before it (RFC 1035 §4.2.2).
    Dns(crate::dns::Message),
}

/// What a TLS record is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Record {
    /// Messages of the handshake, in the clear. `None` for the rest of one that began before.
    Handshake(Vec<Option<Handshake>>),
    /// An alert in the clear.
    Alert(Alert),
    /// What comes from this end is encrypted from here on (TLS 1.2); in TLS 1.3 it means nothing
    /// (RFC 8446 §D.4).
    ChangeCipherSpec,
    /// Encrypted.
    Encrypted {
        /// How many bytes, as on the wire.
        length: u16,
        /// What the header says that it is; in TLS 1.3 that is always application data, whatever it is.
        kind: crate::tls::Kind,
        /// The version in use, if it is known.
        version: Option<Version>,
    },
    /// In the clear or not: what it is was not recorded.
    Unknown(crate::tls::Kind),
}

/// What is read of the two directions of one connection, first that of the end that asked for it.
pub fn read(contents: [&Content; 2]) -> [Vec<Unit>; 2] {
    let [client, server] = contents;
    if let Some(both) = tls::read(client, server) {
        return both;
    }
    if http2::begins(client) {
        let mut both = [Vec::new(), Vec::new()];
        http2::client(client, 0, &mut both[0]);
        http2::server(server, 0, &mut both[1]);
        return both;
    }
    if let Some(both) = dns::read(client, server) {
        return both;
    }
    http::read(client, server)
}

/// True if a stream that begins so may be one of those that [`read`] knows; most are not.
pub fn may_begin(bytes: &[u8]) -> bool {
    let is_line = bytes.first().is_some_and(u8::is_ascii_alphabetic);
    let is_record = bytes.first() == Some(&0x16) || bytes.first() == Some(&0x15);
    // A message over TCP is shorter than 4 KiB, and has an identifier, flags and a count behind its length.
    let is_dns = bytes.first().is_some_and(|high| *high < 16);
    // The first frame of a server is SETTINGS, whose length begins with a zero byte.
    is_line || is_record || is_dns
}

#[cfg(test)]
mod tests;
