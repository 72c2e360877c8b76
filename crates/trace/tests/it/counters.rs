//! What the kernel has counted of threads and connections is read where a program spends its time.
//!
//! How long anything takes is up to the machine. What is asked here holds on every one: parts of a time
//! are no longer than the whole, and a program measures with the kernel's clocks what it uses.

use std::collections::HashMap;

use socklab_event::{Args, Call, Counters, Event, Exit, TcpCounters};
use socklab_trace::{Options, Tracer};

use crate::tracees::{calls, options, prepare, quiet, record};

const MS: u64 = 1_000_000;

/// A reading, and what happened on its thread since the one before.
#[derive(Debug)]
struct Since<'e> {
    call: &'e Call,
    after: bool,
    elapsed: u64,
    ran: u64,
    queued: u64,
    held: u64,
}

fn run(how: &str, options: Options) -> Option<Vec<Event>> {
    let mut argv = match prepare("counted.c", &[]) {
        Ok(argv) => argv,
        Err(needs) => {
            socklab_prerequisites::say_not_run(how, needs);
            return None;
        }
    };
    argv.push(how.into());
    let (events, outcome) = record(Tracer::new(options).command(quiet(argv)));
    assert_eq!(outcome.commands[0].exit, Some(Exit::Code(0)), "{outcome:?}");
    Some(events)
}

/// All readings but each thread's first, after a look at what holds for every one.
fn readings(events: &[Event]) -> Vec<Since<'_>> {
    let mut last: HashMap<u32, (u64, Counters)> = HashMap::new();
    let mut readings: Vec<(u32, u64, bool, Counters, &Call)> = Vec::new();
    for event in events {
        let Some(call) = event.call() else { continue };
        let counted = call.counted.as_deref().copied().unwrap_or_default();
        let thread = event.place.thread;
        readings.extend(counted.before.map(|it| (thread, call.began, false, it, call)));
        readings.extend(counted.after.map(|it| (thread, call.ended, true, it, call)));
    }
    readings.sort_by_key(|reading| reading.1);
    let mut all = Vec::new();
    for (thread, at, after, now, call) in readings {
        let Some((began, before)) = last.insert(thread, (at, now)) else { continue };
        let grown = |of: fn(&Counters) -> u64| {
            of(&now).checked_sub(of(&before)).unwrap_or_else(|| panic!("{before:?}, then {now:?}"))
        };
        let elapsed = at - began;
        let [ran, queued, held] = [grown(|it| it.ran), grown(|it| it.queued), grown(|it| it.held)];
        let since = Since { call, after, elapsed, ran, queued, held };
        assert!(held <= elapsed, "{since:#?}");
        // What the tracer makes a thread do, it does while it is held.
        // The scheduler's clock and that of events may differ in rate, by what `adjtimex(2)` allows.
        assert!(ran + queued <= elapsed + elapsed / 1000 + MS, "{since:#?}");
        all.push(since);
    }
    assert!(!all.is_empty(), "{events:#?}");
    all
}

/// What happened before the last send, since the reading before it.
fn before_last_send<'e>(readings: &'e [Since<'e>]) -> &'e Since<'e> {
    let last = readings
        .iter()
        .rfind(|it| !it.after && matches!(it.call.args, Args::Send { .. }))
        .unwrap_or_else(|| panic!("{readings:#?}"));
    assert!(last.call.counted.is_some());
    last
}

fn tcp(call: &Call) -> [Option<TcpCounters>; 2] {
    let counted = call.counted.as_deref().copied().unwrap_or_default();
    [counted.before, counted.after].map(|it| it.and_then(|it| it.tcp))
}

#[test]
fn a_program_that_computes_has_run() {
    let Some(events) = run("compute", options().counters(true)) else { return };
    let readings = readings(&events);
    let since = before_last_send(&readings);
    assert!(since.ran >= 30 * MS, "{since:#?}");
}

#[test]
fn a_program_that_sleeps_has_neither_run_nor_waited_for_a_processor() {
    let Some(events) = run("sleep", options().counters(true)) else { return };
    let readings = readings(&events);
    let since = before_last_send(&readings);
    assert!(since.elapsed >= 100 * MS, "{since:#?}");
    // A machine may take the processor away just before it sleeps, but hardly for half the time.
    let slept = since.elapsed.saturating_sub(since.ran + since.queued + since.held);
    assert!(slept >= 50 * MS, "{since:#?}");
}

#[test]
fn a_program_that_shares_its_processor_has_waited_for_it() {
    let Some(events) = run("compete", options().counters(true)) else { return };
    let readings = readings(&events);
    let since = before_last_send(&readings);
    let sample = &since.call.bytes().expect("bytes").sample;
    let competitor = u64::from_ne_bytes(sample[..].try_into().expect("eight bytes"));
    assert!(competitor >= 20 * MS);
    // Both were always ready, save for the moments in which the child was born.
    assert!(since.queued >= competitor / 2, "{competitor}: {since:#?}");
}

#[test]
fn a_sender_is_seen_to_wait_for_its_peer() {
    let Some(events) = run("blocked", options().counters(true)) else { return };
    readings(&events);
    let send = calls(&events)
        .find(|call| call.bytes().is_some_and(|bytes| bytes.total == 4 << 20))
        .expect("the send");
    let [before, after] = tcp(send);
    let (before, after) = (before.unwrap_or_default(), after.expect("a reading at its end"));
    let limited = |tcp: &TcpCounters| tcp.window_limited + tcp.buffer_limited;
    let grown = limited(&after) - limited(&before);
    assert!(grown > 0, "{before:?}, then {after:?}");
    // The kernel counts in ticks of up to 10 ms (CONFIG_HZ).
    assert!(grown <= send.ended - send.began + 20 * MS, "{send:#?}");
    assert!(after.busy >= grown, "{after:?}");
    assert!(after.segment > 0 && after.congestion_window > 0, "{after:?}");
}

#[test]
fn a_connection_is_read_when_it_is_closed_and_other_sockets_have_nothing_to_read() {
    for (how, closes) in [("compute", 1), ("datagrams", 0)] {
        let Some(events) = run(how, options().counters(true)) else { return };
        readings(&events);
        let made = |call: &&Call| matches!(call.args, Args::Close) && !call.implicit;
        let closed: Vec<_> = calls(&events).filter(made).map(tcp).collect();
        let read = closed.iter().filter(|[before, after]| before.is_some() && after.is_none());
        assert_eq!(read.count(), closes, "{closed:#?}");
        for call in calls(&events).filter(|call| tcp(call).iter().any(Option::is_some)) {
            let socket = call.socket.as_ref().expect("a socket");
            assert_eq!(socket.protocol, socklab_event::Protocol::TCP);
            assert!(socket.peer.is_some(), "{call:#?}");
        }
    }
    let Some(events) = run("datagrams", options().counters(true)) else { return };
    let datagrams = |call: &&Call| {
        let udp = |it: &std::sync::Arc<socklab_event::SocketId>| {
            it.protocol == socklab_event::Protocol::UDP
        };
        call.socket.as_ref().is_some_and(udp) && call.counted.is_some()
    };
    assert!(calls(&events).filter(datagrams).count() >= 2);
}

#[test]
fn nothing_is_read_unless_it_is_asked_for() {
    let Some(events) = run("sleep", options()) else { return };
    assert!(calls(&events).all(|call| call.counted.is_none()));
}
