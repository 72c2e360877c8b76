//! What two recorded runs have different, whatever chance did.
//!
//! [`Comparison::of`] brings each run into a canonical form, lays the two beside each other, and finds where they
//! part first. Everything here is pure.
//!
//! # What is beside what
//!
//! Never by port, descriptor, process id or time. **Commands** are paired by their label, or else by their column. A
//! **connection** belongs to the two commands that have it, and is paired in the order in which the client opened it,
//! if that is one thread that opens one after the other; else whoever does the same in both runs is paired first, then
//! who says the same first, then the rest in order. Which thread or process of a pool serves it doesn't matter.
//! **Other sockets** are paired by what they are for, **processes** that a command started by their programs and by
//! what became of them. A port or a path is the same if it stands at the same place of both command lines, if both
//! runs have it, or if in each run somebody is reached there: then the whole run has moved.
//!
//! # What is compared
//!
//! A run is a set of *strands*: what one end of a connection did, what was done with another socket, how a process
//! ended, what a command printed. Inside a strand the order counts, between two strands it doesn't. In a strand are
//! options, addresses, the backlog, the bytes by their position in the stream, ends of streams, `shutdown`, closes (by
//! the program, or by the kernel when it ended), and errors. Of a receive counts how many bytes came, and how many the
//! first one asked for.
//!
//! # What is chance
//!
//! - How receives are cut. How sends are cut counts if the program chose it: if the thread received nothing
//!   in between, and the kernel took all that was offered.
//! - In which order an end sends and receives, unless both ends have one thread each for it that waits for
//!   nothing else. Then bytes that were sent knowing the same belong together, however they were cut: see `knowledge`.
//! - Retries (`EAGAIN`, `EINTR`), `poll` and its like, questions such as `getsockname`, packets, times.
//! - In which order a program serves its connections, unless one thread serves them all and never waits for
//!   several at once. Then who is taken, answered and let go first is compared, if nothing else differs; if
//!   the clients came in another order, by the order in which they came. Causes between connections are not
//!   looked for otherwise: a program that answers one client because of another is compared by what it says.
//! - What a process did last that was ended by a signal, or before somebody stopped looking; what came
//!   through a connection that the other end cut. A send that found it cut is as good as one that did not yet.
//! - How many bytes fit in the kernel's buffers, if in both runs they were full when the sender stopped: its last
//!   send was refused, not taken whole or still waiting, or `poll` said that there was no room.
//! - Dates, times of day, and timestamps of NTP in what is sent or printed. In which order a program prints
//!   that serves several clients at once.
//!
//! Name servers, netlink, and pairs with which a process wakes itself are left out. From where on a recording is
//! not complete, nothing is compared.
//!
//! # Why this is not the form of `socklab-grade`
//!
//! That crate asks which submissions behave alike, whatever language they are written in: it keeps what a scripted
//! peer sees, describes bytes by where they come from, and forgets options, cuts, calls and words of their own. Here
//! the same programs ran twice, and what is forgotten there is what is looked for. Neither form can be made of
//! the other.
#![forbid(unsafe_code)]

mod align;
mod chance;
mod comparison;
mod content;
mod form;
mod knowledge;
mod names;
mod notes;
mod order;
mod page;
mod pairing;
mod reading;
mod text;
mod track;
mod unfinished;
mod words;

pub use comparison::{Comparison, Row, Told};
pub use text::TextStyle;
