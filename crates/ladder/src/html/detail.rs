//! The detail panel: everything recorded about one row.

use std::collections::{BTreeMap, HashMap};

use socklab_event::{Bytes, Call, Event, Frame, Outcome, What};
use socklab_say::{clean, count, duration, say};

use super::facts::Facts;
use super::hexdump::hexdump;
use crate::model::{Ladder, Mark, NoteKind, Row};
use crate::svg::xml::Xml;

/// How many events of a row are shown in full; the others of a fold are like them.
const MOST: usize = 4;

/// At most this many characters of data are shown in the list of a fold.
const FOLDED_DATA: usize = 40;

/// How many bytes a page shows in all before it shows the beginnings only: each becomes five characters
/// of it.
const WHOLE: usize = 64 << 10;

/// How much a page with more than that shows of each call and packet.
const BEGINNING: usize = 1024;

/// The lines of each file, by number.
type SourceText = BTreeMap<String, BTreeMap<u32, String>>;

/// How many lines of source stand before and after the one that made a call.
const AROUND: u32 = 3;

/// Writes the panel: one section per row. The style sheet shows only the selected one.
pub(super) fn panel(ladder: &Ladder, source: &SourceText, page: &mut Xml) {
    page.open("aside", &[("aria-label", say!(ladder.speaker, "ladder-details"))]);
    let close = say!(ladder.speaker, "ladder-close");
    let rows = ladder.rows_of_events();
    let mut columns = HashMap::new();
    for cell in ladder.rows.iter().flat_map(|row| &row.cells) {
        columns.entry(cell.seq).or_insert(cell.participant);
    }
    let shown = ladder.rows.iter().flat_map(|row| events(ladder, row)).flat_map(data);
    let all: usize = shown.map(|bytes| bytes.sample.len()).sum();
    let most = if all > WHOLE { BEGINNING } else { usize::MAX };
    for (index, row) in ladder.rows.iter().enumerate() {
        let (id, head) = (format!("row-{index}"), format!("head-{index}"));
        let named = ("aria-labelledby", head.clone());
        let focus = ("tabindex", "-1".to_owned());
        page.open("section", &[("class", "detail".to_owned()), ("id", id), focus, named]);
        // Back to the row, in the drawing or in the list: whichever is shown.
        for (place, row) in [("drawn", "link"), ("listed", "item")] {
            let class = ("class", format!("close {place}"));
            let href = ("href", format!("#{row}-{index}"));
            page.text_element("a", &[class, href, ("aria-label", close.clone())], "×");
        }
        page.text_element("h2", &[("id", head)], &ladder.spoken(row));
        for note in &row.notes {
            let class = match note.kind {
                NoteKind::Problem => "problem",
                NoteKind::Lesson => "lesson",
            };
            page.text_element("p", &[("class", class.to_owned())], &note.text);
        }
        folded(ladder, row, page);
        for event in events(ladder, row) {
            let (rows, columns) = (&rows, &columns);
            let detail = Detail { ladder, rows, columns, event, most, source };
            match &event.what {
                What::Call(call) => detail.call(call, page),
                What::Frame(frame) => detail.frame(frame, page),
                _ => detail.other(page),
            }
        }
        page.close("section");
    }
    page.close("aside");
}

/// Lists the rows that a fold stands for, as far as they are kept.
fn folded(ladder: &Ladder, row: &Row, page: &mut Xml) {
    let speaker = ladder.speaker;
    if row.folded.is_empty() {
        return;
    }
    // A loop's own row shows the first of its calls.
    let all = row.seqs.len().saturating_sub(row.cells.len() + row.packets);
    page.text_element("h3", &[], &say!(speaker, "ladder-folded", n = count(all)));
    page.open("table", &[]);
    page.open("tr", &[]);
    for key in ["ladder-when", "ladder-who", "fact-call"] {
        page.text_element("th", &[("scope", "col".to_owned())], &say!(speaker, key));
    }
    page.close("tr");
    for one in &row.folded {
        let wrong = if one.mark.is_some_and(Mark::is_wrong) { "wrong" } else { "" };
        page.open("tr", &[]);
        page.text_element("td", &[], &format!("+{}", speaker.precise(one.at)));
        page.text_element("td", &[], &one.who);
        page.text_element(
            "td",
            &[("class", wrong.to_owned())],
            &one.label.brief(FOLDED_DATA, speaker),
        );
        page.close("tr");
    }
    page.close("table");
    if row.folded.len() < all {
        let all = ladder.offers_all;
        let key = if all { "ladder-folded-limit-all" } else { "ladder-folded-limit" };
        let limit = say!(speaker, key, n = count(row.folded.len()));
        page.text_element("p", &[("class", "limit".to_owned())], &limit);
    }
}

