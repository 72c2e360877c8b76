//! Comma-separated values that a spreadsheet opens without running anything.

use csv::{QuoteStyle, Terminator, WriterBuilder};

use super::shown;

/// A cell with text that somebody else chose: a student, a roster, a file's name.
///
/// A spreadsheet takes what begins with one of these characters for a formula, even in a file that
/// was only opened to be read; an apostrophe before it makes it text
/// ([OWASP, CSV Injection](https://owasp.org/www-community/attacks/CSV_Injection)). A dash alone,
/// which Moodle writes for "never", is no formula.
pub(crate) fn cell(text: &str) -> String {
    let text = shown(text);
    let formula = |char: char| {
        matches!(char, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
    };
    // What is escaped at its beginning was a control character.
    if text != "-" && text.starts_with(formula) { format!("'{text}") } else { text }
}

/// A table as a file. A byte-order mark begins it where it has more than ASCII: without it, Excel
/// shows `Núñez` as `NÃºÃ±ez`; everything else that reads CSV either skips it or is spared it.
pub(crate) fn sheet(table: &[Vec<String>]) -> String {
    let text = rows(table);
    if text.is_ascii() { text } else { format!("\u{feff}{text}") }
}

/// Rows as text, with line breaks as Unix writes them.
pub(super) fn rows(rows: &[Vec<String>]) -> String {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::Any(b'\n'))
        .quote_style(QuoteStyle::Necessary)
        .flexible(true)
        .from_writer(Vec::new());
    for row in rows {
        // Nothing fails in memory, and rows of any length are allowed.
        let _ = writer.write_record(row);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A number, with a point and as few decimals as it takes, two at most.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_becomes_text() {
        for formula in ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\n=1", "\r=1", "＝1"] {
            assert!(cell(formula).starts_with(['\'', '\\']), "{formula:?}: {}", cell(formula));
        }
        assert_eq!(cell("ana-maria"), "ana-maria");
        assert_eq!(cell("-"), "-");
    }

    #[test]
    fn numbers_have_no_more_decimals_than_they_need() {
        assert_eq!(number(7.0), "7");
        assert_eq!(number(100.0), "100");
        assert_eq!(number(66.666_7), "66.67");
        assert_eq!(number(0.5), "0.5");
    }
}
