//! What a peer should have received, and what it did receive, one below the other.

use socklab_event::Bytes;
use socklab_judge::Texts;
use socklab_say::{Speaker, say};
use socklab_scenario::{Comparison, StepTrouble, Stopped, Unit};

/// Why no more came, unless nothing came: then that has been said.
pub(super) fn why_no_more(speaker: Speaker, got: &Bytes, stopped: Stopped) -> String {
    let why = match stopped {
        _ if got.total == 0 => None,
        Stopped::Enough => None,
        Stopped::End => Some("ask-stopped-end"),
        Stopped::Time => Some("ask-stopped-time"),
        Stopped::Reset => Some("ask-stopped-reset"),
    };
    why.map(|why| format!("\n    {}", say!(speaker, why))).unwrap_or_default()
}

/// What something should look like, and what it is, with a caret where it stops to look like that.
pub(super) fn unlike(speaker: Speaker, trouble: &StepTrouble) -> String {
    let StepTrouble::Unlike { pattern, says, got, skipped, fitting, stopped, unit, .. } = trouble
    else {
        return String::new();
    };
    let labels = labels(speaker);
    let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    let wanted = like(speaker, says.as_ref(), pattern);
    let how = if *unit == Unit::Datagram { Comparison::Datagram } else { Comparison::Equals };
    let before = before(*skipped);
    let dots = if skipped + (got.sample.len() as u64) < got.total { "…" } else { "" };
    let shown = match got.total {
        0 => say!(speaker, nothing(how, *stopped)),
        total => format!("{before}\"{}{dots}\"  {total} B", Bytes::whole(&got.sample[..])),
    };
    let mut text =
        format!("\n    {:<width$}  {wanted}\n    {:<width$}  {shown}", labels[0], labels[1]);
    if *fitting > *skipped {
        let same = usize::try_from(fitting - skipped).unwrap_or(0).min(got.sample.len());
        let same = Bytes::whole(&got.sample[..same]).to_string();
        let caret = before.chars().count() + 1 + same.chars().count();
        text += &format!("\n    {:width$}  {}^", "", " ".repeat(caret));
    }
    text + &why_no_more(speaker, got, *stopped)
}

/// What a pattern means, in the author's words, or the pattern itself.
pub(crate) fn like(speaker: Speaker, says: Option<&Texts>, pattern: &str) -> String {
    match says {
        Some(says) => says.get(speaker.language()).clone(),
        None => say!(speaker, "like-pattern", pattern = pattern),
    }
}

/// What is said where nothing came.
fn nothing(how: Comparison, stopped: Stopped) -> &'static str {
    match stopped {
        Stopped::End => "ask-got-end",
        Stopped::Reset => "ask-got-reset",
        Stopped::Enough if how == Comparison::Datagram => "ask-got-empty",
        _ if how == Comparison::Datagram => "ask-got-no-datagram",
        Stopped::Enough | Stopped::Time => "ask-got-nothing",
    }
}

/// What a peer should have received, and what it did receive, one below the other.
pub(super) fn sides(
    speaker: Speaker,
    how: Comparison,
    expected: &Bytes,
    got: &Bytes,
    skipped: u64,
    stopped: Stopped,
) -> String {
    let wanted = match how {
        Comparison::End => Some(say!(speaker, "ask-the-end")),
        Comparison::Anything => Some(say!(speaker, "ask-anything")),
        _ => None,
    };
    if got.total > 0 && wanted.is_none() {
        let shown = if how == Comparison::Contains { side_by_side } else { difference };
        let totals = (expected.total, got.total);
        return shown(speaker, &expected.sample, &got.sample, skipped, totals);
    }
    let quoted = |bytes: &Bytes| {
        let dots = if bytes.is_cut() { "…" } else { "" };
        format!("\"{bytes}{dots}\"  {} B", bytes.total)
    };
    let wanted = wanted.unwrap_or_else(|| quoted(expected));
    let got = if got.total > 0 { quoted(got) } else { say!(speaker, nothing(how, stopped)) };
    let labels = labels(speaker);
    let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    format!("\n    {:<width$}  {wanted}\n    {:<width$}  {got}", labels[0], labels[1])
}

