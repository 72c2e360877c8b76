//! `grades.csv`.

use csv::ReaderBuilder;
use proptest::prelude::*;
use socklab_grade::formats::grades_csv;
use socklab_grade::{Gradebook, State};

use crate::{hostile, sample};

/// The table, as a reader of CSV sees it.
pub(crate) fn table(text: &str) -> Vec<Vec<String>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
    rows.collect()
}

fn grades(book: &Gradebook) -> String {
    grades_csv(book, |graded| {
        (graded.state == State::Graded)
            .then(|| format!("students/{}/report.html", graded.student.id))
    })
}

#[test]
fn a_row_has_what_a_teacher_needs() {
    let table = table(&grades(&sample::book()));
    assert_eq!(
        table[0].join(","),
        "id,name,email,state,points,of,core,robust,percent,late,attempt,attempts,submitted,unsafe,\
         case:echo,case:two-lines,case:secret,case:burst,group,report"
    );
    assert_eq!(
        table[2].join(","),
        "student-02,Name of student-02,student-02@example.edu,graded,4,8,4,0,50,yes,2,2,\
         2026-11-26T23:59:00Z,,4,0,0,0,A,students/student-02/report.html"
    );
    assert_eq!(table[3][13], "yes", "it ran without a sandbox");
}

#[test]
fn an_unknown_grade_is_an_empty_cell() {
    let table = table(&grades(&sample::book()));
    let points =
        |row: usize| (table[row][3].as_str(), table[row][4].as_str(), table[row][8].as_str());
    assert_eq!(points(4), ("no-submission", "0", "0"));
    assert_eq!(points(5), ("does-not-compile", "0", "0"));
    assert_eq!(points(6), ("infra-error", "", ""));
    assert_eq!(table[6][6..8], ["", ""]);
}

#[test]
fn a_byte_order_mark_stands_where_excel_needs_it() {
    let mut book = sample::book();
    assert!(grades(&book).starts_with("id,"));
    book.results[0].student.name = Some("María Núñez".to_owned());
    assert!(grades(&book).starts_with("\u{feff}id,"));
}

proptest! {
    #[test]
    fn no_text_breaks_it_or_is_run(book in hostile::book()) {
        let table = table(&grades(&book));
        prop_assert_eq!(table.len(), book.results.len() + 1);
        for row in &table {
            prop_assert_eq!(row.len(), table[0].len());
            for cell in row {
                let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
                prop_assert!(!formula || cell == "-", "{:?}", cell);
            }
        }
    }
}
