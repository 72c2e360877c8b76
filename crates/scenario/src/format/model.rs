//! Scenario files as the engine and the judge see them: every name refers to something, and unclear
//! or contradictory entries have been refused.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use socklab_event::Signal;
use socklab_judge::Texts;
use socklab_lab::rules::{Change, Rule};
use socklab_say::Translated;

use super::act::Act;
use super::arguments::Arguments;
use super::expectation::UnboundExpectation;
use super::hints::FittingHint;
use super::hold::HoldAt;
use super::name::NameRule;
use super::until::Until;

/// Programs and peers, and what they do, in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// The value of `{host}`.
    pub host: String,
    /// What names stand for, where the place is private.
    pub names: NamesWanted,
    /// The value of `{port}`, if the port is free.
    pub port: u16,
    /// True if the kernel is to choose `{port}`, even where all ports are free.
    pub port_free: bool,
    /// How long the whole scenario may take, in ms.
    pub deadline_ms: u64,
    /// True if packets must be recorded: they are what is asked about.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub packets: bool,
    /// The rules of the wire that the loopback is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wire: Vec<Rule>,
    /// True if whoever runs it has added rules of their own to the wire: what happens then is no
    /// longer what its author wrote about.
    #[serde(skip)]
    pub own_rules: bool,
    /// The largest packet that passes it, in bytes, if not that of a loopback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u32>,
    /// Files in `{dir}`, by name; their texts may have placeholders.
    pub files: BTreeMap<String, String>,
    /// The programs.
    pub actors: Vec<Actor>,
    /// The scripted peers.
    pub peers: Vec<String>,
    /// Those of them that are members of crowds, with their numbers from 1.
    pub members: BTreeMap<String, u64>,
    /// What happens.
    pub steps: Vec<Step>,
}

/// What names stand for: `{host}`, with these exceptions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamesWanted {
    /// Names that do not exist.
    pub unknown: Vec<String>,
    /// The addresses of names that have others, or several. They may have placeholders.
    pub addresses: BTreeMap<String, Vec<String>>,
    /// Names that are answered in a particular way.
    #[serde(default)]
    pub dns: BTreeMap<String, NameRule>,
    /// True if the place has the local internet: then only its names exist besides these.
    #[serde(default)]
    pub internet: bool,
}

impl NamesWanted {
    /// True if some name is to be answered in a way that the machine's own name server does not know.
    pub fn are_own(&self) -> bool {
        *self != Self::default()
    }
}

impl Scenario {
    /// True if something is done to frames, so that they must pass a wire of ours.
    pub fn needs_wire(&self) -> bool {
        let given = !self.wire.is_empty() || self.mtu.is_some();
        given || self.steps.iter().any(|step| matches!(step.verb, Verb::Wire(_)))
    }

    /// The same scenario, with `factor` times the time for everything.
    pub(crate) fn with_times(&self, factor: u64) -> Self {
        let mut patient = self.clone();
        patient.deadline_ms = patient.deadline_ms.saturating_mul(factor);
        for step in &mut patient.steps {
            step.within_ms = step.within_ms.saturating_mul(factor);
        }
        patient
    }
}

/// A program: a column of the ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Its name in the scenario.
    pub name: String,
    /// What it runs.
    pub run: Run,
    /// Its whole standard input; `None`: the input stays open for `type` steps.
    pub stdin: Option<String>,
    /// Environment variables.
    pub env: BTreeMap<String, String>,
    /// Arguments of its own, or of its case, if it is a submission: instead of the exercise's.
    pub arguments: Option<Arguments>,
}

/// What an actor runs. The words may have placeholders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Run {
    /// A course program if the first word names one; otherwise any command.
    Command(Vec<String>),
    /// The student's program.
    Submission,
}

