//! The pseudo-terminal that a submission prints to, `pty(7)`.
//!
//! C and others keep back what they print to a pipe until kilobytes have come together, and what a
//! program printed before it was killed would never be seen. To a terminal they print line by line.
//! The tracer records what is written; the terminal is drained and does nothing else.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use rustix::fs::{Mode, fchmod};
use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

/// The usual size: programs fit their output to it.
const SIZE: Winsize = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };

/// The program's end of a terminal that never fills. Nothing is echoed or translated. It does not
/// become anybody's controlling terminal.
///
/// # Errors
///
/// Where there are no pseudo-terminals: `/dev/ptmx` is missing, or there are too many already; or where no thread can be
/// had.
pub(super) fn drained(printed: &Printed) -> io::Result<OwnedFd> {
    let (ours, theirs) = open()?;
    let printed = printed.clone();
    thread::Builder::new().spawn(move || discard(File::from(ours), &printed))?;
    Ok(theirs)
}

/// How many bytes a program has printed to all its streams.
#[derive(Clone, Debug, Default)]
pub(super) struct Printed(Arc<AtomicU64>);

impl Printed {
    pub(super) fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

fn open() -> io::Result<(OwnedFd, OwnedFd)> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let ours = openpt(flags)?;
    unlockpt(&ours)?;
    let theirs = ioctl_tiocgptpeer(&ours, flags)?;
    let mut mode = tcgetattr(&theirs)?;
    mode.make_raw();
    tcsetattr(&theirs, OptionalActions::Now, &mode)?;
    tcsetwinsize(&theirs, SIZE)?;
    // Node opens its terminal once more, and prints to that descriptor, where no tracer looks. If it
    // may not, it prints to descriptor 1 as others do.
    fchmod(&theirs, Mode::empty())?;
    Ok((ours, theirs))
}

/// Reads until nobody has the other end open any more: that is EIO here, and not the end of a file.
pub(super) fn discard(mut from: impl Read, printed: &Printed) {
    let mut buffer = [0; 16 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(count @ 1..) => {
                printed.0.fetch_add(count as u64, Ordering::Relaxed);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use rustix::termios::{isatty, tcgetwinsize};

    use super::*;

    #[test]
    fn a_terminal_passes_on_what_is_printed_unchanged_and_ends_with_its_last_user() {
        let Ok((ours, theirs)) = open() else {
            return socklab_prerequisites::say_not_run("terminal", "pseudo-terminals");
        };
        assert!(isatty(&theirs));
        let mode = rustix::fs::fstat(&theirs).map(|file| file.st_mode & 0o777);
        assert_eq!(mode, Ok(0), "nobody opens it again");
        assert_eq!(tcgetwinsize(&theirs).map(|size| size.ws_col).ok(), Some(80));
        let (mut ours, mut theirs) = (File::from(ours), File::from(theirs));
        let text = b"una l\xc3\xadnea\n\x03\x04\tand another\r\n\0";
        theirs.write_all(text).expect("print");
        let mut got = vec![0; text.len()];
        ours.read_exact(&mut got).expect("what was printed");
        assert_eq!(got, text);
        drop(theirs);
        let printed = Printed::default();
        discard(ours, &printed);
        assert_eq!(printed.bytes(), 0, "all of it has been read");
    }
}
