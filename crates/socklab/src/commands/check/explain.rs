//! Why a case did not pass, in words.

use socklab_event::{Bytes, Process, Stream};
use socklab_flows::Flows;
use socklab_judge::{
    BytesWanted, Deed, Difference, Expectation, Finding, Judgement, Mismatch, Subject,
};
use socklab_say::{Speaker, count, say};
use socklab_scenario::Recording;
use socklab_scenario::exercise::{CaseReport, Problem};

use super::response;
use super::story::width;
use super::wanted::{range_text, wanted_text};
use crate::scenario::wording;

/// The maximum number of characters that show bytes.
pub(super) const SHOWN: usize = 48;
/// The maximum number of lines of output shown.
const LAST: usize = 12;

/// What went wrong, in a few lines.
pub(crate) fn why(speaker: Speaker, done: &CaseReport<'_>) -> Vec<String> {
    let lines = match done.problem() {
        None => String::new(),
        Some(Problem::Needs(case)) => say!(speaker, "check-skipped", case = case),
        Some(Problem::Arguments(arguments)) => without_place(speaker, arguments),
        Some(Problem::Trouble(trouble)) => wording::trouble(speaker, trouble),
        Some(Problem::Step(trouble)) => wording::step(speaker, trouble),
        Some(Problem::Missed(finding, index)) => {
            let wanted = done.case.expects.get(index).zip(done.recording.as_ref());
            let bound = wanted.and_then(|(wanted, record)| wanted.bind(&record.variables).ok());
            bound.map(|wanted| missed(speaker, &wanted, finding)).unwrap_or_default()
        }
    };
    lines.lines().map(str::to_owned).collect()
}

/// An expectation that was not met: what was expected, and what happened.
pub(crate) fn missed(speaker: Speaker, wanted: &Expectation, finding: &Finding) -> String {
    let never = wanted.times.at_most == Some(0);
    let key = if never { "why-not-expected" } else { "why-expected" };
    let mut subject = wanted_text(speaker, &wanted.subject);
    if let Some(waited) = &wanted.waited {
        let (range, since) = (range_text(speaker, waited.ms), &waited.since);
        subject = say!(speaker, "want-waited", what = subject, range = range, since = since);
    }
    if !wanted.before.is_empty() {
        let before = wanted.before.join(", ");
        subject = say!(speaker, "want-before", what = subject, before = before);
    }
    let what = say!(speaker, key, what = subject);
    let but = match &finding.outcome {
        Judgement::Failed(Mismatch::Nothing) => say!(speaker, "got-nothing"),
        Judgement::Failed(Mismatch::Different { difference: Some(difference), .. }) => {
            different(speaker, difference)
        }
        Judgement::Failed(Mismatch::Different { .. }) => say!(speaker, "got-different"),
        Judgement::Failed(Mismatch::Times { .. }) if never => say!(speaker, "got-all-the-same"),
        Judgement::Failed(Mismatch::Times { got, .. }) => {
            let wanted = range_text(speaker, wanted.times);
            say!(speaker, "got-times", wanted = wanted, got = count(*got))
        }
        Judgement::Failed(Mismatch::Exit { got: Some(exit) }) => {
            say!(speaker, "got-exit", exit = wording::exit(speaker, *exit))
        }
        Judgement::Failed(Mismatch::Exit { got: None }) => say!(speaker, "got-running"),
        Judgement::Failed(Mismatch::Waited { got, .. }) => {
            say!(speaker, "got-waited", time = speaker.duration(*got))
        }
        Judgement::Failed(Mismatch::Http(fault)) => response::fault(speaker, fault),
        Judgement::Failed(Mismatch::Bytes { total: 0, .. }) => say!(speaker, "got-no-bytes"),
        Judgement::Failed(Mismatch::Bytes { got, total, right, .. }) => {
            let bytes = Bytes::beginning(got, *total, SHOWN);
            // What is shown would not show the difference.
            let of = wanted_bytes(&wanted.subject).and_then(BytesWanted::sample);
            let partly = of.is_some_and(|of| *right > SHOWN as u64 / 2 && *right < of.len() as u64);
            let fits = of.is_none() && (1..*total).contains(right);
            let key = match (partly, fits) {
                (true, _) => "got-bytes-right",
                (false, true) => "got-bytes-fit",
                (false, false) => "got-bytes",
            };
            say!(speaker, key, bytes = bytes, total = count(*total), right = count(*right))
        }
        Judgement::Unclear => say!(speaker, "got-unclear"),
        Judgement::Passed | Judgement::Skipped { .. } => String::new(),
    };
    format!("{what}\n{but}")
}

