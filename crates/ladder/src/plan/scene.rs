//! What every stage from the rows on reads: the conversations, the columns, the frames.

use socklab_event::Call;
use socklab_flows::{Flows, Position};

use super::cast::Cast;
use super::frames::Segments;
use crate::options::Options;

/// What every step needs.
pub(crate) struct Scene<'a, 't> {
    pub(crate) flows: &'a Flows<'t>,
    pub(crate) cast: &'a Cast,
    pub(crate) options: &'a Options,
    pub(crate) segments: &'a Segments,
}

impl Scene<'_, '_> {
    /// True if this call is one that waited: it took long, or it is an `accept` that had begun
    /// before the `connect` that let it return, however soon that came.
    pub(crate) fn waited(&self, at: Position, call: &Call) -> bool {
        self.options.waited(call) || self.awaited_connect(at, call).unwrap_or(false)
    }

    fn awaited_connect(&self, at: Position, call: &Call) -> Option<bool> {
        let connection = self.flows.connections.get(self.flows.connection_at(at)?)?;
        let connect = self.flows.call(connection.connected?)?;
        Some(connection.accepted == Some(at) && call.began < connect.began)
    }
}
