//! One row of the columns: the texts, and the arrow beside them.

use std::ops::Range;

use super::canvas::Line;
use super::frame::Frame;
use super::glyphs::INFERRED;
use super::layout::Layout;
use super::paint;
use super::wrap::{Span, Spans, spans_width, width};
use crate::label::{Label, PartKind, circled};
use crate::model::{Arrow, ArrowKind, Cell, CellKind, Row};

/// Width of the shortest recognisable arrow, with its blanks.
const ARROW: usize = 8;

/// Draws a row.
pub(super) struct Drawer<'a, 'l> {
    pub(super) frame: &'a Frame<'l>,
    pub(super) layout: &'a Layout,
    pub(super) row: &'a Row,
    /// Its index.
    pub(super) index: usize,
}

impl Drawer<'_, '_> {
    pub(super) fn lines(&self) -> Vec<Line> {
        let arrow = self.row.arrow.map(|arrow| &self.frame.ladder.arrows[arrow]);
        let (above, beside): (Vec<&Cell>, Vec<&Cell>) =
            self.row.cells.iter().partition(|cell| self.stands_above(cell, arrow));
        let mut lines: Vec<Line> = above.into_iter().flat_map(|cell| self.margin(cell)).collect();
        let texts: Vec<(&Cell, Vec<Spans>)> =
            beside.into_iter().map(|cell| (cell, self.placed(cell, arrow))).collect();
        let timed = lines.is_empty();
        let mut block = self.block(&texts, timed);
        if let Some(arrow) = arrow
            && (self.is_torn(arrow) || !self.arrow(&mut block[0], arrow, &texts))
        {
            // No room beside the texts: the arrow gets a line of its own.
            if arrow.kind == ArrowKind::Frame {
                block = self.apart(arrow, texts, timed);
            } else {
                let mut line = self.line(usize::MAX, &texts, false);
                self.arrow(&mut line, arrow, &[]);
                block.push(line);
            }
        }
        lines.append(&mut block);
        lines.extend(arrow.into_iter().flat_map(|arrow| self.mishap(arrow)));
        lines
    }

    /// At least one line with these texts.
    fn block(&self, texts: &[(&Cell, Vec<Spans>)], timed: bool) -> Vec<Line> {
        let height = texts.iter().map(|(_, lines)| lines.len()).max().unwrap_or(1);
        (0..height).map(|index| self.line(index, texts, timed)).collect()
    }

    /// The packet below the call that sent it, or above the one that it reached.
    fn apart(&self, arrow: &Arrow, texts: Vec<(&Cell, Vec<Spans>)>, timed: bool) -> Vec<Line> {
        let left = arrow.from.min(arrow.to);
        let (left, right): (Vec<_>, Vec<_>) =
            texts.into_iter().partition(|(cell, _)| cell.participant == left);
        let sent_first = arrow.from < arrow.to;
        let mut beside = self.block(&right, timed && (!sent_first || left.is_empty()));
        self.arrow(&mut beside[0], arrow, &right);
        let mut own =
            if left.is_empty() { Vec::new() } else { self.block(&left, timed && sent_first) };
        if sent_first {
            own.append(&mut beside);
            own
        } else {
            beside.append(&mut own);
            beside
        }
    }

    /// True for a reason that would leave no room for the arrow of its packet and the caption.
    fn stands_above(&self, cell: &Cell, arrow: Option<&Arrow>) -> bool {
        let Some(arrow) = arrow.filter(|_| cell.kind == CellKind::Reason) else { return false };
        let (left, right) = (arrow.from.min(arrow.to), arrow.from.max(arrow.to));
        if cell.participant != left {
            return false;
        }
        let path = self.layout.rails[right].saturating_sub(self.layout.rails[left]);
        let caption = width(&self.caption(arrow, usize::MAX / 2));
        let text = width(&self.frame.glyphs.spell(&cell.label.text(self.frame.ladder.speaker)));
        path < text + caption + ARROW
    }

    /// A reason on lines of its own, a little further from the lifeline than a call.
    fn margin(&self, cell: &Cell) -> Vec<Line> {
        let x = self.layout.rails[cell.participant] + 4;
        let next = self.layout.rails.get(cell.participant + 1);
        let columns = self.frame.style.columns();
        let edge = next.map_or(columns, |next| next - 1);
        let own = self.frame.wrap(&cell.label, edge.saturating_sub(x).max(14), 0);
        // Nothing else stands on these lines: the text may run over the next lifelines.
        let over = || self.frame.wrap(&cell.label, columns.saturating_sub(x).max(14), 0);
        let wrapped = if own.len() > 1 { over() } else { own };
        let lines = wrapped.iter().enumerate().map(|(index, spans)| {
            let mut line = self.line(usize::MAX, &[], index == 0);
            let end = line.put_spans(x, spans, |kind| paint::part(kind, self.row.connection));
            // Never against a lifeline.
            line.put(end, " ", paint::rail());
            line
        });
        lines.collect()
    }

