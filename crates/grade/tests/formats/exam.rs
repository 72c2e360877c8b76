//! An exam in every format: its points where it counts, and nobody's zero where it does not.

use roxmltree::Document;
use serde_json::Value;
use socklab_grade::formats::{
    Gradescope, Release, canvas, canvas_column, check50, classroom50, grades_csv, gradescope,
    junit, moodle,
};

use crate::grades::table;
use crate::worksheets::column;
use crate::{
    check50 as check50s, classroom50 as classroom50s, gradescope as gradescopes, junit as junits,
    sample,
};

#[test]
fn a_table_has_the_points_and_says_for_whom_it_does_not_count() {
    let book = sample::examined();
    let text = grades_csv(&book, |_| None);
    let table = table(&text);
    assert_eq!(column(&table, "points"), ["12", "4", "0", "0", "0", ""]);
    assert_eq!(column(&table, "of"), ["14", "8", "14", "14", "14", "14"]);
    assert_eq!(column(&table, "exam_right"), ["2", "", "", "", "", ""]);
    assert_eq!(column(&table, "exam_points"), ["4", "", "0", "0", "0", ""]);
    assert_eq!(column(&table, "exam")[..2], ["answered", "no-answers"]);
}

#[test]
fn canvas_has_a_column_of_its_own_for_it() {
    let text = canvas(&sample::examined(), Some("Echo (77)"));
    let table = table(&text);
    // Nobody gets a zero for an exam whose answers are not known.
    assert_eq!(column(&table, "Echo (exam)"), ["6", "4", "", "0", "", "0", ""]);
    assert_eq!(column(&table, "Echo (77)"), ["8", "8", "4", "0", "", "0", ""]);
    assert_eq!(canvas_column(&text).as_deref(), Some("Echo (77)"));
}

#[test]
fn moodle_has_one_grade_in_which_nobody_is_worse_off() {
    let mut book = sample::examined();
    let grades = |book: &_| column(&table(&moodle(book)), "Grade");
    // 4 of 8 is half of 14.
    assert_eq!(grades(&book), ["12", "7", "0", "", "0", ""]);
    for graded in &mut book.results {
        graded.student.more.insert("Maximum grade".into(), "100.00".into());
    }
    assert_eq!(grades(&book)[..2], ["85.71", "50"]);
    assert!(moodle(&book).contains("2 of 3 right."));
}

#[test]
fn where_there_are_only_tests_it_is_one() {
    let book = sample::examined();
    let of = |at: usize| &book.results[at];
    let read = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
    let scope = |at| {
        let text = gradescope(&book.assignment, of(at), Gradescope::default()).unwrap();
        let value = read(&text);
        gradescopes::check(&value);
        (value["score"].clone(), value["tests"].as_array().unwrap().last().unwrap().clone())
    };
    let (score, exam) = scope(0);
    assert_eq!(
        (score, &exam["name"], &exam["score"], &exam["max_score"]),
        (12.into(), &"exam".into(), &4.into(), &6.into())
    );
    assert_ne!(scope(1).1["name"], "exam");
    let room = |at| {
        let release = Release::new(&book.assignment, of(at), |_| None);
        let value = read(&classroom50(&book.assignment, of(at), &release).unwrap());
        classroom50s::check(&value);
        (value["score"].clone(), value["max-score"].clone())
    };
    assert_eq!(
        [room(0), room(1), room(2)],
        [(12, 14), (4, 8), (0, 14)].map(|(a, b)| (a.into(), b.into()))
    );
    let checked = read(&check50(&book.assignment, of(0)));
    check50s::check(&checked);
    let last = checked["results"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["name"], &last["passed"], &last["data"]["of"]),
        (&"exam".into(), &false.into(), &6.into())
    );
    let text = junit(&book);
    let document = Document::parse(&text).unwrap();
    junits::check(document.root_element());
    junits::suites(&document).iter().for_each(|suite| junits::check_counts(*suite));
    assert!(text.contains("<testcase name=\"exam\""), "{text}");
}
