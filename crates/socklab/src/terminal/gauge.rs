//! A progress bar: one line on standard error, shown only on a terminal.

use std::io::stderr;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::termios::tcgetwinsize;

use crate::output::{Screen, screen_err, write_err};

/// The width of the bar.
const CELLS: usize = 20;

/// Whether a bar is on the screen.
static SHOWN: AtomicBool = AtomicBool::new(false);

/// A progress bar.
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
        self.done = (self.done + 1).min(self.all);
    }

    /// The line, cut to the terminal's width: a wrapped line could not be erased.
    pub(crate) fn line(&self, doing: &str) -> String {
        let full = CELLS * self.done / self.all.max(1);
        let bar = "█".repeat(full) + &"░".repeat(CELLS - full);
        // A terminal of unknown size reports 0.
        let size = tcgetwinsize(stderr()).ok().map(|size| usize::from(size.ws_col));
        let columns = size.filter(|columns| *columns > 0).unwrap_or(80);
        let line = format!("  {bar} {}/{} {doing}", self.done, self.all);
        line.chars().take(columns - 1).collect()
    }

    pub(crate) fn show(&self, doing: &str) {
        if self.visible {
            put(&self.line(doing));
        }
    }
}

/// Shows the line of a bar in place of the one that is there.
pub(crate) fn put(line: &str) {
    screen_err(Screen::Line);
    write_err(format_args!("{line}"));
    SHOWN.store(true, Ordering::Relaxed);
}

/// Erases the bar, if there is one. Returns whether there was.
pub(crate) fn hide() -> bool {
    let shown = SHOWN.swap(false, Ordering::Relaxed);
    if shown {
        screen_err(Screen::Line);
    }
    shown
}
