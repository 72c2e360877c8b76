//! `accept`: who waits for whom.

use socklab_event::{Args, Errno};
use socklab_flows::Position;
use socklab_say::{count, duration};

use super::arrived;
use crate::case::{Case, Occurrence};

/// A person notices a wait this long.
const NOTICEABLE: u64 = 100_000_000;

pub(super) fn waits(case: &Case<'_>) -> Vec<Occurrence> {
    let waited = case.calls().filter(|(_, call)| {
        matches!(call.args, Args::Accept { .. })
            && call.value().is_some()
            && call.took() >= NOTICEABLE
    });
    // A connection that had been there before accept was called is not what accept waited for: its
    // process was stopped, or wanted data too (TCP_DEFER_ACCEPT, tcp(7)).
    let found = waited.filter_map(|(at, call)| {
        let connection = case.flows.connection_at(at);
        let connect = connection.and_then(|one| case.flows.connections[one].connected);
        let asked = || case.call(connect?).map(|connect| connect.ended);
        let came = connection.and_then(|one| arrived::established(case, one)).or_else(asked);
        came.is_none_or(|came| came > call.began).then_some(())?;
        let finding = Occurrence::at(at).and(connect).and(case.flows.ties.waker(at));
        Some(finding.with("time", duration(call.took())).with("server", case.program(at)))
    });
    found.collect()
}

/// An accepted connection that had waited in the queue.
#[derive(Clone, Copy)]
struct Queued {
    connect: Position,
    accept: Position,
    /// Since when it was there to be accepted, and until when (nanoseconds).
    since: u64,
    until: u64,
}

impl Queued {
    fn waited(&self) -> u64 {
        self.until.saturating_sub(self.since)
    }
}

/// The connections that noticeably waited to be accepted.
fn queued<'c>(case: &'c Case<'_>) -> impl Iterator<Item = Queued> + use<'c> {
    let all = case.flows.connections.iter().enumerate().filter_map(|(index, connection)| {
        let (connect, accept) = (connection.connected?, connection.accepted?);
        let since = arrived::established(case, index)?;
        Some(Queued { connect, accept, since, until: case.call(accept)?.ended })
    });
    all.filter(|one| one.waited() >= NOTICEABLE)
}

/// More calls than this by the accepting thread while a client waits are not looked at.
const MOST_CALLS: usize = 2_000;

/// What a thread did for another client: when it began and ended, and its first call there.
struct Service {
    socket: usize,
    first: Position,
    from: u64,
    to: u64,
}

/// The clients that the accepting thread served since it accepted the last one before `connect`, and
/// was done with when it accepted the one that had to wait. `None` if those are too many calls.
fn served(case: &Case<'_>, connect: Position, accept: Position) -> Option<Vec<Service>> {
    let thread = case.thread(accept);
    let since = case.accepted_before(thread, connect).unwrap_or(connect);
    let mut served: Vec<Service> = Vec::new();
    for (seen, (at, call)) in case.by_thread(thread, since..accept).enumerate() {
        if seen == MOST_CALLS {
            return None;
        }
        let Some(socket) = case.flows.socket_at(at) else { continue };
        if case.flows.sockets[socket].listener.is_none() {
            continue;
        }
        let accepts = matches!(call.args, Args::Accept { .. });
        let (from, to) = (if accepts { call.ended } else { call.began }, call.ended);
        match served.iter_mut().find(|one| one.socket == socket) {
            Some(one) => one.to = to,
            None => served.push(Service { socket, first: at, from, to }),
        }
    }
    served.retain(|one| case.flows.sockets[one.socket].last().is_some_and(|last| last < accept));
    Some(served)
}

/// A client waited because the thread that accepts served other clients, one after another, for
/// nearly all of that time, and had finished with each before it accepted this one. A thread that
/// slept or did something else meanwhile was not busy with clients, and one that goes on with them
/// afterwards serves several at once.
pub(super) fn one_at_a_time(case: &Case<'_>) -> Vec<Occurrence> {
    let found = queued(case).filter_map(|one| {
        let (first, busy) = busy(case, one)?;
        let finding = Occurrence::at(one.accept).and([one.connect, first]);
        Some(finding.with("server", case.program(one.accept)).with("time", duration(busy)))
    });
    found.collect()
}

