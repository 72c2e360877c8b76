//! One key from the terminal, without ENTER.

use std::io::{self, IsTerminal, Read, stdin, stdout};
use std::sync::{Mutex, MutexGuard, PoisonError};

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

/// The next key; `None` at the end of the input.
pub(crate) fn read() -> io::Result<Option<char>> {
    let input = stdin();
    let before = tcgetattr(&input)?;
    let mut raw = before.clone();
    // Signals stay: Ctrl-C ends us as always, see `ask::end_cleanly`.
    raw.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
    raw.special_codes[SpecialCodeIndex::VMIN] = 1;
    raw.special_codes[SpecialCodeIndex::VTIME] = 0;
    *unchanged() = Some(before.clone());
    tcsetattr(&input, OptionalActions::Now, &raw)?;
    let mut byte = [0];
    let read = input.lock().read(&mut byte);
    tcsetattr(&input, OptionalActions::Now, &before)?;
    *unchanged() = None;
    Ok((read? == 1).then(|| char::from(byte[0])))
}
