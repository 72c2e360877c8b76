//! Scenario files: what they say, and the engine that makes it happen on a place.
#![forbid(unsafe_code)]

mod course;
pub mod format;
mod variables;

pub use course::{Course, LANGUAGES};
pub use format::LoadError;
pub use variables::Variables;
