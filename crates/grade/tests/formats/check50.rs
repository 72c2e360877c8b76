//! JSON like check50's, against its specification.

use proptest::prelude::*;
use serde_json::{Map, Value};
use socklab_grade::formats::check50;
use socklab_grade::{Assignment, Gradebook, Graded};

use crate::hostile;
use crate::sample::{self, SECRET};

fn keys(object: &Map<String, Value>) -> Vec<&str> {
    let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

pub(crate) fn check(value: &Value) {
    let top = value.as_object().unwrap();
    assert!(top["slug"].is_string() && top["version"].is_string());
    if let Some(error) = top.get("error") {
        assert_eq!(keys(top), ["error", "slug", "version"]);
        assert_eq!(keys(error.as_object().unwrap()), ["data", "traceback", "type", "value"]);
        return;
    }
    assert_eq!(keys(top), ["results", "slug", "version"]);
    let results = top["results"].as_array().unwrap();
    let names: Vec<&str> = results.iter().map(|result| result["name"].as_str().unwrap()).collect();
    for result in results {
        let all = ["cause", "data", "dependency", "description", "log", "name", "passed"];
        assert_eq!(keys(result.as_object().unwrap()), all);
        assert!(result["description"].is_string() && result["data"].is_object());
        assert!(result["passed"].is_boolean() || result["passed"].is_null());
        assert!(result["log"].as_array().unwrap().iter().all(Value::is_string));
        let passed = result["passed"] == true;
        assert_eq!(result["cause"].is_null(), passed, "{result}");
        if let Some(cause) = result["cause"].as_object() {
            assert!(cause["rationale"].is_string());
            assert!(cause["help"].is_string() || cause["help"].is_null());
        }
        if let Some(dependency) = result["dependency"].as_str() {
            assert!(names.contains(&dependency), "{dependency} is no check");
        }
    }
}

fn result(assignment: &Assignment, graded: &Graded) -> Value {
    let value = serde_json::from_str(&check50(assignment, graded)).unwrap();
    check(&value);
    value
}

fn of(book: &Gradebook, index: usize) -> Value {
    result(&book.assignment, &book.results[index])
}

#[test]
fn true_false_and_null_are_passed_failed_and_not_run() {
    let book = sample::book();
    let passed = |index: usize| -> Vec<Value> {
        let results = of(&book, index)["results"].as_array().unwrap().clone();
        results.into_iter().map(|result| result["passed"].clone()).collect()
    };
    assert_eq!(passed(0), [true, true, true, true]);
    assert_eq!(passed(1), [true, false, false, false]);
    assert_eq!(passed(2), [Value::Bool(false), Value::Null, Value::Null, Value::Null]);
    let skipped = &of(&book, 2)["results"][1];
    assert_eq!(skipped["dependency"], "echo");
    assert_eq!(skipped["cause"]["rationale"], "not run: echo must pass first");
    let failed = &of(&book, 1)["results"][1];
    assert_eq!(failed["cause"]["rationale"], "It read 5 bytes and sent nothing.");
    assert_eq!(failed["cause"]["help"], "recv returned what had arrived.\nSend it back.");
    assert_eq!(failed["log"][1], "  \"hello\"");
}

#[test]
fn what_does_not_compile_is_a_check_that_the_others_depend_on() {
    let value = of(&sample::book(), 4);
    assert_eq!(value["results"][0]["name"], "submission");
    assert_eq!(value["results"][0]["passed"], false);
    assert_eq!(value["results"][0]["log"][0], "server.c:3:1: error: expected ‘;’");
    assert_eq!(value["results"][1]["dependency"], "submission");
}

#[test]
fn the_machine_s_failure_is_an_error_in_place_of_results() {
    let value = of(&sample::book(), 5);
    assert!(value["error"]["value"].as_str().unwrap().contains("EPERM"), "{value}");
}

proptest! {
    #[test]
    fn no_text_breaks_it(book in hostile::book()) {
        for graded in &book.results {
            let value = result(&book.assignment, graded);
            prop_assert!(!value.to_string().contains(SECRET));
            prop_assert_eq!(value.get("error").is_some(), !graded.state.has_points());
        }
    }
}