/// A case was not run, because the command has no place for its arguments.
pub(super) fn without_place(speaker: Speaker, arguments: &[String]) -> String {
    say!(speaker, "check-no-place", arguments = shell_words(arguments))
}

/// The bytes that something as a whole should have.
fn wanted_bytes(subject: &Subject) -> Option<&BytesWanted> {
    match subject {
        Subject::Stream(stream) => Some(&stream.bytes),
        Subject::Http(http) => Some(&http.body),
        Subject::Output { bytes, .. } => Some(bytes),
        _ => None,
    }
}

/// In what a call differs from the one that was expected.
fn different(speaker: Speaker, difference: &Difference) -> String {
    match difference {
        Difference::Succeeded => say!(speaker, "differs-succeeded"),
        Difference::Failed(error) => say!(speaker, "differs-failed", error = error),
        Difference::Unfinished => say!(speaker, "differs-unfinished"),
        Difference::Finished => say!(speaker, "differs-finished"),
        Difference::Took { got, wanted } => {
            let got = speaker.duration(*got);
            say!(speaker, "differs-took", got = got, wanted = wanted)
        }
        Difference::Address { got: Some(got), wanted } => {
            say!(speaker, "differs-address", got = got, wanted = wanted)
        }
        Difference::Peer { got: Some(got), wanted } => {
            say!(speaker, "differs-peer", got = got, wanted = wanted)
        }
        // A socket that is neither is somebody else's: a resolver's, for instance.
        Difference::Argument { name: "transport", got: Some(got), .. }
            if !matches!(got.as_str(), "tcp" | "udp") =>
        {
            say!(speaker, "got-nothing")
        }
        Difference::Argument { name, got: Some(got), wanted } => {
            say!(speaker, "differs-argument", name = name, got = got, wanted = wanted)
        }
        Difference::Bytes(bytes) => {
            let shown = Bytes::beginning(&bytes.sample, bytes.total, SHOWN);
            say!(speaker, "got-bytes", bytes = shown, total = count(bytes.total))
        }
        _ => say!(speaker, "got-different"),
    }
}

/// The last lines that each program printed; not a single line that the report has quoted already.
pub(super) fn last_words(
    speaker: Speaker,
    recording: &Recording,
    deed: Option<&Deed>,
) -> Vec<String> {
    let timeline = recording.timeline();
    let flows = Flows::of(&timeline);
    // Of many errors of a compiler, the first is the cause.
    let from_the_top = deed.is_some_and(|deed| deed.rule == "not-compiled");
    let quoted = deed.is_some_and(|deed| {
        deed.arguments.iter().any(|(name, _)| matches!(*name, "words" | "error"))
    });
    let mut lines = Vec::new();
    for (index, column) in recording.header.columns.iter().enumerate() {
        let said = printed(&flows, index);
        let text = String::from_utf8_lossy(&said);
        let all: Vec<&str> = text.trim_end().lines().collect();
        let is_known = quoted && all.len() == 1;
        if !all.is_empty() && !is_known {
            lines.push(say!(speaker, "why-printed", who = column.label));
            let (from, to) = match from_the_top {
                true => (0, all.len().min(LAST)),
                false => (all.len().saturating_sub(LAST), all.len()),
            };
            lines.extend(all[from..to].iter().flat_map(|line| quotation(line)));
        }
    }
    lines
}

/// True if any of the programs printed this.
pub(super) fn is_printed(recording: &Recording, text: &str) -> bool {
    let timeline = recording.timeline();
    let flows = Flows::of(&timeline);
    (0..recording.header.columns.len())
        .any(|column| String::from_utf8_lossy(&printed(&flows, column)).contains(text))
}

