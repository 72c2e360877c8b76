//! The cells of single events: calls, the life of processes, states.

use socklab_event::{Args, Event, Exit, Process, State, Stream};

use socklab_flows::Position;

use super::scene::Scene;
use super::wording;
use crate::clean::clean;
use crate::label::{Label, PartKind};
use crate::model::{Cell, CellKind, Mark};
use crate::words::fill;

/// Which part of a call a cell shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Entry to return.
    Whole,
    /// The entry.
    Begin,
    /// The return.
    End,
}

/// The cell of a call.
pub(crate) fn call(scene: &Scene<'_, '_>, at: Position, stage: Stage) -> Option<Cell> {
    let event = scene.flows.order[at];
    let call = event.call()?;
    let (detail, words) = (scene.options.detail, &scene.options.words);
    let tag = scene.cast.tag(&event.place).map(str::to_owned);
    let took = words.duration(call.took());
    let (mut answer, mut mark) = wording::answered(call, words);
    let waited = scene.waited(at, call);
    if waited && call.error().is_some_and(socklab_event::Errno::is_not_now) {
        // It had a limit (SO_RCVTIMEO), which ran out.
        answer = Label::default()
            .then(PartKind::Mark, format!("✗ {}", call.error()?))
            .then(PartKind::Mark, words.timed_out.to_string());
        mark = Some(Mark::TimedOut);
    }
    let mut entry = None;
    let label = match stage {
        Stage::Whole => {
            let mut label = wording::asked(call, detail, words);
            label.parts.append(&mut answer.parts);
            if waited {
                let waited = fill(&words.waited, &[("time", &took)]);
                label.push(PartKind::Wait, format!("┄ {waited}"));
            }
            label
        }
        Stage::Begin => {
            let unfinished = mark == Some(Mark::Unfinished);
            let pattern = if unfinished { &words.unfinished } else { &words.waits };
            mark = mark.filter(|_| unfinished);
            let waits = fill(pattern, &[("time", &took)]);
            wording::asked(call, detail, words).then(PartKind::Wait, format!("┄ {waits}"))
        }
        Stage::End => {
            // In a column of many, several calls wait at once: say whose return this is.
            let again = wording::asked(call, detail, words);
            let mut label = Label::default();
            if let Args::Send { bytes, .. } = &call.args
                && answer.is_empty()
            {
                // All of it was taken; what it was has been said.
                let taken = words.number(bytes.total);
                answer.push(PartKind::Result, format!("= {taken}"));
            }
            let other = scene.cast.is_shared(event.place.process, event.place.thread);
            let says_itself = matches!(call.args, Args::Accept { .. }) && tag.is_none();
            if other && !says_itself || answer.is_empty() {
                label = again;
            } else {
                entry = Some(again);
            }
            label.parts.append(&mut answer.parts);
            label
        }
    };
    let kind = match stage {
        _ if call.implicit => CellKind::Kernel,
        Stage::Whole => CellKind::Call,
        Stage::Begin => CellKind::Begin,
        Stage::End => CellKind::End,
    };
    let participant = scene.cast.lane_at(scene.flows, at)?;
    Some(Cell { participant, tag, label, entry, kind, mark, seq: event.seq })
}

/// The cell of a name look-up, all of whose calls it stands for.
pub(crate) fn lookup(
    scene: &Scene<'_, '_>,
    event: &Event,
    lookup: &socklab_flows::Lookup,
) -> Option<Cell> {
    let words = &scene.options.words;
    let names: Vec<String> = lookup.names.iter().map(|name| clean(name)).collect();
    let mut label = Label::default()
        .then(PartKind::Name, fill(&words.looks_up, &[("name", &names.join(", "))]))
        .then(PartKind::Plain, fill(&words.asks, &[("server", &wording::shown(&lookup.server))]));
    let began = event.call().map_or(event.at, |call| call.began);
    let last = lookup.calls.iter().filter_map(|at| scene.flows.call(*at)).map(|call| call.ended);
    let took = last.max().unwrap_or(began).saturating_sub(began);
    if took >= scene.options.wait_from {
        let took = words.duration(took);
        label.push(PartKind::Wait, format!("┄ {}", fill(&words.waited, &[("time", &took)])));
    }
    let mark = (!lookup.answered).then(|| {
        label.push(PartKind::Mark, format!("✗ {}", words.timed_out));
        Mark::TimedOut
    });
    let participant = scene.cast.lane(&event.place)?;
    let tag = scene.cast.tag(&event.place).map(str::to_owned);
    Some(Cell { participant, tag, label, entry: None, kind: CellKind::Call, mark, seq: event.seq })
}

