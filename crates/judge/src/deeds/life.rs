//! What the rules look at: one program's part of a timeline.

use socklab_event::{Args, Bytes, Call, Errno, Exit, Process, Protocol, Stream};
use socklab_flows::{Flows, Position};
use socklab_say::{Argument, Sentence, Variable, sentence};

use super::talk::{Talk, talks};
use super::{Asked, present};
use crate::case::{Case, Occurrence};
use crate::conduct;

/// How many characters of a program's last line are quoted.
const QUOTED: usize = 160;
/// How many characters of what it sent or printed are quoted.
const SAMPLE: usize = 48;

/// One program's part of a timeline.
pub(super) struct Life<'t> {
    pub(super) case: Case<'t>,
    pub(super) asked: &'t Asked<'t>,
    /// When it started.
    pub(super) started: Position,
    /// How it ended, if it did.
    pub(super) exit: Option<(Position, Exit)>,
    /// The calls that it made itself, without name look-ups.
    pub(super) calls: Vec<(Position, &'t Call)>,
    /// Its conversations with the other actors.
    pub(super) talks: Vec<Talk>,
}

impl<'t> Life<'t> {
    /// `None` if the program was never started.
    pub(super) fn of(flows: &'t Flows<'t>, asked: &'t Asked<'t>) -> Option<Self> {
        let mine = |at: Position| conduct::is_by(flows, at, Some(asked.actor));
        let started = (0..flows.order.len()).find(|at| {
            mine(*at) && matches!(flows.order[*at].process(), Some(Process::Start { .. }))
        })?;
        let case = Case::of(flows);
        let own = |(at, call): &(Position, &Call)| {
            mine(*at) && !call.implicit && !flows.is_recorders_doing(*at)
        };
        let calls: Vec<_> = case.calls().filter(own).collect();
        let exit = conduct::exit(flows, asked.actor);
        let exit = exit.filter(|(at, _)| !flows.is_recorders_doing(*at));
        let talks = talks(&case, asked.actor);
        Some(Self { case, asked, started, exit, calls, talks })
    }

    pub(super) fn flows(&self) -> &'t Flows<'t> {
        self.case.flows
    }

    pub(super) fn is_mine(&self, at: Position) -> bool {
        conduct::is_by(self.flows(), at, Some(self.asked.actor))
    }

    /// An occurrence of a rule: every sentence names the program.
    pub(super) fn found(&self, at: Position) -> Occurrence {
        Occurrence::at(at).with("who", self.asked.actor)
    }

    /// What it printed on a stream, and the event with the last of it.
    pub(super) fn printed(&self, stream: Option<Stream>) -> (Bytes, Option<Position>) {
        let (bytes, from) = conduct::output(self.flows(), self.asked.actor, stream);
        (bytes, from.last().copied())
    }

    /// Its last words, as the end of a sentence; without any, it says so.
    pub(super) fn last_words(&self) -> Argument {
        self.words().unwrap_or_else(|| sentence!("deed-no-words").argument())
    }

    /// Its last words: the last line on standard error, or else on standard output.
    pub(super) fn words(&self) -> Option<Argument> {
        let last = [Stream::Stderr, Stream::Stdout].into_iter().find_map(|stream| {
            let (bytes, _) = self.printed(Some(stream));
            last_line(&bytes.sample)
        });
        last.map(|words| sentence!("deed-words", words = words).argument())
    }

    /// How it ended, as a part of a sentence.
    pub(super) fn exit_text(&self) -> Argument {
        exit_sentence(self.exit.map_or(Exit::Unknown, |(_, exit)| exit)).argument()
    }

    /// What it does now.
    pub(super) fn now(&self) -> Argument {
        match self.exit {
            Some((_, exit)) => sentence!("now-ended", exit = exit_sentence(exit)).argument(),
            None => present::now(self).argument(),
        }
    }

    /// Its successful `connect`s, `bind`s and so on: the calls of one kind.
    pub(super) fn made(
        &self,
        kind: impl Fn(&Args) -> bool,
    ) -> impl Iterator<Item = (Position, &'t Call)> {
        self.calls.iter().copied().filter(move |(_, call)| kind(&call.args))
    }

    /// True if a signal ended it that only a mistake in the program causes.
    pub(super) fn died_of_a_fault(&self) -> bool {
        matches!(self.exit, Some((_, Exit::Signal(signal))) if super::endings::FAULTS.contains(&signal))
    }

