//! What a program did: the first sentence of the report on a case that it did not pass.
//!
//! A case fails because a step waited in vain or an expectation was not met. That says what was
//! missing. The rules here say what happened instead, on the side of the program. They are tried in
//! order, causes before their consequences; the first that applies is the answer. Where none is
//! sure, there is none.
//!
//! `RULES.md` lists what each must have seen, and the test in which it must not be misled.

mod answers;
mod cause;
mod connecting;
mod endings;
mod life;
mod looping;
mod opening;
mod outputs;
mod present;
mod silence;
mod talk;
mod talking;
mod traceback;

use std::borrow::Cow;

use serde::Serialize;
use socklab_event::{Bytes, Signal};
use socklab_flows::Flows;
use socklab_say::{Argument, Sentence};

use crate::case::Occurrence;
use crate::lines;
use crate::pattern::Pattern;
use life::Life;

pub use cause::causes;
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
    /// Why, if that is a well-known mistake: a stable key such as `text-for-bytes`.
    pub cause: Option<&'static str>,
    /// The line of source that made the decisive call, if it is known: `server.py:12`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
}

impl Deed {
    /// Its sentence.
    pub fn sentence(&self) -> Sentence {
        let key = Cow::Owned(format!("deed-{}", self.rule));
        let sentence = Sentence { key, arguments: self.arguments.clone() };
        lines::with_line(sentence, self.line.as_deref())
    }

