//! The switch: takes every frame from the ports, lets the rules of the wire decide about it, sends it
//! on when its time has come, and says what became of it.
//!
//! One packet socket serves all ports, so that there is one ring to set up for any number of hosts,
//! and one order of arrival. Deciding is pure: `rules` (what becomes of a frame), [`fabric`] (where
//! it goes), [`path`] (whether it is too large), [`schedule`] (when it leaves), [`roles`] (who sent
//! it). `forward` asks them, and here is the thread that it all happens on.

mod apart;
mod fabric;
mod flights;
mod forward;
mod path;
mod roles;
mod schedule;

use std::collections::HashMap;
use std::io;
use std::num::NonZeroU64;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use socklab_event::Event;
use socklab_kernel::clock;

use super::WireRefusal;
use super::ring::{Ring, Sender};
use super::rules::{Change, Held, RuleCount, Rules};
use crate::sys;
pub(crate) use apart::Apart;
use fabric::Fabric;
use flights::Flights;
use forward::Forwarder;
use roles::Roles;
use schedule::Schedule;

/// The clock is looked at so often, and nothing else happens then.
const WATCH: u64 = 50_000_000;
/// Who asks for the frames that are held waits no longer: the thread has no processor, or has ended.
const ANSWER: Duration = Duration::from_millis(500);
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
    inquiry: Mutex<Inquiry>,
    /// There is an answer.
    answered: Condvar,
}

/// The question which frames are held, and its answer.
#[derive(Debug, Default)]
struct Inquiry {
    /// How often it has been asked.
    asked: u64,
    /// How many of these had been asked when the frames were taken that the answer is about.
    answered: u64,
    /// When the next frame leaves the wire, if it holds any.
    next: Option<u64>,
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

    /// When the next of the frames that the wire holds will leave it, in nanoseconds of
    /// `CLOCK_MONOTONIC`; `None` if it holds none. All that was sent before this is asked has been
    /// decided about by then.
    pub fn holds_until(&self) -> Option<u64> {
        let mut inquiry = self.inquiry();
        inquiry.asked += 1;
        let asked = inquiry.asked;
        self.ring();
        let is_open = |inquiry: &mut Inquiry| inquiry.answered < asked;
        let waited = self.0.answered.wait_timeout_while(inquiry, ANSWER, is_open);
        waited.unwrap_or_else(PoisonError::into_inner).0.next
    }

    fn inquiry(&self) -> MutexGuard<'_, Inquiry> {
        self.0.inquiry.lock().unwrap_or_else(PoisonError::into_inner)
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
        let shared = Shared {
            law,
            stop: AtomicBool::new(false),
            bell,
            inquiry: Mutex::default(),
            answered: Condvar::new(),
        };
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
        let forwarder = Forwarder {
            sender,
            ports,
            by_device,
            roles: loops.then(Roles::default),
            schedule: Schedule::default(),
            flights: Flights::new(sample, Box::new(sink)),
            held: HashMap::new(),
        };
        let work = move || Work { ring, forwarder, control: ours }.run();
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
    forwarder: Forwarder,
    control: WireControl,
}

impl Work {
    fn run(mut self) -> Switched {
        // A frame is late by as much as the kernel delays timers to save power, 50 µs otherwise.
        let _ = rustix::thread::set_current_timer_slack(NonZeroU64::new(1));
        // And for as long as others have the processors.
        let _ = sys::take_short_turns();
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
        self.forwarder.flights.end(lost, clock::now());
        Switched { seen, lost, rules: self.control.rules() }
    }

    /// Decides about all frames that have come in, and sends those whose time has come. Returns when
    /// the next one is due.
    fn pass(&mut self) -> Option<u64> {
        let Self { ring, forwarder, control } = self;
        let asked = control.inquiry().asked;
        let mut law = control.law();
        forwarder.send_due(&mut law);
        ring.drain(|seen| {
            forwarder.frame(&mut law, &seen);
            forwarder.send_due(&mut law);
        });
        let (rules, kept) = (law.rules.next_due(), law.rules.keeps_until());
        drop(law);
        forwarder.flights.tell_news();
        let scheduled = forwarder.schedule.next();
        let mut inquiry = control.inquiry();
        if inquiry.answered < asked {
            (inquiry.answered, inquiry.next) = (asked, scheduled.into_iter().chain(kept).min());
            control.0.answered.notify_all();
        }
        drop(inquiry);
        scheduled.into_iter().chain(rules).min()
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