    /// True if the text left of the arrow has to be torn apart: an arrow must not stand in the
    /// middle of a call.
    fn is_torn(&self, arrow: &Arrow) -> bool {
        let left = arrow.from.min(arrow.to);
        let calls = self.row.cells.iter().filter(|cell| cell.kind != CellKind::Reason);
        let mut cells = calls.filter(|cell| cell.participant == left);
        cells.any(|cell| self.frame.tears(&cell.tagged(), self.layout.rooms[left]))
    }

    /// The text of a cell, with its line of source if there is room for it behind the text: nothing else
    /// moves or shrinks for it. Of a file that the heading names, the number may do.
    fn placed(&self, cell: &Cell, arrow: Option<&Arrow>) -> Vec<Spans> {
        let mut lines = self.text(cell, arrow);
        let Some(line) = &cell.line else { return lines };
        let one = &self.frame.ladder.participants[cell.participant];
        let number = line.rsplit_once(':').filter(|(file, _)| {
            let mut words = one.command.split(' ').chain([one.name.as_str()]);
            words.any(|word| word.rsplit('/').next() == Some(*file))
        });
        let whole = format!(" {}", self.frame.glyphs.spell(line));
        let brief = number.map(|(_, number)| format!(" :{number}"));
        let alone = lines.len() == 1;
        let Some(last) = lines.last_mut() else { return lines };
        let used = spans_width(last);
        let mut texts = [Some(whole), brief].into_iter().flatten();
        if let Some(text) =
            texts.find(|text| self.has_room(cell, arrow, [used, width(text)], alone))
        {
            last.push(Span { text, kind: PartKind::Faint });
        }
        lines
    }

    /// True if there is room for `more` behind the `used` columns of the last line of a cell's text.
    fn has_room(
        &self,
        cell: &Cell,
        arrow: Option<&Arrow>,
        [used, more]: [usize; 2],
        alone: bool,
    ) -> bool {
        let (own, rails) = (cell.participant, &self.layout.rails);
        // A blank stays before the next lifeline.
        if used + more >= self.layout.rooms[own] {
            return false;
        }
        // An arrow begins behind the first line, and its caption stays whole.
        let arrow = arrow.filter(|arrow| alone && arrow.from.min(arrow.to) == own);
        arrow.is_none_or(|arrow| {
            let end = rails[arrow.from.max(arrow.to)];
            let path = end.saturating_sub(rails[own] + 1 + used + 2);
            let less = path.saturating_sub(more);
            less >= ARROW && self.caption(arrow, path) == self.caption(arrow, less)
        })
    }

    fn text(&self, cell: &Cell, arrow: Option<&Arrow>) -> Vec<Spans> {
        let label = cell.tagged();
        let rails = &self.layout.rails;
        let own = cell.participant;
        let arrow = arrow.filter(|arrow| arrow.from.min(arrow.to) == own);
        let less = if arrow.is_some() { ARROW } else { 0 };
        let beside = self.layout.rooms[own].saturating_sub(less).max(14);
        // Rather than tear a call apart, let the arrow have a line of its own.
        let less = if self.frame.tears(&label, beside) { 0 } else { less };
        let room = self.layout.rooms[own].saturating_sub(less).max(14);
        let wrapped = self.frame.wrap(&label, room, 2);
        // An arrow crosses the next column anyway. Without one, only a text that would otherwise be
        // broken may run over columns that have nothing in this row.
        if arrow.is_none() && !self.frame.breaks(&label, room) {
            return wrapped;
        }
        let next = match arrow {
            Some(arrow) => Some(arrow.from.max(arrow.to)),
            None => {
                self.row.cells.iter().map(|cell| cell.participant).filter(|next| *next > own).min()
            }
        };
        let edge = next.map_or(self.frame.style.columns(), |next| rails[next] - 1);
        let most = edge.saturating_sub(rails[own] + 2 + less).max(room);
        let wider = self.frame.wrap(&label, most, 2);
        let says_more = spans_width(&wider[0]) <= room + ARROW * 2 || wrapped.len() > 1;
        if wider.len() <= wrapped.len() && says_more { wider } else { wrapped }
    }