    /// The transport over which somebody else serves the port that it was told: then it is a client.
    pub(super) fn server(&self) -> Option<Protocol> {
        let asked = Some(self.asked.port);
        self.case.calls().find_map(|(at, call)| {
            let Args::Bind { address } = &call.args else { return None };
            let other = call.value().is_some() && address.port() == asked && !self.is_mine(at);
            call.socket.as_ref().filter(|_| other).map(|socket| socket.protocol)
        })
    }

    /// What was typed and read.
    pub(super) fn typed(&self) -> Vec<u8> {
        let order = self.flows().order.iter().enumerate();
        let read = order.filter(|(at, _)| self.is_mine(*at)).filter_map(|(_, event)| {
            match event.process() {
                Some(Process::Stdio { stream: Stream::Stdin, bytes }) => Some(&bytes.sample[..]),
                _ => None,
            }
        });
        read.collect::<Vec<_>>().concat()
    }

    /// What the program read in a conversation, as far as it was recorded.
    pub(super) fn heard(&self, talk: &Talk) -> Vec<u8> {
        let calls = talk.mine.map_or(&[][..], |socket| &self.flows().sockets[socket].calls);
        let read = calls
            .iter()
            .filter_map(|at| self.case.call(*at))
            .filter(|call| call.received().is_some_and(|bytes| bytes > 0) && !call.peeks());
        read.filter_map(|call| call.bytes()).map(Bytes::moved).collect::<Vec<_>>().concat()
    }

    /// What the program sent in a conversation, as far as it was recorded.
    pub(super) fn said(&self, talk: &Talk) -> Vec<u8> {
        let calls = talk.mine.map_or(&[][..], |socket| &self.flows().sockets[socket].calls);
        let sent = calls.iter().filter_map(|at| self.case.call(*at)).filter(|call| call.sends());
        sent.filter_map(|call| call.bytes()).map(Bytes::moved).collect::<Vec<_>>().concat()
    }

    /// True if it made a socket of this transport.
    pub(super) fn has(&self, transport: Protocol) -> bool {
        self.calls.iter().any(|(_, call)| {
            call.socket.as_ref().is_some_and(|socket| socket.protocol == transport)
        })
    }

    /// The last call of the program that failed, if nothing worked after it but closing.
    pub(super) fn last_failure(&self) -> Option<(Position, &'t Call, Errno)> {
        let tells = |call: &Call| {
            !call.is_close()
                && !matches!(
                    call.args,
                    Args::SetOption { .. }
                        | Args::GetOption { .. }
                        | Args::Fcntl { .. }
                        | Args::Ioctl { .. }
                        | Args::Shutdown { .. }
                        | Args::LocalName { .. }
                        | Args::PeerName { .. }
                        | Args::EpollControl { .. }
                )
        };
        let (at, call) = self.calls.iter().rev().copied().find(|(_, call)| tells(call))?;
        let error = call.error().filter(|error| !error.is_not_now())?;
        (!matches!(error, Errno::EINTR | Errno::EINPROGRESS)).then_some((at, call, error))
    }

    /// The conversation with this peer, or with any if it has no name: the last one, if there were
    /// several.
    pub(super) fn talk_with(&self, peer: &str) -> Option<&Talk> {
        self.talks.iter().rev().find(|talk| peer.is_empty() || talk.peer == peer)
    }
}

/// The last line that is not empty, cut to a length that fits into a sentence, and escaped.
pub(super) fn last_line(printed: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(printed);
    let line = text.lines().rev().map(str::trim).find(|line| !line.is_empty())?;
    Some(quoted(line))
}

/// Text of a program, fit to stand in a sentence: on one line, without control characters, cut.
///
/// Everything that a report's first sentence quotes from a program goes through here.
pub(super) fn quoted(text: &str) -> String {
    let cut: String = text.trim().chars().take(QUOTED).collect();
    let dots = if cut.len() < text.trim().len() { "…" } else { "" };
    format!("{}{dots}", Bytes::whole(cut))
}

/// The beginning of what a program sent or printed, fit to stand in a sentence.
pub(super) fn sample(bytes: &[u8]) -> String {
    let bytes = bytes.trim_ascii_end();
    Bytes::beginning(bytes, bytes.len() as u64, SAMPLE)
}

fn exit_sentence(exit: Exit) -> Sentence {
    match exit {
        Exit::Code(code) => sentence!("ask-exit-code", code = code),
        Exit::Signal(signal) => sentence!("ask-exit-signal", signal = signal),
        Exit::Unknown => sentence!("ask-exit-unknown"),
    }
}
