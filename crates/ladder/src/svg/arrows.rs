//! The arrows between the cards.

use super::layout::{CAPTION, CHAR, Layout};
use super::shapes::{at, color, number};
use super::theme::CONNECTIONS;
use super::xml::Xml;
use crate::label::{PartKind, circled};
use crate::model::{Arrow, ArrowKind, Head, Ladder, Row};
use crate::text::glyphs::{Glyphs, INFERRED};
use crate::text::row::words_after;
use crate::text::wrap::width;

/// Defines the arrow tips, one per colour.
pub(super) fn markers(xml: &mut Xml, ids: &str) {
    xml.open("defs", &[]);
    let colors = (0..CONNECTIONS).map(|number| format!(" c{number}"));
    for color in std::iter::once(String::new()).chain(colors) {
        let attributes = [
            ("id", tip(ids, &color)),
            ("viewBox", "0 0 10 10".to_owned()),
            ("refX", "9".to_owned()),
            ("refY", "5".to_owned()),
            ("markerWidth", "9".to_owned()),
            ("markerHeight", "9".to_owned()),
            ("markerUnits", "userSpaceOnUse".to_owned()),
            ("orient", "auto".to_owned()),
        ];
        xml.open("marker", &attributes);
        let path = "M0 1L9 5L0 9z".to_owned();
        xml.empty("path", &[("class", format!("tip{color}")), ("d", path)]);
        xml.close("marker");
    }
    xml.close("defs");
}

fn tip(ids: &str, color: &str) -> String {
    format!("{ids}tip{}", color.trim())
}

/// Draws all arrows: first the lines, then the captions over them.
pub(super) fn draw(ladder: &Ladder, layout: &Layout, xml: &mut Xml, ids: &str) {
    each(ladder, layout, &mut |pen, _| pen.line(xml, ids));
    each(ladder, layout, &mut |pen, first| {
        if first {
            pen.caption(xml);
        }
    });
}

/// Calls `draw` for every head of every arrow, and says whether it is the arrow's first.
fn each(ladder: &Ladder, layout: &Layout, draw: &mut dyn FnMut(&Pen<'_>, bool)) {
    for arrow in &ladder.arrows {
        let row = &ladder.rows[arrow.row];
        let here = Head { row: arrow.row, bytes: 0..0, of: 0 };
        let heads = if arrow.heads.is_empty() { std::slice::from_ref(&here) } else { &arrow.heads };
        for (index, head) in heads.iter().enumerate() {
            draw(&Pen { ladder, layout, arrow, row, head }, index == 0);
        }
    }
}

struct Pen<'a> {
    ladder: &'a Ladder,
    layout: &'a Layout,
    arrow: &'a Arrow,
    row: &'a Row,
    head: &'a Head,
}

