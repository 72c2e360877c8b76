//! The class on a terminal: a line for each student, with a mark for each case, and what is worth
//! knowing of all of them.

use std::collections::BTreeMap;
use std::time::Duration;

use socklab_grade::differences::Difference;
use socklab_grade::page::Figures;
use socklab_grade::{CaseState, Gradebook, Graded, Score, State, headline};
use socklab_kernel::tree;
use socklab_say::{Speaker, clean, count, duration, say};

use crate::graded::Judge;
use crate::output::{println, width};
use crate::style::{self, paint};
use crate::terminal::markdown;

/// The most columns of an id or a name.
const WIDEST: usize = 28;
/// The most columns of a bar.
const BAR: usize = 30;
/// In so many steps points are counted together.
const STEPS: u32 = 12;
/// So many cases are named among those that most submissions failed.
const MOST_FAILED: usize = 3;

/// Prints the class, its summary, and what is different from the grading before.
pub(super) fn show(speaker: Speaker, book: &Gradebook, changed: Option<&[Difference]>) {
    let lines = lines(speaker, book, width());
    lines.iter().for_each(|line| println!("{line}"));
    let changed = changed.unwrap_or_default();
    if !changed.is_empty() {
        let students = count(changed.len() as u64);
        println!("\n{}", paint(style::STRONG, say!(speaker, "grade-changed", students = students)));
        changed.iter().for_each(|one| println!("  {}", difference(speaker, one)));
    }
}

