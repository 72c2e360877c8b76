//! Loops that never rest: they wait for something that is there already, and leave it there.
//!
//! Longer than 400 lines with its tests: the three rules read the same runs of waits.

use std::collections::{BTreeMap, HashMap};

use socklab_event::{Args, Call, Errno, Flags};
use socklab_flows::Position;
use socklab_say::count;

use crate::case::{Case, Occurrence};

type Thread = (u32, u32);
/// A descriptor of a process.
type Descriptor = (u32, i32);

/// This many turns in a row are a loop, not chance.
const LOOP_TURNS: u64 = 50;
/// A wait that took at least this long did wait (nanoseconds).
const REAL_WAIT: u64 = 5_000_000;
/// Between failures this far apart, a program has paused (nanoseconds).
const PAUSE: u64 = 100_000_000;
/// With a longer pause between two turns a loop costs little (nanoseconds).
const BUSY_TURN: u64 = 1_000_000;

/// Turns of a loop, one after another.
struct Turns {
    first: Position,
    last: Position,
    times: u64,
    /// From the first turn to the last, in nanoseconds.
    time: u64,
}

impl Turns {
    fn at(at: Position) -> Self {
        Self { first: at, last: at, times: 1, time: 0 }
    }

    fn again(&mut self, at: Position, since: u64) {
        (self.last, self.times) = (at, self.times + 1);
        self.time = self.time.saturating_add(since);
    }

    /// Adds later turns of the same loop.
    fn and(&mut self, later: &Self) {
        (self.last, self.times) = (later.last, self.times + later.times);
        self.time = self.time.saturating_add(later.time);
    }

    fn are_busy(&self) -> bool {
        self.times >= LOOP_TURNS && self.time / self.times < BUSY_TURN
    }

    /// How often a second, to two digits.
    fn rate(&self) -> u64 {
        let turns = u128::from(self.times.saturating_sub(1)) * 1_000_000_000;
        let rate = u64::try_from(turns / u128::from(self.time.max(1))).unwrap_or(u64::MAX);
        let digits = rate.checked_ilog10().unwrap_or(0).saturating_sub(1);
        let unit = 10u64.pow(digits);
        (rate / unit).saturating_mul(unit)
    }

    fn finding(&self, case: &Case<'_>) -> Occurrence {
        let finding = Occurrence::at(self.first).and([self.last]);
        let finding = finding.with("program", case.program(self.first));
        finding.with("times", count(self.times)).with("rate", count(self.rate()))
    }
}

/// What a process does while it is being ended is not its own doing.
fn is_leaving(case: &Case<'_>, at: Position) -> bool {
    case.is_leaving(case.thread(at).0, at)
}

/// Accepts that fail again and again because the process has no descriptors left.
fn out_of_descriptors(case: &Case<'_>) -> Vec<Turns> {
    let mut running: BTreeMap<Thread, Turns> = BTreeMap::new();
    let mut found = Vec::new();
    for (at, call) in
        case.calls().filter(|(at, call)| lacks_descriptors(call) && !is_leaving(case, *at))
    {
        let thread = case.thread(at);
        if let Some(turns) = running.get_mut(&thread) {
            let last = case.call(turns.last).map_or(0, |last| last.began);
            let since = call.began.saturating_sub(last);
            if since < PAUSE {
                turns.again(at, since);
                continue;
            }
        }
        found.extend(running.insert(thread, Turns::at(at)));
    }
    found.extend(running.into_values());
    found.retain(Turns::are_busy);
    found.sort_by_key(|turns| turns.first);
    found
}

fn lacks_descriptors(call: &Call) -> bool {
    matches!(call.args, Args::Accept { .. }) && call.error() == Some(Errno::EMFILE)
}

