//! Names inside a private place: a name server of our own, and the files and sockets that make
//! programs ask it and nobody else.
//!
//! Deciding and doing are apart: [`Names`] says what a name stands for, [`answer`] turns a question
//! on the wire into its answer (read by `question`, written by `reply`), `etc` makes programs ask
//! here, and `serve` moves bytes.

mod asked;
mod entry;
mod etc;
mod message;
mod question;
mod refusal;
mod reply;
mod serve;
mod table;

pub use asked::Asked;
pub use entry::{Asks, Entry, Manner, Trouble};
pub use message::{Answer, Over, answer};
pub use refusal::NamesRefusal;
pub use serve::NameServer;
pub use table::Names;

pub(crate) use etc::{only_dns, show as show_in_etc};
