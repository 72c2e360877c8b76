//! The papers of an exam, for students, and their keys, for teachers.

use socklab_ladder::Xml;
use socklab_say::{Speaker, say};

use super::text::Text;
use super::{class, with, words};
use crate::book::{Assignment, Student};
use crate::exam::{Paper, Posed};

const CSS: &str = include_str!("exam.css");

/// Writes a student's paper as plain text. Nothing in it tells the right choices.
pub fn exam_text(
    assignment: &Assignment,
    (student, paper): (&Student, &Paper),
    speaker: Speaker,
) -> String {
    let mut text = begin(assignment, student, speaker);
    text.paragraph("", &say!(speaker, "exam-paper-about"));
    for (number, posed) in (1..).zip(&paper.questions) {
        ask(&mut text, speaker, number, posed);
    }
    text.text
}

/// Writes the key of a student's paper, with the reasons and the rows of the ladder that show it: for
/// teachers.
pub fn exam_key_text(
    assignment: &Assignment,
    (student, paper): (&Student, &Paper),
    speaker: Speaker,
) -> String {
    let mut text = begin(assignment, student, speaker);
    let keys: Vec<String> = paper.questions.iter().map(|posed| posed.key().to_string()).collect();
    text.paragraph("", &say!(speaker, "exam-key", key = keys.join(", ")));
    for (number, posed) in (1..).zip(&paper.questions) {
        ask(&mut text, speaker, number, posed);
        text.gap();
        for (letter, choice) in posed.choices() {
            let mark = if letter == posed.key() { "✓" } else { "✗" };
            text.hanging(&format!("   {mark} "), "     ", &format!("{letter}) {}", choice.why));
        }
        if posed.question.ran {
            text.gap();
            text.paragraph("   ", &say!(speaker, "exam-key-was-run"));
        }
        text.gap();
        text.verbatim("   ", &posed.question.evidence);
    }
    text.text
}

/// Draws papers as one self-contained page, each on a sheet of its own when it is printed. Nothing in
/// it tells the right choices.
pub fn exam_page(
    assignment: &Assignment,
    papers: &[(&Student, &Paper)],
    speaker: Speaker,
) -> String {
    let title = words::line(&assignment.title);
    let heading = match papers {
        [(student, _)] => {
            say!(speaker, "page-report", title = &*title, who = words::name(speaker, student))
        }
        _ => say!(speaker, "exam-papers-of", title = &*title),
    };
    let skip = say!(speaker, "exam-to-questions");
    let mut page = super::begin(speaker, &heading, CSS, false, ("papers", &skip));
    page.open("main", &[with("id", "papers")]);
    if papers.len() != 1 {
        page.text_element("h1", &[class("unprinted")], &heading);
    }
    for (student, paper) in papers {
        sheet(&mut page, speaker, &title, (student, paper), papers.len() == 1);
    }
    page.close("main");
    super::end(page, None)
}

fn sheet(
    page: &mut Xml,
    speaker: Speaker,
    title: &str,
    (student, paper): (&Student, &Paper),
    is_alone: bool,
) {
    page.open("article", &[class("paper")]);
    let heading = if is_alone { "h1" } else { "h2" };
    page.open(heading, &[]);
    page.text(title);
    page.open("small", &[]);
    page.text_element("bdi", &[], &words::name(speaker, student));
    if let Some(id) = words::id_beside(speaker, student) {
        page.text(" · ");
        page.text_element("bdi", &[], &id);
    }
    page.close("small");
    page.close(heading);
    page.text_element("p", &[class("hint")], &say!(speaker, "exam-paper-about"));
    page.open("ol", &[]);
    for posed in &paper.questions {
        page.open("li", &[]);
        page.text_element("p", &[class("ask")], &words::line(&posed.question.ask));
        let case = say!(speaker, "exam-of-case", case = words::line(&posed.question.case));
        page.text_element("p", &[class("hint")], &case);
        page.open("ul", &[class("choices")]);
        for (letter, choice) in posed.choices() {
            page.open("li", &[]);
            page.text_element("b", &[], &format!("{letter}) "));
            page.text(&words::line(&choice.text));
            page.close("li");
        }
        page.close("ul");
        page.close("li");
    }
    page.close("ol");
    page.close("article");
}

fn begin(assignment: &Assignment, student: &Student, speaker: Speaker) -> Text {
    let mut text = Text::default();
    let title = words::line(&assignment.title);
    let mut who = words::name(speaker, student);
    if let Some(id) = words::id_beside(speaker, student) {
        who = format!("{who} · {id}");
    }
    text.heading(&say!(speaker, "page-report", title = title, who = who), '=');
    text
}

fn ask(text: &mut Text, speaker: Speaker, number: usize, posed: &Posed) {
    text.gap();
    text.hanging(&format!("{number}. "), "   ", &words::line(&posed.question.ask));
    let case = say!(speaker, "exam-of-case", case = words::line(&posed.question.case));
    text.paragraph("   ", &case);
    text.gap();
    for (letter, choice) in posed.choices() {
        text.hanging(&format!("   {letter}) "), "      ", &words::line(&choice.text));
    }
}
