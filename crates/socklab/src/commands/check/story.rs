//! The details of a case that did not pass: what was expected, what happened, the ladder, a hint,
//! and how to run it again.

use socklab_say::{Speaker, count, say};
use socklab_scenario::exercise::{CaseReport, Conduct, Hints, Open, conduct};
use socklab_scenario::{Recording, StepTrouble};

use super::advice::{Advice, advice};
use super::explain::{is_printed, last_words, shell_words, why};
use super::subject::Subject;
use crate::cli::WhichCourse;
use crate::course::texts;
use crate::scenario::answered;
use crate::terminal::markdown;
use crate::{output, style};

/// How many lines of a ladder are shown, at its beginning and at its end.
const LADDER: (usize, usize) = (5, 24);

/// The order of the parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Words first: for a report that is read from the top.
    TopDown,
    /// The ladder first: on a scrolling screen the end is what is visible.
    WordsLast,
}

/// The details, line by line.
pub(crate) fn story(
    speaker: Speaker,
    done: &CaseReport<'_>,
    subject: &Subject,
    hints: &Hints,
    again: &str,
    order: Order,
) -> Vec<String> {
    let mut picture = Vec::new();
    if let Some(recording) = &done.recording {
        picture.push(String::new());
        picture.extend(drawn(speaker, recording, &done.evidence()));
    }
    let title = format!("{}: {}", done.case.name, texts::text(speaker, &done.case.title));
    let mut lines = vec![String::new(), style::paint(style::STRONG, title)];
    let gap = gap_in_the_way(done, subject);
    if let Some(gap) = &gap {
        let prompt = hints.about(&gap.name).map_or("", |hint| texts::text(speaker, &hint.prompt));
        let (number, name, line) = (gap.number, &gap.name, gap.line);
        let todo =
            say!(speaker, "why-gap", number = number, name = name, line = line, prompt = prompt);
        let todo = markdown::lines(&todo, width(), "  ");
        lines.extend(todo.into_iter().map(|line| style::paint(style::BAD, line)));
    }
    lines.extend(why(speaker, done));
    if let Some(recording) = &done.recording {
        // A step that failed because a program ended already quotes its output.
        if !matches!(done.verdict.step, Some((_, StepTrouble::Ended { .. }))) {
            lines.extend(last_words(speaker, recording));
        }
        lines.extend(conduct(recording).iter().map(|conduct| conduct_text(speaker, conduct)));
    }
    match order {
        Order::TopDown => lines.append(&mut picture),
        Order::WordsLast => drop(lines.splice(..0, picture)),
    }
    // With gaps left, their prompts come first.
    let advice = if gap.is_none() { advice(speaker, done) } else { Advice::default() };
    let hint = done
        .hint()
        .filter(|_| advice.leaves_room)
        .map(|hint| texts::text(speaker, &hint).to_owned());
    for sentence in advice.sentences {
        lines.extend(labelled(speaker, "label-why", &sentence));
    }
    if let Some(hint) = hint {
        lines.extend(labelled(speaker, "label-hint", &hint));
    }
    let label = style::paint(style::STRONG, say!(speaker, "label-again"));
    lines.push(format!("{label} {}", style::paint(style::COMMAND, again)));
    lines
}

/// The open gap that the program ran into, or else the first open one. A starter prints the name of
/// the gap that it runs into.
pub(crate) fn gap_in_the_way(done: &CaseReport<'_>, subject: &Subject) -> Option<Open> {
    let mut gaps = subject.open_gaps();
    let met = done.recording.as_ref().and_then(|recording| {
        gaps.iter().position(|gap| {
            let names =
                [format!("gap {}: {}", gap.number, gap.name), format!("gap {}\n", gap.name)];
            names.iter().any(|name| is_printed(recording, name))
        })
    });
    (!gaps.is_empty()).then(|| gaps.swap_remove(met.unwrap_or(0)))
}

/// A label followed by a text, in lines.
fn labelled(speaker: Speaker, key: &str, text: &str) -> Vec<String> {
    behind(&say!(speaker, key), text)
}

/// A text after a label.
pub(crate) fn behind(label: &str, text: &str) -> Vec<String> {
    let mut lines = markdown::lines(&format!("{label} {text}"), width(), "  ");
    lines[0] = lines[0].replacen(label, &style::paint(style::STRONG, label), 1);
    lines
}

/// The command that runs exactly this case again.
pub(crate) fn again(
    exercise: &str,
    case: &str,
    seed: u64,
    which: &WhichCourse,
    subject: &Subject,
) -> String {
    let seed = seed.to_string();
    let mut words: Vec<String> =
        ["socklab", "check", exercise, "--case", case, "--seed", &seed].map(str::to_owned).into();
    words.extend(which.words());
    words.push("--".to_owned());
    words.extend(subject.words());
    shell_words(&words)
}

/// The ladder of what happened, without its middle if it is long.
fn drawn(speaker: Speaker, recording: &Recording, evidence: &[u64]) -> Vec<String> {
    let text = answered::draw(speaker, recording, evidence, width(), true);
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let (first, last) = LADDER;
    if lines.len() <= first + last + 1 {
        return lines;
    }
    let left_out = lines.len() - first - last;
    let folded = style::paint(style::FAINT, say!(speaker, "tour-folded", lines = count(left_out)));
    let mut shown = lines[..first].to_vec();
    shown.push(format!("   {folded}"));
    shown.extend_from_slice(&lines[lines.len() - last..]);
    shown
}

/// The width of the terminal, within readable limits.
pub(super) fn width() -> usize {
    output::width().clamp(60, 120)
}

/// A remark on what a program did besides its task.
pub(super) fn conduct_text(speaker: Speaker, conduct: &Conduct) -> String {
    match conduct {
        Conduct::LeftProcesses { actor, count } => {
            say!(speaker, "did-leave-processes", actor = actor, count = socklab_say::count(*count))
        }
        Conduct::Printed { actor, bytes } => {
            say!(speaker, "did-print", actor = actor, bytes = count(*bytes))
        }
    }
}
