//! A stream has no message boundaries.

use socklab_event::Args;
use socklab_flows::{Position, Transfer};
use socklab_say::count;

use crate::case::{Case, Occurrence};
use crate::cut_short;

/// Messages on streams that needed more than one read.
fn split<'c>(
    case: &'c Case<'_>,
) -> impl Iterator<Item = (&'c Transfer, Position, Position)> + use<'c> {
    case.flows.transfers.iter().filter_map(|transfer| {
        let stream = case.flows.sockets[transfer.from].is_stream();
        match &transfer.parts[..] {
            // The first read must begin with the message: otherwise other messages determined its
            // size.
            [first, next, ..] if stream && first.bytes.start == 0 => {
                let alone = case.flows.got_at(first.received).len() == 1;
                alone.then_some((transfer, first.received, next.received))
            }
            _ => None,
        }
    })
}

fn filled(case: &Case<'_>, read: Position) -> Option<u64> {
    match case.call(read).map(|call| &call.args) {
        Some(Args::Recv { room, bytes, .. }) if bytes.total >= *room => Some(*room),
        _ => None,
    }
}

/// A read with room to spare got only part of what a single send sent.
pub(super) fn short_read(case: &Case<'_>) -> Vec<Occurrence> {
    let short = split(case).filter(|(_, read, _)| filled(case, *read).is_none());
    let found = short.map(|(transfer, read, next)| {
        let got = transfer.parts[0].bytes.end;
        Occurrence::at(read)
            .and([transfer.sent, next])
            .with("sent", count(transfer.total))
            .with("got", count(got))
    });
    found.collect()
}

/// The buffer was too small for the message; the rest waited for the next read.
pub(super) fn small_buffer(case: &Case<'_>) -> Vec<Occurrence> {
    // Where the rest was lost after all, another rule says so.
    let whole = split(case).filter(|(transfer, ..)| {
        transfer.parts.last().is_some_and(|part| part.bytes.end == transfer.total)
    });
    let found = whole.filter_map(|(transfer, read, next)| {
        let room = filled(case, read)?;
        let finding = Occurrence::at(read).and([transfer.sent, next]);
        Some(finding.with("sent", count(transfer.total)).with("room", count(room)))
    });
    found.collect()
}

pub(super) fn coalesced_read(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.calls().filter_map(|(at, call)| {
        let sources = case.flows.got_at(at);
        let stream = case.socket(at)?.is_stream();
        if !stream || sources.len() < 2 {
            return None;
        }
        let sends: Vec<Position> =
            sources.iter().map(|(transfer, _)| case.flows.transfers[*transfer].sent).collect();
        let got = call.received()?;
        let finding =
            Occurrence::at(at).with("messages", count(sends.len() as u64)).with("got", count(got));
        // A read may combine thousands of sends; the first few are evidence enough.
        Some(finding.and(sends.into_iter().take(4)))
    });
    found.collect()
}

pub(super) fn short_write(case: &Case<'_>) -> Vec<Occurrence> {
    let found = cut_short::of(case).filter(|cut| cut.is_never_sent(case) && !case.ran_on(cut.at));
    found.map(|cut| cut.found(Occurrence::at(cut.at))).collect()
}

pub(super) fn short_write_continued(case: &Case<'_>) -> Vec<Occurrence> {
    let found = cut_short::of(case)
        .filter_map(|cut| Some(cut.found(Occurrence::at(cut.at).and([cut.rest()?]))));
    found.collect()
}

#[cfg(test)]
mod tests {
    use socklab_event::{Bytes, Outcome};
    use socklab_timelines::{Story, offered, scenes};

    use super::super::explained::{rules, text_of};
    use super::*;

    #[test]
    fn split_and_coalesced_reads_are_distinguished() {
        let timeline = scenes::split_and_coalesced();
        assert!(text_of(&timeline, "buffer-too-small").contains("16"));
        assert!(text_of(&timeline, "coalesced-read").contains("14"));
        assert!(!rules(&timeline).contains(&"short-read"));
        assert!(!rules(&scenes::upper_tcp()).contains(&"buffer-too-small"));
    }

    #[test]
    fn a_read_with_room_can_be_short_too() {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        story.send(near, "0123456789");
        story.recv(far, "0123");
        story.recv(far, "456789");
        assert!(text_of(&story.build(), "short-read").contains('4'));
    }

    #[test]
    fn a_short_write_states_what_was_accepted() {
        let mut story = Story::new();
        let (near, _) = scenes::tcp_pair(&mut story);
        let mut args = offered(b"0123456789");
        if let Args::Send { bytes, .. } = &mut args {
            *bytes = Bytes::whole("012");
        }
        story.on(near, "sendto", args, Outcome::Value(3));
        assert!(text_of(&story.build(), "short-write").contains("3"));
    }
}
