//! Sends into a connection that the peer has already closed.

use socklab_event::{Call, Errno};
use socklab_flows::{ConnectionKind, Position};
use socklab_say::{count, duration};

use super::arrived;
use crate::case::{Case, Occurrence, is_tcp};

/// A send that succeeded although the peer had closed before: nobody will read it. The sender learns
/// that only later, from a reset or from the end of the stream. This is what becomes of a request
/// on a kept connection whose server has given it up meanwhile (RFC 9112 §9.5).
pub(super) fn after_the_end(case: &Case<'_>) -> Vec<Occurrence> {
    let connections = case.flows.connections.iter().enumerate();
    let streams = connections.filter(|(_, one)| one.kind == ConnectionKind::Stream);
    let streams = streams.filter(|(index, _)| !arrived::is_cut_by_rule(case, *index));
    let both = streams.filter_map(|(_, one)| Some([one.ends[0].socket?, one.ends[1].socket?]));
    let found =
        both.flat_map(|[one, other]| [(one, other), (other, one)]).filter_map(|(own, peer)| {
            let whole = own != peer && case.is_whole(own) && case.is_whole(peer);
            let closed = case.flows.holders.last_close(peer).filter(|_| whole)?;
            if case.is_leaving(case.thread(closed).0, closed) {
                return None;
            }
            let gone = case.call(closed).map_or(case.flows.order[closed].at, |call| call.ended);
            let sent = first_send(case, own, gone)?;
            let noticed = notices(case, own, sent)?;
            let call = case.call(sent)?;
            // The RST that told it, if packets were recorded.
            let told = case.flows.ties.waker(noticed);
            let finding = Occurrence::at(sent).and([closed, noticed]).and(told);
            let finding = finding.with("sent", count(call.sent()?));
            let late = duration(call.began.saturating_sub(gone));
            Some(finding.with("peer", case.program(closed)).with("time", late))
        });
    found.collect()
}

/// The first send on a socket that began after a moment and succeeded, unless the program had read
/// the end of the stream by then: it knew what it did.
fn first_send(case: &Case<'_>, socket: usize, after: u64) -> Option<Position> {
    for &at in &case.flows.sockets[socket].calls {
        let Some(call) = case.call(at).filter(|call| is_tcp(call)) else { continue };
        if case.flows.closing_at(at).is_some() || is_broken(call) {
            return None;
        }
        if call.began >= after && call.sent().is_some_and(|total| total > 0) {
            return Some(at);
        }
    }
    None
}

/// What told the sender: an error, or the end of the stream without an answer.
fn notices(case: &Case<'_>, socket: usize, sent: Position) -> Option<Position> {
    let calls = case.flows.sockets[socket].calls.iter().copied().filter(|at| *at > sent);
    let mut calls = calls.filter_map(|at| Some((at, case.call(at)?)));
    calls
        .find(|(at, call)| case.flows.closing_at(*at).is_some() || is_broken(call))
        .map(|(at, _)| at)
}

fn is_broken(call: &Call) -> bool {
    let dead = [Errno::ECONNRESET, Errno::EPIPE].map(Some);
    (call.sends() || call.receives()) && dead.contains(&call.error())
}

#[cfg(test)]
mod tests {
    use socklab_event::{Process, Shutdown, Signal};
    use socklab_timelines::{Sock, Story, got, offered, scenes};

    use super::super::explained::{rules, text_of};

    fn told(tell: impl FnOnce(&mut Story, Sock, Sock)) -> socklab_event::Timeline {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        story.send(near, "first");
        story.recv(far, "first");
        story.send(far, "answer");
        story.recv(near, "answer");
        tell(&mut story, near, far);
        story.build()
    }

    fn has(timeline: &socklab_event::Timeline) -> bool {
        rules(timeline).contains(&"sent-after-close")
    }

    #[test]
    fn a_request_on_a_connection_that_was_given_up() {
        let timeline = told(|story, near, far| {
            story.close(far);
            story.wait(200).send(near, "second");
            story.fail(near, "recvfrom", got(9, b""), 104);
        });
        let text = text_of(&timeline, "sent-after-close");
        assert!(text.contains("200 ms") && text.contains('6') && text.contains("server"), "{text}");
        let ended = told(|story, near, far| {
            story.close(far);
            story.send(near, "second");
            story.recv(near, "");
        });
        assert!(has(&ended), "the end came instead of an answer");
    }

    #[test]
    fn a_peer_that_still_reads_is_not_gone() {
        let has = |timeline: &_| rules(timeline).contains(&"sent-after-close");
        assert!(!has(&told(|story, near, far| {
            story.shutdown(far, Shutdown::WR);
            story.send(near, "second");
            story.recv(far, "second");
            story.recv(near, "");
        })));
        assert!(
            !has(&told(|story, near, far| {
                let child = story.fork(far.who);
                story.close(far);
                story.send(near, "second");
                story.recv(far.by(child), "second");
                story.close(far.by(child));
                story.recv(near, "");
            })),
            "another descriptor is open"
        );
        assert!(
            !has(&told(|story, near, far| {
                story.send(near, "second");
                story.close(far);
                story.fail(near, "recvfrom", got(9, b""), 104);
            })),
            "the send came first"
        );
    }

    #[test]
    fn whoever_knew_of_the_end_or_never_noticed_needs_no_explanation() {
        assert!(!has(&told(|story, near, far| {
            story.close(far);
            story.recv(near, "");
            story.send(near, "second");
            story.fail(near, "sendto", offered(b"third"), 32);
        })));
        assert!(!has(&told(|story, near, far| {
            story.close(far);
            story.send(near, "bye");
            story.close(near);
        })));
        assert!(!has(&told(|story, near, far| {
            story.process(far.who, Process::EndedByRecorder { signal: Signal(15) });
            story.closed_at_exit(far);
            story.send(near, "second");
            story.recv(near, "");
        })));
    }
}
