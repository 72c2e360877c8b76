//! Why packets can't be seen or sent.

use std::io;

/// The kernel refused a step on the way to packets.
#[derive(Debug, thiserror::Error)]
#[error("{step}: {source}")]
#[non_exhaustive]
pub struct WireRefusal {
    /// The system call and what it was called on: `setsockopt PACKET_RX_RING`.
    pub step: &'static str,
    /// What the kernel answered. `EPERM` at `socket AF_PACKET` means that the process has no
    /// `CAP_NET_RAW` in its network namespace, `packet(7)`.
    pub source: io::Error,
}

impl WireRefusal {
    pub(crate) fn new(step: &'static str, source: impl Into<io::Error>) -> Self {
        Self { step, source: source.into() }
    }
}
