//! What a timeline means: which expectations it meets, and on what evidence.
//!
//! Pure: nothing here reads or writes anything, so a recording made elsewhere can be judged again.
#![forbid(unsafe_code)]

mod expect;
mod expect_pattern;
mod verdict;
mod verdict_call;
mod verdict_facts;
mod verdict_scene;

pub use expect::{Call, ExitWanted, Expectation, State, Stream, Subject, Texts};
pub use expect_pattern::{Address, Bytes as BytesWanted, Range, result_names, unescape};
pub use verdict::{Finding, Mismatch, Outcome, judge};
pub use verdict_facts::{Fact, facts};
