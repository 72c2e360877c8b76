//! The ladder and its rows as plain text: for titles, tooltips, headings and screen readers.

use crate::model::{Ladder, Row};

impl Ladder {
    /// A row as plain text, with at most `data` characters of payload data.
    pub(crate) fn spoken(&self, row: &Row, data: usize) -> String {
        let mut said: Vec<String> = Vec::new();
        said.extend(row.band.as_ref().map(|band| band.brief(data, self.speaker)));
        for cell in &row.cells {
            let entry =
                cell.entry.as_ref().map(|entry| format!("{} ", entry.brief(data, self.speaker)));
            let label = cell.label.brief(data, self.speaker);
            let name = &self.participants[cell.participant].name;
            said.push(format!("{name}: {}{label}", entry.unwrap_or_default()));
        }
        if let Some(arrow) = row.arrow.map(|arrow| &self.arrows[arrow])
            && row.cells.is_empty()
        {
            let name = |lane: usize| &self.participants[lane].name;
            let label = arrow.label.brief(data, self.speaker);
            said.push(format!("{} → {}: {label}", name(arrow.from), name(arrow.to)));
        }
        said.join(" · ")
    }

    /// The names of the columns, in one line.
    pub(crate) fn name(&self) -> String {
        let names: Vec<&str> = self.participants.iter().map(|one| one.name.as_str()).collect();
        names.join(" · ")
    }
}
