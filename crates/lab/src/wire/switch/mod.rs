//! The switch: takes every frame from the ports, lets the rules of the wire decide about it, sends it
//! on when its time has come, and says what became of it.
//!
//! One packet socket serves all ports, so that there is one ring to set up for any number of hosts,
//! and one order of arrival. Deciding is pure: `rules` (what becomes of a frame), [`fabric`] (where
//! it goes), [`path`] (whether it is too large), [`schedule`] (when it leaves), [`roles`] (who sent
//! it). What remains here is the order in which that is asked, and what is told.

mod apart;
mod fabric;
mod flights;
mod path;
mod roles;
mod schedule;

use std::collections::HashMap;
use std::io;
use std::num::NonZeroU64;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use socklab_event::{Event, Headers, Transport};
use socklab_kernel::clock;

use super::ring::{Ring, Seen, Sender};
use super::rules::{Change, Corruption, Held, Injected, Passing, RuleCount, Rules, Towards};
use super::{WireRefusal, complete_checksum, headers};
pub(crate) use apart::Apart;
use fabric::{Fabric, Way};
use flights::{Flights, Journey};
use path::Passage;
use roles::Roles;
use schedule::{Schedule, Waiting};

/// The clock is looked at so often, and nothing else happens then.
const WATCH: u64 = 50_000_000;
/// What the wire itself sends is from this host.
pub(crate) const WIRE: &str = "wire";

/// A port: one end of a link, at whose other end a host is.
#[derive(Clone, Debug)]
pub(crate) struct Port {
    /// The index of its device in the switch's namespace.
    pub(crate) ifindex: i32,
    /// What the host is called.
    pub(crate) host: Arc<str>,
}

/// What a switch has seen and done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Switched {
    /// How many frames came in.
    pub seen: u64,
    /// How many of them found no room in the ring, so that they got lost and nobody knows what they
    /// were.
    pub lost: u64,
    /// What each rule did.
    pub rules: Vec<RuleCount>,
}

/// Changes a wire at work. Copies are about the same one.
#[derive(Clone, Debug)]
pub struct WireControl(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    law: Mutex<Law>,
    stop: AtomicBool,
    /// Wakes the switch up.
    bell: OwnedFd,
}

/// What may change while frames pass.
#[derive(Debug)]
struct Law {
    rules: Rules,
    fabric: Fabric,
    /// Kept by rules that were lifted since.
    released: Vec<Held>,
}

impl WireControl {
    /// Adds a rule, or lifts some: from the next frame on. Returns how many were lifted.
    pub fn change(&self, change: &Change) -> usize {
        let mut law = self.law();
        let changed = law.rules.change(change);
        law.released.extend(changed.released);
        drop(law);
        self.ring();
        changed.lifted
    }

    /// What each rule has done so far.
    pub fn rules(&self) -> Vec<RuleCount> {
        self.law().rules.counts()
    }

    pub(crate) fn narrow(&self, port: usize, mtu: Option<u32>) {
        self.law().fabric.narrow(port, mtu);
    }

    fn law(&self) -> MutexGuard<'_, Law> {
        // A panic elsewhere leaves rules that are still rules.
        self.0.law.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self) {
        // It can only fail if it is ringing already.
        let _ = rustix::io::write(&self.0.bell, &1_u64.to_ne_bytes());
    }
}

/// A switch that is ready, but does not work yet.
#[derive(Debug)]
pub(crate) struct Switch {
    ring: Ring,
    sender: Sender,
    ports: Vec<Port>,
    control: WireControl,
    loops: bool,
}

impl Switch {
    /// A switch whose frames come from this ring, opened in the namespace in which the ports are. With
    /// `loops` there is one port, and every frame goes back to where it came from.
    pub(crate) fn new(
        ring: Ring,
        ports: Vec<Port>,
        rules: Rules,
        loops: bool,
    ) -> Result<Self, WireRefusal> {
        let fabric = if loops { Fabric::looped() } else { Fabric::new(ports.len()) };
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)
            .map_err(|errno| WireRefusal::new("eventfd", errno))?;
        let law = Mutex::new(Law { rules, fabric, released: Vec::new() });
        let shared = Shared { law, stop: AtomicBool::new(false), bell };
        let sender = ring.sender().map_err(|error| WireRefusal::new("dup AF_PACKET", error))?;
        Ok(Self { ring, sender, ports, control: WireControl(Arc::new(shared)), loops })
    }

    /// How to change it.
    pub(crate) fn control(&self) -> WireControl {
        self.control.clone()
    }

    /// Works in a thread of its own. `sink` is told of every frame when its fate is known, with at most
    /// `sample` bytes of what it carries.
    pub(crate) fn start(
        self,
        sample: usize,
        sink: impl FnMut(Vec<Event>) + Send + 'static,
    ) -> io::Result<Switching> {
        let control = self.control();
        let Self { ring, sender, ports, control: ours, loops } = self;
        let by_device = ports.iter().enumerate().map(|(i, port)| (port.ifindex, i)).collect();
        let core = Core {
            sender,
            ports,
            by_device,
            roles: loops.then(Roles::default),
            schedule: Schedule::default(),
            flights: Flights::new(sample, Box::new(sink)),
            held: HashMap::new(),
        };
        let work = move || Work { ring, core, control: ours }.run();
        let thread = thread::Builder::new().name("wire".to_owned()).spawn(work)?;
        Ok(Switching { control, thread: Some(thread) })
    }
}

