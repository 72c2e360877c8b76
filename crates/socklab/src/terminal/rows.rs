//! Lists of what can be typed, and what each of them means.

use crate::style;
use crate::terminal::markdown;

/// What stands before each row, and between its two parts.
const INDENT: usize = 2;
const GAP: usize = 2;
/// A meaning with less room stands below what it explains.
const LEAST: usize = 28;

/// The lines of a list: on the left what can be typed, on the right what it means, aligned and
/// wrapped to `width`. What can be typed is never broken, as it may be copied. If it is much longer
/// than the others, its meaning begins on the next line.
pub(crate) fn rows(rows: &[(impl AsRef<str>, impl AsRef<str>)], width: usize) -> Vec<String> {
    let length = |text: &str| text.chars().count();
    let most = width * 9 / 20;
    let fitting = rows.iter().map(|(typed, _)| length(typed.as_ref()));
    let widest = fitting.filter(|length| *length <= most).max().unwrap_or(0);
    let column = match INDENT + widest + GAP {
        column if column + LEAST <= width => column,
        _ => INDENT + 2 * GAP,
    };
    let mut lines = Vec::new();
    for (typed, meaning) in rows {
        let (typed, meaning) = (typed.as_ref(), meaning.as_ref());
        let mut line = " ".repeat(INDENT) + &style::paint(style::COMMAND, typed);
        let used = INDENT + length(typed) + GAP;
        let mut wrapped = markdown::wrapped(meaning, width.saturating_sub(column)).into_iter();
        if used <= column
            && let Some(first) = wrapped.next()
        {
            line += &format!("{}{first}", " ".repeat(GAP + column - used));
        }
        lines.push(line.trim_end().to_owned());
        lines
            .extend(wrapped.filter(|more| !more.is_empty()).map(|more| " ".repeat(column) + &more));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(list: &[(&str, &str)], width: usize) -> Vec<String> {
        let lines = rows(list, width);
        lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect()
    }

    #[test]
    fn meanings_are_aligned_and_wrapped_where_they_begin() {
        let list =
            [("one", "what the `first` means, in several words"), ("three", "short"), ("f", "")];
        let wide = ["  one    what the first means, in several words", "  three  short", "  f"];
        assert_eq!(shown(&list, 80), wide);
        let narrow = ["  one    what the first means, in", "         several words"];
        assert_eq!(shown(&list, 40)[..2], narrow);
    }

    #[test]
    fn what_can_be_typed_is_never_broken() {
        let long = "socklab trace tcp-server tcp-client";
        let lines =
            shown(&[(long, "what it does"), ("socklab list", "what there is"), (long, "")], 60);
        assert_eq!(lines[0], format!("  {long}"));
        let what = "                what it does";
        assert_eq!(lines[1..3], [what, "  socklab list  what there is"]);
        assert_eq!(lines[3..], [format!("  {long}")]);
    }
}
