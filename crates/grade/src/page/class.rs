//! The page of a class.

use socklab_ladder::Xml;
use socklab_say::{Speaker, count, say};

use super::figures::{self, Figures};
use super::{Comments, class, histogram, matrix, notes, term, with, words};
use crate::book::{Assignment, Counted, Gradebook};

const CSS: &str = include_str!("class.css");
const SCRIPT: &str = include_str!("class.js");

/// Draws a class as one self-contained page of HTML: figures, a histogram of points, the cases by
/// how often they failed, and a table of students and cases in which every cell leads to its ladder.
///
/// The page stands in the folder of results. It can be read without its script, which sorts, filters
/// and shows what happened in a cell without leaving the page. `comments` are shown with their groups.
pub fn class_page(book: &Gradebook, speaker: Speaker, comments: &Comments) -> String {
    let assignment = &book.assignment;
    let title = say!(speaker, "page-class", title = words::line(&assignment.title));
    let skip = say!(speaker, "page-to-matrix");
    let mut page = super::begin(speaker, &title, CSS, true, ("matrix", &skip));
    page.open("main", &[]);
    page.text_element("h1", &[], &title);
    facts(&mut page, speaker, assignment);
    summary(&mut page, speaker, book);
    page.open("div", &[class("beside")]);
    histogram::write(&mut page, speaker, book);
    cases(&mut page, speaker, book);
    page.close("div");
    let groups = notes::alike(book, speaker);
    matrix::write(&mut page, speaker, book, &groups);
    notes::groups(&mut page, speaker, book, &groups, comments);
    notes::write(&mut page, speaker, book);
    page.close("main");
    super::end(page, Some(SCRIPT))
}

/// What was graded, when and with what.
fn facts(page: &mut Xml, speaker: Speaker, assignment: &Assignment) {
    let say = |key: &'static str| say!(speaker, key);
    page.open("dl", &[class("facts")]);
    term(page, &say("page-exercise"), &words::line(&assignment.exercise));
    term(page, &say("page-started"), &words::moment(&assignment.started));
    let counted = match assignment.counted {
        Counted::Core => say!(speaker, "page-counted-core", of = assignment.of_cases()),
        Counted::All => say!(speaker, "page-counted-all", of = assignment.of_cases()),
    };
    term(page, &say("page-counted"), &counted);
    if let Some(exam) = assignment.exam {
        let told = match (exam.each, exam.marked) {
            (0, _) => say!(speaker, "page-exam-beside"),
            (each, true) => say!(speaker, "page-exam-counts", each = each, of = exam.of()),
            (each, false) => say!(speaker, "page-exam-will-count", each = each),
        };
        term(page, &say("page-exam"), &told);
    }
    term(page, &say("page-socklab"), &words::line(&assignment.socklab));
    term(page, &say("page-seed"), &assignment.seed.to_string());
    term(page, &say("page-hash"), &words::short(&assignment.exercise_sha256));
    if let Some(pack) = &assignment.pack {
        let (name, hash) = (words::line(&pack.name), words::short(&pack.sha256));
        term(page, &say("page-pack"), &say!(speaker, "page-pack-of", name = name, hash = hash));
    }
    page.close("dl");
}

