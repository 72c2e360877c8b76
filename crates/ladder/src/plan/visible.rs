//! Which events are drawn.

use socklab_event::{Args, Errno, Event, Exit, Fate, Frame, Process, Signal, What};
use socklab_flows::{Flows, Meaning, NumberMap, Position, WindowChange};

use super::cast::Cast;
use super::filtered::Filtered;
use super::lookups::Lookups;
use super::notable::Notable;
use super::ways::Ways;
use crate::options::{Detail, Options};

/// How many prints in a row of a process are drawn, and the last one of them.
const PRINTS: usize = 50;

/// How many of the sockets that hold an address are drawn.
const HOLDERS: usize = 3;

/// The events to draw, and counts of those left out.
#[derive(Debug, Default)]
pub(crate) struct Visible {
    /// The positions of the events to draw, in order.
    pub(crate) shown: Vec<Position>,
    /// Number of calls that only set up or query.
    pub(crate) hidden: u64,
    /// Number of frames that only acknowledge.
    pub(crate) bare_acks: u64,
    /// Number of prints in rows of prints that are longer than anybody reads.
    pub(crate) prints: u64,
    /// Number of packets that belong to no program of the recording.
    pub(crate) of_nobody: u64,
    /// The states of sockets that hold an address which a program could not get, and with the last
    /// of them how many more there are.
    pub(crate) holders: NumberMap<Position, usize>,
    /// The name look-ups, each of which has few rows for all its calls.
    pub(crate) lookups: Lookups,
    /// What a filter has left out, if there is one.
    pub(crate) filtered: Option<Filtered>,
}

/// Chooses the events to draw.
pub(crate) fn choose(
    flows: &Flows<'_>,
    notable: Notable,
    cast: &Cast,
    ways: &Ways,
    options: &Options,
) -> Visible {
    let mut visible = Visible::default();
    let mut refused = Refused::default();
    let mut prints = Prints::default();
    let last_calls = last_calls(flows);
    for (at, event) in flows.order.iter().enumerate() {
        let keep = options.keep.contains(&event.seq);
        refused.see(event);
        let printed = matches!(event.process(), Some(Process::Stdio { .. }));
        if !printed && matches!(event.what, What::Call(_) | What::Process(_)) {
            visible.shown.extend(prints.end(event.place.process));
        }
        match &event.what {
            What::Call(_) if notable.has(at) => {
                visible.shown.extend(cast.lane(&event.place).map(|_| at));
            }
            What::Call(_) if notable.lookups.calls.contains(&at) => {}
            What::Call(call) => visible.hidden += u64::from(!call.implicit),
            What::Process(process) => {
                let alone = cast.process_tag(event.place.process).is_none();
                let drawn = cast.lane(&event.place).is_some();
                let goes_on = last_calls.get(&event.place.process).is_some_and(|last| *last > at);
                let told = options.detail != Detail::All
                    && (is_told_at_exit(flows, at, process) || (goes_on && is_fault(process)));
                if !drawn || (!keep && (told || !is_worth_a_row(process, alone, options))) {
                    continue;
                }
                let whole = keep || options.detail == Detail::All;
                if !printed || whole || prints.are_few(event.place.process, at) {
                    visible.shown.push(at);
                }
            }
            What::Frame(frame) => {
                let drawn = ways.at(flows, at).is_some() || ways.inner(flows, at).is_some();
                let bare_ack = is_bare_ack(flows, at, frame);
                if drawn && (keep || options.detail == Detail::All || !bare_ack) {
                    visible.shown.push(at);
                } else if drawn {
                    visible.bare_acks += 1;
                } else if !ways.is_quiet(flows, at) {
                    visible.of_nobody += 1;
                }
            }
            What::State(_) => {
                let holder = refused.number_of_holder(event);
                if keep || options.detail == Detail::All || holder.is_some_and(|n| n <= HOLDERS) {
                    visible.shown.push(at);
                    visible.holders.extend(holder.map(|_| (at, 0)));
                } else if holder.is_some()
                    && let Some(more) =
                        visible.shown.last().and_then(|at| visible.holders.get_mut(at))
                {
                    *more += 1;
                }
            }
            _ => {}
        }
    }
    visible.shown.extend(prints.end_all());
    // The last print of a row is known only when the next event is, or there is none.
    visible.shown.sort_unstable();
    visible.prints = prints.left_out;
    visible.lookups = notable.lookups;
    visible
}

