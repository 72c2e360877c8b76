//! What a program did: the first sentence of the report on a case that it did not pass.
//!
//! A case fails because a step waited in vain or an expectation was not met. That says what was
//! missing. The rules here say what happened instead, on the side of the program. They are tried in
//! order, causes before their consequences; the first that applies is the answer. Where none is
//! sure, there is none.
//!
//! `RULES.md` lists what each must have seen, and the test in which it must not be misled.

mod connecting;
mod endings;
mod life;
mod looping;
mod opening;
mod present;
mod silence;
mod talk;
mod talking;
mod traceback;

use std::borrow::Cow;

use serde::Serialize;
use socklab_event::Signal;
use socklab_flows::Flows;
use socklab_say::{Argument, Sentence};

use crate::case::Occurrence;
use life::Life;

pub use present::{Activity, Present};

/// What a program did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Deed {
    /// Which rule: a stable key such as `raised`. The key of its sentence is `deed-` followed by
    /// this key.
    pub rule: &'static str,
    /// The events that show it, by `seq`, the decisive one first.
    pub evidence: Vec<u64>,
    /// The arguments of the sentence.
    pub arguments: Vec<(&'static str, Argument)>,
}

impl Deed {
    /// Its sentence.
    pub fn sentence(&self) -> Sentence {
        let key = Cow::Owned(format!("deed-{}", self.rule));
        Sentence { key, arguments: self.arguments.clone() }
    }
}

/// What is asked about a program.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The actor whose program it is.
    pub actor: &'a str,
    /// The port it was told.
    pub port: u16,
    /// What was missed.
    pub missed: Missed<'a>,
    /// What its threads were doing when the recording ended.
    pub present: &'a [Present],
    /// The signals that the scenario sent to it: they are not its own doing.
    pub signals: &'a [Signal],
}

/// What a program did not do, as far as others could see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missed<'a> {
    /// It should have listened.
    Listening,
    /// It should have bound a datagram socket.
    Bound,
    /// It should have connected.
    Connected,
    /// It should have ended.
    End,
    /// It should have ended with a failure.
    Failure,
    /// It should have printed something.
    Output,
    /// It should have sent this peer something else than it did, or something at all.
    Bytes {
        /// Which peer; empty if it may be any.
        peer: &'a str,
        /// What the peer should have received; empty if that is not known.
        expected: &'a [u8],
    },
    /// It should have ended its stream to this peer.
    Close {
        /// Which peer.
        peer: &'a str,
    },
    /// It should still have been running.
    Running,
    /// Anything else.
    Other,
}

/// A rule about what a program did.
pub struct DeedRule {
    /// Its stable key.
    pub key: &'static str,
    /// The arguments of its sentence.
    pub arguments: &'static [&'static str],
    find: fn(&Life<'_>) -> Option<Occurrence>,
}

impl std::fmt::Debug for DeedRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("DeedRule").field(&self.key).finish()
    }
}

const fn rule(
    key: &'static str,
    arguments: &'static [&'static str],
    find: fn(&Life<'_>) -> Option<Occurrence>,
) -> DeedRule {
    DeedRule { key, arguments, find }
}

/// Every rule, in the order in which they are tried.
pub const DEEDS: &[DeedRule] = &[
    rule("killed", &["who", "signal", "words"], endings::killed),
    rule("connects-instead", &["who", "address"], opening::connects_instead),
    rule("not-compiled", &["who", "error", "place"], endings::not_compiled),
    rule("raised", &["who", "error", "place"], endings::raised),
    rule("wrong-transport", &["who", "got", "wanted"], opening::wrong_transport),
    rule("listens-swapped", &["who", "port", "asked"], opening::listens_swapped),
    rule("listens-by-kernel", &["who", "port", "asked"], opening::listens_by_kernel),
    rule("listens-elsewhere", &["who", "port", "asked"], opening::listens_elsewhere),
    rule("never-listened", &["who", "port", "now"], opening::never_listened),
    rule("connected-elsewhere", &["who", "address", "asked"], connecting::elsewhere),
    rule("connect-failed", &["who", "address", "error", "now"], connecting::failed),
    rule("failing-loop", &["who", "call", "error", "times"], looping::failing),
    rule("reads-the-end", &["who", "call", "times"], looping::reads_the_end),
    rule("failed-and-ended", &["who", "call", "error", "exit", "words"], endings::failed_and_ended),
    rule("ended-early", &["who", "exit", "words"], endings::ended_early),
    rule("never-connected", &["who", "now"], connecting::never),
    rule("reported", &["who", "error", "place"], endings::reported),
    rule("spins", &["who"], looping::spins),
    rule("waits-for-typing", &["who"], silence::waits_for_typing),
    rule("never-accepted", &["who", "peer", "now"], talking::never_accepted),
    rule("ignores-one", &["who", "peer", "other"], talking::ignores_one),
    rule("printed-instead", &["who", "read", "peer", "now"], silence::printed_instead),
    rule("answered-another", &["who", "other", "peer"], talking::answered_another),
    rule("unasked", &["who", "peer", "bytes"], talking::unasked),
    rule("closed-early", &["who", "read", "peer"], silence::closed_early),
    rule("read-and-silent", &["who", "read", "peer", "now"], silence::read_and_silent),
    rule("read-nothing", &["who", "offered", "peer", "now"], silence::read_nothing),
    rule("sent-nothing", &["who", "peer", "now"], silence::sent_nothing),
    rule("answered-partly", &["who", "read", "sent", "peer", "now"], talking::answered_partly),
    rule("keeps-open", &["who", "peer", "now"], talking::keeps_open),
    rule("hid-failure", &["who", "call", "error"], endings::hid_failure),
    rule("printed-nothing", &["who", "read", "now"], silence::printed_nothing),
    rule("still-running", &["who", "now"], endings::still_running),
    rule("ended", &["who", "exit", "words"], endings::ended),
];

/// What the program did, in the words of the first rule that applies; `None` if nothing is certain.
pub fn deed(flows: &Flows<'_>, asked: &Asked<'_>) -> Option<Deed> {
    let life = Life::of(flows, asked)?;
    DEEDS.iter().find_map(|rule| {
        let found = (rule.find)(&life)?;
        let evidence = found.evidence.iter().map(|at| flows.order[*at].seq).collect();
        Some(Deed { rule: rule.key, evidence, arguments: found.arguments })
    })
}
