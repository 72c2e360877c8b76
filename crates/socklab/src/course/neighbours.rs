//! What stands beside an item on the way through the course.

use socklab_say::{Speaker, say};
use socklab_scenario::Course;
use socklab_scenario::format::Item;

use super::journey::{Entry, Journey};
use super::progress;
use crate::style;
use crate::terminal::markdown::hanging;

/// The lines that name an item's neighbours, as wide as `width`: after a program, what is asked about
/// it and what can be written; and the next item. None if the item is not on the way, or the course
/// has mistakes, which other commands report.
pub(crate) fn neighbours(
    speaker: Speaker,
    course: &Course,
    item: &Item,
    width: usize,
) -> Vec<String> {
    let Ok(journey) = Journey::load(speaker, course, &progress::read()) else { return Vec::new() };
    let Some(at) = journey.find(item) else { return Vec::new() };
    let line = |key: &str, entry: &Entry| told(speaker, key, entry, width);
    let mut lines = Vec::new();
    let mut next = at + 1;
    if matches!(item, Item::Program(_)) {
        for entry in journey.belonging_to(at) {
            lines.push(line(&format!("neighbour-{}", entry.kind()), entry));
            next += 1;
        }
    }
    lines.extend(journey.entries.get(next).map(|entry| line("neighbour-next", entry)));
    lines
}

/// A label, a command that can be typed, and below it what that is about.
fn told(speaker: Speaker, key: &str, entry: &Entry, width: usize) -> String {
    let command = style::paint(style::COMMAND, entry.command());
    let title = hanging(&entry.title, 2, width);
    format!("{}\n  {}", say!(speaker, key, command = command), style::paint(style::FAINT, title))
}