/// What processes print without doing anything else in between.
#[derive(Default)]
struct Prints {
    /// How many so far, and the last of those that are not drawn, by process.
    rows: NumberMap<u32, (usize, Option<Position>)>,
    left_out: u64,
}

impl Prints {
    /// Counts one. True if it is drawn, because there were few before.
    fn are_few(&mut self, process: u32, at: Position) -> bool {
        let (count, last) = self.rows.entry(process).or_default();
        *count += 1;
        if *count <= PRINTS {
            return true;
        }
        self.left_out += u64::from(last.replace(at).is_some());
        false
    }

    /// The process does something else. Its last print, if that is not drawn yet.
    fn end(&mut self, process: u32) -> Option<Position> {
        self.rows.remove(&process).and_then(|(_, last)| last)
    }

    fn end_all(&mut self) -> Vec<Position> {
        self.rows.drain().filter_map(|(_, (_, last))| last).collect()
    }
}

/// True if this is an ACK and nothing more that arrived untouched. The third segment of a handshake
/// does not count: it completes the connection.
pub(super) fn is_bare_ack(flows: &Flows<'_>, at: Position, frame: &Frame) -> bool {
    let Some(tie) = flows.ties.of(at) else { return false };
    let plain = matches!(tie.meaning, Meaning::Ack | Meaning::DelayedAck | Meaning::WindowUpdate);
    let news = tie.window.is_some_and(|window| window.change != WindowChange::None);
    plain && !news && matches!(frame.fate, Fate::Delivered { .. })
}

/// The processes whose last call could not get an address. The states recorded after it are those
/// of the sockets that hold the address.
#[derive(Default)]
struct Refused(NumberMap<u32, usize>);

impl Refused {
    fn see(&mut self, event: &Event) {
        let Some(call) = event.call() else { return };
        let asks = matches!(call.args, Args::Bind { .. } | Args::Listen { .. });
        if asks && call.error() == Some(Errno::EADDRINUSE) {
            self.0.insert(event.place.process, 0);
        } else {
            self.0.remove(&event.place.process);
        }
    }

    /// If the event is the state of a holder: which one it is, from 1.
    fn number_of_holder(&mut self, event: &Event) -> Option<usize> {
        let number = self.0.get_mut(&event.place.process)?;
        *number += 1;
        Some(*number)
    }
}

fn is_worth_a_row(process: &Process, alone: bool, options: &Options) -> bool {
    match process {
        Process::Exit { status: Exit::Code(0) } => alone || options.detail == Detail::All,
        Process::Exit { .. } | Process::Stdio { .. } | Process::Signal { .. } => true,
        Process::Stopped { .. } | Process::Released | Process::EndedByRecorder { .. } => true,
        Process::Exec { .. } | Process::Continued => options.detail == Detail::All,
        _ => false,
    }
}

/// Where each process that received the signal of a fault made its last call.
fn last_calls(flows: &Flows<'_>) -> NumberMap<u32, Position> {
    let mut last = NumberMap::default();
    for event in &flows.order {
        if event.process().is_some_and(is_fault) {
            last.insert(event.place.process, 0);
        }
    }
    if !last.is_empty() {
        for (at, event) in
            flows.order.iter().enumerate().filter(|(_, event)| event.call().is_some())
        {
            if let Some(known) = last.get_mut(&event.place.process) {
                *known = at;
            }
        }
    }
    last
}

/// True for a signal that an instruction raises, signal(7). Runtimes such as Java's cause and handle
/// such signals on purpose: a process that makes further calls has not crashed.
fn is_fault(process: &Process) -> bool {
    matches!(
        process,
        Process::Signal {
            signal: Signal::SEGV | Signal::BUS | Signal::FPE | Signal::ILL | Signal::TRAP
        }
    )
}

/// True for a signal with which the recorder ended the program: if it ended the program at once, the
/// row of the exit says so, and if not, the row says so at which the recorder sent it.
fn is_told_at_exit(flows: &Flows<'_>, at: Position, process: &Process) -> bool {
    let Some(known) = flows.process_at(at).map(|index| &flows.processes[index]) else {
        return false;
    };
    match process {
        Process::EndedByRecorder { signal } => known.killed_by_recorder() == Some(*signal),
        Process::Signal { signal } => {
            // The recorder sends SIGTERM before SIGKILL, which can't be seen being delivered.
            let sent = *signal == Signal::TERM && known.ended_by_recorder.is_some();
            sent && flows.is_recorders_doing(at)
        }
        _ => false,
    }
}
