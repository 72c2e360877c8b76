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

use crate::output::{Screen, println, width};

const ESCAPE: char = '\u{1b}';
/// Ctrl-D, which also stands for the end of the input.
pub(crate) const END: char = '\u{4}';
/// How long the rest of an escape sequence may take, even over a slow connection.
const SEQUENCE: Duration = Duration::from_millis(100);
/// How often the size of the terminal is looked at.
const GLANCE: Duration = Duration::from_millis(250);

/// What was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Char(char),
    Enter,
    Backspace,
    Escape,
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    /// A key that means nothing here, such as F1.
    Other,
    /// Ctrl-D, or there is no more input.
    EndOfInput,
}

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
    /// The screen is drawn as a whole: what was there before comes back behind it.
    full_screen: bool,
    /// This process is ending.
    ending: bool,
}

fn changed() -> MutexGuard<'static, Changed> {
    static CHANGED: Mutex<Changed> =
        Mutex::new(Changed { before: None, full_screen: false, ending: false });
    CHANGED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Changed {
    fn undo(&mut self) {
        self.leave_full_screen();
        if let Some(before) = self.before.take() {
            let _ = tcsetattr(stdin(), OptionalActions::Now, &before);
        }
    }
}

impl Changed {
    fn leave_full_screen(&mut self) {
        if std::mem::take(&mut self.full_screen) {
            Screen::Former.show();
        }
    }
}

/// From now on the screen is drawn as a whole, until [`leave_full_screen`], a signal that ends this
/// process, or a panic.
pub(crate) fn enter_full_screen() {
    let mut changed = changed();
    if !changed.ending {
        changed.full_screen = true;
        Screen::Other.show();
    }
}

/// What was on the screen before comes back.
pub(crate) fn leave_full_screen() {
    changed().leave_full_screen();
}

