//! The transports whose sockets the kernel lists by port.

use rustix::net::SocketType;

/// A transport that has ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// TCP, RFC 9293.
    Tcp,
    /// UDP, RFC 768.
    Udp,
}

impl Transport {
    pub(crate) fn socket_type(self) -> SocketType {
        match self {
            Self::Tcp => SocketType::STREAM,
            Self::Udp => SocketType::DGRAM,
        }
    }
}
