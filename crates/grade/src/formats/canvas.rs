//! The CSV file that Canvas' gradebook imports: the columns of its own export, and one assignment.

use socklab_say::say;

use super::csv::{cell, number, rows};
use super::{line, speaker};
use crate::{Gradebook, Graded, Score, State};

/// The columns that name a student, in Canvas' order.
const STUDENT: [&str; 5] = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"];

/// The grades for Canvas. `column` is the assignment's title with its number, as Canvas' export has
/// it: `Echo server (4325137)`. Without it, a column of the roster is used that is named like the
/// exercise, or else the exercise's title: Canvas then asks which assignment is meant, or makes a new
/// one.
///
/// An exam is a column of its own, with points of its own, so that nobody for whom it does not count
/// gets a zero for it.
///
/// An unknown grade and that of somebody who handed in nothing at all are empty: for the second,
/// Canvas has a policy of its own. What was handed in and earned nothing is 0.
pub fn canvas(book: &Gradebook, column: Option<&str>) -> String {
    let assignment = &book.assignment;
    let column = column.map_or_else(|| title(book), line);
    let exam = assignment.exam.filter(|exam| exam.of() > 0);
    let exam_column = exam.map(|_| {
        // Without the number that Canvas knows the other column by.
        let plain = column.rsplit_once(" (").map_or(column.as_str(), |(title, _)| title);
        say!(speaker(assignment), "format-exam-column", title = plain)
    });
    let mut table = vec![
        STUDENT
            .map(str::to_owned)
            .into_iter()
            .chain([cell(&column)])
            .chain(exam_column.as_deref().map(cell))
            .collect(),
        // As Canvas' own files have it, with four spaces: so it can't be a student's name.
        ["    Points Possible", "", "", "", ""]
            .map(str::to_owned)
            .into_iter()
            .chain([assignment.of_cases().to_string()])
            .chain(exam.map(|exam| exam.of().to_string()))
            .collect::<Vec<_>>(),
    ];
    for graded in &book.results {
        let student = &graded.student;
        let more = |name: &str| student.more.get(name).map(String::as_str);
        let id = if more("SIS User ID").is_some() || more("ID").is_some() {
            ["ID", "SIS User ID", "SIS Login ID"].map(|name| more(name).unwrap_or_default())
        } else {
            // No roster from Canvas: the school's id is what it calls SIS.
            ["", &student.id, student.email.as_deref().unwrap_or_default()]
        };
        let name = more("Student").or(student.name.as_deref()).unwrap_or(&student.id);
        let mut row = vec![cell(name)];
        row.extend(id.map(cell));
        row.push(cell(more("Section").unwrap_or_default()));
        row.push(grade(graded, graded.score_of_cases(assignment)));
        row.extend(exam.map(|_| grade(graded, graded.score_of_exam(assignment))));
        table.push(row);
    }
    rows(&table)
}

/// The name of the assignment's column in a file of [`canvas`].
pub fn canvas_column(text: &str) -> Option<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let head = reader.records().next()?.ok()?;
    head.get(STUDENT.len()).map(str::to_owned).filter(|name| !name.is_empty())
}

fn grade(graded: &Graded, score: Option<Score>) -> String {
    let nothing = graded.state == State::NoSubmission && graded.attempt.is_none();
    let score = score.filter(|_| !nothing && graded.state.has_points());
    score.map_or_else(String::new, |score| number(f64::from(score.earned)))
}

/// The column of the roster that is named like the exercise, with its number; else the title.
fn title(book: &Gradebook) -> String {
    let assignment = &book.assignment;
    let named = |column: &&String| {
        let Some((title, id)) = column.rsplit_once(" (") else { return false };
        let id = id.strip_suffix(')').unwrap_or_default();
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        let same = |name: &str| title.trim().to_lowercase() == name.to_lowercase();
        is_id && (same(&assignment.exercise) || same(&assignment.title))
    };
    let mut columns = book.results.iter().flat_map(|graded| graded.student.more.keys());
    columns.find(named).map_or_else(|| line(&assignment.title), |column| line(column))
}
