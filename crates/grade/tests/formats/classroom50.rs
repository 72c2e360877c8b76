//! `result.json` against the rules of Classroom 50: its JSON Schema (`result-v1.schema.json`) and what
//! its runner and its collector check besides (`validate_result`).

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;
use socklab_grade::formats::{Release, classroom50};
use socklab_grade::{Assignment, CaseState, Counted, Graded};

use crate::{hostile, sample};

const REQUIRED: [&str; 13] = [
    "schema",
    "classroom",
    "assignment",
    "assignment_type",
    "owner",
    "submission",
    "commit",
    "release",
    "review",
    "datetime",
    "score",
    "max-score",
    "tests",
];

pub(crate) fn check(value: &Value) {
    let top = value.as_object().unwrap();
    for name in REQUIRED {
        assert!(top.contains_key(name), "{name} is missing");
    }
    for key in top.keys() {
        assert!(REQUIRED.contains(&key.as_str()) || key == "graded_at", "{key} is not allowed");
    }
    assert_eq!(top["schema"], "classroom50/result/v1");
    for name in &REQUIRED[1..10] {
        assert!(!top[*name].as_str().unwrap().is_empty(), "{name} is empty");
    }
    assert!(["individual", "group", "team"].contains(&top["assignment_type"].as_str().unwrap()));
    assert!(top["submission"].as_str().unwrap().starts_with("submit/"));
    let tests = top["tests"].as_array().unwrap();
    let sum = |name: &str| tests.iter().map(|test| test[name].as_u64().unwrap()).sum::<u64>();
    for test in tests {
        assert!(!test["test-name"].as_str().unwrap().is_empty());
        assert!(test["passed"].is_boolean());
        assert!(test["score"].as_u64().unwrap() <= test["max-score"].as_u64().unwrap());
    }
    assert_eq!(sum("max-score"), top["max-score"].as_u64().unwrap());
    assert_eq!(sum("score"), top["score"].as_u64().unwrap());
}

/// `YYYY-MM-DDTHH:MM:SSZ`
fn is_instant(text: &str) -> bool {
    let like = text.chars().map(|char| if char.is_ascii_digit() { '0' } else { char });
    like.collect::<String>() == "0000-00-00T00:00:00Z"
}

fn result(assignment: &Assignment, graded: &Graded, set: &[(&str, &str)]) -> Value {
    let set: BTreeMap<&str, &str> = set.iter().copied().collect();
    let release = Release::new(assignment, graded, |name| set.get(name).map(|it| (*it).to_owned()));
    let value = serde_json::from_str(&classroom50(assignment, graded, &release).unwrap()).unwrap();
    check(&value);
    value
}

#[test]
fn the_runner_s_environment_says_whose_result_it_is() {
    let book = sample::book();
    let set = [
        ("CLASSROOM", "cs-principles"),
        ("ASSIGNMENT", "hello"),
        ("USERNAME", "ana"),
        ("SUBMISSION_TAG", "submit/2026-06-01T14-32-05Z-a1b2c3d"),
        ("COMMIT_URL", "https://example.org/commit/1"),
        ("RELEASE_URL", "https://example.org/releases/1"),
        ("REVIEW_URL", "https://example.org/compare/1"),
    ];
    let value = result(&book.assignment, &book.results[1], &set);
    let names = ["classroom", "assignment", "owner", "submission", "commit", "release", "review"];
    for (name, (_, said)) in names.iter().zip(set) {
        assert_eq!(value[*name], said);
    }
    assert_eq!(value["assignment_type"], "individual");
    assert_eq!(value["datetime"], "2026-11-26T23:59:00Z");
    assert_eq!(value["graded_at"], "2026-11-27T09:00:00Z");
    assert_eq!((&value["score"], &value["max-score"]), (&4.into(), &8.into()));
    assert_eq!(value["tests"].as_array().unwrap().len(), 3, "robust cases don't count");
}

#[test]
fn elsewhere_it_is_filled_in_with_what_is_known() {
    let mut book = sample::book();
    book.assignment.counted = Counted::All;
    let value = result(&book.assignment, &book.results[0], &[("COMMIT_URL", " ")]);
    assert_eq!(value["commit"], format!("urn:sha256:{}", "12".repeat(32)));
    assert_eq!(value["submission"], "submit/2026-11-26T23-59-00Z-1212121");
    assert_eq!((&value["classroom"], &value["owner"]), (&"local".into(), &"student-01".into()));
    assert_eq!(value["tests"].as_array().unwrap().len(), 4);
}

#[test]
fn nothing_that_was_run_is_a_zero_and_an_unknown_grade_is_none() {
    let book = sample::book();
    for index in [3, 4] {
        let value = result(&book.assignment, &book.results[index], &[]);
        assert_eq!((&value["score"], &value["max-score"]), (&0.into(), &8.into()));
        assert!(value["tests"].as_array().unwrap().iter().all(|test| test["passed"] == false));
    }
    let release = Release::default();
    assert!(classroom50(&book.assignment, &book.results[5], &release).is_err());
    let graded = sample::graded("student-01", &[CaseState::Passed; 4]);
    assert!(classroom50(&book.assignment, &graded, &release).is_ok());
}

proptest! {
    #[test]
    fn no_text_breaks_it(mut book in hostile::book(), name in hostile::text()) {
        book.assignment.started = "2026-11-27T09:00:00Z".to_owned();
        for graded in &book.results {
            // Where the machine failed in one case, a converter leaves the points out; these books don't.
            let broken = |case: &socklab_grade::CaseResult| case.state == CaseState::InfraError;
            if graded.score(&book.assignment).is_none() || graded.cases.iter().any(broken) {
                continue;
            }
            let value = result(&book.assignment, graded, &[("CLASSROOM", &name), ("MODE", "group")]);
            prop_assert!(is_instant(value["datetime"].as_str().unwrap()));
            prop_assert!(is_instant(value["graded_at"].as_str().unwrap()));
        }
    }
}
