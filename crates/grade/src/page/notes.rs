//! What happened, student by student, and which submissions behave alike.

use std::collections::{BTreeMap, BTreeSet};

use socklab_ladder::Xml;
use socklab_say::{Speaker, count, say};

use super::folder::{folder_of, link};
use super::{Comments, class, with, words};
use crate::book::{CaseResult, Gradebook, Graded};
use crate::cluster::experiment;
use crate::state::CaseState;

/// Whether there is anything to say about a student.
pub(super) fn has(graded: &Graded) -> bool {
    let said = [!graded.compiler.is_empty(), graded.why.is_some(), graded.unsafe_because.is_some()];
    let seen = !graded.sightings.is_empty() || graded.retries > 0;
    said.contains(&true) || seen || graded.cases.iter().any(has_case)
}

/// Whether there is anything to say about a case.
pub(super) fn has_case(result: &CaseResult) -> bool {
    let said = result.did.is_some() || result.problem.is_some();
    result.state != CaseState::Passed && (said || !result.hints.is_empty())
}

/// Writes what happened. The page's script shows parts of it beside the table.
pub(super) fn write(page: &mut Xml, speaker: Speaker, book: &Gradebook) {
    if !book.results.iter().any(has) {
        return;
    }
    page.open("section", &[class("notes"), with("aria-labelledby", "notes")]);
    page.text_element("h2", &[with("id", "notes")], &say!(speaker, "page-notes"));
    page.text_element("p", &[class("hint")], &say!(speaker, "page-notes-about"));
    for (index, graded) in book.results.iter().enumerate().filter(|(_, graded)| has(graded)) {
        let id = format!("student-{index}");
        page.open("details", &[with("id", id)]);
        page.open("summary", &[]);
        page.open("bdi", &[]);
        page.text(&words::cut(&words::name(speaker, &graded.student), 80));
        page.close("bdi");
        let grade = words::grade(speaker, &book.assignment, graded);
        page.text_element("span", &[class("grade")], &grade);
        page.close("summary");
        about(page, speaker, graded);
        for (at, case) in book.assignment.cases.iter().enumerate() {
            let of_case = graded.cases.iter().find(|one| one.name == case.name);
            if let Some(result) = of_case.filter(|result| has_case(result)) {
                page.open("article", &[with("id", format!("case-{index}-{at}"))]);
                page.open("h3", &[]);
                sign(page, result.state);
                page.text(&words::line(&case.name));
                page.text_element("small", &[], &words::line(&case.title));
                page.close("h3");
                body(page, speaker, result);
                files(page, speaker, result, "");
                page.close("article");
            }
        }
        page.close("details");
    }
    page.close("section");
}

/// A sign, which words stand beside.
pub(super) fn sign(page: &mut Xml, state: CaseState) {
    let attributes = [class(format!("sign {}", state.word())), with("aria-hidden", "true")];
    page.text_element("span", &attributes, words::sign(state));
}

/// What is to be said of a student, apart from the cases.
pub(super) fn about(page: &mut Xml, speaker: Speaker, graded: &Graded) {
    if let Some(why) = &graded.why {
        labelled(page, &say!(speaker, "page-why"), why);
    }
    if let Some(why) = &graded.unsafe_because {
        let text = say!(speaker, "page-unsafe-one", why = words::line(why));
        page.text_element("p", &[class("warning")], &text);
    }
    if graded.retries > 0 {
        let text = say!(speaker, "page-retries", times = count(u64::from(graded.retries)));
        page.text_element("p", &[], &text);
    }
    if !graded.sightings.is_empty() {
        page.text_element("p", &[class("label")], &say!(speaker, "page-sightings"));
        page.open("ul", &[class("sightings")]);
        for one in &graded.sightings {
            page.text_element("li", &[], &words::sighting(speaker, one));
        }
        page.close("ul");
    }
    if !graded.compiler.trim().is_empty() {
        let refused = graded.state == crate::State::DoesNotCompile;
        let key = if refused { "page-compiler-refused" } else { "page-compiler-warned" };
        page.text_element("p", &[class("label")], &say!(speaker, key));
        page.text_element("pre", &[with("tabindex", "0")], &words::lines(&graded.compiler));
    }
}