/// Where loops fail for lack of descriptors: from the first failure of each to its last, by thread.
pub(super) fn failing(case: &Case<'_>) -> Vec<(Thread, std::ops::RangeInclusive<Position>)> {
    let found = out_of_descriptors(case).into_iter();
    found.map(|turns| (case.thread(turns.first), turns.first..=turns.last)).collect()
}

pub(super) fn no_descriptors(case: &Case<'_>) -> Vec<Occurrence> {
    /// How far before the first failure its wait may be, among the events of all threads.
    const JUST_BEFORE: usize = 50;
    let mut loops: BTreeMap<(Thread, Option<i32>), Turns> = BTreeMap::new();
    for turns in out_of_descriptors(case) {
        let fd = case.call(turns.first).and_then(|call| call.fd);
        match loops.get_mut(&(case.thread(turns.first), fd)) {
            Some(all) => all.and(&turns),
            None => {
                loops.insert((case.thread(turns.first), fd), turns);
            }
        }
    }
    let found = loops.into_values().filter_map(|turns| {
        let call = case.call(turns.first)?;
        let before = turns.first.saturating_sub(JUST_BEFORE)..turns.first;
        let wait = case.by_thread(case.thread(turns.first), before).last();
        let waits = |call: &Call| matches!(call.args, Args::Poll { .. } | Args::EpollWait { .. });
        let wait = wait.filter(|(_, call)| waits(call)).map(|(at, _)| at);
        let fd = u64::try_from(call.fd?).unwrap_or(0);
        let finding = turns.finding(case).and(wait);
        Some(finding.with("call", call.library_name().to_owned()).with("fd", fd))
    });
    found.collect()
}

/// What a wait reported, before anything was done about it.
struct Reported {
    at: Position,
    ready: Vec<Ready>,
}

/// A descriptor that a wait reported as ready.
#[derive(Clone, Debug)]
struct Ready {
    descriptor: Descriptor,
    events: Flags,
    /// How often the process had done something about it by then.
    handled: u64,
}

impl Ready {
    /// True if there is nothing but room to send.
    fn only_writable(&self) -> bool {
        let writable = ["POLLOUT", "POLLWRNORM", "POLLWRBAND", "EPOLLOUT", "EPOLLWRNORM"];
        self.events.names().iter().all(|event| writable.contains(&event.as_str()))
    }
}

/// How often each descriptor was used for what it was ready for.
#[derive(Default)]
struct Handled {
    received: HashMap<Descriptor, u64>,
    sent: HashMap<Descriptor, u64>,
    /// Descriptors that an epoll set reports only once: edge-triggered, or one-shot.
    once: HashMap<(u32, i32, i32), bool>,
}

impl Handled {
    fn see(&mut self, process: u32, call: &Call) {
        if let Args::EpollControl { epoll, interest: Some(interest), .. } = &call.args
            && let Some(fd) = call.fd
        {
            let once = ["EPOLLET", "EPOLLONESHOT", "EPOLLEXCLUSIVE"];
            let once = once.iter().any(|flag| interest.wants.has(flag));
            self.once.insert((process, *epoll, fd), once);
        }
        let Some(fd) = call.fd else { return };
        let (received, sent) = uses(call);
        if received {
            *self.received.entry((process, fd)).or_default() += 1;
        }
        if sent {
            *self.sent.entry((process, fd)).or_default() += 1;
        }
    }

    fn of(&self, ready: &Ready) -> u64 {
        let count =
            |map: &HashMap<Descriptor, u64>| map.get(&ready.descriptor).copied().unwrap_or(0);
        let received = if ready.only_writable() { 0 } else { count(&self.received) };
        received + count(&self.sent)
    }
}

