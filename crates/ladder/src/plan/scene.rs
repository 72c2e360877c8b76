//! What all stages from the rows on read: the conversations, the columns, the frames.

use socklab_event::Call;
use socklab_flows::{Flows, Position};

use super::cast::Cast;
use super::lookups::Lookups;
use super::stands::Stands;
use super::ways::Ways;
use crate::options::Options;

/// The input of these stages.
pub(crate) struct Scene<'a, 't> {
    pub(crate) flows: &'a Flows<'t>,
    pub(crate) cast: &'a Cast,
    pub(crate) options: &'a Options,
    pub(crate) ways: &'a Ways,
    pub(crate) stands: &'a Stands,
    pub(crate) lookups: &'a Lookups,
}

impl Scene<'_, '_> {
    /// True if the call at `at` waited: it took long enough, or it is an `accept` that started
    /// before the `connect` that it accepted.
    pub(crate) fn waited(&self, at: Position, call: &Call) -> bool {
        self.options.waited(call) || self.awaited_connect(at, call).unwrap_or(false)
    }

    fn awaited_connect(&self, at: Position, call: &Call) -> Option<bool> {
        let connection = self.flows.connections.get(self.flows.connection_at(at)?)?;
        let connect = self.flows.call(connection.connected?)?;
        Some(connection.accepted == Some(at) && call.began < connect.began)
    }
}
