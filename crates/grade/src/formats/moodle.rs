//! Moodle's grading worksheet, which an assignment with "Offline grading worksheet" imports.
//!
//! Moodle finds the columns by their names in the language of the site, and the student by the number
//! in `Participant 123`. It skips a row whose grade is empty.

use socklab_say::{Language, Speaker, say};

use super::csv::{cell, number, rows};
use super::words::{self, plain};
use super::{line, speaker};
use crate::{CaseState, Gradebook, Graded, State};

/// The names of the columns in a language of Moodle (`mod/assign/lang`).
struct Columns {
    identifier: &'static str,
    /// What stands before the number. Moodle cuts off as many bytes; in Spanish there is no space.
    participant: &'static str,
    full_name: &'static str,
    email: &'static str,
    status: &'static str,
    grade: &'static str,
    /// Its names in different versions, and in Mexico.
    maximum: [&'static str; 2],
    may_change: [&'static str; 2],
    submitted: &'static str,
    modified: &'static str,
    feedback: &'static str,
}

const ENGLISH: Columns = Columns {
    identifier: "Identifier",
    participant: "Participant ",
    full_name: "Full name",
    email: "Email address",
    status: "Status",
    grade: "Grade",
    maximum: ["Maximum grade", "Maximum Grade"],
    may_change: ["Grade can be changed"; 2],
    submitted: "Last modified (submission)",
    modified: "Last modified (grade)",
    feedback: "Feedback comments",
};

const SPANISH: Columns = Columns {
    identifier: "Identificador",
    participant: "Participante",
    full_name: "Nombre completo",
    email: "Dirección de correo",
    status: "Estado",
    grade: "Calificación",
    maximum: ["Calificación máxima"; 2],
    may_change: ["La calificación puede ser cambiada", "La calificación puede cambiarse"],
    submitted: "Última modificación (entrega)",
    modified: "Última modificación (calificación)",
    feedback: "Comentarios de retroalimentación",
};

/// The grades for Moodle, with the feedback for each student.
///
/// The points are scaled to the maximum grade that the roster gives. An unknown grade and that of
/// somebody who handed in nothing at all are empty; what was handed in and earned nothing is 0.
pub fn moodle(book: &Gradebook) -> String {
    let assignment = &book.assignment;
    let speaker = speaker(assignment);
    let columns = columns(book, speaker);
    let known = |name: &str| book.results.iter().any(|it| it.student.more.contains_key(name));
    let either = |names: [&'static str; 2]| if known(names[1]) { names[1] } else { names[0] };
    let (maximum, may_change) = (either(columns.maximum), either(columns.may_change));
    let mut header =
        [columns.identifier, columns.full_name, columns.email, columns.status].to_vec();
    header.extend([columns.grade, maximum, may_change]);
    header.extend([columns.submitted, columns.modified]);
    let feedback_column = feedback_column(book, &columns);
    let header = header.into_iter().chain([&*feedback_column]);
    let mut table: Vec<Vec<String>> = vec![header.map(cell).collect()];
    for graded in &book.results {
        let student = &graded.student;
        let more = |name: &str| student.more.get(name).map(String::as_str);
        let maximum = more(maximum);
        let full_name = more(columns.full_name).or(student.name.as_deref()).unwrap_or(&student.id);
        let submitted = graded.attempt.as_ref().and_then(|attempt| attempt.submitted.as_deref());
        table.push(vec![
            cell(&identifier(&columns, graded)),
            cell(full_name),
            cell(more(columns.email).or(student.email.as_deref()).unwrap_or_default()),
            cell(more(columns.status).unwrap_or_default()),
            grade(book, graded, maximum.and_then(decimal)),
            maximum.map_or_else(|| assignment.of().to_string(), cell),
            cell(more(may_change).unwrap_or_default()),
            cell(more(columns.submitted).or(submitted).unwrap_or("-")),
            // Moodle leaves out a grade that it changed after this moment.
            cell(more(columns.modified).unwrap_or("-")),
            cell(&feedback(speaker, book, graded)),
        ]);
    }
    rows(&table)
}

/// The columns in the language of the roster, or else in that of the gradebook.
fn columns(book: &Gradebook, speaker: Speaker) -> Columns {
    let has = |name: &str| book.results.iter().any(|it| it.student.more.contains_key(name));
    let told = |columns: &Columns| has(columns.modified) || has(columns.full_name);
    let spanish = speaker.language().tag() != Language::ENGLISH.tag();
    match (told(&ENGLISH), told(&SPANISH)) {
        (false, true) => SPANISH,
        (true, _) => ENGLISH,
        (false, false) if spanish => SPANISH,
        (false, false) => ENGLISH,
    }
}

/// The column for feedback, whose name every site may change.
fn feedback_column(book: &Gradebook, columns: &Columns) -> String {
    let mut known = book.results.iter().flat_map(|graded| graded.student.more.keys());
    let beginning = columns.feedback.split(' ').next().unwrap_or_default();
    let named = known.find(|name| name.starts_with(beginning));
    named.cloned().unwrap_or_else(|| columns.feedback.to_owned())
}

/// `Participant 123`, as the roster has it. A folder of a bulk download has the number only, so it
/// may have been noted in another language.
fn identifier(columns: &Columns, graded: &Graded) -> String {
    let more = |name: &str| graded.student.more.get(name);
    let known = more(columns.identifier);
    let Some(known) = known.or(more(ENGLISH.identifier)).or(more(SPANISH.identifier)) else {
        return String::new();
    };
    let number = &known[known.trim_end_matches(|char: char| char.is_ascii_digit()).len()..];
    let is_told = known.starts_with(columns.participant);
    if is_told || number.is_empty() {
        line(known)
    } else {
        format!("{}{number}", columns.participant)
    }
}

fn grade(book: &Gradebook, graded: &Graded, maximum: Option<f64>) -> String {
    let nothing = graded.state == State::NoSubmission && graded.attempt.is_none();
    let Some(score) = graded.score(&book.assignment).filter(|_| !nothing) else {
        return String::new();
    };
    let earned = f64::from(score.earned);
    // Who can earn less than others, because the exam does not count, is no worse off.
    let of_all = f64::from(book.assignment.of());
    match maximum.unwrap_or(of_all) {
        maximum if score.of > 0 => number(earned * maximum / f64::from(score.of)),
        _ => number(earned),
    }
}

/// A number as Moodle writes it, with a point or a comma.
fn decimal(text: &str) -> Option<f64> {
    let number: f64 = text.trim().replace(',', ".").parse().ok()?;
    (number.is_finite() && number > 0.0).then_some(number)
}

/// What the student reads beside the grade. Moodle shows it as HTML.
fn feedback(speaker: Speaker, book: &Gradebook, graded: &Graded) -> String {
    let assignment = &book.assignment;
    let seen = graded.for_student(assignment);
    let mut parts = Vec::new();
    if let Some(score) = seen.score(assignment) {
        let (earned, of) = (u64::from(score.earned), u64::from(score.of));
        parts.push(say!(speaker, "format-points", earned = earned, of = of));
    }
    parts.push(plain(&words::of_submission(speaker, &seen)));
    for info in &assignment.cases {
        let Some(case) = seen.cases.iter().find(|case| case.name == info.name) else { continue };
        let told = plain(&words::of_case(speaker, info, case));
        let state = match case.state {
            CaseState::Passed => say!(speaker, "format-passed"),
            _ if told.is_empty() => say!(speaker, "format-failed"),
            _ => told,
        };
        parts.push(format!("{}: {state}", line(&info.name)));
    }
    parts.retain(|part| !part.is_empty());
    quick_xml::escape::escape(parts.join("\n")).replace('\n', "<br />")
}
