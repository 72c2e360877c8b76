//! The files of a course: TOML for what happens, Markdown for the texts. `course/FORMAT.md`
//! describes them for people who write questions and exercises.
//!
//! `document` turns TOML into the `raw` forms, in which every word of the format is a field.
//! `question` and `exercise` turn these into the `model`, in which every name refers to something.
//! Mistakes are reported with their place in the file.

mod act;
mod arguments;
mod choice;
mod crowd;
mod document;
mod either;
mod exercise;
mod expectation;
mod expected;
mod hints;
mod hold;
mod languages;
mod load_error;
mod mistake;
mod model;
mod name;
mod nearest;
mod op;
mod prose;
mod question;
mod raw;
mod reader;
mod scenario;
mod step;
mod syllabus;
mod syntax;
mod unroll;
mod until;
mod values;
mod wire;
mod words;

pub use act::Act;
pub use arguments::{ARGS, Arguments};
pub(crate) use document::read;
pub(crate) use exercise::exercise;
pub use expectation::UnboundExpectation;
pub use expected::{Expected, PatternText};
pub use hints::FittingHint;
pub use hold::HoldAt;
pub use languages::LANGUAGES;
pub use load_error::LoadError;
pub use model::{
    Actor, Bug, ByHand, Case, Choice, Exercise, Prose, Question, QuestionOutcome, Run, Scenario,
    Step, Verb,
};
pub use name::{AddressType, NameAnswer, NameRule};
pub(crate) use nearest::nearest;
pub(crate) use op::SENDER;
pub use op::{ConnectMany, Exchange, Op, SendTo, SetOption, SocketOption};
pub(crate) use question::question;
pub use reader::FORMAT_VERSION;
pub use syllabus::{Item, Part, Syllabus};
pub(crate) use syllabus::{Known, syllabus, without_syllabus};
pub(crate) use until::STDIN;
pub use until::{BlockedIn, KernelCondition, Until};
pub use wire::{rule_mistake, rule_stranger};
