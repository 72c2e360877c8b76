//! Why a case did not pass, in words.

use event::{Bytes, Exit, Stream};
use judge::{BytesWanted, ExitWanted, Expectation, Finding, Mismatch, Outcome, Range, Subject};
use scenario::exercise::Problem;
use scenario::{Recording, StepTrouble, Stopped};

use crate::language::text;

/// How much of bytes is shown.
const SHOWN: usize = 64;

/// The problem in a few lines.
pub(super) fn problem(
    problem: &Problem,
    expectation: Option<&Expectation>,
    recording: Option<&Recording>,
) -> Vec<String> {
    match problem {
        Problem::Step { trouble, .. } => step(trouble, recording),
        Problem::Expectation { finding, .. } => {
            expectation.map(|wanted| missed(wanted, finding)).unwrap_or_default()
        }
        Problem::Flood { events } => vec![text!("why-flood", events = events)],
        Problem::Needs(case) => vec![text!("check-skipped", case = case)],
        Problem::Environment(what) => vec![text!("why-environment", what = what)],
    }
}

fn step(trouble: &StepTrouble, recording: Option<&Recording>) -> Vec<String> {
    match trouble {
        StepTrouble::TimedOut { who, awaited, after_ms, blocked_in } => {
            let seconds = *after_ms as f64 / 1000.0;
            let what = awaited_text(awaited);
            let mut lines = vec![text!("why-waited", who = who, what = what, seconds = seconds)];
            lines.extend(blocked_in.as_ref().map(|call| text!("why-blocked", who = who, call = call)));
            lines
        }
        StepTrouble::Ended { who, awaited, exit, output } => {
            let exit = exit_text(*exit);
            let what = awaited_text(awaited);
            let mut lines = vec![text!("why-ended", who = who, exit = exit, what = what)];
            lines.extend(printed(output));
            lines
        }
        StepTrouble::Mismatch { who, how, expected, got, skipped, stopped } => {
            let mut lines = match how.as_str() {
                "length" => vec![text!(
                    "why-too-few",
                    who = who,
                    expected = expected.total,
                    got = got.total
                )],
                "end" if got.total > 0 => vec![text!("why-no-end-but", who = who)],
                "end" => vec![text!("why-no-end", who = who)],
                "contains" => vec![text!("why-lacks", who = who)],
                _ => vec![text!("why-differs", who = who)],
            };
            match how.as_str() {
                "length" => {}
                "end" => lines.extend((got.total > 0).then(|| quoted("label-got", got))),
                "contains" => {
                    lines.push(quoted("label-expected", expected));
                    lines.push(quoted("label-got", got));
                }
                _ => lines.extend(compared(expected, got, *skipped)),
            }
            lines.extend(match stopped {
                Stopped::Time => Some(text!("why-silence")),
                Stopped::End if how != "end" => Some(text!("why-closed")),
                Stopped::Reset => Some(text!("why-reset")),
                _ => None,
            });
            lines
        }
        StepTrouble::Call { who, call, error } => {
            vec![text!("why-call", who = who, call = call, error = error)]
        }
        StepTrouble::Nowhere { who } => {
            let mut lines = vec![text!("why-nowhere", who = who)];
            lines.extend(last_words(recording, who));
            lines
        }
        StepTrouble::NotRunning { who } => {
            let mut lines = vec![text!("why-not-running", who = who)];
            lines.extend(last_words(recording, who));
            lines
        }
    }
}

/// What `until` says, in words where there are some.
fn awaited_text(awaited: &str) -> String {
    match awaited {
        "listening" => text!("until-listening"),
        "bound" => text!("until-bound"),
        "exited" => text!("until-exited"),
        "connected" => text!("until-connected"),
        other => other.to_owned(),
    }
}

fn exit_text(exit: Exit) -> String {
    match exit {
        Exit::Code(code) => text!("exit-code", code = code),
        Exit::Unknown => "?".to_owned(),
        Exit::Signal(signal) => match signal.name() {
            Some(name) => text!("exit-signal", signal = name),
            None => text!("exit-signal", signal = signal.0),
        },
    }
}

/// The last lines a program printed, indented.
fn printed(output: &str) -> Vec<String> {
    if output.trim().is_empty() {
        return vec![text!("why-printed-nothing")];
    }
    let mut lines = vec![text!("why-printed")];
    lines.extend(output.lines().map(|line| format!("    {line}")));
    lines
}

fn last_words(recording: Option<&Recording>, who: &str) -> Vec<String> {
    let Some(recording) = recording else { return Vec::new() };
    let column = recording.header.columns.iter().position(|column| column.label == who);
    let mut output = Vec::new();
    let mut processes = Vec::new();
    for event in &recording.events {
        match event.process() {
            Some(event::Process::Start { command, .. }) if Some(*command as usize) == column => {
                processes.push(event.place.process);
            }
            Some(event::Process::Stdio { stream: Stream::Stdout | Stream::Stderr, bytes })
                if processes.contains(&event.place.process) =>
            {
                output.extend_from_slice(&bytes.sample);
            }
            _ => {}
        }
    }
    let text = String::from_utf8_lossy(&output);
    let lines: Vec<&str> = text.trim_end().lines().collect();
    printed(&lines[lines.len().saturating_sub(6)..].join("\n"))
}

