//! How often names were asked for.

use std::collections::BTreeMap;

/// How often each entry of a table was asked for, by the type of question. It has no more room than
/// the table has entries.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    counts: BTreeMap<(String, u16), u32>,
}

impl Asked {
    /// Counts a question of this type about the entry with this name. Returns how many there were
    /// before. Types that nobody gets an answer to count as one.
    pub(super) fn count(&mut self, entry: &str, kind: u16) -> u32 {
        let kind = if kind < 256 { kind } else { 0 };
        let count = self.counts.entry((entry.to_owned(), kind)).or_default();
        let before = *count;
        *count = count.saturating_add(1);
        before
    }
}