fn summary(page: &mut Xml, speaker: Speaker, book: &Gradebook) {
    let figures = Figures::of(book);
    if figures.pending > 0 {
        let done = speaker.number((figures.students - figures.pending) as u64);
        let text = say!(speaker, "page-so-far", done = done, students = count(figures.students));
        page.text_element("p", &[class("warning"), with("role", "status")], &text);
    }
    page.open("section", &[class("summary"), with("aria-labelledby", "summary")]);
    page.text_element(
        "h2",
        &[with("id", "summary"), class("unseen")],
        &say!(speaker, "page-summary"),
    );
    page.open("dl", &[class("figures")]);
    let of = say!(speaker, "page-of", of = book.assignment.of());
    let number = |count: usize| speaker.number(count as u64);
    let points = |tenths: Option<u64>| tenths.map_or("–".to_owned(), |it| speaker.tenths(it));
    let mut figure = |kind: &str, name: String, value: String, more: &str| {
        page.open("div", &[class(kind)]);
        page.text_element("dt", &[], &name);
        page.open("dd", &[]);
        page.text(&value);
        if !more.is_empty() {
            page.text_element("small", &[], &format!(" {more}"));
        }
        page.close("dd");
        page.close("div");
    };
    figure("", say!(speaker, "page-students"), number(figures.students), "");
    if figures.pending > 0 {
        figure("pending", say!(speaker, "page-pending"), number(figures.pending), "");
    }
    figure("", say!(speaker, "page-mean"), points(figures.mean), &of);
    figure("", say!(speaker, "page-median"), points(figures.median), &of);
    // What is not there is said more quietly.
    let kind = |count: usize, kind: &str| if count == 0 { "none" } else { kind }.to_owned();
    for (count, of, name) in [
        (figures.graded, "", say!(speaker, "page-graded")),
        (figures.late, "", say!(speaker, "page-late")),
        (figures.no_submission, "missing", say!(speaker, "page-no-submission")),
        (figures.does_not_compile, "refused", say!(speaker, "page-does-not-compile")),
        (figures.infra_error, "unknown", say!(speaker, "page-infra-error")),
        (figures.seen, "seen", say!(speaker, "page-seen")),
    ] {
        figure(&kind(count, of), name, number(count), "");
    }
    page.close("dl");
    if figures.open > 0 {
        let text = say!(speaker, "page-unsafe", students = count(figures.open));
        page.text_element("p", &[class("warning")], &text);
    }
    page.close("section");
}

/// The cases, those that failed most often first.
fn cases(page: &mut Xml, speaker: Speaker, book: &Gradebook) {
    let say = |key: &'static str| say!(speaker, key);
    page.open("section", &[class("cases"), with("aria-labelledby", "cases")]);
    page.text_element("h2", &[with("id", "cases")], &say("page-cases"));
    page.open("table", &[]);
    page.open("thead", &[]);
    page.open("tr", &[]);
    for (kind, key) in [("", "page-case"), ("number", "page-points"), ("", "page-not-passed")] {
        page.text_element("th", &[with("scope", "col"), class(kind)], &say(key));
    }
    page.close("tr");
    page.close("thead");
    page.open("tbody", &[]);
    for tally in figures::tallies(book) {
        page.open("tr", &[]);
        page.open("th", &[with("scope", "row")]);
        let name = words::line(&tally.case.name);
        let only = say!(speaker, "page-only-these", case = &*name);
        let link = [
            with("href", format!("#case-{}", tally.index)),
            with("data-case", tally.index.to_string()),
            with("title", only),
        ];
        page.text_element("a", &link, &name);
        kinds(page, speaker, tally.case);
        page.text_element("small", &[], &words::line(&tally.case.title));
        page.close("th");
        page.text_element("td", &[class("number")], &tally.case.points.to_string());
        page.open("td", &[]);
        page.open("div", &[class("often")]);
        let share = (tally.not_passed * 100).checked_div(tally.run).unwrap_or(0);
        page.open("span", &[class("meter"), with("aria-hidden", "true")]);
        page.text_element("span", &[with("style", format!("width:{share}%"))], "");
        page.close("span");
        let (n, of) = (speaker.number(tally.not_passed as u64), speaker.number(tally.run as u64));
        page.text_element("span", &[class("n")], &say!(speaker, "page-of-run", n = n, of = of));
        page.close("div");
        page.close("td");
        page.close("tr");
    }
    page.close("tbody");
    page.close("table");
    page.close("section");
}

/// Whether a case is robust or hidden.
pub(super) fn kinds(page: &mut Xml, speaker: Speaker, case: &crate::CaseInfo) {
    for (is, kind, key) in
        [(case.robust, "robust", "page-robust"), (case.hidden, "hidden", "page-hidden")]
    {
        if is {
            page.text_element("span", &[class(format!("chip {kind}"))], &say!(speaker, key));
        }
    }
}
