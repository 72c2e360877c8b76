//! The details of a case that did not pass: what was expected, what happened, the ladder, a hint,
//! and how to run it again.

use std::collections::BTreeSet;

use socklab_event::Event;
use socklab_judge::Deed;
use socklab_say::{Speaker, clean, count, say};
use socklab_scenario::exercise::{CaseReport, Conduct, Hints, Open, Problem, conduct};
use socklab_scenario::{Awaited, CaseState, Recording, StepTrouble, SurplusAfter};

use super::advice::{Advice, advice};
use super::explain::{is_printed, last_words, shell_words, why};
use super::subject::Subject;
use crate::course::texts;
use crate::scenario::answered;
use crate::source_text;
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
    let judged = done.verdict.state != CaseState::InfraError;
    let mut picture = Vec::new();
    if let Some(recording) = done.recording.as_ref().filter(|it| judged || !it.events.is_empty()) {
        picture.push(String::new());
        picture.extend(drawn(speaker, recording, &done.evidence()));
    }
    let title = format!("{}: {}", done.case.name, texts::text(speaker, &done.case.title));
    let mut lines = vec![String::new(), style::paint(style::STRONG, title)];
    lines.extend(run_as(speaker, done));
    let insight = done.insight();
    let gap = gap_in_the_way(done, subject).filter(|_| judged);
    match (&gap, &insight.deed) {
        (Some(gap), _) => lines.extend(gap_lines(speaker, gap, hints)),
        (None, Some(deed)) => {
            let said = wrapped(&speaker.tell(&deed.sentence()));
            lines.extend(said.into_iter().map(|line| style::paint(style::BAD, line)));
            lines.extend(cited(done, deed));
        }
        (None, None) => {}
    }
    if !insight.deed.as_ref().is_some_and(|deed| says_it_all(deed, done)) {
        let mut why = why(speaker, done);
        // What a runtime prints of an exception is no attempt at the output that was asked for.
        let died = insight
            .deed
            .as_ref()
            .is_some_and(|deed| matches!(deed.rule, "raised" | "raised-text" | "killed"));
        // A step that failed because a program ended quotes what it printed; that follows below.
        let ended = matches!(done.verdict.step, Some((_, StepTrouble::Ended { .. })));
        if ended || (died && matches!(done.problem(), Some(Problem::Missed(..)))) {
            why.truncate(1);
        }
        lines.extend(why.iter().flat_map(|line| fitted(line)));
    }
    if let Some(recording) = &done.recording {
        lines.extend(last_words(speaker, recording, insight.deed.as_ref()));
        let remarks = conduct(recording);
        let remarks = remarks.iter().map(|conduct| conduct_text(speaker, conduct));
        lines.extend(remarks.flat_map(|remark| fitted(&remark)));
    }
    match order {
        Order::TopDown => lines.append(&mut picture),
        Order::WordsLast => drop(lines.splice(..0, picture)),
    }
    // At a gap, its prompt is what helps.
    let advises = gap.is_none() && judged;
    let advice = if advises { advice(speaker, done, &insight) } else { Advice::default() };
    for sentence in advice.sentences {
        lines.extend(labelled(speaker, "label-why", &sentence));
    }
    if done.case.scenario.own_rules {
        lines.extend(fitted(&say!(speaker, "check-own-rules")));
    } else if let Some(hint) = advice.hints.first() {
        lines.extend(labelled(speaker, "label-hint", hint));
    }
    let label = say!(speaker, "label-again");
    let fits = label.chars().count() + 1 + again.chars().count() <= width();
    let space = if fits { " " } else { "\n" };
    let label = style::paint(style::STRONG, label);
    let command = format!("{label}{space}{}", style::paint(style::COMMAND, again));
    lines.extend(command.lines().map(str::to_owned));
    lines
}

/// The line of the program that a deed is about, as it stands in its source: `server.py:14  data =
/// conn.recv(1024)`.
fn cited(done: &CaseReport<'_>, deed: &Deed) -> Option<String> {
    let (line, recording) = (deed.line.as_ref()?, done.recording.as_ref()?);
    let decisive = |event: &&Event| Some(&event.seq) == deed.evidence.first();
    let call = recording.events.iter().find(decisive)?.call()?;
    let text = source_text::around(&recording.timeline());
    let text = clean(source_text::of(&text, call)?);
    // It is a quotation: columns count, and it is no prose to wrap.
    let room = width().saturating_sub(line.chars().count() + 4).max(8);
    let text = match text.chars().count() > room {
        true => text.chars().take(room - 1).chain(['…']).collect(),
        false => text,
    };
    Some(format!("  {}  {text}", style::paint(style::FAINT, line)))
}

/// The commands as they were run, in a case that has arguments of its own: who typed the command has
/// not seen those.
fn run_as(speaker: Speaker, done: &CaseReport<'_>) -> Vec<String> {
    let own = |name: &str| {
        let mut actors = done.case.scenario.actors.iter();
        actors.any(|actor| actor.name == name && actor.arguments.is_some())
    };
    let shown = done.runs().filter(|(name, _)| own(name)).map(|(_, argv)| shell_words(argv));
    let shown: BTreeSet<String> = shown.collect();
    let label = style::paint(style::STRONG, say!(speaker, "label-run-as"));
    shown.iter().map(|argv| format!("{label} {}", style::paint(style::COMMAND, argv))).collect()
}

