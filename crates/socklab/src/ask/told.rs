//! Facts and failures in words, in the chosen language.

use socklab_event::Exit;
use socklab_judge::Fact;
use socklab_scenario::{Place, StepTrouble, Stopped, Trouble};

use crate::language::{speaker, text};

/// A text with its `{NAME.WORD}` filled in from the evidence, and those of them that are not
/// known and became `?`.
pub(crate) fn fill(
    text: &str,
    facts: &std::collections::BTreeMap<String, Fact>,
) -> (String, Vec<String>) {
    let mut missing = Vec::new();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('}').map(|at| at + open) else { break };
        let key = &rest[open + 1..close];
        match facts.get(key) {
            Some(known) => out.push_str(&fact(known)),
            None if is_place(key) => {
                out.push('?');
                missing.push(format!("{{{key}}}"));
            }
            None => out.push_str(&rest[open..=close]),
        }
        rest = &rest[close + 1..];
    }
    (out + rest, missing)
}

/// Does it look like `NAME.WORD`?
fn is_place(key: &str) -> bool {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    key.split_once('.').is_some_and(|(name, word)| {
        !name.is_empty() && !word.is_empty() && name.chars().all(good) && word.chars().all(good)
    })
}

fn fact(fact: &Fact) -> String {
    match fact {
        Fact::Text(text) => text.clone(),
        Fact::Number(number) => number.to_string(),
        Fact::Time(time) => duration(*time),
        Fact::Bytes(bytes) => {
            let most = 60;
            let shown: String = bytes.to_string().chars().take(most).collect();
            let cut = bytes.is_cut() || bytes.to_string().chars().count() > most;
            format!("{shown}{}", if cut { "…" } else { "" })
        }
    }
}

/// A duration.
pub(crate) fn duration(nanoseconds: u64) -> String {
    speaker().duration(nanoseconds)
}

/// Where it ran, if that needs saying.
pub(crate) fn place(place: &Place) -> Option<String> {
    match place {
        Place::Private { .. } => None,
        Place::Machine { because } => {
            let why = because.clone().unwrap_or_default();
            Some(text!("ask-place-machine", why = why))
        }
    }
}

/// Why a run says nothing about the programs.
pub(crate) fn trouble(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Namespace { what } => text!("ask-trouble-namespace", what = what),
        Trouble::Trace { what, .. } => text!("ask-trouble-trace", what = what),
        Trouble::TooMuch { events } => text!("ask-trouble-too-much", events = events),
        Trouble::Disturbed { who } => text!("ask-trouble-disturbed", who = who),
        Trouble::Engine { what } => text!("ask-trouble-engine", what = what),
    }
}

/// Why a step failed.
pub(crate) fn step(trouble: &StepTrouble) -> String {
    match trouble {
        StepTrouble::TimedOut { who, awaited, after_ms, blocked_in } => {
            let time = duration(after_ms * 1_000_000);
            let key = known("ask-late", awaited);
            let awaited = awaited_text(awaited);
            let late = text!(&key, who = who, awaited = awaited, time = time);
            match blocked_in.as_deref() {
                Some("stdin") => format!("{late} {}", text!("ask-waits-stdin")),
                Some(call) => format!("{late} {}", text!("ask-waits-call", call = call)),
                None => late,
            }
        }
        StepTrouble::Ended { who, awaited, exit: status, output } => {
            let end = exit(*status);
            let key = known("ask-ended", awaited);
            let awaited = awaited_text(awaited);
            let first = text!(&key, who = who, awaited = awaited, end = end);
            if output.is_empty() {
                first
            } else {
                format!("{first}\n    {}", output.replace('\n', "\n    "))
            }
        }
        StepTrouble::Mismatch { who, expected, got, skipped, stopped, how } => {
            let why = match stopped {
                Stopped::Enough => String::new(),
                Stopped::End => text!("ask-stopped-end"),
                Stopped::Time => text!("ask-stopped-time"),
                Stopped::Reset => text!("ask-stopped-reset"),
            };
            let title = match how.as_str() {
                "end" => text!("ask-mismatch-end", who = who),
                "length" => text!("ask-mismatch-length", who = who),
                "contains" => text!("ask-mismatch-contains", who = who),
                "anything" => {
                    return format!("{}\n    {why}", text!("ask-mismatch-anything", who = who));
                }
                _ => text!("ask-mismatch-bytes", who = who),
            };
            let mut told = title;
            let totals = (expected.total, got.total);
            let shown = if how == "contains" { side_by_side } else { difference };
            told.push_str(&shown(&expected.sample, &got.sample, *skipped, totals));
            if !why.is_empty() {
                told.push_str(&format!("\n    {why}"));
            }
            told
        }
        StepTrouble::Call { who, call, error } => {
            text!("ask-step-call", who = who, call = call, error = error)
        }
        StepTrouble::Nowhere { who } => text!("ask-step-nowhere", who = who),
        StepTrouble::NotRunning { who } => text!("ask-step-not-running", who = who),
    }
}

