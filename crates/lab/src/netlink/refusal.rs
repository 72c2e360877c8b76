//! Why a link, an address or a route could not be set up.

use std::io;

/// The kernel refused a step of setting up a network.
#[derive(Debug, thiserror::Error)]
#[error("{step}: {source}")]
pub(crate) struct LinkRefusal {
    /// What was to be done, and to what: `RTM_NEWLINK veth eth0 with peer w3`.
    pub(crate) step: String,
    /// What the kernel answered.
    pub(crate) source: io::Error,
}

impl LinkRefusal {
    pub(crate) fn new(step: impl Into<String>, source: impl Into<io::Error>) -> Self {
        Self { step: step.into(), source: source.into() }
    }
}
