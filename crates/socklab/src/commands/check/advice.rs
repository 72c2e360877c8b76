//! What the general explanation rules say about a case that did not pass.

use socklab_event::{Args, SocketType};
use socklab_flows::Flows;
use socklab_judge::Weight;
use socklab_say::{Speaker, say};
use socklab_scenario::exercise::{CaseReport, Problem};
use socklab_scenario::format::{Run, Until};
use socklab_scenario::{Recording, StepTrouble};

use crate::commands::trace::sentence;

/// The maximum number of explanations shown: more would confuse.
const MOST: usize = 2;

/// Rules about calls that cannot work as they were made. If one applies, it is more precise than
/// the hint of a case.
const MISUSE: [&str; 10] = [
    "accept-without-listen",
    "address-not-here",
    "already-connected",
    "busy-loop",
    "closed-descriptor",
    "end-ignored",
    "listener-used",
    "no-destination",
    "not-a-socket",
    "not-connected",
];

/// Skipped: we kill the program at the end of its case.
const OURS: [&str; 1] = ["killed-connected"];

/// Advice on the student's program.
#[derive(Debug, Default)]
pub(super) struct Advice {
    /// The sentences to print.
    pub(super) sentences: Vec<String>,
    /// True if the case's own hint is still useful.
    pub(super) leaves_room: bool,
}

/// Looks for advice on a case that did not pass.
pub(super) fn advice(speaker: Speaker, done: &CaseReport<'_>) -> Advice {
    let Some(recording) = &done.recording else {
        return Advice { leaves_room: true, ..Advice::default() };
    };
    let Some(column) = submission(done, recording) else {
        return Advice { leaves_room: true, ..Advice::default() };
    };
    let timeline = recording.timeline();
    let flows = Flows::of(&timeline);
    let processes: Vec<u32> = flows.processes_of(column).collect();
    let is_ours = |seq: u64| {
        let event = recording.events.iter().find(|event| event.seq == seq);
        event.is_some_and(|event| processes.contains(&event.place.process))
    };
    // A server that waits for its client behaves correctly: our client only stopped because the
    // case is over.
    let serves = recording.events.iter().any(|event| {
        processes.contains(&event.place.process)
            && event.call().is_some_and(|call| {
                matches!(call.args, Args::Accept { .. }) && call.value().is_some()
            })
    });
    let found: Vec<_> = socklab_judge::explain(&flows)
        .into_iter()
        .filter(|one| one.weight == Weight::Problem && !OURS.contains(&one.rule))
        .filter(|one| is_ours(one.decisive()))
        .filter(|one| !(serves && one.rule == "waits-for-end"))
        .collect();
    let misuse = found.iter().any(|one| MISUSE.contains(&one.rule));
    let found = found.iter().filter(|one| !misuse || MISUSE.contains(&one.rule));
    let mut sentences: Vec<String> = found.take(MOST).map(|one| sentence(speaker, one)).collect();
    let unready = is_unready(done);
    if unready && waits_for_connections(done) && has_udp_port(recording, &processes) {
        sentences.insert(0, say!(speaker, "advice-udp"));
    }
    // A hint is about a step or an expectation, neither of which a program that was never ready has
    // reached.
    Advice { leaves_room: !misuse && !unready, sentences }
}

/// The column of the student's program.
fn submission(done: &CaseReport<'_>, recording: &Recording) -> Option<usize> {
    let actor = done.case.scenario.actors.iter().find(|actor| actor.run == Run::Submission)?;
    recording.header.columns.iter().position(|column| column.label == actor.name)
}

/// True if the program did not get as far as listening or binding its port.
fn is_unready(done: &CaseReport<'_>) -> bool {
    match done.problem() {
        Some(Problem::Step(
            StepTrouble::TimedOut { awaited, .. } | StepTrouble::Ended { awaited, .. },
        )) => matches!(awaited.condition(), Some(Until::Listening | Until::Bound)),
        _ => false,
    }
}

fn waits_for_connections(done: &CaseReport<'_>) -> bool {
    matches!(
        done.problem(),
        Some(Problem::Step(StepTrouble::TimedOut { awaited, .. } | StepTrouble::Ended { awaited, .. }))
            if awaited.condition() == Some(&Until::Listening)
    )
}

fn has_udp_port(recording: &Recording, processes: &[u32]) -> bool {
    recording.events.iter().any(|event| {
        processes.contains(&event.place.process)
            && event.call().is_some_and(|call| {
                matches!(call.args, Args::Bind { .. })
                    && call.value().is_some()
                    && call.socket.as_ref().is_some_and(|socket| socket.kind == SocketType::DGRAM)
            })
    })
}
