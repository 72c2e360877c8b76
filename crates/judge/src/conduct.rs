//! What the actors of a scenario did besides making calls: how they ended, what they printed.

use socklab_event::{Bytes, Exit, Process, Stream};
use socklab_flows::{Flows, Position};

/// True if the event belongs to this actor; if none is named, always.
pub(crate) fn is_by(flows: &Flows<'_>, at: Position, actor: Option<&str>) -> bool {
    actor.is_none_or(|actor| flows.actor_at(at) == Some(actor))
}

/// How an actor's program ended, and at which event; `None` if it was still running at the end of
/// the recording, or never ran.
pub(crate) fn exit(flows: &Flows<'_>, actor: &str) -> Option<(Position, Exit)> {
    // If it was started again, the later run counts.
    let started = (0..flows.order.len()).rev().find(|at| {
        let starts = flows.order[*at].process();
        matches!(starts, Some(Process::Start { parent: None, .. }))
            && is_by(flows, *at, Some(actor))
    })?;
    let process = worker(flows, started);
    (started..flows.order.len()).find_map(|at| match flows.order[at].process() {
        Some(Process::Exit { status }) if flows.process_at(at) == process => Some((at, *status)),
        _ => None,
    })
}

/// True if the actor's program is still running at the end of the recording. A daemon is, although
/// its first process has ended: that one succeeded, and another one goes on.
pub(crate) fn is_running(flows: &Flows<'_>, actor: &str) -> bool {
    let Some((at, status)) = exit(flows, actor) else { return true };
    let Some(first) = flows.process_at(at).filter(|_| status == Exit::Code(0)) else {
        return false;
    };
    let command = flows.processes[first].command;
    let mut own = flows.processes.iter().filter(|other| other.command == command);
    own.any(|other| other.exit.is_none())
}

/// The process whose end is the end of the program that started here: its first process, not its
/// children. But if the first process only wraps another (a shell script, say) it may lose the exit
/// code: then the first process that has a socket.
fn worker(flows: &Flows<'_>, started: Position) -> Option<usize> {
    let first = flows.process_at(started)?;
    let command = flows.processes[first].command;
    let mut callers = flows.calls().filter(|(at, ..)| *at > started).filter_map(|(at, _, call)| {
        let process = flows.process_at(at)?;
        let own = flows.processes[process].command == command;
        (own && !call.implicit && flows.socket_at(at).is_some()).then_some(process)
    });
    let earliest = callers.next();
    let own = earliest == Some(first) || callers.any(|process| process == first);
    Some(if own { first } else { earliest.unwrap_or(first) })
}

/// What an actor printed, and in which events.
pub(crate) fn output(
    flows: &Flows<'_>,
    actor: &str,
    wanted: Option<Stream>,
) -> (Bytes, Vec<Position>) {
    let (mut printed, mut from) = (Bytes::default(), Vec::new());
    for at in (0..flows.order.len()).filter(|at| is_by(flows, *at, Some(actor))) {
        if let Some(Process::Stdio { stream, bytes }) = flows.order[at].process()
            && *stream != Stream::Stdin
            && wanted.is_none_or(|wanted| wanted == *stream)
        {
            // Bytes after a gap have no known offset.
            if !printed.is_cut() {
                printed.sample.extend_from_slice(&bytes.sample);
            }
            printed.total += bytes.total;
            from.push(at);
        }
    }
    (printed, from)
}