    /// The keys of what it is: of its rule, of the more general one, of its cause.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        let general = (self.rule == "raised-text").then_some("raised");
        [Some(self.rule), general, self.cause].into_iter().flatten()
    }

    /// The keys of the advice that is true of every program that did this, where there is a text for
    /// it: for the cause, and for the rule.
    pub fn advice(&self) -> impl Iterator<Item = String> {
        self.cause.into_iter().chain([self.rule]).map(|key| format!("advice-{key}"))
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
    /// How that looks which it should have sent in this case, where the assignment does not say which
    /// bytes it is.
    pub looks: &'a [Pattern],
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
    /// It should have ended successfully, and ended with a failure.
    Success,
    /// It should have printed something.
    Output {
        /// What should be in it; empty if that is not known.
        expected: &'a [u8],
    },
    /// It should have received something.
    Received {
        /// What it should have received; empty if that is not known.
        expected: &'a [u8],
    },
    /// It should have sent this peer something else than it did, or something at all.
    Bytes {
        /// Which peer; empty if it may be any.
        peer: &'a str,
        /// What the peer should have received; empty if that is not known.
        expected: &'a [u8],
    },
    /// It should have sent this peer something in which this is; what else it sent does not matter.
    Within {
        /// Which peer; empty if it may be any.
        peer: &'a str,
        /// What should have been in it.
        expected: &'a [u8],
    },
    /// It sent this peer something else.
    Instead {
        /// Which peer.
        peer: &'a str,
        /// What the peer should have received.
        expected: &'a Bytes,
        /// What it did receive: at least one byte.
        got: &'a Bytes,
        /// How many bytes precede both samples: they are the same.
        skipped: u64,
    },
    /// It sent this peer something besides.
    Besides {
        /// Which peer.
        peer: &'a str,
        /// What the peer should have received, and did.
        answer: &'a Bytes,
        /// What came behind it.
        surplus: &'a Bytes,
    },
    /// It answered this peer from an address that the peer had not asked.
    Elsewhere {
        /// Which peer.
        peer: &'a str,
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
    rule("connected-swapped", &["who", "address", "asked"], connecting::swapped),
    rule("connected-elsewhere", &["who", "address", "asked"], connecting::elsewhere),
    rule("serves-instead", &["who", "call"], opening::serves_instead),
    rule("ignored-failure", &["who", "call", "address", "error"], opening::ignored_failure),
    rule("killed", &["who", "signal", "words"], endings::killed),
    rule("connects-instead", &["who", "address"], opening::connects_instead),
    rule("not-compiled", &["who", "error", "place"], endings::not_compiled),
    rule("wrong-transport", &["who", "got", "wanted"], opening::wrong_transport),
    rule("raised-text", &["who", "error", "place"], endings::raised_text),
    rule("raised", &["who", "error", "place"], endings::raised),
    rule("listens-swapped", &["who", "port", "asked"], opening::listens_swapped),
    rule("listens-by-kernel", &["who", "port", "asked"], opening::listens_by_kernel),
    rule("listens-elsewhere", &["who", "port", "asked"], opening::listens_elsewhere),
    rule("listens-for-six", &["who", "address"], opening::listens_for_six),
    rule("never-listened", &["who", "port", "now"], opening::never_listened),
    rule("never-bound", &["who", "now"], opening::never_bound),
    rule("connect-failed", &["who", "address", "error", "now"], connecting::failed),
    rule("failing-loop", &["who", "call", "error", "times"], looping::failing),
    rule("reads-the-end", &["who", "call", "times"], looping::reads_the_end),
    rule("failed-and-ended", &["who", "call", "error", "exit", "words"], endings::failed_and_ended),
    rule("ended-early", &["who", "exit", "before", "words"], endings::ended_early),
    rule("never-connected", &["who", "now"], connecting::never),
    rule("never-sent", &["who", "now"], connecting::never_sent),
    rule("thread-raised", &["who", "error", "place"], endings::thread_raised),
    rule("reported", &["who", "error", "place", "now"], endings::reported),
    rule("spins", &["who"], looping::spins),
    rule("waits-for-typing", &["who"], silence::waits_for_typing),
    rule("accept-failed", &["who", "error", "now"], talking::accept_failed),
    rule("never-accepted", &["who", "peer", "now"], talking::never_accepted),
    rule("ignores-one", &["who", "peer", "other"], talking::ignores_one),
    rule("printed-instead", &["who", "read", "peer", "now"], silence::printed_instead),
    rule("printed-typed", &["who", "peer", "now"], silence::printed_typed),
    rule("answered-another", &["who", "other", "peer"], talking::answered_another),
    rule("unasked", &["who", "peer", "bytes"], talking::unasked),
    rule("another-socket", &["who", "peer"], talking::another_socket),
    rule("sent-elsewhere", &["who", "peer", "address"], talking::sent_elsewhere),
    rule("sent-partly", &["who", "call", "asked", "taken", "peer", "then"], answers::partly),
    rule("sent-twice", &["who", "peer"], answers::twice),
    rule("added-line-end", &["who", "peer", "bytes"], answers::line_end),
    rule("added-zeros", &["who", "peer", "count"], answers::zeros),
    rule("added-bytes", &["who", "peer", "count"], answers::added_bytes),
    rule("sent-notation", &["who", "peer", "bytes"], answers::notation),
    rule("sent-unchanged", &["who", "peer"], answers::unchanged),
    rule("closed-unasked", &["who", "peer", "now"], silence::closed_unasked),
    rule("closed-early", &["who", "read", "peer", "now"], silence::closed_early),
    rule("passed-nothing-on", &["who", "read", "other", "peer", "now"], talking::passed_nothing_on),
    rule("read-and-silent", &["who", "read", "peer", "now"], silence::read_and_silent),
    rule("sent-nothing", &["who", "peer", "now"], silence::sent_nothing),
    rule("read-nothing", &["who", "offered", "peer", "now"], silence::read_nothing),
    rule("closed-too-soon", &["who", "peer", "now"], talking::closed_too_soon),
    rule("read-less", &["who", "read", "offered", "peer", "now"], outputs::read_less),
    rule("greeted-only", &["who", "peer", "bytes", "read", "now"], talking::greeted_only),
    rule("left-unanswered", &["who", "read", "peer", "now"], talking::left_unanswered),
    rule("not-sent-again", &["who", "sent", "peer", "now"], talking::not_sent_again),
    rule("answered-partly", &["who", "read", "sent", "peer", "now"], talking::answered_partly),
    rule("sent-other", &["who", "peer", "bytes"], answers::other),
    rule("keeps-open", &["who", "peer", "now"], talking::keeps_open),
    rule("hid-failure", &["who", "call", "error"], endings::hid_failure),
    rule("printed-nothing", &["who", "read", "now"], outputs::printed_nothing),
    rule("printed-twice", &["who", "times", "bytes"], outputs::printed_twice),
    rule("printed-more", &["who", "bytes"], outputs::printed_more),
    rule("printed-other", &["who", "peer", "bytes"], outputs::printed_other),
    rule("ended-with-failure", &["who", "exit", "words"], endings::ended_with_failure),
    rule("still-running", &["who", "now"], endings::still_running),
    rule("ended", &["who", "exit", "words"], endings::ended),
];

/// What the program did, in the words of the first rule that applies; `None` if nothing is certain.
pub fn deed(flows: &Flows<'_>, asked: &Asked<'_>) -> Option<Deed> {
    let life = Life::of(flows, asked)?;
    DEEDS.iter().find_map(|rule| {
        let found = (rule.find)(&life)?;
        let evidence = found.evidence.iter().map(|at| flows.order[*at].seq).collect();
        let cause = cause::cause(&life, rule.key);
        let line = found.evidence.first().and_then(|at| lines::line(flows, *at));
        Some(Deed { rule: rule.key, evidence, arguments: found.arguments, cause, line })
    })
}
