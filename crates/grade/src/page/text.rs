//! A student's report as plain text.

use std::fmt::Write as _;

use socklab_say::{Speaker, count, say};

use super::{student, words};
use crate::book::{Assignment, CaseInfo, CaseResult, Counted, Graded, Score};
use crate::state::{CaseState, State};

/// The longest line, in columns. Only a command to copy may be longer.
const WIDTH: usize = 80;

/// Writes what a student gets as plain text, in lines of at most 80 columns but for commands to copy
/// and for what the compiler said. Of a hidden case it says only the name and the points.
///
/// `comment` is the teacher's, on the group that the submission belongs to.
pub fn student_text(
    assignment: &Assignment,
    graded: &Graded,
    speaker: Speaker,
    comment: Option<&str>,
) -> String {
    let graded = &graded.for_student(assignment);
    let say = |key: &'static str| say!(speaker, key);
    let mut text = Text::default();
    let who = words::name(speaker, &graded.student);
    let title = words::line(&assignment.title);
    text.heading(&say!(speaker, "page-report", title = title, who = who), '=');
    text.labelled(&say("page-points"), &words::grade(speaker, assignment, graded));
    if let Some(points) = graded.points.filter(|_| graded.state.has_points()) {
        if assignment.counted == Counted::All {
            text.labelled(&say("page-figure-core"), &words::score(speaker, points.core));
        }
        if points.robust.of > 0 {
            text.labelled(&say("page-figure-robust"), &words::score(speaker, points.robust));
        }
    }
    if let Some((name, value)) = student::exam_of(speaker, assignment, graded) {
        text.labelled(&name, &value);
    }
    text.labelled(&say("page-state"), &words::state(speaker, graded.state));
    for (name, value) in student::facts_of(speaker, graded) {
        text.labelled(&name, &value);
    }
    if let Some(why) = student::unknown(speaker, graded.state) {
        text.gap();
        text.paragraph("", &why);
    }
    if let Some(comment) = comment.filter(|it| !it.trim().is_empty()) {
        text.heading(&say("page-teachers-comment"), '-');
        text.paragraph("", comment);
    }
    about(&mut text, speaker, graded);
    for (robust, key) in [(false, "page-core-cases"), (true, "page-robust-cases")] {
        let mut cases = assignment.cases.iter().filter(|case| case.robust == robust);
        let mut begun = false;
        for case in &mut cases {
            let Some(result) = graded.cases.iter().find(|it| it.name == case.name) else {
                continue;
            };
            if !begun {
                text.heading(&say(key), '-');
                if robust && assignment.counted == Counted::Core {
                    text.paragraph("", &say("page-counts-not"));
                    text.gap();
                }
            }
            begun = true;
            self::case(&mut text, speaker, case, result);
        }
    }
    text.gap();
    text.paragraph("", &student::footer(speaker, assignment));
    text.text
}

/// What is to be said apart from the cases.
fn about(text: &mut Text, speaker: Speaker, graded: &Graded) {
    let say = |key: &'static str| say!(speaker, key);
    if let Some(why) = &graded.why {
        text.gap();
        text.labelled(&say("page-why"), why);
    }
    if let Some(why) = &graded.unsafe_because {
        text.gap();
        text.paragraph("", &say!(speaker, "page-unsafe-one", why = words::line(why)));
    }
    if graded.retries > 0 {
        text.gap();
        let times = count(u64::from(graded.retries));
        text.paragraph("", &say!(speaker, "page-retries", times = times));
    }
    if !graded.sightings.is_empty() {
        text.heading(&say("page-sightings"), '-');
        for one in &graded.sightings {
            text.item("", &words::sighting(speaker, one));
        }
    }
    if !graded.compiler.trim().is_empty() {
        let refused = graded.state == State::DoesNotCompile;
        let key = if refused { "page-compiler-refused" } else { "page-compiler-warned" };
        text.heading(&say(key), '-');
        text.verbatim("  ", &graded.compiler);
    }
}

