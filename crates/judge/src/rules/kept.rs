//! Descriptors that are open in more places than somebody thought: in a child, in the parent, twice
//! in one process.

use std::collections::HashSet;

use socklab_event::{Args, Call, Endpoint, Errno, Protocol};
use socklab_flows::{Holding, Position};

use crate::case::{Case, Occurrence, port};
use crate::waits::NOTICEABLE;

/// A reader waits for an end that does not come: the program that served the connection has closed
/// its descriptor, but that was not the last one.
pub(super) fn end_held_open(case: &Case<'_>) -> Vec<Occurrence> {
    let streams = case.flows.connections.iter().filter(|one| !one.is_to_itself());
    let both = streams.filter_map(|one| Some([one.ends[0].socket?, one.ends[1].socket?]));
    let found = both
        .flat_map(|[one, other]| [(one, other), (other, one)])
        .filter_map(|(reader, held)| held_open(case, reader, held));
    found.collect()
}

fn held_open(case: &Case<'_>, reader: usize, held: usize) -> Option<Occurrence> {
    let holdings = case.flows.holders.of(held);
    if holdings.len() < 2 || !case.flows.sockets[held].is_stream() || !case.is_whole(held) {
        return None;
    }
    let close = closes_too_early(case, held)?;
    let kept: Vec<&Holding> = case.flows.holders.at(held, close).collect();
    let keeper = *kept.first()?;
    if is_in_service(case, held, close, &kept) {
        return None;
    }
    // It was kept until then, and nobody but the recorder ended it.
    let kept_until = kept.iter().map(|one| one.until.unwrap_or(usize::MAX)).max()?;
    let kept_until = match case.flows.order.get(kept_until) {
        Some(event) => event.at,
        None => u64::MAX,
    };
    let closed = case.call(close)?.ended;
    let waits = case.waits.for_input(case.flows, reader);
    let wait = waits.into_iter().find(|wait| {
        case.call(*wait).is_some_and(|call| {
            let until = call.ended.min(kept_until);
            until.saturating_sub(closed.max(call.began)) >= NOTICEABLE
        })
    })?;
    let finding = Occurrence::waiting(wait).and([close]);
    let finding = finding.and(case.call(keeper.since).map(|_| keeper.since));
    let [program, holder] = closer_and_keeper(case, close, keeper);
    let finding = finding.with("program", program).with("holder", holder);
    Some(finding.with("reader", case.program(wait)))
}

/// The last close of a socket by a program that had sent or received on it, if it left another
/// descriptor open and sent no end (`shutdown`) before.
fn closes_too_early(case: &Case<'_>, socket: usize) -> Option<Position> {
    let calls = &case.flows.sockets[socket].calls;
    let mut users: Vec<u32> = Vec::new();
    let mut close = None;
    for &at in calls {
        let Some(call) = case.call(at) else { continue };
        let process = case.thread(at).0;
        if call.ends_sending() {
            return None;
        }
        if call.moves_data() && !users.contains(&process) {
            users.push(process);
        }
        if call.is_close() && users.contains(&process) && !case.is_leaving(process, at) {
            let left = case.flows.holders.at(socket, at).next().is_some();
            close = if left { close.or(Some(at)) } else { close };
        } else if close.is_some() && serves(call) {
            // Somebody goes on using it: a later close may be the one.
            close = None;
        }
    }
    close
}

/// True if one of those who keep it still serves it: made another call on it, or waits for it.
fn is_in_service(case: &Case<'_>, socket: usize, close: Position, kept: &[&Holding]) -> bool {
    let used = case.flows.sockets[socket].calls.iter().any(|at| {
        let call = case.call(*at);
        // A call that had begun before and was still waiting counts too.
        let later = *at > close || call.is_some_and(|call| call.ended > case.flows.order[close].at);
        *at != close && later && call.is_some_and(serves)
    });
    let waits = case.waits.for_input(case.flows, socket).into_iter().any(|wait| {
        let ended = case.call(wait).map_or(0, |call| call.ended);
        let process = case.thread(wait).0;
        ended > case.flows.order[close].at && kept.iter().any(|one| one.process == process)
    });
    used || waits
}

/// True for a call that uses a connection. Some programs ask a socket for its addresses when they end.
fn serves(call: &Call) -> bool {
    call.sends() || call.receives() || matches!(call.args, Args::Shutdown { .. })
}

