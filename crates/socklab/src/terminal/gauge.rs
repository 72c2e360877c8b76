//! How far a long job is: one line on standard error, where only a person sees it.

use std::io::stderr;
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::eprint;
use rustix::termios::tcgetwinsize;

/// How many cells a gauge has.
const CELLS: usize = 20;

/// Whether a gauge stands on the screen.
static SHOWN: AtomicBool = AtomicBool::new(false);

/// A gauge.
#[derive(Debug)]
pub(crate) struct Gauge {
    done: usize,
    all: usize,
    visible: bool,
}

impl Gauge {
    pub(crate) fn new(all: usize, visible: bool) -> Self {
        Self { done: 0, all, visible }
    }

    pub(crate) fn advance(&mut self) {
        self.done += 1;
    }

    /// The gauge itself, no wider than the terminal: a line that breaks cannot be taken away.
    pub(crate) fn line(&self, doing: &str) -> String {
        let full = CELLS * self.done / self.all.max(1);
        let bar = "█".repeat(full) + &"░".repeat(CELLS - full);
        // A terminal that does not know its size says 0.
        let size = tcgetwinsize(stderr()).ok().map(|size| usize::from(size.ws_col));
        let columns = size.filter(|columns| *columns > 0).unwrap_or(80);
        let line = format!("  {bar} {}/{} {doing}", self.done, self.all);
        line.chars().take(columns - 1).collect()
    }

    pub(crate) fn show(&self, doing: &str) {
        if self.visible {
            eprint!("\r\x1b[K{}", self.line(doing));
            SHOWN.store(true, Ordering::Relaxed);
        }
    }
}

/// Takes the gauge away, if one is there.
pub(crate) fn hide() {
    if SHOWN.swap(false, Ordering::Relaxed) {
        eprint!("\r\x1b[K");
    }
}
