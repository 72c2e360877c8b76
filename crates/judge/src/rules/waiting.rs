//! Calls that do not wait, wait with a limit, or are interrupted.

use std::collections::BTreeMap;

use socklab_event::{Args, Call, Errno, Exit, Process, Signal};
use socklab_flows::Position;
use socklab_say::{Argument, count, duration, sentence};

use crate::case::{Case, Occurrence};

/// This many futile calls in a row are a loop, not chance.
const LOOP_CALLS: usize = 50;
/// A call that took at least this long did wait (nanoseconds).
const REAL_WAIT: u64 = 5_000_000;

fn waits(call: &Call) -> bool {
    call.sends()
        || call.receives()
        || matches!(call.args, Args::Accept { .. } | Args::Connect { .. })
}

/// Runs of the same call by one thread, each answered "not now" at once.
fn would_block_runs(case: &Case<'_>) -> Vec<Vec<Position>> {
    let mut threads: BTreeMap<(u32, u32), Vec<Position>> = BTreeMap::new();
    for (at, call) in case.calls() {
        if !matches!(call.args, Args::Poll { .. } | Args::EpollWait { .. })
            || call.took() >= REAL_WAIT
        {
            threads.entry(case.thread(at)).or_default().push(at);
        }
    }
    let would_block = |at: Position| {
        let call = case.call(at).filter(|call| call.error() == Some(Errno::EAGAIN))?;
        // A busy machine interrupts a call that was not to wait, too.
        let at_once = call.took() < REAL_WAIT || !case.flows.reached_limit(at);
        at_once.then_some((call.name.as_str(), call.fd))
    };
    let runs = threads.values().flat_map(|calls| {
        calls
            .chunk_by(|a, b| would_block(*a).is_some() && would_block(*a) == would_block(*b))
            .map(<[_]>::to_vec)
    });
    runs.filter(|run| would_block(run[0]).is_some()).collect()
}

pub(super) fn busy_loop(case: &Case<'_>) -> Vec<Occurrence> {
    let found = would_block_runs(case).into_iter().filter_map(|run| {
        let (first, last) = (*run.first()?, *run.last()?);
        let (began, ended) = (case.call(first)?.began, case.call(last)?.ended);
        let took = ended.saturating_sub(began);
        // With a pause of a millisecond or more it is polling, which costs little.
        let busy = run.len() >= LOOP_CALLS && took / (run.len() as u64) < 1_000_000;
        let finding = Occurrence::at(first).and([last]);
        let finding = finding.with("call", case.call(first)?.library_name().to_owned());
        let finding = finding.with("times", count(run.len() as u64));
        busy.then(|| finding.with("time", duration(took)))
    });
    found.collect()
}

/// A send, a receive or an accept that was not to wait. (A Unix `connect` reports EAGAIN when the queue
/// of the listening socket is full, and waiting with poll would not help.)
pub(super) fn not_now(case: &Case<'_>) -> Vec<Occurrence> {
    let found =
        would_block_runs(case).into_iter().filter(|run| run.len() < LOOP_CALLS).filter_map(|run| {
            let call = case.call(run[0]).filter(|call| waits(call))?;
            // A very short time limit looks the same from outside.
            if case.flows.time_limit(run[0]).is_some() {
                return None;
            }
            Some(Occurrence::at(run[0]).with("call", call.library_name().to_owned()))
        });
    found.collect()
}

