//! Why a case did not pass, in words.

use socklab_event::{Bytes, Process, Stream, TcpState};
use socklab_flows::Flows;
use socklab_judge::{
    BytesWanted, Deed, Difference, ExitWanted, Expectation, Finding, Judgement, Mismatch, Part,
    Subject,
};
use socklab_say::{Speaker, count, say};
use socklab_scenario::Recording;
use socklab_scenario::exercise::{CaseReport, Problem};

use super::response;
use super::story::width;
use crate::scenario::{like, wording};

/// The maximum number of bytes shown.
const SHOWN: usize = 64;
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
        let (range, since) = (waited.ms.to_string(), &waited.since);
        subject = say!(speaker, "want-waited", what = subject, range = range, since = since);
    }
    let what = say!(speaker, key, what = subject);
    let but = match &finding.outcome {
        Judgement::Failed(Mismatch::Nothing) => say!(speaker, "got-nothing"),
        Judgement::Failed(Mismatch::Different { difference: Some(difference), .. }) => {
            different(speaker, difference)
        }
        Judgement::Failed(Mismatch::Different { .. }) => say!(speaker, "got-different"),
        Judgement::Failed(Mismatch::Times { wanted, got }) => {
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
            let dots = if *total > SHOWN as u64 { "…" } else { "" };
            let shown = escaped(&got[..got.len().min(SHOWN)]);
            let bytes = format!("{shown}{dots}");
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
        Difference::Argument { name, got: Some(got), wanted } => {
            say!(speaker, "differs-argument", name = name, got = got, wanted = wanted)
        }
        Difference::Bytes(bytes) => {
            let cut =
                Bytes { sample: bytes.sample.iter().copied().take(SHOWN).collect(), ..*bytes };
            let dots = if cut.is_cut() { "…" } else { "" };
            say!(speaker, "got-bytes", bytes = format!("{cut}{dots}"), total = count(bytes.total))
        }
        _ => say!(speaker, "got-different"),
    }
}

/// What is expected, in words.
fn wanted_text(speaker: Speaker, subject: &Subject) -> String {
    match subject {
        Subject::Call(call) => {
            let who = call.actor.as_deref().unwrap_or_default();
            let address = call.address.as_ref().or(call.local.as_ref());
            let mut object = address.map(|address| format!(" {address}")).unwrap_or_default();
            object.extend(call.transport.as_ref().map(|transport| format!(" {transport}")));
            say!(speaker, "want-call", who = who, call = call.call.as_str(), object = object)
        }
        Subject::Stream(stream) => {
            let key = if stream.sent { "want-sent" } else { "want-received" };
            say!(speaker, key, who = stream.actor, bytes = bytes_text(speaker, &stream.bytes))
        }
        Subject::Http(http) => response::wanted(speaker, http, &bytes_text(speaker, &http.body)),
        Subject::Exit { actor, wanted } => match wanted {
            ExitWanted::Code(code) => {
                let exit = wording::exit(speaker, socklab_event::Exit::Code(*code));
                say!(speaker, "want-exit", who = actor, exit = exit)
            }
            ExitWanted::Signal(signal) => {
                say!(speaker, "want-exit", who = actor, exit = signal.to_string())
            }
            ExitWanted::Failure => say!(speaker, "want-failure", who = actor),
            ExitWanted::Any => say!(speaker, "want-end", who = actor),
            ExitWanted::Running => say!(speaker, "want-running", who = actor),
        },
        Subject::Output { actor, stream, bytes } => {
            let key = match stream {
                Some(Stream::Stderr) => "want-stderr",
                Some(_) => "want-stdout",
                None => "want-output",
            };
            say!(speaker, key, who = actor, bytes = bytes_text(speaker, bytes))
        }
        Subject::Signal { actor, signal } => {
            say!(speaker, "want-exit", who = actor, exit = signal.to_string())
        }
        Subject::State(state) => {
            state.state.and_then(TcpState::short_name).unwrap_or_default().to_owned()
        }
    }
}

pub(crate) fn bytes_text(speaker: Speaker, wanted: &BytesWanted) -> String {
    let part = |key: &str, bytes: &Vec<u8>| {
        let cut = &bytes[..bytes.len().min(SHOWN)];
        let dots = if cut.len() < bytes.len() { "…" } else { "" };
        say!(speaker, key, bytes = format!("{}{dots}", escaped(cut)))
    };
    let parts = [
        wanted.equals.as_ref().map(|bytes| part("bytes-equal", bytes)),
        wanted.starts_with.as_ref().map(|bytes| part("bytes-start", bytes)),
        wanted.contains.as_ref().map(|bytes| {
            part(
                match (wanted.once, wanted.whole) {
                    (true, _) => "bytes-contain-once",
                    (false, true) => "bytes-contain-whole",
                    (false, false) => "bytes-contain",
                },
                bytes,
            )
        }),
        (!wanted.patterns.is_empty()).then(|| {
            let all = wanted.patterns.iter().map(|pattern| {
                let what = like(speaker, pattern.says(), pattern.source());
                match pattern.part() {
                    Part::Whole => what,
                    Part::Beginning => say!(speaker, "bytes-start-like", what = what),
                    Part::Somewhere => say!(speaker, "bytes-contain-like", what = what),
                }
            });
            all.collect::<Vec<_>>().join(", ")
        }),
        (!wanted.first_byte.is_empty()).then(|| {
            let bytes: Vec<String> =
                wanted.first_byte.iter().map(|byte| format!("0x{byte:02x}")).collect();
            say!(speaker, "bytes-first", bytes = bytes.join(", "))
        }),
        wanted.length.map(|length| say!(speaker, "bytes-length", length = length)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn escaped(bytes: &[u8]) -> String {
    Bytes::whole(bytes).to_string()
}

/// The last lines that each program printed; not a single line that the report has quoted already.
pub(super) fn last_words(
    speaker: Speaker,
    recording: &Recording,
    deed: Option<&Deed>,
) -> Vec<String> {
    let timeline = recording.timeline();
    let flows = Flows::of(&timeline);
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
            let last = &all[all.len().saturating_sub(LAST)..];
            lines.extend(last.iter().map(|line| quotation(line)));
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
/// bar, without control characters, and not longer than the terminal is wide.
pub(crate) fn quotation(line: &str) -> String {
    let room = width().saturating_sub(QUOTATION.chars().count());
    let plain = line.replace('\t', "    ");
    let mut shown: String =
        plain.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(room).collect();
    if plain.chars().nth(room).is_some() {
        shown.pop();
        shown.push('…');
    }
    format!("{QUOTATION}{shown}")
}

/// What marks a quotation.
const QUOTATION: &str = "    │ ";

/// Quotes words for a shell.
pub(super) fn shell_words(words: &[String]) -> String {
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
    fn an_output_cannot_move_the_cursor() {
        assert_eq!(quotation("a\x1b[2Jb"), "    │ a\u{fffd}[2Jb");
    }
}