/// The names of the program that closed and of the one that keeps it open, told apart.
fn closer_and_keeper(case: &Case<'_>, close: Position, keeper: &Holding) -> [String; 2] {
    let closer = case.thread(close).0;
    let program = case.program(close);
    let holder = case.program_of(keeper.process);
    let fd = |fd: i32| format!("socket {fd}");
    if closer == keeper.process {
        let own = case.call(close).and_then(|call| call.fd).unwrap_or(0);
        return [format!("{program} ({})", fd(own)), format!("{holder} ({})", fd(keeper.fd))];
    }
    if program != holder {
        return [program, holder];
    }
    [(program, closer), (holder, keeper.process)].map(|(name, id)| format!("{name} ({id})"))
}

/// The port is still open in a child, which inherited the socket of a program that has closed its
/// own descriptor or ended.
pub(super) fn inherited_port(case: &Case<'_>) -> Vec<Occurrence> {
    let mut failed = case.failed(Errno::EADDRINUSE).peekable();
    if failed.peek().is_none() {
        return Vec::new();
    }
    let sockets = case.flows.sockets.iter().enumerate();
    let handed_down: Vec<usize> = sockets
        .filter(|(index, socket)| {
            let serves = socket.listening.is_some() || socket.identity.protocol != Protocol::TCP;
            serves
                && socket.listener.is_none()
                && case.flows.holders.of(*index).iter().any(|one| one.inherited)
        })
        .map(|(index, _)| index)
        .collect();
    let found = failed.filter_map(|(at, call)| {
        let address = wanted(call)?;
        let protocol = call.socket.as_ref()?.protocol;
        let own = case.flows.socket_at(at);
        let mut held = handed_down.iter().copied().filter(|index| {
            let identity = &case.flows.sockets[*index].identity;
            let local = identity.local.as_ref().and_then(Endpoint::port);
            Some(*index) != own && identity.protocol == protocol && local == address.port()
        });
        held.find_map(|socket| inherited(case, at, socket, &address))
    });
    found.collect()
}

fn wanted(call: &Call) -> Option<Endpoint> {
    match &call.args {
        Args::Bind { address } => Some(address.clone()),
        Args::Listen { .. } => call.socket.as_ref()?.local.clone(),
        _ => None,
    }
    .filter(|address| port(address) > 0)
}

fn inherited(
    case: &Case<'_>,
    failed: Position,
    socket: usize,
    address: &Endpoint,
) -> Option<Occurrence> {
    let open: Vec<&Holding> = case.flows.holders.at(socket, failed).collect();
    // Everyone who still has it only inherited it.
    let heir = *open.first()?;
    if !open.iter().all(|one| one.inherited) {
        return None;
    }
    let first = case.flows.holders.of(socket).iter().find(|one| !one.inherited)?;
    let closed = first.until.filter(|until| *until < failed)?;
    // An heir that serves it is the server now: a daemon, whose parent has left.
    let serves = case.flows.calls().any(|(at, event, call)| {
        let by_heir = open.iter().any(|one| one.process == event.place.process);
        let accepted = case.socket(at).and_then(|socket| socket.listener);
        let on_it = case.flows.socket_at(at) == Some(socket) || accepted == Some(socket);
        by_heir && on_it && !call.is_close()
    });
    if serves {
        return None;
    }
    let [program, holder] = closer_and_keeper(case, closed, heir);
    let finding = Occurrence::at(failed).and(case.call(closed).map(|_| closed));
    let finding = finding.with("port", port(address)).with("program", program);
    Some(finding.with("holder", holder))
}

/// The binds that failed because a child had inherited the socket.
pub(super) fn at_inherited_ports(case: &Case<'_>) -> HashSet<Position> {
    inherited_port(case).iter().filter_map(|found| found.evidence.first().copied()).collect()
}

#[cfg(test)]
mod tests {
    use socklab_event::{Flags, Outcome, Process, Shutdown, Signal};
    use socklab_timelines::{Sock, Story, Who, address, got, scenes};

    use super::super::explained::{rules, text_of};
    use super::*;

