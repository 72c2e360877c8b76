//! Why packets can't be seen or sent.

use std::borrow::Cow;
use std::io;

/// The kernel refused a step on the way to packets.
#[derive(Debug, thiserror::Error)]
#[error("{step}: {source}")]
#[non_exhaustive]
pub struct WireRefusal {
    /// The system call and what it was called on: `setsockopt PACKET_RX_RING`; of rtnetlink, the
    /// message: `RTM_NEWLINK veth eth0 with peer w3`.
    pub step: Cow<'static, str>,
    /// What the kernel answered. `EPERM` at `socket AF_PACKET` means that the process has no
    /// `CAP_NET_RAW` in its network namespace, `packet(7)`.
    pub source: io::Error,
}

impl WireRefusal {
    pub(crate) fn new(step: impl Into<Cow<'static, str>>, source: impl Into<io::Error>) -> Self {
        Self { step: step.into(), source: source.into() }
    }
}
