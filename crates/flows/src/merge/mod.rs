//! Several recordings as one timeline: a client and its server traced by two commands, or on two machines;
//! a trace beside a capture.
//!
//! Recordings of one boot of one machine have one clock, and share processes and sockets. The clocks of
//! others are aligned by the time of day, which machines agree on as far as something sets it (NTP). Where
//! a message would then arrive before it was sent, the clock is corrected by as much as the messages
//! between the two demand, and a notice says so.

mod clocks;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use socklab_event::{
    Column, Endpoint, Event, Fate, Header, Notice, Place, Process, Protocol, Timeline, What,
};

use crate::Flows;

/// A recording and its name.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Recording {
    /// What the reader calls it: its file.
    pub name: String,
    /// What was recorded.
    pub timeline: Timeline,
}

impl Recording {
    /// Names a recording.
    pub fn new(name: impl Into<String>, timeline: Timeline) -> Self {
        Self { name: name.into(), timeline }
    }
}

/// Two recordings whose moments 0 differ by less than this, in nanoseconds, are of one boot if neither says
/// which: nothing boots two machines in the same second and traces on both, and setting a clock moves it
/// further.
const SAME_BOOT: u64 = 1_000_000_000;

/// Process ids of another machine, and those that two recordings use, are moved by multiples of this. No
/// kernel gives one so large (`PID_MAX_LIMIT`, proc_sys_kernel(5)).
const IDS: u32 = 10_000_000;

/// Numbers of sockets and network namespaces of another machine are moved by multiples of this. Below 2^53 a
/// number stays whole in JSON.
const INODES: u64 = 1 << 44;

/// Makes one timeline of several. A single one stays what it is.
pub fn merge(mut recordings: Vec<Recording>) -> Timeline {
    if recordings.len() < 2 {
        return recordings.pop().map(|one| one.timeline).unwrap_or_default();
    }
    let machines = machines(&recordings);
    for (recording, machine) in recordings.iter_mut().zip(&machines) {
        recording.timeline.events.iter_mut().for_each(|event| machine.rename(event));
    }
    let mut notices: Vec<(u64, Notice)> = Vec::new();
    for (name, twice) in drop_frames_seen_twice(&mut recordings, &machines) {
        notices.push((0, Notice::FramesTwice { recording: name, count: twice }));
    }
    let header = header(&recordings);
    if header.wire {
        let lacks = |event: &Event| matches!(event.notice(), Some(Notice::NoFrames { .. }));
        recordings.iter_mut().for_each(|one| one.timeline.events.retain(|event| !lacks(event)));
    }
    let epoch = header.epoch;
    for (recording, machine) in recordings.iter_mut().zip(&machines) {
        let by = machine.epoch.saturating_sub(epoch);
        move_events(&mut recording.timeline.events, i64::try_from(by).unwrap_or(i64::MAX));
    }
    let first = first(&recordings);
    for other in 1..machines.iter().map(|machine| machine.number + 1).max().unwrap_or(1) {
        let is_of = |machine: &Machine| machine.number == other;
        let of: HashSet<u32> = recordings
            .iter()
            .zip(&machines)
            .filter(|(_, machine)| is_of(machine))
            .flat_map(|(one, _)| one.timeline.events.iter().map(|event| event.place.process))
            .filter(|process| *process != 0)
            .collect();
        // A capture has no processes: whose clock it is, nobody knows.
        if of.is_empty() {
            continue;
        }
        let joined = joined(header.clone(), recordings.iter().map(|one| &one.timeline));
        let moved = clocks::correction(&Flows::of(&joined), &of);
        for (recording, _) in
            recordings.iter_mut().zip(&machines).filter(|(_, machine)| is_of(machine))
        {
            move_events(&mut recording.timeline.events, moved);
            let recording = recording.name.clone();
            notices.push((first, Notice::OtherClock { recording, moved }));
        }
    }
    let mut whole = joined(header, recordings.iter().map(|one| &one.timeline));
    for (at, notice) in notices {
        let place = Place { host: None, process: 0, thread: 0 };
        let at = if at == 0 { first } else { at };
        whole.events.push(Event { seq: 0, at, place, what: notice.into() });
    }
    for (seq, event) in (0..).zip(&mut whole.events) {
        event.seq = seq;
    }
    whole
}