/// The sentence about what was awaited (`listening`, `exited` …), or the one for all else.
fn known(kind: &str, awaited: &str) -> String {
    let own = format!("{kind}-{awaited}");
    if speaker().knows(&own) { own } else { format!("{kind}-other") }
}

/// What was awaited, as `Until` says it, in words: `send returned × 2`, `5 B received` ….
fn awaited_text(awaited: &str) -> String {
    let one = |awaited: &str| {
        if let Some((call, times)) = awaited.split_once(" returned × ") {
            let key = if times == "1" { "awaited-call" } else { "awaited-calls" };
            return text!(key, call = call, times = times);
        }
        if let Some(call) = awaited.strip_prefix("blocked in ") {
            return text!("awaited-blocked", call = call);
        }
        if let Some(bytes) = awaited.strip_suffix(" B received") {
            return text!("awaited-received", bytes = bytes);
        }
        if let Some(bytes) = awaited.strip_suffix(" B sent") {
            return text!("awaited-sent", bytes = bytes);
        }
        if let Some(printed) = awaited.strip_prefix("printed ") {
            return text!("awaited-printed", text = printed);
        }
        if let Some(state) = awaited.strip_prefix("kernel: ") {
            return text!("awaited-kernel", state = state);
        }
        awaited.to_owned()
    };
    awaited.split(" / ").map(one).collect::<Vec<_>>().join(" / ")
}

/// How a program ended.
pub(crate) fn exit(exit: Exit) -> String {
    match exit {
        Exit::Code(code) => text!("ask-exit-code", code = code),
        Exit::Signal(signal) => text!("ask-exit-signal", signal = signal),
        Exit::Unknown => text!("ask-exit-unknown"),
    }
}

/// Expected and got, escaped, one below the other, with a caret under the first difference.
pub(crate) fn difference(expected: &[u8], got: &[u8], skipped: u64, totals: (u64, u64)) -> String {
    let mut common = expected.iter().zip(got).take_while(|(a, b)| a == b).count();
    // The first byte of a letter is common to many: the letter differs.
    let inside = |bytes: &[u8], at: usize| bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    while common > 0 && (inside(expected, common) || inside(got, common)) {
        common -= 1;
    }
    let before = before(skipped).chars().count() + 1;
    let caret =
        before + socklab_event::Bytes::whole(&expected[..common]).to_string().chars().count();
    let width = labels().iter().map(|label| label.chars().count()).max().unwrap_or(0);
    let lines = lines(labels(), [expected, got], skipped, totals);
    format!("{lines}\n    {:width$}  {}^", "", " ".repeat(caret))
}

/// What should stand somewhere in what came, and what came.
fn side_by_side(wanted: &[u8], got: &[u8], skipped: u64, totals: (u64, u64)) -> String {
    lines([text!("ask-wanted-in-it"), text!("ask-got")], [wanted, got], skipped, totals)
}

fn labels() -> [String; 2] {
    [text!("ask-expected"), text!("ask-got")]
}

/// How many bytes were alike before those that are shown.
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
        let told = difference(b"HOLA\n", b"HOla\n", 0, (5, 5));
        let lines: Vec<&str> = told.lines().collect();
        let caret = lines[3].find('^').unwrap();
        assert_eq!(&lines[1][caret..=caret], "L");
        assert_eq!(&lines[2][caret..=caret], "l");
    }

    #[test]
    fn a_caret_does_not_stand_inside_a_letter() {
        let told = difference("PINGÜINO".as_bytes(), "PINGüINO".as_bytes(), 0, (9, 9));
        let lines: Vec<&str> = told.lines().collect();
        let caret = lines[3].chars().position(|c| c == '^').unwrap();
        assert_eq!(lines[1].chars().nth(caret), Some('Ü'));
    }

    #[test]
    fn facts_fill_places_and_nothing_else() {
        let facts = [("a.took".to_owned(), Fact::Time(1_234_567))].into();
        let (filled, missing) = fill("in {a.took}, {b.x}, { c } {port}", &facts);
        assert_eq!(filled, "in 1.2 ms, ?, { c } {port}");
        assert_eq!(missing, ["{b.x}"]);
    }
}
