//! Edge-triggered epoll, which reports only news.

use socklab_event::{Args, Call};
use socklab_flows::Position;
use socklab_say::count;

use crate::case::{Case, Occurrence};
use crate::waits::watches_input;

/// A program registered a socket with `EPOLLET`, read part of what was there, and waits for the next
/// event, which does not come: what is left is not new (epoll(7)).
pub(super) fn not_drained(case: &Case<'_>) -> Vec<Occurrence> {
    let sockets = case.flows.sockets.iter().enumerate();
    let streams = sockets.filter(|(_, socket)| socket.is_stream());
    streams.filter_map(|(index, _)| stuck(case, index)).collect()
}

fn stuck(case: &Case<'_>, index: usize) -> Option<Occurrence> {
    let calls = &case.flows.sockets[index].calls;
    let (watched, epoll) = calls.iter().rev().find_map(|at| {
        let call = case.call(*at)?;
        Some((*at, watches_input(call).filter(|_| is_edge_triggered(call))?))
    })?;
    let connection = case.flows.connection_at(watched)?;
    let peer =
        case.flows.other_end(connection, Some(index)).socket.filter(|peer| *peer != index)?;
    // The last thing it did with its input: a read that filled its buffer, and no EAGAIN after it.
    let input = calls.iter().rev().find(|at| case.call(**at).is_some_and(Call::receives))?;
    let read = case.call(*input)?;
    let filled =
        matches!(&read.args, Args::Recv { room, bytes, .. } if *room > 0 && bytes.total >= *room);
    if !filled || read.peeks() || *input < watched || read.value().is_none() {
        return None;
    }
    let process = case.thread(*input).0;
    let waits = case.waits.on_epoll(process, epoll);
    let wait = *waits.get(waits.partition_point(|wait| *wait < *input))?;
    let began = case.call(wait).filter(|call| call.began >= read.ended)?.began;
    // Registering it again would report what is there.
    let again = |at: &Position| {
        let call = case.call(*at);
        *at > *input && call.is_some_and(|call| matches!(call.args, Args::EpollControl { .. }))
    };
    if calls.iter().any(again) || case.flows.holders.of(index).len() != 1 {
        return None;
    }
    let sum = |socket: usize, of: fn(&Call) -> Option<u64>| {
        let calls = case.before(socket, wait).filter(|(_, call)| call.began <= began);
        calls.filter_map(|(_, call)| of(call)).fold(0u64, u64::saturating_add)
    };
    // What is still under way, or was lost, would be news.
    let side = case.flows.other_side(connection, Some(index));
    let there = super::arrived::bytes(case, connection, side, began);
    let there = there.unwrap_or_else(|| sum(peer, Call::sent));
    let got = sum(index, Call::received);
    let unread = there.checked_sub(got).filter(|unread| *unread > 0)?;
    // News would have woken it.
    let (_, last) = case.before(peer, wait).rfind(|(_, call)| call.sent().is_some())?;
    if last.began > read.ended || !(case.is_whole(index) && case.is_whole(peer)) {
        return None;
    }
    let finding = Occurrence::waiting(wait).and([*input, watched]);
    let finding = finding.with("program", case.program(wait)).with("unread", count(unread));
    let fd = u64::try_from(read.fd.unwrap_or(0)).unwrap_or(0);
    Some(finding.with("fd", fd).with("got", count(read.received()?)))
}

fn is_edge_triggered(call: &Call) -> bool {
    match &call.args {
        // With room to send wanted too, a runtime watches every socket it has, whether or not the
        // program waits for input (Go).
        Args::EpollControl { interest: Some(interest), .. } => {
            let wants = &interest.wants;
            wants.has("EPOLLET") && !wants.has("EPOLLOUT") && !wants.has("EPOLLONESHOT")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use socklab_event::{EpollInterest, Flags, Name, Outcome};
    use socklab_timelines::{Sock, Story, got, scenes};

    use super::super::explained::{rules, text_of};
    use super::*;

    fn control(story: &mut Story, sock: Sock, operation: &'static str, wants: &[&'static str]) {
        let wants = wants.iter().map(|name| Name::of(name)).collect();
        let interest = Some(EpollInterest { wants, data: 7 });
        let args = Args::EpollControl { epoll: 9, operation: Name::of(operation), interest };
        story.on(sock, "epoll_ctl", args, Outcome::Value(0));
    }

    fn epoll_wait(story: &mut Story, sock: Sock, waits: u64, ready: bool) {
        let entry = socklab_event::Ready { fd: Some(sock.fd), got: Flags::default(), data: 7 };
        let ready = if ready { vec![entry] } else { Vec::new() };
        let (began, outcome) = (story.now(), Outcome::Value(ready.len() as i64));
        let args = Args::EpollWait { epoll: 9, max: 64, ready, timeout: Some(waits) };
        story.wait(waits).since(began).call(sock.who, "epoll_wait", None, None, args, outcome);
    }

    fn told(
        wants: &[&'static str],
        tell: impl FnOnce(&mut Story, Sock, Sock),
    ) -> socklab_event::Timeline {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        control(&mut story, far, "EPOLL_CTL_ADD", wants);
        story.send(near, [b'x'; 100]);
        epoll_wait(&mut story, far, 0, true);
        story.recv_into(far, 40, [b'x'; 40]);
        tell(&mut story, near, far);
        epoll_wait(&mut story, far, 2_000, false);
        story.build()
    }

    const EDGE: [&str; 2] = ["EPOLLIN", "EPOLLET"];

    #[test]
    fn what_is_left_is_no_news() {
        let timeline = told(&EDGE, |_, _, _| ());
        let text = text_of(&timeline, "edge-not-drained");
        assert!(text.contains("60") && text.contains("40") && text.contains("server"), "{text}");
    }

    #[test]
    fn a_send_that_returns_late_was_no_news() {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        control(&mut story, far, "EPOLL_CTL_ADD", &EDGE);
        let sending = story.now();
        epoll_wait(&mut story, far, 0, true);
        story.recv_into(far, 40, [b'x'; 40]);
        let waiting = story.now();
        // The sender is woken only when the receiver waits already.
        story.wait(5).since(sending).send(near, [b'x'; 100]);
        let args = Args::EpollWait { epoll: 9, max: 64, ready: Vec::new(), timeout: None };
        story.wait(500).since(waiting);
        story.call(far.who, "epoll_wait", None, None, args, Outcome::Unfinished);
        assert!(rules(&story.build()).contains(&"edge-not-drained"));
    }

    #[test]
    fn a_program_that_drains_or_rearms_or_is_level_triggered_misses_nothing() {
        let has = |timeline: &_| rules(timeline).contains(&"edge-not-drained");
        assert!(!has(&told(&["EPOLLIN"], |_, _, _| ())));
        assert!(!has(&told(&["EPOLLIN", "EPOLLOUT", "EPOLLET"], |_, _, _| ())), "as Go does");
        assert!(!has(&told(&EDGE, |story, _, far| {
            story.recv_into(far, 60, [b'x'; 60]);
        })));
        assert!(!has(&told(&EDGE, |story, _, far| {
            story.recv_into(far, 100, [b'x'; 60]);
            story.fail(far, "recvfrom", got(40, b""), 11);
        })));
        assert!(!has(&told(&EDGE, |story, _, far| {
            control(story, far, "EPOLL_CTL_MOD", &EDGE);
        })));
        let later = told(&EDGE, |story, _, far| epoll_wait(story, far, 1, true));
        assert!(has(&later), "a look at it changes nothing");
    }
}