/// When the first event of all was.
fn first(recordings: &[Recording]) -> u64 {
    let events = recordings.iter().flat_map(|one| &one.timeline.events);
    events.map(|event| event.at).min().unwrap_or(0)
}

/// What a recording's numbers become.
struct Machine {
    /// Which machine, from 0 in the order of the recordings.
    number: u32,
    /// Its time of day at 0.
    epoch: u64,
    /// True if there are others.
    several: bool,
    /// What is added to the ids of these processes.
    ids: HashMap<u32, u32>,
    /// What is added to the numbers of commands.
    commands: u32,
}

fn machines(recordings: &[Recording]) -> Vec<Machine> {
    let mut machines: Vec<Machine> = Vec::new();
    let mut taken: HashSet<u32> = HashSet::new();
    let mut commands = 0;
    for (index, recording) in recordings.iter().enumerate() {
        let header = &recording.timeline.header;
        let same = recordings[..index].iter().position(|earlier| {
            let earlier = &earlier.timeline.header;
            match (earlier.boot.as_str(), header.boot.as_str()) {
                ("", _) | (_, "") => earlier.epoch.abs_diff(header.epoch) < SAME_BOOT,
                (one, other) => one == other,
            }
        });
        let (number, epoch) = match same {
            Some(earlier) => (machines[earlier].number, machines[earlier].epoch),
            None => (machines.iter().map(|one| one.number + 1).max().unwrap_or(0), header.epoch),
        };
        let processes: HashSet<u32> = processes(&recording.timeline);
        let more = IDS.saturating_mul(u32::try_from(index).unwrap_or(u32::MAX));
        let twice = processes.iter().filter(|id| taken.contains(id));
        let ids = twice.map(|id| (*id, more)).collect();
        taken.extend(processes);
        machines.push(Machine { number, epoch, several: false, ids, commands });
        commands += u32::try_from(header.columns.len()).unwrap_or(0);
    }
    let several = machines.iter().any(|machine| machine.number > 0);
    machines.iter_mut().for_each(|machine| machine.several = several);
    machines
}

fn processes(timeline: &Timeline) -> HashSet<u32> {
    let all = timeline.events.iter().map(|event| event.place.process);
    all.filter(|process| *process != 0).collect()
}

impl Machine {
    fn rename(&self, event: &mut Event) {
        let process = event.place.process;
        if let Some(more) = self.ids.get(&process) {
            event.place.process = process.saturating_add(*more);
            event.place.thread = event.place.thread.saturating_add(*more);
        }
        if let What::Process(process) = &mut event.what
            && let Process::Start { command, parent, .. } = &mut **process
        {
            *command = command.saturating_add(self.commands);
            let renamed = |id: u32| id.saturating_add(self.ids.get(&id).copied().unwrap_or(0));
            *parent = parent.map(renamed);
        }
        if !self.several {
            return;
        }
        let more = INODES.saturating_mul(self.number.into());
        let moved = |number: u64| number.saturating_add(more);
        event.each_socket(|socket| {
            let socket = Arc::make_mut(socket);
            // Two machines whose network is not known have different ones: 127.0.0.1 is not the same.
            socket.netns = Some(moved(socket.netns.unwrap_or(1)));
            socket.inode = socket.inode.map(moved);
            socket.peer_inode = socket.peer_inode.map(moved);
        });
    }
}

/// The header of all. Columns keep their order; labels that two have in common get the recording's name.
fn header(recordings: &[Recording]) -> Header {
    let headers = || recordings.iter().map(|one| &one.timeline.header);
    let mut columns: Vec<Column> = Vec::new();
    for recording in recordings {
        for column in &recording.timeline.header.columns {
            let taken = columns.iter().any(|other| other.label == column.label);
            let label = match taken {
                true => format!("{} ({})", column.label, recording.name),
                false => column.label.clone(),
            };
            columns.push(Column { label, argv: column.argv.clone() });
        }
    }
    let agreed = |of: fn(&Header) -> &str| {
        let mut all: Vec<&str> = Vec::new();
        headers().map(of).for_each(|one| {
            if !one.is_empty() && !all.contains(&one) {
                all.push(one);
            }
        });
        all.join(", ")
    };
    let boots: HashSet<&str> = headers().map(|one| one.boot.as_str()).collect();
    let boot = if boots.len() == 1 { agreed(|one| &one.boot) } else { String::new() };
    Header {
        made_by: agreed(|one| &one.made_by),
        kernel: agreed(|one| &one.kernel),
        machine: agreed(|one| &one.machine),
        epoch: headers().map(|one| one.epoch).filter(|one| *one > 0).min().unwrap_or(0),
        boot,
        wire: headers().any(|one| one.wire),
        columns,
    }
}

