//! `results.json` against Gradescope's specification.

use proptest::prelude::*;
use serde_json::Value;
use socklab_grade::formats::{Gradescope, Hidden, Output, gradescope};
use socklab_grade::{CaseState, Counted, Gradebook};

use crate::hostile;
use crate::sample::{self, SECRET};

const ESCAPE: char = '\u{1b}';
const TOP: [&str; 11] = [
    "score",
    "execution_time",
    "output",
    "output_format",
    "test_output_format",
    "test_name_format",
    "visibility",
    "stdout_visibility",
    "extra_data",
    "tests",
    "leaderboard",
];
const TEST: [&str; 11] = [
    "score",
    "max_score",
    "status",
    "name",
    "name_format",
    "number",
    "output",
    "output_format",
    "tags",
    "visibility",
    "extra_data",
];
const FORMATS: [&str; 5] = ["text", "html", "simple_format", "md", "ansi"];
const VISIBILITIES: [&str; 4] = ["hidden", "after_due_date", "after_published", "visible"];

fn one_of(value: &Value, allowed: &[&str]) {
    let word = value.as_str().unwrap_or_else(|| panic!("{value} is no text"));
    assert!(allowed.contains(&word), "{word}");
}

pub(crate) fn check(value: &Value) {
    let top = value.as_object().unwrap();
    for key in top.keys() {
        assert!(TOP.contains(&key.as_str()), "{key}");
    }
    assert!(top["score"].is_number() && top["execution_time"].is_number());
    assert!(top["output"].is_string() && top["extra_data"].is_object());
    for name in ["output_format", "test_output_format", "test_name_format"] {
        one_of(&top[name], &FORMATS);
    }
    one_of(&top["visibility"], &VISIBILITIES);
    one_of(&top["stdout_visibility"], &VISIBILITIES);
    for test in top["tests"].as_array().unwrap() {
        let test = test.as_object().unwrap();
        for key in test.keys() {
            assert!(TEST.contains(&key.as_str()), "{key}");
        }
        for name in ["score", "max_score"] {
            assert!(test.get(name).is_none_or(Value::is_number), "{name}");
        }
        if let Some(status) = test.get("status") {
            one_of(status, &["passed", "failed"]);
        }
        for name in ["name", "number", "output"] {
            assert!(test[name].is_string(), "{name}");
        }
        one_of(&test["output_format"], &FORMATS);
        one_of(&test["name_format"], &FORMATS);
        one_of(&test["visibility"], &VISIBILITIES);
        assert!(test["tags"].as_array().unwrap().iter().all(Value::is_string));
    }
}

fn result(book: &Gradebook, index: usize, options: Gradescope) -> Value {
    let text = gradescope(&book.assignment, &book.results[index], options).unwrap();
    let value = serde_json::from_str(&text).unwrap();
    check(&value);
    value
}

#[test]
fn the_score_is_what_counts_and_the_rest_is_beside() {
    let mut book = sample::book();
    let value = result(&book, 0, Gradescope::default());
    assert_eq!(value["score"], 8);
    assert_eq!(value["tests"][3].get("max_score"), None, "a robust case does not count");
    assert_eq!(value["tests"][3]["status"], "passed");
    assert_eq!(value["tests"][3]["tags"][0], "robust");
    book.assignment.counted = Counted::All;
    let value = result(&book, 0, Gradescope::default());
    assert_eq!(value["score"], 12);
    assert_eq!(value["tests"][3]["max_score"], 4);
    assert_eq!(value["execution_time"], 12.345);
}

#[test]
fn a_hidden_case_keeps_its_contents_and_may_wait() {
    let book = sample::book();
    for (hidden, word) in [
        (Hidden::Visible, "visible"),
        (Hidden::AfterDueDate, "after_due_date"),
        (Hidden::AfterPublished, "after_published"),
        (Hidden::Never, "hidden"),
    ] {
        let value = result(&book, 1, Gradescope { hidden, ..Gradescope::default() });
        assert_eq!(value["tests"][2]["visibility"], word);
        assert_eq!(value["tests"][2]["name"], "secret");
        assert_eq!(value["tests"][0]["visibility"], "visible");
        assert!(!value.to_string().contains(SECRET));
    }
}

#[test]
fn what_was_not_run_earns_nothing_and_says_why() {
    let book = sample::book();
    for (index, why) in [(3, "There is no file."), (4, "gcc does not accept it.")] {
        let value = result(&book, index, Gradescope::default());
        assert_eq!(value["score"], 0);
        assert!(value["output"].as_str().unwrap().contains(why), "{value}");
        assert_eq!(value["tests"].as_array().unwrap().len(), 4);
        assert_eq!(value["tests"][0]["score"], 0);
    }
    let text = result(&book, 4, Gradescope::default())["output"].to_string();
    assert!(text.contains("server.c:3:1: error"), "{text}");
}

#[test]
fn the_teacher_s_comment_reaches_the_student() {
    let mut book = sample::book();
    book.results[1].comment = Some("Read until all has come.".to_owned());
    let text = result(&book, 1, Gradescope::default())["output"].to_string();
    assert!(text.contains("Your teacher says: Read until all has come."), "{text}");
}

#[test]
fn the_machine_s_failure_is_no_file_rather_than_a_zero() {
    let book = sample::book();
    let unknown = gradescope(&book.assignment, &book.results[5], Gradescope::default());
    let why = unknown.unwrap_err().why;
    assert!(why.contains("No namespace could be made: EPERM."), "{why}");
    let mut graded = sample::graded("student-01", &[CaseState::Passed; 4]);
    graded.points = None;
    assert!(gradescope(&book.assignment, &graded, Gradescope::default()).is_err());
}

#[test]
fn colours_are_of_a_terminal_or_html() {
    let book = sample::book();
    let ansi = result(&book, 1, Gradescope::default());
    let output = ansi["tests"][1]["output"].as_str().unwrap();
    assert!(
        output.starts_with("\u{1b}[31mIt read 5 bytes and sent nothing.\u{1b}[0m\n"),
        "{output:?}"
    );
    let html = result(&book, 1, Gradescope { output: Output::Html, ..Gradescope::default() });
    let output = html["tests"][1]["output"].as_str().unwrap();
    assert!(output.starts_with("<p><strong>It read 5 bytes and sent nothing.</strong></p>\n"));
    assert!(output.contains("<pre>  &quot;hello&quot;</pre>"), "{output}");
}

proptest! {
    #[test]
    fn no_text_breaks_it(book in hostile::book(), html in any::<bool>()) {
        let output = if html { Output::Html } else { Output::Ansi };
        for graded in &book.results {
            let known = graded.state.has_points();
            let text = gradescope(&book.assignment, graded, Gradescope { output, ..Gradescope::default() });
            prop_assert_eq!(text.is_ok(), known);
            let Ok(text) = text else { continue };
            let value: Value = serde_json::from_str(&text).unwrap();
            check(&value);
            prop_assert!(!text.contains(SECRET));
            prop_assert!(!text.contains("\\u0000"), "a database refuses NUL");
            let outputs = value["tests"].as_array().unwrap().iter().chain([&value]);
            for output in outputs.map(|it| it["output"].as_str().unwrap()) {
                if html {
                    prop_assert!(!output.contains("<script"));
                    prop_assert!(!output.contains(ESCAPE));
                } else {
                    let plain = ["\u{1b}[31m", "\u{1b}[1m", "\u{1b}[0m"].iter()
                        .fold(output.to_owned(), |text, code| text.replace(code, ""));
                    prop_assert!(!plain.contains(ESCAPE), "{:?}", plain);
                }
            }
        }
    }
}
