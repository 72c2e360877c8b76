//! What all stages from the rows on read: the conversations, the columns, the frames.

use socklab_event::Call;
use socklab_flows::{Flows, Position, Transfer};

use super::cast::Cast;
use crate::options::Options;

/// The input of these stages.
pub(crate) struct Scene<'a, 't> {
    pub(crate) flows: &'a Flows<'t>,
    pub(crate) cast: &'a Cast,
    pub(crate) options: &'a Options,
    /// The positions of the events that are drawn, in order.
    pub(crate) shown: &'a [Position],
}

impl Scene<'_, '_> {
    /// True if the call at `at` waited: it took long enough, or it is an `accept` that started
    /// before the `connect` that it accepted.
    pub(crate) fn waited(&self, at: Position, call: &Call) -> bool {
        self.options.waited(call) || self.awaited_connect(at, call).unwrap_or(false)
    }

    /// The last frame in the drawing that reached the caller of `at`, on its connection, before the
    /// call returned.
    pub(crate) fn frame_before(&self, at: Position) -> Option<Position> {
        let connection = self.flows.connection_at(at)?;
        let first = self.flows.connections[connection].ends[0].socket;
        let other_side = usize::from(first == self.flows.socket_at(at));
        let frames = self.flows.frames.sent_by(connection, other_side).iter().rev();
        frames.copied().find(|frame| *frame < at && self.is_shown(*frame))
    }

    /// The frame in the drawing that carried the last byte of a message, unless the message had a
    /// frame of its own.
    pub(crate) fn carrier(&self, transfer: &Transfer) -> Option<Position> {
        self.flows.frames.last_byte(transfer).filter(|frame| self.is_shown(*frame))
    }

    fn is_shown(&self, at: Position) -> bool {
        self.shown.binary_search(&at).is_ok()
    }

    fn awaited_connect(&self, at: Position, call: &Call) -> Option<bool> {
        let connection = self.flows.connections.get(self.flows.connection_at(at)?)?;
        let connect = self.flows.call(connection.connected?)?;
        Some(connection.accepted == Some(at) && call.began < connect.began)
    }
}