fn events<'l>(ladder: &'l Ladder, row: &Row) -> Vec<&'l Event> {
    let mut seqs = row.seqs.clone();
    seqs.dedup();
    seqs.iter().filter_map(|seq| ladder.events.get(seq)).take(MOST).collect()
}

/// What an event moved.
fn data(event: &Event) -> Vec<&Bytes> {
    match &event.what {
        What::Call(call) => call.payloads().iter().map(|payload| payload.bytes).collect(),
        What::Frame(frame) => vec![&frame.bytes],
        _ => Vec::new(),
    }
}

struct Detail<'l> {
    ladder: &'l Ladder,
    /// The row that shows each event.
    rows: &'l HashMap<u64, usize>,
    /// The participant in whose column each event is.
    columns: &'l HashMap<u64, usize>,
    event: &'l Event,
    /// How many of its bytes are shown.
    most: usize,
    source: &'l SourceText,
}

impl Detail<'_> {
    fn fact(page: &mut Xml, name: &str, value: &str, wrong: bool) {
        page.text_element("dt", &[], name);
        let class = if wrong { "wrong" } else { "" };
        page.text_element("dd", &[("class", class.to_owned())], value);
    }

    fn since(&self, at: u64) -> String {
        self.ladder.speaker.precise(at.saturating_sub(self.ladder.origin))
    }

    fn facts(&self) -> Facts {
        Facts { speaker: self.ladder.speaker, origin: self.ladder.origin }
    }

    fn who(&self, page: &mut Xml) {
        let speaker = self.ladder.speaker;
        let place = &self.event.place;
        let (process, thread) = (place.process, place.thread);
        let known = say!(speaker, "ladder-process-thread", process = process, thread = thread);
        let column = self.columns.get(&self.event.seq);
        let name = column.map(|column| format!("{}, ", self.ladder.participants[*column].name));
        let host = place.host.as_ref().map(|host| format!(" @{}", clean(host)));
        Self::fact(
            page,
            &say!(speaker, "ladder-who"),
            &format!("{}{known}{}", name.unwrap_or_default(), host.unwrap_or_default()),
            false,
        );
    }

    fn call(&self, call: &Call, page: &mut Xml) {
        let speaker = self.ladder.speaker;
        let fd = call.fd.map_or_else(String::new, |fd| format!("({fd})"));
        page.text_element("h3", &[], &format!("{}{fd}", clean(&call.name)));
        page.open("dl", &[]);
        let args = serde_json::to_value(&call.args).unwrap_or_default();
        for (name, value) in self.facts().of(&args, &["kind", "bytes"]) {
            Self::fact(page, &name, &value, false);
        }
        let (text, wrong) = self.outcome(call);
        Self::fact(page, &say!(speaker, "ladder-result"), &text, wrong);
        let when = say!(
            speaker,
            "ladder-from-to",
            began = self.since(call.began),
            ended = self.since(call.ended),
            took = duration(call.took())
        );
        Self::fact(page, &say!(speaker, "ladder-when"), &when, false);
        self.who(page);
        if let Some(socket) = &call.socket {
            let value = serde_json::to_value(socket).unwrap_or_default();
            let facts = self.facts().of(&value, &[]);
            let all: Vec<String> =
                facts.iter().map(|(name, value)| format!("{name} {value}")).collect();
            Self::fact(page, &say!(speaker, "ladder-socket"), &all.join(" · "), false);
        }
        if let Some(source) = &call.source {
            let function = source.function.as_ref().map(|name| format!(" ({})", clean(name)));
            let text =
                format!("{}:{}{}", clean(&source.file), source.line, function.unwrap_or_default());
            Self::fact(page, &say!(speaker, "ladder-source"), &text, false);
        }
        page.close("dl");
        self.source(call, page);
        self.bytes(page);
    }

    /// The line of source that made the call, and some around it.
    fn source(&self, call: &Call, page: &mut Xml) {
        let Some(source) = call.source.as_deref() else { return };
        let Some(lines) = self.source.get(&source.file) else { return };
        if !lines.contains_key(&source.line) {
            return;
        }
        let first = source.line.saturating_sub(AROUND);
        let shown = lines.range(first..=source.line.saturating_add(AROUND));
        // It may be wider than the panel: with the focus, arrow keys move it.
        let named = ("aria-label", say!(self.ladder.speaker, "ladder-source"));
        let role = ("role", "group".to_owned());
        page.open("pre", &[("tabindex", "0".to_owned()), role, named]);
        for (number, text) in shown {
            let text = format!("{number:>4} {}", clean(text));
            match *number == source.line {
                // An element ends in a newline of its own.
                true => page.text_element("mark", &[], &text),
                false => page.text(&format!("{text}\n")),
            }
        }
        page.close("pre");
    }

    fn outcome(&self, call: &Call) -> (String, bool) {
        let speaker = self.ladder.speaker;
        match call.outcome {
            Outcome::Value(value) => (value.to_string(), false),
            Outcome::Unfinished => (say!(speaker, "ladder-none-yet"), true),
            Outcome::Error(errno) => {
                let key = format!("errno-{errno}");
                let known = speaker.knows(&key).then(|| format!(": {}", say!(speaker, key)));
                (format!("{errno} ({}){}", errno.0, known.unwrap_or_default()), true)
            }
        }
    }

    /// What the message says in its protocol, and its bytes.
    fn bytes(&self, page: &mut Xml) {
        let speaker = self.ladder.speaker;
        if let Some(facts) = self.ladder.decoded.get(&self.event.seq) {
            page.text_element("h3", &[], &say!(speaker, "decoded"));
            page.open("dl", &[]);
            facts.iter().for_each(|fact| Self::fact(page, &fact.name, &fact.value, fact.wrong));
            page.close("dl");
        }
        for bytes in data(self.event) {
            if bytes.total == 0 && bytes.sample.is_empty() {
                continue;
            }
            let shown = &bytes.sample[..bytes.sample.len().min(self.most)];
            let title = if bytes.is_cut() || shown.len() < bytes.sample.len() {
                let (kept, total) = (count(shown.len()), count(bytes.total));
                let text = say!(speaker, "ladder-first-kept", kept = kept, total = total);
                format!("{}: {text}", say!(speaker, "ladder-bytes"))
            } else {
                format!("{} {}", speaker.number(bytes.total), say!(speaker, "ladder-bytes"))
            };
            page.text_element("h3", &[], &title);
            // It may be wider than the panel: with the focus, arrow keys move it.
            let named = [("role", "group".to_owned()), ("aria-label", title)];
            let attributes = [&[("tabindex", "0".to_owned())][..], &named].concat();
            page.text_element("pre", &attributes, &hexdump(shown));
        }
    }

    fn frame(&self, frame: &Frame, page: &mut Xml) {
        let speaker = self.ladder.speaker;
        let title = format!(
            "{} {} → {}",
            say!(speaker, "ladder-packet"),
            clean(&frame.from),
            clean(frame.to.as_deref().unwrap_or("*"))
        );
        page.text_element("h3", &[], &title);
        page.open("dl", &[]);
        let time = say!(speaker, "ladder-moment", time = self.since(self.event.at));
        Self::fact(page, &say!(speaker, "ladder-when"), &time, false);
        for fact in self.ladder.packets.get(&self.event.seq).into_iter().flat_map(|one| &one.facts)
        {
            page.text_element("dt", &[], &fact.name);
            let class = if fact.wrong { "wrong" } else { "" };
            page.open("dd", &[("class", class.to_owned())]);
            let row = fact.seqs.first().and_then(|seq| self.rows.get(seq));
            match row {
                Some(row) => {
                    let href = ("href", format!("#row-{row}"));
                    page.text_element("a", &[href], &fact.value);
                }
                None => page.text(&fact.value),
            }
            page.close("dd");
        }
        page.close("dl");
        self.bytes(page);
    }

    fn other(&self, page: &mut Xml) {
        let speaker = self.ladder.speaker;
        let value = match &self.event.what {
            What::Process(process) => serde_json::to_value(process),
            What::State(state) => serde_json::to_value(state),
            What::Notice(notice) => serde_json::to_value(notice),
            _ => return,
        };
        let value = value.unwrap_or_default();
        let kind = value.get("kind").map(|kind| self.facts().plain("kind", kind));
        let kind = kind.unwrap_or_else(|| say!(speaker, "ladder-event"));
        page.text_element("h3", &[], &kind);
        page.open("dl", &[]);
        let time = say!(speaker, "ladder-moment", time = self.since(self.event.at));
        Self::fact(page, &say!(speaker, "ladder-when"), &time, false);
        self.who(page);
        for (name, value) in self.facts().of(&value, &["kind"]) {
            Self::fact(page, &name, &value, false);
        }
        page.close("dl");
    }
}