impl Pen<'_> {
    /// Where the arrow starts and ends: at the edge of a card, or at the lifeline.
    fn ends(&self) -> [(f64, f64); 2] {
        let rightward = self.arrow.from < self.arrow.to;
        let end = |lane: usize, row: usize, faces_right: bool| {
            let place = &self.layout.rows[row];
            let lane_at = &self.layout.lanes[lane];
            let card = self.ladder.rows[row].cells.iter().any(|cell| cell.participant == lane);
            let x = match (card, faces_right) {
                (false, _) => lane_at.middle(),
                (true, true) => lane_at.right() + 2.0,
                (true, false) => lane_at.left - 2.0,
            };
            (x, place.axis())
        };
        // An arrow from outside starts in the row of the call that received it.
        let start = end(self.arrow.from, self.arrow.row, rightward);
        [start, end(self.arrow.to, self.head.row, !rightward)]
    }

    fn line(&self, xml: &mut Xml, ids: &str) {
        let [(x1, y1), (mut x2, y2)] = self.ends();
        let color = color(self.row.connection);
        let kind = match self.arrow.kind {
            _ if self.arrow.inferred => " inferred",
            ArrowKind::End => " end",
            ArrowKind::Frame => " frame",
            ArrowKind::Bytes | ArrowKind::Connect => "",
        };
        if self.arrow.lost {
            x2 = (x1 + x2) / 2.0;
        }
        let path = if (y1 - y2).abs() < 1.0 || self.arrow.lost {
            format!("M{} {}H{}", number(x1), number(y1), number(x2))
        } else {
            let bend = (x2 - x1) * 0.45;
            let [a, b] = [number(x1 + bend), number(x2 - bend)];
            let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(number);
            format!("M{x1} {y1}C{a} {y1} {b} {y2} {x2} {y2}")
        };
        let mut attributes = vec![("class", format!("line{kind}{color}")), ("d", path)];
        if !self.arrow.lost {
            attributes.push(("marker-end", format!("url(#{})", tip(ids, &color))));
        }
        xml.empty("path", &attributes);
        if self.arrow.lost {
            let [x, y] = at(x2, y1 + 5.0);
            let middle = ("text-anchor", "middle".to_owned());
            let attributes = [("class", "mark head".to_owned()), x, y, middle];
            xml.text_element("text", &attributes, Glyphs::of(false).end(self.arrow));
        }
    }

    fn caption(&self, xml: &mut Xml) {
        let [(x1, y1), (x2, _)] = self.ends();
        let room = ((x2 - x1).abs() / CHAR) as usize;
        let slanted = self.head.row != self.arrow.row;
        let branches = slanted || self.arrow.heads.len() > 1;
        let half = branches || self.arrow.lost;
        let text = self.words(if half { room / 2 } else { room.saturating_sub(CAPTION) });
        if text.is_empty() {
            return;
        }
        let wide = width(&text) as f64 * CHAR * 0.9 + 10.0;
        // Captions stand on the level part of a curved arrow, otherwise in the middle.
        let middle = if branches {
            x1 + (x2 - x1).signum() * (wide / 2.0 + 6.0)
        } else if self.arrow.lost {
            // On the half before the cross.
            x1 + (x2 - x1) * 0.25
        } else {
            (x1 + x2) / 2.0 - (x2 - x1).signum() * 3.0
        };
        let [x, y] = at(middle - wide / 2.0, y1 - 9.0);
        let size = [("width", number(wide)), ("height", "18".to_owned())];
        let round = ("rx", "4".to_owned());
        let class = ("class", "caption".to_owned());
        xml.empty("rect", &[&[class, x, y, round][..], &size].concat());
        let [x, y] = at(middle, y1 + 4.0);
        let color = color(self.row.connection);
        let class = ("class", format!("small{color}"));
        xml.text_element("text", &[class, x, y, ("text-anchor", "middle".to_owned())], &text);
    }

    /// As much of the label as fits.
    fn words(&self, room: usize) -> String {
        let mut text = self.arrow.number.map(circled).unwrap_or_default();
        if self.arrow.inferred {
            text.push_str(INFERRED);
        }
        let parts = self.arrow.label.parts.iter();
        let parts = parts.enumerate().filter(|(_, part)| part.kind != PartKind::Mark);
        for (index, part) in parts {
            let gap = if text.is_empty() { "" } else { " " };
            let free = room.saturating_sub(width(&text) + gap.len());
            let free = match part.data {
                Some(_) => free.saturating_sub(words_after(&self.arrow.label, index)),
                None => free,
            };
            let part = match part.data {
                Some(data) if data.cut || width(&part.text) > free => {
                    // The beginning of a name is the protocol's, and says nothing alone.
                    if free < if data.named { 12 } else { 4 } {
                        continue;
                    }
                    part.caption(free - 1)
                }
                Some(_) => part.text.clone(),
                None => part.shortened(free, self.ladder.speaker),
            };
            if width(&part) <= free {
                text = format!("{text}{gap}{part}");
            }
        }
        text
    }
}
