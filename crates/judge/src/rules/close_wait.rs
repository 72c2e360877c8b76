//! Connections that a program never closes although the other end has.

use std::collections::{BTreeMap, HashMap};

use socklab_event::{Args, Call, Errno, Outcome};
use socklab_flows::{ConnectionKind, Position};
use socklab_say::count;

use crate::case::{Case, Occurrence, is_tcp};

/// A wait at least this long did wait (nanoseconds).
const REAL_WAIT: u64 = 20_000_000;
/// Whoever read the end of the stream this long ago does not mean to close (nanoseconds).
const LONG_AGO: u64 = 1_000_000_000;

/// A connection whose peer has closed and that was left open.
struct Left {
    /// The peer's close.
    closed: Position,
    /// The last call made on this end.
    last: Position,
    /// True if its thread has waited for something else since then: it had the chance.
    neglected: bool,
    /// True if the program read the end of the stream, and has had time to close since then.
    seen: bool,
}

/// Connections in CLOSE_WAIT (RFC 9293 §3.6): the peer has closed, this program has gone on to other
/// things, and keeps the descriptor. The last one of each thread may still be in service.
pub(super) fn never_closed(case: &Case<'_>) -> Vec<Occurrence> {
    let ends = Ends::of(case);
    let mut by_process: BTreeMap<u32, Vec<Left>> = BTreeMap::new();
    let streams = case.flows.connections.iter().filter(|one| one.kind == ConnectionKind::Stream);
    let both = streams.filter_map(|one| Some([one.ends[0].socket?, one.ends[1].socket?]));
    for (own, peer) in both.flat_map(|[one, other]| [(one, other), (other, one)]) {
        if let Some((process, left)) = left_open(case, &ends, own, peer) {
            by_process.entry(process).or_default().push(left);
        }
    }
    let found = by_process.into_values().filter_map(|mut left| {
        left.sort_by_key(|one| one.closed);
        let mut threads: HashMap<(u32, u32), usize> = HashMap::new();
        for one in left.iter().filter(|one| one.neglected) {
            *threads.entry(case.thread(one.last)).or_default() += 1;
        }
        let seen = left.iter().filter(|one| one.seen).count();
        let certain = seen >= 2 || threads.values().any(|neglected| *neglected >= 2);
        let mut shown = left.iter().filter(|one| one.neglected || one.seen);
        let first = shown.next().filter(|_| certain)?;
        let others = shown.map(|one| one.closed).take(2);
        let finding = Occurrence::at(first.closed).and([first.last]).and(others);
        let finding = finding.with("program", case.program(first.last));
        Some(finding.with("times", count(left.len() as u64)))
    });
    found.collect()
}

/// When each process ended, or was ended by the recorder, and the end of the recording.
struct Ends {
    of_process: HashMap<u32, u64>,
    of_recording: u64,
    /// The last call of each process that was not part of tidying up before its end.
    last_call: HashMap<u32, Position>,
    /// The waits of each thread, by when they began.
    waits: HashMap<(u32, u32), Vec<Position>>,
}

impl Ends {
    fn of(case: &Case<'_>) -> Self {
        let mut ends = Self {
            of_process: HashMap::new(),
            of_recording: case.flows.order.last().map_or(0, |event| event.at),
            last_call: HashMap::new(),
            waits: HashMap::new(),
        };
        for (at, event) in case.flows.order.iter().enumerate() {
            let process = event.place.process;
            if event.process().is_some_and(ends_process) {
                ends.of_process.entry(process).or_insert(event.at);
            }
            if event.call().is_some_and(|call| !tidies_up(call)) {
                ends.last_call.insert(process, at);
            }
            if event.call().is_some_and(|call| waited(case, at, call)) {
                ends.waits.entry((process, event.place.thread)).or_default().push(at);
            }
        }
        ends
    }

    fn of_process(&self, process: u32) -> u64 {
        self.of_process.get(&process).copied().unwrap_or(self.of_recording)
    }
}

fn ends_process(process: &socklab_event::Process) -> bool {
    use socklab_event::Process;
    matches!(process, Process::Exit { .. } | Process::EndedByRecorder { .. } | Process::Released)
}

/// True for what programs and the kernel do with every socket when a process ends. Python asks each
/// for its addresses.
fn tidies_up(call: &Call) -> bool {
    matches!(call.args, Args::Close | Args::LocalName { .. } | Args::PeerName { .. })
}

/// True if a call waited for somebody: its thread had nothing else to do.
fn waited(case: &Case<'_>, at: Position, call: &Call) -> bool {
    let long = call.took() >= REAL_WAIT;
    match &call.args {
        Args::Accept { .. } => {
            let connected = case
                .flows
                .connection_at(at)
                .and_then(|connection| case.call(case.flows.connections[connection].connected?));
            long || connected.is_some_and(|connect| connect.began > call.began)
        }
        Args::Poll { .. } | Args::EpollWait { .. } => long,
        _ => false,
    }
}

