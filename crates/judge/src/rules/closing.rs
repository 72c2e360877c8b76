//! How connections end: orderly, half-closed, or by force.

use socklab_event::{Args, Call, Shutdown};
use socklab_flows::Position;
use socklab_say::count;

use super::{arrived, resets};
use crate::case::{Case, Occurrence, address_text, is_tcp};

/// The call with which a socket's end closed before the other end did. `None` unless both ends were
/// recorded: for a peer outside the recording, only its FIN would show that.
pub(super) fn closed_first(case: &Case<'_>, connection: usize, socket: usize) -> Option<Position> {
    let other = case.flows.other_end(connection, Some(socket)).socket?;
    let closing = |socket: usize| {
        let mut calls = case.flows.sockets[socket].calls.iter().copied();
        let shut = calls.clone().find(|at| case.call(*at).is_some_and(Call::ends_sending));
        // With several descriptors, only the last close closes the connection.
        shut.or_else(|| calls.rfind(|at| case.call(*at).is_some_and(Call::is_close)))
    };
    let own = closing(socket)?;
    closing(other).is_none_or(|close| own < close).then_some(own)
}

pub(super) fn end_of_stream(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.flows.closings.iter().filter_map(|closing| {
        let socket = case.flows.socket_at(closing.seen)?;
        let connection = case.flows.connection_at(closing.seen)?;
        let other = case.flows.other_end(connection, Some(socket));
        let peer = match closing.closed {
            Some(closed) => case.program(closed),
            None => other.address.as_ref().map(address_text)?,
        };
        let fin = arrived::fin(case, connection, case.flows.other_side(connection, Some(socket)));
        Some(Occurrence::at(closing.seen).and(closing.closed).and(fin).with("peer", peer))
    });
    found.collect()
}

/// True if one end cut the connection: after a reset there is no TIME_WAIT.
fn was_cut(case: &Case<'_>, connection: usize) -> bool {
    let ends = case.flows.connections[connection].ends.each_ref().map(|end| end.socket);
    let by_rule = arrived::is_cut_by_rule(case, connection);
    by_rule
        || ends.into_iter().flatten().any(|socket| {
            let learned = case.cut_before(socket, case.flows.order.len()).is_some();
            learned || resets::sent_reset(case, connection, socket).is_some()
        })
}

/// The server's end closed first, and the other end closed too, both in order: then the server's
/// kernel is in TIME_WAIT (RFC 9293 §3.6).
pub(super) fn server_first(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.flows.connections.iter().enumerate().filter_map(|(index, connection)| {
        let accepted = connection.accepted?;
        let socket = connection.ends[1].socket?;
        let close = closed_first(case, index, socket)?;
        is_tcp(case.call(close)?).then_some(())?;
        let other = connection.ends[0].socket?;
        let both = case.closed(socket)?.max(case.closed(other)?);
        // What is sent to a closed socket is answered with a reset.
        let spoke = case
            .before(other, both)
            .any(|(at, call)| at > close && call.sent().is_some_and(|total| total > 0));
        let whole = case.is_whole(socket) && case.is_whole(other);
        if spoke || !whole || was_cut(case, index) {
            return None;
        }
        // Where packets were recorded: TIME_WAIT begins when both FINs have arrived.
        let fins = [1, 0].map(|side| arrived::fin(case, index, side));
        if case.flows.ties.has(index) && fins.contains(&None) {
            return None;
        }
        let port = connection.ends[1].address.as_ref()?.port()?;
        let finding =
            Occurrence::at(close).and(fins.into_iter().flatten()).with("port", u64::from(port));
        Some(finding.with("server", case.program(accepted)))
    });
    found.collect()
}