/// A switch at work.
#[derive(Debug)]
pub(crate) struct Switching {
    control: WireControl,
    thread: Option<JoinHandle<Switched>>,
}

impl Switching {
    /// How to change it.
    pub(crate) fn control(&self) -> &WireControl {
        &self.control
    }

    /// Ends it, when all that has come in has been decided about. What is still on its way then is
    /// told as such.
    pub(crate) fn finish(mut self) -> Switched {
        self.end()
    }

    fn end(&mut self) -> Switched {
        let Some(thread) = self.thread.take() else { return Switched::default() };
        self.control.0.stop.store(true, Ordering::Release);
        self.control.ring();
        // It panics only if the sink does, and then has nothing to tell.
        thread.join().unwrap_or_default()
    }
}

impl Drop for Switching {
    fn drop(&mut self) {
        self.end();
    }
}

/// The thread's own.
struct Work {
    ring: Ring,
    core: Core,
    control: WireControl,
}

struct Core {
    sender: Sender,
    ports: Vec<Port>,
    by_device: HashMap<i32, usize>,
    /// Set on a loop, where both ends have the same address.
    roles: Option<Roles>,
    schedule: Schedule,
    flights: Flights,
    /// What rules keep until they release it.
    held: HashMap<Held, Kept>,
}

struct Kept {
    from: usize,
    to: Vec<usize>,
    flight: u64,
    frame: Vec<u8>,
    copies: u32,
    delay: u64,
}

/// A frame with what is known of it before anything is decided.
struct Sent<'a> {
    at: u64,
    /// The port it came in at; `None` if the wire itself sends it.
    port: Option<usize>,
    from: Arc<str>,
    to: Option<Arc<str>>,
    ways: Vec<usize>,
    headers: Option<Headers>,
    bytes: &'a [u8],
}

impl Work {
    fn run(mut self) -> Switched {
        // A frame is late by as much as the kernel delays timers to save power, 50 µs otherwise.
        let _ = rustix::thread::set_current_timer_slack(NonZeroU64::new(1));
        let mut watched = clock::now();
        loop {
            let stops = self.control.0.stop.load(Ordering::Acquire);
            let next = self.pass();
            if stops {
                break;
            }
            let now = clock::now();
            if now.saturating_sub(watched) >= WATCH {
                self.ring.watch_clock();
                watched = now;
            }
            self.wait(next.unwrap_or(u64::MAX).saturating_sub(now).min(WATCH));
        }
        let (seen, lost) = self.ring.counts();
        self.core.flights.end(lost, clock::now());
        Switched { seen, lost, rules: self.control.rules() }
    }

    /// Decides about all frames that have come in, and sends those whose time has come. Returns when
    /// the next one is due.
    fn pass(&mut self) -> Option<u64> {
        let Self { ring, core, control } = self;
        let mut law = control.law();
        core.send_due(&mut law);
        ring.drain(|seen| {
            core.frame(&mut law, &seen);
            core.send_due(&mut law);
        });
        let rules = law.rules.next_due();
        drop(law);
        core.flights.tell_news();
        core.schedule.next().into_iter().chain(rules).min()
    }

    fn wait(&self, nanoseconds: u64) {
        // Less than a second.
        let time = Timespec { tv_sec: 0, tv_nsec: nanoseconds as _ };
        let bell = &self.control.0.bell;
        let mut ready = [
            PollFd::from_borrowed_fd(self.ring.as_fd(), PollFlags::IN),
            PollFd::new(bell, PollFlags::IN),
        ];
        // After an interruption there is just one more round.
        if poll(&mut ready, Some(&time)).is_ok_and(|count| count > 0)
            && !ready[1].revents().is_empty()
        {
            let _ = rustix::io::read(bell, &mut [0; 8]);
        }
    }
}

