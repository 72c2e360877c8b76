//! Exercises: the starter that a student begins with, the program built from the student's file,
//! and the check that runs it.
//!
//! A starter is the reference solution with its gaps emptied ([`Template`]); a [`Submission`] is
//! built from a file or a command ([`Built`]); a [`Check`] runs every case.
//!
//! [`Submission`]: crate::Submission

mod build;
mod check;
mod code;
mod commented;
mod comments;
mod compile;
mod conduct;
mod gaps;
mod hints;
mod insight;
mod java;
mod prove;
mod seen;
mod shown;
mod soak;

pub(crate) use build::is_installed;
pub use build::{BuildError, BuildFolder, Built};
pub use check::{CaseHints, CaseReport, Check, Problem, Report};
pub use code::Code;
pub use comments::Comments;
pub(crate) use comments::{SHARED_COMMENTS, part_for_any, read as read_comments};
pub use conduct::{Conduct, conduct};
pub use gaps::{Gap, Open, Part, Template, open_gaps, without_prompts};
pub use hints::{Hint, Hints};
pub(crate) use hints::{SHARED, read as read_hints};
pub use insight::Insight;
pub use prove::{Proof, ProofOutcome, Wrong};
pub use seen::Seen;
pub(crate) use shown::{programs as visible_programs, work as visible_work};
pub use soak::{Change, Exhibit, Outcome, Tally};
pub use socklab_lab::Reached;
