//! Names inside a private place: a name server of our own, and the files and sockets that make
//! programs ask it and nobody else.
//!
//! Deciding and doing are apart: [`Names`] says which addresses a name has, [`answer`] turns a
//! question on the wire into its answer, `etc` makes programs ask here, and `serve` moves bytes.

mod etc;
mod message;
mod refusal;
mod serve;
mod table;

pub use message::answer;
pub use refusal::NamesRefusal;
pub use serve::NameServer;
pub use table::Names;
