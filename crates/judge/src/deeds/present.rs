//! What a program was doing when the recording ended.

use serde::{Deserialize, Serialize};
use socklab_event::{Args, Call, Outcome};
use socklab_flows::Position;
use socklab_say::{Sentence, sentence};

use super::life::Life;
use crate::lines;

/// What a thread was doing when the recording ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    /// Its process.
    pub process: u32,
    /// The thread.
    pub thread: u32,
    /// What it was doing.
    pub activity: Activity,
    /// For how long it had run on a processor, in nanoseconds.
    pub ran: u64,
}

/// What a thread was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Activity {
    /// It ran, or was ready to run.
    Runs,
    /// It waited for its standard input.
    Stdin,
    /// It slept for a time.
    Sleeps,
    /// It waited for a lock, or for another thread.
    Lock,
    /// It waited for another process to end.
    Child,
    /// It waited for a signal.
    Signal,
    /// It waited in a call on a socket, which the timeline has.
    Socket,
    /// It waited for something else.
    Other,
}

/// A call on a socket in which a thread of the program waits.
pub(super) fn pending<'l>(life: &'l Life<'_>) -> impl Iterator<Item = (Position, &'l Call)> {
    let pending = |(_, call): &(Position, &Call)| call.outcome == Outcome::Unfinished;
    life.calls.iter().copied().filter(pending)
}

/// What its threads were doing.
pub(super) fn present<'l>(life: &'l Life<'_>) -> impl Iterator<Item = &'l Present> {
    let mine = |process: u32| {
        let known = life.flows().process(process);
        known.is_some_and(|known| known.actor() == Some(life.asked.actor))
    };
    life.asked.present.iter().filter(move |one| mine(one.process))
}

/// What a running program does now. Of several threads, the one whose wait says most is chosen.
pub(super) fn now(life: &Life<'_>) -> Sentence {
    let waits = pending(life).filter_map(|(at, call)| {
        let rank = match &call.args {
            _ if call.receives() || call.sends() => 0,
            Args::Connect { .. } => 2,
            Args::Accept { .. } => 3,
            Args::Poll { .. } | Args::EpollWait { .. } => 4,
            _ => return None,
        };
        Some((rank, in_call(life, at, call)))
    });
    let others = present(life).filter_map(|one| {
        Some(match one.activity {
            Activity::Stdin => (1, sentence!("now-stdin")),
            Activity::Sleeps => (5, sentence!("now-sleeps")),
            Activity::Lock => (6, sentence!("now-lock")),
            Activity::Child => (7, sentence!("now-child")),
            Activity::Signal => (7, sentence!("now-signal")),
            Activity::Runs | Activity::Socket | Activity::Other => return None,
        })
    });
    let found = waits.chain(others).min_by_key(|(rank, _)| *rank);
    found.map_or_else(|| sentence!("now-running"), |(_, sentence)| sentence)
}

fn in_call(life: &Life<'_>, at: Position, call: &Call) -> Sentence {
    let name = call.library_name();
    let connection = life.flows().connection_at(at);
    let talk = life.talks.iter().find(|talk| Some(talk.connection) == connection);
    let now = match talk {
        Some(talk) => sentence!("now-call-with", call = name, peer = talk.peer),
        None => sentence!("now-call", call = name),
    };
    lines::with_line(now, lines::line(life.flows(), at).as_deref())
}
