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
    let width = label_width(&labels);
    let wanted = like(speaker, says.as_ref(), pattern);
    let how = if *unit == Unit::Datagram { Comparison::Datagram } else { Comparison::Equals };
    let before = before(*skipped);
    let room = room(speaker, &labels, *skipped, (0, got.total));
    let shown = match got.total {
        0 => say!(speaker, nothing_at_all(how, *stopped)),
        total => {
            let shown = Bytes::beginning(&got.sample, total.saturating_sub(*skipped), room);
            format!("{before}\"{shown}\"  {} B", speaker.number(total))
        }
    };
    let mut text =
        format!("\n    {:<width$}  {wanted}\n    {:<width$}  {shown}", labels[0], labels[1]);
    if *fitting > *skipped {
        let same = usize::try_from(fitting - skipped).unwrap_or(0).min(got.sample.len());
        let same = Bytes::whole(&got.sample[..same]).to_string();
        let caret = before.chars().count() + 1 + same.chars().count();
        // Where that is not shown, the whole beginning fits.
        if caret > before.chars().count() + room {
            return text + &why_no_more(speaker, got, *stopped);
        }
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
        _ => None,
    };
    if got.total > 0 && wanted.is_none() {
        let shown = if how == Comparison::Contains { side_by_side } else { difference };
        let totals = (expected.total, got.total);
        return shown(speaker, &expected.sample, &got.sample, skipped, totals);
    }
    let labels = labels(speaker);
    let room = room(speaker, &labels, 0, (expected.total, got.total));
    let quoted = |bytes: &Bytes| {
        let shown = Bytes::beginning(&bytes.sample, bytes.total, room);
        format!("\"{shown}\"  {} B", speaker.number(bytes.total))
    };
    let wanted = wanted.unwrap_or_else(|| quoted(expected));
    let got = if got.total > 0 { quoted(got) } else { say!(speaker, nothing_at_all(how, stopped)) };
    let width = label_width(&labels);
    format!("\n    {:<width$}  {wanted}\n    {:<width$}  {got}", labels[0], labels[1])
}

/// What a peer received that received not one byte: the key of the words.
pub(super) fn nothing_at_all(how: Comparison, stopped: Stopped) -> &'static str {
    match stopped {
        Stopped::End => "ask-got-end",
        Stopped::Reset => "ask-got-reset",
        Stopped::Enough if how == Comparison::Datagram => "ask-got-empty",
        // Whether it is a stream that is still open is not known here.
        _ if matches!(how, Comparison::Datagram | Comparison::Anything) => "ask-got-no-datagram",
        Stopped::Enough | Stopped::Time => "ask-got-nothing",
    }
}

/// Expected and got, escaped, one below the other, with a caret under the first difference.
pub(crate) fn difference(
    speaker: Speaker,
    expected: &[u8],
    got: &[u8],
    skipped: u64,
    totals: (u64, u64),
) -> String {
    let labels = labels(speaker);
    let mut skipped = skipped;
    let mut common = expected.iter().zip(got).take_while(|(a, b)| a == b).count();
    // Don't split a UTF-8 character: many share their first byte.
    let inside = |bytes: &[u8], at: usize| bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    while common > 0 && (inside(expected, common) || inside(got, common)) {
        common -= 1;
    }
    // The difference must be visible where lines are short.
    let wide = |bytes: &[u8]| Bytes::whole(bytes).to_string().chars().count();
    let room = room(speaker, &labels, skipped, totals);
    let mut from = 0;
    while wide(&expected[from..common]) > room / 2 {
        from += 1;
        while inside(expected, from) {
            from += 1;
        }
    }
    skipped += from as u64;
    let (expected, got) = (&expected[from..], &got[from..]);
    let caret = before(skipped).chars().count() + 1 + wide(&expected[..common - from]);
    let width = label_width(&labels);
    let lines = lines(speaker, &labels, [expected, got], skipped, totals);
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
    let labels = [say!(speaker, "ask-wanted-in-it"), say!(speaker, "ask-got")];
    lines(speaker, &labels, [wanted, got], skipped, totals)
}

fn labels(speaker: Speaker) -> [String; 2] {
    [say!(speaker, "ask-expected"), say!(speaker, "ask-got")]
}

/// Notes how many equal bytes are left out at the start.
fn before(skipped: u64) -> String {
    if skipped > 0 { format!("(+{skipped} B) …") } else { String::new() }
}

fn label_width(labels: &[String; 2]) -> usize {
    labels.iter().map(|label| label.chars().count()).max().unwrap_or(0)
}

/// How many characters of bytes have room in such a line.
fn room(speaker: Speaker, labels: &[String; 2], skipped: u64, totals: (u64, u64)) -> usize {
    let total = totals.0.max(totals.1).max(skipped);
    let numbers = speaker.number(total).chars().count() + 2;
    let around = 4 + label_width(labels) + 2 + before(total).chars().count() + 2 + 2 + numbers;
    crate::output::width().clamp(NARROWEST, WIDEST).saturating_sub(around)
}

/// The limits of what is taken for the width of the terminal.
const NARROWEST: usize = 60;
const WIDEST: usize = 120;

fn lines(
    speaker: Speaker,
    labels: &[String; 2],
    bytes: [&[u8]; 2],
    skipped: u64,
    totals: (u64, u64),
) -> String {
    let width = label_width(labels);
    let before = before(skipped);
    let room = room(speaker, labels, skipped, totals);
    let line = |(label, bytes, total): (&String, &[u8], u64)| {
        let shown = Bytes::beginning(bytes, total.saturating_sub(skipped), room);
        let total = speaker.number(total);
        format!("\n    {label:<width$}  {before}\"{shown}\"  {total} B")
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
    fn a_difference_is_visible_and_the_lines_fit() {
        let long = |end: &str| format!("{}{end}", "\u{1}".repeat(60));
        let (one, other) = (long("HOLA ").repeat(2), long("HOLa ").repeat(2));
        let told =
            difference(Speaker::ENGLISH, one.as_bytes(), other.as_bytes(), 1_000, (9_999, 9_999));
        let lines: Vec<&str> = told.lines().collect();
        assert!(lines.iter().all(|line| line.chars().count() <= 80), "{told}");
        let at = |line: usize, column: usize| lines[line].chars().nth(column);
        let caret = lines[3].chars().position(|c| c == '^').unwrap();
        assert_eq!((at(1, caret), at(2, caret)), (Some('A'), Some('a')), "{told}");
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
