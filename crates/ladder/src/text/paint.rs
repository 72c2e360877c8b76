//! The colours of text drawings.

use anstyle::{AnsiColor, Color, Style};

use crate::label::PartKind;

/// Connections take these in turn. Red is reserved for errors.
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

/// The style of a part of a label in a row of connection `number`.
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

/// A lifeline.
pub(super) fn rail() -> Style {
    Style::new().dimmed()
}

/// Asides and folds: dimmed.
pub(super) fn aside() -> Style {
    Style::new().dimmed()
}

/// The name of a column.
pub(super) fn heading() -> Style {
    Style::new().bold()
}

/// Explanations and footer.
pub(super) fn prose() -> Style {
    Style::new()
}

/// The sign of a problem.
pub(super) fn problem() -> Style {
    fg(AnsiColor::Red).bold()
}

/// The marker of a decisive row.
pub(super) fn decisive() -> Style {
    fg(AnsiColor::Yellow).bold()
}