pub(super) fn half_close(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.calls().filter_map(|(at, call)| {
        let Args::Shutdown { how: Shutdown::WR } = call.args else { return None };
        call.value()?;
        let socket = case.socket(at)?;
        let later = socket.calls.iter().copied().filter(|later| *later > at);
        let got = later.into_iter().find(|later| {
            let call = case.call(*later);
            call.and_then(Call::received).is_some_and(|total| total > 0)
        });
        Some(Occurrence::at(at).and([got?]).with("program", case.program(at)))
    });
    found.collect()
}

/// The end of the stream, read over and over: each further read returns 0 again, immediately.
pub(super) fn end_ignored(case: &Case<'_>) -> Vec<Occurrence> {
    const REPEATED_READS: usize = 3;
    let found = case.flows.sockets.iter().filter_map(|socket| {
        let ends = socket.calls.iter().copied().filter(|at| {
            case.call(*at).is_some_and(|call| is_tcp(call) && call.is_end_of_stream())
        });
        let ends: Vec<Position> = ends.collect();
        let (first, last) = (*ends.first()?, *ends.last()?);
        // The end must be the peer's: not one's own shutdown, nor what follows a reset.
        let deaf = ends.iter().any(|at| case.flows.deaf_at(*at).is_some());
        let one_thread = ends.iter().all(|at| case.thread(*at) == case.thread(first));
        if deaf || !one_thread {
            return None;
        }
        let call = case.call(first)?.library_name().to_owned();
        let finding = Occurrence::at(first).and([last]).with("program", case.program(first));
        let finding = finding.with("times", count(ends.len() as u64)).with("call", call);
        (ends.len() >= REPEATED_READS).then_some(finding)
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use socklab_timelines::{Story, scenes};

    use super::super::explained::{rules, text_of};
    use super::*;

    fn with_pair(
        tell: impl FnOnce(&mut Story, socklab_timelines::Sock, socklab_timelines::Sock),
    ) -> socklab_event::Timeline {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        tell(&mut story, near, far);
        story.build()
    }

    #[test]
    fn an_end_of_stream_names_its_cause() {
        let timeline = scenes::split_and_coalesced();
        assert!(text_of(&timeline, "end-of-stream").contains("client"));
        let half = with_pair(|story, near, far| {
            story.shutdown(near, Shutdown::WR);
            story.recv(far, "");
            story.send(far, "still here");
            story.recv(near, "still here");
        });
        assert!(rules(&half).contains(&"half-close"));
        assert!(!rules(&timeline).contains(&"half-close"));
    }

    #[test]
    fn an_end_after_ones_own_shutdown_is_not_the_peers() {
        let shut_down = with_pair(|story, near, _| {
            story.shutdown(near, Shutdown::RD);
            story.recv(near, "");
        });
        assert!(!rules(&shut_down).contains(&"end-of-stream"));
    }

    #[test]
    fn an_end_read_repeatedly() {
        let read = |times: usize| {
            with_pair(|story, near, far| {
                story.close(near);
                for _ in 0..times {
                    story.recv(far, "");
                }
            })
        };
        assert!(text_of(&read(500), "end-ignored").contains("500"));
        assert!(rules(&read(3)).contains(&"end-ignored"));
        assert!(!rules(&read(2)).contains(&"end-ignored"));
    }

    #[test]
    fn the_end_that_closes_first_keeps_time_wait() {
        assert!(rules(&scenes::upper_tcp()).contains(&"server-closed-first"));
        assert!(!rules(&scenes::threaded()).contains(&"server-closed-first"));
    }

    #[test]
    fn with_several_descriptors_the_last_close_counts() {
        let by_server = |server_last: bool| {
            let mut story = Story::new();
            let (near, far) = scenes::tcp_pair(&mut story);
            let child = story.fork(far.who);
            story.close(far);
            if server_last {
                story.close(near);
            }
            story.close(far.by(child));
            if !server_last {
                story.close(near);
            }
            rules(&story.build()).contains(&"server-closed-first")
        };
        assert!(by_server(false));
        assert!(!by_server(true), "its first close left the child's descriptor open");
    }
}
