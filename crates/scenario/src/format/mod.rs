//! The format of `course/`: TOML for what happens, Markdown for what is said about it.
//! `course/FORMAT.md` is its description for people who write questions and exercises.

mod document;
mod either;
mod exercise;
mod load_error;
mod mistake;
mod model;
mod op;
mod prose;
mod question;
mod raw;
mod reader;
mod scenario;
mod sentence;
mod step;
mod until;
mod values;
mod wanted;

pub(crate) use document::read;
pub(crate) use exercise::exercise;
pub use load_error::LoadError;
pub use model::{
    Actor, Bug, ByHand, Case, Choice, Exercise, Prose, Question, QuestionOutcome, Run, Scenario,
    Step, Verb,
};
pub use op::{ConnectMany, Exchange, OPTIONS, Op, SendTo, SetOption};
pub(crate) use question::question;
pub use reader::FORMAT_VERSION;
pub(crate) use sentence::say;
pub use sentence::{Place, Say, Sentence};
pub(crate) use until::STDIN;
pub use until::{BlockedIn, KernelCondition, Until};
pub use wanted::Wanted;
