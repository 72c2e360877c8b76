//! The formats that schools' tools read. A file per format; each is a pure function from what was
//! graded to a text.
//!
//! Two rules hold for all of them. Whatever students are meant to read was cut by
//! [`Graded::for_student`]. And a grade that nobody knows is never a zero: what a format has for
//! "not graded" is said there, and where it has nothing, the answer is [`Unknown`], so that no file
//! is written.

mod autograder;
mod canvas;
mod check50;
mod classroom50;
pub(crate) mod csv;
mod gradebook;
mod grades;
mod gradescope;
mod junit;
mod moodle;
mod words;

use serde_json::Value;
use socklab_say::{Language, Speaker, clean, is_unsafe};
use thiserror::Error;

use crate::{Assignment, Graded};

pub use autograder::{Autograder, Below, gradescope_zip};
pub use canvas::{canvas, canvas_column};
pub use check50::check50;
pub use classroom50::{Release, classroom50};
pub use gradebook::{SCHEMA, json, json_of_one};
pub use grades::grades_csv;
pub use gradescope::{Gradescope, Hidden, Output, gradescope};
pub use junit::junit;
pub use moodle::moodle;

/// Nobody knows what a submission would earn, so there is no file that says it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{why}")]
pub struct Unknown {
    /// What failed, in the language of the gradebook.
    pub why: String,
}

impl Unknown {
    fn of(assignment: &Assignment, graded: &Graded) -> Self {
        Self { why: words::unknown(speaker(assignment), graded) }
    }
}

/// Who speaks the language of the texts in a gradebook.
fn speaker(assignment: &Assignment) -> Speaker {
    Speaker::new(Language::find(&assignment.language).unwrap_or(Language::ENGLISH))
}

/// A text that every reader can store and show. Line breaks and tabs stay. What a terminal would obey
/// is escaped, and so is what XML forbids or a database refuses: controls, NUL, noncharacters.
fn shown(text: &str) -> String {
    let harmless = |char: char| !is_unsafe(char) && !matches!(char, '\u{fffe}' | '\u{ffff}');
    let mut shown = String::with_capacity(text.len());
    for char in text.replace("\r\n", "\n").chars() {
        match char {
            '\n' | '\t' => shown.push(char),
            _ if harmless(char) => shown.push(char),
            _ => shown.push_str(&escaped(char)),
        }
    }
    shown
}

fn escaped(char: char) -> String {
    let text = clean(char.encode_utf8(&mut [0; 4]));
    if text.is_ascii() { text } else { char.escape_unicode().to_string() }
}

/// The same in one line.
fn line(text: &str) -> String {
    shown(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// JSON as all of these files have it: indented, and with a line break at its end.
fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