/// Why a case did not pass, in the words of the report: what the program did, and what was missed.
/// One sentence or quotation in each line.
pub(crate) fn reason(speaker: Speaker, done: &CaseReport<'_>) -> String {
    let deed = done.insight().deed;
    let first = deed.as_ref().map(|deed| speaker.tell(&deed.sentence()));
    let said = deed.as_ref().is_some_and(|deed| says_it_all(deed, done));
    let why = if said { Vec::new() } else { why(speaker, done) };
    first.into_iter().chain(why).collect::<Vec<_>>().join("\n")
}

/// True if the first sentence says all that the failed step says.
fn says_it_all(deed: &Deed, done: &CaseReport<'_>) -> bool {
    let rule = deed.rule;
    // What it does now is what the step would say.
    let says_now = deed.arguments.iter().any(|(name, _)| *name == "now");
    let ends = matches!(
        rule,
        "killed"
            | "not-compiled"
            | "raised"
            | "raised-text"
            | "failed-and-ended"
            | "ended-early"
            | "ended"
    );
    let opens = rule.starts_with("listens-")
        || rule.starts_with("connected-")
        || matches!(
            rule,
            "ignored-failure" | "wrong-transport" | "serves-instead" | "connects-instead"
        );
    match &done.verdict.step {
        Some((_, StepTrouble::Ended { .. })) => ends || opens || says_now,
        Some((_, StepTrouble::WrongPort { .. })) => ends || opens,
        Some((_, StepTrouble::TimedOut { awaited: Awaited::OneOf(_), .. })) => opens || says_now,
        Some((_, StepTrouble::TimedOut { awaited: Awaited::Operations(_), .. })) => opens,
        // The peer found nobody.
        Some((_, StepTrouble::Call { call, .. })) => opens && call == "connect",
        Some((_, StepTrouble::Surplus { after: SurplusAfter::Nothing, .. })) => rule == "unasked",
        Some(_) => false,
        None => rule == "ended-with-failure",
    }
}

/// A line of the report in lines that fit the terminal. A line that is indented is a quotation,
/// whose columns have a meaning, and stays as it is.
fn fitted(line: &str) -> Vec<String> {
    if line.starts_with(' ') {
        return vec![line.to_owned()];
    }
    wrapped(line)
}

/// A sentence in lines that fit the terminal. It may quote text of a program, so nothing in it is
/// taken for emphasis, and no space of it is lost but where a line ends.
pub(super) fn wrapped(sentence: &str) -> Vec<String> {
    const INDENT: &str = "  ";
    let mut lines = vec![String::new()];
    for (index, word) in sentence.split(' ').enumerate() {
        let Some(line) = lines.last_mut() else { break };
        let blank = line.trim().is_empty();
        if index == 0 || line.chars().count() + 1 + word.chars().count() <= width() {
            line.push_str(if index == 0 { "" } else { " " });
            line.push_str(word);
        } else if blank {
            line.push_str(word);
        } else {
            lines.push(format!("{INDENT}{word}"));
        }
    }
    lines
}

fn gap_lines(speaker: Speaker, gap: &Open, hints: &Hints) -> Vec<String> {
    let prompt = hints.about(&gap.name).map_or("", |hint| texts::text(speaker, &hint.prompt));
    let (number, name, line) = (gap.number, &gap.name, gap.line);
    let todo = say!(speaker, "why-gap", number = number, name = name, line = line, prompt = prompt);
    let todo = markdown::lines(&todo, width(), "  ");
    todo.into_iter().map(|line| style::paint(style::BAD, line)).collect()
}

/// The open gap that the program ran into: a starter prints the name of the gap that it reaches.
/// An open gap that it did not reach is not to blame.
pub(crate) fn gap_in_the_way(done: &CaseReport<'_>, subject: &Subject) -> Option<Open> {
    let recording = done.recording.as_ref()?;
    subject.open_gaps().into_iter().find(|gap| {
        let names = [format!("gap {}: {}", gap.number, gap.name), format!("gap {}\n", gap.name)];
        names.iter().any(|name| is_printed(recording, name))
    })
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
    options: &[String],
    subject: &Subject,
) -> String {
    let seed = seed.to_string();
    let mut words: Vec<String> =
        ["socklab", "check", exercise, "--case", case, "--seed", &seed].map(str::to_owned).into();
    words.extend(options.iter().cloned());
    if !subject.is_found(exercise) {
        words.push("--".to_owned());
        words.extend(subject.words());
    }
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
pub(crate) fn width() -> usize {
    output::width().clamp(60, 120)
}

/// A remark on what a program did besides its task.
pub(super) fn conduct_text(speaker: Speaker, conduct: &Conduct) -> String {
    match conduct {
        Conduct::LeftProcesses { actor, count } => {
            say!(speaker, "did-leave-processes", actor = actor, count = socklab_say::count(*count))
        }
        Conduct::Polled { actor, calls } => {
            say!(speaker, "did-poll", actor = actor, calls = count(*calls))
        }
        Conduct::Printed { actor, bytes } => {
            say!(speaker, "did-print", actor = actor, bytes = count(*bytes))
        }
    }
}
