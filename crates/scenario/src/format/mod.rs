//! The format of `course/`: TOML for what happens, Markdown for what is said about it.
//! `course/FORMAT.md` is its description for people who write questions and exercises.

mod either;
mod error;
mod model;
mod op;
mod parse;
mod prose;
mod raw;
mod sentence;
mod step;
mod toml_says;
mod until;
mod wanted;

pub use error::LoadError;
pub use model::{
    Actor, Bug, ByHand, Case, Choice, Exercise, Outcome, Prose, Question, Run, Scenario, Step, Verb,
};
pub use op::{ConnectMany, Exchange, OPTIONS, RawOp as Op, SendTo, SetOption};
pub use parse::FORMAT_VERSION;
pub(crate) use parse::{exercise, question, toml_path};
pub(crate) use sentence::say;
pub use sentence::{Place, Say, Sentence};
pub(crate) use until::STDIN;
pub use until::{Kernel, Until};
pub use wanted::Wanted;
