//! What the threads of one server share.

use std::sync::Arc;

use super::config::Config;
use super::event::Reporter;
use crate::readiness::Latch;

/// One server's service, settings, stop latch and event reporter.
pub(super) struct Shared<B> {
    pub(super) behaviour: B,
    pub(super) config: Config,
    /// Set when the server is to stop.
    pub(super) latch: Arc<Latch>,
    pub(super) reporter: Reporter,
}
