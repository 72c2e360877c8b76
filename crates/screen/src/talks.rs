//! The conversations of a recording, each as a row of a list.

use std::collections::HashMap;

use socklab_event::Call;
use socklab_filter::{Facts, Filter, Verdict};
use socklab_flows::{Flows, NumberSet, Position};
use socklab_ladder::{incidental, protocol_of};
use socklab_say::{Speaker, clean, say};
use socklab_summary::{Conversation, Ending, FailedConnect, Party, Summary};

/// Which conversation: the number of its first event. It stays the same while the recording grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TalkKey(pub u64);

/// A conversation, or an attempt to begin one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Talk {
    /// Which.
    pub key: TalkKey,
    /// Who began it, and the other end.
    pub ends: [String; 2],
    /// What was spoken, if that is certain; else the protocol below.
    pub protocol: String,
    /// What became of it.
    pub state: State,
    /// How many bytes each end sent; `None` if that was not recorded.
    pub bytes: [Option<u64>; 2],
    /// How many calls sent something, or received what no recorded call sent.
    pub messages: u64,
    /// When it began, in nanoseconds since the first event.
    pub began: u64,
    /// For how long, in nanoseconds.
    pub lasted: u64,
    /// How many problems are explained in it.
    pub problems: u64,
}

/// What became of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// It goes on, as far as it was recorded.
    Open,
    /// An end finished it.
    Closed,
    /// It was cut.
    Reset,
    /// Nobody has accepted it.
    Pending,
    /// The recorder ended the programs meanwhile.
    Ended,
    /// Datagrams have no end.
    Datagrams,
    /// Nobody listened.
    Refused,
    /// There was no answer.
    Silent,
    /// The attempt failed otherwise.
    Failed,
}

impl State {
    /// In words.
    pub fn told(self, speaker: Speaker) -> String {
        let key = match self {
            Self::Open => "screen-state-open",
            Self::Closed => "screen-state-closed",
            Self::Reset => "screen-state-reset",
            Self::Pending => "screen-state-pending",
            Self::Ended => "screen-state-ended",
            Self::Datagrams => return String::new(),
            Self::Refused => "screen-state-refused",
            Self::Silent => "screen-state-silent",
            Self::Failed => "screen-state-failed",
        };
        say!(speaker, key)
    }

    /// True if something went wrong.
    pub fn is_wrong(self) -> bool {
        matches!(self, Self::Reset | Self::Refused | Self::Silent | Self::Failed)
    }
}

impl Talk {
    /// True if something went wrong in it.
    pub fn is_wrong(&self) -> bool {
        self.problems > 0 || self.state.is_wrong()
    }
}

/// The conversations of a recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Talks {
    /// Those that are listed, in order of time.
    pub listed: Vec<Talk>,
    /// How many are not, because they are incidental to their programs.
    pub incidental: u64,
}

/// Which conversations are listed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Listing<'l> {
    /// Those in which an event fits, or may fit.
    pub filter: Option<&'l Filter>,
    /// Also those that are incidental to their programs.
    pub all: bool,
    /// The events that problems are explained at, by `seq`.
    pub problems: &'l [u64],
}

/// The conversations of a recording.
pub fn talks(flows: &Flows<'_>, listing: Listing<'_>, speaker: Speaker) -> Talks {
    let Listing { filter, all, problems } = listing;
    let asides = if all { NumberSet::default() } else { incidental(flows) };
    let is_aside = |connection: usize| {
        let mut ends = flows.connections[connection].ends.iter().filter_map(|end| end.socket);
        ends.any(|socket| asides.contains(&socket))
    };
    let mut left_out = 0;
    let summary = Summary::of(flows);
    let members = Members::of(flows);
    let at_seq: HashMap<u64, Position> =
        flows.order.iter().enumerate().map(|(at, event)| (event.seq, at)).collect();
    let origin = flows.order.first().map_or(0, |event| event.at);
    let facts = filter.map(|filter| (filter, Facts::of(flows, origin)));
    let fits = |calls: &[Position]| match &facts {
        None => true,
        Some((filter, facts)) => {
            calls.iter().any(|at| filter.verdict(&facts.at(*at)) != Verdict::No)
        }
    };
    let problems: Vec<Position> =
        problems.iter().filter_map(|seq| at_seq.get(seq)).copied().collect();
    let count_problems = |calls: &[Position]| {
        problems.iter().filter(|at| calls.binary_search(at).is_ok()).count() as u64
    };
    let mut talks = Vec::new();
    for conversation in &summary.conversations {
        if is_aside(conversation.connection) {
            left_out += 1;
            continue;
        }
        let calls = members.of_connection(conversation.connection);
        if let Some(first) = calls.first().filter(|_| fits(calls)) {
            let key = TalkKey(flows.order[*first].seq);
            let problems = count_problems(calls);
            talks.push(of_conversation(flows, key, conversation, calls, problems, speaker));
        }
    }
    for failed in &summary.failed_connects {
        let Some(at) = at_seq.get(&failed.by.seq).copied() else { continue };
        if flows.socket_at(at).is_some_and(|socket| asides.contains(&socket)) {
            left_out += 1;
            continue;
        }
        let calls = members.of_attempt(flows, at);
        if fits(&calls) {
            talks.push(of_attempt(failed, count_problems(&calls)));
        }
    }
    talks.sort_by_key(|talk| (talk.began, talk.key));
    Talks { listed: talks, incidental: left_out }
}

