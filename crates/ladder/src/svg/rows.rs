//! Headings, lanes, cards, notes and folds.

use super::layout::{CHAR, GAP, LINE, Lane, Layout, PAD, Place, PlacedNote, SIDE};
use super::shapes::{Box, at, class, color, number, rect, text};
use super::xml::Xml;
use crate::heading::shortened;
use crate::label::PartKind;
use crate::model::{CellKind, Ladder, Mark, Rail, Row};
use crate::text::wrap::width;
use crate::times::Times;

/// The columns' names, and the day and zone of the times.
pub(super) fn headings(ladder: &Ladder, layout: &Layout, xml: &mut Xml) {
    if let Times::OfDay(_) = ladder.times {
        let lines = ladder.above_times();
        let mut y = layout.top() + layout.heading - lines.len() as f64 * LINE + LINE * 0.72;
        for line in &lines {
            text(xml, "faint small", layout.span().0 - 14.0, y, "end", line);
            y += LINE;
        }
    }
    for (one, lane) in ladder.participants.iter().zip(&layout.lanes) {
        xml.open("g", &[]);
        xml.text_element("title", &[], &format!("{} {}", one.name, one.command));
        let area = Box {
            x: lane.left,
            y: layout.top(),
            width: lane.width,
            height: layout.heading,
            round: 9.0,
        };
        let name = if one.outside { "heading kernel" } else { "heading" };
        rect(xml, name, &area);
        let lines = (lane.title.len() + lane.subtitle.len()) as f64;
        let mut y = layout.top() + (layout.heading - lines * LINE) / 2.0 + LINE * 0.72;
        for line in &lane.title {
            text(xml, "head", lane.middle(), y, "middle", line);
            y += LINE;
        }
        for line in &lane.subtitle {
            text(xml, "faint small", lane.middle(), y, "middle", line);
            y += LINE;
        }
        xml.close("g");
    }
}

/// Draws the highlight of decisive rows, below everything else.
pub(super) fn backgrounds(ladder: &Ladder, layout: &Layout, xml: &mut Xml) {
    let rows = ladder.rows.iter().zip(&layout.rows);
    for (_, place) in rows.filter(|(row, _)| row.decisive) {
        let area = Box {
            x: 8.0,
            y: place.top - 3.0,
            width: layout.width - 16.0,
            height: place.bottom - place.top + 6.0,
            round: 8.0,
        };
        rect(xml, "decisive", &area);
        // A bar, for readers who don't see the difference between the grounds.
        rect(xml, "proof", &Box { width: 4.0, round: 2.0, ..area });
    }
}

/// Draws the lifelines: solid while the program runs, striped while it waits.
pub(super) fn rails(ladder: &Ladder, layout: &Layout, xml: &mut Xml) {
    for (index, lane) in layout.lanes.iter().enumerate() {
        let state = |row: &Row| row.rails.get(index).copied().unwrap_or_default();
        let mut from = layout.top() + layout.heading;
        let mut start = 0;
        for run in ladder.rows.chunk_by(|a, b| state(a) == state(b)) {
            let last = start + run.len() - 1;
            let next = ladder.rows.get(last + 1);
            let exits = |row: &Row| {
                let mut cells = row.cells.iter().filter(|cell| cell.participant == index);
                cells.any(|cell| cell.kind == CellKind::Exit)
            };
            let to = match next.map(state) {
                // A lifeline ends at the exit, not below it.
                None | Some(Rail::Ended) if exits(&ladder.rows[last]) => layout.rows[last].axis(),
                None => layout.rows[last].bottom + 11.0,
                Some(_) => layout.rows[last].bottom + 3.0,
            };
            rail(xml, lane, state(&run[0]), from, to);
            from = to;
            start = last + 1;
        }
    }
}

fn rail(xml: &mut Xml, lane: &Lane, state: Rail, from: f64, to: f64) {
    let name = match state {
        Rail::Running => "rail",
        Rail::Waiting => "waits",
        Rail::Outside | Rail::Kernel => "rail outside",
        Rail::Ended => return,
    };
    let path = format!("M{} {}V{}", number(lane.middle()), number(from), number(to));
    xml.empty("path", &[class(name), ("d", path)]);
}