    /// A server that forks a child for its client. The child says goodbye and closes.
    fn served(
        also: impl FnOnce(&mut Story, Sock, Who),
        parent: impl FnOnce(&mut Story, Sock),
    ) -> socklab_event::Timeline {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        let child = story.fork(far.who);
        story.send(far.by(child), "bye");
        story.recv(near, "bye");
        also(&mut story, far, child);
        story.close(far.by(child));
        story.exit(child, 0);
        let waiting = story.now();
        parent(&mut story, far);
        story.wait(3_000).since(waiting).fail(near, "recvfrom", got(9, b""), 11);
        story.close(near);
        story.build()
    }

    #[test]
    fn the_parent_keeps_what_its_child_closes() {
        let timeline = served(|_, _, _| (), |_, _| ());
        let text = text_of(&timeline, "end-held-open");
        assert!(text.contains("client") && text.contains("server (1"), "{text}");
    }

    #[test]
    fn it_is_not_kept_if_it_is_closed_or_shut_down_or_still_served() {
        let has = |timeline: &_| rules(timeline).contains(&"end-held-open");
        let closes = |story: &mut Story, far: Sock| _ = story.close(far);
        assert!(!has(&served(|_, _, _| (), closes)), "the parent closes its own");
        let shuts = |story: &mut Story, far: Sock, child: Who| {
            story.shutdown(far.by(child), Shutdown::WR);
        };
        assert!(!has(&served(shuts, |_, _| ())), "shutdown ends it whoever has it");
        let serves = |story: &mut Story, far: Sock| _ = story.send(far, "more to come");
        assert!(!has(&served(|_, _, _| (), serves)), "the parent serves it");
    }

    #[test]
    fn a_child_that_only_tidies_up_is_not_the_server() {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        let child = story.fork(far.who);
        story.close(far.by(child));
        story.send(far, "bye");
        story.recv(near, "bye");
        story.wait(2_000).unfinished(near, "recvfrom", got(9, b""));
        assert!(!rules(&story.build()).contains(&"end-held-open"));
    }

    #[test]
    fn what_the_recorder_ended_was_not_closed_too_early() {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        let child = story.fork(far.who);
        story.send(far.by(child), "bye");
        story.recv(near, "bye");
        story.process(child, Process::EndedByRecorder { signal: Signal(15) });
        story.closed_at_exit(far.by(child));
        let waiting = story.now();
        story.wait(2_000).since(waiting).unfinished(near, "recvfrom", got(9, b""));
        assert!(!rules(&story.build()).contains(&"end-held-open"));
    }

    #[test]
    fn a_second_descriptor_of_the_same_program() {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        story.on(far, "dup", Args::Dup { flags: Flags::default() }, Outcome::Value(9));
        story.send(far, "bye");
        story.recv(near, "bye");
        story.close(far);
        let waiting = story.now();
        story.wait(2_000).since(waiting).unfinished(near, "recvfrom", got(9, b""));
        let text = text_of(&story.build(), "end-held-open");
        assert!(text.contains("server (socket 9)"), "{text}");
    }

    fn restarted(of_child: impl FnOnce(&mut Story, Sock), close: bool) -> Vec<&'static str> {
        let mut story = Story::new();
        let (server, listener, _) = scenes::tcp_server(&mut story);
        let child = story.fork(server);
        of_child(&mut story, listener.by(child));
        if close {
            story.close(listener);
        }
        let late = story.command("late", "python3 late.py");
        let sock = story.tcp(late);
        story.fail(sock, "bind", Args::Bind { address: address("*:12000") }, 98);
        let found = rules(&story.build());
        found.into_iter().filter(|rule| rule.starts_with("address-in-use")).collect()
    }

    #[test]
    fn a_port_that_a_child_has_inherited() {
        assert_eq!(restarted(|_, _| (), true), ["address-in-use-inherited"]);
        let open = restarted(|_, _| (), false);
        assert!(!open.contains(&"address-in-use-inherited"), "the server has it open itself");
        let serves = |story: &mut Story, listener: Sock| {
            let args = Args::Accept { peer: None, flags: Flags::default(), listener: None };
            story.fail(listener, "accept4", args, 11);
        };
        let daemon = restarted(serves, true);
        assert!(!daemon.contains(&"address-in-use-inherited"), "the child is the server now");
        let closes = |story: &mut Story, listener: Sock| _ = story.close(listener);
        assert!(!restarted(closes, true).contains(&"address-in-use-inherited"));
    }
}
