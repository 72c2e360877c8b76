//! What a peer has received, conversation by conversation, according to its calls.

use std::net::SocketAddr;

use socklab_event::{Args, Bytes, Call, Endpoint, Errno, SocketId, SocketType};

use crate::step_end::Stopped;

/// How many bytes of a conversation are kept: more than any scenario expects. What comes after them
/// is counted.
const KEPT: usize = 64 << 20;

/// What one peer has received, on each of its sockets, in the order in which it opened them.
#[derive(Debug, Default)]
pub(crate) struct Ear {
    pub(crate) conversations: Vec<Heard>,
    /// The one that its last call was about.
    last: Option<usize>,
}

/// What was said on one socket of a peer.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// The socket, as it was last seen.
    pub(crate) socket: Option<SocketId>,
    pub(crate) is_datagram: bool,
    /// It is connected; for a stream this means that there is somebody to hear.
    pub(crate) connected: bool,
    /// It was the peer that connected, so that the program answers.
    pub(crate) asks: bool,
    /// It has an address of its own choice, so that anybody may send to it.
    pub(crate) bound: bool,
    /// The peer has ended its half.
    pub(crate) finished: bool,
    pub(crate) closed: bool,
    /// Received bytes of a stream; at most [`KEPT`].
    pub(crate) stream: Vec<u8>,
    /// All bytes received, kept or not.
    pub(crate) total: u64,
    /// Received datagrams.
    pub(crate) datagrams: Vec<Datagram>,
    /// Why no more bytes can come.
    pub(crate) stopped: Option<Stopped>,
    /// Whom the peer has sent datagrams to.
    pub(crate) asked: Vec<SocketAddr>,
    /// Bytes (or datagrams) sent, in all and before the last send.
    pub(crate) sent: u64,
    pub(crate) sent_before: u64,
    /// How far what was received has been judged.
    pub(super) read: Read,
}

/// How far what was received has been judged.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Read {
    /// Bytes that belong to earlier words.
    pub(super) bytes: usize,
    /// Datagrams that belong to earlier words.
    pub(super) datagrams: usize,
    /// Where the last right answer begins.
    pub(super) answer: usize,
    /// How many bytes of the word that is being judged are known to be right (or, when something is
    /// looked for, known not to be its beginning).
    pub(super) progress: usize,
    /// How many bytes had come when the peer had done what is being judged, if it has.
    pub(super) horizon: Option<usize>,
    /// A word has said what should come.
    pub(super) expected: bool,
    /// The last word takes any bytes, so that nobody knows what should follow.
    pub(super) loose: bool,
    /// Copies of datagrams that were received before do not matter.
    pub(super) copies: bool,
    /// What follows does not matter.
    pub(super) ignored: bool,
}

/// A datagram, and who sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Datagram {
    pub(crate) bytes: Vec<u8>,
    pub(crate) from: Option<SocketAddr>,
}

impl Ear {
    /// Takes in a call that the peer has made.
    pub(crate) fn note(&mut self, call: &Call) {
        let Some(socket) = call.socket.as_deref() else { return };
        let begins = matches!(call.args, Args::Socket { .. } | Args::Accept { .. });
        if begins && call.value().is_some() {
            self.conversations.push(Heard {
                is_datagram: socket.kind == SocketType::DGRAM,
                connected: matches!(call.args, Args::Accept { .. }),
                socket: Some(socket.clone()),
                ..Heard::default()
            });
            self.last = self.conversations.len().checked_sub(1);
            return;
        }
        let is_it = |heard: &Heard| {
            let known = heard.socket.as_ref();
            !heard.closed && known.is_some_and(|known| known.inode == socket.inode)
        };
        if let Some(at) = self.conversations.iter().rposition(is_it) {
            self.conversations[at].note(call, socket);
            self.last = Some(at);
        }
    }

    /// How many bytes were received in the conversation that the last call was about.
    pub(crate) fn total(&self) -> u64 {
        self.last.map_or(0, |at| self.conversations[at].total)
    }
}

impl Heard {
    fn note(&mut self, call: &Call, socket: &SocketId) {
        if self.socket.as_ref() != Some(socket) {
            self.socket = Some(socket.clone());
        }
        match &call.args {
            Args::Connect { address } if call.value().is_some() => {
                (self.connected, self.asks) = (true, true);
                if self.is_datagram {
                    self.ask(address);
                }
            }
            Args::Bind { .. } if call.value().is_some() => self.bound = true,
            Args::Send { bytes, to, .. } if call.value().is_some() => {
                self.sent_before = self.sent;
                self.sent += if self.is_datagram { 1 } else { bytes.total };
                if let Some(to) = to.as_ref().filter(|_| self.is_datagram) {
                    self.ask(to);
                }
            }
            Args::Recv { bytes, from, .. } => match call.error() {
                Some(Errno::ECONNRESET) => self.stopped = Some(Stopped::Reset),
                Some(_) => {}
                None if call.is_end_of_stream() => self.stopped = Some(Stopped::End),
                None if call.received().is_some() => self.hear(bytes, from.as_ref()),
                None => {}
            },
            _ if call.ends_sending() => self.finished = true,
            _ if call.is_close() => self.closed = true,
            _ => {}
        }
    }

    fn hear(&mut self, bytes: &Bytes, from: Option<&Endpoint>) {
        if self.is_datagram {
            let from = from.and_then(address);
            self.datagrams.push(Datagram { bytes: bytes.moved().to_vec(), from });
        } else {
            let room = KEPT.saturating_sub(self.stream.len());
            let moved = bytes.moved();
            self.stream.extend_from_slice(&moved[..moved.len().min(room)]);
            self.total += bytes.total;
        }
    }

    fn ask(&mut self, address_of: &Endpoint) {
        self.asked.extend(address(address_of).filter(|to| !self.asked.contains(to)));
    }
}

/// An IP address as the standard library knows it.
fn address(endpoint: &Endpoint) -> Option<SocketAddr> {
    endpoint.unmapped().ip_port().map(SocketAddr::from)
}
