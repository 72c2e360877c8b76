//! Choosing an item from the whole course.

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};

use crate::course::journey::Journey;
use crate::terminal::select::{Row, select};

/// Lets the student choose an item; `at` is under the cursor at first. `None` if they leave.
pub(crate) fn choose(speaker: Speaker, journey: &Journey, at: usize) -> Result<Option<usize>> {
    let mut rows = Vec::new();
    // For each row, the index of its entry.
    let mut entries = Vec::new();
    for (index, entry) in journey.entries.iter().enumerate() {
        if index == 0 || journey.entries[index - 1].part != entry.part {
            rows.push(Row::Heading(heading(speaker, journey, entry.part)));
            entries.push(None);
        }
        let kind = say!(speaker, &format!("learn-kind-{}", entry.kind()));
        let text = format!("{kind:<9} {:<22} {}", entry.item.name(), entry.title);
        rows.push(Row::Choice { mark: entry.standing.mark(), text });
        entries.push(Some(index));
    }
    let cursor = entries.iter().position(|entry| *entry == Some(at)).unwrap_or(0);
    let all = journey.entries.len();
    let title = say!(speaker, "list-title", past = journey.past(), all = all);
    let chosen = select(speaker, &title, &rows, cursor).context("read a key")?;
    Ok(chosen.and_then(|row| entries.get(row).copied().flatten()))
}

/// `A TCP server in five steps  3/16`.
pub(crate) fn heading(speaker: Speaker, journey: &Journey, part: usize) -> String {
    let (past, all) = journey.past_in(part);
    match &journey.parts[part] {
        Some(title) => format!("{}. {title}  {past}/{all}", part + 1),
        None => format!("{}  {past}/{all}", say!(speaker, "list-more")),
    }
}
