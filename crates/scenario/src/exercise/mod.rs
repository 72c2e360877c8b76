//! Exercises: the starter that a student begins with, the program made of what was written, and
//! the check that runs it.
//!
//! A starter is the reference solution with its gaps emptied ([`Template`]); a [`Submission`] is
//! made of a file or a command ([`Built`]); a [`Check`] runs every case.
//!
//! [`Submission`]: crate::Submission

mod check;
mod code;
mod conduct;
mod gaps;
mod hints;
mod prove;
mod workshop;

pub use check::{CaseReport, Check, Problem, Report};
pub use code::Code;
pub use conduct::{Conduct, conduct};
pub use gaps::{Gap, Open, Part, Template, open_gaps};
pub(crate) use hints::SHARED;
pub use hints::{Hint, Hints};
pub use prove::{Proof, ProofOutcome, Wrong};
pub(crate) use workshop::is_installed;
pub use workshop::{BuildError, Built, Workshop};
