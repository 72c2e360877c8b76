//! Where the time went, as text for a terminal.

use socklab_say::{Speaker, say};
use unicode_width::UnicodeWidthStr as _;

use crate::model::Latency;
use crate::words::{Pair, Row};

/// How the text is written.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TextStyle {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether bars and arrows are of ASCII.
    pub ascii: bool,
}

impl TextStyle {
    /// For a terminal of this width.
    pub fn new(width: usize) -> Self {
        Self { width, ascii: false }
    }

    /// Sets whether bars and arrows are of ASCII.
    #[must_use]
    pub fn ascii(self, ascii: bool) -> Self {
        Self { ascii, ..self }
    }
}

/// How wide the bar of a whole wait is.
const BAR: usize = 20;

/// With fewer columns than this for the events that show a part, they are left out.
const NARROWEST: usize = 12;

impl Latency {
    /// The waits as text.
    pub fn to_text(&self, speaker: Speaker, style: TextStyle) -> String {
        let told = self.told(speaker, if style.ascii { "->" } else { "→" });
        let mut lines = vec![told.head];
        lines.extend(told.recorder);
        for pair in &told.pairs {
            lines.push(String::new());
            lines.push(pair.title.clone());
            lines.extend(rows(pair, style));
        }
        lines.extend(told.more);
        if !told.longest.is_empty() {
            lines.push(String::new());
            lines.push(say!(speaker, "latency-longest"));
            lines.extend(told.longest.iter().map(|(text, _)| format!("- {text}")));
        }
        if !told.notes.is_empty() {
            lines.push(String::new());
            lines.extend(told.notes);
        }
        lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
    }
}

fn rows(pair: &Pair, style: TextStyle) -> Vec<String> {
    let widest = |of: fn(&Row) -> &str| pair.rows.iter().map(|row| of(row).width()).max();
    let text = widest(|row| &row.text).unwrap_or(0);
    let time = widest(|row| &row.time).unwrap_or(0);
    let percent = widest(|row| &row.percent).unwrap_or(0);
    let before = 2 + time + 2 + percent + 4;
    let mut bar = BAR;
    if before + bar + 2 + text > style.width {
        bar = style.width.saturating_sub(before + 2 + text).min(BAR);
    }
    let room = style.width.saturating_sub(before + bar + 2 + text + 2);
    let line = |row: &Row| {
        let share = usize::try_from(row.share).unwrap_or(0).min(1_000);
        let filled = (share * bar).div_ceil(1_000).min(bar);
        let mark = if row.inferred { "~" } else { " " };
        let fill = if style.ascii { "#" } else { "█" };
        let seen = row.seen.as_str();
        let seen = if room >= NARROWEST && seen.width() <= room { seen } else { "" };
        format!(
            " {mark}{}{}  {}{} %  {}{}  {}{}  {seen}",
            " ".repeat(time - row.time.width()),
            row.time,
            " ".repeat(percent - row.percent.width()),
            row.percent,
            fill.repeat(filled),
            " ".repeat(bar - filled),
            row.text,
            " ".repeat(text - row.text.width()),
        )
    };
    pair.rows.iter().map(line).collect()
}
