//! The panel that tells everything about one row.

use socklab_event::{Bytes, Call, Event, Frame, Outcome, What};

use super::facts::{facts, plain};
use super::hexdump::hexdump;
use crate::clean::clean;
use crate::meanings::meaning;
use crate::model::{Ladder, Row};
use crate::svg::xml::Xml;
use crate::words::fill;

/// Events told in full for one row; a fold's others are like them.
const MOST: usize = 4;

/// Writes the panel: a section for every row, of which the page shows the one chosen.
pub(super) fn panel(ladder: &Ladder, page: &mut Xml) {
    page.open("aside", &[("aria-live", "polite".to_owned())]);
    page.text_element("p", &[("class", "hint".to_owned())], &ladder.words.choose);
    for (index, row) in ladder.rows.iter().enumerate() {
        let id = format!("row-{index}");
        page.open("section", &[("class", "detail".to_owned()), ("id", id)]);
        page.text_element("h2", &[], &ladder.spoken(row, 32));
        for note in &row.notes {
            page.text_element("p", &[], note);
        }
        for event in events(ladder, row) {
            let teller = Teller { ladder, event };
            match &event.what {
                What::Call(call) => teller.call(call, page),
                What::Frame(frame) => teller.frame(frame, page),
                _ => teller.other(page),
            }
        }
        page.close("section");
    }
    page.close("aside");
}

fn events<'l>(ladder: &'l Ladder, row: &Row) -> Vec<&'l Event> {
    let mut seqs = row.seqs.clone();
    seqs.dedup();
    seqs.iter().filter_map(|seq| ladder.events.get(seq)).take(MOST).collect()
}

struct Teller<'l> {
    ladder: &'l Ladder,
    event: &'l Event,
}

impl Teller<'_> {
    fn fact(page: &mut Xml, name: &str, value: &str, wrong: bool) {
        page.text_element("dt", &[], name);
        let class = if wrong { "wrong" } else { "" };
        page.text_element("dd", &[("class", class.to_owned())], value);
    }

    fn since(&self, at: u64) -> String {
        self.ladder.words.precise(at.saturating_sub(self.ladder.origin))
    }

    fn who(&self, page: &mut Xml) {
        let words = &self.ladder.words;
        let place = &self.event.place;
        let known =
            fill(&words.process_thread, &[("process", &place.process), ("thread", &place.thread)]);
        let cells = self.ladder.rows.iter().flat_map(|row| &row.cells);
        let own = cells.into_iter().find(|cell| cell.seq == self.event.seq);
        let name = own.map(|cell| format!("{}, ", self.ladder.participants[cell.participant].name));
        let host = place.host.as_ref().map(|host| format!(" @{}", clean(host)));
        Self::fact(
            page,
            &words.who,
            &format!("{}{known}{}", name.unwrap_or_default(), host.unwrap_or_default()),
            false,
        );
    }

    fn call(&self, call: &Call, page: &mut Xml) {
        let words = &self.ladder.words;
        let fd = call.fd.map_or_else(String::new, |fd| format!("({fd})"));
        page.text_element("h3", &[], &format!("{}{fd}", clean(&call.name)));
        page.open("dl", &[]);
        let args = serde_json::to_value(&call.args).unwrap_or_default();
        for (name, value) in facts(&args, &["kind", "bytes"]) {
            Self::fact(page, &name, &value, false);
        }
        let (text, wrong) = self.outcome(call);
        Self::fact(page, &words.result, &text, wrong);
        let when = fill(
            &words.from_to,
            &[
                ("began", &self.since(call.began)),
                ("ended", &self.since(call.ended)),
                ("took", &words.duration(call.took())),
            ],
        );
        Self::fact(page, &words.when, &when, false);
        self.who(page);
        if let Some(socket) = &call.socket {
            let value = serde_json::to_value(socket).unwrap_or_default();
            let all: Vec<String> =
                facts(&value, &[]).iter().map(|(name, value)| format!("{name} {value}")).collect();
            Self::fact(page, &words.socket, &all.join(" · "), false);
        }
        if let Some(source) = &call.source {
            let function = source.function.as_ref().map(|name| format!(" ({})", clean(name)));
            let text =
                format!("{}:{}{}", clean(&source.file), source.line, function.unwrap_or_default());
            Self::fact(page, &words.source, &text, false);
        }
        page.close("dl");
        for payload in call.payloads() {
            self.bytes(payload.bytes, page);
        }
    }

    fn outcome(&self, call: &Call) -> (String, bool) {
        let words = &self.ladder.words;
        match call.outcome {
            Outcome::Value(value) => (value.to_string(), false),
            Outcome::Unfinished => (words.none_yet.to_string(), true),
            Outcome::Error(errno) => {
                let meaning = meaning(errno, words).map(|text| format!(": {text}"));
                (format!("{errno} ({}){}", errno.0, meaning.unwrap_or_default()), true)
            }
        }
    }

    fn bytes(&self, bytes: &Bytes, page: &mut Xml) {
        let words = &self.ladder.words;
        if bytes.total == 0 && bytes.sample.is_empty() {
            return;
        }
        let count = |n: u64| words.number(n);
        let kept = bytes.sample.len() as u64;
        let title = if bytes.is_cut() {
            let text =
                fill(&words.first_kept, &[("kept", &count(kept)), ("total", &count(bytes.total))]);
            format!("{}: {text}", words.bytes)
        } else {
            format!("{} {}", count(bytes.total), words.bytes)
        };
        page.text_element("h3", &[], &title);
        page.text_element("pre", &[("tabindex", "0".to_owned())], &hexdump(&bytes.sample));
    }

    fn frame(&self, frame: &Frame, page: &mut Xml) {
        let words = &self.ladder.words;
        let title = format!(
            "{} {} → {}",
            words.packet,
            clean(&frame.from),
            clean(frame.to.as_deref().unwrap_or("*"))
        );
        page.text_element("h3", &[], &title);
        page.open("dl", &[]);
        let time = fill(&words.moment, &[("time", &self.since(self.event.at))]);
        Self::fact(page, &words.when, &time, false);
        let headers = serde_json::to_value(&frame.headers).unwrap_or_default();
        for (name, value) in facts(&headers, &["payload"]) {
            Self::fact(page, &name, &value, false);
        }
        let fate = serde_json::to_value(&frame.fate).unwrap_or_default();
        let lost = matches!(frame.fate, socklab_event::Fate::Dropped { .. });
        Self::fact(page, &words.fate, &plain(&fate), lost);
        page.close("dl");
        self.bytes(&frame.bytes, page);
    }

    fn other(&self, page: &mut Xml) {
        let words = &self.ladder.words;
        let value = match &self.event.what {
            What::Process(process) => serde_json::to_value(process),
            What::State(state) => serde_json::to_value(state),
            What::Notice(notice) => serde_json::to_value(notice),
            What::Call(_) | What::Frame(_) => return,
        };
        let value = value.unwrap_or_default();
        let kind = value.get("kind").map_or_else(|| words.event.to_string(), plain);
        page.text_element("h3", &[], &kind);
        page.open("dl", &[]);
        let time = fill(&words.moment, &[("time", &self.since(self.event.at))]);
        Self::fact(page, &words.when, &time, false);
        self.who(page);
        for (name, value) in facts(&value, &["kind"]) {
            Self::fact(page, &name, &value, false);
        }
        page.close("dl");
    }
}
