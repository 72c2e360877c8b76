//! The course as the commands share it: where its files are, its texts in the reader's language,
//! and what a student has done.

mod folder;
pub(crate) mod lesson;
pub(crate) mod progress;
pub(crate) mod texts;

pub(crate) use folder::{is_course, load, local_course, mistake};
