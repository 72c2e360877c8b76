//! The two runs as text: a on the left, b on the right.

use socklab_say::{Speaker, count, say};

use crate::Told;
use crate::comparison::{Comparison, Row};

/// How the text looks.
#[derive(Clone, Copy, Debug)]
pub struct TextStyle {
    /// As many columns wide.
    pub width: usize,
    /// Only ASCII.
    pub ascii: bool,
    /// Every row, also those that are the same.
    pub all: bool,
}

/// So many rows that are the same are shown before what is different.
const BEFORE: usize = 3;

impl Row {
    /// Who, and on which connection.
    pub(crate) fn place(&self, speaker: Speaker) -> String {
        match self.connection {
            Some(number) => {
                format!("{}, {}", self.who, say!(speaker, "diff-connection", n = count(number)))
            }
            None => self.who.clone(),
        }
    }
}

impl Comparison {
    /// What came of it, in a sentence.
    pub fn summary(&self, speaker: Speaker) -> String {
        self.sentence.clone().unwrap_or_else(|| say!(speaker, "diff-same"))
    }

    /// The rows to be shown, each with how many were left out before it, and how many after the last.
    pub(crate) fn shown(&self, all: bool) -> (Vec<(usize, &Row)>, usize) {
        let mut shown = Vec::new();
        let mut folded = 0;
        for (index, row) in self.rows.iter().enumerate() {
            let near = self.first.is_some_and(|first| index < first && index + BEFORE >= first);
            if all || !row.is_same || near {
                shown.push((std::mem::take(&mut folded), row));
            } else {
                folded += 1;
            }
        }
        (shown, folded)
    }

    /// Draws the two columns under their titles.
    pub fn to_text(&self, titles: [&str; 2], style: TextStyle, speaker: Speaker) -> String {
        let room = style.width.saturating_sub(7).max(20) / 2;
        let mut drawn: Vec<String> = Vec::new();
        let [a, b] = [0, 1].map(|side| format!("{}  {}", ["a", "b"][side], titles[side]));
        columns(&mut drawn, " ", &a, &b, room, style.ascii);
        let (shown, rest) = self.shown(style.all);
        let mut place = None;
        let line = if style.ascii { "--" } else { "──" };
        let fold = |n: usize| format!("  {}", say!(speaker, "diff-folded", n = count(n)));
        for (folded, row) in shown {
            if folded > 0 {
                drawn.push(fold(folded));
            }
            let here = row.place(speaker);
            if place.as_ref() != Some(&here) {
                drawn.push(format!("{line} {here}"));
                place = Some(here);
            }
            let text = |told: &Option<Told>| {
                told.as_ref().map(|told| told.text.clone()).unwrap_or_default()
            };
            let sign = match (&row.a, &row.b) {
                _ if row.is_same => " ",
                (Some(_), None) => "<",
                (None, Some(_)) => ">",
                _ if style.ascii => "!",
                _ => "≠",
            };
            columns(&mut drawn, sign, &text(&row.a), &text(&row.b), room, style.ascii);
        }
        if rest > 0 {
            drawn.push(fold(rest));
        }
        drawn.push(String::new());
        let text = drawn.join("\n");
        if style.ascii { ascii(&text) } else { text }
    }
}

fn columns(lines: &mut Vec<String>, sign: &str, a: &str, b: &str, room: usize, ascii_only: bool) {
    let bar = if ascii_only { "|" } else { "│" };
    let [left, right] = [a, b].map(|text| {
        let text = if ascii_only { ascii(text) } else { text.to_owned() };
        let options = textwrap::Options::new(room).subsequent_indent("  ");
        let wrapped = textwrap::wrap(&text, options).into_iter();
        wrapped.map(std::borrow::Cow::into_owned).collect::<Vec<String>>()
    });
    let empty = String::new();
    for at in 0..left.len().max(right.len()) {
        let (one, other) = (left.get(at).unwrap_or(&empty), right.get(at).unwrap_or(&empty));
        let pad = " ".repeat(room.saturating_sub(textwrap::core::display_width(one)));
        let sign = if at == 0 { sign } else { " " };
        lines.push(format!("{sign} {one}{pad} {bar} {other}").trim_end().to_owned());
    }
}

/// Text without the signs that not every terminal has.
fn ascii(text: &str) -> String {
    let mut plain = String::new();
    for char in text.chars() {
        match char {
            '→' => plain.push_str("->"),
            '✗' => plain.push('x'),
            '┄' | '–' => plain.push('-'),
            '…' => plain.push_str("..."),
            '“' | '”' | '«' | '»' => plain.push('"'),
            '\u{a0}' => plain.push(' '),
            '\u{2009}' | '\u{202f}' => plain.push(' '),
            char if char.is_ascii() => plain.push(char),
            char => plain.push_str(&char.escape_default().to_string()),
        }
    }
    plain
}
