//! Colours.

use anstyle::{AnsiColor, Color, Style};

use crate::label::PartKind;

/// One colour per connection, in turn. Red is kept for what went wrong.
const CONNECTIONS: [AnsiColor; 6] = [
    AnsiColor::Cyan,
    AnsiColor::Green,
    AnsiColor::Magenta,
    AnsiColor::Yellow,
    AnsiColor::Blue,
    AnsiColor::BrightCyan,
];

fn fg(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(Color::Ansi(color)))
}

/// The colour of a connection.
pub(super) fn connection(number: Option<usize>) -> Style {
    number.map_or_else(Style::new, |number| fg(CONNECTIONS[number % CONNECTIONS.len()]))
}

/// The style of a part of a label, in a row of a connection.
pub(super) fn part(kind: PartKind, number: Option<usize>) -> Style {
    match kind {
        PartKind::Name => connection(number).bold(),
        PartKind::Number => connection(number),
        PartKind::Data => connection(number),
        PartKind::Plain => Style::new(),
        PartKind::Result => Style::new().bold(),
        PartKind::Wait => fg(AnsiColor::Yellow),
        PartKind::Mark => fg(AnsiColor::Red).bold(),
        PartKind::Faint => aside(),
    }
}

/// A column's line.
pub(super) fn rail() -> Style {
    Style::new().dimmed()
}

/// Asides and folds.
pub(super) fn aside() -> Style {
    Style::new().dimmed()
}

/// A column's name.
pub(super) fn heading() -> Style {
    Style::new().bold()
}

/// Sentences.
pub(super) fn prose() -> Style {
    Style::new()
}

/// The sign of a decisive row.
pub(super) fn decisive() -> Style {
    fg(AnsiColor::Yellow).bold()
}
