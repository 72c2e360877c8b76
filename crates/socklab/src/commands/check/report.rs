//! The report as text: a line for each case, and the points.

use socklab_judge::Sighting;
use socklab_say::{Speaker, count, say};
use socklab_scenario::exercise::{CaseReport, Problem, Report};
use socklab_scenario::format::Exercise;
use socklab_scenario::{CaseState, Isolation, Source};

use super::Subject;
use super::explain::{quotation, shell_words, without_place};
use super::story::{width, wrapped};
use crate::course::{source, texts};
use crate::output::println;
use crate::scenario::wording;
use crate::style;
use crate::terminal::markdown;

pub(super) fn heading(speaker: Speaker, exercise: &Exercise, source: &Source, subject: &Subject) {
    let title = &texts::exercise(speaker, exercise).title;
    for line in wrapped(title) {
        println!("{}", style::paint(style::STRONG, line));
    }
    println!("{}", style::paint(style::FAINT, shell_words(&subject.words())));
    println!("{}", source::line(speaker, source));
}

pub(super) fn section(speaker: Speaker, robust: bool) {
    println!("\n{}", say!(speaker, if robust { "check-robust" } else { "check-core" }));
}

pub(super) fn case(speaker: Speaker, done: &CaseReport<'_>) {
    println!("{}", case_line(speaker, done));
}

/// A case and its result, in a line.
pub(crate) fn case_line(speaker: Speaker, done: &CaseReport<'_>) -> String {
    let (mark, style) = match done.verdict.state {
        CaseState::Passed => ("✓", style::GOOD),
        CaseState::Failed | CaseState::Timeout => ("✗", style::BAD),
        CaseState::Skipped => ("–", style::FAINT),
        CaseState::InfraError => ("?", style::BAD),
    };
    let name = format!("{:<17}", done.case.name);
    let title = texts::text(speaker, &done.case.title);
    let points = match done.verdict.state {
        // It is worth nothing that it earned none.
        CaseState::InfraError => "–".to_owned(),
        _ => format!("{}/{}", done.verdict.points, done.verdict.of),
    };
    let tail = match done.verdict.state {
        CaseState::Skipped => match done.verdict.because.as_deref() {
            Some(case) => say!(speaker, "check-skipped", case = case),
            None => String::new(),
        },
        CaseState::Timeout => say!(speaker, "check-timed-out"),
        CaseState::InfraError => say!(speaker, "check-infra"),
        _ => String::new(),
    };
    let head = format!("  {} {points:>3}  {name} ", style::paint(style, mark));
    let mut about = markdown::lines(title, width().saturating_sub(TITLE), "");
    if !tail.is_empty() {
        let used = about.last().map_or(0, |line| line.chars().count());
        if TITLE + used + 2 + tail.chars().count() > width() {
            about.push(style::paint(style::FAINT, tail));
        } else if let Some(last) = about.last_mut() {
            *last += &format!("  {}", style::paint(style::FAINT, tail));
        }
    }
    head + &about.join(&format!("\n{}", " ".repeat(TITLE)))
}

/// The cases that were not run, in a line or more for each that stood in their way.
pub(crate) fn not_run(speaker: Speaker, report: &Report<'_>) -> Vec<String> {
    let mut by_cause: Vec<(&str, Vec<&str>)> = Vec::new();
    for done in &report.cases {
        let Some(cause) = root(report, done) else { continue };
        match by_cause.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, cases)) => cases.push(&done.case.name),
            None => by_cause.push((cause, vec![&done.case.name])),
        }
    }
    let lines = by_cause.into_iter().flat_map(|(cause, cases)| {
        let text = say!(speaker, "check-not-run", case = cause, cases = cases.join(", "));
        markdown::lines(&format!("– {text}"), width() - 2, "    ")
    });
    let lines = lines.map(|line| style::paint(style::FAINT, format!("  {line}")));
    lines.chain(report.cases.iter().flat_map(|done| no_place(speaker, done))).collect()
}