    /// One line of the row: the lifelines and the texts beside them; `timed` if it may start with
    /// the row's time.
    fn line(&self, index: usize, texts: &[(&Cell, Vec<Spans>)], timed: bool) -> Line {
        let glyphs = &self.frame.glyphs;
        let mut line = Line::new(self.frame.style.columns());
        if self.row.decisive {
            line.put(0, glyphs.decisive, paint::decisive());
        }
        if timed && (index == 0 || texts.is_empty()) {
            self.frame.gutter.put(&mut line, self.index);
        }
        for (rail, x) in self.row.rails.iter().zip(&self.layout.rails) {
            line.put(*x, glyphs.lifeline(*rail), paint::rail());
        }
        for (cell, wrapped) in texts {
            let x = self.layout.rails[cell.participant];
            let color = self.row.connection;
            if index == 0 && cell.kind != CellKind::Reason {
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

    /// Draws the arrow beside the texts; false if they leave no room for it.
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
        let caption = self.caption(arrow, end - start);
        if caption.is_empty() && said.is_some() && arrow.says_more() {
            return false;
        }
        let style = paint::connection(self.row.connection);
        let glyphs = &self.frame.glyphs;
        let stroke = glyphs.stroke(arrow);
        for x in start..end {
            let crosses = rails.contains(&x) && !line.is_blank(x);
            line.put(x, if crosses { glyphs.crossing } else { stroke }, style);
        }
        let rightward = arrow.from < arrow.to;
        let middle = start + (end - start).saturating_sub(width(&caption)) / 2;
        if arrow.stops() {
            self.lost(line, start..end, arrow, &caption);
            return true;
        }
        if !caption.is_empty() {
            line.put(middle, &caption, style.bold());
        }
        let (head, glyph, sure) = if rightward {
            (end - 1, glyphs.right, end - 2)
        } else {
            // On a lifeline that it crosses, the arrow would end there: it takes the blank behind the text.
            let head = if rails.contains(&start) { start - 1 } else { start };
            (head, glyphs.left, if rails.contains(&(head + 1)) { head + 2 } else { head + 1 })
        };
        line.put(head, glyph, style);
        if arrow.inferred {
            line.put(sure, INFERRED, style.bold());
        }
        true
    }

    /// Turns the arrow into one that was lost halfway, or is still under way: the second half is erased.
    fn lost(&self, line: &mut Line, path: Range<usize>, arrow: &Arrow, caption: &str) {
        let (rails, rightward) = (&self.layout.rails, arrow.from < arrow.to);
        // The part before the cross has room for the caption.
        let least = (width(caption) + 4).clamp(path.len() / 2, path.len().saturating_sub(2));
        let half = if rightward { path.start + least } else { path.end - least };
        for x in if rightward { half..path.end } else { path.start..half } {
            let rail = rails.contains(&x);
            line.put(x, if rail { self.frame.glyphs.rail } else { " " }, paint::rail());
        }
        let alive = if rightward { path.start..half } else { half..path.end };
        let free = alive.len().saturating_sub(width(caption));
        if free > 1 {
            line.put(alive.start + free / 2, caption, paint::connection(self.row.connection));
        }
        // Not on a lifeline that it crosses, as if it had been lost there.
        let (cross, before) = if rightward { (half, half - 1) } else { (half - 1, half) };
        let cross = if rails.contains(&cross) { before } else { cross };
        line.put(cross, self.frame.glyphs.end(arrow), paint::part(PartKind::Mark, None));
    }

    /// What happened to a frame on its way, on a line of its own under the arrow.
    fn mishap(&self, arrow: &Arrow) -> Vec<Line> {
        let Some(words) = arrow.note() else { return Vec::new() };
        let left = self.layout.rails[arrow.from.min(arrow.to)];
        self.frame.paragraph(&words, self.frame.glyphs.note, left + 2)
    }

    /// As much of the arrow's label as fits, surrounded by blanks; empty if nothing useful fits.
    fn caption(&self, arrow: &Arrow, room: usize) -> String {
        let speaker = self.frame.ladder.speaker;
        let spell = |text: &str| self.frame.glyphs.spell(text);
        let number = arrow.number.map(circled).unwrap_or_default();
        let mut text = number;
        for (index, part) in arrow.label.parts.iter().enumerate() {
            let gap = if text.is_empty() { "" } else { " " };
            let free = room.saturating_sub(width(&spell(&text)) + 6);
            let free = match part.data {
                // That a packet comes again matters more than how its data begin.
                Some(_) => free.saturating_sub(words_after(&arrow.label, index)),
                None => free,
            };
            if part.kind == PartKind::Mark {
                continue;
            }
            let part = match part.data {
                Some(data) if part.text.chars().count() > free || data.cut => {
                    // The beginning of a name is the protocol's, and says nothing alone.
                    if free < if data.named { 12 } else { 4 } {
                        continue;
                    }
                    part.caption(free.min(24) - 1)
                }
                Some(_) => part.text.clone(),
                None => part.shortened(free, speaker),
            };
            if width(&spell(&part)) < free {
                text = format!("{text}{gap}{part}");
            }
        }
        let text = spell(&text);
        if text.is_empty() || width(&text) + 6 > room { String::new() } else { format!(" {text} ") }
    }
}

/// How wide what a label says after this part is, besides data.
pub(crate) fn words_after(label: &Label, index: usize) -> usize {
    let after = label.parts.iter().skip(index + 1);
    let words = after.filter(|part| part.data.is_none() && part.kind != PartKind::Mark);
    words.map(|part| width(&part.text) + 1).sum()
}