/// Draws the rows: times, cards, folds and notes.
pub(super) fn draw(ladder: &Ladder, layout: &Layout, xml: &mut Xml, links: bool) {
    let mut before = String::new();
    for (index, (row, place)) in ladder.rows.iter().zip(&layout.rows).enumerate() {
        let kind = class(format!("row{}", color(row.connection)));
        if links {
            let (href, id) = (format!("#row-{index}"), format!("link-{index}"));
            let mut attributes = vec![kind, ("href", href), ("id", id)];
            attributes.extend(row.described_by(index));
            xml.open("g", &[("role", "listitem".to_owned())]);
            xml.open("a", &attributes);
            xml.text_element("title", &[("id", format!("say-{index}"))], &ladder.dated(row));
            xml.open("g", &[("aria-hidden", "true".to_owned())]);
            let area = Box {
                x: 8.0,
                y: place.top - 3.0,
                width: layout.width - 16.0,
                height: place.height + 6.0,
                round: 8.0,
            };
            rect(xml, "hit", &area);
        } else {
            xml.open("g", &[kind]);
            xml.text_element("title", &[], &ladder.dated(row));
        }
        let time = ladder.time(row, false);
        // A filter of a page may take out the row that has the same time.
        let again = time == before;
        if links || !again {
            let class = if again { "faint small again" } else { "faint small" };
            text(xml, class, layout.span().0 - 14.0, place.axis() + 4.0, "end", &time);
            before = time;
        }
        if let Some(silence) = &place.silence {
            let (left, right) = layout.span();
            xml.open("g", &[class("silent")]);
            // In the middle between the two rows.
            let y = place.top - GAP - LINE / 2.0;
            let line = format!("M{} {}H{}", number(left), number(y), number(right));
            xml.empty("path", &[class("silence"), ("d", line)]);
            let wide = (width(silence) + 2) as f64 * CHAR;
            let (x, round) = ((left + right - wide) / 2.0, 0.0);
            let area = Box { x, y: y - LINE / 2.0, width: wide, height: LINE, round };
            rect(xml, "caption", &area);
            text(xml, "faint small", (left + right) / 2.0, y + 4.0, "middle", silence);
            xml.close("g");
        }
        match &row.band {
            Some(_) => fold(xml, layout, place),
            None => cards(xml, layout, row, place),
        }
        notes(xml, layout, place);
        let open: &[&str] = if links { &["g", "a", "g"] } else { &["g"] };
        open.iter().for_each(|element| xml.close(element));
    }
}

fn cards(xml: &mut Xml, layout: &Layout, row: &Row, place: &Place) {
    for (cell, lines) in row.cells.iter().zip(&place.cells) {
        let lane = &layout.lanes[cell.participant];
        let height = lines.len() as f64 * LINE + 2.0 * PAD;
        let area = Box { x: lane.left, y: place.top, width: lane.width, height, round: 7.0 };
        let kind = match cell.kind {
            CellKind::Kernel | CellKind::Exit | CellKind::Process => "card kernel",
            _ => "card",
        };
        let wrong = if cell.mark.is_some_and(Mark::is_wrong) { " wrong" } else { "" };
        if cell.kind == CellKind::Reason {
            // Not a call: words beside the lifeline, on the ground of the drawing.
            rect(xml, "caption", &area);
        } else {
            rect(xml, kind, &area);
            let (y, height) = (place.top + 1.0, height - 2.0);
            let bar = Box { x: lane.left, y, width: 4.0, height, round: 2.0 };
            rect(xml, &format!("bar{}{wrong}", color(row.connection)), &bar);
        }
        debug_assert!(!cell.tagged().is_empty() || lines.len() == 1);
        for (index, spans) in lines.iter().enumerate() {
            let y = place.top + PAD + index as f64 * LINE + LINE * 0.72;
            let [x, y] = at(lane.left + SIDE, y);
            xml.open("text", &[x, y, ("xml:space", "preserve".to_owned())]);
            for span in spans {
                xml.span(part(span.kind), &span.text);
            }
            xml.close("text");
        }
        if let Some(line) = &cell.line {
            let y = place.top + height - PAD - LINE * 0.28;
            let most = ((lane.width - 2.0 * SIDE) / CHAR) as usize;
            let line = shortened(line, std::iter::empty(), most);
            text(xml, "faint small", lane.right() - SIDE, y, "end", &line);
        }
    }
}

fn part(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Name => "name",
        PartKind::Plain => "plain",
        PartKind::Data => "data",
        PartKind::Result => "result",
        PartKind::Wait => "wait",
        PartKind::Mark => "mark",
        PartKind::Number => "number",
        PartKind::Faint => "faint",
    }
}

fn fold(xml: &mut Xml, layout: &Layout, place: &Place) {
    let (left, right) = layout.span();
    let area = Box {
        x: left,
        y: place.top + 1.0,
        width: right - left,
        height: place.height - 2.0,
        round: 14.0,
    };
    rect(xml, "caption", &area);
    rect(xml, "band", &area);
    let middle = (left + right) / 2.0;
    for (index, line) in place.band.iter().enumerate() {
        let y = place.axis() + 4.5 + index as f64 * LINE;
        text(xml, "faint", middle, y, "middle", line);
    }
}

fn notes(xml: &mut Xml, layout: &Layout, place: &Place) {
    let (left, _) = layout.span();
    let mut y = place.top + place.height + 4.0;
    for PlacedNote { problem, lines } in &place.notes {
        let height = lines.len() as f64 * LINE + 2.0 * PAD;
        let width = layout.width - left - 20.0;
        rect(xml, "note", &Box { x: left, y, width, height, round: 7.0 });
        if *problem {
            let bar = Box { x: left, y: y + 1.0, width: 4.0, height: height - 2.0, round: 2.0 };
            rect(xml, "bar wrong", &bar);
        }
        for (index, line) in lines.iter().enumerate() {
            let y = y + PAD + index as f64 * LINE + LINE * 0.72;
            text(xml, "small", left + SIDE, y, "start", line);
        }
        y += height + 4.0;
    }
}

/// What the drawing leaves out or does not know, one sentence per line.
pub(super) fn footer(layout: &Layout, xml: &mut Xml) {
    for (y, line) in &layout.footer {
        text(xml, "faint small", 20.0, *y, "start", line);
    }
}
