//! The recording in figures, above the rows.

use std::collections::HashMap;

use socklab_say::{Speaker, say};
use socklab_summary::{Arrows, Line, Remark, Summary, Told};

use crate::model::Ladder;
use crate::svg::xml::{Attribute, Xml};

/// With more conversations than this, the reader opens them, as everything else: the rows should not
/// be far away.
const OPEN: usize = 2;

/// Writes the figures, each sentence with a link to the row it is about. What went wrong is not among
/// them: it stands above.
pub(super) fn write(ladder: &Ladder, summary: &Summary, page: &mut Xml) {
    let told = summary.told(ladder.speaker, Arrows::new(false));
    if told.programs.is_empty() {
        return;
    }
    let sheet = Sheet::of(ladder);
    page.open("section", &[class("figures"), ("aria-labelledby", "figures".to_owned())]);
    let id = [("id", "figures".to_owned())];
    page.text_element("h2", &id, &sheet.say("summary-title"));
    let packets = told.packets.iter().map(|packets| format!(". {packets}"));
    let head = packets.fold(told.head.clone(), |head, packets| head + &packets);
    page.text_element("p", &[class("limit")], &head);
    sheet.conversations(&told, page);
    sheet.remarks("summary-failed", &told.failed, page);
    sheet.remarks("summary-listeners", &told.listeners, page);
    sheet.calls(&told, page);
    let caveats: Vec<Remark> = told.caveats.iter().cloned().map(Remark::from).collect();
    sheet.remarks("summary-caveats", &caveats, page);
    page.close("section");
}

pub(super) fn class(name: &str) -> Attribute {
    ("class", name.to_owned())
}

/// Figures, and the rows that they are about.
pub(super) struct Sheet<'l> {
    ladder: &'l Ladder,
    speaker: Speaker,
    /// The row of each event, by `seq`.
    rows: HashMap<u64, usize>,
}

impl<'l> Sheet<'l> {
    pub(super) fn of(ladder: &'l Ladder) -> Self {
        let rows = ladder.rows.iter().enumerate();
        let rows = rows.flat_map(|(index, row)| row.seqs.iter().map(move |seq| (*seq, index)));
        // A row that shows only this event comes after a fold that has it too.
        let rows = rows.collect();
        Self { ladder, speaker: ladder.speaker, rows }
    }

    fn say(&self, key: &'static str) -> String {
        say!(self.speaker, key)
    }

    /// Opens a part that the reader can open and close.
    fn part(&self, heading: &'static str, open: bool, page: &mut Xml) {
        let open = open.then(|| ("open", "open".to_owned()));
        page.open("details", &open.into_iter().collect::<Vec<_>>());
        page.text_element("summary", &[], &self.say(heading));
    }

    fn conversations(&self, told: &Told, page: &mut Xml) {
        if told.conversations.is_empty() {
            return;
        }
        self.part("summary-conversations", told.conversations.len() <= OPEN, page);
        page.open("table", &[class("talks")]);
        page.open("thead", &[]);
        page.open("tr", &[]);
        page.text_element("td", &[], "");
        for column in &told.columns {
            page.text_element("th", &[], column);
        }
        page.close("tr");
        page.close("thead");
        for line in &told.conversations {
            self.line(line, told, page);
        }
        page.close("table");
        for text in told.more.iter().chain([&told.meaning]) {
            page.text_element("p", &[class("limit")], text);
        }
        page.close("details");
    }

    fn line(&self, line: &Line, told: &Told, page: &mut Xml) {
        page.open("tbody", &[]);
        page.open("tr", &[]);
        page.text_element("th", &[("scope", "row".to_owned())], &line.who);
        for (figure, column) in line.figures.iter().zip(&told.columns) {
            page.text_element("td", &[("data-name", column.clone())], figure);
        }
        page.close("tr");
        page.open("tr", &[]);
        page.open("td", &[("colspan", "6".to_owned())]);
        for remark in &line.remarks {
            page.open("p", &[]);
            self.remark(remark, page);
            page.close("p");
        }
        page.close("td");
        page.close("tr");
        page.close("tbody");
    }

    fn remarks(&self, heading: &'static str, remarks: &[Remark], page: &mut Xml) {
        if remarks.is_empty() {
            return;
        }
        self.part(heading, false, page);
        page.open("ul", &[]);
        for remark in remarks {
            page.open("li", &[]);
            self.remark(remark, page);
            page.close("li");
        }
        page.close("ul");
        page.close("details");
    }

    fn remark(&self, remark: &Remark, page: &mut Xml) {
        page.text(&remark.text);
        self.link(remark.seq, page);
    }

    /// A link to the row of an event, if there is one.
    pub(super) fn link(&self, seq: Option<u64>, page: &mut Xml) {
        let Some(row) = seq.and_then(|seq| self.rows.get(&seq)).copied() else { return };
        page.text(" ");
        let see = self.say("ladder-see-row");
        let name = format!("{see}: {}", self.ladder.spoken(&self.ladder.rows[row]));
        let link = [("href", format!("#row-{row}")), ("aria-label", name)];
        page.text_element("a", &link, &see);
    }

    fn calls(&self, told: &Told, page: &mut Xml) {
        self.part("summary-calls", false, page);
        page.text_element("p", &[class("limit")], &self.say("summary-calls-note"));
        for program in &told.programs {
            page.open("div", &[class("calls")]);
            page.open("table", &[]);
            page.text_element("caption", &[], &program.name);
            page.open("thead", &[]);
            self.row("th", &told.call_columns, page);
            page.close("thead");
            page.open("tbody", &[]);
            for row in &program.rows {
                self.row("td", row, page);
            }
            page.close("tbody");
            page.close("table");
            page.close("div");
            for remark in &program.remarks {
                page.text_element("p", &[class("limit")], remark);
            }
        }
        page.close("details");
    }

    /// The name of the call comes first: in a narrow window, the last figures are out of sight.
    fn row(&self, cell: &'static str, cells: &[String; 6], page: &mut Xml) {
        page.open("tr", &[]);
        let [figures @ .., name] = cells;
        for text in [name].into_iter().chain(figures) {
            page.text_element(cell, &[], text);
        }
        page.close("tr");
    }
}
