//! An exercise to work on: what is before and behind it, and how a student leaves it.

use socklab_scenario::format::Exercise;

use super::run::How;
use crate::commands::check::Subject;
use crate::commands::exercise::Material;

/// How a student leaves an exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// To the shell.
    Quit,
    /// To what is behind it on the way.
    Next,
    /// To what is before it.
    Previous,
    /// To a list, to choose from.
    Select,
}

/// What lies before and behind an exercise on the student's way, as it is called there; `None` where
/// the way begins or ends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Way {
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
}

/// An exercise to work on.
#[derive(Clone, Debug)]
pub(crate) struct Task<'a> {
    pub(crate) material: &'a Material,
    pub(crate) exercise: &'a Exercise,
    /// The student's program; it has a source file.
    pub(crate) subject: &'a Subject,
    pub(crate) way: Way,
    pub(crate) how: &'a How,
}
