//! The scripted peer: a process that makes exactly the calls that a scenario orders.
//!
//! It is traced like any other program, so that its calls appear in the ladder beside those of the
//! programs it talks to. Orders arrive on standard input, one line of JSON each, and are answered
//! on standard output.
//!
//! It only moves bytes: it is told how many to receive, and `dialogue` decides from the trace whether
//! they are right.
//!
//! The program that is judged runs as the same user, and can open every pipe of this process. So
//! the engine does not read the answers from a pipe: it takes them from the trace, which shows what
//! this process, and no other, has written. And each answer repeats its order, so that the engine
//! notices orders that it did not give.

mod conversation;
mod conversations;
mod perform;
mod process;
mod protocol;
mod receive;
mod received;

pub(crate) use process::{ARGUMENT, FAILED, run};
pub(crate) use protocol::{Deed, Order, Receive, Reply, Report};
