//! Programs that died, or ended when they should not have.

use socklab_event::{Args, Exit, Process, Signal, Stream};
use socklab_flows::Position;
use socklab_say::{Variable, sentence};

use super::Missed;
use super::life::{Life, quoted};
use super::traceback::{Crash, How, crash};
use crate::case::Occurrence;
use crate::conduct;

/// Signals by which only a mistake in the program itself can end it.
pub(super) const FAULTS: [Signal; 6] =
    [Signal::SEGV, Signal::ABRT, Signal::FPE, Signal::ILL, Signal::BUS, Signal::SYS];

/// A signal ended it, or a process that it had started; not one that the scenario sent.
pub(super) fn killed(life: &Life<'_>) -> Option<Occurrence> {
    let (at, signal) = killer(life)?;
    // Some runtimes abort after an exception: that is what happened.
    if signal == Signal::ABRT && raised(life).is_some() {
        return None;
    }
    let found = life.found(at).with("signal", signal.to_string());
    let words = life.words().unwrap_or_else(|| sentence!("deed-no-place").argument());
    Some(found.with("words", words))
}

/// The signal that ended it, or a process that it had started, and where.
pub(super) fn killer(life: &Life<'_>) -> Option<(Position, Signal)> {
    let flows = life.flows();
    let own = life.exit.map(|(at, _)| at);
    (life.started..flows.order.len()).find_map(|at| {
        let Some(Process::Exit { status: Exit::Signal(signal) }) = flows.order[at].process() else {
            return None;
        };
        let its_own_fault = FAULTS.contains(signal) || own == Some(at);
        let is_it = life.is_mine(at)
            && its_own_fault
            && !life.asked.signals.contains(signal)
            && !flows.is_recorders_doing(at);
        is_it.then_some((at, *signal))
    })
}

/// What its output says of an uncaught exception, and where it says so.
pub(super) fn told(life: &Life<'_>) -> Option<(Crash, Position)> {
    let (bytes, at) = life.printed(Some(Stream::Stderr));
    let crash = crash(&String::from_utf8_lossy(&bytes.sample))?;
    // Ctrl-C ends a Python program with a traceback.
    let interrupted = life.asked.signals.contains(&Signal::INT);
    (!(interrupted && crash.error.starts_with("KeyboardInterrupt"))).then_some((crash, at?))
}

fn failed(life: &Life<'_>) -> bool {
    matches!(life.exit, Some((_, exit)) if !exit.is_success())
}

fn occurrence(life: &Life<'_>, crash: &Crash, at: Position) -> Occurrence {
    let place = match (&crash.file, crash.line) {
        (Some(file), Some(line)) => {
            sentence!("deed-place", file = quoted(file), line = line)
        }
        _ => sentence!("deed-no-place"),
    };
    life.found(at).with("error", quoted(&crash.error)).with("place", place.argument())
}

/// A launcher that compiles (java, go run) refused the file.
pub(super) fn not_compiled(life: &Life<'_>) -> Option<Occurrence> {
    let (crash, at) = told(life).filter(|(crash, _)| crash.how == How::Compiler)?;
    failed(life).then(|| occurrence(life, &crash, at))
}

/// What a Python program says that uses text where bytes are needed.
const TEXT_FOR_BYTES: [&str; 2] =
    ["a bytes-like object is required, not 'str'", "can't concat str to bytes"];

/// It ended with an exception that means one thing: text where bytes are needed.
pub(super) fn raised_text(life: &Life<'_>) -> Option<Occurrence> {
    let (crash, _) = told(life)?;
    TEXT_FOR_BYTES.iter().any(|words| crash.error.contains(words)).then(|| raised(life))?
}

/// It ended with a failure, and the end of its output is the traceback.
pub(super) fn raised(life: &Life<'_>) -> Option<Occurrence> {
    let (crash, at) = told(life).filter(|(crash, _)| crash.how == How::Last)?;
    failed(life).then(|| occurrence(life, &crash, at))
}

/// A thread of it ended with an exception, and it went on.
pub(super) fn thread_raised(life: &Life<'_>) -> Option<Occurrence> {
    let (crash, at) = told(life).filter(|(crash, _)| crash.how == How::Thread)?;
    Some(occurrence(life, &crash, at))
}

