//! Scenario files: what they say, and the engine that makes it happen on a place.
#![forbid(unsafe_code)]

mod answer;
mod course;
mod engine;
pub mod exercise;
pub mod format;
mod lint;
pub mod locales;
mod peer;
mod recording;
mod scratch;
mod variables;
mod verdict;

pub use answer::Answer;
pub use course::{Course, LANGUAGES};
pub use engine::{Error, Stagehand, run, stage};
pub use format::LoadError;
pub use lint::Linted;
pub use recording::{
    Place, PlaceWanted, Recording, StepEnd, StepTrouble, Stopped, Submission, Trouble,
};
pub use scratch::clean_up;
pub use variables::Variables;
pub use verdict::{State, Verdict};