fn of_conversation(
    flows: &Flows<'_>,
    key: TalkKey,
    one: &Conversation,
    calls: &[Position],
    problems: u64,
    speaker: Speaker,
) -> Talk {
    let state = match &one.ending {
        None => State::Datagrams,
        Some(Ending::Open) => State::Open,
        Some(Ending::NeverAccepted) => State::Pending,
        Some(Ending::Reset { .. }) => State::Reset,
        Some(Ending::EndedByRecorder) => State::Ended,
        Some(_) => State::Closed,
    };
    let sends = |at: &&Position| {
        let call = flows.call(**at);
        let sends = call.and_then(Call::sent).is_some_and(|bytes| bytes > 0);
        let unknown = || {
            let got = call.and_then(Call::received).is_some_and(|bytes| bytes > 0);
            got && flows.got_at(**at).is_empty()
        };
        sends || unknown()
    };
    let spoken = calls.iter().find_map(|at| protocol_of(flows, *at));
    Talk {
        key,
        ends: one.ends.each_ref().map(|end| named(end, speaker)),
        protocol: spoken.map_or_else(|| brief(&one.protocol), str::to_owned),
        state,
        bytes: one.carried.map(|carried| carried.bytes()),
        messages: calls.iter().filter(sends).count() as u64,
        began: one.began,
        lasted: one.lasted,
        problems,
    }
}

fn of_attempt(failed: &FailedConnect, problems: u64) -> Talk {
    let state = match failed.error {
        None | Some(socklab_event::Errno::ETIMEDOUT) => State::Silent,
        Some(socklab_event::Errno::ECONNREFUSED) => State::Refused,
        Some(_) => State::Failed,
    };
    Talk {
        key: TalkKey(failed.by.seq),
        ends: [failed.by.who.clone(), clean(&failed.to)],
        protocol: brief(&failed.protocol),
        state,
        bytes: [None; 2],
        messages: 0,
        began: failed.by.at,
        lasted: failed.took,
        problems,
    }
}

/// What is said of a socket's kind where there is little room: `unix` of a `unix stream`.
fn brief(kind: &str) -> String {
    kind.split(' ').next().unwrap_or_default().to_owned()
}

/// An end: its program with the port, or else its address.
fn named(end: &Party, speaker: Speaker) -> String {
    let port = end.address.as_deref().and_then(|address| address.rsplit_once(':'));
    match (&end.who, port, &end.address) {
        (Some(who), Some((_, port)), _) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{who}:{port}")
        }
        (Some(who), ..) => who.clone(),
        (None, _, Some(address)) => address.clone(),
        (None, _, None) => say!(speaker, "summary-unknown"),
    }
}

/// The calls of each conversation, in order.
pub(crate) struct Members {
    connections: Vec<Vec<Position>>,
}

impl Members {
    pub(crate) fn of(flows: &Flows<'_>) -> Self {
        let mut connections = vec![Vec::new(); flows.connections.len()];
        for (at, ..) in flows.calls() {
            if let Some(connection) = flows.connection_at(at) {
                connections[connection].push(at);
            }
        }
        Self { connections }
    }

    pub(crate) fn of_connection(&self, connection: usize) -> &[Position] {
        self.connections.get(connection).map_or(&[], Vec::as_slice)
    }

    /// The calls of an attempt that failed: those on its socket that belong to no conversation.
    pub(crate) fn of_attempt(&self, flows: &Flows<'_>, at: Position) -> Vec<Position> {
        let Some(socket) = flows.socket_at(at) else { return vec![at] };
        let calls = flows.sockets[socket].calls.iter().copied();
        calls.filter(|call| *call == at || flows.connection_at(*call).is_none()).collect()
    }
}
