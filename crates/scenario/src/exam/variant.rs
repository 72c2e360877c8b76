//! The same case with other steps: the program in its place, and peers that do something else.

use socklab_judge::CallWord;

use crate::format::{Act, Actor, BlockedIn, Case, Op, Run, Scenario, SendTo, Step, Until, Verb};

/// How long a step of a variant may take, in ms.
const WITHIN: u64 = 4000;
/// More than any message of a client.
const ANY: u64 = 65_536;

/// What a program is in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    TcpServer,
    UdpServer,
    TcpClient,
    UdpClient,
}

/// A case as the beginning of its variants.
#[derive(Clone, Debug)]
pub(super) struct Base {
    scenario: Scenario,
    start: Step,
    pub(super) actor: String,
    pub(super) side: Side,
    /// The peer that it speaks with.
    pub(super) peer: String,
    /// Another peer.
    pub(super) other: String,
    /// What the peer says first.
    pub(super) message: String,
    /// Where the peer of a client is bound.
    address: String,
}

/// The program that the first `start` of a submission starts.
pub(super) fn subject(scenario: &Scenario) -> Option<String> {
    let is_submission = |name: &str| {
        let found = scenario.actors.iter().find(|actor| actor.name == name);
        found.is_some_and(|actor| actor.run == Run::Submission)
    };
    scenario.steps.iter().find_map(|step| match &step.verb {
        Verb::Start { actor, .. } if is_submission(actor) => Some(actor.clone()),
        _ => None,
    })
}

/// True if the case goes on only when the program waits, before anybody sends anything to it.
pub(super) fn waits_first(scenario: &Scenario, program: &str) -> bool {
    let says = |op: &Op| {
        matches!(
            op,
            Op::Send(_) | Op::SendPieces(_) | Op::SendTo(_) | Op::Echo(_) | Op::Exchange(_)
        )
    };
    let mut steps = scenario.steps.iter();
    let first = steps.find_map(|step| match &step.verb {
        Verb::Wait { actor, .. } if actor == program => Some(true),
        Verb::Peer { ops, .. } if ops.iter().any(|act| says(&act.op)) => Some(false),
        _ => None,
    });
    first == Some(true)
}

/// All operations of peers, with whose they are.
fn ops(scenario: &Scenario) -> impl Iterator<Item = (&str, &Op)> {
    scenario.steps.iter().flat_map(|step| {
        let (peer, acts): (&str, &[Act]) = match &step.verb {
            Verb::Peer { peer, ops } => (peer, ops),
            _ => ("", &[]),
        };
        acts.iter().map(move |act| (peer, &act.op))
    })
}

impl Base {
    /// The case as a base. `None` if its wire or its names make it another world, or if nobody speaks
    /// with the program.
    pub(super) fn of(case: &Case) -> Option<Self> {
        let mut scenario = case.scenario.clone();
        if scenario.needs_wire() || scenario.names.internet || !scenario.members.is_empty() {
            return None;
        }
        let actor = subject(&scenario)?;
        let start = scenario.steps.iter().find(
            |step| matches!(&step.verb, Verb::Start { actor: started, .. } if *started == actor),
        )?;
        let start = start.clone();
        let Verb::Start { until, .. } = &start.verb else { return None };
        let bound = ops(&scenario).find_map(|(peer, op)| match op {
            Op::Bind(address) => Some((peer.to_owned(), address.clone())),
            _ => None,
        });
        let is_tcp = ops(&scenario).any(|(_, op)| matches!(op, Op::Listen(_)));
        let calls = ops(&scenario).find_map(|(peer, op)| match op {
            Op::Connect(to) if *to == actor => Some(peer.to_owned()),
            Op::SendTo(SendTo { to, .. }) if *to == actor => Some(peer.to_owned()),
            _ => None,
        });
        let (side, peer, address) = match (calls, bound) {
            (Some(peer), _) if until.contains(&Until::Listening) => (Side::TcpServer, peer, None),
            (Some(peer), _) if until.contains(&Until::Bound) => (Side::UdpServer, peer, None),
            (None, Some((peer, at))) if is_tcp => (Side::TcpClient, peer, Some(at)),
            (None, Some((peer, at))) => (Side::UdpClient, peer, Some(at)),
            _ => return None,
        };
        let message = ops(&scenario).filter(|(who, _)| *who == peer).find_map(|(_, op)| match op {
            Op::Send(text) => Some(text.clone()),
            Op::SendTo(SendTo { bytes, .. }) => Some(bytes.clone()),
            _ => None,
        });
        let other = scenario.peers.iter().find(|name| **name != peer).cloned();
        let other = other.unwrap_or_else(|| "another".to_owned());
        if !scenario.peers.contains(&other) {
            scenario.peers.push(other.clone());
        }
        scenario.packets = false;
        Some(Self {
            scenario,
            start,
            actor,
            side,
            peer,
            other,
            message: message.unwrap_or_else(|| "{letters:6}\n".to_owned()),
            address: address.unwrap_or_default(),
        })
    }