impl Core {
    /// A frame came in.
    fn frame(&mut self, law: &mut Law, seen: &Seen<'_>) {
        let Some(port) = self.by_device.get(&seen.ifindex).copied() else { return };
        let bytes = &*seen.bytes;
        let headers = headers(bytes, seen.length, self.flights.quoted());
        if headers.as_ref().is_some_and(is_about_membership) {
            return;
        }
        let (ways, one) = match law.fabric.way(port, bytes) {
            Way::To(port) => (vec![port], Some(port)),
            Way::Flood(mut ports) => {
                // The rules decide once about it, but not everybody may be reached.
                let reached = |to: &usize| {
                    law.rules.reaches(&self.ports[port].host, &self.ports[*to].host, seen.at)
                };
                ports.retain(reached);
                (ports, None)
            }
        };
        let (from, to) = match (&mut self.roles, &headers) {
            (Some(roles), Some(headers)) => {
                let (from, to) = roles.of(headers);
                (Arc::from(from), Some(Arc::from(to)))
            }
            _ => {
                let to = one.map(|port| self.ports[port].host.clone());
                (self.ports[port].host.clone(), to)
            }
        };
        self.decide(law, Sent { at: seen.at, port: Some(port), from, to, ways, headers, bytes });
    }

    /// Lets the rules decide about a frame, and does what they say.
    fn decide(&mut self, law: &mut Law, sent: Sent<'_>) {
        let passing = Passing {
            at: sent.at,
            from: &sent.from,
            to: sent.to.as_deref(),
            frame: sent.bytes,
            headers: sent.headers.as_ref(),
        };
        let decision = law.rules.judge(&passing);
        if decision.is_untouched() {
            let journey = Journey::untouched(&sent.from, sent.to.as_deref(), sent.at);
            let frame = sent.bytes;
            self.go(law, sent, frame, journey, 0, 0);
            return;
        }
        let (from, to, port) = (sent.from.clone(), sent.to.clone(), sent.port);
        let (at, ways) = (sent.at, sent.ways.clone());
        let journey = Journey::altered(&from, to.as_deref(), at, decision.how(), decision.rule());
        if decision.dropped {
            self.flights.dropped(journey, sent.bytes, sent.headers);
        } else {
            let corrupted = (!decision.corruptions.is_empty())
                .then(|| corrupted(sent.bytes, &decision.corruptions));
            let (frame, journey) = match &corrupted {
                None => (sent.bytes, journey),
                Some(frame) => (&frame[..], journey.changed(sent.bytes, frame)),
            };
            match (decision.held, port) {
                (Some(held), Some(port)) => {
                    let flight = self.flights.depart(journey, sent.bytes, sent.headers);
                    let kept = Kept {
                        from: port,
                        to: sent.ways,
                        flight,
                        frame: frame.to_vec(),
                        copies: decision.copies,
                        delay: decision.delay,
                    };
                    self.held.insert(held, kept);
                }
                _ => {
                    let delay = decision.delay;
                    self.go(law, sent, frame, journey, decision.copies, delay);
                }
            }
        }
        for held in decision.released {
            // Right behind this frame, whenever it arrives.
            self.release(held, decision.delay);
        }
        for injected in decision.resets {
            self.inject(injected, at, &from, to.as_deref(), port, &ways);
        }
    }

    /// Sends a frame on its way, as `frame`: now or later, once or several times.
    fn go(
        &mut self,
        law: &mut Law,
        sent: Sent<'_>,
        frame: &[u8],
        journey: Journey,
        copies: u32,
        delay: u64,
    ) {
        let narrow =
            |port: usize| sent.ways.iter().filter_map(|to| law.fabric.mtu(port, *to)).min();
        let mtu = sent.port.and_then(narrow);
        let passage = mtu.map_or(Passage::Fits, |mtu| path::through(frame, mtu));
        match passage {
            Passage::Fits => {
                let flight = self.flights.depart(journey, sent.bytes, sent.headers);
                self.copies(flight, &sent.ways, frame, copies, sent.at, delay);
                self.flights.all_sent(flight);
            }
            Passage::Pieces(pieces) => {
                let flight = self.flights.depart(journey.fragmented(), sent.bytes, sent.headers);
                for piece in pieces {
                    self.copies(flight, &sent.ways, &piece, copies, sent.at, delay);
                }
                self.flights.all_sent(flight);
            }
            Passage::TooBig(answer) => {
                self.flights.lost(journey, sent.bytes, sent.headers, "too_big");
                let (Some(answer), Some(port)) = (answer, sent.port) else { return };
                let headers = headers(&answer, answer.len(), self.flights.quoted());
                let answer = Sent {
                    at: sent.at.max(clock::now()),
                    port: None,
                    from: Arc::from(WIRE),
                    to: Some(sent.from),
                    ways: vec![port],
                    headers,
                    bytes: &answer,
                };
                self.decide(law, answer);
            }
        }
    }

