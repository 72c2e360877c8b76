//! The words and signs for what became of students and cases, and foreign text made safe to show.

use socklab_say::{Speaker, clean, is_unsafe, say};

use crate::book::{Assignment, CaseResult, Graded, Score, Student};
use crate::state::{CaseState, State};

/// The sign of a case's state. It stands beside its word, or has it as an alternative.
pub(super) fn sign(state: CaseState) -> &'static str {
    match state {
        CaseState::Passed => "✓",
        CaseState::Failed => "✗",
        // Few fonts have an hourglass that is no picture.
        CaseState::Timeout => "◷",
        CaseState::Skipped => "–",
        CaseState::InfraError => "?",
    }
}

/// The states of a case, the worst first. That is the order in which a column is sorted.
pub(super) const STATES: [CaseState; 5] = [
    CaseState::Failed,
    CaseState::Timeout,
    CaseState::InfraError,
    CaseState::Skipped,
    CaseState::Passed,
];

/// The place of a state in [`STATES`].
pub(super) fn rank(state: CaseState) -> usize {
    STATES.iter().position(|one| *one == state).unwrap_or(STATES.len())
}

/// The word for a case's state.
pub(super) fn case_state(speaker: Speaker, state: CaseState) -> String {
    speaker.say(format!("page-case-{}", state.word()), &[])
}

/// What became of a case: the word for its state, or why it was not run.
pub(super) fn outcome(speaker: Speaker, result: &CaseResult) -> String {
    match result.because.as_deref().filter(|_| result.state == CaseState::Skipped) {
        Some(case) => say!(speaker, "check-skipped", case = line(case)),
        None => case_state(speaker, result.state),
    }
}

/// The word for a submission's state.
pub(super) fn state(speaker: Speaker, state: State) -> String {
    speaker.say(format!("page-state-{}", state.word()), &[])
}

/// What a student is called: the name, or else the id.
pub(super) fn name(speaker: Speaker, student: &Student) -> String {
    let name = student.name.as_deref().map(line).filter(|name| !name.trim().is_empty());
    let name = name.unwrap_or_else(|| line(&student.id));
    if name.trim().is_empty() { say!(speaker, "page-nameless") } else { name }
}

/// The id, if the name does not already say it.
pub(super) fn id_beside(speaker: Speaker, student: &Student) -> Option<String> {
    let id = line(&student.id);
    (!id.trim().is_empty() && id != name(speaker, student)).then_some(id)
}

/// Foreign text for one line.
pub(super) fn line(text: &str) -> String {
    clean(text)
}

/// Foreign text of several lines: line breaks and tabs stay, other controls are shown as escapes.
pub(super) fn lines(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.trim_end().replace("\r\n", "\n").chars() {
        if is_unsafe(char) && !"\n\t".contains(char) {
            shown.extend(char.escape_default());
        } else {
            shown.push(char);
        }
    }
    shown
}

/// A number of points.
pub(super) fn points(speaker: Speaker, points: u32) -> String {
    say!(speaker, "page-points-count", points = socklab_say::count(u64::from(points)))
}

/// True if the columns of a text matter: some of it is indented, such as a caret under a byte.
pub(super) fn has_columns(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("  ") || line.starts_with('\t'))
}

/// Points of points.
pub(super) fn score(speaker: Speaker, score: Score) -> String {
    say!(speaker, "page-score", earned = score.earned, of = score.of)
}

/// The points that make a student's grade, or that nobody knows them.
pub(super) fn grade(speaker: Speaker, assignment: &Assignment, graded: &Graded) -> String {
    match graded.score(assignment) {
        Some(points) => score(speaker, points),
        None => say!(speaker, "page-not-known"),
    }
}

/// A moment as RFC 3339 writes it, for a reader: `2026-11-28 14:05 UTC`. Anything else stays as it
/// is.
pub(super) fn moment(text: &str) -> String {
    let text = line(text);
    let digits = |range: std::ops::Range<usize>| {
        text.get(range).is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_utc = text.ends_with('Z') && text.len() >= 20 && text.get(10..11) == Some("T");
    if is_utc && digits(0..4) && digits(5..7) && digits(8..10) && digits(11..13) && digits(14..16) {
        return format!("{} {} UTC", &text[..10], &text[11..16]);
    }
    text
}

/// The first digits of a hash, as many as tell one from another.
pub(super) fn short(hash: &str) -> String {
    line(hash).chars().take(12).collect()
}

/// What a program tried, or which limit it reached, and how often.
pub(super) fn sighting(speaker: Speaker, sighting: &crate::Sighting) -> String {
    let text = line(&sighting.text);
    let times = socklab_say::count(u64::from(sighting.times));
    if sighting.case.is_empty() {
        return say!(speaker, "page-sighting", text = text, times = times);
    }
    let case = line(&sighting.case);
    say!(speaker, "page-sighting-in", text = text, times = times, case = case)
}

/// How long a submission took.
pub(super) fn took(speaker: Speaker, used: crate::Used) -> String {
    let time = |milliseconds: u64| speaker.duration(milliseconds.saturating_mul(1_000_000));
    let (whole, processor) = (time(used.milliseconds), time(used.processor_milliseconds));
    if used.compiler_milliseconds == 0 {
        return say!(speaker, "page-took-of", time = whole, processor = processor);
    }
    let compiler = time(used.compiler_milliseconds);
    say!(speaker, "page-took-compiled", time = whole, processor = processor, compiler = compiler)
}

/// What is left of a text if its end is not needed: at most `most` characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_shortened_only_if_they_are_some() {
        assert_eq!(moment("2026-11-28T06:41:52Z"), "2026-11-28 06:41 UTC");
        for other in ["yesterday", "2026-11-28T06:41:52+05:00", "ñ026-11-28T06:41:52Z", ""] {
            assert_eq!(moment(other), other);
        }
    }

    #[test]
    fn lines_keep_their_breaks_and_nothing_else() {
        assert_eq!(lines("a\r\n\tb\u{1b}[2J\u{202e}\n\n"), "a\n\tb\\u{1b}[2J\\u{202e}");
    }

    #[test]
    fn a_student_is_always_called_something() {
        let called = |id: &str, name: Option<&str>| {
            let (id, name) = (id.to_owned(), name.map(str::to_owned));
            super::name(Speaker::ENGLISH, &Student { id, name, ..Student::default() })
        };
        assert_eq!(called("7", Some("Ana")), "Ana");
        assert_eq!(called("7", Some(" ")), "7");
        assert_eq!(called("", None), "(no name)");
    }
}
