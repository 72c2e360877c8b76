//! The scripted peer: a process that makes exactly the calls a scenario tells it to make.
//!
//! It is a program like any other, traced like any other, so that its calls stand in the ladder
//! beside those of the programs it talks to. Orders come on standard input, one line of JSON each,
//! and are answered on standard output.
//!
//! The program that is judged runs under the same user, and can open every pipe of this process.
//! So the engine does not read the answers from a pipe: it takes them from the trace, which shows
//! what this process, and no other, wrote. And each answer repeats its order, so that an order that
//! the engine did not give is noticed.

mod compare;
mod conversation;
mod expect;
mod perform;
mod process;
mod protocol;
mod received;

pub(crate) use process::{ARGUMENT, run};
pub(crate) use protocol::{Order, Reply, Report};
