//! Columns side by side, as on a blackboard.

use super::canvas::Line;
use super::wrap::{Spans, spans_width, width};
use super::{Frame, paint};
use crate::clean::cut;
use crate::label::{Label, Part, PartKind};
use crate::{Arrow, ArrowKind, Cell, CellKind, Participant, Rail, Row};

/// A column narrower than this cannot say `connect(3, 127.0.0.1:12000)`.
const NARROWEST: usize = 26;
/// Wider than this, the eye loses the line.
const WIDEST: usize = 64;
/// The shortest arrow that looks like one, with its blanks.
const ARROW: usize = 8;

/// Where each column's line stands.
pub(super) struct Layout {
    rails: Vec<usize>,
    /// Columns of text each has.
    rooms: Vec<usize>,
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

struct Drawer<'a, 'l> {
    frame: &'a Frame<'l>,
    layout: &'a Layout,
    row: &'a Row,
}

impl Drawer<'_, '_> {
    fn lines(&self) -> Vec<Line> {
        let arrow = self.row.arrow.map(|arrow| &self.frame.ladder.arrows[arrow]);
        let texts: Vec<(&Cell, Vec<Spans>)> =
            self.row.cells.iter().map(|cell| (cell, self.text(cell, arrow))).collect();
        let height = texts.iter().map(|(_, lines)| lines.len()).max().unwrap_or(1);
        let mut lines: Vec<Line> = (0..height).map(|index| self.line(index, &texts)).collect();
        if let Some(arrow) = arrow
            && !self.arrow(&mut lines[0], arrow, &texts)
        {
            // No room beside the words: the arrow has a line of its own.
            let mut line = self.line(usize::MAX, &texts);
            self.arrow(&mut line, arrow, &[]);
            lines.push(line);
        }
        lines
    }

    fn text(&self, cell: &Cell, arrow: Option<&Arrow>) -> Vec<Spans> {
        let mut label = cell.label.clone();
        if let Some(tag) = &cell.tag {
            let part = Part { kind: PartKind::Number, text: tag.clone(), glued: false, data: None };
            label.parts.insert(0, part);
        }
        let rails = &self.layout.rails;
        let own = cell.participant;
        let arrow = arrow.filter(|arrow| arrow.from.min(arrow.to) == own);
        let less = if arrow.is_some() { ARROW } else { 0 };
        let room = self.layout.rooms[own].saturating_sub(less).max(14);
        let wrapped = self.frame.wrap(&label, room, 2);
        // Too narrow: it may run over columns that are silent in this row.
        let next = match arrow {
            Some(arrow) => Some(arrow.from.max(arrow.to)),
            None => {
                self.row.cells.iter().map(|cell| cell.participant).filter(|next| *next > own).min()
            }
        };
        let edge = next.map_or(self.frame.style.width(), |next| rails[next] - 1);
        let most = edge.saturating_sub(rails[own] + 2 + less).max(room);
        let wider = self.frame.wrap(&label, most, 2);
        let says_more = spans_width(&wider[0]) <= room + ARROW * 2 || wrapped.len() > 1;
        if wider.len() <= wrapped.len() && says_more { wider } else { wrapped }
    }

    /// One line of the row: the columns, and the words in them.
    fn line(&self, index: usize, texts: &[(&Cell, Vec<Spans>)]) -> Line {
        let glyphs = &self.frame.glyphs;
        let mut line = Line::new(self.frame.style.width());
        if self.row.decisive {
            line.put(0, glyphs.decisive, paint::decisive());
        }
        if self.frame.style.times && index == 0 {
            let time = self.frame.ladder.words.clock(self.row.at);
            line.put(1, &format!("{time:>9}"), paint::aside());
        }
        for (rail, x) in self.row.rails.iter().zip(&self.layout.rails) {
            let glyph = match rail {
                Rail::Running => glyphs.rail,
                Rail::Waiting => glyphs.waiting,
                Rail::Outside => glyphs.outside,
                Rail::Ended => " ",
            };
            line.put(*x, glyph, paint::rail());
        }
        for (cell, wrapped) in texts {
            let x = self.layout.rails[cell.participant];
            let color = self.row.connection;
            if index == 0 {
                let ends = cell.kind == CellKind::Exit;
                let glyph = if ends { glyphs.ended } else { glyphs.branch };
                line.put(x, glyph, paint::connection(color));
            }
            if let Some(spans) = wrapped.get(index) {
                line.put_spans(x + 2, spans, |kind| paint::part(kind, color));
            }
        }
        line
    }

    /// Draws the arrow beside the words; false if they leave no room for it.
    fn arrow(&self, line: &mut Line, arrow: &Arrow, texts: &[(&Cell, Vec<Spans>)]) -> bool {
        let rails = &self.layout.rails;
        let (left, right) = (arrow.from.min(arrow.to), arrow.from.max(arrow.to));
        let said = texts.iter().find(|(cell, _)| cell.participant == left);
        let said = said.and_then(|(_, lines)| lines.first()).map(spans_width);
        let mut start = rails[left] + 1;
        if let Some(said) = said {
            start += said + 2;
        }
        let end = rails[right];
        if end < start + 4 {
            return false;
        }
        let style = paint::connection(self.row.connection);
        let glyphs = &self.frame.glyphs;
        let stroke = if arrow.kind == ArrowKind::End { glyphs.dashed } else { glyphs.line };
        for x in start..end {
            let crosses = rails.contains(&x) && !line.is_blank(x);
            line.put(x, if crosses { glyphs.crossing } else { stroke }, style);
        }
        let rightward = arrow.from < arrow.to;
        let caption = self.caption(arrow, end - start);
        let middle = start + (end - start).saturating_sub(width(&caption)) / 2;
        if arrow.lost {
            let half = middle;
            for x in if rightward { half..end } else { start..half } {
                let rail = rails.contains(&x);
                line.put(x, if rail { glyphs.rail } else { " " }, paint::rail());
            }
            let cross = if rightward { half.saturating_sub(1) } else { half };
            line.put(cross, glyphs.lost, paint::part(PartKind::Mark, None));
            let text = if rightward { half + 1 } else { start };
            line.put(text, &caption, paint::part(PartKind::Mark, None));
            return true;
        }
        if !caption.is_empty() {
            line.put(middle, &caption, style.bold());
        }
        if rightward {
            line.put(end - 1, glyphs.right, style);
        } else {
            line.put(start, glyphs.left, style);
        }
        true
    }

    /// What fits of the arrow's label, with blanks around it; empty if nothing useful does.
    fn caption(&self, arrow: &Arrow, room: usize) -> String {
        let words = &self.frame.ladder.words;
        let spell = |text: &str| self.frame.glyphs.spell(text);
        let number = arrow.number.map(crate::build::circled).unwrap_or_default();
        let mut text = number;
        for part in &arrow.label.parts {
            let gap = if text.is_empty() { "" } else { " " };
            let free = room.saturating_sub(width(&spell(&text)) + 6);
            let part = match part.data {
                Some(data) if part.text.chars().count() > free || data.cut => {
                    let kept: String = part.text.chars().take(free.min(24)).collect();
                    if kept.chars().count() < 3 { continue } else { format!("{kept}…") }
                }
                Some(_) => part.text.clone(),
                None => part.shortened(free, words),
            };
            if width(&spell(&part)) < free {
                text = format!("{text}{gap}{part}");
            }
        }
        let text = spell(&text);
        if text.is_empty() || width(&text) + 6 > room { String::new() } else { format!(" {text} ") }
    }
}
