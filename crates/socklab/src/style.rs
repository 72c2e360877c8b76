//! Colours, by meaning. `anstream` leaves them out if the output is not a terminal or `NO_COLOR` is
//! set.

use anstyle::{AnsiColor, Style};

use crate::printer;

/// Headings and names of commands.
pub(crate) const STRONG: Style = Style::new().bold();
/// Less important text: file names, times. Dimmed: many palettes (Solarized) have for bright black,
/// SGR 90, the colour of their background.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// Comments of a source text. In the course's programs they are what is to be read.
pub(crate) const COMMENT: Style = Style::new();
/// A check that passed.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// A check that failed, an error.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// The line of a list that can be chosen with Enter.
pub(crate) const CURSOR: Style = Style::new().invert();
/// Text that the reader could type.
pub(crate) const COMMAND: Style = AnsiColor::Cyan.on_default();
/// Keywords of a source text.
pub(crate) const KEYWORD: Style = AnsiColor::Magenta.on_default();
/// Literals of a source text.
pub(crate) const LITERAL: Style = AnsiColor::Green.on_default();
/// Functions that a source text calls.
pub(crate) const CALL: Style = AnsiColor::Blue.on_default().bold();

/// `text` in a style.
pub(crate) fn paint(style: Style, text: impl std::fmt::Display) -> String {
    printer::styled(style, text)
}
