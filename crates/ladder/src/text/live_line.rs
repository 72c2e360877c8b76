//! An event in one line.

use anstyle::Style;
use socklab_say::Speaker;

use super::glyphs::Glyphs;
use super::paint;
use super::wrap::width;
use crate::label::Label;
use crate::plan::happened::Happened;

/// How many characters of data a line quotes.
const DATA: usize = 60;

/// What is written starts behind the longest name so far, unless that is longer than this.
const NAMES: usize = 24;

/// How wide the column of names is from now on.
pub(crate) fn width_of_names(before: usize, name: &str) -> usize {
    before.max(width(name).min(NAMES))
}

/// The line: time, who, what.
pub(crate) fn line(
    one: &Happened,
    time: &str,
    name_width: usize,
    glyphs: &Glyphs,
    color: bool,
    speaker: Speaker,
) -> String {
    let mut text = String::new();
    let mut put = |style: Style, words: &str| {
        let words = glyphs.spell(words);
        match color && style != Style::new() {
            true => text.push_str(&format!("{style}{words}{style:#}")),
            false => text.push_str(&words),
        }
    };
    if !time.is_empty() {
        put(paint::aside(), time);
        put(Style::new(), "  ");
    }
    put(paint::heading(), &one.who);
    let gap = name_width.saturating_sub(width(&glyphs.spell(&one.who))) + 2;
    put(Style::new(), &" ".repeat(gap));
    let Label { parts } = &one.label;
    for (index, part) in parts.iter().enumerate() {
        if index > 0 && !part.glued {
            put(Style::new(), " ");
        }
        put(paint::part(part.kind, one.connection), &part.shortened(DATA, speaker));
    }
    text
}
