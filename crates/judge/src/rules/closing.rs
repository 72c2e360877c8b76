//! How connections end: orderly, half-closed, or by force.

use std::collections::HashMap;

use socklab_event::{Args, Call, Errno, Shutdown};
use socklab_flows::Position;
use socklab_say::count;

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
    // After shutting down its receiving half, a program reads an end whatever the peer does.
    let shut_down: HashMap<usize, Position> = case
        .calls()
        .filter(|(_, call)| call.ends_receiving())
        .filter_map(|(at, _)| Some((case.flows.socket_at(at)?, at)))
        .collect();
    let found = case.flows.closings.iter().filter_map(|closing| {
        let socket = case.flows.socket_at(closing.seen)?;
        if shut_down.get(&socket).is_some_and(|shut| *shut < closing.seen) {
            return None;
        }
        let connection = case.flows.connection_at(closing.seen)?;
        let other = case.flows.other_end(connection, Some(socket));
        let peer = match closing.closed {
            Some(closed) => case.program(closed),
            None => other.address.as_ref().map(address_text)?,
        };
        Some(Occurrence::at(closing.seen).and(closing.closed).with("peer", peer))
    });
    found.collect()
}

pub(super) fn reset(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.failed(Errno::ECONNRESET).map(|(at, call)| {
        let connection = case.flows.connection_at(at);
        let other =
            connection.and_then(|one| case.flows.other_end(one, case.flows.socket_at(at)).socket);
        let close =
            other.and_then(|other| case.before(other, at).rfind(|(_, call)| call.is_close()));
        Occurrence::at(at).and(close.map(|(at, _)| at)).with("call", call.library_name().to_owned())
    });
    found.collect()
}

/// The program's own `shutdown` of the sending half before a position.
fn own_shutdown(case: &Case<'_>, at: Position) -> Option<Position> {
    let socket = case.flows.socket_at(at)?;
    let shut = case.before(socket, at).find(|(_, call)| call.ends_sending());
    shut.map(|(at, _)| at)
}

fn broken<'c>(case: &'c Case<'_>) -> impl Iterator<Item = (Position, u64)> + use<'c> {
    // A listening socket was never connected: that is a different mistake.
    let broken =
        case.failed(Errno::EPIPE).filter(|(at, call)| call.sends() && case.listens(*at).is_none());
    broken.map(|(at, call)| (at, u64::try_from(call.fd.unwrap_or(0)).unwrap_or(0)))
}

pub(super) fn send_after_shutdown(case: &Case<'_>) -> Vec<Occurrence> {
    let found = broken(case).filter_map(|(at, fd)| {
        let shut = own_shutdown(case, at)?;
        Some(Occurrence::at(at).and([shut]).with("fd", fd))
    });
    found.collect()
}

pub(super) fn broken_pipe(case: &Case<'_>) -> Vec<Occurrence> {
    let found = broken(case).filter(|(at, _)| own_shutdown(case, *at).is_none());
    found.map(|(at, fd)| Occurrence::at(at).with("fd", fd)).collect()
}

/// Closed while bytes were still unread: the kernel then sends RST.
pub(super) fn unread(case: &Case<'_>) -> Vec<Occurrence> {
    let mut sent: HashMap<usize, Vec<(Position, u64)>> = HashMap::new();
    for transfer in &case.flows.transfers {
        sent.entry(transfer.from).or_default().push((transfer.sent, transfer.total));
    }
    let both_ways = case.flows.connections.iter().flat_map(|connection| {
        let [one, other] = connection.ends.each_ref().map(|end| end.socket);
        [(one, other), (other, one)]
    });
    let found = both_ways.filter_map(|(own, other)| {
        let (own, sent) = (own?, sent.get(&other?)?);
        let close = case.flows.sockets[own].last()?;
        let call = case.call(close)?;
        if !call.is_close() || !is_tcp(call) {
            return None;
        }
        let sum = |sum: u64, total: u64| sum.saturating_add(total);
        let sent = sent.iter().filter(|(at, _)| *at < close).map(|(_, total)| *total);
        let read = case.before(own, close).filter_map(|(_, call)| call.received());
        let unread = sent.fold(0, sum).checked_sub(read.fold(0, sum))?;
        let finding = Occurrence::at(close).with("unread", count(unread));
        (unread > 0).then(|| finding.with("program", case.program(close)))
    });
    found.collect()
}

pub(super) fn server_first(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.flows.connections.iter().enumerate().filter_map(|(index, connection)| {
        let accepted = connection.accepted?;
        let socket = connection.ends[1].socket?;
        let close = closed_first(case, index, socket)?;
        is_tcp(case.call(close)?).then_some(())?;
        // After a reset there is no TIME_WAIT.
        let reset = [Some(socket), connection.ends[0].socket].into_iter().flatten().any(|socket| {
            let calls = &case.flows.sockets[socket].calls;
            calls
                .iter()
                .filter_map(|at| case.call(*at))
                .any(|call| [Some(Errno::ECONNRESET), Some(Errno::EPIPE)].contains(&call.error()))
        });
        let port = connection.ends[1].address.as_ref()?.port()?;
        let finding = Occurrence::at(close).with("port", u64::from(port));
        (!reset).then(|| finding.with("server", case.program(accepted)))
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
        let finding = Occurrence::at(first).and([last]).with("program", case.program(first));
        let finding = finding.with("times", count(ends.len() as u64));
        (ends.len() >= REPEATED_READS).then_some(finding)
    });
    found.collect()
}

pub(super) fn timed_out(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.failed(Errno::ETIMEDOUT).filter(|(_, call)| call.sends() || call.receives());
    found
        .map(|(at, call)| Occurrence::at(at).with("call", call.library_name().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use socklab_timelines::{Story, got, offered, scenes};

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
    fn forced_ends() {
        let timeline = with_pair(|story, near, far| {
            story.send(near, "unread");
            story.close(far);
            story.fail(near, "recvfrom", got(10, b""), 104);
            story.fail(near, "sendto", offered(b"more"), 32);
        });
        let found = rules(&timeline);
        for rule in ["close-unread", "connection-reset", "broken-pipe"] {
            assert!(found.contains(&rule), "{rule} not in {found:?}");
        }
        assert!(!found.contains(&"server-closed-first"));
        assert!(text_of(&timeline, "close-unread").contains('6'));
    }

    #[test]
    fn a_programs_own_shutdown_breaks_the_pipe_too() {
        let timeline = with_pair(|story, near, _| {
            story.shutdown(near, Shutdown::WR);
            story.fail(near, "sendto", offered(b"more"), 32);
        });
        assert!(rules(&timeline).contains(&"send-after-shutdown"));
        assert!(!rules(&timeline).contains(&"broken-pipe"));
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

    #[test]
    fn a_connection_can_time_out() {
        let timeline = with_pair(|story, near, _| {
            story.fail(near, "recvfrom", got(10, b""), 110);
        });
        assert!(rules(&timeline).contains(&"connection-timed-out"));
    }
}
