//! Single key presses from the terminal, without Enter.

use std::io::{self, IsTerminal, stdin, stdout};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use signal_hook::consts::SIGCONT;

const ESCAPE: char = '\u{1b}';
/// How long the rest of an escape sequence may take, even over a slow connection.
const SEQUENCE: Duration = Duration::from_millis(100);
/// poll needs a time limit; when it expires, waiting starts again.
const ANY_TIME: Duration = Duration::from_secs(3600);

/// True if there is a terminal at which to ask the user.
pub(crate) fn can_ask() -> bool {
    stdin().is_terminal() && stdout().is_terminal()
}

/// The state of the terminal. It is changed only under the lock, because signals are handled on a
/// different thread from the one that reads keys.
#[derive(Debug)]
struct Changed {
    /// The settings to restore, while single keys are read.
    before: Option<Termios>,
    /// This process is ending.
    ending: bool,
}

fn changed() -> MutexGuard<'static, Changed> {
    static CHANGED: Mutex<Changed> = Mutex::new(Changed { before: None, ending: false });
    CHANGED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Changed {
    fn undo(&mut self) {
        if let Some(before) = self.before.take() {
            let _ = tcsetattr(stdin(), OptionalActions::Now, &before);
        }
    }
}

/// Restores the terminal if keys are being read, and keeps it that way because the process is
/// about to exit.
pub(crate) fn restore_for_good() {
    let mut changed = changed();
    changed.ending = true;
    changed.undo();
}

/// While this value lives the terminal delivers single keys. Its settings are restored on drop,
/// after Ctrl-C (see `scenario::end_cleanly`) and a panic.
#[derive(Debug)]
pub(crate) struct Keys(());

impl Keys {
    pub(crate) fn take() -> io::Result<Self> {
        let mut changed = changed();
        if !changed.ending {
            changed.before = Some(tcgetattr(stdin())?);
            single_keys()?;
        }
        Ok(Self(()))
    }

    /// The next key; `None` if none comes within `wait`, or once `also` is readable.
    /// The end of the input is Ctrl-D.
    pub(crate) fn next(
        &self,
        also: Option<BorrowedFd<'_>>,
        wait: Duration,
    ) -> io::Result<Option<char>> {
        // After Ctrl-Z and `fg` the shell has put its own settings in place.
        let changed = changed();
        let single = !tcgetattr(stdin())?.local_modes.contains(LocalModes::ICANON);
        if changed.before.is_some() && !single {
            single_keys()?;
        }
        drop(changed);
        let input = stdin();
        let mut set = vec![PollFd::new(&input, PollFlags::IN)];
        set.extend(also.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)));
        let wait = Timespec::try_from(wait).unwrap_or_default();
        match poll(&mut set, Some(&wait)) {
            Ok(_) if set[0].revents().is_empty() => return Ok(None),
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let mut byte = [0];
        match rustix::io::read(&input, &mut byte) {
            Ok(0) => Ok(Some('\u{4}')),
            Ok(_) => Ok(Some(char::from(byte[0]))),
            Err(rustix::io::Errno::INTR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        changed().undo();
    }
}

/// Delivers keys one by one and without echo. Signals stay enabled: Ctrl-C still ends the process.
fn single_keys() -> io::Result<()> {
    let mut raw = tcgetattr(stdin())?;
    raw.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
    raw.special_codes[SpecialCodeIndex::VMIN] = 1;
    raw.special_codes[SpecialCodeIndex::VTIME] = 0;
    Ok(tcsetattr(stdin(), OptionalActions::Now, &raw)?)
}

/// The next key that is a single character; the end of the input counts as Ctrl-D. Esc, the arrows
/// and the function keys are ignored. After Ctrl-Z and `fg`, `prompt` is printed again, below what
/// the shell wrote.
pub(crate) fn read(prompt: impl Fn()) -> io::Result<char> {
    let keys = Keys::take()?;
    let (wakes, waker) = UnixStream::pair()?;
    let continued = signal_hook::low_level::pipe::register(SIGCONT, waker)?;
    let read = loop {
        match keys.next(Some(wakes.as_fd()), ANY_TIME) {
            Ok(Some(ESCAPE)) => match skip_sequence(&keys) {
                Ok(()) => {}
                Err(error) => break Err(error),
            },
            Ok(Some(key)) => break Ok(key),
            Ok(None) if rustix::io::ioctl_fionread(&wakes).is_ok_and(|waiting| waiting > 0) => {
                let _ = rustix::io::read(&wakes, &mut [0; 16]);
                prompt();
            }
            Ok(None) => {}
            Err(error) => break Err(error),
        }
    };
    signal_hook::low_level::unregister(continued);
    read
}

/// Skips what immediately follows an escape character: `[A` for an arrow, `OP` or `[[A` for F1, `x`
/// for Alt-x (ECMA-48, 5.4). Nothing follows when Esc itself was pressed.
fn skip_sequence(keys: &Keys) -> io::Result<()> {
    let next = || keys.next(None, SEQUENCE);
    match next()? {
        Some('O') => next().map(|_| ()),
        Some('[') => {
            // F1 to F5 of the Linux console have a second bracket.
            let mut inside = next()?;
            if inside == Some('[') {
                inside = next()?;
            }
            while inside.is_some_and(|char| !('@'..='~').contains(&char) && char != '\u{4}') {
                inside = next()?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
