//! Questions about what would have happened otherwise: for each a variant of the case, the call to look
//! at there, and what can be answered. The key is not known here: see `prove`.

use socklab_event::{Args, Call, Errno, SocketType};
use socklab_flows::Position;
use socklab_say::{Sentence, sentence};

use super::draft::Draft;
use super::read::bytes;
use super::variant::{Base, Side};
use super::view::{Made, View};
use crate::format::{Case, Op, Scenario, SendTo};

/// How much more than fits into the program's buffer is sent.
const MORE: u64 = 100;
/// What fits into a segment of a loopback and into a datagram. In a larger buffer, what one receive gets
/// depends on chance.
const FITS: u64 = 30_000;
/// The second copy of a program.
const SECOND: &str = "second-copy";

/// A question whose key has to be found by running.
#[derive(Clone, Debug)]
pub(super) struct Proposal {
    pub(super) draft: Draft,
    pub(super) case: String,
    /// The program.
    pub(super) actor: String,
    /// What to run.
    pub(super) scenario: Scenario,
    /// What to look at.
    pub(super) look: Look,
    /// What was seen if a choice is right, in the order of the draft's choices.
    answers: Vec<(&'static str, Seen)>,
}

/// Which call of a variant the question is about.
#[derive(Clone, Debug)]
pub(super) enum Look {
    /// A receive on the first stream, or of datagrams, from 0.
    Receive(SocketType, usize),
    /// The first send of this kind.
    Send(SocketType),
    /// The first `connect` of a stream.
    Connect,
    /// Whether anything that this peer sent was received.
    Served(String),
    /// The first call of another program that failed.
    Failure(String),
}

/// What a call did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// It returned this many bytes.
    Bytes(u64),
    /// It took bytes, however many.
    Taken,
    /// It failed.
    Error(Errno),
    /// It did not return.
    Waits,
    /// It succeeded, where nothing is counted.
    Done,
    /// This call failed, with this error.
    Failed(String, Errno),
    /// None failed.
    NoFailure,
    /// The peer was served, or was not, or could not even connect.
    Served(bool),
}

impl Proposal {
    pub(super) fn kind(&self) -> &'static str {
        self.draft.kind
    }

    /// Which choice is right, if this was seen.
    pub(super) fn right(&self, seen: &Seen) -> Option<usize> {
        let (label, _) = self.answers.iter().find(|(_, answer)| answer == seen)?;
        self.draft.choices.iter().position(|choice| choice.label == *label)
    }
}

impl Seen {
    fn said(&self) -> Sentence {
        match self {
            Self::Bytes(number) => bytes(*number),
            Self::Error(errno) => error(*errno),
            Self::Waits => sentence!("exam-say-waits"),
            Self::Taken => sentence!("exam-say-taken"),
            Self::Done => sentence!("exam-say-done"),
            Self::Failed(call, errno) => {
                sentence!("exam-say-failed", call = call, error = name(*errno))
            }
            Self::NoFailure => sentence!("exam-say-no-failure"),
            Self::Served(true) => sentence!("exam-say-yes"),
            Self::Served(false) => sentence!("exam-say-no"),
        }
    }
}

fn name(errno: Errno) -> String {
    errno.name().map_or_else(|| errno.0.to_string(), str::to_owned)
}

fn error(errno: Errno) -> Sentence {
    sentence!("exam-say-error", error = name(errno))
}

/// A question as it is put together.
struct Ask<'b> {
    base: &'b Base,
    case: &'b str,
    draft: Draft,
    answers: Vec<(&'static str, Seen)>,
}

