//! Keys from the terminal, without ENTER.

use std::io::{self, IsTerminal, Read, stdin, stdout};
use std::os::fd::BorrowedFd;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

/// Can the reader be asked?
pub(crate) fn can_ask() -> bool {
    stdin().is_terminal() && stdout().is_terminal()
}

/// The terminal as it was, while it is changed.
fn unchanged() -> MutexGuard<'static, Option<Termios>> {
    static UNCHANGED: Mutex<Option<Termios>> = Mutex::new(None);
    UNCHANGED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the terminal what it was, if a key is being waited for.
pub(crate) fn restore() {
    if let Some(before) = unchanged().take() {
        let _ = tcsetattr(stdin(), OptionalActions::Now, &before);
    }
}

/// The terminal gives single keys while this lives, and is what it was afterwards: also after
/// Ctrl-C (see `ask::end_cleanly`) and a panic.
#[derive(Debug)]
pub(crate) struct Keys(());

impl Keys {
    pub(crate) fn take() -> io::Result<Self> {
        *unchanged() = Some(tcgetattr(stdin())?);
        single_keys()?;
        Ok(Self(()))
    }

    /// The next key, or nothing if there is none for that long, or `also` has something to read.
    /// The end of the input is Ctrl-D.
    pub(crate) fn next(
        &self,
        also: Option<BorrowedFd<'_>>,
        wait: Duration,
    ) -> io::Result<Option<char>> {
        // A shell that had stopped us gives the terminal back as it likes it.
        if tcgetattr(stdin())?.local_modes.contains(LocalModes::ICANON) {
            single_keys()?;
        }
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
        restore();
    }
}

/// Keys come one by one and are not shown. Signals stay: Ctrl-C ends us as always.
fn single_keys() -> io::Result<()> {
    let mut raw = tcgetattr(stdin())?;
    raw.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
    raw.special_codes[SpecialCodeIndex::VMIN] = 1;
    raw.special_codes[SpecialCodeIndex::VTIME] = 0;
    Ok(tcsetattr(stdin(), OptionalActions::Now, &raw)?)
}

/// The next key; `None` at the end of the input.
pub(crate) fn read() -> io::Result<Option<char>> {
    *unchanged() = Some(tcgetattr(stdin())?);
    let read = single_keys().and_then(|()| {
        let mut byte = [0];
        let length = stdin().lock().read(&mut byte)?;
        Ok((length == 1).then(|| char::from(byte[0])))
    });
    restore();
    read
}