/// Expected and got, escaped, one below the other, with a caret under the first difference.
fn difference(
    speaker: Speaker,
    expected: &[u8],
    got: &[u8],
    skipped: u64,
    totals: (u64, u64),
) -> String {
    let mut common = expected.iter().zip(got).take_while(|(a, b)| a == b).count();
    // Don't split a UTF-8 character: many share their first byte.
    let inside = |bytes: &[u8], at: usize| bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    while common > 0 && (inside(expected, common) || inside(got, common)) {
        common -= 1;
    }
    let before = before(skipped).chars().count() + 1;
    let caret =
        before + socklab_event::Bytes::whole(&expected[..common]).to_string().chars().count();
    let width = labels(speaker).iter().map(|label| label.chars().count()).max().unwrap_or(0);
    let lines = lines(labels(speaker), [expected, got], skipped, totals);
    format!("{lines}\n    {:width$}  {}^", "", " ".repeat(caret))
}

/// The bytes that should be contained, and the bytes that came.
fn side_by_side(
    speaker: Speaker,
    wanted: &[u8],
    got: &[u8],
    skipped: u64,
    totals: (u64, u64),
) -> String {
    lines(
        [say!(speaker, "ask-wanted-in-it"), say!(speaker, "ask-got")],
        [wanted, got],
        skipped,
        totals,
    )
}

fn labels(speaker: Speaker) -> [String; 2] {
    [say!(speaker, "ask-expected"), say!(speaker, "ask-got")]
}

/// Notes how many equal bytes are left out at the start.
fn before(skipped: u64) -> String {
    if skipped > 0 { format!("(+{skipped} B) …") } else { String::new() }
}

fn lines(labels: [String; 2], bytes: [&[u8]; 2], skipped: u64, totals: (u64, u64)) -> String {
    let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    let before = before(skipped);
    let line = |(label, bytes, total): (&String, &[u8], u64)| {
        let dots = if skipped + (bytes.len() as u64) < total { "…" } else { "" };
        let shown = socklab_event::Bytes::whole(bytes);
        format!("\n    {label:<width$}  {before}\"{shown}{dots}\"  {total} B")
    };
    let [expected, got] = bytes;
    line((&labels[0], expected, totals.0)) + &line((&labels[1], got, totals.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caret_stands_under_the_first_difference() {
        let told = difference(Speaker::ENGLISH, b"HOLA\n", b"HOla\n", 0, (5, 5));
        let lines: Vec<&str> = told.lines().collect();
        let caret = lines[3].find('^').unwrap();
        assert_eq!(&lines[1][caret..=caret], "L");
        assert_eq!(&lines[2][caret..=caret], "l");
    }

    #[test]
    fn a_caret_does_not_stand_inside_a_letter() {
        let told =
            difference(Speaker::ENGLISH, "PINGÜINO".as_bytes(), "PINGüINO".as_bytes(), 0, (9, 9));
        let lines: Vec<&str> = told.lines().collect();
        let caret = lines[3].chars().position(|c| c == '^').unwrap();
        assert_eq!(lines[1].chars().nth(caret), Some('Ü'));
    }

    #[test]
    fn a_pattern_is_said_in_the_authors_words_with_a_caret_where_it_stops_to_fit() {
        let says = [("en", "a time"), ("es", "una hora")];
        let says = Texts::of(says.map(|(tag, text)| (tag.to_owned(), text.to_owned())).into());
        let trouble = |says, bytes: &[u8], fitting| StepTrouble::Unlike {
            who: "alice".to_owned(),
            on: String::new(),
            unit: Unit::Line,
            pattern: r"\d\d:\d\d\n".to_owned(),
            says,
            got: Bytes::whole(bytes),
            skipped: 0,
            fitting,
            stopped: Stopped::End,
        };
        let told = unlike(Speaker::ENGLISH, &trouble(says, b"12.30\n", 2));
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines[1], "    expected  a time");
        let caret = lines[3].find('^').unwrap();
        assert_eq!(&lines[2][caret..=caret], ".");
        let told = unlike(Speaker::ENGLISH, &trouble(None, b"", 0));
        assert!(told.contains(r"text that fits \d\d:\d\d\n") && !told.contains('^'), "{told}");
    }
}