/// The cell of something in a process's life.
pub(crate) fn life(scene: &Scene<'_, '_>, event: &Event, process: &Process) -> Option<Cell> {
    let words = &scene.options.words;
    let mut label = Label::default();
    let mut mark = None;
    match process {
        Process::Exit { status } => match status {
            Exit::Code(code) => {
                label.push(PartKind::Faint, fill(&words.exit, &[("code", code)]));
                mark = (*code != 0).then_some(Mark::Failed);
            }
            Exit::Signal(signal) => {
                label.push(
                    PartKind::Mark,
                    format!("✗ {}", fill(&words.killed, &[("signal", signal)])),
                );
                mark = Some(Mark::Killed);
            }
            Exit::Unknown => label.push(PartKind::Faint, words.gone.to_string()),
        },
        Process::Signal { signal } => label.push(PartKind::Mark, format!("⚡ {signal}")),
        Process::Stopped { signal } => {
            label.push(PartKind::Faint, fill(&words.stopped, &[("signal", signal)]));
        }
        Process::Continued => label.push(PartKind::Faint, words.continued.to_string()),
        Process::Released => label.push(PartKind::Faint, words.released.to_string()),
        Process::Exec { argv, .. } => {
            let program = clean(&argv.join(" "));
            label.push(PartKind::Faint, fill(&words.becomes, &[("program", &program)]));
        }
        Process::Stdio { stream, bytes } => {
            let verb = match stream {
                Stream::Stdin => fill(&words.reads, &[("stream", &"stdin")]),
                Stream::Stdout => words.prints.to_string(),
                Stream::Stderr => format!("{} (stderr)", words.prints),
            };
            label.push(PartKind::Faint, verb);
            label.push_data(bytes, bytes.total, true);
        }
        Process::Start { .. } => {
            let tag = scene.cast.tag(&event.place).unwrap_or("").to_owned();
            label.push(PartKind::Faint, fill(&words.begins, &[("tag", &tag)]));
        }
        Process::Ready { .. } => return None,
    }
    let participant = scene.cast.lane(&event.place)?;
    let ends = matches!(process, Process::Exit { .. } | Process::Released);
    let tag = match ends {
        true => scene.cast.process_tag(event.place.process),
        false => scene.cast.tag(&event.place),
    };
    let tag = tag.map(str::to_owned);
    let kind = if ends { CellKind::Exit } else { CellKind::Life };
    Some(Cell { participant, tag, label, entry: None, kind, mark, seq: event.seq })
}

/// The cell of a TCP state change, which only the kernel makes.
pub(crate) fn state(scene: &Scene<'_, '_>, event: &Event, state: &State) -> Option<Cell> {
    let flows = scene.flows;
    let socket = flows.sockets.iter().find(|socket| socket.identity.is_same(&state.socket))?;
    let participant = socket.calls.iter().find_map(|at| scene.cast.lane_at(flows, *at))?;
    let before = state.before.map_or_else(String::new, |before| format!("{before} "));
    let label = Label::default().then(PartKind::Faint, format!("{before}→ {}", state.after));
    let kind = CellKind::Kernel;
    Some(Cell { participant, tag: None, label, entry: None, kind, mark: None, seq: event.seq })
}