/// The table and the summary, for a terminal of this width.
fn lines(speaker: Speaker, book: &Gradebook, width: usize) -> Vec<String> {
    let assignment = &book.assignment;
    let mut lines = vec![paint(style::STRONG, clean(&assignment.title))];
    if let Some(pack) = &assignment.pack {
        let short = pack.sha256.get(..12).unwrap_or(&pack.sha256);
        lines.push(say!(speaker, "grade-pack", name = &*pack.name, hash = short));
    }
    lines.push(String::new());
    let names: Vec<String> = book.results.iter().map(|it| cut(&name(it), WIDEST)).collect();
    let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let of = assignment.of().to_string().len();
    let points = 2 * of + 1;
    for (graded, name) in book.results.iter().zip(&names) {
        let padding = " ".repeat(widest - name.chars().count());
        let score = score(graded.score(assignment));
        let about = about(speaker, graded);
        let marks = marks(graded, assignment.cases.iter().map(|case| case.robust));
        let behind = [marks, about].into_iter().filter(|part| !part.is_empty());
        let behind = behind.collect::<Vec<_>>().join("  ");
        let line = format!("  {name}{padding}  {score:>points$}  {behind}");
        if visible(&line) > width {
            let head = format!("  {name}{padding}  {score:>points$}");
            lines.push(head);
            let behind = markdown::lines(&behind, width.saturating_sub(4), "");
            lines.extend(behind.iter().map(|line| format!("    {line}")));
            continue;
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.push(String::new());
    let cases = assignment.cases.iter().enumerate().map(|(at, case)| {
        let hidden = if case.hidden { say!(speaker, "grade-hidden") } else { String::new() };
        // A number and its name stay in one line.
        format!("{}\u{a0}{}{hidden}", at + 1, clean(&case.name))
    });
    let cases = say!(speaker, "grade-cases", cases = cases.collect::<Vec<_>>().join(" · "));
    lines.extend(markdown::wrapped(&cases, width));
    lines.push(String::new());
    lines.extend(summary(speaker, book, width));
    lines
}

/// How many columns a line takes: colours take none.
fn visible(line: &str) -> usize {
    anstream::adapter::strip_str(line).to_string().chars().count()
}

/// A student for readers: the id, and the name if that is known.
fn name(graded: &Graded) -> String {
    let student = &graded.student;
    match &student.name {
        Some(name) if *name != student.id => format!("{} {}", clean(&student.id), clean(name)),
        _ => clean(&student.id),
    }
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

fn score(score: Option<Score>) -> String {
    score.map_or("–".to_owned(), |score| format!("{}/{}", score.earned, score.of))
}

/// A mark for each case; the robust ones behind the others.
fn marks(graded: &Graded, robust: impl Iterator<Item = bool>) -> String {
    let mut marks = String::new();
    let mut before = false;
    for (case, robust) in graded.cases.iter().zip(robust) {
        if robust != before && !marks.is_empty() {
            marks.push(' ');
        }
        before = robust;
        let (mark, colour) = match case.state {
            CaseState::Passed => ("✓", style::GOOD),
            CaseState::Failed => ("✗", style::BAD),
            CaseState::Timeout => ("◷", style::BAD),
            CaseState::Skipped => ("–", style::FAINT),
            CaseState::InfraError => ("?", style::BAD),
        };
        marks += &paint(colour, mark);
    }
    marks
}

/// What else is to be known of a result.
fn about(speaker: Speaker, graded: &Graded) -> String {
    let mut parts = Vec::new();
    match graded.state {
        State::Graded => {}
        State::NoSubmission | State::DoesNotCompile | State::InfraError | State::Pending => {
            let key = format!("page-state-{}", graded.state.word());
            let first = headline(graded.why.as_deref().unwrap_or_default());
            let state = say!(speaker, &key);
            parts.push(match graded.state {
                // What was handed in and can't be run, or what failed.
                State::InfraError => because(&state, &first),
                State::NoSubmission if graded.attempt.is_some() => because(&state, &first),
                _ => state,
            });
        }
    }
    if graded.attempt.as_ref().is_some_and(|attempt| attempt.late) {
        parts.push(say!(speaker, "grade-late"));
    }
    if graded.unsafe_because.is_some() {
        parts.push(say!(speaker, "grade-unsafe"));
    }
    let mut seen: Vec<String> = Vec::new();
    for sighting in &graded.sightings {
        let word = seen_word(speaker, &sighting.what);
        if !seen.contains(&word) {
            seen.push(word);
        }
    }
    parts.extend(seen);
    parts.join(", ")
}

/// A state, and why.
fn because(state: &str, why: &str) -> String {
    if why.is_empty() { state.to_owned() } else { format!("{state}: {}", clean(why)) }
}

/// What was seen, in a word or two. A later version may know more kinds.
fn seen_word(speaker: Speaker, what: &str) -> String {
    let key = format!("grade-seen-{what}");
    if speaker.knows(&key) { say!(speaker, &key) } else { clean(what) }
}

/// A line about a result that has just come, where no bar can be drawn.
pub(super) fn line(speaker: Speaker, judge: &Judge<'_>, graded: &Graded) -> String {
    let assignment = judge.assignment(speaker, "");
    let about = about(speaker, graded);
    let marks = marks(graded, assignment.cases.iter().map(|case| case.robust));
    let line = format!("{}  {}  {marks}  {about}", name(graded), score(graded.score(&assignment)));
    line.trim_end().to_owned()
}

/// What is worth knowing of the class: how the points are distributed, and what most failed.
fn summary(speaker: Speaker, book: &Gradebook, width: usize) -> Vec<String> {
    let assignment = &book.assignment;
    let known = book.results.iter().filter_map(|it| it.score(assignment));
    let mut points: Vec<u32> = known.map(|score| score.earned).collect();
    points.sort_unstable();
    let mut lines = Vec::new();
    if points.is_empty() {
        return lines;
    }
    let figures = Figures::of(book);
    let number = |tenths: Option<u64>| tenths.map_or_else(String::new, |it| speaker.tenths(it));
    let text = say!(
        speaker,
        "grade-summary",
        students = count(points.len() as u64),
        mean = number(figures.mean),
        median = number(figures.median),
        of = assignment.of()
    );
    lines.extend(markdown::wrapped(&text, width));
    lines.extend(distribution(&points, assignment.of()));
    let ran: Vec<&Graded> = book.results.iter().filter(|it| it.state == State::Graded).collect();
    let mut failed: BTreeMap<&str, usize> = BTreeMap::new();
    for case in ran.iter().flat_map(|graded| &graded.cases) {
        if matches!(case.state, CaseState::Failed | CaseState::Timeout) {
            *failed.entry(&case.name).or_default() += 1;
        }
    }
    let mut failed: Vec<_> = failed.into_iter().collect();
    failed.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    let most = failed
        .iter()
        .take(MOST_FAILED)
        .map(|(case, times)| format!("{} ({times}/{})", clean(case), ran.len()));
    let most: Vec<String> = most.collect();
    if !most.is_empty() {
        let text = say!(speaker, "grade-most-failed", cases = most.join(", "));
        lines.extend(markdown::wrapped(&text, width));
    }
    lines
}

/// How many have how many points, in at most [`STEPS`] steps.
fn distribution(points: &[u32], of: u32) -> Vec<String> {
    let step = (of + 1).div_ceil(STEPS).max(1);
    let steps = (0..=of).step_by(usize::try_from(step).unwrap_or(1));
    let counted = steps.map(|from| {
        let to = (from + step - 1).min(of);
        (from, to, points.iter().filter(|it| (from..=to).contains(*it)).count())
    });
    let counted: Vec<(u32, u32, usize)> = counted.collect();
    let most = counted.iter().map(|(.., count)| *count).max().unwrap_or(1).max(1);
    let digits = of.to_string().len();
    let label = |from: u32, to: u32| match from == to {
        true => format!("{from:>digits$}"),
        false => format!("{from:>digits$}–{to:>digits$}"),
    };
    let widest = counted.iter().map(|(from, to, _)| label(*from, *to).chars().count()).max();
    let widest = widest.unwrap_or(0);
    let line = |(from, to, count): &(u32, u32, usize)| {
        let bar = "█".repeat((count * BAR).div_ceil(most));
        let label = label(*from, *to);
        let line = match count {
            0 => format!("  {label:>widest$}"),
            _ => format!("  {label:>widest$}  {bar} {count}"),
        };
        line.trim_end().to_owned()
    };
    counted.iter().map(line).collect()
}

/// What has changed for a student.
fn difference(speaker: Speaker, one: &Difference) -> String {
    let points = |(state, points): &(State, Option<Score>)| match state {
        State::Graded => score(*points),
        _ => say!(speaker, &format!("page-state-{}", state.word())),
    };
    let mark = |state: Option<CaseState>| match state {
        Some(CaseState::Passed) => "✓",
        Some(CaseState::Failed) => "✗",
        Some(CaseState::Timeout) => "◷",
        Some(CaseState::Skipped) => "–",
        Some(CaseState::InfraError) => "?",
        None => "·",
    };
    let cases = one
        .cases
        .iter()
        .map(|case| format!("{} {}→{}", clean(&case.name), mark(case.before), mark(case.now)));
    let cases: Vec<String> = cases.collect();
    let id = clean(&one.id);
    format!("{id}  {} → {}  {}", points(&one.before), points(&one.now), cases.join(", "))
        .trim_end()
        .to_owned()
}

/// Prints what grading so many submissions took.
pub(super) fn took(speaker: Speaker, graded: u32, wall: Duration) {
    let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    println!("{}", say!(speaker, "grade-took", wall = duration(nanoseconds(wall))));
    // Of all that ran for it: this process, and those that it has waited for.
    let used = tree::usage(&[std::process::id()], MOST_PROCESSES).processor;
    let each = used.checked_div(graded).unwrap_or_default();
    let [used, each] = [used, each].map(nanoseconds).map(duration);
    if graded > 0 {
        println!("{}", say!(speaker, "grade-used", all = used, each = each, mib = count(peak())));
    }
}

/// So many processes are looked at, at most, when this one says what it took.
const MOST_PROCESSES: u64 = 4096;

/// The most memory that this process had at a time, in MiB: `VmHWM` of `proc_pid_status(5)`.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kib.unwrap_or(0) >> 10
}