/// A text of the report with what it is.
fn labelled(page: &mut Xml, label: &str, text: &str) {
    page.text_element("p", &[class("label")], label);
    said(page, "p", text);
}

/// A text of the report, with its columns if they matter.
fn said(page: &mut Xml, tag: &'static str, text: &str) {
    let columns = if words::has_columns(text) { "said columns" } else { "said" };
    page.text_element(tag, &[class(columns)], &words::lines(text));
}

/// What is to be said of a case.
pub(super) fn body(page: &mut Xml, speaker: Speaker, result: &CaseResult) {
    if let Some(did) = &result.did {
        page.open("div", &[class("did")]);
        labelled(page, &say!(speaker, "page-did"), &did.text);
        page.close("div");
    }
    if let Some(problem) = &result.problem {
        labelled(page, &say!(speaker, "page-problem"), problem);
    }
    if !result.explanations.is_empty() {
        page.text_element("p", &[class("label")], &say!(speaker, "page-explained"));
        page.open("ul", &[]);
        for text in &result.explanations {
            said(page, "li", text);
        }
        page.close("ul");
    }
    for hint in &result.hints {
        page.open("div", &[class("tip")]);
        labelled(page, &say!(speaker, "page-hints"), hint);
        page.close("div");
    }
    // Only in what the teacher sees.
    let here = !result.again_here.is_empty();
    let again = if here { &result.again_here } else { &result.again };
    if !again.is_empty() {
        let label = if here { "page-again-here" } else { "page-again" };
        page.text_element("p", &[class("label")], &say!(speaker, label));
        page.text_element("pre", &[with("tabindex", "0")], &words::lines(again));
    }
}

/// Links to what was written about a case, from a page in the folder `from`.
pub(super) fn files(page: &mut Xml, speaker: Speaker, result: &CaseResult, from: &str) {
    let all = [
        (&result.files.page, "page-ladder"),
        (&result.files.recording, "page-recording"),
        (&result.files.capture, "page-capture"),
    ];
    let links: Vec<(String, String)> = all
        .into_iter()
        .filter_map(|(path, key)| Some((link(from, path.as_deref()?)?, say!(speaker, key))))
        .collect();
    if links.is_empty() {
        return;
    }
    page.open("p", &[class("files")]);
    for (href, text) in links {
        // Links out of context need names of their own.
        let name = format!("{text}: {}", words::line(&result.name));
        page.text_element("a", &[with("href", href), with("aria-label", name)], &text);
    }
    page.close("p");
}

/// Submissions that behave alike.
pub(super) struct Alike<'b> {
    /// The group's name in the book.
    pub(super) name: &'b str,
    /// What it is called here: its number, if that is known.
    pub(super) shown: String,
    /// The places of its members.
    members: Vec<usize>,
    /// What tells it apart from the group that is nearest.
    apart: Option<String>,
}

/// The groups, the largest first.
pub(super) fn alike(book: &Gradebook, speaker: Speaker) -> Vec<Alike<'_>> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, graded) in book.results.iter().enumerate() {
        if let Some(group) = &graded.group {
            groups.entry(group).or_default().push(index);
        }
    }
    let known = book.groups();
    let mut all: Vec<(usize, Alike<'_>)> = Vec::new();
    for (name, members) in groups {
        let group = known.iter().find(|group| group.name == name);
        let number = group.map(|group| group.number);
        let shown = || words::cut(&words::line(name), 24);
        let nearest = group.and_then(|group| known.get(group.nearest.first()?.group));
        let apart = group.zip(nearest).and_then(|(one, other)| {
            let found = experiment(one.form, other.form)?;
            Some(found.text([one.number, other.number], speaker))
        });
        let shown = number.map_or_else(shown, |number| number.to_string());
        all.push((number.unwrap_or(usize::MAX), Alike { name, shown, members, apart }));
    }
    all.sort_by_key(|(number, group)| (*number, std::cmp::Reverse(group.members.len())));
    all.into_iter().map(|(_, group)| group).collect()
}

