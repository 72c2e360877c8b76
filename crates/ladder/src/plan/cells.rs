//! The cells of single events: calls, process events, state changes.

use socklab_event::{Args, Event, Exit, Outcome, Process, SourceLine, State, Stream};

use socklab_flows::Position;
use socklab_say::{clean, count, duration, say};

use super::protocol;
use super::scene::Scene;
use super::wording;
use crate::label::{Label, PartKind};
use crate::model::{Cell, CellKind, Mark};

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

/// The line of source of some calls, if it is the same one.
pub(crate) fn line(scene: &Scene<'_, '_>, calls: &[Position]) -> Option<String> {
    let source = |at: &Position| scene.flows.call(*at).and_then(|call| call.source.as_deref());
    let (first, others) = calls.split_first().filter(|_| scene.options.lines)?;
    let line = |source: &'_ SourceLine| (source.file.clone(), source.line);
    let own = source(first).map(line);
    let same = own.is_some() && others.iter().all(|at| source(at).map(line) == own);
    let name = scene.flows.lines.name(scene.flows.call(*first)?)?;
    same.then(|| clean(&name))
}

/// The cell of a call of its own, with its line of source. It says how long the call took if that is asked
/// for and nothing else in it does.
pub(crate) fn own_call(scene: &Scene<'_, '_>, at: Position, stage: Stage) -> Option<Cell> {
    let mut cell = call(scene, at, stage)?;
    let call = scene.flows.call(at)?;
    let said =
        scene.waited(at, call) || stage == Stage::End && scene.stands.set_off_by(at).is_none();
    let returned = call.outcome != Outcome::Unfinished && stage != Stage::Begin;
    if scene.options.durations && returned && !said && !call.implicit {
        cell.label
            .push(PartKind::Faint, format!("<{}>", scene.options.speaker.duration(call.took())));
    }
    // Of a call that waits, the line stands where it began.
    cell.line = if stage == Stage::End || call.implicit { None } else { line(scene, &[at]) };
    Some(cell)
}