/// Two lines of bytes, and a caret under the first difference.
fn compared(expected: &Bytes, got: &Bytes, skipped: u64) -> Vec<String> {
    let same = expected.sample.iter().zip(&got.sample).take_while(|(a, b)| a == b).count();
    let dots = if skipped > 0 { "…" } else { "" };
    let line = |key: &str, bytes: &Bytes| {
        let shown = escaped(&bytes.sample[..bytes.sample.len().min(same + SHOWN)]);
        let cut = bytes.total > skipped + bytes.sample.len().min(same + SHOWN) as u64;
        format!("  {:<10} {dots}\"{shown}{}", text!(key), if cut { "…" } else { "\"" })
    };
    let before = dots.chars().count() + 1 + escaped(&got.sample[..same]).chars().count();
    let caret = format!("  {:<10} {}^", "", " ".repeat(before));
    vec![line("label-expected", expected), line("label-got", got), caret]
}

fn quoted(key: &str, bytes: &Bytes) -> String {
    let end = bytes.sample.len().min(SHOWN);
    let dots = if bytes.total > end as u64 { "…" } else { "\"" };
    format!("  {:<10} \"{}{dots}", text!(key), escaped(&bytes.sample[..end]))
}

fn escaped(bytes: &[u8]) -> String {
    Bytes::whole(bytes).to_string()
}

/// An expectation that was not met: what was expected, and what came.
fn missed(wanted: &Expectation, finding: &Finding) -> Vec<String> {
    let never = wanted.times.at_most == Some(0);
    let key = if never { "why-not-expected" } else { "why-expected" };
    let mut lines = vec![text!(key, what = wanted_text(&wanted.subject))];
    lines.extend(match &finding.outcome {
        Outcome::Failed(Mismatch::Nothing) => vec![text!("got-nothing")],
        Outcome::Failed(Mismatch::Different { .. }) => vec![text!("got-different")],
        Outcome::Failed(Mismatch::Times { wanted, got }) => {
            vec![text!("got-times", wanted = wanted, got = got)]
        }
        Outcome::Failed(Mismatch::Exit { got }) => vec![match got {
            Some(exit) => text!("got-exit", exit = exit_text(*exit)),
            None => text!("got-running"),
        }],
        Outcome::Failed(Mismatch::Bytes { got, total, .. }) => match total {
            0 => vec![text!("got-no-bytes")],
            _ => vec![quoted("label-got", &Bytes { sample: got.clone(), total: *total })],
        },
        Outcome::Unclear => vec![text!("got-unclear")],
        Outcome::Passed | Outcome::Skipped { .. } => Vec::new(),
    });
    lines
}

/// What is expected, in words.
pub(super) fn wanted_text(subject: &Subject) -> String {
    let somebody = |actor: &Option<String>| actor.clone().unwrap_or_default();
    match subject {
        Subject::Call(call) => {
            let address = call.address.as_ref().or(call.local.as_ref());
            let object = address.map(|address| format!(" {address}")).unwrap_or_default();
            text!("want-call", who = somebody(&call.actor), call = call.call, object = object)
        }
        Subject::Stream(stream) => {
            let key = if stream.sent { "want-sent" } else { "want-received" };
            text!(key, who = stream.actor, bytes = bytes_text(&stream.bytes))
        }
        Subject::Exit { actor, wanted } => match wanted {
            ExitWanted::Code(code) => {
                let exit = text!("exit-code", code = code);
                text!("want-exit", who = actor, exit = exit)
            }
            ExitWanted::Failure => text!("want-failure", who = actor),
            ExitWanted::Signal(name) => {
                let exit = text!("exit-signal", signal = name);
                text!("want-exit", who = actor, exit = exit)
            }
            ExitWanted::Any => text!("want-end", who = actor),
            ExitWanted::Running => text!("want-running", who = actor),
        },
        Subject::Output { actor, stream, bytes } => {
            let key = match stream {
                Some(Stream::Stderr) => "want-stderr",
                Some(_) => "want-stdout",
                None => "want-output",
            };
            text!(key, who = actor, bytes = bytes_text(bytes))
        }
        Subject::Signal { actor, signal } => {
            let exit = text!("exit-signal", signal = signal);
            text!("want-exit", who = actor, exit = exit)
        }
        Subject::State(state) => state.state.clone().unwrap_or_default(),
    }
}

fn bytes_text(wanted: &BytesWanted) -> String {
    let part = |key: &str, bytes: &Vec<u8>| {
        let cut = &bytes[..bytes.len().min(SHOWN)];
        let dots = if cut.len() < bytes.len() { "…" } else { "" };
        text!(key, bytes = format!("{}{dots}", escaped(cut)))
    };
    let parts = [
        wanted.equals.as_ref().map(|bytes| part("bytes-equal", bytes)),
        wanted.starts_with.as_ref().map(|bytes| part("bytes-start", bytes)),
        wanted.contains.as_ref().map(|bytes| part("bytes-contain", bytes)),
        wanted.length.map(|length| text!("bytes-length", length = range_text(length))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn range_text(range: Range) -> String {
    range.to_string()
}

/// Words as a shell would take them.
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
    fn the_caret_stands_under_the_first_difference() {
        let lines = compared(&Bytes::whole(*b"HOLA\n"), &Bytes::whole(*b"HOla\n"), 0);
        let caret = lines[2].find('^').unwrap();
        assert_eq!(lines[1].chars().nth(caret), Some('l'), "{lines:#?}");
        let lines = compared(&Bytes::whole(*b"a\x00b"), &Bytes::whole(*b"a\x00c"), 9);
        let caret = lines[2].chars().position(|c| c == '^').unwrap();
        assert_eq!(lines[1].chars().nth(caret), Some('c'), "{lines:#?}");
    }

    #[test]
    fn words_are_quoted_for_a_shell() {
        let words = ["python3".to_owned(), "mi servidor.py".to_owned(), "{port}".to_owned()];
        assert_eq!(shell_words(&words), "python3 'mi servidor.py' {port}");
    }
}
