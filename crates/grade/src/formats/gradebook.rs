//! The gradebook itself, as JSON. `gradebook.schema.json` describes it.

use crate::{Assignment, Gradebook, Graded};

/// The JSON Schema of [`json`] (draft 2020-12).
pub const SCHEMA: &str = include_str!("../../gradebook.schema.json");

/// A gradebook, as JSON: everything that is known, for teachers and for programs.
pub fn json(book: &Gradebook) -> String {
    // Its keys are strings and its numbers are whole, so it can always be written.
    serde_json::to_string_pretty(book).unwrap_or_default() + "\n"
}

/// A gradebook with one submission only.
pub fn json_of_one(assignment: &Assignment, graded: &Graded) -> String {
    json(&Gradebook {
        format_version: crate::FORMAT_VERSION,
        assignment: assignment.clone(),
        results: vec![graded.clone()],
    })
}
