//! Which messages' bytes a frame carries.

use std::ops::Range;

use super::Wire;
use super::tie::Carried;
use crate::{ConnectionKind, NumberMap};

/// The messages of each direction of a stream, in the order of their bytes.
#[derive(Debug, Default)]
pub(super) struct Messages {
    of: NumberMap<(usize, usize), Vec<usize>>,
}

impl Messages {
    pub(super) fn of(wire: &Wire<'_, '_>) -> Self {
        let mut of: NumberMap<(usize, usize), Vec<usize>> = NumberMap::default();
        for (index, transfer) in wire.transfers.iter().enumerate() {
            let Some(number) = transfer.connection else { continue };
            let connection = &wire.connections[number];
            if connection.kind != ConnectionKind::Stream || !wire.is_whole(transfer.from) {
                continue;
            }
            let side = usize::from(connection.ends[0].socket != Some(transfer.from));
            of.entry((number, side)).or_default().push(index);
        }
        for messages in of.values_mut() {
            messages.sort_by_key(|index| wire.transfers[*index].start);
        }
        Self { of }
    }

    /// The messages whose bytes are in this part of the stream.
    pub(super) fn carried(
        &self,
        wire: &Wire<'_, '_>,
        connection: Option<usize>,
        side: usize,
        bytes: &Range<u64>,
    ) -> Vec<Carried> {
        let messages = connection.and_then(|connection| self.of.get(&(connection, side)));
        let messages = messages.map_or(&[][..], Vec::as_slice);
        let end = |index: &usize| {
            let transfer = &wire.transfers[*index];
            transfer.start.saturating_add(transfer.total)
        };
        let from = messages.partition_point(|index| end(index) <= bytes.start);
        let then = messages[from..].iter();
        let inside = then.take_while(|index| wire.transfers[**index].start < bytes.end);
        let carried = inside.filter(|index| wire.transfers[**index].total > 0).map(|index| {
            let transfer = &wire.transfers[*index];
            let first = bytes.start.max(transfer.start) - transfer.start;
            let last = bytes.end.min(end(index)) - transfer.start;
            Carried { transfer: *index, sent: transfer.sent, bytes: first..last }
        });
        carried.collect()
    }
}
