//! Where the time went, above the rows: a bar for each pair of programs, and a table of its parts.

use socklab_latency::{Cause, Latency, Pair};
use socklab_say::say;

use super::summary::{Sheet, class};
use crate::model::Ladder;
use crate::svg::xml::Xml;

/// Writes what the waits consisted of, each part with a link to the row that shows it.
pub(super) fn write(ladder: &Ladder, latency: &Latency, page: &mut Xml) {
    if latency.waits.is_empty() {
        return;
    }
    let told = latency.told(ladder.speaker, "→");
    let sheet = Sheet::of(ladder);
    page.open("section", &[class("figures spent"), ("aria-labelledby", "spent".to_owned())]);
    let id = [("id", "spent".to_owned())];
    page.text_element("h2", &id, &say!(ladder.speaker, "latency-title"));
    let head = told.recorder.iter().map(|recorder| format!(". {recorder}"));
    let head = head.fold(told.head.clone(), |head, recorder| head + &recorder);
    page.text_element("p", &[class("limit")], &head);
    for pair in &told.pairs {
        write_pair(&sheet, pair, page);
    }
    for text in told.more.iter().chain(&told.notes) {
        page.text_element("p", &[class("limit")], text);
    }
    if !told.longest.is_empty() {
        page.open("details", &[]);
        page.text_element("summary", &[], &say!(ladder.speaker, "latency-longest"));
        page.open("ul", &[]);
        for (text, seq) in &told.longest {
            page.open("li", &[]);
            page.text(text);
            sheet.link(Some(*seq), page);
            page.close("li");
        }
        page.close("ul");
        page.close("details");
    }
    page.close("section");
}

fn write_pair(sheet: &Sheet<'_>, pair: &Pair, page: &mut Xml) {
    page.text_element("h3", &[], &pair.title);
    // The table says the same in words.
    page.open("div", &[class("bar"), ("aria-hidden", "true".to_owned())]);
    for row in pair.rows.iter().filter(|row| row.share > 0) {
        let wide = ("style", format!("flex-grow:{}", row.share));
        let title = ("title", format!("{}: {} ({} %)", row.text, row.time, row.percent));
        page.open("span", &[class(&format!("part {}", family(row.cause))), wide, title]);
        page.close("span");
    }
    page.close("div");
    page.open("table", &[]);
    for row in &pair.rows {
        page.open("tr", &[]);
        page.open("td", &[class("what")]);
        page.open("span", &[class(&format!("part {}", family(row.cause)))]);
        page.close("span");
        page.text(&if row.inferred { format!("~ {}", row.text) } else { row.text.clone() });
        page.close("td");
        page.text_element("td", &[], &row.time);
        page.text_element("td", &[], &format!("{} %", row.percent));
        page.open("td", &[class("what")]);
        page.text(&row.seen);
        sheet.link(row.seq, page);
        page.close("td");
        page.close("tr");
    }
    page.close("table");
}

/// Causes of one colour: of a program, of its machine, of the kernel's limits, of the way.
fn family(cause: Cause) -> &'static str {
    match cause {
        Cause::Running | Cause::Program => "ran",
        Cause::Processor => "queued",
        Cause::Elsewhere | Cause::MoreData => "idle",
        Cause::Nagle | Cause::DelayedAck | Cause::Cork => "nagle",
        Cause::Window | Cause::SendBuffer | Cause::Congestion | Cause::Sending => "limited",
        Cause::Retransmission => "lost",
        Cause::AcceptQueue => "queue",
        Cause::Network | Cause::Between => "way",
        _ => "unknown",
    }
}