/// Says what the student can do about a case whose arguments have no place in the command.
fn no_place(speaker: Speaker, done: &CaseReport<'_>) -> Vec<String> {
    let Some(Problem::Arguments(arguments)) = done.problem() else { return Vec::new() };
    let text = format!("– {}: {}", done.case.name, without_place(speaker, arguments));
    let lines = markdown::lines(&text, width(), "    ");
    lines.into_iter().map(|line| format!("  {line}")).collect()
}

/// The case because of which another was not run: not one that was not run itself.
fn root<'a>(report: &'a Report<'_>, done: &'a CaseReport<'_>) -> Option<&'a str> {
    let mut cause = done.verdict.because.as_deref()?;
    while let Some(next) = report
        .cases
        .iter()
        .find(|other| other.case.name == cause)
        .and_then(|other| other.verdict.because.as_deref())
    {
        cause = next;
    }
    Some(cause)
}

/// The column where the titles of cases begin.
const TITLE: usize = 27;

/// Says so if the program could have reached those who judge it.
pub(crate) fn isolation(speaker: Speaker, isolation: &Isolation) -> Option<String> {
    match isolation {
        Isolation::Open { because } => {
            Some(style::paint(style::BAD, say!(speaker, "check-open", why = because)))
        }
        _ => None,
    }
}

/// A sighting as a sentence, with how often it was seen.
pub(crate) fn seen(speaker: Speaker, sighting: &Sighting) -> String {
    let what = speaker.tell(&sighting.sentence());
    match sighting.times {
        0 | 1 => what,
        times => say!(speaker, "sightings-times", what = what, times = count(times)),
    }
}

/// What the program tried besides its task, a line or more for each.
pub(crate) fn sightings(speaker: Speaker, report: &Report<'_>) -> Vec<String> {
    let seen = report.sightings();
    let title = (!seen.is_empty()).then(|| say!(speaker, "sightings-title"));
    let lines = seen.iter().flat_map(|one| {
        let text = format!("! {} ({})", self::seen(speaker, &one.sighting), one.case);
        // Not as Markdown: a path may look like it.
        wrapped(&text).into_iter().enumerate().map(|(at, line)| match at {
            0 => format!("  {line}"),
            _ => format!("    {line}"),
        })
    });
    title.into_iter().chain(lines.map(|line| style::paint(style::BAD, line))).collect()
}

pub(super) fn print_summary(speaker: Speaker, report: &Report<'_>) {
    for line in not_run(speaker, report) {
        println!("{line}");
    }
    let sightings = sightings(speaker, report);
    if !sightings.is_empty() {
        println!();
        sightings.iter().for_each(|line| println!("{line}"));
    }
    println!("\n{}", summary(speaker, report));
    // Say so if ports were shared with the rest of the machine.
    let mut recordings = report.cases.iter().filter_map(|done| done.recording.as_ref());
    if let Some(place) = recordings.find_map(|recording| wording::place(speaker, &recording.place))
    {
        println!("{}", style::paint(style::FAINT, place));
    }
}

/// The points, in a line; or that there are none, because a case could not be run here.
pub(crate) fn summary(speaker: Speaker, report: &Report<'_>) -> String {
    if let Some(done) = report.infra_error() {
        let none = say!(speaker, "check-not-judged", case = &*done.case.name);
        return style::paint(style::BAD, none);
    }
    let part = |robust| {
        if let Some(done) = report.unknown(robust) {
            return Some(say!(speaker, "check-points-unknown", case = &*done.case.name));
        }
        let (earned, all) = report.points(robust);
        let style = if earned == all { style::GOOD } else { style::BAD };
        let key = if robust { "check-points-robust" } else { "check-points-core" };
        let points = style::paint(style, format_args!("{earned}/{all}"));
        (all > 0).then(|| say!(speaker, key, points = points))
    };
    [false, true].into_iter().filter_map(part).collect::<Vec<_>>().join("   ")
}

/// Prints the compiler's errors.
pub(crate) fn refused(what: &str, output: &str) {
    println!("{} {what}", style::paint(style::BAD, "✗"));
    println!();
    for line in output.lines() {
        quotation(line).iter().for_each(|line| println!("{line}"));
    }
}