/// A case.
fn case(text: &mut Text, speaker: Speaker, case: &CaseInfo, result: &CaseResult) {
    let say = |key: &'static str| say!(speaker, key);
    let state = words::outcome(speaker, result);
    let points = result.points.map_or_else(
        || say("page-not-known"),
        |earned| words::score(speaker, Score { earned, of: case.points }),
    );
    let hidden = if case.hidden { format!(" [{}]", say("page-hidden")) } else { String::new() };
    let sign = words::sign(result.state);
    let line = format!("{sign} {}{hidden}: {state} ({points})", words::line(&case.name));
    text.hanging("", "  ", &line);
    if case.hidden {
        return;
    }
    text.paragraph("  ", &case.title);
    // Nothing happened, and the line above says why.
    if result.state == CaseState::Skipped {
        text.gap();
        return;
    }
    let mut parts: Vec<(String, &str)> = Vec::new();
    parts.extend(result.did.iter().map(|did| (say("page-did"), did.text.as_str())));
    parts.extend(result.problem.iter().map(|problem| (say("page-problem"), problem.as_str())));
    parts.extend(result.explanations.iter().map(|one| (say("page-explained"), one.as_str())));
    parts.extend(result.hints.iter().map(|hint| (say("page-hints"), hint.as_str())));
    for (label, part) in &parts {
        text.hanging("  ", "  ", &format!("{label}:"));
        text.paragraph("    ", part);
    }
    if !result.again.is_empty() {
        text.hanging("  ", "  ", &format!("{}:", say("page-again")));
        text.verbatim("    ", &result.again);
    }
    if !parts.is_empty() || !result.again.is_empty() {
        text.gap();
    }
}

/// Text being written.
#[derive(Default)]
pub(super) struct Text {
    pub(super) text: String,
}

impl Text {
    /// An empty line, if there is none yet.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    pub(super) fn heading(&mut self, heading: &str, under: char) {
        self.gap();
        let lines = wrapped(heading, WIDTH);
        let width = lines.iter().map(|line| textwrap::core::display_width(line)).max();
        for line in lines {
            self.line("", &line);
        }
        let rule = under.to_string().repeat(width.unwrap_or_default());
        self.line("", &rule);
        self.gap();
    }

    pub(super) fn labelled(&mut self, label: &str, value: &str) {
        self.hanging("", "  ", &format!("{label}: {}", words::line(value)));
    }

    pub(super) fn item(&mut self, indent: &str, text: &str) {
        self.hanging(&format!("{indent}- "), &format!("{indent}  "), text);
    }

    /// A text of several lines, each of which is wrapped and keeps its own indentation.
    pub(super) fn paragraph(&mut self, indent: &str, text: &str) {
        for line in untabbed(text).lines() {
            let own = line.len() - line.trim_start_matches(' ').len();
            let own = " ".repeat(own.min(WIDTH / 2));
            let indent = format!("{indent}{own}");
            self.hanging(&indent, &indent, line.trim());
        }
    }

    /// A text whose first line is indented otherwise than the others.
    pub(super) fn hanging(&mut self, first: &str, others: &str, text: &str) {
        let room = WIDTH - first.len().max(others.len());
        let lines = wrapped(text, room);
        if lines.is_empty() {
            self.line(first, "");
        }
        for (index, line) in lines.iter().enumerate() {
            self.line(if index == 0 { first } else { others }, line);
        }
    }

    /// A text that somebody may copy: its lines stay as they are.
    pub(super) fn verbatim(&mut self, indent: &str, text: &str) {
        for line in untabbed(text).lines() {
            self.line(indent, line);
        }
    }

    pub(super) fn line(&mut self, indent: &str, line: &str) {
        let line = format!("{indent}{line}");
        // A String takes whatever is written to it.
        let _ = writeln!(self.text, "{}", line.trim_end());
    }
}

/// Foreign text of several lines, with tabs as blanks: a reader's tabs may be of any width.
fn untabbed(text: &str) -> String {
    words::lines(text).replace('\t', "        ")
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let lines = textwrap::wrap(text, textwrap::Options::new(width.max(20)));
    lines.into_iter().map(|line| line.into_owned()).collect()
}
