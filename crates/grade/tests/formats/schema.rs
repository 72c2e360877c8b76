//! The gradebook against `gradebook.schema.json`, in both directions: what is written is described,
//! and what is described is written.
//!
//! The schema uses few of JSON Schema's keywords (draft 2020-12), so they are interpreted here: the
//! libraries for all of them are larger than the rest of this crate's dependencies. A keyword that is
//! not known here fails, and where Python's `jsonschema` is installed, it is asked as well.

use std::collections::BTreeSet;
use std::process::Command;

use proptest::prelude::*;
use serde_json::Value;
use socklab_grade::Gradebook;
use socklab_grade::formats::{SCHEMA, json, json_of_one};

use crate::{hostile, sample};

struct Schema {
    root: Value,
    /// Which properties were found in a value: `Student.name`.
    seen: BTreeSet<String>,
}

impl Schema {
    fn new() -> Self {
        Self { root: serde_json::from_str(SCHEMA).unwrap(), seen: BTreeSet::new() }
    }

    /// What is wrong with a value; `at` is where it is, and `name` the definition it is checked by.
    fn check(&mut self, schema: &Value, value: &Value, at: &str, name: &str) -> Result<(), String> {
        let fail = |what: String| Err(format!("{at}: {what}"));
        for (keyword, rule) in schema.as_object().unwrap() {
            match keyword.as_str() {
                "$schema" | "title" | "description" | "$defs" => {}
                "$ref" => {
                    let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap().to_owned();
                    let schema = self.root["$defs"][&name].clone();
                    self.check(&schema, value, at, &name)?;
                }
                "anyOf" => {
                    let any = rule.as_array().unwrap();
                    let results: Vec<_> =
                        any.iter().map(|schema| self.check(schema, value, at, name)).collect();
                    if results.iter().all(Result::is_err) {
                        return fail(format!("none of {results:?}"));
                    }
                }
                "const" if rule == value => {}
                "enum" if rule.as_array().unwrap().contains(value) => {}
                "const" | "enum" => return fail(format!("{value} is not {rule}")),
                "type" => {
                    let types = rule.as_array().cloned().unwrap_or_else(|| vec![rule.clone()]);
                    if !types.iter().any(|it| is(value, it.as_str().unwrap())) {
                        return fail(format!("{value} is no {rule}"));
                    }
                }
                "minimum" => {
                    if value.as_f64().is_some_and(|number| number < rule.as_f64().unwrap()) {
                        return fail(format!("{value} is less than {rule}"));
                    }
                }
                "required" => {
                    let Some(object) = value.as_object() else { continue };
                    for key in rule.as_array().unwrap() {
                        if !object.contains_key(key.as_str().unwrap()) {
                            return fail(format!("{key} is missing"));
                        }
                    }
                }
                "properties" => {
                    let Some(object) = value.as_object() else { continue };
                    for (key, schema) in rule.as_object().unwrap() {
                        if let Some(value) = object.get(key) {
                            self.seen.insert(format!("{name}.{key}"));
                            self.check(schema, value, &format!("{at}.{key}"), name)?;
                        }
                    }
                }
                "additionalProperties" => {
                    let Some(object) = value.as_object() else { continue };
                    for (key, value) in object {
                        if schema["properties"].get(key).is_some() {
                            continue;
                        }
                        if rule == false {
                            return fail(format!("{key} is not described"));
                        }
                        self.check(rule, value, &format!("{at}.{key}"), name)?;
                    }
                }
                "items" => {
                    for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, value, &format!("{at}[{index}]"), name)?;
                    }
                }
                other => return fail(format!("this test does not know the keyword {other}")),
            }
        }
        Ok(())
    }

    fn check_all(&mut self, text: &str) -> Result<(), String> {
        let root = self.root.clone();
        self.check(&root, &serde_json::from_str(text).unwrap(), "gradebook", "")
    }

    fn described(&self) -> BTreeSet<String> {
        let definitions = self.root["$defs"].as_object().unwrap();
        let of = |(name, schema): (&String, &Value)| {
            let properties = schema["properties"].as_object().cloned().unwrap_or_default();
            properties.keys().map(|key| format!("{name}.{key}")).collect::<Vec<_>>()
        };
        definitions.iter().flat_map(of).collect()
    }
}

fn is(value: &Value, name: &str) -> bool {
    match name {
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("this test does not know the type {other}"),
    }
}

/// The sample with every field that may be left out.
fn full() -> Gradebook {
    let mut book = sample::examined();
    book.results[0].student.more.insert("Section".to_owned(), "A".to_owned());
    book.results[0].cases[0].again_here = "socklab check echo-server".to_owned();
    book.results[0].comment = Some("Well done.".to_owned());
    book.results[0].form = serde_json::from_value(serde_json::json!({ "state": "graded" })).ok();
    assert!(book.results[0].form.is_some());
    book
}

#[test]
fn everything_that_is_written_is_described() {
    Schema::new().check_all(&json(&full())).unwrap();
    let book = full();
    Schema::new().check_all(&json_of_one(&book.assignment, &book.results[5])).unwrap();
}

#[test]
fn everything_that_is_described_is_written() {
    let mut schema = Schema::new();
    schema.check_all(&json(&full())).unwrap();
    assert_eq!(schema.described().difference(&schema.seen).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn what_the_schema_forbids_is_noticed() {
    let value: Value = serde_json::from_str(&json(&full())).unwrap();
    let mut wrong = Vec::new();
    let mut change = |path: &str, new: Value| {
        let mut value = value.clone();
        *value.pointer_mut(path).unwrap() = new;
        wrong.push(value.to_string());
    };
    change("/format_version", 2.into());
    change("/assignment/counted", "some".into());
    change("/assignment/seed", (-1).into());
    change("/results/0/points", "8".into());
    change("/results/0/student", serde_json::json!({ "name": "ana" }));
    change(
        "/results/0/attempt",
        serde_json::json!({ "number": 1, "of": 1, "late": false, "x": 1 }),
    );
    change("/results/0/student/more/Section", 1.into());
    for text in wrong {
        assert!(Schema::new().check_all(&text).is_err(), "{text}");
    }
}

#[test]
fn python_s_library_says_the_same() {
    let folder = std::env::temp_dir().join(format!("socklab-schema-{}", std::process::id()));
    let asks = "import json, sys, jsonschema\n\
                schema = json.load(open(sys.argv[1]))\n\
                jsonschema.Draft202012Validator.check_schema(schema)\n\
                jsonschema.Draft202012Validator(schema).validate(json.load(open(sys.argv[2])))";
    let known = Command::new("python3").args(["-c", "import jsonschema"]).output();
    if !known.is_ok_and(|output| output.status.success()) {
        socklab_prerequisites::say_not_run(
            "the comparison with another validator",
            "python3-jsonschema",
        );
        return;
    }
    std::fs::create_dir_all(&folder).unwrap();
    let (schema, book) = (folder.join("schema.json"), folder.join("gradebook.json"));
    std::fs::write(&schema, SCHEMA).unwrap();
    std::fs::write(&book, json(&full())).unwrap();
    let output = Command::new("python3").args(["-c", asks]).arg(&schema).arg(&book).output();
    std::fs::remove_dir_all(&folder).unwrap();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_breaks_it(book in hostile::book()) {
        let text = json(&book);
        Schema::new().check_all(&text).unwrap();
        prop_assert_eq!(serde_json::from_str::<Gradebook>(&text).unwrap(), book);
    }
}
