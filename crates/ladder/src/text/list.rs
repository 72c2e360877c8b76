//! The drawing for many participants: each line starts with a name, after narrow lanes if there is
//! room for them.

use super::canvas::Line;
use super::frame::Frame;
use super::glyphs::INFERRED;
use super::paint;
use super::title::title;
use super::wrap::{Span, Spans, spans_width, width};
use crate::heading::shortened;
use crate::label::{Label, Part, PartKind, circled};
use crate::model::{Arrow, ArrowKind, Cell, CellKind, Rail, Row};

/// Width of a lane and the gap after it.
const LANE: usize = 2;
/// A command line takes at most about this many lines of the heading.
const HEADING: usize = 2;
/// Lanes leave the text at least about this much room.
const TEXT: usize = 10;
/// Longer names are cut; the heading shows them in full.
const NAME: usize = 14;

/// Draws everything except the footer.
pub(super) fn draw(frame: &Frame<'_>) -> Vec<Line> {
    let drawer = Drawer::of(frame);
    let mut lines = drawer.heading();
    let mut above: &[Rail] = &[];
    for (index, row) in frame.ladder.rows.iter().enumerate() {
        let first = lines.len();
        lines.extend(drawer.silence(row, above));
        lines.extend(drawer.row(index, row));
        above = &row.rails;
        let mishap = row.arrow.and_then(|arrow| frame.ladder.arrows[arrow].note());
        if let Some(mishap) = mishap {
            lines.extend(frame.paragraph(&mishap, frame.glyphs.note, 5));
        }
        lines.extend(frame.notes(row));
        lines[first..].iter_mut().for_each(|line| line.row = Some(index));
    }
    lines
}

struct Drawer<'a, 'l> {
    frame: &'a Frame<'l>,
    /// Where the lanes start. `lanes` is their total width, 0 if there is no room for them.
    gutter: usize,
    lanes: usize,
    names: Vec<String>,
    name_width: usize,
}

impl<'a, 'l> Drawer<'a, 'l> {
    fn of(frame: &'a Frame<'l>) -> Self {
        let people = &frame.ladder.participants;
        let gutter = 1 + frame.gutter.width().max(1);
        let short = |(index, name): (usize, &str)| {
            // Number participants that share a name.
            let twin = people.iter().filter(|other| other.name == name).count() > 1;
            let suffix = if twin { format!("#{}", index + 1) } else { String::new() };
            let most = NAME - width(&suffix);
            let names = people.iter().map(|other| other.name.as_str());
            // Spelled in ASCII, the dots of a cut name take three columns.
            let dots = if frame.glyphs.ascii { 4 } else { 0 };
            let kept = match width(&frame.glyphs.spell(name)) <= most {
                true => frame.glyphs.spell(name),
                false => frame.glyphs.spell(&shortened(name, names, most - dots)),
            };
            format!("{kept}{suffix}")
        };
        let names: Vec<String> =
            people.iter().map(|one| one.name.as_str()).enumerate().map(short).collect();
        let name_width = names.iter().map(|name| width(name)).max().unwrap_or(0);
        let lanes = people.len() * LANE;
        let fits = gutter + lanes + name_width + TEXT <= frame.style.columns();
        let lanes = if fits && lanes * 3 <= frame.style.columns() { lanes + 1 } else { 0 };
        Self { frame, gutter, lanes, names, name_width }
    }

    /// Lists the participants, each beside its lane.
    fn heading(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let people = &self.frame.ladder.participants;
        for (index, one) in people.iter().enumerate() {
            let room = self.frame.style.columns() - self.gutter - self.lanes;
            let mut label = title(one, self.frame, room * HEADING);
            if self.names[index] != one.name {
                let text = format!("{} =", self.names[index]);
                label.parts.insert(0, Part::new(PartKind::Name, text));
            }
            for (number, spans) in self.frame.wrap(&label, room, 2).iter().enumerate() {
                let mut line = Line::new(self.frame.style.columns());
                if self.lanes > 0 {
                    for before in 0..index {
                        let x = self.gutter + before * LANE;
                        line.put(x, self.frame.glyphs.rail, paint::rail());
                    }
                    let own = self.gutter + index * LANE;
                    let glyphs = &self.frame.glyphs;
                    line.put(
                        own,
                        if number == 0 { corner(glyphs.ascii) } else { glyphs.rail },
                        paint::rail(),
                    );
                    if number == 0 {
                        for x in own + 1..self.gutter + self.lanes - 1 {
                            line.put(x, glyphs.line, paint::rail());
                        }
                    }
                }
                line.put_spans(self.gutter + self.lanes, spans, |kind| match kind {
                    PartKind::Name => paint::heading(),
                    _ => paint::aside(),
                });
                lines.push(line);
            }
        }
        let height = lines.len();
        for (index, line) in lines.iter_mut().enumerate() {
            self.frame.gutter.head(line, height - index - 1);
        }
        lines
    }

