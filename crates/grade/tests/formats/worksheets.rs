//! The files that Canvas and Moodle import, against what their importers look for.

use proptest::prelude::*;
use socklab_grade::formats::{canvas, moodle};
use socklab_grade::{Attempt, Gradebook};

use crate::grades::table;
use crate::hostile;
use crate::sample::{self, SECRET};

/// A book whose students have these columns of a roster; `#` is the student's number.
fn with(columns: &[(&str, &str)]) -> Gradebook {
    let mut book = sample::book();
    for (number, graded) in (1..).zip(&mut book.results) {
        for (column, value) in columns {
            let value = value.replace('#', &number.to_string());
            graded.student.more.insert((*column).to_owned(), value);
        }
    }
    book
}

pub(crate) fn column(table: &[Vec<String>], name: &str) -> Vec<String> {
    let index = table[0].iter().position(|it| it == name);
    let index = index.unwrap_or_else(|| panic!("no column {name} in {:?}", table[0]));
    table[1..].iter().map(|row| row[index].clone()).collect()
}

#[test]
fn canvas_finds_its_columns_and_the_assignment() {
    let roster = [
        ("Student", "Pérez, Ana #"),
        ("ID", "10#"),
        ("SIS User ID", "S#"),
        ("SIS Login ID", "ana#"),
        ("Section", "A"),
        ("Homework (4314282)", ""),
        ("echo server (4325137)", ""),
    ];
    let text = canvas(&with(&roster), None);
    // What the importer wants to see in the first two rows.
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("Student,ID,SIS User ID,SIS Login ID,Section,echo server (4325137)")
    );
    assert_eq!(lines.next(), Some("    Points Possible,,,,,8"));
    assert_eq!(lines.next(), Some("\"Pérez, Ana 1\",101,S1,ana1,A,8"));
    let grades = column(&table(&text), "echo server (4325137)");
    // Nothing was handed in by the fourth; what the fifth handed in does not compile.
    assert_eq!(grades, ["8", "8", "4", "0", "", "0", ""]);
}

#[test]
fn canvas_takes_the_column_that_it_is_told() {
    let text = canvas(&with(&[]), Some("Sockets 1 (77)"));
    assert!(text.starts_with("Student,ID,SIS User ID,SIS Login ID,Section,Sockets 1 (77)\n"));
    assert!(text.contains("Name of student-01,,student-01,student-01@example.edu,,8\n"), "{text}");
    assert!(
        canvas(&with(&[]), None)
            .starts_with("Student,ID,SIS User ID,SIS Login ID,Section,Echo server\n")
    );
}

#[test]
fn what_was_handed_in_and_cannot_be_run_is_a_zero() {
    let mut book = with(&[]);
    book.results[3].attempt = Some(Attempt { number: 1, of: 1, submitted: None, late: false });
    assert_eq!(column(&table(&canvas(&book, None)), "Echo server")[4], "0");
    assert_eq!(column(&table(&moodle(&book)), "Grade")[3], "0");
}

#[test]
fn moodle_finds_its_columns_and_students_and_gets_its_scale() {
    let roster = [
        ("Identifier", "Participant 120#"),
        ("Full name", "Ana #"),
        ("Maximum Grade", "100.00"),
        ("Last modified (grade)", "Friday, 27 November 2026, 9:00 AM"),
    ];
    let text = moodle(&with(&roster));
    let table = table(&text);
    let header = "Identifier,Full name,Email address,Status,Grade,Maximum Grade,\
                  Grade can be changed,Last modified (submission),Last modified (grade),\
                  Feedback comments";
    assert_eq!(table[0].join(","), header);
    assert_eq!(
        table[1][..6],
        ["Participant 1201", "Ana 1", "student-01@example.edu", "", "100", "100.00"]
    );
    assert_eq!(column(&table, "Grade"), ["100", "50", "0", "", "0", ""]);
    assert_eq!(table[2][7], "2026-11-26T23:59:00Z");
    let feedback = column(&table, "Feedback comments");
    assert!(feedback[1].starts_with("4 of 8 points<br />"), "{}", feedback[1]);
    assert!(feedback[1].contains("two-lines: It read 5 bytes and sent nothing.<br />"));
    assert!(!text.contains(SECRET));
}

#[test]
fn a_spanish_site_gets_its_own_names() {
    let mut book = with(&[("Identifier", "Participant 120#")]);
    book.assignment.language = "es".to_owned();
    let from_folders = table(&moodle(&book));
    assert_eq!(column(&from_folders, "Identificador")[0], "Participante1201");
    assert_eq!(column(&from_folders, "Calificación")[0], "8");
    assert_eq!(column(&from_folders, "Última modificación (calificación)")[0], "-");
    let roster = [
        ("Identificador", "Participante120#"),
        ("Calificación máxima", "5,00"),
        ("Última modificación (calificación)", "-"),
        ("Comentarios del profesor", ""),
    ];
    let table = table(&moodle(&with(&roster)));
    assert_eq!(column(&table, "Identificador")[1], "Participante1202");
    assert_eq!(column(&table, "Calificación"), ["5", "2.5", "0", "", "0", ""]);
    assert!(!column(&table, "Comentarios del profesor")[1].is_empty());
}

proptest! {
    #[test]
    fn no_text_breaks_them_or_is_run(book in hostile::book()) {
        for (text, before) in [(canvas(&book, Some("Echo (7)")), 2), (moodle(&book), 1)] {
            let table = table(&text);
            prop_assert_eq!(table.len(), book.results.len() + before);
            for row in &table {
                prop_assert_eq!(row.len(), table[0].len());
                // Moodle shows feedback as HTML; Canvas has a grade there.
                prop_assert!(!row[row.len() - 1].contains("<script"));
                for cell in row {
                    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
                    prop_assert!(!formula || cell == "-", "{:?}", cell);
                }
            }
            prop_assert!(!text.contains(SECRET));
        }
    }
}
