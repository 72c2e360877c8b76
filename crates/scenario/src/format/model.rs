//! Scenario files as the engine and the judge know them: everything named exists, everything
//! unclear has been refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use socklab_event::Signal;
use socklab_judge::Texts;

use super::op::Op;
use super::until::Until;
use super::wanted::Wanted;

/// Programs and peers, and what happens in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// `{host}`.
    pub host: String,
    /// Names that mean this machine, where the place is private.
    pub names: Vec<String>,
    /// `{port}`.
    pub port: u16,
    /// True if `{port}` should be one that the kernel picks, even where all ports are free.
    pub port_free: bool,
    /// The whole must be over after so many milliseconds.
    pub deadline_ms: u64,
    /// Files in `{dir}`, by name.
    pub files: BTreeMap<String, String>,
    /// The programs.
    pub actors: Vec<Actor>,
    /// The scripted peers.
    pub peers: Vec<String>,
    /// What happens.
    pub steps: Vec<Step>,
}

impl Scenario {
    /// The same, with so many times the time for everything.
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
    /// What the scenario calls it.
    pub name: String,
    /// What it runs.
    pub run: Run,
    /// Its whole standard input. Without it, its input stays open for `type` steps.
    pub stdin: Option<String>,
    /// Environment variables.
    pub env: BTreeMap<String, String>,
}

/// What an actor runs; words may have placeholders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Run {
    /// A course program, if the first word names one, or else any command.
    Command(Vec<String>),
    /// What the student wrote.
    Submission,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What to do.
    pub verb: Verb,
    /// In which line of its file it stands.
    pub line: usize,
    /// How long it may take, in milliseconds.
    pub within_ms: u64,
    /// Later steps do not wait for it to be done.
    pub background: bool,
    /// A call of it that fails is something to see, not the end of the scenario.
    pub may_fail: bool,
    /// What it is called, if it is judged under a name of its own.
    pub name: Option<String>,
    /// What a student should think about if it fails.
    pub hint: Option<Texts>,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Starts a program, and waits until one of the conditions is met; none: does not wait.
    Start {
        /// Which.
        actor: String,
        /// For what.
        until: Vec<Until>,
    },
    /// Waits until one of the conditions is met.
    Wait {
        /// By whom.
        actor: String,
        /// For what.
        until: Vec<Until>,
    },
    /// Waits until a peer has done what it was told to do in the background.
    Join {
        /// Which.
        peer: String,
    },
    /// Types at a program's terminal.
    Type {
        /// Whose.
        actor: String,
        /// What; `\n` is the ENTER key.
        text: String,
    },
    /// Ends a program's input, as Ctrl-D does.
    EndInput {
        /// Whose.
        actor: String,
    },
    /// Sends a signal to a program.
    Signal {
        /// To which.
        actor: String,
        /// Which.
        signal: Signal,
    },
    /// Tells a peer to do something.
    Peer {
        /// Which.
        peer: String,
        /// What.
        ops: Vec<Op>,
    },
    /// Writes the kernel's tables into the timeline.
    Look,
}

/// A question: predict, run, see.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Its place in the course, from the folder's name.
    pub number: u32,
    /// Its short name, from the folder's name.
    pub name: String,
    /// What it is about: `udp`, `tcp` ….
    pub topic: String,
    /// What to run.
    pub scenario: Scenario,
    /// What can be predicted.
    pub choices: Vec<Choice>,
    /// What can happen. The first that the evidence supports decides.
    pub outcomes: Vec<QuestionOutcome>,
    /// How to see it without socklab.
    pub by_hand: Vec<ByHand>,
    /// The texts, by language.
    pub prose: BTreeMap<String, Prose>,
}

/// Something to predict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its short name.
    pub id: String,
    /// What it says.
    pub text: Texts,
}

/// Something that can happen, and what shows that it did.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionOutcome {
    /// The choice that is right then.
    pub answer: String,
    /// The heading of its explanation.
    pub explain: String,
    /// Which evidence to highlight, by name.
    pub decisive: Vec<String>,
    /// All of this must be seen.
    pub when: Vec<Wanted>,
}

/// Something to type into a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// Which terminal.
    pub terminal: u32,
    /// What to type.
    pub command: Option<String>,
    /// What to look at.
    pub note: Option<Texts>,
}

/// A question's or an exercise's text in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prose {
    /// The first heading.
    pub title: String,
    /// What stands under it.
    pub intro: String,
    /// The sections, by their headings.
    pub sections: BTreeMap<String, String>,
}

/// An exercise: something to write, and the cases it is checked by.
#[derive(Clone, Debug, PartialEq)]
pub struct Exercise {
    /// Its name, from the folder's.
    pub name: String,
    /// What it is about.
    pub topic: String,
    /// Command line arguments of the reference solutions, by language; the key `""` is for all.
    pub arguments: BTreeMap<String, Vec<String>>,
    /// How it is checked.
    pub cases: Vec<Case>,
    /// Faulty submissions, and the cases they must fail.
    pub bugs: Vec<Bug>,
    /// The texts, by language.
    pub prose: BTreeMap<String, Prose>,
}

/// One check of an exercise, with a place of its own to run in.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its short name.
    pub name: String,
    /// What it checks, in a line.
    pub title: Texts,
    /// What it is worth, expectations and steps together.
    pub points: u32,
    /// What a student should think about if it fails.
    pub hint: Option<Texts>,
    /// True if a simple correct solution need not pass it.
    pub robust: bool,
    /// Skipped if one of these did not pass.
    pub depends_on: Vec<String>,
    /// What to run.
    pub scenario: Scenario,
    /// What should be seen.
    pub expects: Vec<Wanted>,
}

/// A faulty submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bug {
    /// Its file, below `bugs/`.
    pub file: String,
    /// The cases it must fail, and no others.
    pub fails: Vec<String>,
}
