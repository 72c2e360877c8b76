//! Scenario files, the engine that runs them, and the verdicts on what it recorded.
#![forbid(unsafe_code)]

mod answer;
mod checksum;
mod citations;
mod course;
mod dialogue;
mod engine;
pub mod exam;
pub mod exercise;
pub mod format;
mod item_kind;
mod lint;
mod moment;
mod pack;
mod pattern;
mod peer;
mod recording;
mod request;
mod scratch;
mod source;
mod step_end;
mod stream;
mod submission;
mod variables;
mod verdict;

pub use answer::Answer;
pub use course::{Course, SYLLABUS};
pub use engine::{RunError, Runner, Used, await_engines, run, run_as_child};
pub use format::{LANGUAGES, LoadError, rule_mistake, rule_stranger};
pub use item_kind::ItemKind;
pub use lint::{Linted, Untranslated};
pub use pack::{Pack, PackError};
pub use recording::{
    Isolation, LimitReached, NamesUsed, PacketsUsed, PlaceUsed, Recording, Trouble,
};
pub use request::{IsolationWanted, PlaceWanted};
pub use scratch::clean_up;
pub use source::{Origin, Source};
pub use step_end::{
    Awaited, Comparison, PortChoice, StepEnd, StepTrouble, Stopped, SurplusAfter, Unit,
};
pub use submission::Submission;
pub use variables::Variables;
pub use verdict::{CaseState, Verdict};
