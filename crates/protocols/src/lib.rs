//! What bytes mean in the protocols of a sockets course: HTTP/1, HTTP/2, TLS, DNS and NTP.
//!
//! Everything here is pure, and reads what nobody has a reason to trust. A reader says `None` rather
//! than guess: nothing is inferred from a port alone, and a piece of a stream is only named if the
//! stream fits the protocol from its first byte on ([`stream`]) or if the datagram is one as a whole
//! ([`datagram`]).
//!
//! | Module | Source |
//! |---|---|
//! | [`http`] | RFC 9112: start lines, fields |
//! | [`http2`] | RFC 9113: the connection preface, frames, error codes |
//! | [`tls`] | RFC 8446, RFC 5246, RFC 6066, RFC 7301: records, hellos, alerts |
//! | [`dns`] | RFC 1035 |
//! | [`ntp`] | RFC 5905 |
#![forbid(unsafe_code)]

mod bytes;
pub mod datagram;
pub mod dns;
pub mod http;
pub mod http2;
pub mod ntp;
pub mod stream;
pub mod tls;
