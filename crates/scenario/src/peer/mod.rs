//! The scripted peer: a process that makes exactly the calls a scenario tells it to make.
//!
//! It is a program like any other, traced like any other, so that its calls stand in the ladder
//! beside those of the programs it talks with. Orders come on standard input, one a line of JSON,
//! and are answered on standard output.
//!
//! The program that is judged runs under the same user, and can open every pipe of this process.
//! So nobody reads the answers from a descriptor: the tracer tells what this process, and no
//! other, wrote. And each answer repeats its order, so that an order of somebody else's is noticed.

mod compare;
mod heard;
mod perform;

use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::process::ExitCode;

use rustix::fs::{Mode, OFlags};
use rustix::io::fcntl_dupfd_cloexec;
use rustix::stdio::dup2_stdin;
use serde::{Deserialize, Serialize};
use socklab_event::{Bytes, Errno};

use crate::Variables;
use crate::format::Op;
use crate::recording::Stopped;
use perform::Peer;

/// What to do now.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) op: Op,
    /// The address behind a name in `op`.
    pub(crate) address: Option<SocketAddr>,
    /// How long receiving may take; none: for ever.
    pub(crate) within_ms: Option<u64>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reply {
    Done,
    Mismatch { how: String, expected: Bytes, got: Bytes, skipped: u64, stopped: Stopped },
    Failed { call: String, error: Errno },
}

/// A reply, and the line that it is the reply to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) order: String,
    pub(crate) reply: Reply,
}

/// So much of a report is written at once: less than the tracer keeps of a message.
const PIECE: usize = 2048;

/// Obeys until there are no more orders. The process's standard streams are used up by this.
pub(crate) fn peer() -> ExitCode {
    match obey() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("socklab peer: {error}");
            ExitCode::from(3)
        }
    }
}

fn obey() -> io::Result<()> {
    // Orders are not part of the story: on another descriptor than the standard ones the tracer
    // does not record them.
    let orders = fcntl_dupfd_cloexec(rustix::stdio::stdin(), 100)?;
    let null = rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    dup2_stdin(&null)?;
    drop(null);

    let mut orders = BufReader::new(std::fs::File::from(orders));
    let mut line = String::new();
    orders.read_line(&mut line)?;
    let variables: Variables = serde_json::from_str(&line)?;
    report(&line, Reply::Done)?;
    let mut peer = Peer::new(variables);
    loop {
        line.clear();
        if orders.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let reply = peer.perform(&serde_json::from_str(&line)?);
        report(&line, reply)?;
    }
}

fn report(line: &str, reply: Reply) -> io::Result<()> {
    let report = Report { order: line.trim_end().to_owned(), reply };
    let mut text = serde_json::to_vec(&report)?;
    text.push(b'\n');
    for piece in text.chunks(PIECE) {
        let mut left = piece;
        while !left.is_empty() {
            let written = rustix::io::write(rustix::stdio::stdout(), left)?;
            left = &left[written..];
        }
    }
    Ok(())
}
