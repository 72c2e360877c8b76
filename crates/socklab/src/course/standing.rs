//! How far a student has come with one item of the course.

use socklab_kernel::status::Status;
use socklab_scenario::format::Item;

use super::points::{Points, is_begun};
use super::progress;
use super::progress::Progress;
use crate::style;

/// The word under which the progress file records that a program was read or run.
const PROGRAM: &str = "program";
/// The word under which it records how a question was answered.
pub(crate) const QUESTION: &str = "what-if";

/// What a student has done with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing.
    New,
    /// The exercise's file was written, and never checked.
    Begun,
    /// The exercise was checked, and its core is not met.
    Tried,
    /// The question was looked at, without a prediction.
    Seen,
    /// The question was predicted wrong.
    Wrong,
    /// The program was read or run, the question predicted right, the exercise's core met.
    Done,
}

impl Standing {
    pub(crate) fn of(item: &Item, progress: &Progress) -> Self {
        match item {
            Item::Program(name) if progress.contains_key(&format!("{PROGRAM} {name}")) => {
                Self::Done
            }
            Item::Question(name) => {
                match progress.get(&format!("{QUESTION} {name}")).map(String::as_str) {
                    Some("right") => Self::Done,
                    Some("wrong") => Self::Wrong,
                    Some("seen") => Self::Seen,
                    _ => Self::New,
                }
            }
            Item::Exercise(name) => match Points::noted(progress, name) {
                Some(points) if points.core() => Self::Done,
                Some(_) => Self::Tried,
                None if is_begun(name, progress) => Self::Begun,
                None => Self::New,
            },
            Item::Program(_) => Self::New,
        }
    }

    /// True if the student need not come back to it: a question is answered only once, whatever was
    /// predicted.
    pub(crate) fn is_past(self) -> bool {
        matches!(self, Self::Done | Self::Wrong | Self::Seen)
    }

    /// One character.
    pub(crate) fn mark(self) -> String {
        match self {
            Self::New => " ".to_owned(),
            Self::Begun | Self::Seen => style::paint(style::FAINT, "·"),
            Self::Tried => style::paint(style::BAD, "·"),
            Self::Wrong => style::paint(style::BAD, "✗"),
            Self::Done => style::paint(style::GOOD, "✓"),
        }
    }

    /// The word for scripts.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Begun => "begun",
            Self::Tried => "tried",
            Self::Seen => "seen",
            Self::Wrong => "wrong",
            Self::Done => "done",
        }
    }
}

/// Records that a program was read or run.
pub(crate) fn note_program(name: &str) {
    if !is_noted(name) {
        progress::note(PROGRAM, name, "seen");
    }
}

/// The same for a program that this process is about to run, unless it does so for the tour or for a
/// trace: then nobody has chosen this program, and the tracer is socklab.
pub(crate) fn note_run(name: &str) {
    if !is_noted(name) && Status::own().is_ok_and(|status| status.tracer().is_none()) {
        progress::note(PROGRAM, name, "seen");
    }
}

fn is_noted(name: &str) -> bool {
    progress::read().contains_key(&format!("{PROGRAM} {name}"))
}
