//! What has been seen in the trace so far, for steps to wait on.
//!
//! Longer than 400 lines, because all of it is changed under one lock.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use socklab_event::{
    Args, Call, Endpoint, Event, Exit, OptionValue, Outcome, Process, Readiness, SocketId,
    SocketType, Stream, What,
};

use socklab_event::{Header, State};
use socklab_flows::NAME_SERVER_PORT;
use socklab_judge::Present;
use socklab_kernel::{Deadline, process};
use socklab_record::{Limits, Recorder};

use super::PATIENCE;
use super::asleep::{self, Inside};
use super::bystanders::Bystanders;
use super::calm::{self, Calm};
use super::doors::Doors;
use super::over::as_of;
use super::patience::Patience;
use super::pulse::Pulse;
use super::stuck::{Standstill, nothing_to_report};
use super::talk::Talk;
use crate::dialogue::{Program, Programs};
use crate::format::BlockedIn;

/// How often to look at things that cause no event: whether a thread sleeps, the kernel's tables.
const GLANCE: Duration = Duration::from_millis(1);
/// Beyond 24 MiB, a recording has less detail: first the bytes of messages are left out, then
/// calls that repeat earlier ones are counted. No verdict depends on them: what peers receive is
/// recorded whole.
const LIMITS: Limits = Limits::none().size(24 << 20).frames(FRAMES);
/// Beyond 8 MiB, and beyond twice as many, so do packets; they take nothing from what calls have.
const FRAMES: u64 = 8 << 20;
/// But no more than this of what a peer receives: one program sends without end.
const WHOLE: u64 = 32 << 20;
/// And no more than this of what a program prints.
const PRINTED: u64 = 4 << 20;
/// In so much time somebody who gets on receives something.
const SPELL: Duration = Duration::from_secs(1);
/// How many bytes of other messages of peers, and of what is printed after that, are recorded.
const SAMPLE: usize = 4096;
/// How many bytes are kept of the end of a program's output.
const OUTPUT: usize = 64 * 1024;

/// What has been seen, shared between the tracer and the steps.
#[derive(Debug)]
pub(super) struct Watch {
    seen: Mutex<Seen>,
    changed: Condvar,
}

impl Default for Watch {
    fn default() -> Self {
        let recorder = Recorder::new(Header::default(), LIMITS);
        let seen = Mutex::new(Seen { recorder, ..Seen::default() });
        Self { seen, changed: Condvar::default() }
    }
}

/// What has been seen.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The events. The recorder is full when a program does more than any lesson needs.
    pub(super) recorder: Recorder,
    /// By command number, in the order of starting.
    pub(super) commands: Vec<Command>,
    /// Threads inside a call.
    pub(super) inside: HashMap<u32, Inside>,
    command_of: HashMap<u32, usize>,
    /// Sockets for IPv6 only, `IPV6_V6ONLY`, by inode.
    six: HashSet<u64>,
    /// Bytes received, by the socket's own address and the other end's.
    pub(super) received: HashMap<(Endpoint, Endpoint), u64>,
    /// A server of the scenario answers for names, so that look-ups are what programs do
    /// themselves; otherwise a library does them, and steps do not wait for that.
    pub(super) own_names: bool,
    /// Names are the machine's.
    pub(super) machines_names: bool,
    /// A wire of ours may hold up what is under way between them.
    pub(super) through_wire: bool,
    /// When the last step ended. Whatever programs do after that is the engine's doing.
    pub(super) over: Option<u64>,
    /// What the programs were doing then.
    pub(super) present: Vec<Present>,
    /// See [`Recording::starved_ms`](crate::Recording::starved_ms): of the programs, until then.
    pub(super) starved_ms: u64,
    /// When peers were done too.
    pub(super) closed: Option<u64>,
    /// What programs did at their ends of conversations.
    pub(super) programs: Programs,
    pulse: Pulse,
    bystanders: Bystanders,
    /// Nobody besides programs and peers can do anything to them.
    pub(super) by_themselves: bool,
    /// A program has set a time limit for calls on a socket.
    pub(super) sockets_have_limits: bool,
    /// What scripted peers have reported, by command number.
    pub(super) talks: HashMap<usize, Talk>,
    /// The tracer has ended, with this error if any.
    pub(super) tracer: Option<Result<(), (String, bool)>>,
}

