//! A student's report as a page.

use socklab_ladder::Xml;
use socklab_say::{Speaker, say};

use super::folder::folder_of;
use super::{class, notes, term, with, words};
use crate::book::{Assignment, CaseInfo, CaseResult, Counted, Graded, Score};
use crate::state::{CaseState, State};

const CSS: &str = include_str!("student.css");

/// Draws what a student gets as one self-contained page without a script. It stands in the student's
/// folder (`students/`[`folder_of`]). Of a hidden case it says only the name and the points.
///
/// `comment` is the teacher's, on the group that the submission belongs to.
pub fn student_page(
    assignment: &Assignment,
    graded: &Graded,
    speaker: Speaker,
    comment: Option<&str>,
) -> String {
    let graded = &graded.for_student(assignment);
    let say = |key: &'static str| say!(speaker, key);
    let who = words::name(speaker, &graded.student);
    let title = words::line(&assignment.title);
    let heading = say!(speaker, "page-report", title = &*title, who = &*who);
    let skip = if graded.cases.is_empty() { "report" } else { "cases" };
    let to_cases = say("page-to-cases");
    let mut page = super::begin(speaker, &heading, CSS, false, (skip, &to_cases));
    page.open("main", &[]);
    page.open("h1", &[with("id", "report")]);
    page.text(&title);
    page.open("small", &[]);
    page.text_element("bdi", &[], &who);
    page.close("small");
    page.close("h1");
    points(&mut page, speaker, assignment, graded);
    facts(&mut page, speaker, assignment, graded);
    if let Some(why) = unknown(speaker, graded.state) {
        page.text_element("p", &[class("warning")], &why);
    }
    if let Some(comment) = comment.filter(|it| !it.trim().is_empty()) {
        page.open("section", &[class("comment"), with("aria-labelledby", "comment")]);
        page.text_element("h2", &[with("id", "comment")], &say("page-teachers-comment"));
        page.text_element("p", &[class("said")], &words::lines(comment));
        page.close("section");
    }
    page.open("div", &[class("about")]);
    notes::about(&mut page, speaker, graded);
    page.close("div");
    for (robust, id, key) in
        [(false, "cases", "page-core-cases"), (true, "robust", "page-robust-cases")]
    {
        let of_kind = |case: &&CaseInfo| case.robust == robust;
        let results: Vec<(&CaseInfo, &CaseResult)> = assignment
            .cases
            .iter()
            .filter(of_kind)
            .filter_map(|case| Some((case, graded.cases.iter().find(|it| it.name == case.name)?)))
            .collect();
        if results.is_empty() {
            // The link past what comes first needs its goal.
            if !robust && !graded.cases.is_empty() {
                page.text_element("p", &[with("id", "cases"), class("unseen")], "");
            }
            continue;
        }
        page.open("section", &[class("cases"), with("aria-labelledby", id)]);
        page.text_element("h2", &[with("id", id)], &say(key));
        if robust && assignment.counted == Counted::Core {
            page.text_element("p", &[class("hint")], &say("page-counts-not"));
        }
        let from = format!("students/{}", folder_of(&graded.student));
        for (case, result) in results {
            self::case(&mut page, speaker, case, result, &from);
        }
        page.close("section");
    }
    page.text_element("p", &[class("footer")], &footer(speaker, assignment));
    page.close("main");
    super::end(page, None)
}

/// Why nobody knows the points, if nobody does.
pub(super) fn unknown(speaker: Speaker, state: State) -> Option<String> {
    match state {
        State::InfraError => Some(say!(speaker, "page-unknown-why")),
        State::Pending => Some(say!(speaker, "page-pending-why")),
        State::Graded | State::NoSubmission | State::DoesNotCompile => None,
    }
}

/// What graded it.
pub(super) fn footer(speaker: Speaker, assignment: &Assignment) -> String {
    let (version, hash) =
        (words::line(&assignment.socklab), words::short(&assignment.exercise_sha256));
    say!(speaker, "page-footer", version = version, hash = hash, seed = assignment.seed)
}

