//! The story of a case that did not pass: what was expected, what came, the ladder, a hint, and
//! how to see it again.

use ladder::{Ladder, Options, TextStyle, Words};
use scenario::Recording;
use scenario::exercise::{CaseReport, Conduct, Hints, Problem, conduct};
use scenario::format::Exercise;

use super::explain::{problem, shell_words};
use super::subject::Subject;
use crate::commands::exercise::own;
use crate::language::{Language, chosen, text};
use crate::style;

/// How many lines of a ladder are shown: where it begins, and what led to the end.
const LADDER: (usize, usize) = (4, 24);

/// The story, line by line.
pub(crate) fn story(
    done: &CaseReport<'_>,
    subject: &Subject,
    hints: &Hints,
    seed: u64,
    exercise: &Exercise,
) -> Vec<String> {
    let Some(what) = &done.problem else { return Vec::new() };
    let mut lines = vec![String::new()];
    let title = format!("{}: {}", done.case.name, own(&done.case.title));
    lines.push(style::paint(style::STRONG, title));

    let gaps = subject.open_gaps();
    if let Some(gap) = gaps.first() {
        let prompt = hints.about(&gap.name).map_or("", |hint| own(&hint.prompt));
        let (number, name, line) = (gap.number, &gap.name, gap.line);
        let todo = text!("why-gap", number = number, name = name, line = line, prompt = prompt);
        lines.push(todo);
    }
    let expectation = match (what, &done.recording) {
        (Problem::Expectation { index, .. }, Some(recording)) => {
            let wanted = done.case.expects.get(*index);
            wanted.and_then(|wanted| wanted.bind(&recording.variables).ok())
        }
        _ => None,
    };
    lines.extend(problem(what, expectation.as_ref(), done.recording.as_ref()));
    if let Some(recording) = &done.recording {
        lines.push(String::new());
        lines.extend(drawn(recording, what));
        lines.extend(conduct(recording).iter().map(conduct_text));
    }
    let hint = what.hint().or(done.case.hint.as_ref());
    if let Some(hint) = hint.filter(|_| gaps.is_empty()) {
        lines.push(format!("{} {}", style::paint(style::STRONG, text!("label-hint")), own(hint)));
    }
    let case = &done.case.name;
    let again = format!("socklab check {} --case {case} --seed {seed}", exercise.name);
    let again = format!("{again} -- {}", shell_words(&subject.words()));
    let label = style::paint(style::STRONG, text!("label-again"));
    lines.push(format!("{label} {}", style::paint(style::COMMAND, again)));
    lines
}

/// The ladder of what happened, without its middle if it is long.
fn drawn(recording: &Recording, what: &Problem) -> Vec<String> {
    let words = match chosen() {
        Language::En => Words::english(),
        Language::Es => Words::spanish(),
    };
    let evidence = what.evidence();
    let options =
        Options { words, keep: evidence.iter().copied().collect(), ..Options::default() };
    let mut ladder = Ladder::of(&recording.timeline(), &options);
    ladder.highlight(&evidence);
    let text = ladder.to_text(&TextStyle { width: width(), color: true, ..TextStyle::default() });
    let lines: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
    let (first, last) = LADDER;
    if lines.len() <= first + last + 1 {
        return lines;
    }
    let left_out = lines.len() - first - last;
    let mut shown = lines[..first].to_vec();
    shown.push(format!("  {}", style::paint(style::FAINT, text!("tour-folded", lines = left_out))));
    shown.extend_from_slice(&lines[lines.len() - last..]);
    shown
}

/// The width of the terminal, less the indentation.
fn width() -> usize {
    let size = rustix::termios::tcgetwinsize(std::io::stdout());
    size.map_or(80, |size| usize::from(size.ws_col)).clamp(60, 120) - 2
}

/// What a program did beside the point, as a sentence.
pub(super) fn conduct_text(conduct: &Conduct) -> String {
    match conduct {
        Conduct::LeftProcesses { actor, count } => {
            text!("did-leave-processes", who = actor, count = count)
        }
        Conduct::Printed { actor, bytes } => text!("did-print", who = actor, bytes = bytes),
    }
}