/// The calls that waited as long as their socket's time limit allowed.
fn reached_limit<'c>(
    case: &'c Case<'_>,
) -> impl Iterator<Item = (Position, &'c Call, Occurrence)> + use<'c> {
    let waited = case
        .failed(Errno::EAGAIN)
        .filter(|(at, call)| waits(call) && case.flows.reached_limit(*at));
    waited.filter_map(|(at, call)| {
        let (set, limit) = case.flows.time_limit(at)?;
        let finding = Occurrence::at(at).and([set]).with("time", duration(limit));
        Some((at, call, finding.with("call", call.library_name().to_owned())))
    })
}

pub(super) fn receive_timed_out(case: &Case<'_>) -> Vec<Occurrence> {
    let found = reached_limit(case).filter(|(_, call, _)| !call.sends());
    found.map(|(.., finding)| finding).collect()
}

pub(super) fn send_timed_out(case: &Case<'_>) -> Vec<Occurrence> {
    let found = reached_limit(case).filter(|(_, call, _)| call.sends());
    let found = found.map(|(at, _, finding)| {
        let lost = super::lost::had_losses(case, at);
        let why = match lost {
            true => sentence!("wire-send-lost"),
            false => sentence!("wire-send-unread"),
        };
        finding.with("why", Argument::Sentence(Box::new(why)))
    });
    found.collect()
}

/// `poll` or `select` waited for one socket's data as long as it was told to, and the program gave up.
/// Python's `settimeout` calls one of them before every operation. A loop that waits again, or for
/// several sockets, only keeps an eye on the clock.
pub(super) fn poll_timed_out(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.calls().filter_map(|(at, call)| {
        let Args::Poll { waits, timeout: Some(limit) } = &call.args else { return None };
        let [wait] = &waits[..] else { return None };
        let socket = wait.socket.as_ref()?;
        let for_input = wait.wants.has("POLLIN") && !wait.wants.has("POLLOUT");
        let in_vain = call.value() == Some(0) && *limit >= REAL_WAIT && call.took() >= *limit;
        // Who waits for a client has no client that is silent; and a resolver's waits are explained
        // with its question.
        let mut known = case.flows.sockets.iter().enumerate();
        let known = known
            .find(|(_, one)| one.identity.inode.is_some() && one.identity.inode == socket.inode);
        let listens =
            known.is_some_and(|(index, one)| one.listening.is_some() || case.looks_up(index));
        let again = case.calls_around(at, 1).iter().any(|next| {
            let polls = |call: &Call| matches!(call.args, Args::Poll { .. });
            *next > at && case.call(*next).is_some_and(polls)
        });
        if !for_input || !in_vain || listens || again {
            return None;
        }
        let finding = Occurrence::at(at).with("call", call.library_name().to_owned());
        Some(finding.with("time", duration(*limit)))
    });
    found.collect()
}

/// The signals that are meant to end a program.
const ENDING: [Signal; 4] = [Signal(1), Signal(2), Signal(3), Signal(15)];

/// How many options a program may set before it calls again.
const SETTINGS: usize = 4;

/// A call that a signal interrupted, where the program neither called again nor was to end by it.
pub(super) fn interrupted(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.failed(Errno::EINTR).filter(|(at, call)| {
        // An interrupted connect goes on in the background (connect(2)): calling again is no use.
        let connects = matches!(call.args, Args::Connect { .. });
        // It may set another time limit first, for the time that is left.
        let next = case.calls_around(*at, SETTINGS).iter().filter(|next| *next > at);
        let mut next = next.filter_map(|next| case.call(*next));
        let next =
            next.find(|next| !matches!(next.args, Args::SetOption { .. } | Args::GetOption { .. }));
        let again = next.is_some_and(|next| {
            (next.name == call.name && next.fd == call.fd) || matches!(next.args, Args::Poll { .. })
        });
        !connects && !again && !ending(case, *at, call)
    });
    found
        .map(|(at, call)| Occurrence::at(at).with("call", call.library_name().to_owned()))
        .collect()
}

/// True if a signal that is meant to end its process came while a call waited, or just after, or if
/// the recorder interrupted it.
fn ending(case: &Case<'_>, at: Position, call: &Call) -> bool {
    const JUST: u64 = 50_000_000;
    let process = case.flows.order[at].place.process;
    let from = case.flows.order.partition_point(|event| event.at < call.began);
    let events = case.flows.order[from..].iter();
    let mut near = events.take_while(|event| event.at <= call.ended.saturating_add(JUST));
    near.any(|event| {
        let own = event.place.process == process;
        own && match event.process() {
            Some(Process::Signal { signal }) => ENDING.contains(signal),
            Some(Process::Exit { status: Exit::Signal(_) }) => true,
            // To let go of a process, the recorder stops it for a moment, which has this effect too.
            Some(Process::EndedByRecorder { .. } | Process::Released) => true,
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use socklab_timelines::{Story, got, scenes};

    use super::super::explained::{rules, text_of};

    #[test]
    fn a_busy_loop_is_counted() {
        let timeline = scenes::busy_loop(10_000);
        assert!(text_of(&timeline, "busy-loop").contains("10,000"));
        assert!(!rules(&timeline).contains(&"not-now"));
        assert!(rules(&scenes::busy_loop(3)).contains(&"not-now"));
    }

    #[test]
    fn a_busy_machine_does_not_make_a_call_wait() {
        let mut story = Story::new();
        let client = story.command("client", "c");
        let sock = story.udp(client);
        for slow in [0, 7, 0, 20, 0] {
            for _ in 0..20 {
                story.fail(sock, "recvfrom", got(10, b""), 11);
            }
            let began = story.now();
            story.wait(slow).since(began).fail(sock, "recvfrom", got(10, b""), 11);
        }
        let timeline = story.build();
        assert_eq!(rules(&timeline), ["busy-loop"], "one loop, not five");
        assert!(text_of(&timeline, "busy-loop").contains("105"));
    }

    #[test]
    fn a_wait_with_a_limit() {
        let mut story = Story::new();
        let client = story.command("client", "c");
        let sock = story.udp(client);
        story.bind(sock, "*:5000");
        let (level, option) = ("SOL_SOCKET".into(), "SO_RCVTIMEO".into());
        let value = socklab_event::OptionValue::Time(2_000_000_000);
        let args = socklab_event::Args::SetOption { level, option, value };
        story.on(sock, "setsockopt", args, socklab_event::Outcome::Value(0));
        let began = story.now();
        story.wait(2_000).since(began).fail(sock, "recvfrom", got(10, b""), 11);
        assert!(text_of(&story.build(), "receive-timed-out").contains("2 s"));
        let began = story.now();
        story.wait(20).since(began).fail(sock, "recvfrom", got(10, b""), 4);
        assert_eq!(rules(&story.build()), ["receive-timed-out", "interrupted"]);
        let wait = socklab_event::Wait {
            fd: 3,
            wants: socklab_event::Flags::from(vec!["POLLIN".into()]),
            got: socklab_event::Flags::default(),
            socket: Some(story.identity(sock).clone().into()),
        };
        let args = socklab_event::Args::Poll { waits: vec![wait], timeout: Some(500_000_000) };
        let began = story.now();
        story.wait(500).since(began).call(
            client,
            "poll",
            None,
            None,
            args,
            socklab_event::Outcome::Value(0),
        );
        assert!(text_of(&story.build(), "poll-timed-out").contains("500"));
    }

    #[test]
    fn what_the_c_library_asks_the_system_is_not_the_programs_doing() {
        use socklab_event::{Args, Endpoint, Family};

        let asked = |family, path: &str| {
            let mut story = Story::new();
            let program = story.command("program", "p");
            let sock = story.given(program);
            story.identity(sock).family = family;
            let address = Endpoint::Unix { path: path.to_owned() };
            story.fail(sock, "connect", Args::Connect { address }, 98);
            story.fail(sock, "recvfrom", got(10, b""), 11);
            rules(&story.build())
        };
        assert_eq!(asked(Family::UNIX, "/run/mine.sock"), ["not-now"]);
        assert_eq!(asked(Family::UNIX, "/var/run/nscd/socket"), [""; 0]);
        assert_eq!(asked(Family::NETLINK, "/run/mine.sock"), [""; 0]);
    }

    #[test]
    fn each_thread_has_its_own_loop() {
        let mut story = Story::new();
        let program = story.command("program", "p");
        let other = story.thread(program);
        let socks = [story.udp(program), story.udp(program).by(other)];
        for _ in 0..60 {
            for sock in socks {
                story.fail(sock, "recvfrom", got(10, b""), 11);
            }
        }
        assert_eq!(rules(&story.build()), ["busy-loop"; 2]);
    }
}
