//! `grades.csv`: a row per student, for people and spreadsheets.

use super::csv::{cell, number, sheet};
use crate::exam::Examined;
use crate::{Gradebook, Graded, Score};

/// The table of grades. `report` knows where a student's report is, if there is one.
///
/// Nobody's unknown grade is an empty cell.
pub fn grades_csv(book: &Gradebook, report: impl Fn(&Graded) -> Option<String>) -> String {
    let assignment = &book.assignment;
    let mut table = vec![header(book)];
    for graded in &book.results {
        let student = &graded.student;
        let score = graded.score(assignment);
        let points = graded.points.filter(|_| score.is_some());
        let attempt = graded.attempt.as_ref();
        let yes = |is: bool| if is { "yes".to_owned() } else { String::new() };
        let counted = |number: Option<u32>| number.map_or_else(String::new, |it| it.to_string());
        let mut row = vec![
            cell(&student.id),
            cell(student.name.as_deref().unwrap_or_default()),
            cell(student.email.as_deref().unwrap_or_default()),
            graded.state.word().to_owned(),
            counted(score.map(|score| score.earned)),
            score.map_or(assignment.of(), |score| score.of).to_string(),
            counted(points.map(|points| points.core.earned)),
            counted(points.map(|points| points.robust.earned)),
            score.and_then(percent).map_or_else(String::new, number),
            yes(attempt.is_some_and(|attempt| attempt.late)),
            counted(attempt.map(|attempt| attempt.number)),
            counted(attempt.map(|attempt| attempt.of)),
            cell(attempt.and_then(|attempt| attempt.submitted.as_deref()).unwrap_or_default()),
            yes(graded.unsafe_because.is_some()),
        ];
        for case in &assignment.cases {
            let result = graded.cases.iter().find(|result| result.name == case.name);
            row.push(counted(result.and_then(|result| result.points)));
        }
        if assignment.exam.is_some() {
            row.push(graded.exam.map_or("", Examined::word).to_owned());
            row.push(counted(graded.exam.and_then(Examined::right)));
            row.push(counted(graded.score_of_exam(assignment).map(|score| score.earned)));
        }
        row.push(cell(graded.group.as_deref().unwrap_or_default()));
        row.push(report(graded).map_or_else(String::new, |path| cell(&path)));
        table.push(row);
    }
    sheet(&table)
}

fn header(book: &Gradebook) -> Vec<String> {
    const BEFORE: [&str; 14] = [
        "id",
        "name",
        "email",
        "state",
        "points",
        "of",
        "core",
        "robust",
        "percent",
        "late",
        "attempt",
        "attempts",
        "submitted",
        "unsafe",
    ];
    let cases =
        book.assignment.cases.iter().map(|case| format!("case:{}", super::line(&case.name)));
    let before = BEFORE.map(str::to_owned).into_iter();
    let exam = ["exam", "exam_right", "exam_points"];
    let exam = exam.into_iter().filter(|_| book.assignment.exam.is_some()).map(str::to_owned);
    before.chain(cases).chain(exam).chain(["group", "report"].map(str::to_owned)).collect()
}

fn percent(score: Score) -> Option<f64> {
    (score.of > 0).then(|| f64::from(score.earned) * 100.0 / f64::from(score.of))
}