/// The first call of the longest service that a client waited for, and how long all of them took.
fn busy(case: &Case<'_>, queued: Queued) -> Option<(Position, u64)> {
    let began = case.call(queued.accept)?.began;
    let served = served(case, queued.connect, queued.accept)?;
    let within = |one: &Service| one.to.min(began).saturating_sub(one.from.max(queued.since));
    let busy: u64 = served.iter().map(within).sum();
    let longest = served.iter().max_by_key(|one| within(one))?;
    let was_busy = busy >= NOTICEABLE && busy >= queued.waited() / 5 * 4;
    was_busy.then_some((longest.first, busy))
}

/// A connection waited because the thread that accepts did nothing with its sockets meanwhile: for
/// nearly all of that time it was in no call on one, not even one that waits for several.
pub(super) fn late(case: &Case<'_>) -> Vec<Occurrence> {
    let found = queued(case).filter_map(|one| {
        let Queued { connect, accept, since, .. } = one;
        let it = case.call(accept)?;
        let (began, name) = (it.began, it.library_name().to_owned());
        let (mut last, mut longest) = (since, 0);
        let calls = case.by_thread(case.thread(accept), connect..accept + 1);
        for (seen, (_, call)) in calls.enumerate() {
            if seen == MOST_CALLS {
                return None;
            }
            longest = longest.max(call.began.min(began).saturating_sub(last));
            last = last.max(call.ended);
        }
        let slept = longest >= NOTICEABLE && longest >= one.waited() / 5 * 4;
        // A service may well consist of sleeping or computing.
        if !slept || busy(case, one).is_some() {
            return None;
        }
        let finding = Occurrence::at(accept).and([connect]).with("time", duration(longest));
        Some(finding.with("server", case.program(accept)).with("call", name))
    });
    found.collect()
}

/// `connect` succeeds before `accept` is even called: the kernel completes the handshake by itself.
pub(super) fn before(case: &Case<'_>) -> Vec<Occurrence> {
    let found = queued(case).filter_map(|one| {
        let (connect, accept) = (case.call(one.connect)?, case.call(one.accept)?);
        // Both ends had the connection when nobody had asked for one yet.
        let early = connect.value().is_some() && connect.ended.max(one.since) < accept.began;
        let time = accept.ended.saturating_sub(connect.ended);
        let finding = Occurrence::at(one.connect).and([one.accept]);
        early.then(|| finding.with("time", duration(time)))
    });
    found.collect()
}

/// More connections waited in a listener's queue than its `listen` had asked for. Those of which nobody
/// knows when they came are left out.
pub(super) fn queue_full(case: &Case<'_>) -> Vec<Occurrence> {
    let mut found = Vec::new();
    for (index, socket) in case.flows.sockets.iter().enumerate() {
        // Whoever is not seen whole may have accepted some of them.
        let Some(listen) = socket.listening.filter(|_| case.is_whole(index)) else { continue };
        let Some(Args::Listen { backlog }) = case.call(listen).map(|call| &call.args) else {
            continue;
        };
        let backlog = u64::try_from(*backlog).unwrap_or(0);
        let mut moments: Vec<(u64, i64, Position)> = Vec::new();
        let connections = case.flows.connections.iter().enumerate();
        for (number, connection) in connections.filter(|(_, one)| one.listener == Some(index)) {
            let Some(connect) = connection.connected else { continue };
            let Some(came) = arrived::established(case, number) else { continue };
            let accept = connection.accepted.and_then(|at| Some((at, case.call(at)?)));
            // An accept that waited already took it at once.
            if accept.is_some_and(|(_, accept)| accept.began <= came) {
                continue;
            }
            moments.push((came, 1, connect));
            if let Some((at, call)) = accept {
                moments.push((call.ended, -1, at));
            }
        }
        moments.sort_unstable();
        let mut waiting = 0i64;
        let mut peak = (0u64, listen);
        for (_, change, at) in moments {
            waiting += change;
            let now = u64::try_from(waiting).unwrap_or(0);
            if now > peak.0 {
                peak = (now, at);
            }
        }
        // The kernel admits one connection more than the backlog.
        if peak.0 > backlog {
            let finding = Occurrence::at(peak.1).and([listen]);
            found.push(finding.with("backlog", count(backlog)).with("waiting", count(peak.0)));
        }
    }
    found
}