/// It printed a traceback and went on: the exception was caught, or ended something else.
pub(super) fn reported(life: &Life<'_>) -> Option<Occurrence> {
    let (crash, at) = told(life).filter(|(crash, _)| crash.how != How::Compiler)?;
    let found = || occurrence(life, &crash, at).with("now", life.now());
    (!failed(life) || crash.how == How::Earlier).then(found)
}

/// It had to get ready, a call failed, and it ended.
pub(super) fn failed_and_ended(life: &Life<'_>) -> Option<Occurrence> {
    let (at, _) = life.exit.filter(|_| life.asked.missed != Missed::Failure)?;
    let (call_at, call, error) = life.last_failure()?;
    let found = life.found(call_at).and([at]).with("call", call.library_name());
    let found = found.with("error", error.to_string()).with("exit", life.exit_text());
    Some(found.with("words", life.last_words()))
}

/// It ended, and had never been ready.
pub(super) fn ended_early(life: &Life<'_>) -> Option<Occurrence> {
    let (at, _) = life.exit?;
    let made = |kind: fn(&Args) -> bool| life.made(kind).any(|(_, call)| call.value().is_some());
    let (before, ready) = match life.asked.missed {
        Missed::Listening => {
            (sentence!("before-listening"), made(|args| matches!(args, Args::Listen { .. })))
        }
        Missed::Bound => {
            (sentence!("before-bound"), made(|args| matches!(args, Args::Bind { .. })))
        }
        Missed::Connected => {
            (sentence!("before-connected"), made(|args| matches!(args, Args::Connect { .. })))
        }
        _ => return None,
    };
    (!ready).then(|| ending(life, at).with("before", before.argument()))
}

/// It ended with a failure, and should have succeeded.
pub(super) fn ended_with_failure(life: &Life<'_>) -> Option<Occurrence> {
    let (at, _) = life.exit?;
    (life.asked.missed == Missed::Success && failed(life)).then(|| ending(life, at))
}

/// It ended although something was still expected of it.
pub(super) fn ended(life: &Life<'_>) -> Option<Occurrence> {
    let (at, _) = life.exit?;
    // Who sent or printed something, though not the right thing, may have ended when it should.
    let awaited = match life.asked.missed {
        Missed::Output { .. } => life.printed(None).0.total == 0,
        Missed::Bytes { .. } | Missed::Within { .. } | Missed::Close { .. } => {
            super::talking::talk(life).is_none_or(|talk| {
                talk.sent == 0 || talk.datagrams && sends_after(life, &talk.peer, at)
            })
        }
        Missed::Received { .. } | Missed::Running => true,
        Missed::Listening | Missed::Bound | Missed::Connected => true,
        _ => false,
    };
    awaited.then(|| ending(life, at))
}

/// Who gets a datagram from somebody else can't have ended when it should if it had ended before.
fn sends_after(life: &Life<'_>, peer: &str, at: Position) -> bool {
    (at..life.flows().order.len()).any(|at| {
        life.case.call(at).is_some_and(|call| call.sends() && call.value().is_some())
            && conduct::is_by(life.flows(), at, Some(peer))
    })
}

fn ending(life: &Life<'_>, at: Position) -> Occurrence {
    life.found(at).with("exit", life.exit_text()).with("words", life.last_words())
}

/// A call failed, it ended, and its exit code says that all was well.
pub(super) fn hid_failure(life: &Life<'_>) -> Option<Occurrence> {
    let (at, exit) = life.exit?;
    let (call_at, call, error) = life.last_failure()?;
    (life.asked.missed == Missed::Failure && exit.is_success()).then(|| {
        let found = life.found(call_at).and([at]);
        found.with("call", call.library_name()).with("error", error.to_string())
    })
}

/// It should have ended, and has not.
pub(super) fn still_running(life: &Life<'_>) -> Option<Occurrence> {
    let waits = matches!(life.asked.missed, Missed::End | Missed::Failure) && life.exit.is_none();
    let last = life.calls.last().map_or(life.started, |(at, _)| *at);
    waits.then(|| life.found(last).with("now", life.now()))
}
