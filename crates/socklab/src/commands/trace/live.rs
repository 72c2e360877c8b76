//! `--live`: a line for each event as it happens, on standard error, while the recording goes on.
//!
//! The tracer only hands events over: a thread of its own tells them, and a program that does more than
//! can be told is not slowed down. What is skipped then is counted where it is missing.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use socklab_event::{Event, Header};
use socklab_ladder::{Detail, LeftOut, Live, Options};
use socklab_say::{Speaker, clean, count, say};

use super::clock;
use super::long_waits::LongWaits;
use crate::cli::Look;
use crate::output::{eprintln, in_colour, write_err};
use crate::printer;

/// How many events may wait to be told.
const WAITING: usize = 16_384;

/// How many are told at a time.
const AT_A_TIME: usize = 256;

/// How often threads are looked at that wait.
const GLANCE: Duration = Duration::from_millis(250);

/// How a recording is told while it grows.
#[derive(Clone, Debug)]
pub(crate) struct LivePlan {
    /// How the lines look, and which there are.
    pub(crate) look: Look,
    /// What the programs said is left out.
    pub(crate) redact: bool,
}

/// Tells the events of a recording.
#[derive(Debug)]
pub(super) struct Telling {
    speaker: Speaker,
    plan: LivePlan,
    sender: SyncSender<Told>,
    thread: JoinHandle<LeftOut>,
    skipped: u64,
}

enum Told {
    Event(Box<Event>),
    /// So many could not be handed over.
    Skipped(u64),
}

impl Telling {
    /// Begins to tell a recording with this header.
    pub(super) fn begin(speaker: Speaker, mut header: Header, plan: LivePlan) -> Result<Self> {
        let (sender, events) = sync_channel(WAITING);
        if plan.redact {
            header.redact();
        }
        let look = &plan.look;
        let filtered = look.filter.is_some();
        let detail = if look.all { Detail::All } else { Detail::Essential };
        let times = clock::times_of(&header, socklab_kernel::clock::now(), look);
        let options = Options::new(speaker).detail(detail).times(times).filter(look.filter.clone());
        let live = Live::new(header, options).ascii(look.ascii).color(in_colour());
        let thread = thread::Builder::new().name("live".to_owned());
        let thread =
            thread.spawn(move || tell(speaker, live, &events, filtered)).context("clone")?;
        Ok(Self { speaker, plan, sender, thread, skipped: 0 })
    }

    /// Hands an event over.
    pub(super) fn see(&mut self, event: &Event) {
        if self.skipped > 0 && self.sender.try_send(Told::Skipped(self.skipped)).is_ok() {
            self.skipped = 0;
        }
        let mut event = event.clone();
        if self.plan.redact {
            event.redact();
        }
        if let Err(TrySendError::Full(_)) = self.sender.try_send(Told::Event(Box::new(event))) {
            self.skipped += 1;
        }
    }

    /// Tells the rest, and what was left out.
    pub(super) fn finish(self) {
        let Self { speaker, plan, sender, thread, skipped } = self;
        if skipped > 0 {
            // There is room as soon as the thread has told some.
            let _ = sender.send(Told::Skipped(skipped));
        }
        drop(sender);
        let left_out = thread.join().unwrap_or_default();
        if let Some(filter) = plan.look.filter.filter(|_| left_out.filtered > 0) {
            let filter = clean(&filter.to_string());
            let (n, all) = (count(left_out.filtered), count(left_out.of));
            eprintln!("{}", say!(speaker, "filter-left-out", filter = filter, n = n, all = all));
        } else if left_out.minor > 0 {
            eprintln!("{}", say!(speaker, "live-minor", n = count(left_out.minor)));
        }
    }
}

/// The recording is complete, and there is nothing left but to tell, for which a reader may let us wait:
/// from now on signals end that.
pub(super) fn let_signals_end() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let always = Arc::new(AtomicBool::new(true));
        let _ = flag::register_conditional_shutdown(signal, 128 + signal, always);
    }
}

fn tell(speaker: Speaker, mut live: Live, events: &Receiver<Told>, filtered: bool) -> LeftOut {
    let mut waits = LongWaits::default();
    let mut looked = Instant::now();
    loop {
        let first = match events.recv_timeout(GLANCE) {
            Ok(first) => Some(first),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return live.left_out(),
        };
        let mut batch = Vec::new();
        let mut skipped = 0;
        for told in first.into_iter().chain(events.try_iter().take(AT_A_TIME - 1)) {
            match told {
                Told::Event(event) => {
                    waits.see(&event);
                    batch.push(*event);
                }
                Told::Skipped(more) => skipped += more,
            }
        }
        let mut lines = live.lines(batch);
        if skipped > 0 {
            lines.push(say!(speaker, "live-skipped", n = count(skipped)));
        }
        // Whether a filter would take a call is known when it has returned.
        if looked.elapsed() >= GLANCE && !filtered {
            looked = Instant::now();
            lines.extend(
                waits
                    .look()
                    .iter()
                    .map(|wait| live.waiting(socklab_kernel::clock::now(), &wait.told())),
            );
        }
        if !lines.is_empty() {
            // All at once: a line is never torn by what the programs print.
            write_err(format_args!("{}\n", printer::marked(&lines.join("\n"))));
        }
    }
}
