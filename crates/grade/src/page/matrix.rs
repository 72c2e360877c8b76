//! The table of students and cases.

use socklab_ladder::Xml;
use socklab_say::{Speaker, count, say};

use super::folder::{folder_of, link};
use super::notes::Alike;
use super::{class, figures, notes, student, with, words};
use crate::book::{Assignment, CaseInfo, Gradebook, Graded};
use crate::exam::{Examined, QUESTIONS};
use crate::state::State;

/// Every text of the page that only the script shows, as an attribute of the table's section.
const SPOKEN: [(&str, &str); 10] = [
    ("data-close", "page-close"),
    ("data-ladder", "page-ladder"),
    ("data-recording", "page-recording"),
    ("data-capture", "page-capture"),
    ("data-report", "page-report-link"),
    ("data-next-case", "page-next-case"),
    ("data-previous-case", "page-previous-case"),
    ("data-next-student", "page-next-student"),
    ("data-previous-student", "page-previous-student"),
    ("data-keys", "page-matrix-keys"),
];

pub(super) fn write(page: &mut Xml, speaker: Speaker, book: &Gradebook, groups: &[Alike<'_>]) {
    let say = |key: &'static str| say!(speaker, key);
    let mut section = vec![class("matrix"), with("aria-labelledby", "matrix"), with("id", "all")];
    section.extend(SPOKEN.map(|(name, key)| with(name, say(key))));
    page.open("section", &section);
    page.text_element("h2", &[with("id", "matrix"), with("tabindex", "-1")], &say("page-matrix"));
    page.open("p", &[class("hint")]);
    page.text(&say("page-matrix-about"));
    // Only the script knows these keys, and it shows them.
    let keys = [with("id", "keys"), with("hidden", "hidden")];
    page.text_element("span", &keys, "");
    page.close("p");
    filters(page, speaker, book, groups);
    let scrolled = [
        class("scrolled"),
        with("role", "region"),
        with("aria-labelledby", "matrix"),
        with("tabindex", "0"),
    ];
    page.open("div", &scrolled);
    page.open("table", &[with("id", "grades")]);
    head(page, speaker, book, groups);
    page.open("tbody", &[]);
    for (index, graded) in book.results.iter().enumerate() {
        row(page, speaker, book, groups, (index, graded));
    }
    page.close("tbody");
    page.close("table");
    page.close("div");
    let none = [class("hint"), with("id", "none"), with("hidden", "hidden")];
    page.text_element("p", &none, &say("page-none-shown"));
    page.open("ul", &[class("key")]);
    for state in words::STATES.into_iter().rev() {
        page.open("li", &[]);
        let sign = words::sign(state);
        page.text_element("span", &[class(format!("sign {}", state.word()))], sign);
        page.text(&words::case_state(speaker, state));
        page.close("li");
    }
    page.close("ul");
    page.close("section");
}

/// What narrows the table down. The script shows it.
fn filters(page: &mut Xml, speaker: Speaker, book: &Gradebook, groups: &[Alike<'_>]) {
    let say = |key: &'static str| say!(speaker, key);
    let bar = [
        with("id", "filters"),
        with("role", "group"),
        with("aria-label", say("page-filters")),
        with("hidden", "hidden"),
    ];
    page.open("div", &bar);
    let find = [
        with("type", "search"),
        with("id", "find"),
        with("aria-label", say("page-find")),
        with("placeholder", say("page-find")),
        with("autocomplete", "off"),
    ];
    page.empty("input", &find);
    let option = |page: &mut Xml, value: &str, text: &str| {
        page.text_element("option", &[with("value", value)], text);
    };
    let select = |page: &mut Xml, id: &'static str, key: &'static str| {
        page.open("select", &[with("id", id), with("aria-label", say(key))]);
    };
    select(page, "by-state", "page-state");
    option(page, "", &say("page-any-state"));
    for state in [
        State::Graded,
        State::DoesNotCompile,
        State::NoSubmission,
        State::InfraError,
        State::Pending,
    ] {
        if book.results.iter().any(|one| one.state == state) {
            option(page, state.word(), &words::state(speaker, state));
        }
    }
    page.close("select");
    select(page, "by-case", "page-failing");
    option(page, "", &format!("{}: {}", say("page-failing"), say("page-any-case")));
    for (index, case) in book.assignment.cases.iter().enumerate() {
        let text = format!("{}: {}", say("page-failing"), words::line(&case.name));
        option(page, &index.to_string(), &text);
    }
    page.close("select");
    if !groups.is_empty() {
        select(page, "by-group", "page-group");
        option(page, "", &say("page-any-group"));
        for group in groups {
            option(page, group.name, &format!("{} {}", say("page-group"), group.shown));
        }
        page.close("select");
    }
    let mut check = |id: &'static str, key: &'static str| {
        page.open("label", &[]);
        page.empty(
            "input",
            &[with("type", "checkbox"), with("id", id), with("aria-label", say(key))],
        );
        page.text(&say(key));
        page.close("label");
    };
    if book.results.iter().any(figures::is_late) {
        check("only-late", "page-only-late");
    }
    if book.results.iter().any(|one| !one.sightings.is_empty()) {
        check("only-seen", "page-only-seen");
    }
    page.text_element(
        "button",
        &[with("type", "button"), with("id", "everybody")],
        &say("page-all"),
    );
    let all = book.results.len();
    let shown =
        [with("id", "shown"), with("role", "status"), with("data-text", shown(speaker, all))];
    page.text_element("span", &shown, "");
    page.close("div");
}

/// How many are shown, with `#` where the script puts their number.
fn shown(speaker: Speaker, all: usize) -> String {
    say!(speaker, "page-shown", shown = "#", of = speaker.number(all as u64))
}

fn head(page: &mut Xml, speaker: Speaker, book: &Gradebook, groups: &[Alike<'_>]) {
    page.open("thead", &[]);
    page.open("tr", &[]);
    let mut column = |kind: &str, key: &'static str| {
        let attributes = [with("scope", "col"), class(kind)];
        page.text_element("th", &attributes, &say!(speaker, key));
    };
    column("who", "page-student");
    column("number", "page-points");
    if book.assignment.exam.is_some() {
        column("number", "page-exam");
    }
    column("", "page-state");
    if !groups.is_empty() {
        column("", "page-group");
    }
    column("", "page-flags");
    for (index, case) in book.assignment.cases.iter().enumerate() {
        let kind = match (case.robust, case.hidden) {
            (_, true) => "case hidden",
            (true, _) => "case robust",
            _ => "case",
        };
        let what = format!("{} ({})", words::line(&case.title), kind_of(speaker, case));
        let attributes = [
            with("scope", "col"),
            class(kind),
            with("id", format!("case-{index}")),
            with("title", what),
        ];
        page.open("th", &attributes);
        page.text_element("span", &[], &words::line(&case.name));
        page.close("th");
    }
    page.close("tr");
    page.close("thead");
}

/// What kind of case it is, and its points.
fn kind_of(speaker: Speaker, case: &CaseInfo) -> String {
    let kind = if case.robust { "page-robust" } else { "page-core" };
    let kind = say!(speaker, kind);
    let points = words::points(speaker, case.points);
    if case.hidden {
        return format!("{kind}, {}, {points}", say!(speaker, "page-hidden"));
    }
    format!("{kind}, {points}")
}

fn row(
    page: &mut Xml,
    speaker: Speaker,
    book: &Gradebook,
    groups: &[Alike<'_>],
    (index, graded): (usize, &Graded),
) {
    let assignment = &book.assignment;
    let late = figures::is_late(graded);
    let who = words::name(speaker, &graded.student);
    let score = graded.score(assignment);
    let pending = graded.state == State::Pending;
    let unknown = if pending { "–" } else { "?" };
    let mut attributes = vec![
        with("data-state", graded.state.word()),
        with("data-points", score.map_or(unknown.to_owned(), |it| it.earned.to_string())),
    ];
    attributes.extend(graded.group.iter().map(|group| with("data-group", group.as_str())));
    attributes.extend(late.then(|| with("data-late", "")));
    attributes.extend((!graded.sightings.is_empty()).then(|| with("data-seen", "")));
    page.open("tr", &attributes);

    page.open("th", &[with("scope", "row"), class("who")]);
    // Who has not been graded yet may have no report.
    let tag = if pending { "span" } else { "a" };
    let report = format!("students/{}/report.html", folder_of(&graded.student));
    let href = link("", &report).filter(|_| !pending).map(|href| with("href", href));
    let named: Vec<_> = href.into_iter().chain([with("data-who", "")]).collect();
    page.open(tag, &named);
    page.text_element("bdi", &[], &words::cut(&who, 80));
    page.close(tag);
    if let Some(id) = words::id_beside(speaker, &graded.student) {
        page.open("small", &[]);
        page.text_element("bdi", &[], &words::cut(&id, 80));
        page.close("small");
    }
    page.close("th");

    // Nobody's points are between none and one, where those that nobody knows are sorted in.
    let key = score.map_or("-1".to_owned(), |score| score.earned.to_string());
    page.open("td", &[class("number"), with("data-sort", key)]);
    match score {
        Some(score) => {
            page.text_element("b", &[], &score.earned.to_string());
            page.text_element("small", &[], &format!("/{}", score.of));
        }
        None if pending => page.text_element("span", &[class("pending")], unknown),
        None => page.text_element("span", &[class("unknown")], unknown),
    }
    page.close("td");

    if assignment.exam.is_some() {
        exam(page, speaker, assignment, graded);
    }

    let noted = notes::has(graded).then(|| format!("student-{index}"));
    let state = words::state(speaker, graded.state);
    page.open("td", &[class(format!("state {}", graded.state.word()))]);
    match noted.as_deref().filter(|_| graded.state != State::Graded) {
        Some(id) => page.text_element("a", &opens(id), &state),
        None => page.text_element("span", &[], &state),
    }
    page.close("td");

    if !groups.is_empty() {
        page.open("td", &[]);
        let of = |group: &Alike<'_>| graded.group.as_deref() == Some(group.name);
        if let Some(place) = groups.iter().position(of) {
            let link = [with("href", format!("#group-{place}"))];
            page.text_element("a", &link, &groups[place].shown);
        }
        page.close("td");
    }

    flags(page, speaker, graded, late, noted.as_deref());

    for (at, case) in assignment.cases.iter().enumerate() {
        cell(page, speaker, (index, at), graded, case, &who);
    }
    page.close("tr");
}

/// How many answers of the exam are right; the sentence that says the same is its title.
fn exam(page: &mut Xml, speaker: Speaker, assignment: &Assignment, graded: &Graded) {
    let right = graded.exam.and_then(Examined::right);
    let key = right.map_or(-1, i64::from);
    page.open("td", &[class("number"), with("data-sort", key.to_string())]);
    let told = student::exam_of(speaker, assignment, graded).map(|(_, told)| told);
    let title: Vec<_> = told.iter().map(|told| with("title", told.as_str())).collect();
    match (right, graded.exam) {
        (Some(right), _) => {
            page.text_element("b", &title, &right.to_string());
            page.text_element("small", &[], &format!("/{QUESTIONS}"));
        }
        (None, Some(Examined::NoAnswers)) => {
            page.text_element("span", &[vec![class("unknown")], title].concat(), "?");
        }
        (None, Some(_)) => page.text_element("span", &title, "–"),
        (None, None) => {}
    }
    page.close("td");
}

/// What stands out: late, without a sandbox, what the sandbox saw.
fn flags(page: &mut Xml, speaker: Speaker, graded: &Graded, late: bool, noted: Option<&str>) {
    let seen = graded.sightings.len();
    let open = graded.unsafe_because.is_some();
    // Sorted by how much there is to look at.
    let key = seen * 4 + usize::from(open) * 2 + usize::from(late);
    page.open("td", &[class("flags"), with("data-sort", key.to_string())]);
    if late {
        let submitted = graded.attempt.as_ref().and_then(|it| it.submitted.as_deref());
        let mut chip = vec![class("chip late")];
        chip.extend(submitted.map(|at| with("title", words::moment(at))));
        page.text_element("span", &chip, &say!(speaker, "page-flag-late"));
    }
    if open {
        page.text_element("span", &[class("chip open")], &say!(speaker, "page-flag-unsafe"));
    }
    if !graded.sightings.is_empty() {
        let what: Vec<String> =
            graded.sightings.iter().take(3).map(|one| words::line(&one.text)).collect();
        let name = say!(speaker, "page-flag-seen", times = count(seen));
        let mut chip = noted.map_or(Vec::new(), |id| opens(id).to_vec());
        chip.extend([class("chip seen"), with("title", words::cut(&what.join(" · "), 300))]);
        let tag = if noted.is_some() { "a" } else { "span" };
        page.text_element(tag, &chip, &name);
    }
    page.close("td");
}

/// A link to a student's notes, which the script opens without leaving the table.
fn opens(id: &str) -> [socklab_ladder::Attribute; 2] {
    [with("href", format!("#{id}")), with("data-note", id)]
}

/// What became of a case: a sign that leads to its ladder, or to its notes if there is no ladder.
fn cell(
    page: &mut Xml,
    speaker: Speaker,
    (row, column): (usize, usize),
    graded: &Graded,
    case: &CaseInfo,
    who: &str,
) {
    let Some(result) = graded.cases.iter().find(|one| one.name == case.name) else {
        page.open("td", &[class("case absent"), with("data-sort", "9")]);
        page.text_element("span", &[], "·");
        page.close("td");
        return;
    };
    let word = result.state.word();
    let sort = words::rank(result.state).to_string();
    page.open("td", &[class(format!("case {word}")), with("data-sort", sort)]);
    let state = words::outcome(speaker, result);
    let name = say!(
        speaker,
        "page-name-of-cell",
        case = words::line(&case.name),
        who = who,
        state = state
    );
    let noted = notes::has_case(result).then(|| format!("case-{row}-{column}"));
    let ladder = result.files.page.as_deref().and_then(|path| link("", path));
    let href = ladder.or_else(|| noted.as_ref().map(|id| format!("#{id}")));
    let sign = words::sign(result.state);
    if let Some(href) = href {
        let mut attributes = vec![with("href", href), with("aria-label", name)];
        attributes.extend(noted.map(|id| with("data-note", id)));
        page.text_element("a", &attributes, sign);
    } else {
        page.text_element("span", &[with("role", "img"), with("aria-label", name)], sign);
    }
    page.close("td");
}