/// The points, as large as they matter.
fn points(page: &mut Xml, speaker: Speaker, assignment: &Assignment, graded: &Graded) {
    page.open("dl", &[class("figures")]);
    let mut figure = |name: String, score: Option<Score>| {
        page.open("div", &[]);
        page.text_element("dt", &[], &name);
        page.open("dd", &[]);
        match score {
            Some(score) => {
                page.text(&score.earned.to_string());
                let of = say!(speaker, "page-of", of = score.of);
                page.text_element("small", &[], &format!(" {of}"));
            }
            None => page.text(&say!(speaker, "page-not-known")),
        }
        page.close("dd");
        page.close("div");
    };
    figure(say!(speaker, "page-points"), graded.score(assignment));
    if let Some(points) = graded.points.filter(|_| graded.state.has_points()) {
        if assignment.counted == Counted::All {
            figure(say!(speaker, "page-figure-core"), Some(points.core));
        }
        if points.robust.of > 0 {
            figure(say!(speaker, "page-figure-robust"), Some(points.robust));
        }
    }
    page.open("div", &[class(format!("state {}", graded.state.word()))]);
    page.text_element("dt", &[], &say!(speaker, "page-state"));
    page.text_element("dd", &[], &words::state(speaker, graded.state));
    page.close("div");
    page.close("dl");
}

/// What was handed in, and when.
fn facts(page: &mut Xml, speaker: Speaker, assignment: &Assignment, graded: &Graded) {
    let mut facts: Vec<_> = exam_of(speaker, assignment, graded).into_iter().collect();
    facts.extend(facts_of(speaker, graded));
    if facts.is_empty() {
        return;
    }
    page.open("dl", &[class("facts")]);
    for (name, value) in facts {
        term(page, &name, &value);
    }
    page.close("dl");
}

/// What an exam came to: the name and the value, if there is one.
pub(super) fn exam_of(
    speaker: Speaker,
    assignment: &Assignment,
    graded: &Graded,
) -> Option<(String, String)> {
    let told = speaker.tell(&graded.exam?.sentence());
    let value = match graded.score_of_exam(assignment) {
        Some(score) => format!("{told} ({})", words::score(speaker, score)),
        None => told,
    };
    Some((say!(speaker, "page-exam"), value))
}

/// What was handed in, and when: names and values.
pub(super) fn facts_of(speaker: Speaker, graded: &Graded) -> Vec<(String, String)> {
    let say = |key: &'static str| say!(speaker, key);
    let mut facts = Vec::new();
    if let Some(attempt) = &graded.attempt {
        let submitted = attempt.submitted.as_deref().map(words::moment);
        let late = attempt.late.then(|| say("page-flag-late"));
        let when: Vec<String> = submitted.into_iter().chain(late).collect();
        if !when.is_empty() {
            facts.push((say("page-submitted"), when.join(", ")));
        }
        if attempt.of > 1 {
            let (number, of) = (attempt.number, attempt.of);
            facts.push((
                say("page-attempt"),
                say!(speaker, "page-attempt-of", number = number, of = of),
            ));
        }
    }
    if !graded.file.is_empty() {
        facts.push((say("page-file"), words::line(&graded.file)));
    }
    if graded.used.milliseconds > 0 {
        facts.push((say("page-took"), words::took(speaker, graded.used)));
    }
    if graded.used.memory > 0 {
        let mib = speaker.tenths(graded.used.memory.saturating_mul(10).div_ceil(1 << 20));
        facts.push((say("page-memory"), say!(speaker, "page-memory-of", mib = mib)));
    }
    if !graded.sha256.is_empty() {
        facts.push((say("page-hash-of"), words::line(&graded.sha256)));
    }
    facts
}

/// A case.
fn case(page: &mut Xml, speaker: Speaker, case: &CaseInfo, result: &CaseResult, from: &str) {
    page.open("article", &[class(format!("case {}", result.state.word()))]);
    page.open("h3", &[]);
    notes::sign(page, result.state);
    page.text(&words::line(&case.name));
    if case.hidden {
        page.text_element("span", &[class("chip hidden")], &say!(speaker, "page-hidden"));
    } else {
        page.text_element("small", &[], &words::line(&case.title));
    }
    page.close("h3");
    page.open("p", &[class("earned")]);
    page.text(&words::outcome(speaker, result));
    let points = result.points.map_or_else(
        || say!(speaker, "page-not-known"),
        |earned| words::score(speaker, Score { earned, of: case.points }),
    );
    page.text_element("b", &[], &points);
    page.close("p");
    if case.hidden {
        page.text_element("p", &[class("hint")], &say!(speaker, "page-hidden-case"));
    } else if result.state != CaseState::Skipped {
        notes::body(page, speaker, result);
        notes::files(page, speaker, result, from);
    }
    page.close("article");
}