    /// What stands between two rows where nothing was recorded for long.
    fn silence(&self, row: &Row, above: &[Rail]) -> Vec<Line> {
        let x = self.gutter + self.lanes;
        let frame = self.frame;
        let draw = |spans: &Spans| {
            let mut line = Line::new(frame.style.columns());
            for (lane, rail) in above.iter().enumerate().filter(|_| self.lanes > 0) {
                let x = self.gutter + lane * LANE;
                line.put(x, frame.glyphs.lifeline(*rail), paint::rail());
            }
            line.put_spans(x, spans, |_| paint::aside());
            line
        };
        frame
            .silence(row, frame.style.columns().saturating_sub(x).max(8))
            .iter()
            .map(draw)
            .collect()
    }

    fn row(&self, number: usize, row: &Row) -> Vec<Line> {
        let frame = self.frame;
        let arrow = row.arrow.map(|arrow| &frame.ladder.arrows[arrow]);
        let words = |lines| match &row.band {
            Some(band) => (frame.glyphs.fold.to_owned(), band.clone()),
            None => self.words(row, arrow, lines),
        };
        let x = self.gutter + self.lanes;
        let text = x + self.name_width + 1;
        let room = frame.style.columns().saturating_sub(text).max(8);
        let mut lines = Vec::new();
        let (who, label) = words(false);
        let mut wrapped = frame.wrap(&label, room, 2);
        if row.cells.iter().any(|cell| cell.line.is_some()) {
            // Lines of source for which anything else would move or shrink are left out.
            let placed = frame.wrap(&words(true).1, room, 2);
            if placed.len() == wrapped.len() && same_but_lines(&placed, &wrapped, row) {
                wrapped = placed;
            }
        }
        for (index, spans) in wrapped.iter().enumerate() {
            let mut line = Line::new(frame.style.columns());
            if row.decisive {
                line.put(0, frame.glyphs.decisive, paint::decisive());
            }
            if index == 0 {
                frame.gutter.put(&mut line, number);
            }
            self.lanes(&mut line, row, arrow.filter(|_| index == 0), index);
            if index == 0 {
                line.put(x, &who, paint::heading());
            }
            debug_assert!(spans_width(spans) <= room);
            line.put_spans(text, spans, |kind| paint::part(kind, row.connection));
            lines.push(line);
        }
        lines
    }

    /// The name and the text of a row. Of two cells, the one the arrow leaves comes first.
    /// With `lines` calls say which line of source made them.
    fn words(&self, row: &Row, arrow: Option<&Arrow>, lines: bool) -> (String, Label) {
        if let Some(arrow) = arrow.filter(|arrow| arrow.kind == ArrowKind::Frame) {
            return (self.names[arrow.from].clone(), self.packet(row, arrow, lines));
        }
        let mut cells: Vec<_> = row.cells.iter().collect();
        cells.sort_by_key(|cell| arrow.is_some_and(|arrow| arrow.from != cell.participant));
        // Between two cells the number stands after the sender; the receiver's text may go on with
        // the part it received.
        let number = |label: &mut Label| {
            if let Some(number) = arrow.and_then(|arrow| arrow.number) {
                label.push(PartKind::Number, circled(number));
            }
        };
        let mut who = None;
        let mut label = Label::default();
        for cell in cells {
            if who.is_none() {
                who = Some(cell.participant);
            } else {
                number(&mut label);
                let sign = self.frame.glyphs.right;
                let sign = format!("{}{sign}", doubt(arrow));
                label.push(PartKind::Number, format!("{sign} {}", self.names[cell.participant]));
            }
            label.push(PartKind::Number, cell.tag.clone().unwrap_or_default());
            label.parts.extend(cell.entry.iter().flat_map(|entry| entry.parts.iter().cloned()));
            label.parts.extend(cell.label.parts.iter().cloned());
            push_line(&mut label, cell, lines);
        }
        if let Some(arrow) = arrow {
            let alone = row.cells.iter().all(|cell| cell.participant != arrow.to);
            if who.is_none() {
                who = Some(arrow.from);
                let parts = arrow.label.parts.iter().filter(|part| part.kind != PartKind::Mark);
                label.parts.extend(parts.cloned());
            } else if row.cells.iter().all(|cell| cell.participant != arrow.from) {
                let sign = format!("{}{}", self.frame.glyphs.left, doubt(Some(arrow)));
                label.push(PartKind::Number, format!("{sign} {}", self.names[arrow.from]));
            }
            if alone {
                let sign = if arrow.stops() {
                    self.frame.glyphs.end(arrow)
                } else {
                    self.frame.glyphs.right
                };
                let sign = format!("{}{sign}", doubt(Some(arrow)));
                label.push(PartKind::Number, format!("{sign} {}", self.names[arrow.to]));
            }
            if row.cells.len() < 2 {
                number(&mut label);
            }
        }
        (who.map_or_else(String::new, |who| self.names[who].clone()), label)
    }

