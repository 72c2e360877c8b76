//! Grading a class: who handed in what, what each submission came to, which of them behave alike,
//! and the formats that schools read.
//!
//! A [`Gradebook`] is what all of this has in common. Running submissions is not done here: a
//! grader fills the book, and everything else reads it.

#![forbid(unsafe_code)]

mod book;
pub mod class;
pub mod cluster;
pub mod differences;
pub mod exam;
pub mod formats;
pub mod journal;
pub mod page;
mod state;
mod table;

pub use book::{
    Assignment, Attempt, CaseInfo, CaseResult, Counted, Did, FORMAT_VERSION, Files, Gradebook,
    Graded, Pack, Points, Score, Sighting, Student, Used, headline,
};
pub use state::{CaseState, State};
pub use table::bytes_of;
