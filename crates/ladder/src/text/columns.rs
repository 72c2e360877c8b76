//! Columns side by side, as on a blackboard.

use super::canvas::Line;
use super::row::Drawer;
use super::wrap::{Spans, spans_width, width};
use super::{Frame, paint};
use crate::clean::cut;
use crate::label::{Label, Part, PartKind};
use crate::{Participant, Rail, Row};

/// A column narrower than this cannot say `connect(3, 127.0.0.1:12000)`.
const NARROWEST: usize = 26;
/// Wider than this, the eye loses the line.
const WIDEST: usize = 64;

/// Where each column's line stands.
pub(super) struct Layout {
    pub(super) rails: Vec<usize>,
    /// Columns of text each has.
    pub(super) rooms: Vec<usize>,
}

impl Layout {
    /// The layout; `None` if the columns would be too narrow.
    pub(super) fn of(frame: &Frame<'_>) -> Option<Self> {
        let people = &frame.ladder.participants;
        let gutter = if frame.style.times { 12 } else { 3 };
        let outside = |one: &Participant| 22.min(width(&one.name).max(width(&one.command)) + 4);
        let fixed: usize = people.iter().filter(|one| one.outside).map(outside).sum();
        let traced = people.iter().filter(|one| !one.outside).count();
        let room = frame.style.width().checked_sub(gutter + fixed)?;
        let pitch = (room / traced.max(1)).min(WIDEST);
        // Alone, a column has all the room there is.
        let pitch = if people.len() == 1 { room } else { pitch };
        if pitch < NARROWEST {
            return None;
        }
        let mut layout = Self { rails: Vec::new(), rooms: Vec::new() };
        let mut x = gutter;
        for one in people {
            layout.rails.push(x);
            let pitch = if one.outside { outside(one) } else { pitch };
            layout.rooms.push(pitch - 2);
            x += pitch;
        }
        if let (Some(last), Some(rail)) = (layout.rooms.last_mut(), layout.rails.last()) {
            *last = frame.style.width() - rail - 2;
        }
        Some(layout)
    }
}

/// Draws everything but the footer.
pub(super) fn draw(frame: &Frame<'_>, layout: &Layout) -> Vec<Line> {
    let mut lines = header(frame, layout);
    for row in &frame.ladder.rows {
        lines.extend(match &row.band {
            Some(band) => fold(frame, layout, row, band),
            None => Drawer { frame, layout, row }.lines(),
        });
        lines.extend(frame.notes(row));
    }
    lines
}

fn header(frame: &Frame<'_>, layout: &Layout) -> Vec<Line> {
    let width = frame.style.width();
    let people = frame.ladder.participants.iter().zip(&layout.rails).zip(&layout.rooms);
    let columns: Vec<(usize, Vec<Spans>)> = people
        .map(|((one, rail), room)| {
            let x = rail.saturating_sub(2);
            (x, frame.wrap(&title(one, frame), room.saturating_sub(1).max(8), 0))
        })
        .collect();
    let height = columns.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for index in 0..height {
        let mut line = Line::new(width);
        for (x, wrapped) in &columns {
            // Names stand on their columns: short ones at the bottom.
            let first = height - wrapped.len();
            if let Some(spans) = index.checked_sub(first).and_then(|index| wrapped.get(index)) {
                line.put_spans(*x, spans, |kind| match kind {
                    PartKind::Name => paint::heading(),
                    _ => paint::aside(),
                });
            }
        }
        lines.push(line);
    }
    let mut line = Line::new(width);
    for (one, x) in frame.ladder.participants.iter().zip(&layout.rails) {
        let glyph = if one.outside { frame.glyphs.outside } else { frame.glyphs.rail };
        line.put(*x, glyph, paint::rail());
    }
    lines.push(line);
    lines
}

/// `client · python3 TCPClient.py`.
pub(super) fn title(one: &Participant, frame: &Frame<'_>) -> Label {
    let words = &frame.ladder.words;
    let mut label = Label::default();
    let mut say = |kind, text: &str| {
        for word in cut(text, 160, words).split(' ').filter(|word| !word.is_empty()) {
            let text = word.to_owned();
            label.parts.push(Part { kind, text, glued: false, data: None });
        }
    };
    // `python3 TCPServer.py` already says what it is called.
    let is_name = |word: &str| word.rsplit('/').next() == Some(one.name.as_str());
    let mut first = one.command.split(' ').take(3);
    if !one.outside && one.host.is_none() && first.any(is_name) {
        for word in cut(&one.command, 160, words).split(' ').filter(|word| !word.is_empty()) {
            say(if is_name(word) { PartKind::Name } else { PartKind::Faint }, word);
        }
        return label;
    }
    say(PartKind::Name, &one.name);
    if let Some(host) = one.host.as_ref().filter(|host| **host != one.name) {
        say(PartKind::Faint, &format!("@{host}"));
    }
    if one.outside {
        say(PartKind::Faint, &format!("({})", one.command));
    } else if !one.command.is_empty() {
        say(PartKind::Faint, "·");
        say(PartKind::Faint, &one.command);
    }
    label
}

fn fold(frame: &Frame<'_>, layout: &Layout, row: &Row, band: &Label) -> Vec<Line> {
    let x = layout.rails.first().copied().unwrap_or(3);
    let wrapped = frame.wrap(band, frame.style.width() - x - 4, 0);
    let mut lines = Vec::new();
    for spans in wrapped {
        let mut line = Line::new(frame.style.width());
        if row.decisive {
            line.put(0, frame.glyphs.decisive, paint::decisive());
        }
        for (rail, x) in row.rails.iter().zip(&layout.rails) {
            if *rail != Rail::Ended {
                line.put(*x, frame.glyphs.fold, paint::aside());
            }
        }
        let end = x + 3 + spans_width(&spans);
        // The words interrupt the columns they run over.
        line.put(x + 2, &" ".repeat((end - x - 1).min(frame.style.width() - x - 2)), paint::rail());
        line.put_spans(x + 3, &spans, |_| paint::aside());
        lines.push(line);
    }
    lines
}
