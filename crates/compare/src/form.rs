//! A run without what is chance in it: who did what with which connection, by stream position.

use socklab_event::{Call, Endpoint, Errno, Exit, Family, Name, OptionValue, Protocol, Shutdown};
use socklab_event::{SocketType, Stream};
use socklab_flows::Position;

use crate::content::Content;
use crate::names::Named;

/// A run, in its canonical form.
#[derive(Debug)]
pub(crate) struct Run {
    /// Everything that was done, in parts whose order among each other is chance.
    pub(crate) strands: Vec<Strand>,
    /// Nothing from here on was compared.
    pub(crate) limit: Option<Limit>,
    /// The commands whose end was not recorded, by their numbers: what they did last is chance.
    pub(crate) open: Vec<bool>,
    /// The addresses that programs name.
    pub(crate) named: Named,
    /// The commands that serve all their connections one after the other, in one thread.
    pub(crate) sequential: Vec<bool>,
    /// True if some bytes were not recorded.
    pub(crate) is_sampled: bool,
}

/// Where a recording is not complete any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    /// The event from which on something may be missing.
    pub(crate) at: Position,
    /// Its number in the recording.
    pub(crate) seq: u64,
}

/// What was done in an order that is not chance: with one end of a connection, with a socket, by a process.
#[derive(Debug)]
pub(crate) struct Strand {
    /// Whose it is: the number of the command, if that is known.
    pub(crate) command: Option<usize>,
    /// What it is about.
    pub(crate) about: About,
    /// What was done.
    pub(crate) deeds: Vec<Deed>,
    /// True if a signal ended the process at a moment that is chance.
    pub(crate) is_killed: bool,
}

/// What a strand is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// One end of a connection.
    End {
        /// Which connection of the run, by its index.
        connection: usize,
        /// 0 for the end that began it.
        side: usize,
        /// Only what it received, if the order of that and the rest is chance.
        incoming: bool,
    },
    /// A socket that is no end of a stream.
    Socket,
    /// The process that runs the command, or one that it started: a program's name.
    Process {
        /// Its program.
        program: String,
        /// True for the command itself.
        is_command: bool,
    },
    /// What a command printed.
    Output(Stream),
    /// In which order a command serves its connections.
    Order,
}

/// Something that was done, once or in several calls.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    /// What.
    pub(crate) kind: Kind,
    /// The first event that shows it.
    pub(crate) at: Position,
    /// In how many calls.
    pub(crate) calls: u32,
    /// How much had been received on this connection before.
    pub(crate) received: u64,
    /// How much had been sent.
    pub(crate) sent: u64,
}

/// What was done.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields are those of the calls")]
pub(crate) enum Kind {
    Creates {
        family: Family,
        kind: SocketType,
        protocol: Protocol,
    },
    SetsOption {
        level: Name,
        option: Name,
        value: OptionValue,
        error: Option<Errno>,
    },
    /// From here on its calls wait, or do not (`O_NONBLOCK`).
    Waits(bool),
    Binds {
        address: Endpoint,
        error: Option<Errno>,
    },
    Listens {
        backlog: i32,
        error: Option<Errno>,
    },
    Connects {
        address: Endpoint,
        error: Option<Errno>,
    },
    Accepts,
    /// Bytes of a stream that were sent knowing the same, or one datagram.
    Sends {
        content: Content,
        cuts: Vec<Cut>,
        to: Option<Endpoint>,
        whole: bool,
    },
    /// Bytes of a stream, or one datagram. `room`: how many the first call asked for at most.
    Receives {
        content: Content,
        room: Option<u64>,
        is_told: bool,
    },
    /// It learned that the other end sends no more.
    SeesEnd,
    /// It learned that the connection was cut.
    IsCut(Errno),
    Fails {
        call: Name,
        error: Errno,
    },
    /// It had something to send on a connection that was cut. `in_order`: no chance decided whether a send or a
    /// receive would notice.
    SendsInVain {
        call: Name,
        error: Errno,
        in_order: bool,
    },
    ShutsDown {
        how: Shutdown,
        error: Option<Errno>,
    },
    /// The last close. `by_kernel`: that of a process that ended; unknown if several processes had it.
    Closes {
        by_kernel: Option<bool>,
    },
    Prints {
        content: Content,
    },
    Exits(Exit),
    /// It had not ended by itself when the recording did.
    Stays,
    /// A step in the order of connections.
    Serves {
        connection: usize,
        step: Step,
    },
}

/// Where one send ended and the next began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    /// Where in the stream.
    pub(crate) at: u64,
    /// True if the program chose it: nothing came in between, and the kernel took all of it.
    pub(crate) own: bool,
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Step {
    /// It was accepted, or asked for.
    Begins,
    /// The first bytes are sent.
    Answers,
    /// It is ended.
    Ends,
}

impl Strand {
    /// The connection and the side it is about.
    pub(crate) fn end(&self) -> Option<(usize, usize)> {
        match self.about {
            About::End { connection, side, .. } => Some((connection, side)),
            _ => None,
        }
    }
}

impl Deed {
    /// True for a close that the end of the process brought about.
    pub(crate) fn is_by_kernel(&self) -> bool {
        matches!(self.kind, Kind::Closes { by_kernel: Some(true) })
    }
}

/// True for a call that only asks, sets what is not seen outside, or says when to go on.
pub(crate) fn is_inquiry(call: &Call) -> bool {
    use socklab_event::Args;
    matches!(
        call.args,
        Args::GetOption { .. }
            | Args::LocalName { .. }
            | Args::PeerName { .. }
            | Args::Dup { .. }
            | Args::Poll { .. }
            | Args::EpollWait { .. }
            | Args::EpollControl { .. }
    )
}
