//! The rows as a list, for windows too narrow for columns side by side.

use socklab_say::say;

use crate::label::{Part, PartKind, circled};
use crate::model::{Arrow, ArrowKind, Cell, CellKind, Ladder, Mark, NoteKind, Row};
use crate::spoken::DATA;
use crate::svg::shapes::color;
use crate::svg::xml::Xml;
use crate::times::Times;

/// Writes the columns' names and the list. The style sheet shows it instead of the drawing.
pub(super) fn write(ladder: &Ladder, page: &mut Xml, lessons: bool) {
    page.open("div", &[("class", "narrow".to_owned())]);
    page.open("ul", &[("class", "cast".to_owned())]);
    for one in &ladder.participants {
        page.open("li", &[]);
        page.text_element("b", &[], &one.name);
        page.text(&format!(" {}", one.command));
        page.close("li");
    }
    if let Times::OfDay(_) = ladder.times {
        page.text_element("li", &[], &ladder.above_times().join(" "));
    }
    page.close("ul");
    let by = |kind: &'static str, id: &str| (kind, id.to_owned());
    let names = [by("aria-labelledby", "rows"), by("aria-describedby", "hint")];
    page.open("ol", &[&[("class", "list".to_owned())][..], &names].concat());
    let mut before = String::new();
    for (index, row) in ladder.rows.iter().enumerate() {
        if let Some(silence) = ladder.silence(row) {
            page.text_element("li", &[("class", "silence".to_owned())], &format!("⋯ {silence}"));
        }
        let decisive = if row.decisive { " decisive" } else { "" };
        page.open("li", &[("class", format!("item{}{decisive}", color(row.connection)))]);
        // Its name is the sentence of the same row in the drawing.
        let (href, id, say) =
            (format!("#row-{index}"), format!("item-{index}"), format!("say-{index}"));
        let link =
            vec![("class", "row".to_owned()), ("href", href), ("id", id), ("aria-labelledby", say)];
        page.open("a", &link);
        page.open("span", &[("aria-hidden", "true".to_owned())]);
        let time = ladder.time(row, false);
        // A filter may take out the row that has the same time.
        let again = if time == before { "again" } else { "" };
        page.text_element("time", &[("class", again.to_owned())], &time);
        before = time;
        item(ladder, row, page);
        page.close("span");
        page.close("a");
        for note in row.notes.iter().filter(|note| lessons || note.kind == NoteKind::Problem) {
            let class = match note.kind {
                NoteKind::Problem => "problem",
                NoteKind::Lesson => "lesson",
            };
            page.text_element("p", &[("class", class.to_owned())], &note.text);
        }
        page.close("li");
    }
    page.close("ol");
    page.close("div");
}

fn item(ladder: &Ladder, row: &Row, page: &mut Xml) {
    let speaker = ladder.speaker;
    if let Some(band) = &row.band {
        page.text_element("i", &[], &format!("⋮ {}", band.text(speaker)));
        return;
    }
    let arrow = row.arrow.map(|arrow| &ladder.arrows[arrow]);
    if let Some(arrow) = arrow.filter(|arrow| arrow.kind == ArrowKind::Frame) {
        return packet(ladder, row, arrow, page);
    }
    let name = |lane: usize| &ladder.participants[lane].name;
    let number = |arrow: &Arrow| arrow.number.map(circled).unwrap_or_default();
    // Of two cells, the one that the arrow leaves comes first.
    let mut cells: Vec<_> = row.cells.iter().collect();
    cells.sort_by_key(|cell| arrow.is_some_and(|arrow| arrow.from != cell.participant));
    for (place, cell) in cells.iter().enumerate() {
        let wrong = if cell.mark.is_some_and(Mark::is_wrong) { "wrong" } else { "" };
        page.open("span", &[("class", wrong.to_owned())]);
        let to = arrow.filter(|arrow| place > 0 && arrow.to == cell.participant);
        let sign = to.map_or(String::new(), |arrow| format!("{} ", sign(arrow)));
        page.text_element("b", &[], &format!("{sign}{}", name(cell.participant)));
        let entry = cell.entry.as_ref().map(|entry| entry.brief(DATA, speaker) + " ");
        let text = cell.tagged().brief(DATA, speaker);
        page.text_element("code", &[], &format!("{}{text}", entry.unwrap_or_default()));
        line(cell, page);
        page.close("span");
    }
    let Some(arrow) = arrow else { return };
    if row.cells.iter().all(|cell| cell.participant != arrow.to) {
        let from = if row.cells.is_empty() { name(arrow.from) } else { "" };
        let lost = lost(arrow);
        let label =
            if row.cells.is_empty() { arrow.label.brief(DATA, speaker) } else { String::new() };
        let words = format!("{from} {}{lost} {} {label}", sign(arrow), name(arrow.to));
        page.text_element("span", &[], &format!("{words} {}", number(arrow)));
    } else if row.cells.iter().all(|cell| cell.participant != arrow.from) {
        page.text_element("span", &[], &format!("← {}", name(arrow.from)));
    }
    if let Some(mishap) = arrow.mishap() {
        page.text_element("span", &[("class", "wrong".to_owned())], &mishap);
    }
    if arrow.inferred {
        page.text_element("small", &[], &say!(speaker, "ladder-inferred"));
    }
}

