//! The peer's process: reads orders from its standard input until there are no more, and reports
//! the result of each on standard output.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::process::ExitCode;

use rustix::fs::{Mode, OFlags};
use rustix::io::fcntl_dupfd_cloexec;
use rustix::stdio::dup2_stdin;

use super::conversations::Conversations;
use super::protocol::{Reply, Report};
use crate::variables::Variables;

/// The first argument that makes the binary a scripted peer.
pub(crate) const ARGUMENT: &str = "--socklab-peer";
/// The exit code of a peer that can't do its work: it has no orders, or no more descriptors or memory.
pub(crate) const FAILED: i32 = 3;
/// How many bytes of a report are written at once: fewer than the tracer records of a call.
const PIECE: usize = 2048;

/// Carries out orders until there are no more. Takes over the process's standard streams.
pub(crate) fn run() -> ExitCode {
    match carry_out_orders() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("socklab peer: {error}");
            ExitCode::from(FAILED as u8)
        }
    }
}

fn carry_out_orders() -> io::Result<()> {
    // Orders should not appear in the recording. The tracer records what is read from a standard
    // stream, so read them from another descriptor.
    let orders = fcntl_dupfd_cloexec(rustix::stdio::stdin(), 100)?;
    let null = rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    dup2_stdin(&null)?;
    drop(null);

    let mut orders = BufReader::new(File::from(orders));
    let mut line = String::new();
    orders.read_line(&mut line)?;
    let variables: Variables = serde_json::from_str(&line)?;
    report(&line, Reply::Done)?;
    let mut conversations = Conversations::new(variables);
    loop {
        line.clear();
        if orders.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let reply = conversations.perform(&serde_json::from_str(&line)?);
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