/// What a column's processes wrote to standard output and error.
fn printed(flows: &Flows<'_>, column: usize) -> Vec<u8> {
    let processes: Vec<u32> = flows.processes_of(column).collect();
    let events = flows.order.iter();
    let ours = events.filter(|event| processes.contains(&event.place.process));
    let pieces = ours.filter_map(|event| match event.process() {
        Some(Process::Stdio { stream: Stream::Stdout | Stream::Stderr, bytes }) => {
            Some(bytes.sample.as_slice())
        }
        _ => None,
    });
    pieces.collect::<Vec<_>>().concat()
}

/// A line of a program, a compiler or a runtime, which nobody takes for one of the report: behind a
/// bar, without control characters, and in lines that are not longer than the terminal is wide.
pub(crate) fn quotation(line: &str) -> Vec<String> {
    let room = width().saturating_sub(QUOTATION.chars().count());
    let plain = line.replace('\t', "    ");
    let clean = plain.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
    let mut rest: Vec<char> = clean.collect();
    let mut lines = Vec::new();
    while lines.len() < MOST_LINES {
        let hanging = if lines.is_empty() { "" } else { HANGING };
        let room = room - hanging.len();
        if rest.len() <= room {
            lines.push(format!("{QUOTATION}{hanging}{}", String::from_iter(&rest)));
            return lines;
        }
        // A picture, such as what compilers draw below a line, has its meaning in its columns.
        if lines.is_empty() && is_picture(&rest) {
            rest.truncate(room - 1);
            lines.push(format!("{QUOTATION}{}…", String::from_iter(&rest)));
            return lines;
        }
        // Between two words, if there is such a place in the second half.
        let blank = (room / 2..=room).rev().find(|at| rest[*at] == ' ').unwrap_or(room);
        let next = rest.split_off(blank);
        lines.push(format!("{QUOTATION}{hanging}{}", String::from_iter(&rest)));
        rest = next.into_iter().skip_while(|c| *c == ' ').collect();
    }
    if let Some(last) = lines.last_mut() {
        if last.chars().count() >= width() {
            last.pop();
        }
        last.push('…');
    }
    lines
}

/// True if the line shows source code: `12 |     return 0;`, or what is drawn below it.
fn is_picture(line: &[char]) -> bool {
    let mut rest = line.iter().skip_while(|c| c.is_ascii_digit() || **c == ' ');
    rest.next() == Some(&'|')
}

/// Into so many lines a line is broken; its rest is left out.
const MOST_LINES: usize = 4;
/// What the second and the following lines of a line are moved by.
const HANGING: &str = "  ";
/// What marks a quotation.
const QUOTATION: &str = "    │ ";

/// Quotes words for a shell.
pub(crate) fn shell_words(words: &[String]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:{}=,+@%".contains(c);
    let quote = |word: &String| match !word.is_empty() && word.chars().all(plain) {
        true => word.clone(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    };
    words.iter().map(quote).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_a_shell() {
        let words = ["python3".to_owned(), "mi servidor.py".to_owned(), "{port}".to_owned()];
        assert_eq!(shell_words(&words), "python3 'mi servidor.py' {port}");
    }

    #[test]
    fn a_long_line_is_broken_between_words_and_an_endless_one_ends() {
        let word = "palabra ".repeat(30);
        let lines = quotation(word.trim_end());
        assert!(lines.len() > 1 && lines.iter().all(|line| line.chars().count() <= width()));
        let words: Vec<&str> = lines.iter().flat_map(|line| line.split_whitespace()).collect();
        assert_eq!(words.iter().filter(|word| **word == "palabra").count(), 30, "{lines:#?}");
        let lines = quotation(&"x".repeat(100_000));
        assert!(lines.len() == MOST_LINES && lines[MOST_LINES - 1].ends_with('…'));
    }

    #[test]
    fn an_output_cannot_move_the_cursor() {
        assert_eq!(quotation("a\x1b[2Jb"), ["    │ a\u{fffd}[2Jb"]);
    }
}