/// Whether a call uses up what a descriptor was reported as ready for: input, and room to send. An
/// answer of "not now" says that it was used up already.
fn uses(call: &Call) -> (bool, bool) {
    if lacks_descriptors(call) || call.peeks() {
        return (false, false);
    }
    match &call.args {
        Args::Accept { .. } => (true, false),
        Args::Connect { .. } => (false, true),
        Args::SetOption { .. } | Args::LocalName { .. } | Args::PeerName { .. } => (false, false),
        Args::Ioctl { .. } | Args::Fcntl { .. } => (false, false),
        _ if call.receives() => (true, false),
        _ if call.sends() => (false, true),
        // Closing, shutting down, asking for the error, waiting for something else.
        _ => (true, true),
    }
}

/// Turns of one thread in which a wait returned at once and nothing was done about it: each with
/// the descriptor and the events that it reported every time.
fn idle_turns(case: &Case<'_>) -> Vec<(Turns, Ready)> {
    let mut handled = Handled::default();
    let mut reported: HashMap<Thread, Reported> = HashMap::new();
    let mut running: HashMap<Thread, (Turns, Ready)> = HashMap::new();
    let mut found: Vec<(Turns, Ready)> = Vec::new();
    for (at, call) in case.calls().filter(|(at, _)| !is_leaving(case, *at)) {
        let thread = case.thread(at);
        let Some(ready) = ready(call, thread.0, &handled) else {
            handled.see(thread.0, call);
            continue;
        };
        let ready = if call.took() < REAL_WAIT { ready } else { Vec::new() };
        let before = reported.insert(thread, Reported { at, ready });
        let Some(before) = before else { continue };
        let idle = !before.ready.is_empty()
            && before.ready.iter().all(|one| handled.of(one) == one.handled);
        let same = |(turns, first): &mut (Turns, Ready)| {
            let began = |at: Position| case.call(at).map_or(0, |call| call.began);
            let since = began(before.at).saturating_sub(began(turns.last));
            let is = |one: &Ready| one.descriptor == first.descriptor && one.events == first.events;
            let again = idle && before.ready.iter().any(is);
            if again {
                turns.again(before.at, since);
            }
            again
        };
        if running.get_mut(&thread).is_some_and(same) {
            continue;
        }
        found.extend(running.remove(&thread));
        if let Some(first) = before.ready.into_iter().next().filter(|_| idle) {
            running.insert(thread, (Turns::at(before.at), first));
        }
    }
    found.extend(running.into_values());
    found.retain(|(turns, _)| turns.are_busy());
    found.sort_by_key(|(turns, _)| turns.first);
    found
}

/// The sockets a wait reported as ready; `None` if the call is no wait. Empty if something else is
/// ready too (a pipe, a timer): what is done about that is not recorded.
fn ready(call: &Call, process: u32, handled: &Handled) -> Option<Vec<Ready>> {
    let one = |fd: i32, events: &Flags| {
        let ready = Ready { descriptor: (process, fd), events: events.clone(), handled: 0 };
        Ready { handled: handled.of(&ready), ..ready }
    };
    let ready = match &call.args {
        Args::Poll { waits, .. } => {
            let ready = waits.iter().filter(|wait| !wait.got.is_empty());
            let known =
                |wait: &socklab_event::Wait| wait.socket.as_ref().map(|_| one(wait.fd, &wait.got));
            ready.map(known).collect::<Option<Vec<Ready>>>()
        }
        Args::EpollWait { epoll, ready, .. } => {
            let known = |entry: &socklab_event::Ready| {
                let fd = entry.fd?;
                let once = handled.once.get(&(process, *epoll, fd)).copied()?;
                (!once).then(|| one(fd, &entry.got))
            };
            ready.iter().map(known).collect()
        }
        _ => return None,
    };
    Some(ready.unwrap_or_default())
}