/// Something that happens in a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What to do.
    pub verb: Verb,
    /// The number of its line in the file.
    pub line: usize,
    /// How long it may take, in ms.
    pub within_ms: u64,
    /// Where the file says so, in bytes.
    #[serde(skip)]
    pub within_at: Option<Range<usize>>,
    /// True if later steps do not wait for its end.
    pub background: bool,
    /// True if the scenario goes on when one of its calls fails.
    pub may_fail: bool,
    /// The name under which it is judged, if it has one.
    pub name: Option<String>,
    /// What a student should think about if it fails: the first that fits is shown.
    pub hints: Vec<FittingHint>,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verb {
    /// Starts a program, and waits until one of the conditions is met.
    Start {
        /// Whose program.
        actor: String,
        /// The conditions; if there are none, the step does not wait.
        until: Vec<Until>,
    },
    /// Waits until one of the conditions is met.
    Wait {
        /// The actor or peer that they are about.
        actor: String,
        /// The conditions.
        until: Vec<Until>,
    },
    /// Waits until a peer has done what it began in the background.
    Join {
        /// Which peer.
        peer: String,
        /// What it began.
        ops: Vec<Act>,
    },
    /// Writes to a program's standard input, as a user types at its terminal.
    Type {
        /// Whose program.
        actor: String,
        /// The text; `\n` is the ENTER key.
        text: String,
    },
    /// Ends a program's standard input, as Ctrl-D does.
    EndInput {
        /// Whose program.
        actor: String,
    },
    /// Sends a signal to a program.
    Signal {
        /// The actor or peer.
        actor: String,
        /// Which signal.
        signal: Signal,
    },
    /// Has a peer do something.
    Peer {
        /// Which peer.
        peer: String,
        /// One operation after another.
        ops: Vec<Act>,
    },
    /// Records the kernel's socket tables as `state` events.
    Look,
    /// Lets this much time pass, in ms.
    Pause(u64),
    /// Holds threads of a program from now on.
    Hold {
        /// Whose program.
        actor: String,
        /// Where.
        at: HoldAt,
        /// True if they only let all others go first; false if they are held until released.
        yields: bool,
    },
    /// Changes the rules of the wire.
    Wire(Box<Change>),
    /// Lets go the threads of a program that are held, once nobody else can go on.
    Release {
        /// Whose program.
        actor: String,
    },
}

/// A question: students predict what happens, run it, and see.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Its position in the course: the number in its folder's name.
    pub number: u32,
    /// Its short name: the rest of its folder's name.
    pub name: String,
    /// What it is about: words such as `udp` and `tcp`.
    pub topic: String,
    /// What to run.
    pub scenario: Scenario,
    /// What a student can predict.
    pub choices: Vec<Choice>,
    /// What can happen. The first outcome for which all evidence is found decides.
    pub outcomes: Vec<QuestionOutcome>,
    /// How to see the same without socklab.
    pub by_hand: Vec<ByHand>,
    /// The page, in each language.
    pub prose: Translated<Prose>,
}

/// Something that a student can predict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its short name.
    pub id: String,
    /// The text that a student sees.
    pub text: Texts,
}

/// Something that can happen, and the evidence for it.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionOutcome {
    /// The choice that is right in this case.
    pub answer: String,
    /// The heading of its explanation in the prose.
    pub explain: String,
    /// The evidence to highlight, by name.
    pub decisive: Vec<String>,
    /// The evidence, all of which must be found.
    pub when: Vec<UnboundExpectation>,
}

/// A line to type into a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// The number of the terminal.
    pub terminal: u32,
    /// What to type.
    pub command: Option<String>,
    /// What to look for.
    pub note: Option<Texts>,
}

/// A question's or an exercise's text in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prose {
    /// The first heading.
    pub title: String,
    /// The text between it and the first section.
    pub intro: String,
    /// The sections' texts, by heading.
    pub sections: BTreeMap<String, String>,
}

/// An exercise: something to write, and the cases it is checked by.
#[derive(Clone, Debug, PartialEq)]
pub struct Exercise {
    /// Its folder's name.
    pub name: String,
    /// What it is about: words such as `udp` and `tcp`.
    pub topic: String,
    /// What submissions get on their command line, in cases that say nothing else.
    pub arguments: Arguments,
    /// How it is checked.
    pub cases: Vec<Case>,
    /// Faulty submissions that the cases must catch.
    pub bugs: Vec<Bug>,
    /// Exercises whose solutions pass the core of this one as well.
    pub also_passed_by: Vec<String>,
    /// The page, in each language.
    pub prose: Translated<Prose>,
}

/// One check of an exercise, with a place of its own to run in.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its short name.
    pub name: String,
    /// The entry of `gaps.toml` whose hints come after its own: the part of a program that it is
    /// about.
    pub about: Option<String>,
    /// What it checks, in one line.
    pub title: Texts,
    /// Its points. A submission earns all of them or none.
    pub points: u32,
    /// What a student should think about if it fails: the first that fits is shown.
    pub hints: Vec<FittingHint>,
    /// True if a simple correct solution need not pass it.
    pub robust: bool,
    /// Skipped if one of these did not pass.
    pub depends_on: Vec<String>,
    /// What to run.
    pub scenario: Scenario,
    /// What should be seen in the recording.
    pub expects: Vec<UnboundExpectation>,
}

/// A faulty submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bug {
    /// Its file, below `bugs/`.
    pub file: String,
    /// The cases it must fail; it must fail no others.
    pub fails: Vec<String>,
    /// It can be told from a right one only where names have the addresses that the file gives them.
    pub own_names: bool,
    /// Its line in the file, from 1.
    pub line: usize,
}