/// The line of source that made a call.
fn line(cell: &Cell, page: &mut Xml) {
    if let Some(line) = &cell.line {
        page.text(" ");
        page.text_element("em", &[], line);
    }
}

/// A row with a packet: why, the call that sent it, what it is, to whom, and the call that it reached.
fn packet(ladder: &Ladder, row: &Row, arrow: &Arrow, page: &mut Xml) {
    let speaker = ladder.speaker;
    let name = |lane: usize| &ladder.participants[lane].name;
    let text = |cell: &Cell| {
        let entry = cell.entry.as_ref().map(|entry| entry.brief(DATA, speaker) + " ");
        format!("{}{}", entry.unwrap_or_default(), cell.tagged().brief(DATA, speaker))
    };
    let call = |page: &mut Xml, cell: &Cell, sign: &str| {
        let wrong = if cell.mark.is_some_and(Mark::is_wrong) { "wrong" } else { "" };
        page.open("span", &[("class", wrong.to_owned())]);
        page.text_element("b", &[], &format!("{sign}{}", name(cell.participant)));
        let element = if cell.kind == CellKind::Reason { "i" } else { "code" };
        page.text_element(element, &[], &text(cell));
        line(cell, page);
        page.close("span");
    };
    let reason = |cell: &&Cell| cell.kind == CellKind::Reason;
    let (from, to): (Vec<&Cell>, Vec<&Cell>) =
        row.cells.iter().partition(|cell| cell.participant == arrow.from);
    for cell in from.iter().copied().filter(reason) {
        page.text_element("i", &[], &text(cell));
    }
    let sent = from.iter().copied().find(|cell| !reason(cell));
    if let Some(cell) = sent {
        call(page, cell, "");
    }
    let mut what = arrow.label.clone();
    what.parts.retain(|part| part.kind != PartKind::Mark);
    if let Some(number) = arrow.number {
        what.parts.insert(0, Part::new(PartKind::Number, circled(number)));
    }
    let (what, lost) = (what.brief(DATA, speaker), lost(arrow));
    let sign = sign(arrow);
    match sent {
        Some(_) if !arrow.says_more() && !to.is_empty() => {}
        Some(_) if !arrow.says_more() => {
            page.text_element("span", &[], &format!("{sign}{lost} {}", name(arrow.to)));
        }
        Some(_) => {
            page.text_element("span", &[], &format!("{sign}{lost} {}: {what}", name(arrow.to)));
        }
        None => {
            let (from, to) = (name(arrow.from), name(arrow.to));
            page.text_element("span", &[], &format!("{from} {sign}{lost} {to}: {what}"));
        }
    }
    for cell in to {
        call(page, cell, &format!("{sign} "));
    }
    if let Some(mishap) = arrow.mishap() {
        page.text_element("span", &[("class", "wrong".to_owned())], &mishap);
    }
    if arrow.inferred {
        page.text_element("small", &[], &say!(speaker, "ladder-inferred"));
    }
}

/// Precedes the column at which an arrow did not arrive.
fn lost(arrow: &Arrow) -> &'static str {
    match arrow.stops() {
        true if arrow.under_way || arrow.arrives_later() => " …",
        true => " ✗",
        false => "",
    }
}

fn sign(arrow: &Arrow) -> &'static str {
    if arrow.inferred { "⇢?" } else { "→" }
}