fn idle(case: &Case<'_>, writable: bool) -> Vec<Occurrence> {
    let failing = failing(case);
    let mut loops: BTreeMap<(Thread, i32), (Turns, Ready)> = BTreeMap::new();
    for (turns, ready) in idle_turns(case) {
        let thread = case.thread(turns.first);
        // Why it does nothing is known: it has no descriptors left.
        let fails = failing.iter().any(|(one, failures)| {
            *one == thread && failures.start() <= &turns.last && &turns.first <= failures.end()
        });
        if fails || ready.only_writable() != writable {
            continue;
        }
        match loops.get_mut(&(thread, ready.descriptor.1)) {
            Some((all, _)) => all.and(&turns),
            None => {
                loops.insert((thread, ready.descriptor.1), (turns, ready));
            }
        }
    }
    let found = loops.into_values().filter_map(|(turns, ready)| {
        let call = case.call(turns.first)?.library_name().to_owned();
        let fd = u64::try_from(ready.descriptor.1).unwrap_or(0);
        let finding = turns.finding(case).with("call", call).with("fd", fd);
        Some(finding.with("event", ready.events.to_string()))
    });
    found.collect()
}

/// Room to send, reported without end to a program that has nothing to send.
pub(super) fn writable(case: &Case<'_>) -> Vec<Occurrence> {
    idle(case, true)
}

/// Input, an end or an error, reported without end to a program that does not look at it.
pub(super) fn ignored(case: &Case<'_>) -> Vec<Occurrence> {
    idle(case, false)
}

#[cfg(test)]
mod tests {
    use socklab_event::{EpollInterest, Name, Outcome, Wait};
    use socklab_timelines::{Sock, Story, got, scenes};

    use super::super::explained::{rules, text_of};
    use super::*;

