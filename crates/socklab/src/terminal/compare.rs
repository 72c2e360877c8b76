//! Two texts compared line by line: beside each other, or as a unified diff. No line is wider than the
//! terminal.

use similar::{ChangeTag, DiffOp, TextDiff};

use super::folding::folded;
use crate::style;

/// Between the columns of two texts.
const EQUAL: &str = "   ";
const DIFFERENT: &str = " | ";
/// Lines around a change in a diff.
const AROUND: usize = 3;
/// A tab goes to the next column that is a multiple of this.
const TAB: usize = 4;

/// Two texts beside each other; lines that differ are painted and have a bar between them. A line that
/// is too long goes on below.
pub(crate) fn beside(left: &str, right: &str, width: usize) -> Vec<String> {
    let column = width.saturating_sub(EQUAL.len()) / 2;
    let (left, right) = (expanded(left), expanded(right));
    let diff = TextDiff::from_lines(&left, &right);
    let lines: [Vec<&str>; 2] = [left.lines().collect(), right.lines().collect()];
    let mut rows = Vec::new();
    for op in diff.ops() {
        let (old, new) = (op.old_range(), op.new_range());
        let equal = matches!(op, DiffOp::Equal { .. });
        for at in 0..old.len().max(new.len()) {
            let cell = |lines: &[&str], range: &std::ops::Range<usize>| {
                let line = (at < range.len()).then(|| lines.get(range.start + at)).flatten();
                line.map(|line| folded(line, column)).unwrap_or_default()
            };
            let (one, other) = (cell(&lines[0], &old), cell(&lines[1], &new));
            for row in 0..one.len().max(other.len()) {
                let [one, other] = [&one, &other].map(|cell| cell.get(row).map_or("", |it| it));
                let space = " ".repeat(column.saturating_sub(one.chars().count()));
                rows.push(match equal {
                    true => format!("{one}{space}{EQUAL}{other}").trim_end().to_owned(),
                    false => {
                        let paint = |text| style::paint(style::COMMAND, text);
                        format!("{}{space}{DIFFERENT}{}", paint(one), paint(other))
                    }
                });
            }
        }
    }
    rows
}

/// Two headings, each above its column.
pub(crate) fn columns(left: &str, right: &str, width: usize) -> String {
    let column = width.saturating_sub(EQUAL.len()) / 2;
    format!("{left:<column$}{EQUAL}{right}")
}

/// What has to be removed from one text and added to it to get the other, with a few lines around;
/// empty if there is no difference.
pub(crate) fn unified(old: &str, new: &str, width: usize) -> Vec<String> {
    let (old, new) = (expanded(old), expanded(new));
    let diff = TextDiff::from_lines(&old, &new);
    let mut rows = Vec::new();
    for hunk in diff.unified_diff().context_radius(AROUND).iter_hunks() {
        rows.push(style::paint(style::FAINT, hunk.header()));
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ("-", style::BAD),
                ChangeTag::Insert => ("+", style::GOOD),
                ChangeTag::Equal => (" ", anstyle::Style::new()),
            };
            let line = change.value().trim_end_matches('\n');
            for (at, piece) in folded(line, width.saturating_sub(1)).iter().enumerate() {
                let sign = if at == 0 || sign != " " { sign } else { " " };
                rows.push(style::paint(style, format!("{sign}{piece}")));
            }
        }
    }
    rows
}

/// Each line with spaces instead of tabs, and an end.
fn expanded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let mut column = 0;
        for char in line.chars() {
            let spaces = if char == '\t' { TAB - column % TAB } else { 0 };
            match spaces {
                0 => out.push(char),
                _ => out.push_str(&" ".repeat(spaces)),
            }
            column += spaces.max(1);
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(rows: &[String]) -> Vec<String> {
        rows.iter().map(|row| anstream::adapter::strip_str(row).to_string()).collect()
    }

    const ONE: &str = "import socket\nclient = socket.socket()\n\tclient.close()\n";
    const OTHER: &str = "import socket\nclient = socket.socket(socket.AF_INET, socket.SOCK_STREAM)\nprint()\n    client.close()\n";

    #[test]
    fn two_texts_stand_beside_each_other_and_fit() {
        let rows = plain(&beside(ONE, OTHER, 60));
        assert_eq!(rows[0], format!("{:<28}   import socket", "import socket"));
        assert!(rows[1].starts_with("client = socket.socket()     | client ="), "{rows:#?}");
        let (last, tab) = (rows.last().unwrap(), "    client.close()");
        assert_eq!(*last, format!("{tab:<28}   {tab}"), "a tab is no difference");
        for width in [20, 40, 60, 80] {
            let rows = plain(&beside(ONE, OTHER, width));
            assert!(rows.iter().all(|row| row.chars().count() <= width), "{rows:#?}");
            let rows = plain(&unified(ONE, OTHER, width));
            assert!(rows.iter().all(|row| row.chars().count() <= width), "{rows:#?}");
        }
    }

    #[test]
    fn a_diff_says_what_to_remove_and_what_to_add() {
        let rows = plain(&unified(ONE, OTHER, 80));
        assert_eq!(rows[1..3], [" import socket", "-client = socket.socket()"]);
        assert_eq!(rows[4], "+print()");
        assert!(unified(ONE, ONE, 80).is_empty());
    }

    #[test]
    fn a_long_line_keeps_all_its_characters() {
        for line in ["x".repeat(100), "    words and words ".repeat(9), "ñ ".repeat(50)] {
            for width in [2, 7, 30] {
                let rows = folded(&line, width);
                let all = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
                assert_eq!(all(&rows.concat()), all(&line));
                assert!(rows.iter().all(|row| row.chars().count() <= width), "{rows:?}");
            }
        }
    }
}
