//! A summary as text for a terminal.

use socklab_say::{Speaker, say};

use crate::model::Summary;
use crate::table::{left, paragraph, right, width};
use crate::words::{Arrows, Line, Remark, Table, Told};

/// How a summary is written.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TextStyle {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether arrows and lines are of ASCII.
    pub ascii: bool,
}

impl TextStyle {
    /// For a terminal of this width.
    pub fn new(width: usize) -> Self {
        Self { width, ascii: false }
    }

    /// Sets whether arrows and lines are of ASCII.
    pub fn ascii(self, ascii: bool) -> Self {
        Self { ascii, ..self }
    }
}

/// Between two columns.
const GAP: &str = "  ";

/// Narrower than this, nothing is wrapped.
const NARROWEST: usize = 40;

impl Summary {
    /// The summary as text. Lines are no wider than the terminal, as far as the columns of numbers
    /// and single words allow.
    pub fn to_text(&self, speaker: Speaker, style: TextStyle) -> String {
        let told = self.told(speaker, Arrows::new(style.ascii));
        let mut page = Page { most: style.width.max(NARROWEST), speaker, lines: Vec::new() };
        page.said(&told.head, "");
        page.remarks("ladder-explained", &told.problems);
        page.conversations(&told);
        page.remarks("summary-failed", &told.failed);
        page.remarks("summary-listeners", &told.listeners);
        page.calls(&told);
        if let Some(packets) = &told.packets {
            page.lines.push(String::new());
            page.said(packets, "");
        }
        let caveats: Vec<Remark> = told.caveats.into_iter().map(Remark::from).collect();
        page.remarks("summary-caveats", &caveats);
        page.lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
    }
}

struct Page {
    most: usize,
    speaker: Speaker,
    lines: Vec<String>,
}

impl Page {
    fn heading(&mut self, key: &'static str) {
        self.lines.push(String::new());
        self.lines.push(say!(self.speaker, key));
    }

    fn said(&mut self, text: &str, first: &str) {
        self.lines.extend(paragraph(text, first, self.most));
    }

    fn remarks(&mut self, heading: &'static str, remarks: &[Remark]) {
        if remarks.is_empty() {
            return;
        }
        self.heading(heading);
        for remark in remarks {
            self.said(&remark.text, "- ");
        }
    }

    fn conversations(&mut self, told: &Told) {
        if told.conversations.is_empty() {
            return;
        }
        let rows = || told.conversations.iter().map(|line| &line.figures);
        let widths: Vec<usize> = (0..told.columns.len())
            .map(|column| {
                let cells = rows().map(|row| width(&row[column]));
                cells.chain([width(&told.columns[column])]).max().unwrap_or(0)
            })
            .collect();
        let figures: usize = widths.iter().map(|width| width + GAP.len()).sum();
        let heading = say!(self.speaker, "summary-conversations");
        let longest = told.conversations.iter().map(|line| width(&line.who));
        let longest = longest.chain([width(&heading)]).max().unwrap_or(0);
        let room = longest.min(self.most.saturating_sub(figures)).max(width(&heading));
        let row = |who: &str, cells: &[String; 5]| {
            let cells = cells.iter().zip(&widths);
            let cells = cells.map(|(cell, width)| format!("{GAP}{}", right(cell, *width)));
            format!("{}{}", left(who, room), cells.collect::<String>())
        };
        self.lines.push(String::new());
        self.lines.push(row(&heading, &told.columns));
        for Line { who, figures, remarks, .. } in &told.conversations {
            if width(who) > room {
                self.said(who, "");
                self.lines.push(row("", figures));
            } else {
                self.lines.push(row(who, figures));
            }
            for remark in remarks {
                self.said(&remark.text, "  ");
            }
        }
        if let Some(more) = &told.more {
            self.said(more, "");
        }
        self.said(&told.meaning, "");
    }

    fn calls(&mut self, told: &Told) {
        if told.programs.is_empty() {
            return;
        }
        self.heading("summary-calls");
        let note = say!(self.speaker, "summary-calls-note");
        self.said(&note, "");
        let rows =
            || told.programs.iter().flat_map(|table| &table.rows).chain([&told.call_columns]);
        let widths: Vec<usize> = (0..told.call_columns.len())
            .map(|column| rows().map(|row| width(&row[column])).max().unwrap_or(0))
            .collect();
        let line = |cells: &[String; 6]| {
            let last = cells.len() - 1;
            let cells = cells.iter().zip(&widths).enumerate();
            let cells = cells.map(|(column, (cell, width))| match column {
                _ if column == last => cell.clone(),
                _ => right(cell, *width),
            });
            cells.collect::<Vec<_>>().join(" ")
        };
        let dashes: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
        let dashes = dashes.join(" ");
        for Table { name, rows, remarks, .. } in &told.programs {
            self.lines.push(String::new());
            self.said(name, "");
            self.lines.push(line(&told.call_columns));
            self.lines.push(dashes.clone());
            let (total, calls) =
                rows.split_last().map_or((None, &rows[..]), |(total, calls)| (Some(total), calls));
            self.lines.extend(calls.iter().map(line));
            self.lines.push(dashes.clone());
            self.lines.extend(total.map(line));
            for remark in remarks {
                self.said(remark, "");
            }
        }
    }
}