    fn flags(names: &[&'static str]) -> Flags {
        names.iter().map(|name| Name::of(name)).collect()
    }

    fn watch(story: &mut Story, sock: Sock, wants: &[&'static str]) {
        let interest = EpollInterest { wants: flags(wants), data: 7 };
        let operation = Name::of("EPOLL_CTL_ADD");
        let args = Args::EpollControl { epoll: 9, operation, interest: Some(interest) };
        story.on(sock, "epoll_ctl", args, Outcome::Value(0));
    }

    fn epoll(story: &mut Story, sock: Sock, fd: Option<i32>, event: &'static str) {
        let ready = vec![socklab_event::Ready { fd, got: flags(&[event]), data: 7 }];
        let args = Args::EpollWait { epoll: 9, max: 64, ready, timeout: Some(1_000_000_000) };
        story.call(sock.who, "epoll_wait", None, None, args, Outcome::Value(1));
    }

    fn loops(
        wants: &[&'static str],
        fd: impl Fn(Sock) -> Option<i32>,
        event: &'static str,
        mut turn: impl FnMut(&mut Story, Sock),
    ) -> Vec<&'static str> {
        let mut story = Story::new();
        let (near, _) = scenes::tcp_pair(&mut story);
        watch(&mut story, near, wants);
        for _ in 0..200 {
            epoll(&mut story, near, fd(near), event);
            turn(&mut story, near);
        }
        let found = rules(&story.build());
        found.into_iter().filter(|rule| rule.starts_with("spins")).collect()
    }

    #[test]
    fn room_to_send_that_nobody_needs() {
        let mut story = Story::new();
        let (near, _) = scenes::tcp_pair(&mut story);
        watch(&mut story, near, &["EPOLLIN", "EPOLLOUT"]);
        for _ in 0..200 {
            epoll(&mut story, near, Some(near.fd), "EPOLLOUT");
        }
        let timeline = story.build();
        let text = text_of(&timeline, "spins-writable");
        assert!(text.contains("client") && text.contains("199"), "{text}");
        assert!(text.contains("100,000") && text.contains("EPOLLOUT"), "ten microseconds: {text}");
        assert!(!rules(&timeline).contains(&"spins-ignored"));
    }

    #[test]
    fn a_loop_that_does_something_does_not_spin() {
        let wants = &["EPOLLIN", "EPOLLOUT"];
        let own = |sock: Sock| Some(sock.fd);
        let nothing = |_: &mut Story, _: Sock| ();
        assert_eq!(loops(wants, own, "EPOLLOUT", nothing), ["spins-writable"]);
        assert_eq!(loops(wants, own, "EPOLLIN", nothing), ["spins-ignored"]);
        let sends = |story: &mut Story, sock: Sock| _ = story.send(sock, "x");
        assert_eq!(loops(wants, own, "EPOLLOUT", sends), [""; 0]);
        let reads = |story: &mut Story, sock: Sock| _ = story.recv(sock, "x");
        assert_eq!(loops(wants, own, "EPOLLIN", reads), [""; 0]);
        assert_eq!(loops(wants, own, "EPOLLOUT", reads), ["spins-writable"]);
        let too_late = |story: &mut Story, sock: Sock| {
            story.fail(sock, "recvfrom", got(9, b""), 11);
        };
        assert_eq!(loops(wants, own, "EPOLLIN", too_late), [""; 0], "somebody else was faster");
        let pauses = |story: &mut Story, _: Sock| _ = story.wait(2);
        assert_eq!(loops(wants, own, "EPOLLIN", pauses), [""; 0], "it polls, which costs little");
        assert_eq!(loops(&["EPOLLIN", "EPOLLET"], own, "EPOLLIN", nothing), [""; 0]);
        assert_eq!(loops(wants, |_| None, "EPOLLIN", nothing), [""; 0], "what it is is unknown");
    }

    #[test]
    fn a_loop_is_told_up_to_the_end_that_the_recorder_made() {
        let mut story = Story::new();
        let (near, _) = scenes::tcp_pair(&mut story);
        watch(&mut story, near, &["EPOLLIN"]);
        for turn in 0..200 {
            if turn == 100 {
                let signal = socklab_event::Signal(15);
                story.process(near.who, socklab_event::Process::EndedByRecorder { signal });
            }
            epoll(&mut story, near, Some(near.fd), "EPOLLIN");
        }
        assert!(text_of(&story.build(), "spins-ignored").contains("99 times"));
    }

    #[test]
    fn something_unknown_that_is_ready_may_be_what_the_loop_serves() {
        let turns = |other: bool| {
            let mut story = Story::new();
            let (near, _) = scenes::tcp_pair(&mut story);
            let socket = story.identity(near).clone();
            let wait = |fd, socket| Wait {
                fd,
                wants: flags(&["POLLIN"]),
                got: flags(&["POLLIN"]),
                socket,
            };
            let mut waits = vec![wait(near.fd, Some(socket.into()))];
            if other {
                waits.push(wait(0, None));
            }
            for _ in 0..200 {
                let args = Args::Poll { waits: waits.clone(), timeout: None };
                story.call(near.who, "poll", None, None, args, Outcome::Value(1));
            }
            rules(&story.build()).contains(&"spins-ignored")
        };
        assert!(turns(false));
        assert!(!turns(true), "the standard input");
    }

    #[test]
    fn without_descriptors_a_server_spins() {
        let failing = |times: usize, pause: u64| {
            let mut story = Story::new();
            let (_, listener, _) = scenes::tcp_server(&mut story);
            watch(&mut story, listener, &["EPOLLIN"]);
            for _ in 0..times {
                epoll(&mut story, listener, Some(listener.fd), "EPOLLIN");
                let args = Args::Accept { peer: None, flags: Flags::default(), listener: None };
                story.wait(pause).fail(listener, "accept4", args, 24);
            }
            story.build()
        };
        let spins = failing(500, 0);
        assert_eq!(rules(&spins), ["spins-without-descriptors"]);
        let text = text_of(&spins, "spins-without-descriptors");
        assert!(text.contains("500") && text.contains("accept"), "{text}");
        assert!(rules(&failing(3, 0)).iter().all(|rule| *rule == "too-many-files"));
        assert!(rules(&failing(80, 10)).iter().all(|rule| *rule == "too-many-files"));
    }
}
