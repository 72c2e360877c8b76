//! Exercises: the starter that a student begins with, the program made of what was written, and
//! the check that says what it does.
//!
//! A starter is the reference solution with its gaps emptied ([`Template`]); a [`Submission`] is
//! made of a file or a command ([`Workshop`]); [`check`] runs every case and [`judge_case`] decides.
//!
//! [`Submission`]: crate::Submission

mod check;
mod code;
mod conduct;
mod gaps;
mod hints;
mod verdict;
mod workshop;

pub use check::{CaseReport, Check, Report};
pub use code::Code;
pub use conduct::{Conduct, conduct};
pub use gaps::{Open, Part, Template, open_gaps};
pub use hints::{Hint, Hints};
pub use verdict::{Problem, State, judge_case};
pub use workshop::{BuildError, Built, Workshop};