/// Writes the groups with their comments.
pub(super) fn groups(
    page: &mut Xml,
    speaker: Speaker,
    book: &Gradebook,
    groups: &[Alike<'_>],
    comments: &Comments,
) {
    if groups.is_empty() {
        return;
    }
    page.open("section", &[class("groups"), with("aria-labelledby", "groups")]);
    page.text_element("h2", &[with("id", "groups")], &say!(speaker, "page-groups"));
    page.text_element("p", &[class("hint")], &say!(speaker, "page-groups-about"));
    page.open("div", &[class("cards")]);
    for (place, group) in groups.iter().enumerate() {
        page.open("article", &[with("id", format!("group-{place}"))]);
        page.open("h3", &[]);
        let only = say!(speaker, "page-only-group", group = &*group.shown);
        let attributes =
            [with("href", "#matrix"), with("data-group", group.name), with("title", only)];
        let students = count(group.members.len());
        let text = say!(speaker, "page-group-of", group = &*group.shown, students = students);
        page.text_element("a", &attributes, &text);
        page.close("h3");
        behaviour(page, speaker, book, &group.members);
        page.open("p", &[class("members")]);
        for index in &group.members {
            let student = &book.results[*index].student;
            let report = format!("students/{}/report.html", folder_of(student));
            page.open("a", &[with("href", link("", &report).unwrap_or_default())]);
            page.text_element("bdi", &[], &words::cut(&words::name(speaker, student), 40));
            page.close("a");
        }
        page.close("p");
        if let Some(apart) = &group.apart {
            labelled(page, &say!(speaker, "page-apart"), apart);
        }
        match comments.get(group.name).filter(|comment| !comment.trim().is_empty()) {
            Some(comment) => labelled(page, &say!(speaker, "page-comment"), comment),
            None => {
                page.text_element("p", &[class("hint")], &say!(speaker, "page-no-comment"));
            }
        }
        page.close("article");
    }
    page.close("div");
    page.close("section");
}

/// What the members of a group have in common: their points, and what did not pass.
fn behaviour(page: &mut Xml, speaker: Speaker, book: &Gradebook, members: &[usize]) {
    let all = || members.iter().filter_map(|index| book.results.get(*index));
    let points: BTreeSet<Option<u32>> =
        all().map(|one| one.score(&book.assignment).map(|score| score.earned)).collect();
    page.open("p", &[class("behaviour")]);
    if let (1, Some(Some(points))) = (points.len(), points.first()) {
        page.text_element("b", &[], &words::points(speaker, *points));
    }
    let failed =
        |result: &&CaseResult| matches!(result.state, CaseState::Failed | CaseState::Timeout);
    let failed: BTreeSet<&str> = all()
        .flat_map(|one| one.cases.iter().filter(failed))
        .map(|one| one.name.as_str())
        .collect();
    let in_order = book.assignment.cases.iter().map(|case| case.name.as_str());
    let failed: Vec<String> =
        in_order.filter(|name| failed.contains(name)).map(words::line).collect();
    let ran = all().all(|one| !one.cases.is_empty());
    if !failed.is_empty() {
        page.text(&format!("{} {}", say!(speaker, "page-group-failed"), failed.join(", ")));
    } else if ran && all().flat_map(|one| &one.cases).all(|one| one.state == CaseState::Passed) {
        page.text(&say!(speaker, "page-group-passed-all"));
    } else if let Some(one) = all().next().filter(|_| !ran) {
        page.text(&words::state(speaker, one.state));
    }
    page.close("p");
    // The sentence that says what such a program does, if all of them say the same.
    let first = |one: &'_ Graded| one.cases.iter().find_map(|case| case.did.clone());
    let deeds: BTreeSet<String> = all().filter_map(first).map(|did| did.text).collect();
    if let (1, Some(deed)) = (deeds.len(), deeds.first()) {
        page.text_element("p", &[class("said")], &words::lines(deed));
    }
}
