//! Between a person (or a pipe) and a peer: what `telnet` and `nc` do, with every end handled.
//!
//! [`tcp`] carries two independent streams; [`udp`] carries datagrams. Both leave the file
//! descriptors they are given as they found them: no `O_NONBLOCK` is left on a shared terminal.

mod framing;
mod tcp;
mod udp;

use std::io::{self, Write};
use std::os::fd::BorrowedFd;
use std::thread;
use std::time::Duration;

use rustix::io::Errno;
use serde::{Serialize, Serializer};

pub use framing::Framing;
pub use tcp::{TcpOptions, tcp};
pub use udp::{UdpOptions, udp};

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the input to the peer.
    ToPeer,
    /// From the peer to the output.
    FromPeer,
}

/// Sees every piece of data as it passes; for UDP, every datagram. Called on the thread that
/// carries it, so both directions may call at the same time.
pub type Observer<'a> = &'a (dyn Fn(Direction, &[u8]) + Sync);

/// Who can end a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Our input had no more to say.
    Input,
    /// The peer had no more to say, or went away.
    Peer,
}

/// What became of a conversation.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Bytes that went to the peer, as far as our kernel.
    pub sent: u64,
    /// Bytes that came from the peer and went to the output.
    pub received: u64,
    /// Who ended first; `None` if nobody did before something failed.
    pub first_to_end: Option<Side>,
    /// How it ended.
    pub ending: Ending,
}

/// How a conversation ended.
#[derive(Debug, Serialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Ending {
    /// In good order: everything there was to carry was carried.
    Finished,
    /// The peer reset the connection (RST), so that data may be lost on either way.
    Reset,
    /// Nobody is at that UDP port: the peer's kernel said so (ICMP port unreachable).
    Refused,
    /// The input had ended and the peer sent nothing for as long as we were willing to wait.
    Silence,
    /// The system failed.
    Failed {
        /// The system call that failed.
        call: &'static str,
        /// What it was used on.
        on: Object,
        /// What the system said. A closed pipe behind the output is `BrokenPipe`.
        #[serde(serialize_with = "as_text")]
        source: io::Error,
    },
}

impl Ending {
    fn failed(call: &'static str, on: Object, source: impl Into<io::Error>) -> Self {
        Self::Failed { call, on, source: source.into() }
    }
}

/// The three things a relay deals with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Object {
    /// Where our bytes come from.
    Input,
    /// Where the peer's bytes go.
    Output,
    /// The socket.
    Socket,
}

fn as_text<S: Serializer>(error: &io::Error, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(error)
}

/// Reads from the input. `None` when there is nothing after all: somebody else, sharing the same
/// terminal or pipe, was faster.
fn read_input(input: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<Option<usize>, Ending> {
    match rustix::io::read(input, buffer) {
        Ok(count) => Ok(Some(count)),
        Err(Errno::INTR | Errno::AGAIN) => Ok(None),
        Err(error) => Err(Ending::failed("read", Object::Input, error)),
    }
}

/// Writes everything to the output, and through whatever buffers it has.
fn write_output(output: &mut impl Write, mut bytes: &[u8]) -> Result<(), Ending> {
    // Not write_all: a terminal that another program left non-blocking says WouldBlock, and
    // write_all would not tell how much was written before.
    let failed = |source: io::Error| Ending::failed("write", Object::Output, source);
    while !bytes.is_empty() {
        match output.write(bytes) {
            Ok(0) => return Err(failed(io::ErrorKind::WriteZero.into())),
            Ok(count) => bytes = &bytes[count..],
            Err(error) => match error.kind() {
                io::ErrorKind::Interrupted => {}
                // A `Write` has nothing to poll.
                io::ErrorKind::WouldBlock => thread::sleep(Duration::from_millis(2)),
                _ => return Err(failed(error)),
            },
        }
    }
    loop {
        match output.flush() {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_millis(2));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
}