pub(super) fn too_many_files(case: &Case<'_>) -> Vec<Occurrence> {
    // A loop that fails again and again is explained as one.
    let loops = super::spinning::failing(case);
    let found = case.failed(Errno::EMFILE).filter(|(at, _)| {
        let thread = case.thread(*at);
        !loops.iter().any(|(one, failures)| *one == thread && failures.contains(at))
    });
    found
        .map(|(at, call)| Occurrence::at(at).with("call", call.library_name().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use socklab_event::Outcome;
    use socklab_timelines::{Story, scenes};

    use super::super::explained::{rules, text_of};

    #[test]
    fn an_accept_that_waited_is_a_lesson() {
        assert!(text_of(&scenes::upper_tcp(), "accept-waits").contains("1.2 s"));
    }

    #[test]
    fn a_busy_server_keeps_the_next_client_waiting() {
        let mut story = Story::new();
        let (_, listener, waiting) = scenes::tcp_server(&mut story);
        let [alice, bob] = ["alice", "bob"].map(|name| story.command(name, name));
        let near = story.tcp(alice);
        story.connect(near, "127.0.0.1:12000");
        let far = story.since(waiting).accept(listener, near);
        let serving = story.now();
        let second = story.tcp(bob);
        story.connect(second, "127.0.0.1:12000");
        story.wait(700).send(near, "hola");
        story.since(serving).recv(far, "hola");
        story.accept(listener, second);
        let timeline = story.build();
        assert!(text_of(&timeline, "one-at-a-time").contains("700"));
        assert!(rules(&timeline).contains(&"connected-before-accept"));
        assert!(!rules(&timeline).contains(&"accept-late"), "whatever the service consisted of");
        assert!(!rules(&scenes::threaded()).contains(&"one-at-a-time"));
    }

    #[test]
    fn a_service_that_sleeps_is_a_service() {
        let mut story = Story::new();
        let (_, listener, waiting) = scenes::tcp_server(&mut story);
        let [alice, bob] = ["alice", "bob"].map(|name| story.command(name, name));
        let [near, second] = [alice, bob].map(|who| story.tcp(who));
        story.connect(near, "127.0.0.1:12000");
        let far = story.since(waiting).accept(listener, near);
        story.connect(second, "127.0.0.1:12000");
        story.send(near, "hola");
        story.recv(far, "hola");
        story.wait(300).send(far, "HOLA");
        story.close(far);
        story.accept(listener, second);
        let told = rules(&story.build());
        assert!(told.contains(&"one-at-a-time") && !told.contains(&"accept-late"), "{told:?}");
    }

    #[test]
    fn a_full_queue_is_counted() {
        let mut story = Story::new();
        let server = story.command("server", "s");
        let listener = story.tcp(server);
        story.bind(listener, "*:12000");
        story.listen(listener, 1);
        let client = story.command("client", "c");
        for _ in 0..2 {
            let near = story.tcp(client);
            story.connect(near, "127.0.0.1:12000");
        }
        assert!(text_of(&story.build(), "queue-full").contains('2'));
    }

    #[test]
    fn too_many_descriptors() {
        let mut story = Story::new();
        let (_, listener, _) = scenes::tcp_server(&mut story);
        let args = socklab_event::Args::Accept {
            peer: None,
            flags: socklab_event::Flags::default(),
            listener: None,
        };
        story.on(listener, "accept", args, Outcome::Error(socklab_event::Errno::EMFILE));
        assert_eq!(rules(&story.build()), ["too-many-files"]);
    }
}
