//! The whole screen of a terminal, drawn as cells: only lines that have changed are written.

use std::io;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ratatui_core::buffer::{Buffer, Cell};
use ratatui_core::layout::Rect;
use ratatui_core::style::{Color, Modifier};
use signal_hook::consts::{SIGCONT, SIGSTOP, SIGTSTP};
use signal_hook::{SigId, flag, low_level};
use unicode_width::UnicodeWidthStr as _;

use super::keys::{self, Key, Keys};
use crate::output::write_bytes;

/// How often the size of the terminal is looked at.
const GLANCE: Duration = Duration::from_millis(250);

/// While this value lives, the screen is ours: what was there before comes back when it is dropped, on a
/// signal that ends the process (see `scenario::end_cleanly`), and on a panic.
#[derive(Debug)]
pub(crate) struct FullScreen {
    keys: Keys,
    /// What the terminal shows.
    drawn: Buffer,
    stopped: Arc<AtomicBool>,
    continued: Arc<AtomicBool>,
    handlers: [SigId; 2],
}

impl FullScreen {
    pub(crate) fn take() -> io::Result<Self> {
        let keys = Keys::take()?;
        let [stopped, continued] = [Arc::new(AtomicBool::new(false)), Arc::default()];
        let handlers = [
            flag::register(SIGTSTP, Arc::clone(&stopped))?,
            flag::register(SIGCONT, Arc::clone(&continued))?,
        ];
        keys::enter_full_screen();
        Ok(Self { keys, drawn: Buffer::default(), stopped, continued, handlers })
    }

    /// Its columns and lines.
    pub(crate) fn size() -> (u16, u16) {
        // A terminal of unknown size reports 0.
        let size = rustix::termios::tcgetwinsize(io::stdout()).ok();
        let size = size.filter(|size| size.ws_col > 0 && size.ws_row > 0);
        size.map_or((80, 24), |size| (size.ws_col, size.ws_row))
    }

    /// Draws with `draw`.
    pub(crate) fn draw(&mut self, draw: impl FnOnce(&mut Buffer)) {
        let (columns, lines) = Self::size();
        let area = Rect::new(0, 0, columns, lines);
        let mut next = Buffer::empty(area);
        draw(&mut next);
        let mut text = String::new();
        if self.drawn.area != area {
            text.push_str("\x1b[0m\x1b[2J");
            self.drawn = Buffer::empty(area);
        }
        write_lines(&self.drawn, &next, &mut text);
        self.drawn = next;
        if !text.is_empty() {
            write_bytes(text.as_bytes());
        }
    }

    /// The next key; `None` if there is something else to do: something can be read from `also`, or the
    /// terminal may have another size.
    pub(crate) fn press(&mut self, also: BorrowedFd<'_>) -> io::Result<Option<Key>> {
        let key = self.keys.press(Some(also), GLANCE)?;
        if self.stopped.swap(false, Ordering::Relaxed) {
            // The shell shows its prompt where it was.
            keys::lend_terminal();
            low_level::raise(SIGSTOP)?;
        }
        if self.continued.swap(false, Ordering::Relaxed) {
            keys::enter_full_screen();
            self.drawn = Buffer::default();
        }
        Ok(key)
    }
}

impl Drop for FullScreen {
    fn drop(&mut self) {
        for handler in self.handlers {
            low_level::unregister(handler);
        }
        keys::leave_full_screen();
    }
}

/// What a terminal is told to show the lines that are others than before (ECMA-48: CUP, SGR).
fn write_lines(before: &Buffer, next: &Buffer, text: &mut String) {
    let width = usize::from(next.area.width).max(1);
    let lines = before.content().chunks(width).zip(next.content().chunks(width));
    for (y, (_, line)) in lines.enumerate().filter(|(_, (before, next))| before != next) {
        text.push_str(&format!("\x1b[{};1H", y + 1));
        let mut style = None;
        // What a wide character covers has no text of its own.
        let mut covered = 0;
        for cell in line {
            if covered > 0 {
                covered -= 1;
                continue;
            }
            let own = (cell.fg, cell.bg, cell.modifier);
            if style != Some(own) {
                text.push_str(&graphics(cell));
                style = Some(own);
            }
            text.extend(cell.symbol().chars().map(|char| match char {
                char if socklab_say::is_unsafe(char) => '·',
                char => char,
            }));
            covered = cell.symbol().width().saturating_sub(1);
        }
        text.push_str("\x1b[0m");
    }
}

/// The graphic rendition of a cell.
fn graphics(cell: &Cell) -> String {
    let mut parameters = vec![0];
    let modifiers = [
        (Modifier::BOLD, 1),
        (Modifier::DIM, 2),
        (Modifier::UNDERLINED, 4),
        (Modifier::REVERSED, 7),
    ];
    parameters.extend(
        modifiers.iter().filter(|(one, _)| cell.modifier.contains(*one)).map(|(_, number)| *number),
    );
    parameters.extend(colour(cell.fg).map(|number| 30 + number));
    parameters.extend(colour(cell.bg).map(|number| 40 + number));
    let parameters: Vec<String> = parameters.iter().map(u8::to_string).collect();
    format!("\x1b[{}m", parameters.join(";"))
}

/// The number of a colour of the palette; bright ones are 60 further.
fn colour(colour: Color) -> Option<u8> {
    Some(match colour {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 60,
        Color::LightRed => 61,
        Color::LightGreen => 62,
        Color::LightYellow => 63,
        Color::LightBlue => 64,
        Color::LightMagenta => 65,
        Color::LightCyan => 66,
        Color::White => 67,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use ratatui_core::style::Style;

    use super::*;

    fn written(before: &Buffer, after: &Buffer) -> String {
        let mut text = String::new();
        write_lines(before, after, &mut text);
        text
    }

    #[test]
    fn only_lines_that_have_changed_are_written() {
        let area = Rect::new(0, 0, 4, 2);
        let [mut before, mut after] = [Buffer::empty(area), Buffer::empty(area)];
        before.set_string(0, 0, "same", Style::new());
        after.set_string(0, 0, "same", Style::new());
        after.set_string(0, 1, "ab", Style::new().fg(Color::Red).add_modifier(Modifier::BOLD));
        let text = written(&before, &after);
        assert_eq!(text, "\x1b[2;1H\x1b[0;1;31mab\x1b[0m  \x1b[0m");
        let mut after = before.clone();
        after.set_string(0, 1, "日本", Style::new());
        assert_eq!(written(&before, &after), "\x1b[2;1H\x1b[0m日本\x1b[0m");
    }

    #[test]
    fn no_cell_tells_the_terminal_anything() {
        let area = Rect::new(0, 0, 1, 1);
        let mut after = Buffer::empty(area);
        after[(0, 0)].set_symbol("\x1b");
        let text = written(&Buffer::empty(area), &after);
        assert_eq!(text, "\x1b[1;1H\x1b[0m·\x1b[0m");
    }
}
