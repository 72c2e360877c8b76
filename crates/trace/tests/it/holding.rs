//! Threads that are held let others get ahead of them, in the same way every time, and no program
//! hangs because of that.

use std::collections::BTreeSet;

use crate::tracees::{calls, options, prepare, quiet, record};
use socklab_event::{Args, Event, Exit, Outcome};
use socklab_trace::{Calls, Handle, Hold, HoldAt, HoldUntil, Tracer};

/// Runs a tracee under a hold of its threads; `None` if it can't be run here.
fn run(name: &str, at: HoldAt, until: HoldUntil, release: bool) -> Option<Vec<Event>> {
    let argv = match prepare(name, &[]) {
        Ok(argv) => argv,
        Err(needs) => {
            socklab_prerequisites::say_not_run(name, needs);
            return None;
        }
    };
    let tracer = Tracer::new(options()).command(quiet(argv));
    let handle: Handle = tracer.handle();
    handle.hold(Hold { command: 0, at, until });
    if release {
        handle.release(0);
    }
    let (events, outcome) = record(tracer);
    assert_eq!(outcome.commands[0].exit, Some(Exit::Code(0)), "{outcome:?}");
    Some(events)
}

/// The descriptors on which a program sent.
fn sent_on(events: &[Event]) -> Vec<i32> {
    let sends = calls(events).filter(|call| matches!(call.args, Args::Send { .. }));
    sends.filter_map(|call| call.fd).collect()
}

#[test]
fn threads_held_at_birth_all_read_what_the_last_accept_wrote() {
    for _ in 0..10 {
        let Some(events) = run("loop_variable.c", HoldAt::Birth, HoldUntil::OthersWait, false)
        else {
            return;
        };
        let accepts = calls(&events).filter(|call| matches!(call.args, Args::Accept { .. }));
        let clients: Vec<i64> = accepts.filter_map(|call| call.value()).collect();
        assert_eq!(clients.len(), 3);
        let last = i32::try_from(clients[2]).expect("a descriptor");
        assert_eq!(sent_on(&events), [last; 3]);
    }
}

#[test]
fn what_is_held_until_released_goes_on_once_nobody_else_can() {
    let send = Calls::named(|name| name == "sendto");
    let Some(events) = run("loop_variable.c", HoldAt::Before(send), HoldUntil::Released, true)
    else {
        return;
    };
    let sends = calls(&events).filter(|call| matches!(call.args, Args::Send { .. }));
    let sends: Vec<_> = sends.collect();
    // All of them had entered the call before the first returned from it.
    let entered = sends.iter().map(|call| call.began).max();
    let returned = sends.iter().map(|call| call.ended).min();
    assert!(sends.len() == 3 && entered < returned, "{sends:?}");
    assert!(sends.iter().all(|call| call.outcome != Outcome::Unfinished));
}

/// Children of every kind come to life although they are held: processes that share memory with
/// their parent, which sleeps meanwhile, and threads whose creator waits for their first sign.
#[test]
fn nobody_waits_forever_for_a_new_thread_or_process() {
    for name in ["forking.py", "spawning.py", "threading_server.py", "threads.c"] {
        let Some(held) = run(name, HoldAt::Birth, HoldUntil::OthersWait, false) else { return };
        let plain =
            record(Tracer::new(options()).command(quiet(prepare(name, &[]).expect("ready"))));
        let names = |events: &[Event]| -> BTreeSet<String> {
            calls(events).map(|call| call.name.to_string()).collect()
        };
        assert_eq!(names(&held), names(&plain.0), "{name}");
    }
}