impl Ask<'_> {
    fn number(mut self, name: &'static str, value: u64) -> Self {
        self.draft = self.draft.number(name, value);
        self
    }

    fn choice(mut self, label: &'static str, seen: Seen) -> Self {
        // The first of two choices that say the same stays.
        if self.answers.iter().all(|(_, known)| *known != seen) {
            self.draft = self.draft.says(label, seen.said());
            self.answers.push((label, seen));
        }
        self
    }

    /// A choice that is never right. A program that does this has no such question.
    fn wrong(mut self, label: &'static str, seen: &Seen) -> Self {
        self.draft = self.draft.says(label, seen.said());
        self
    }

    fn by(self, scenario: Scenario, look: Look) -> Proposal {
        Proposal {
            draft: self.draft,
            case: self.case.to_owned(),
            actor: self.base.actor.clone(),
            scenario,
            look,
            answers: self.answers,
        }
    }
}

/// What can be asked about a case that was recorded.
pub(super) fn proposals(view: &View<'_>, case: &Case) -> Vec<Proposal> {
    let Some(base) = Base::of(case) else { return Vec::new() };
    let about = About { view, base: &base, case: &case.name };
    match base.side {
        Side::TcpServer | Side::TcpClient => about.streams(),
        Side::UdpServer | Side::UdpClient => about.datagrams(),
    }
}

/// A recorded case and the base of its variants.
struct About<'b, 't> {
    view: &'b View<'t>,
    base: &'b Base,
    case: &'b str,
}