    fn copies(
        &mut self,
        flight: u64,
        ways: &[usize],
        frame: &[u8],
        copies: u32,
        at: u64,
        delay: u64,
    ) {
        for _ in 0..=copies {
            for to in ways {
                self.flights.one_more(flight);
                if delay == 0 {
                    self.transmit(*to, flight, frame);
                } else {
                    let waiting = Waiting { to: *to, flight, frame: frame.to_vec() };
                    if self.schedule.add(at.saturating_add(delay), waiting).is_err() {
                        self.flights.failed(flight, "queue_full");
                    }
                }
            }
        }
    }

    /// Lets go of what a rule has kept.
    fn release(&mut self, held: Held, delay: u64) {
        let Some(kept) = self.held.remove(&held) else { return };
        debug_assert!(kept.from < self.ports.len());
        let now = clock::now();
        self.copies(kept.flight, &kept.to, &kept.frame, kept.copies, now, kept.delay.max(delay));
        self.flights.all_sent(kept.flight);
    }

    /// Sends what a rule makes up, in the name of the other end.
    fn inject(
        &mut self,
        injected: Injected,
        at: u64,
        from: &Arc<str>,
        to: Option<&str>,
        port: Option<usize>,
        ways: &[usize],
    ) {
        let mut bytes = injected.frame;
        path::complete_header_checksum(&mut bytes);
        complete_checksum(&mut bytes);
        let headers = headers(&bytes, bytes.len(), self.flights.quoted());
        let (from, to, ways) = match injected.towards {
            Towards::Destination => (&**from, to, ways.to_vec()),
            Towards::Source => (to.unwrap_or(WIRE), Some(&**from), Vec::from_iter(port)),
        };
        let journey = Journey::injected(from, to, at.max(clock::now()), injected.rule);
        let flight = self.flights.depart(journey, &bytes, headers);
        self.copies(flight, &ways, &bytes, 0, 0, 0);
        self.flights.all_sent(flight);
    }

    /// Sends all whose time has come.
    fn send_due(&mut self, law: &mut Law) {
        for held in std::mem::take(&mut law.released) {
            self.release(held, 0);
        }
        let next = law.rules.next_due().into_iter().chain(self.schedule.next()).min();
        let Some(next) = next else { return };
        let now = clock::now();
        if next > now {
            return;
        }
        for held in law.rules.due(now).released {
            self.release(held, 0);
        }
        while let Some(Waiting { to, flight, frame }) = self.schedule.due(now) {
            self.transmit(to, flight, &frame);
        }
    }

    fn transmit(&mut self, to: usize, flight: u64, frame: &[u8]) {
        // Before: the receiver may have it before we are back.
        let at = clock::now();
        match self.sender.send(self.ports[to].ifindex, frame) {
            Ok(()) => self.flights.arrived(flight, at),
            Err(error) => self.flights.failed(flight, reason(&error)),
        }
    }
}

/// Reports of who is in which group, RFC 3810, which Linux sends for every address it gets, at times of
/// its own. They are for routers and for switches that take notice, as this one does: it keeps them.
fn is_about_membership(headers: &Headers) -> bool {
    let is_version_6 = headers.source.ip_port().is_some_and(|(ip, _)| ip.is_ipv6());
    is_version_6 && matches!(headers.transport, Transport::Icmp { kind: 130..=132 | 143, .. })
}

/// The frame with these bytes wrong. Its checksum is made right again behind those that are to be
/// mended, so that it hides them, and no others.
fn corrupted(frame: &[u8], corruptions: &[Corruption]) -> Vec<u8> {
    let mut bytes = frame.to_vec();
    let invert = |bytes: &mut Vec<u8>, mends: bool| {
        for one in corruptions.iter().filter(|one| one.mend == mends) {
            if let Some(byte) = bytes.get_mut(one.offset) {
                *byte = !*byte;
            }
        }
    };
    invert(&mut bytes, true);
    if corruptions.iter().any(|one| one.mend) {
        path::complete_header_checksum(&mut bytes);
        complete_checksum(&mut bytes);
    }
    invert(&mut bytes, false);
    bytes
}

/// Why the kernel did not take a frame for a link, as `event::Fate::Lost` says it.
fn reason(error: &io::Error) -> &'static str {
    match error.raw_os_error() {
        // ENOBUFS: the device is up, but what it is plugged into is not.
        Some(libc::ENETDOWN | libc::ENOBUFS | libc::ENXIO | libc::ENODEV) => "link_down",
        Some(libc::EMSGSIZE) => "too_big",
        Some(libc::EAGAIN) => "queue_full",
        _ => "refused",
    }
}
