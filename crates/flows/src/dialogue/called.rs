//! What was said, from the calls of one end or of both.

use socklab_event::Call;

use super::known::{Gap, Known, Piece};
use super::{Dialogue, DialogueKind, Dialogues, Said};
use crate::{Position, Transfer};

impl<'t> Dialogues<'_, 't> {
    pub(super) fn called(&self, dialogue: &Dialogue, connection: usize) -> Vec<Said<'t>> {
        let to_itself = self.flows.connections[connection].is_to_itself();
        let sides = if to_itself { 1 } else { 2 };
        let said = |side: usize| match dialogue.ends[side].socket {
            Some(socket) => self.sent(dialogue, connection, side, socket),
            None => self.received(dialogue, connection, side),
        };
        (0..sides).flat_map(said).collect()
    }

    /// What an end sent whose calls were recorded.
    fn sent(
        &self,
        dialogue: &Dialogue,
        connection: usize,
        side: usize,
        socket: usize,
    ) -> Vec<Said<'t>> {
        let transfers = self.sent.get(&connection).map_or(&[][..], Vec::as_slice);
        let own = transfers.iter().copied().map(|index| (index, &self.flows.transfers[index]));
        let mut own: Vec<_> = own.filter(|(_, transfer)| transfer.from == socket).collect();
        if dialogue.kind == DialogueKind::Stream {
            own.sort_by_key(|(_, transfer)| transfer.start);
        }
        let mut start = 0_u64;
        let said = own.into_iter().map(|(index, transfer)| {
            let (known, why) = self.known(dialogue.kind, index, transfer);
            let total = transfer.total;
            let pieces = known.pieces(0, total, why);
            let one = Said { side, at: transfer.sent, start, total, pieces };
            start = start.saturating_add(total);
            one
        });
        said.collect()
    }

    /// What is known of a message, by the offset in it: from the call that sent it, the reads that got
    /// it and the frames that carried it.
    fn known(&self, kind: DialogueKind, index: usize, transfer: &Transfer) -> (Known<'t>, Gap) {
        let flows = self.flows;
        let mut known = Known::default();
        let Some(call) = flows.call(transfer.sent) else { return (known, Gap::Limit) };
        let mut messages = call.messages();
        let why = if messages.is_empty() { Gap::Unseen } else { Gap::Limit };
        if kind == DialogueKind::Messages {
            messages = messages.get(transfer.message).copied().into_iter().collect();
        }
        let mut at = 0_u64;
        for message in messages {
            known.add(at, message.bytes.moved());
            at = at.saturating_add(message.bytes.total);
        }
        for part in &transfer.parts {
            let Some(read) = flows.call(part.received) else { continue };
            if kind == DialogueKind::Messages {
                let length = part.bytes.end - part.bytes.start;
                let sent = known.clone().pieces(0, transfer.total, why);
                let mut got = read.messages().into_iter().map(|got| got.bytes);
                let got = got.find(|got| got.total == length && agrees(got.moved(), &sent));
                got.into_iter().for_each(|got| known.add(part.bytes.start, got.moved()));
                continue;
            }
            // What the read got before this part, it got of earlier messages.
            let mut before = 0_u64;
            for (other, place) in flows.got_at(part.received) {
                let taken = &flows.transfers[*other].parts[*place];
                if *other == index && taken.bytes == part.bytes {
                    break;
                }
                before = before.saturating_add(taken.bytes.end - taken.bytes.start);
            }
            fill(&mut known, part.bytes.start, read, before);
        }
        for &at in flows.ties.carriers(index) {
            let Some(tie) = flows.ties.of(at) else { continue };
            let Some(frame) = flows.order[at].frame() else { continue };
            let Some(headers) = &frame.headers else { continue };
            let mut before = 0_u64;
            for carried in &tie.carries {
                let length = carried.bytes.end - carried.bytes.start;
                if carried.transfer == index {
                    let from = usize::try_from(before).unwrap_or(usize::MAX);
                    let sample = headers.payload.sample.get(from..).unwrap_or_default();
                    let here = usize::try_from(length).unwrap_or(usize::MAX).min(sample.len());
                    known.add(carried.bytes.start, &sample[..here]);
                }
                before = before.saturating_add(length);
            }
        }
        (known, why)
    }

    /// What an end sent whose calls were not recorded, as the other one received it.
    fn received(&self, dialogue: &Dialogue, connection: usize, side: usize) -> Vec<Said<'t>> {
        let reader = dialogue.ends[1 - side].socket;
        let from = dialogue.ends[side].address.as_ref();
        let reads = self.got.get(&connection).map_or(&[][..], Vec::as_slice);
        let reads = reads.iter().filter(|at| self.flows.socket_at(**at) == reader);
        let mut said = Vec::new();
        let mut start = 0_u64;
        for &at in reads {
            let Some(call) = self.flows.call(at) else { continue };
            let total = call.received().unwrap_or(0);
            if dialogue.kind == DialogueKind::Stream {
                if total > 0 {
                    let mut known = Known::default();
                    fill(&mut known, 0, call, 0);
                    let unseen = call.messages().is_empty();
                    let why = if unseen { Gap::Unseen } else { Gap::Limit };
                    let pieces = known.pieces(0, total, why);
                    said.push(Said { side, at, start, total, pieces });
                    start = start.saturating_add(total);
                }
                continue;
            }
            for message in call.messages() {
                let other = message.address.zip(from);
                if other.is_some_and(|(got, from)| got.unmapped() != from.unmapped()) {
                    continue;
                }
                let mut known = Known::default();
                known.add(0, message.bytes.moved());
                let total = message.bytes.total;
                let pieces = known.pieces(0, total, Gap::Limit);
                said.push(Said { side, at, start, total, pieces });
                start = start.saturating_add(total);
            }
        }
        said.extend(self.unread(dialogue, connection, side, start, reader));
        said
    }

    /// What came of a stream and was never read, from the frames.
    fn unread(
        &self,
        dialogue: &Dialogue,
        connection: usize,
        side: usize,
        from: u64,
        reader: Option<usize>,
    ) -> Vec<Said<'t>> {
        let whole = reader.is_some_and(|one| self.flows.sockets[one].created.is_some());
        if dialogue.kind == DialogueKind::Messages || !whole {
            return Vec::new();
        }
        let frames: &[Position] = self.flows.ties.sent_by(connection, side);
        super::framed::stream(self.flows, side, frames, None, from)
    }
}

/// True if what was received begins as what is known of a message does.
fn agrees(got: &[u8], sent: &[Piece<'_>]) -> bool {
    let Some(Piece::Known(sent)) = sent.first() else { return true };
    let shared = got.len().min(sent.len());
    got[..shared] == sent[..shared]
}

/// Adds what a call received behind its first `before` bytes.
fn fill<'t>(known: &mut Known<'t>, at: u64, call: &'t Call, before: u64) {
    let mut offset = 0_u64;
    for message in call.messages() {
        let moved = message.bytes.moved();
        // Where this message begins, counted from where the part begins.
        match offset.checked_sub(before) {
            Some(behind) => known.add(at.saturating_add(behind), moved),
            None => {
                let skipped = usize::try_from(before - offset).unwrap_or(usize::MAX);
                known.add(at, moved.get(skipped..).unwrap_or_default());
            }
        }
        offset = offset.saturating_add(message.bytes.total);
    }
}