/// A connection that `own` leaves open: the process and what shows it.
fn left_open(case: &Case<'_>, ends: &Ends, own: usize, peer: usize) -> Option<(u32, Left)> {
    let holders = &case.flows.holders;
    let socket = &case.flows.sockets[own];
    if own == peer || !holders.are_known(own) || !case.is_whole(own) || !case.is_whole(peer) {
        return None;
    }
    let closed = holders.last_close(peer)?;
    let at = case.flows.order[closed].at;
    if case.is_leaving(case.thread(closed).0, closed) {
        return None;
    }
    let last = socket
        .calls
        .iter()
        .copied()
        .rfind(|at| case.call(*at).is_some_and(|call| !tidies_up(call)))?;
    if !is_tcp(case.call(last)?) {
        return None;
    }
    let (process, thread) = case.thread(last);
    let end = ends.of_process(process);
    let last_call = ends.last_call.get(&process).copied().unwrap_or(0);
    // Whoever used it last still has it: it was only closed with everything else, at the end.
    let open = |holding: &socklab_flows::Holding| {
        holding.process == process && holding.until.is_none_or(|until| until > last_call)
    };
    let in_call = case.call(last)?.outcome == Outcome::Unfinished;
    let reset = socket.calls.iter().any(|at| {
        let call = case.call(*at);
        let dead = [Errno::ECONNRESET, Errno::EPIPE].map(Some);
        call.is_some_and(|call| dead.contains(&call.error()))
    });
    // One of several descriptors that are open is somebody else's mistake.
    if in_call || reset || at >= end || !holders.of(own).iter().all(open) {
        return None;
    }
    let waits = ends.waits.get(&(process, thread)).map_or(&[][..], Vec::as_slice);
    let neglected = waits
        .iter()
        .rev()
        .take_while(|wait| **wait > last)
        .any(|wait| case.call(*wait).is_some_and(|call| call.began > at && call.began < end));
    let call = case.call(last)?;
    let seen = call.is_end_of_stream() && end.saturating_sub(call.ended) >= LONG_AGO;
    Some((process, Left { closed, last, neglected, seen }))
}

#[cfg(test)]
mod tests {
    use socklab_event::{Process, Signal};
    use socklab_timelines::{Sock, Story, scenes};

    use super::super::explained::{rules, text_of};
    use super::*;

    /// A server that answers one client after another; what it does when one has left.
    fn server(clients: usize, mut then: impl FnMut(&mut Story, Sock)) -> Story {
        let mut story = Story::new();
        let (_, listener, _) = scenes::tcp_server(&mut story);
        for index in 0..clients {
            let waiting = story.now();
            let client = story.command(&format!("client-{index}"), "c");
            let near = story.tcp(client);
            story.wait(30).connect(near, "127.0.0.1:12000");
            let far = story.since(waiting).accept(listener, near);
            story.send(near, "hola");
            story.recv(far, "hola");
            story.send(far, "hola");
            story.recv(near, "hola");
            story.close(near);
            then(&mut story, far);
        }
        let args =
            Args::Accept { peer: None, flags: socklab_event::Flags::default(), listener: None };
        story.unfinished(listener, "accept", args);
        story
    }

    fn has(story: &Story) -> bool {
        rules(&story.build()).contains(&"never-closed")
    }

    #[test]
    fn connections_that_nobody_closes_are_counted() {
        let story = server(9, |_, _| ());
        let text = text_of(&story.build(), "never-closed");
        assert!(text.contains('9') && text.contains("server"), "{text}");
        let reads = server(9, |story, far| _ = story.recv(far, ""));
        assert!(has(&reads), "it saw the end, and still keeps them");
    }

    #[test]
    fn threads_that_see_the_end_and_never_close() {
        let told = |pause: u64| {
            let mut story = Story::new();
            let (server, listener, _) = scenes::tcp_server(&mut story);
            let client = story.command("client", "c");
            for _ in 0..3 {
                let near = story.tcp(client);
                story.connect(near, "127.0.0.1:12000");
                let far = story.accept(listener, near).by(story.thread(server));
                story.send(near, "hola");
                story.recv(far, "hola");
                story.close(near);
                story.recv(far, "");
            }
            story.wait(pause).exit(client, 0);
            has(&story)
        };
        assert!(told(1_500));
        assert!(!told(500), "they may still be at work");
    }

    #[test]
    fn what_is_closed_is_not_left_open() {
        assert!(!has(&server(9, |story, far| _ = story.close(far))));
        assert!(!has(&server(1, |_, _| ())), "the last one may still be in service");
        assert!(!has(&server(0, |_, _| ())));
    }

    #[test]
    fn a_server_that_closes_the_one_before_when_the_next_comes() {
        let mut before: Option<Sock> = None;
        let story = server(9, |story, far| {
            before.take().map(|before| story.close(before));
            before = Some(far);
        });
        assert!(!has(&story));
    }

    #[test]
    fn without_a_chance_it_neglects_nothing() {
        let none = |story: &Story| !rules(&story.build()).contains(&"never-closed");
        let mut story = Story::new();
        let (server, listener, _) = scenes::tcp_server(&mut story);
        let client = story.command("client", "c");
        let mut ends = Vec::new();
        for _ in 0..9 {
            let near = story.tcp(client);
            story.connect(near, "127.0.0.1:12000");
            let far = story.accept(listener, near);
            story.send(far, "hola");
            story.recv(near, "hola");
            ends.push((near, far));
        }
        for (near, _) in &ends {
            story.close(*near);
        }
        story.process(server, Process::EndedByRecorder { signal: Signal(15) });
        story.wait(100);
        for (_, far) in &ends {
            story.closed_at_exit(*far);
        }
        story.killed(server, 15);
        assert!(none(&story));
    }
}