/// What is known of a command.
#[derive(Debug, Default)]
pub(super) struct Command {
    pub(super) pid: Option<u32>,
    /// Its processes that have not ended: the first, and those they have started.
    pub(super) living: BTreeSet<u32>,
    /// How the first process ended.
    pub(super) exit: Option<Exit>,
    pub(super) listens: Option<Endpoint>,
    pub(super) bound: Option<Endpoint>,
    pub(super) doors: Doors,
    pub(super) connected: bool,
    pub(super) received: u64,
    pub(super) sent: u64,
    pub(super) output: String,
    /// How many bytes it has printed, and how often it has.
    printed: u64,
    pub(super) prints: u64,
    pub(super) calls: HashMap<String, u32>,
    /// The socket it last sent or received on.
    pub(super) socket: Option<Arc<SocketId>>,
}

impl Watch {
    pub(super) fn lock(&self) -> MutexGuard<'_, Seen> {
        // After a panic in the middle of an update, at most the rest of that update is missing.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn change<T>(&self, update: impl FnOnce(&mut Seen) -> T) -> T {
        let result = update(&mut self.lock());
        self.changed.notify_all();
        result
    }

    /// Waits until `find` finds something, or the tracer has ended, or the deadline passes.
    ///
    /// `find` is called after every event; with `glance` also every millisecond, for conditions
    /// that cause no event.
    pub(super) fn wait<T>(
        &self,
        deadline: Deadline,
        glance: bool,
        find: impl FnMut(&mut Seen) -> Option<T>,
    ) -> Option<T> {
        self.wait_or(deadline, glance, None, find).ok()
    }

    /// The same, but gives up as soon as nothing can happen any more.
    pub(super) fn wait_while_possible<T>(
        &self,
        deadline: Deadline,
        glance: bool,
        find: impl FnMut(&mut Seen) -> Option<T>,
    ) -> Result<T, Missed> {
        self.wait_or(deadline, glance, Some(Standstill::new()), find)
    }

    /// Waits with `wait` until `deadline`, for a step that has this much time; and longer, up to
    /// [`PATIENCE`] times as long and not beyond `bound`, as long as peers and programs still receive
    /// something from each other in every [`SPELL`]: whoever gets on is slow, not stuck.
    pub(super) fn wait_while_it_goes_on<T>(
        &self,
        deadline: Deadline,
        step_ms: u64,
        bound: Deadline,
        mut wait: impl FnMut(Deadline) -> Result<T, Missed>,
    ) -> Result<T, Missed> {
        let step = Duration::from_millis(step_ms);
        let end = Deadline::after(deadline.left() + step * (PATIENCE - 1)).min(bound);
        let mut found = wait(Deadline::after(deadline.left().saturating_sub(SPELL)).min(bound));
        // What came before in this step may have taken all its time.
        let mut spell = deadline.max(Deadline::after(SPELL.min(step))).min(bound);
        while matches!(found, Err(Missed::Late)) {
            let before = self.lock().headway();
            found = wait(spell);
            let stands = || end.has_passed() || self.lock().headway() == before;
            if matches!(found, Err(Missed::Late)) && stands() {
                break;
            }
            spell = Deadline::after(SPELL).min(end);
        }
        found
    }

    /// Waits until programs and peers have settled: they do nothing more by themselves, and all that
    /// they have done is known. Who sleeps costs two looks; who never stops costs all of this time, and
    /// more only if others have the processors meanwhile.
    pub(super) fn until_settled(&self, time: Duration) {
        let mut patience = Patience::with(self.lock().living(), time);
        let mut before = None;
        self.wait(patience.latest(), true, |seen| {
            let end = patience.end(seen.living());
            let settled = seen.have_settled(end);
            // Twice, so that nothing was on its way in between.
            let same = settled.is_some() && before == settled;
            before = settled;
            (same || end.has_passed()).then_some(())
        });
    }

    fn wait_or<T>(
        &self,
        deadline: Deadline,
        glance: bool,
        mut standstill: Option<Standstill>,
        mut find: impl FnMut(&mut Seen) -> Option<T>,
    ) -> Result<T, Missed> {
        let mut seen = self.lock();
        loop {
            if let Some(found) = find(&mut seen) {
                return Ok(found);
            }
            let left = deadline.left();
            if left.is_zero() || seen.tracer.is_some() {
                return Err(Missed::Late);
            }
            let mut pause = if glance { left.min(GLANCE) } else { left };
            if let Some(standstill) = &mut standstill {
                if standstill.due().is_zero() && seen.is_stuck(standstill) {
                    return Err(Missed::Never);
                }
                pause = pause.min(standstill.due());
            }
            seen = self.changed.wait_timeout(seen, pause).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Why what was waited for was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missed {
    /// There was no more time.
    Late,
    /// It will never happen.
    Never,
}

impl Seen {
    /// Records an event.
    pub(super) fn record(&mut self, mut event: Event) {
        if let Some(Process::Start { command, .. }) = event.process() {
            let index = *command as usize;
            self.command_of.insert(event.place.process, index);
            if self.commands.len() <= index {
                self.commands.resize_with(index + 1, Command::default);
            }
            let command = &mut self.commands[index];
            command.pid.get_or_insert(event.place.process);
            command.living.insert(event.place.process);
        }
        let command = self.command_of.get(&event.place.process).copied();
        let is_peer = command.is_some_and(|command| self.talks.contains_key(&command));
        let mut heard = 0;
        if let Some(talk) = command.and_then(|command| self.talks.get_mut(&command)) {
            match &event.what {
                What::Call(call) => talk.ear.note(call),
                What::Process(process) => {
                    if let Process::Stdio { stream: Stream::Stdout, bytes } = &**process {
                        talk.hear(bytes);
                        self.inside.remove(&event.place.thread);
                        return;
                    }
                }
                _ => {}
            }
            heard = talk.ear.total();
        }
        match &event.what {
            What::Call(call) => {
                self.inside.remove(&event.place.thread);
                self.bystanders.takes_part(event.place.thread);
                self.pulse.note(event.place.thread, call);
                if self.own_names || !is_look_up(call.peer_address()) {
                    if !is_peer {
                        self.programs.note(call);
                        self.bystanders.note(call);
                    }
                    self.note_call(event.place.process, call);
                }
            }
            What::Process(process) => {
                let thread = event.place.thread;
                let prints = matches!(**process, Process::Stdio { .. });
                if prints {
                    self.inside.remove(&thread);
                }
                if !prints {
                    self.pulse.beat();
                } else if !self.bystanders.watches(thread) {
                    // Nobody else notices, but it does more than to look from time to time.
                    self.pulse.forget_naps(std::iter::once(thread));
                }
                self.note_process(event.place.process, process);
            }
            _ => {}
        }
        let end = if is_peer { self.closed } else { self.over };
        if end.is_some_and(|end| !as_of(&mut event, end)) {
            return;
        }
        if is_peer && heard <= WHOLE {
            if let What::Call(call) = &mut event.what
                && let Args::Send { bytes, .. } = &mut call.args
            {
                bytes.cut(SAMPLE);
            }
            self.recorder.add_whole(event);
        } else {
            let printed = command.and_then(|command| self.commands.get(command));
            if let What::Process(process) = &mut event.what
                && let Process::Stdio { stream, bytes } = &mut **process
                && (*stream == Stream::Stdin || printed.is_none_or(|one| one.printed > PRINTED))
            {
                bytes.cut(SAMPLE);
            }
            self.recorder.add(event);
        }
    }

    /// Records packets that came some time ago, unless the scenario was over by then. Nothing waits for
    /// them.
    pub(super) fn record_frames(&mut self, frames: Vec<Event>) {
        let over = self.over;
        for frame in frames {
            if over.is_none_or(|over| frame.at <= over) {
                self.recorder.add(frame);
            }
        }
    }

    /// Records states of sockets that were just read.
    pub(super) fn record_states(&mut self, states: Vec<State>) {
        if self.over.is_none() {
            self.recorder.add_states(states);
        }
    }

    /// Remembers that a thread has entered a call; `word` stands for the call in scenarios.
    pub(super) fn enter(&mut self, call: &socklab_trace::Entered<'_>, word: &str) {
        let (name, word) = (call.name.to_string(), word.to_owned());
        let command = call.command as usize;
        let (process, number) = (call.place.process, call.number);
        let (fd, began) = (call.fd, call.began);
        let inside = Inside { process, command, call: word, name, number, fd, began };
        self.inside.insert(call.place.thread, inside);
    }

    fn command(&mut self, process: u32) -> Option<&mut Command> {
        let index = *self.command_of.get(&process)?;
        self.commands.get_mut(index)
    }

    /// A peer is about to talk to a program, and `sends` something or merely connects. Of the threads
    /// that the programs have at the first contact, those that wake up by themselves may have other
    /// things to do, unless they poll.
    pub(super) fn before_contact(&mut self, sends: bool) {
        if sends {
            self.bystanders.asks();
        }
        if !self.bystanders.contact() {
            return;
        }
        let programs = self.command_of.iter().filter(|(_, of)| !self.talks.contains_key(of));
        for process in programs.map(|(process, _)| *process) {
            let threads = process::threads(process).unwrap_or_default().into_iter();
            let naps = |thread: &u32| !self.pulse.polls(*thread) && calm::naps(process, *thread);
            self.bystanders.are_there(threads.filter(naps));
        }
    }

    fn note_call(&mut self, process: u32, call: &Call) {
        self.sockets_have_limits |= matches!(
            &call.args,
            Args::SetOption { option, value, .. }
                if matches!(value, OptionValue::Time(_)) || *option == "TCP_USER_TIMEOUT"
        );
        if let Args::SetOption { option, value: OptionValue::Int(value), .. } = &call.args
            && *option == "IPV6_V6ONLY"
            && let Some(inode) = call.socket.as_ref().and_then(|socket| socket.inode)
        {
            match value {
                0 => self.six.remove(&inode),
                _ => self.six.insert(inode),
            };
        }
        let (sent, received) = (call.sent().unwrap_or(0), call.received().unwrap_or(0));
        if received > 0
            && let Some(ends) = call.socket.as_deref().and_then(SocketId::ends)
        {
            *self.received.entry(ends).or_default() += received;
        }
        let Some(command) = self.command(process) else { return };
        command.doors.note(call);
        if call.outcome != Outcome::Unfinished && !call.implicit {
            *command.calls.entry(call.name.to_string()).or_default() += 1;
        }
        command.sent += sent;
        command.received += received;
        let joins = matches!(call.args, Args::Connect { .. } | Args::Accept { .. });
        if (call.sends() || call.receives() || joins) && call.socket.is_some() {
            command.socket.clone_from(&call.socket);
        }
    }

    fn note_process(&mut self, process: u32, what: &Process) {
        let own_names = self.own_names;
        let six = std::mem::take(&mut self.six);
        self.note_life(process, what, own_names, &six);
        self.six = six;
    }

    fn note_life(&mut self, process: u32, what: &Process, own_names: bool, six: &HashSet<u64>) {
        let Some(command) = self.command(process) else { return };
        match what {
            Process::Exit { status } => {
                command.living.remove(&process);
                if command.pid == Some(process) {
                    command.exit = Some(*status);
                }
            }
            // `connect` gives a datagram socket an address, and connects nobody; the C library does so
            // with each address of a name, only to sort them.
            Process::Ready { readiness: Readiness::Connected, socket, .. }
                if socket.kind == SocketType::DGRAM
                    || !own_names && is_look_up(socket.peer.as_ref()) => {}
            // Peers come by IPv4: the other half of such a server, if it has one, listens later.
            Process::Ready { socket, at: Some(at), .. }
                if is_wildcard(at) && socket.inode.is_some_and(|inode| six.contains(&inode)) => {}
            Process::Ready { readiness, at, socket } => {
                match readiness {
                    Readiness::Listening => command.listens.clone_from(at),
                    Readiness::Bound => command.bound.clone_from(at),
                    Readiness::Connected => command.connected = true,
                    _ => {}
                }
                if let Some(at) = at.as_ref().filter(|_| *readiness != Readiness::Connected) {
                    command.doors.open(*readiness, at, socket);
                }
            }
            Process::Stdio { stream: Stream::Stdout | Stream::Stderr, bytes } => {
                command.printed = command.printed.saturating_add(bytes.total);
                command.prints = command.prints.saturating_add(1);
                command.output.push_str(&String::from_utf8_lossy(&bytes.sample));
                let excess = command.output.len().saturating_sub(OUTPUT);
                let cut = (excess..).find(|at| command.output.is_char_boundary(*at));
                command.output.drain(..cut.unwrap_or(0));
            }
            _ => {}
        }
        if matches!(what, Process::Exit { .. }) {
            self.inside.retain(|_, inside| inside.process != process);
        }
    }

    /// True if the program has ended: its first process has, and what is left of it neither has a
    /// socket on the network nor is doing anything. A shell script that has started the real program
    /// in the background has not ended; a program that leaves a forgotten helper behind has.
    pub(super) fn has_ended(&self, command: usize) -> bool {
        let command = &self.commands[command];
        let idle = |process: &u32| asleep::is_calm(*process) && !asleep::is_on_network(*process);
        command.exit.is_some() && command.living.iter().all(idle)
    }

    /// The processes of all commands, ended ones included.
    pub(super) fn processes(&self) -> impl Iterator<Item = u32> + '_ {
        self.command_of.keys().copied()
    }

    /// The processes that have not ended, as far as is known.
    fn living(&self) -> impl Iterator<Item = u32> + '_ {
        self.commands.iter().flat_map(|command| &command.living).copied()
    }

    /// `Some` if programs and peers will do nothing by themselves before `deadline`, and nothing that
    /// they have done is still to be reported: the end of a process is seen in the kernel's tables first.
    fn have_settled(&mut self, deadline: Deadline) -> Option<(Calm, u64)> {
        let peers = self.command_of.iter().filter(|(_, of)| self.talks.contains_key(of));
        let wait = peers.map(|(process, _)| *process).all(asleep::is_calm);
        let calm = self.are_calm(None, deadline).filter(|_| wait);
        // Asked last: what has happened before, the tracer is at work on now. Where nobody is left, it
        // waits for more to start.
        let nobody = self.commands.iter().all(|command| command.living.is_empty());
        calm.filter(|_| nobody || nothing_to_report())
    }

    /// `Some` if the programs will do nothing by themselves before `deadline`; or if this one has
    /// digested what it was sent. If it is the same twice, nothing was on its way in between.
    pub(super) fn are_calm(
        &mut self,
        only: Option<usize>,
        deadline: Deadline,
    ) -> Option<(Calm, u64)> {
        let happened = self.happened();
        let Self { commands, talks, pulse, bystanders, inside, .. } = self;
        let programs = commands.iter().enumerate().filter(|(number, _)| {
            only.is_none_or(|only| only == *number) && !talks.contains_key(number)
        });
        let processes = programs.flat_map(|(_, command)| &command.living).copied();
        let (left, digested) = (deadline.left(), only.is_some());
        let calm = calm::Threads { pulse, bystanders, inside, left, digested }.are_calm(processes);
        calm.map(|calm| (calm, happened))
    }

    /// True if programs and peers all wait for each other, so that nothing can happen any more. Known
    /// only where nobody else can reach them, and where no socket has a time limit of its own.
    fn is_stuck(&self, standstill: &mut Standstill) -> bool {
        let processes = || self.commands.iter().flat_map(|command| &command.living);
        self.by_themselves
            && !self.through_wire
            && !self.sockets_have_limits
            && standstill.has_come(self.happened(), &processes().copied().collect::<Vec<_>>())
    }

    /// How many bytes peers and programs have received from each other.
    fn headway(&self) -> u64 {
        let heard = self.talks.values().flat_map(|talk| &talk.ear.conversations);
        let both = heard.map(|heard| {
            let program = self.programs.at(heard).map_or(0, Program::received);
            heard.total.saturating_add(program)
        });
        both.fold(0, u64::saturating_add)
    }

    /// How often anything has happened.
    pub(super) fn happened(&self) -> u64 {
        self.pulse.epoch()
    }

    /// The call that a thread of this command sleeps in, if one does.
    pub(super) fn blocked(&self, command: usize, place: Option<BlockedIn>) -> Option<String> {
        let mine = self.inside.iter().filter(|(_, inside)| inside.command == command);
        mine.filter(|(_, inside)| place.is_none_or(|place| place.is(&inside.call)))
            .find(|(thread, inside)| asleep::is_asleep_in(inside, **thread))
            .map(|(_, inside)| inside.call.clone())
    }

    /// True if a thread of a program sleeps in a call that waits until its buffer is full.
    pub(super) fn is_filling(&self) -> bool {
        self.inside.iter().any(|(thread, inside)| {
            !self.talks.contains_key(&inside.command) && asleep::is_filling(inside, *thread)
        })
    }
}

/// True if this is the address of a name server: what is said to it, a library says on a program's
/// behalf.
fn is_look_up(peer: Option<&Endpoint>) -> bool {
    peer.and_then(Endpoint::port) == Some(NAME_SERVER_PORT)
}

fn is_wildcard(at: &Endpoint) -> bool {
    at.ip_port().is_some_and(|(ip, _)| ip.is_unspecified())
}