fn joined<'r>(header: Header, parts: impl Iterator<Item = &'r Timeline>) -> Timeline {
    let mut events: Vec<Event> = parts.flat_map(|one| one.events.iter().cloned()).collect();
    for (seq, event) in (0..).zip(&mut events) {
        event.seq = seq;
    }
    Timeline { header, events }
}

/// Moves events in time by this many nanoseconds.
fn move_events(events: &mut [Event], by: i64) {
    if by == 0 {
        return;
    }
    let moved = |at: u64| at.saturating_add_signed(by);
    for event in events {
        event.at = moved(event.at);
        match &mut event.what {
            What::Call(call) => {
                call.began = moved(call.began);
                call.ended = moved(call.ended);
            }
            What::Frame(frame) => {
                let fate = std::mem::replace(&mut frame.fate, Fate::Delivered { at: 0 });
                frame.fate = fate.moved(moved);
            }
            _ => {}
        }
    }
}

type Conversation = (Protocol, Endpoint, Endpoint);

/// The frames that a recording has of a conversation.
#[derive(Clone, Copy)]
struct Seen {
    /// Which machine; `None` for a capture, which may be of any.
    machine: Option<u32>,
    /// When the first and the last of them was, in time of day.
    first: u64,
    last: u64,
}

impl Seen {
    /// True if the two are of one and the same conversation. On one machine, its addresses may have been used
    /// again later; between machines, whose clocks may differ, only loopback is another place on each.
    fn is_same(&self, other: &Self, is_loopback: bool) -> bool {
        let overlap = self.first <= other.last && other.first <= self.last;
        match (self.machine, other.machine) {
            (Some(one), Some(another)) if one != another => !is_loopback,
            _ => overlap,
        }
    }
}

/// Leaves the frames of each conversation in the first recording that has them: the same frame, seen at two
/// places, would look as if it had been sent twice. Returns the recordings that lost some, and how many.
fn drop_frames_seen_twice(
    recordings: &mut [Recording],
    machines: &[Machine],
) -> Vec<(String, u64)> {
    let mut seen: HashMap<Conversation, Vec<Seen>> = HashMap::new();
    let mut dropped = Vec::new();
    for (recording, machine) in recordings.iter_mut().zip(machines) {
        let events = &mut recording.timeline.events;
        let is_capture = events.iter().all(|event| event.place.process == 0);
        let number = (!is_capture).then_some(machine.number);
        let mut own: HashMap<Conversation, Seen> = HashMap::new();
        for event in events.iter() {
            let Some(one) = event.frame().and_then(conversation) else { continue };
            let at = machine.epoch.saturating_add(event.at);
            let new = Seen { machine: number, first: at, last: at };
            let known = own.entry(one).or_insert(new);
            (known.first, known.last) = (known.first.min(at), known.last.max(at));
        }
        let is_twice = |one: &Conversation| {
            let is_loopback = one.1.ip_port().is_some_and(|(ip, _)| ip.is_loopback());
            let earlier = seen.get(one).into_iter().flatten();
            own.get(one).is_some_and(|own| {
                earlier.into_iter().any(|earlier| earlier.is_same(own, is_loopback))
            })
        };
        let before = events.len();
        events
            .retain(|event| event.frame().and_then(conversation).is_none_or(|one| !is_twice(&one)));
        let lost = (before - events.len()) as u64;
        if lost > 0 {
            dropped.push((recording.name.clone(), lost));
        }
        for (one, own) in own {
            seen.entry(one).or_default().push(own);
        }
    }
    dropped
}

fn conversation(frame: &socklab_event::Frame) -> Option<Conversation> {
    let headers = frame.headers.as_ref()?;
    let (one, other) = (headers.source.unmapped(), headers.destination.unmapped());
    let swapped = one.to_string() > other.to_string();
    let (one, other) = if swapped { (other, one) } else { (one, other) };
    Some((headers.protocol, one, other))
}
