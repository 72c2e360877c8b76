//! One key from the terminal, without ENTER.

use std::io::{self, IsTerminal, Read, stdin, stdout};

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

/// Can the reader be asked?
pub(crate) fn can_ask() -> bool {
    stdin().is_terminal() && stdout().is_terminal()
}

/// The next key; `None` at the end of the input.
pub(crate) fn read() -> io::Result<Option<char>> {
    let input = stdin();
    let before = tcgetattr(&input)?;
    let mut raw = before.clone();
    // Signals stay: Ctrl-C ends us as always, and the guard restores the terminal otherwise.
    raw.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
    raw.special_codes[SpecialCodeIndex::VMIN] = 1;
    raw.special_codes[SpecialCodeIndex::VTIME] = 0;
    tcsetattr(&input, OptionalActions::Now, &raw)?;
    let mut byte = [0];
    let read = input.lock().read(&mut byte);
    tcsetattr(&input, OptionalActions::Now, &before)?;
    Ok((read? == 1).then(|| char::from(byte[0])))
}