/// What was on the screen before comes back, and so do the terminal's settings, while this process is
/// stopped: not every shell sets them itself. Keys are single again when the next one is read.
pub(crate) fn lend_terminal() {
    let mut changed = changed();
    changed.leave_full_screen();
    if let Some(before) = &changed.before {
        let _ = tcsetattr(stdin(), OptionalActions::Now, before);
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
            Ok(0) => Ok(Some(END)),
            Ok(_) => Ok(Some(char::from(byte[0]))),
            Err(rustix::io::Errno::INTR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl Keys {
    /// The same, with the bytes of one key put together.
    pub(crate) fn press(
        &self,
        also: Option<BorrowedFd<'_>>,
        wait: Duration,
    ) -> io::Result<Option<Key>> {
        let Some(first) = self.next(also, wait)? else { return Ok(None) };
        let further = || self.next(None, SEQUENCE);
        Ok(Some(match first {
            ESCAPE => sequence(further)?,
            '\n' | '\r' => Key::Enter,
            '\u{8}' | '\u{7f}' => Key::Backspace,
            END => Key::EndOfInput,
            first if first.is_ascii_control() => Key::Other,
            first if first.is_ascii() => Key::Char(first),
            first => letter(first as u8, further)?,
        }))
    }

    /// The same, where every key does something at once. What arrives together and is more than two
    /// characters was pasted, not pressed: all of it is one [`Key::Other`].
    pub(crate) fn press_alone(
        &self,
        also: Option<BorrowedFd<'_>>,
        wait: Duration,
    ) -> io::Result<Option<Key>> {
        let Some(key) = self.press(also, wait)? else { return Ok(None) };
        if key == Key::EndOfInput || rustix::io::ioctl_fionread(stdin()).unwrap_or(0) < 2 {
            return Ok(Some(key));
        }
        while self.next(None, SEQUENCE)?.is_some_and(|char| char != END) {}
        Ok(Some(Key::Other))
    }
}

/// A letter outside ASCII, of which the first byte (UTF-8) has been read.
fn letter(first: u8, mut next: impl FnMut() -> io::Result<Option<char>>) -> io::Result<Key> {
    let mut bytes = vec![first];
    for _ in 1..first.leading_ones() {
        // Each `char` is a byte here.
        bytes.extend(next()?.map(|byte| byte as u8));
    }
    let text = std::str::from_utf8(&bytes).ok();
    Ok(text.and_then(|text| text.chars().next()).map_or(Key::Other, Key::Char))
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
/// the shell wrote; when the terminal has become wider or narrower, `resized` is called.
pub(crate) fn read(prompt: impl Fn(), resized: impl Fn()) -> io::Result<char> {
    loop {
        match pressed(&prompt, &resized, Keys::press)? {
            Key::Char(char) => return Ok(char),
            Key::Enter => return Ok('\n'),
            Key::EndOfInput => return Ok('\u{4}'),
            _ => {}
        }
    }
}

/// The next key of any kind. After Ctrl-Z and `fg`, and where the terminal gets another width, `prompt`
/// is printed again, below what the shell wrote.
pub(crate) fn press(prompt: impl Fn()) -> io::Result<Key> {
    let again = || {
        println!();
        prompt();
    };
    pressed(&prompt, again, Keys::press)
}

/// The same where every key does something at once, so that a pasted text is one [`Key::Other`];
/// `resized` prints what else stands above the prompt.
pub(crate) fn press_alone(prompt: impl Fn(), resized: impl Fn()) -> io::Result<Key> {
    pressed(prompt, resized, Keys::press_alone)
}

/// How [`Keys`] reads one key.
type Press = fn(&Keys, Option<BorrowedFd<'_>>, Duration) -> io::Result<Option<Key>>;

fn pressed(prompt: impl Fn(), resized: impl Fn(), press: Press) -> io::Result<Key> {
    let keys = Keys::take()?;
    let (wakes, waker) = UnixStream::pair()?;
    let continued = signal_hook::low_level::pipe::register(SIGCONT, waker)?;
    let mut columns = width();
    let pressed = loop {
        match press(&keys, Some(wakes.as_fd()), GLANCE) {
            Ok(Some(key)) => break Ok(key),
            Ok(None) if rustix::io::ioctl_fionread(&wakes).is_ok_and(|waiting| waiting > 0) => {
                let _ = rustix::io::read(&wakes, &mut [0; 16]);
                prompt();
            }
            Ok(None) if width() != columns => {
                columns = width();
                resized();
            }
            Ok(None) => {}
            Err(error) => break Err(error),
        }
    };
    signal_hook::low_level::unregister(continued);
    pressed
}

/// The key of what follows an escape character: `[A` for an arrow, `OP` or `[[A` for F1, `x` for
/// Alt-x (ECMA-48, 5.4; the keys of the VT220). Nothing follows when Esc itself was pressed.
fn sequence(mut next: impl FnMut() -> io::Result<Option<char>>) -> io::Result<Key> {
    let Some(first) = next()? else { return Ok(Key::Escape) };
    if first == 'O' {
        return Ok(next()?.map_or(Key::Other, |last| named("", last)));
    } else if first != '[' {
        return Ok(Key::Other);
    }
    let mut parameters = String::new();
    loop {
        match next()? {
            // F1 to F5 of the Linux console have a second bracket.
            Some('[') if parameters.is_empty() => parameters.push('['),
            Some(last @ '@'..='~') => return Ok(named(&parameters, last)),
            None | Some(END) => return Ok(Key::Other),
            Some(inside) => parameters.push(inside),
        }
    }
}

/// The key whose sequence has these parameters and this last character.
fn named(parameters: &str, last: char) -> Key {
    match (parameters, last) {
        ("", 'A') => Key::Up,
        ("", 'B') => Key::Down,
        ("", 'H') | ("1" | "7", '~') => Key::Home,
        ("", 'F') | ("4" | "8", '~') => Key::End,
        ("5", '~') => Key::PageUp,
        ("6", '~') => Key::PageDown,
        _ => Key::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (Key, usize) {
        let mut left = text.chars();
        let key = sequence(|| Ok(left.next())).unwrap();
        (key, left.count())
    }

    #[test]
    fn a_sequence_is_one_key() {
        for (text, key) in [
            ("", Key::Escape),
            ("[A", Key::Up),
            ("OB", Key::Down),
            ("[5~", Key::PageUp),
            ("[6~", Key::PageDown),
            ("[1~", Key::Home),
            ("OF", Key::End),
            ("OP", Key::Other),
            ("[[A", Key::Other),
            ("[15;5~", Key::Other),
            ("x", Key::Other),
        ] {
            assert_eq!(of(text), (key, 0), "{text}");
        }
        assert_eq!(of("[Aq"), (Key::Up, 1));
    }
}