/// The cell of a call.
pub(crate) fn call(scene: &Scene<'_, '_>, at: Position, stage: Stage) -> Option<Cell> {
    let event = scene.flows.order[at];
    let call = event.call()?;
    let (detail, speaker) = (scene.options.detail, scene.options.speaker);
    let tag = scene.cast.tag(&event.place).map(str::to_owned);
    let took = duration(call.took());
    let name = protocol::of_call(scene.flows, at, speaker);
    let name = name.as_ref();
    let (mut answer, mut mark) = wording::answered(call, scene.flows.deaf_at(at), name, speaker);
    let waited = scene.waited(at, call);
    if waited && scene.flows.reached_limit(at) {
        answer = Label::default()
            .then(PartKind::Mark, format!("✗ {}", call.error()?))
            .then(PartKind::Mark, say!(speaker, "ladder-timed-out"));
        mark = Some(Mark::TimedOut);
    }
    let sends_packets = scene.stands.set_off_by(at).is_some();
    let mut entry = None;
    let label = match stage {
        Stage::Whole => {
            let mut label = wording::asked(call, detail, name, speaker);
            label.parts.append(&mut answer.parts);
            if waited {
                let waited = say!(speaker, "ladder-waited", time = took);
                label.push(PartKind::Wait, format!("┄ {waited}"));
            }
            label
        }
        Stage::Begin => {
            let unfinished = mark == Some(Mark::Unfinished);
            let key = if unfinished { "ladder-unfinished" } else { "ladder-waits" };
            mark = mark.filter(|_| unfinished);
            let asked = wording::asked(call, detail, name, speaker);
            if sends_packets && !unfinished {
                // It is at work: the packets below are what it does. Its return says how long.
                asked
            } else {
                let waits = say!(speaker, key, time = took);
                asked.then(PartKind::Wait, format!("┄ {waits}"))
            }
        }
        Stage::End => {
            // In a shared column several calls may be waiting: say which one returns.
            let again = wording::asked(call, detail, name, speaker);
            let mut label = Label::default();
            if let Args::Send { bytes, .. } = &call.args
                && answer.is_empty()
            {
                // The kernel took everything; the data stands at the entry.
                let taken = speaker.number(bytes.total);
                answer.push(PartKind::Result, format!("= {taken}"));
            }
            if sends_packets {
                if matches!(call.args, Args::Connect { .. }) && answer.is_empty() {
                    let connected = say!(speaker, "packet-connected");
                    answer.push(PartKind::Result, format!("= {connected}"));
                }
                if waited {
                    answer.push(PartKind::Wait, say!(speaker, "ladder-waited", time = took));
                }
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
    Some(Cell { participant, tag, label, entry, kind, mark, line: None, seq: event.seq })
}

/// The cell of a process event.
pub(crate) fn process(scene: &Scene<'_, '_>, event: &Event, process: &Process) -> Option<Cell> {
    let speaker = scene.options.speaker;
    let mut label = Label::default();
    let mut mark = None;
    match process {
        Process::Exit { status } => match status {
            Exit::Code(code) => {
                label.push(PartKind::Faint, say!(speaker, "ladder-exit", code = code));
                mark = (*code != 0).then_some(Mark::Failed);
            }
            Exit::Signal(signal) if is_killed_by_recorder(scene, event) => label
                .push(PartKind::Faint, say!(speaker, "ladder-ended-by-recorder", signal = signal)),
            Exit::Signal(signal) => {
                label.push(
                    PartKind::Mark,
                    format!("✗ {}", say!(speaker, "ladder-killed", signal = signal)),
                );
                mark = Some(Mark::Killed);
            }
            Exit::Unknown => label.push(PartKind::Faint, say!(speaker, "ladder-gone")),
        },
        Process::Signal { signal } => label.push(PartKind::Mark, format!("⚡ {signal}")),
        Process::Stopped { signal } => {
            label.push(PartKind::Faint, say!(speaker, "ladder-stopped", signal = signal));
        }
        Process::Continued => label.push(PartKind::Faint, say!(speaker, "ladder-continued")),
        Process::EndedByRecorder { signal } => {
            label.push(PartKind::Faint, say!(speaker, "ladder-ended-by-recorder", signal = signal));
        }
        Process::Released => label.push(PartKind::Faint, say!(speaker, "ladder-released")),
        Process::Exec { argv, .. } => {
            let program = clean(&argv.join(" "));
            label.push(PartKind::Faint, say!(speaker, "ladder-becomes", program = program));
        }
        Process::Stdio { stream, bytes } => {
            let verb = match stream {
                Stream::Stdin => say!(speaker, "ladder-reads", stream = "stdin"),
                Stream::Stdout => say!(speaker, "ladder-prints"),
                Stream::Stderr => format!("{} (stderr)", say!(speaker, "ladder-prints")),
            };
            label.push(PartKind::Faint, verb);
            label.push_data(bytes, bytes.total, true);
        }
        Process::Start { .. } => {
            let tag = scene.cast.tag(&event.place).unwrap_or("").to_owned();
            label.push(PartKind::Faint, say!(speaker, "ladder-begins", tag = tag));
        }
        _ => return None,
    }
    let participant = scene.cast.lane(&event.place)?;
    let ends = matches!(process, Process::Exit { .. } | Process::Released);
    // The recorder ends a process, whichever of its threads is the one with the process's number.
    let whole = ends || matches!(process, Process::EndedByRecorder { .. });
    let tag = match whole {
        true => scene.cast.process_tag(event.place.process),
        false => scene.cast.tag(&event.place),
    };
    let tag = tag.map(str::to_owned);
    let kind = if ends { CellKind::Exit } else { CellKind::Process };
    Some(Cell { participant, tag, label, entry: None, kind, mark, line: None, seq: event.seq })
}

/// True if a signal of the recorder ended the process of an event.
fn is_killed_by_recorder(scene: &Scene<'_, '_>, event: &Event) -> bool {
    let process = scene.flows.process(event.place.process);
    process.is_some_and(|process| process.killed_by_recorder().is_some())
}

/// The cell of what the kernel's tables showed of a socket at one moment. For a socket that holds an
/// address which a program could not get, `holder` is the number of others that are not drawn.
pub(crate) fn state(
    scene: &Scene<'_, '_>,
    event: &Event,
    state: &State,
    holder: Option<usize>,
) -> Option<Cell> {
    let (flows, speaker) = (scene.flows, scene.options.speaker);
    let own = flows.sockets.iter().find(|socket| socket.identity.is_same(&state.socket));
    let used = |socket: &socklab_flows::Socket| {
        socket.calls.iter().find_map(|at| scene.cast.lane_at(flows, *at))
    };
    // Of the sockets of the recording, the column of their own; a stranger is seen where it matters.
    let participant = scene.cast.lane(&event.place).or_else(|| own.and_then(used))?;
    let mut label = Label::default();
    for word in wording::seen(state, own.is_none() || holder.is_some(), speaker).split(' ') {
        label.push(PartKind::Faint, word);
    }
    if let Some(more) = holder.filter(|more| *more > 0) {
        label.push(PartKind::Faint, say!(speaker, "ladder-more-holders", n = count(more)));
    }
    let kind = CellKind::Kernel;
    Some(Cell {
        participant,
        tag: None,
        label,
        entry: None,
        kind,
        mark: None,
        line: None,
        seq: event.seq,
    })
}