impl<'b> About<'b, '_> {
    fn ask(&self, kind: &'static str, call: &str) -> Ask<'b> {
        let draft = Draft::new(kind, call).with("peer", &self.base.peer);
        let draft = draft.with("other", &self.base.other);
        Ask { base: self.base, case: self.case, draft, answers: Vec::new() }
    }

    fn hello(&self) -> Vec<Op> {
        match self.base.side {
            Side::TcpServer => vec![Op::Connect(self.base.actor.clone()), Op::IgnoreRest],
            Side::UdpServer => vec![Op::Udp, Op::IgnoreRest],
            Side::TcpClient | Side::UdpClient => vec![Op::IgnoreRest],
        }
    }

    /// The case, with a peer that does this after it is there.
    fn peer(&self, heard: bool, ops: Vec<Op>) -> Scenario {
        let ops = [self.hello(), ops].concat();
        match self.base.side {
            Side::TcpServer | Side::UdpServer => self.base.server(ops, None),
            Side::TcpClient | Side::UdpClient => self.base.client(ops, heard),
        }
    }

    fn says(&self, bytes: &str) -> Op {
        let bytes = bytes.to_owned();
        match self.base.side {
            Side::TcpServer | Side::TcpClient => Op::Send(bytes),
            Side::UdpServer => Op::SendTo(SendTo { to: self.base.actor.clone(), bytes }),
            Side::UdpClient => Op::SendTo(SendTo { to: "sender".to_owned(), bytes }),
        }
    }

    fn is_server(&self) -> bool {
        matches!(self.base.side, Side::TcpServer | Side::UdpServer)
    }

    fn twice(&self) -> Option<Proposal> {
        let in_use = |call: &str| Seen::Failed(call.to_owned(), Errno::EADDRINUSE);
        let ask = self.ask("would-start-twice", "bind").choice("bind", in_use("bind"));
        let ask = ask.choice("both", Seen::NoFailure).wrong("listen", &in_use("listen"));
        let ask = ask.wrong("socket", &in_use("socket"));
        let scenario = self.base.twice(SECOND).filter(|_| self.is_server())?;
        Some(ask.by(scenario, Look::Failure(SECOND.to_owned())))
    }

    fn streams(&self) -> Vec<Proposal> {
        let Some(socket) = self.view.streams().first().copied() else { return Vec::new() };
        let calls: Vec<Made<'_>> = self.view.on(socket).collect();
        let first_send = calls.iter().position(|(_, call)| call.sent() > Some(0));
        let first_read = calls.iter().position(|(_, call)| call.received() > Some(0));
        let mut found = Vec::new();
        if let Some(at) = first_read {
            let (_, call) = calls[at];
            // A server that is to be answered has heard its client before.
            let heard = first_send.is_some_and(|sent| sent < at);
            found.extend(self.receives(call, heard));
        }
        if self.is_server() {
            if let Some((_, call)) = first_send.map(|at| calls[at]) {
                found.extend(self.sends(call));
            }
            let ask = self.ask("would-silent", "recv").choice("yes", Seen::Served(true));
            let ask = ask
                .choice("no", Seen::Served(false))
                .wrong("refused", &error_seen(Errno::ECONNREFUSED));
            let ops = [self.hello(), vec![self.says(&self.base.message)]].concat();
            let scenario = self.base.server(ops, Some(&self.base.peer));
            found.push(ask.by(scenario, Look::Served(self.base.other.clone())));
            found.extend(self.twice());
        } else {
            let ask = self.ask("would-nobody-listens", "connect");
            let ask =
                ask.choice("refused", Seen::Error(Errno::ECONNREFUSED)).wrong("done", &Seen::Done);
            let ask =
                ask.wrong("waits", &Seen::Waits).wrong("timed-out", &Seen::Error(Errno::ETIMEDOUT));
            found.push(ask.by(self.base.alone(), Look::Connect));
        }
        found
    }

    /// About the first receive on a stream.
    fn receives(&self, call: &Call, heard: bool) -> Vec<Proposal> {
        let name = call.library_name();
        let got = call.received().unwrap_or(0);
        let first = || Look::Receive(SocketType::STREAM, 0);
        let reset = || Seen::Error(Errno::ECONNRESET);
        let mut found = Vec::new();
        let ask = self.ask("would-close", name).number("got", got).choice("end", Seen::Bytes(0));
        let ask = ask.wrong("waits", &Seen::Waits).wrong("reset", &reset());
        let ask = ask.wrong("pipe", &Seen::Error(Errno::EPIPE));
        found.push(ask.by(self.peer(heard, vec![Op::Close]), first()));

        let ask = self.ask("would-reset", name).number("got", got).choice("reset", reset());
        let ask = ask.wrong("end", &Seen::Bytes(0)).wrong("waits", &Seen::Waits);
        let ask = ask.wrong("refused", &Seen::Error(Errno::ECONNREFUSED));
        found.push(ask.by(self.peer(heard, vec![Op::Reset]), first()));

        let ask = self.ask("would-pieces", name).choice("piece", Seen::Bytes(3));
        let ask = ask.wrong("all", &Seen::Bytes(8)).wrong("waits", &Seen::Waits);
        let ask = ask.wrong("second", &Seen::Bytes(5));
        let pieces = ["{letters:3}", "{LETTERS:4}\n"].map(str::to_owned).to_vec();
        found.push(ask.by(self.peer(heard, vec![Op::SendPieces(pieces)]), first()));

        let ask = self.ask("would-together", name).choice("both", Seen::Bytes(10));
        let ask = ask.wrong("line", &Seen::Bytes(4)).wrong("word", &Seen::Bytes(3));
        let ask = ask.wrong("waits", &Seen::Waits);
        let lines = self.says("{letters:3}\n{LETTERS:5}\n");
        found.push(ask.by(self.peer(heard, vec![lines]), first()));

        if let Args::Recv { room, .. } = call.args
            && (10..=FITS).contains(&room)
        {
            let all = room + MORE;
            let ask = self.ask("would-larger", name).number("room", room).number("all", all);
            let ask = ask.choice("room", Seen::Bytes(room)).wrong("all", &Seen::Bytes(all));
            let ask =
                ask.wrong("size", &Seen::Error(Errno::EMSGSIZE)).wrong("rest", &Seen::Bytes(MORE));
            let large = self.says(&format!("{{letters:{all}}}"));
            found.push(ask.by(self.peer(heard, vec![large]), first()));
        }
        found
    }

    /// About the first send on a stream.
    fn sends(&self, call: &Call) -> Vec<Proposal> {
        let name = call.library_name();
        let ends = |kind, last: Op| {
            let ask = self.ask(kind, name).choice("taken", Seen::Taken);
            let ask = ask.wrong("pipe", &Seen::Error(Errno::EPIPE)).wrong("zero", &Seen::Bytes(0));
            let ask = ask.wrong("reset", &Seen::Error(Errno::ECONNRESET));
            let ops = vec![self.says(&self.base.message), last];
            ask.by(self.peer(false, ops), Look::Send(SocketType::STREAM))
        };
        vec![ends("would-gone", Op::Close), ends("would-half-close", Op::Finish)]
    }

    fn datagrams(&self) -> Vec<Proposal> {
        let kind = SocketType::DGRAM;
        let calls: Vec<Made<'_>> = self.view.on_sockets(kind).collect();
        let is_read = |(_, call): &&(Position, &Call)| call.received() > Some(0);
        let Some((_, read)) = calls.iter().find(is_read) else { return Vec::new() };
        let name = read.library_name();
        let first = || Look::Receive(kind, 0);
        let mut found = Vec::new();
        // A client has spoken first.
        let heard = !self.is_server();
        let plain = |ops| self.peer(heard, ops);
        if let Args::Recv { room, .. } = read.args
            && (10..=FITS).contains(&room)
        {
            let all = room + MORE;
            let large = || vec![self.says(&format!("{{letters:{all}}}"))];
            let ask =
                self.ask("would-larger-datagram", name).number("room", room).number("all", all);
            let ask = ask.choice("room", Seen::Bytes(room)).wrong("all", &Seen::Bytes(all));
            let ask = ask.wrong("size", &Seen::Error(Errno::EMSGSIZE)).wrong("waits", &Seen::Waits);
            found.push(ask.by(plain(large()), first()));
            let ask = self.ask("would-rest", name).number("room", room).number("all", all);
            let ask = ask.choice("waits", Seen::Waits).wrong("rest", &Seen::Bytes(MORE));
            let ask = ask.wrong("zero", &Seen::Bytes(0)).wrong("again", &Seen::Bytes(room));
            found.push(ask.by(plain(large()), Look::Receive(kind, 1)));
        }
        let ask = self.ask("would-empty", name).choice("zero", Seen::Bytes(0));
        let ask = ask.wrong("waits", &Seen::Waits).wrong("reset", &Seen::Error(Errno::ECONNRESET));
        let ask = ask.wrong("again", &Seen::Error(Errno::EAGAIN));
        found.push(ask.by(plain(vec![self.says("")]), first()));
        let ask = self.ask("would-two", name).choice("first", Seen::Bytes(3));
        let ask = ask.wrong("both", &Seen::Bytes(8)).wrong("second", &Seen::Bytes(5));
        let ask = ask.wrong("waits", &Seen::Waits);
        let two = vec![self.says("{letters:3}"), self.says("{LETTERS:5}")];
        found.push(ask.by(plain(two), first()));
        let sent = calls.iter().find(|(_, call)| call.sent().is_some());
        let sends = |kind: &'static str| {
            let (_, call) = sent?;
            let ask = self.ask(kind, call.library_name()).choice("taken", Seen::Taken);
            let ask = ask.wrong("refused", &Seen::Error(Errno::ECONNREFUSED));
            let ask = ask.wrong("waits", &Seen::Waits).wrong("zero", &Seen::Bytes(0));
            Some(ask)
        };
        let look = || Look::Send(SocketType::DGRAM);
        if self.is_server() {
            let ops = vec![self.says(&self.base.message), Op::Close];
            let gone = sends("would-gone-datagram");
            found.extend(gone.map(|ask| ask.by(plain(ops), look())));
            let ask = self.ask("would-close-datagram", name).choice("waits", Seen::Waits);
            let ask =
                ask.wrong("zero", &Seen::Bytes(0)).wrong("reset", &Seen::Error(Errno::ECONNRESET));
            let ask = ask.wrong("refused", &Seen::Error(Errno::ECONNREFUSED));
            found.push(ask.by(plain(vec![Op::Close]), first()));
            found.extend(self.twice());
        } else {
            let alone = sends("would-nobody-bound");
            found.extend(alone.map(|ask| ask.by(self.base.alone(), look())));
        }
        found
    }
}

fn error_seen(errno: Errno) -> Seen {
    Seen::Failed("connect".to_owned(), errno)
}