    fn step(&self, verb: Verb) -> Step {
        Step {
            verb,
            line: self.start.line,
            within_ms: WITHIN,
            within_at: None,
            background: false,
            may_fail: true,
            name: None,
            hints: Vec::new(),
        }
    }

    fn does(&self, peer: &str, ops: Vec<Op>) -> Step {
        let act = |op| Act { op, on: String::new() };
        self.step(Verb::Peer { peer: peer.to_owned(), ops: ops.into_iter().map(act).collect() })
    }

    /// Waits until the program can do nothing more by itself.
    fn settles(&self) -> Step {
        let until = vec![Until::Exited, Until::Calm];
        self.step(Verb::Wait { actor: self.actor.clone(), until })
    }

    fn made(&self, steps: Vec<Step>) -> Scenario {
        Scenario { steps, ..self.scenario.clone() }
    }

    /// The program is started, and then its peer does this; `silent` first connects and says nothing.
    pub(super) fn server(&self, ops: Vec<Op>, silent: Option<&str>) -> Scenario {
        let mut steps = vec![self.start.clone()];
        if let Some(name) = silent {
            steps.push(self.does(name, vec![Op::Connect(self.actor.clone())]));
            steps.push(self.settles());
        }
        let speaker = if silent == Some(self.peer.as_str()) { &self.other } else { &self.peer };
        // A last word that cuts the connection comes when the program waits for something else.
        let cut = ops.iter().position(|op| *op == Op::Reset);
        let (before, after) = ops.split_at(cut.unwrap_or(ops.len()));
        steps.push(self.does(speaker, before.to_vec()));
        if !after.is_empty() {
            steps.push(self.settles());
            steps.push(self.does(speaker, after.to_vec()));
        }
        steps.push(self.settles());
        self.made(steps)
    }

    /// The program is started twice, in the same place.
    pub(super) fn twice(&self, second: &str) -> Option<Scenario> {
        let actor = self.scenario.actors.iter().find(|actor| actor.name == self.actor)?;
        let again = Actor { name: second.to_owned(), ..actor.clone() };
        let until = vec![Until::Exited, Until::Calm];
        let starts = self.step(Verb::Start { actor: second.to_owned(), until });
        let mut scenario = self.made(vec![self.start.clone(), starts]);
        scenario.actors.retain(|actor| actor.name != second);
        scenario.actors.push(again);
        Some(scenario)
    }

    fn start(&self, until: Vec<Until>) -> Step {
        self.step(Verb::Start { actor: self.actor.clone(), until })
    }

    /// A client is started, and nobody is there.
    pub(super) fn alone(&self) -> Scenario {
        self.made(vec![self.start(vec![Until::Exited, Until::Calm])])
    }

    /// A client is started beside its server, which does this once the client has said what it has to
    /// say. `heard` is whether the server has received that before.
    pub(super) fn client(&self, ops: Vec<Op>, heard: bool) -> Scenario {
        let is_tcp = self.side == Side::TcpClient;
        let bind = Op::Bind(self.address.clone());
        let opens = match is_tcp {
            true => vec![Op::Tcp, bind, Op::Listen(5)],
            false => vec![Op::Udp, bind],
        };
        let waiting = vec![
            Until::Exited,
            Until::BlockedIn(BlockedIn::Call(CallWord::Recv)),
            Until::BlockedIn(BlockedIn::Call(CallWord::Wait)),
            Until::Calm,
        ];
        let mut answers = Vec::new();
        if is_tcp {
            answers.push(Op::Accept);
        }
        if heard {
            answers.push(Op::Recv(ANY));
        }
        answers.extend(ops);
        self.made(vec![
            self.does(&self.peer, opens),
            self.start(waiting),
            self.does(&self.peer, answers),
            self.settles(),
        ])
    }
}
