//! The course as the commands share it: where its files are, its texts in the reader's language,
//! and what a student has done.

mod folder;
pub(crate) mod hinted;
pub(crate) mod journey;
pub(crate) mod lesson;
pub(crate) mod neighbours;
mod owner;
pub(crate) mod points;
pub(crate) mod progress;
pub(crate) mod source;
pub(crate) mod standing;
pub(crate) mod texts;

pub(crate) use folder::{load, mistake, to_copy_into};
