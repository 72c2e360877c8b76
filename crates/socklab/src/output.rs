//! Standard output and error, handling the errors that the standard macros turn into panics: a
//! closed pipe and a full disk.

use std::fmt::{self, Arguments};
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;

use serde::Serialize;

use crate::exit_reason::ExitReason;
use crate::printer::{self, Printer};

/// 128 + SIGPIPE, what a shell reports for a process that the signal ended. `socklab list | head -1`
/// closes our output early; a program in a pipe is expected to end then, silently.
pub(crate) const BROKEN_PIPE: u8 = 141;

/// Writes to standard output, without what a terminal would obey. Colours are removed unless it is
/// a terminal.
pub(crate) fn write_out(text: Arguments<'_>) {
    if let Err(error) = print(&mut anstream::stdout().lock(), text) {
        give_up(&error);
    }
}

/// Writes text through the [`Printer`].
fn print(out: &mut impl Write, text: Arguments<'_>) -> io::Result<()> {
    let mut error = None;
    let into = Checked { out, error: &mut error };
    let printed = fmt::Write::write_fmt(&mut Printer(into), text);
    match error {
        Some(error) => Err(error),
        None if printed.is_err() => Err(io::Error::other("a text could not be formatted")),
        None => out.flush(),
    }
}

/// Keeps the error of an output, which `fmt::Error` has no room for.
struct Checked<'a, W> {
    out: &'a mut W,
    error: &'a mut Option<io::Error>,
}

impl<W: Write> fmt::Write for Checked<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.out.write_all(text.as_bytes()).map_err(|error| {
            *self.error = Some(error);
            fmt::Error
        })
    }
}

/// Writes a value to standard output as JSON.
pub(crate) fn write_json(value: &impl Serialize) -> Result<(), serde_json::Error> {
    let text = serde_json::to_string_pretty(value)?;
    write_out(format_args!("{}\n", printer::json(&text)));
    Ok(())
}

/// What a screen is told beside the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Screen {
    /// Clear it, and begin at the top.
    Clear,
    /// Begin the current line anew.
    Line,
    /// Show another screen, without a cursor.
    Other,
    /// Show the cursor, and the screen that was there before.
    Former,
}

/// Tells the terminal on standard output to do something.
pub(crate) fn screen(what: Screen) {
    write_bytes(what.bytes());
}

/// The same for the terminal on standard error, where nothing can be done about a failure.
pub(crate) fn screen_err(what: Screen) {
    let mut err = io::stderr().lock();
    let _ = err.write_all(what.bytes()).and_then(|()| err.flush());
}

impl Screen {
    /// Tells the terminal on standard output. If that fails, it is no terminal any more.
    pub(crate) fn show(self) {
        let mut out = io::stdout().lock();
        let _ = out.write_all(self.bytes()).and_then(|()| out.flush());
    }

    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Clear => b"\x1b[2J\x1b[H",
            Self::Line => b"\r\x1b[K",
            // xterm's control sequences: DECSET and DECRST 1049, 25.
            Self::Other => b"\x1b[?1049h\x1b[?25l\x1b[2J",
            Self::Former => b"\x1b[0m\x1b[?25h\x1b[?1049l",
        }
    }
}

/// True if colours will be shown on standard output or standard error.
pub(crate) fn in_colour() -> bool {
    let shown = |choice| choice != anstream::ColorChoice::Never;
    shown(anstream::AutoStream::choice(&io::stdout()))
        || shown(anstream::AutoStream::choice(&io::stderr()))
}

/// Writes bytes to standard output as they are.
pub(crate) fn write_bytes(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    if let Err(error) = out.write_all(bytes).and_then(|()| out.flush()) {
        give_up(&error);
    }
}

/// Ends the process because standard output can't be written to.
pub(crate) fn give_up(error: &io::Error) -> ! {
    socklab_scenario::clean_up();
    if error.kind() == ErrorKind::BrokenPipe {
        std::process::exit(BROKEN_PIPE.into());
    }
    write_err(format_args!("socklab: write to standard output: {error}\n"));
    std::process::exit(ExitReason::Environment as i32);
}

/// Writes to standard error. If that fails there is nowhere left to report it.
pub(crate) fn write_err(text: Arguments<'_>) {
    // At once, so that nobody else writes into the middle of it.
    let mut whole = String::new();
    if fmt::Write::write_fmt(&mut Printer(&mut whole), text).is_ok() {
        let mut err = anstream::stderr().lock();
        let _ = err.write_all(whole.as_bytes()).and_then(|()| err.flush());
    }
}

thread_local! {
    static WIDTH: std::cell::Cell<Option<usize>> = const { std::cell::Cell::new(None) };
}

/// Does something as in a terminal with so many columns, in this thread: what is kept must not depend
/// on where it was made.
pub(crate) fn with_width<T>(columns: usize, f: impl FnOnce() -> T) -> T {
    let before = WIDTH.replace(Some(columns));
    let done = f();
    WIDTH.set(before);
    done
}

/// Columns of the terminal on standard output, or 80.
pub(crate) fn width() -> usize {
    columns(io::stdout())
}

/// Columns of the terminal on standard error, or 80.
pub(crate) fn width_err() -> usize {
    columns(io::stderr())
}

fn columns(terminal: impl AsFd) -> usize {
    if let Some(columns) = WIDTH.get() {
        return columns;
    }
    // A terminal of unknown size reports 0.
    let size = rustix::termios::tcgetwinsize(terminal).ok();
    size.map(|size| usize::from(size.ws_col)).filter(|columns| *columns >= 40).unwrap_or(80)
}

/// Lines of the terminal, or 24.
pub(crate) fn height() -> usize {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok();
    size.map(|size| usize::from(size.ws_row)).filter(|lines| *lines >= 5).unwrap_or(24)
}

macro_rules! println {
    () => { $crate::output::write_out(format_args!("\n")) };
    ($($argument:tt)*) => {
        $crate::output::write_out(format_args!("{}\n", format_args!($($argument)*)))
    };
}
macro_rules! eprintln {
    ($($argument:tt)*) => {
        $crate::output::write_err(format_args!("{}\n", format_args!($($argument)*)))
    };
}
pub(crate) use {eprintln, println};

/// The course's programs print with the standard macros, which panic when printing fails. Turns
/// those panics, and no others, into the same exit codes as above.
pub(crate) fn end_without_panic(program: &'static str) {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let message = info.payload().downcast_ref::<String>().map_or("", String::as_str);
        match message.strip_prefix("failed printing to stdout: ") {
            Some(reason) if reason.contains("Broken pipe") => {
                socklab_scenario::clean_up();
                std::process::exit(BROKEN_PIPE.into());
            }
            Some(reason) => {
                socklab_scenario::clean_up();
                write_err(format_args!("{program}: write to standard output: {reason}\n"));
                std::process::exit(ExitReason::Environment as i32);
            }
            None => {
                // On another screen nobody would read it.
                crate::terminal::keys::leave_full_screen();
                report(info);
            }
        }
    }));
}