    /// The text of a row with a packet: why, the call that sent it, what it is, to whom, and the call
    /// that it reached.
    fn packet(&self, row: &Row, arrow: &Arrow, lines: bool) -> Label {
        let mut label = Label::default();
        let at = |lane: usize, reason: bool| {
            let cells = row.cells.iter().filter(move |cell| cell.participant == lane);
            cells.filter(move |cell| (cell.kind == CellKind::Reason) == reason)
        };
        let mut write = |cells: &mut dyn Iterator<Item = &Cell>| {
            for cell in cells {
                label.push(PartKind::Number, cell.tag.clone().unwrap_or_default());
                label.parts.extend(cell.entry.iter().flat_map(|entry| entry.parts.iter().cloned()));
                label.parts.extend(cell.label.parts.iter().cloned());
                push_line(&mut label, cell, lines);
            }
            label.parts.len()
        };
        let why = write(&mut at(arrow.from, true));
        let sent = write(&mut at(arrow.from, false)) - why;
        if why > 0 {
            label.parts.insert(why, Part::new(PartKind::Faint, "·"));
        }
        if sent > 0 && arrow.says_more() {
            label.push(PartKind::Faint, "·");
        }
        if sent == 0 || arrow.says_more() {
            label.push(PartKind::Number, arrow.number.map(circled).unwrap_or_default());
            let parts = arrow.label.parts.iter().filter(|part| part.kind != PartKind::Mark);
            label.parts.extend(parts.cloned());
        }
        let glyphs = &self.frame.glyphs;
        let sign = if arrow.stops() { glyphs.end(arrow) } else { glyphs.right };
        let sign = format!("{}{sign} {}", doubt(Some(arrow)), self.names[arrow.to]);
        label.push(PartKind::Number, sign);
        let others = row.cells.iter().filter(|cell| cell.participant != arrow.from);
        for cell in others {
            // What the other end does is another sentence.
            label.push(PartKind::Faint, "·");
            label.push(PartKind::Number, cell.tag.clone().unwrap_or_default());
            label.parts.extend(cell.entry.iter().flat_map(|entry| entry.parts.iter().cloned()));
            label.parts.extend(cell.label.parts.iter().cloned());
            push_line(&mut label, cell, lines);
            let last = label.parts.last_mut().filter(|_| cell.kind == CellKind::Reason);
            if let Some(last) = last {
                // Nothing follows here.
                last.text = last.text.trim_end_matches(':').to_owned();
            }
        }
        label
    }

    fn lanes(&self, line: &mut Line, row: &Row, arrow: Option<&Arrow>, index: usize) {
        if self.lanes == 0 {
            return;
        }
        let glyphs = &self.frame.glyphs;
        let x = |lane: usize| self.gutter + lane * LANE;
        for (lane, rail) in row.rails.iter().enumerate() {
            let glyph = match rail {
                _ if row.band.is_some() => glyphs.fold,
                rail => glyphs.lifeline(*rail),
            };
            line.put(x(lane), glyph, paint::rail());
        }
        let color = paint::connection(row.connection);
        if let Some(arrow) = arrow {
            let (left, right) = (arrow.from.min(arrow.to), arrow.from.max(arrow.to));
            let stroke = glyphs.stroke(arrow);
            for at in x(left) + 1..x(right) {
                line.put(at, if line.is_blank(at) { stroke } else { glyphs.crossing }, color);
            }
            let (tail, head) = if arrow.from < arrow.to {
                (x(left), (x(right) - 1, glyphs.right))
            } else {
                (x(right), (x(left) + 1, glyphs.left))
            };
            line.put(tail, glyphs.branch, color);
            let sign = if arrow.stops() { glyphs.end(arrow) } else { head.1 };
            line.put(head.0, sign, color);
        }
        let calls = row.cells.iter().filter(|cell| cell.kind != CellKind::Reason);
        for cell in calls.filter(|_| index == 0) {
            let ends = cell.kind == CellKind::Exit;
            let glyph = if ends { glyphs.ended } else { glyphs.branch };
            line.put(x(cell.participant), glyph, color);
        }
    }
}

/// True if two ways to wrap a row differ in its lines of source only.
fn same_but_lines(placed: &[Spans], plain: &[Spans], row: &Row) -> bool {
    let is_line = |span: &&Span| {
        let mut lines = row.cells.iter().filter_map(|cell| cell.line.as_ref());
        span.kind == PartKind::Faint && lines.any(|line| *line == span.text)
    };
    let others = |spans: &Spans| -> String {
        spans.iter().filter(|span| !is_line(span)).flat_map(|span| span.text.split(' ')).collect()
    };
    placed.iter().map(others).eq(plain.iter().map(others))
}

/// Appends the line of source of a call.
fn push_line(label: &mut Label, cell: &Cell, wanted: bool) {
    if let Some(line) = cell.line.as_ref().filter(|_| wanted) {
        label.push(PartKind::Faint, line.clone());
    }
}

/// The mark of an arrow that is inferred.
fn doubt(arrow: Option<&Arrow>) -> &'static str {
    if arrow.is_some_and(|arrow| arrow.inferred) { INFERRED } else { "" }
}

fn corner(ascii: bool) -> &'static str {
    if ascii { "," } else { "┌" }
}
