//! Lays out columns and paragraphs by the width of their characters in a terminal.

use unicode_width::UnicodeWidthChar as _;

/// How wide a text is in a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(|char| char.width().unwrap_or(0)).sum()
}

/// The text at the right of a column.
pub(crate) fn right(text: &str, column: usize) -> String {
    format!("{}{text}", " ".repeat(column.saturating_sub(width(text))))
}

/// The text at the left of a column.
pub(crate) fn left(text: &str, column: usize) -> String {
    format!("{text}{}", " ".repeat(column.saturating_sub(width(text))))
}

/// A paragraph whose lines are no wider than `most`, as far as its words allow. `first` begins its
/// first line; the others are indented as far.
pub(crate) fn paragraph(text: &str, first: &str, most: usize) -> Vec<String> {
    let indent = width(first);
    let mut lines = vec![first.to_owned()];
    let mut used = indent;
    let mut is_empty = true;
    for word in text.split(' ') {
        let needs = width(word) + usize::from(!is_empty);
        if !is_empty && used + needs > most {
            lines.push(" ".repeat(indent));
            (used, is_empty) = (indent, true);
        }
        let Some(line) = lines.last_mut() else { break };
        if !is_empty {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += width(word);
        is_empty = false;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_measured_as_a_terminal_shows_them() {
        assert_eq!(right("日本", 6), "  日本");
        assert_eq!(left("é", 3), "é  ");
        assert_eq!(right("too long", 3), "too long");
    }

    #[test]
    fn a_paragraph_hangs_and_keeps_long_words() {
        let lines = paragraph("one two-three-four five", "- ", 9);
        assert_eq!(lines, ["- one", "  two-three-four", "  five"]);
    }
}
