//! Standard output and error, handling the errors that the standard macros turn into panics: a
//! closed pipe and a full disk.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};

use crate::exit_reason::ExitReason;

/// 128 + SIGPIPE, what a shell reports for a process that the signal ended. `socklab list | head -1`
/// closes our output early; a program in a pipe is expected to end then, silently.
pub(crate) const BROKEN_PIPE: u8 = 141;

/// Writes to standard output. Colours are removed unless it is a terminal.
pub(crate) fn write_out(text: Arguments<'_>) {
    let mut out = anstream::stdout().lock();
    if let Err(error) = out.write_fmt(text).and_then(|()| out.flush()) {
        give_up(&error);
    }
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
    if error.kind() == ErrorKind::BrokenPipe {
        std::process::exit(BROKEN_PIPE.into());
    }
    write_err(format_args!("socklab: write to standard output: {error}\n"));
    std::process::exit(ExitReason::No as i32);
}

/// Writes to standard error. If that fails there is nowhere left to report it.
pub(crate) fn write_err(text: Arguments<'_>) {
    let mut err = anstream::stderr().lock();
    let _ = err.write_fmt(text).and_then(|()| err.flush());
}

/// Columns of the terminal, or 80.
pub(crate) fn width() -> usize {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok();
    size.map(|size| usize::from(size.ws_col)).filter(|columns| *columns >= 40).unwrap_or(80)
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
                std::process::exit(BROKEN_PIPE.into());
            }
            Some(reason) => {
                write_err(format_args!("{program}: write to standard output: {reason}\n"));
                std::process::exit(ExitReason::No as i32);
            }
            None => report(info),
        }
    }));
}
