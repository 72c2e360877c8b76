//! What the kernel's tables show of an address that a program could not get.

use socklab_event::{Call, Errno, Event, Notice, PathKind, Protocol, What};
use socklab_prerequisites::not_run;

use crate::tracees::{prepare, record_one};

/// The events between a bind that failed and the next call.
fn after_refusals(events: &[Event]) -> Vec<Vec<&Event>> {
    let refused = |call: &Call| call.name == "bind" && call.error() == Some(Errno::EADDRINUSE);
    let at = (0..events.len()).filter(|at| events[*at].call().is_some_and(refused));
    at.map(|at| {
        let following = events[at + 1..].iter();
        following.take_while(|event| event.call().is_none()).collect()
    })
    .collect()
}

/// The states among events, by their short names.
fn states(events: &[&Event]) -> Vec<(String, Protocol)> {
    let state = |event: &&Event| match &event.what {
        What::State(state) => Some((state.after.short_name()?.to_owned(), state.socket.protocol)),
        _ => None,
    };
    events.iter().filter_map(state).collect()
}

#[test]
fn who_holds_an_address_is_recorded_after_the_call_that_could_not_get_it() {
    let argv = match prepare("in_use.py", &[]) {
        Ok(argv) => argv,
        Err(needs) => not_run!(needs),
    };
    let (events, summary) = record_one(argv);
    assert_eq!(summary.shell_code(), 0);
    let refusals = after_refusals(&events);
    let [listening, waiting, udp, unix, stale, file, name] = refusals.as_slice() else {
        panic!("{} refusals", refusals.len())
    };
    let has = |found: &[&Event], wanted: &str, protocol| {
        let found = states(found);
        assert!(found.contains(&(wanted.to_owned(), protocol)), "{wanted}: {found:?}");
    };
    has(listening, "LISTEN", Protocol::TCP);
    has(waiting, "TIME_WAIT", Protocol::TCP);
    assert!(states(waiting).iter().all(|(state, _)| state != "LISTEN"));
    has(udp, "CLOSE", Protocol::UDP);
    has(unix, "LISTEN", Protocol::USUAL);
    has(name, "CLOSE", Protocol::USUAL);
    for (found, wanted) in [(stale, PathKind::Socket), (file, PathKind::File)] {
        assert!(states(found).is_empty(), "nobody has it");
        let is = found.iter().find_map(|event| match event.notice()? {
            Notice::PathExists { is, .. } => Some(*is),
            _ => None,
        });
        assert_eq!(is, Some(wanted));
    }
    let places = refusals.iter().flatten().map(|event| event.place.process);
    assert!(
        places.clone().count() > 6 && places.into_iter().all(|pid| pid == events[0].place.process)
    );
}
