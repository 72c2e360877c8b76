//! The canonical form of a submission: what others can see of it, in a few lines for each case. It is
//! kept with the results, so it is small, and its size has a bound.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{CaseState, State};

/// The most entries of one case: [`Talk`]s, and turns of each. What comes after them counts as a digest.
pub(super) const MOST: usize = 48;

/// What others can see of a submission.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Form {
    /// What became of it. Submissions that were not run are alike if they are for the same reason.
    pub state: State,
    /// What holds for it as a whole.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub traits: BTreeSet<Trait>,
    /// The cases that were run or skipped, in the exercise's order: up to the first in which it did harm,
    /// see [`Harm`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<CaseForm>,
    /// How it does this: not a part of the behaviour, and not compared. See [`Manner`].
    #[serde(default)]
    pub manner: Manner,
}

/// What holds for a submission as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trait {
    /// The command that was run has ended with success, and what it has started goes on.
    Background,
}

/// What a program does that ends it, or others, at a moment that is chance: it reaches a limit, or it
/// sends signals to processes that are not its own. How far it had got by then depends on how fast it is,
/// and so does whether a case still passes that ends it early. So this is all that counts from the first
/// case on in which it is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Harm {
    /// It starts processes or threads without end.
    Processes,
    /// It takes memory without end.
    Memory,
    /// It prints without end.
    Output,
    /// It writes without end: a file that is too large, or too many, or all the room there is.
    Disk,
    /// It needs too much processor time.
    Processor,
    /// It signals processes that are not its own.
    Signals,
}

/// What others can see of a submission in a case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CaseForm {
    /// The case.
    pub case: String,
    /// Its verdict.
    pub state: CaseState,
    /// The harm that it did. Then nothing but the verdict is kept of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub harm: Option<Harm>,
    /// The programs of the submission that had ended by themselves when a case ended that was not
    /// passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ended: Vec<Ended>,
    /// With whom it talked, by the other's name and in the order of their connections.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub talks: Vec<Talk>,
    /// A digest of what is left out because there is too much of it; 0 if nothing is.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rest: u64,
}

/// How a program of the submission ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ended {
    /// Which: the actor's name.
    pub who: String,
    /// True for exit code 0. How a crash looks like depends on the language: an exit code, or a signal.
    pub well: bool,
}

/// Conversations with somebody, one after the other, in all of which the same happened.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Talk {
    /// With whom: the other's name.
    pub with: String,
    /// The first of these conversations, from 1.
    pub first: u32,
    /// How many they are.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub times: u32,
    /// What the submission did, by the other's turns.
    pub turns: Vec<Turn>,
}

/// Consecutive turns of the other end, after all of which the submission did the same.
///
/// A turn is what the other end says before it listens again: bytes, or the end of its stream. Turn 0
/// is the beginning of the conversation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Turn {
    /// The first of them.
    pub first: u32,
    /// How many they are.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub times: u32,
    /// What it did.
    pub did: Vec<Act>,
}

/// Something that the other end can see.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// It sent these bytes; on a stream all those of the turn, in however many pieces.
    Sends(Vec<Piece>),
    /// It ended its stream, by `shutdown`, by closing, or by ending itself.
    Ends,
    /// It did nothing more, while the other end waits for something to the end of the case.
    Waited,
}

/// Bytes, by where they are from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Piece {
    /// All that the other end has said in this turn.
    Whole(Change),
    /// Some of it: these bytes of so many.
    Part {
        /// Where they begin.
        from: u64,
        /// Where they end.
        to: u64,
        /// How many the other end has sent in this turn.
        of: u64,
        /// What became of them.
        change: Change,
    },
    /// What the other end has said in earlier turns.
    Earlier(Change),
    /// What somebody else has said.
    Of(String, Change),
    /// Bytes of its own.
    Own(Own),
    /// Many bytes, which are not looked at one by one.
    Many(Amount),
}

/// What became of bytes on their way through a program.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Nothing.
    #[default]
    Same,
    /// Capital letters.
    Upper,
    /// Small letters.
    Lower,
}

/// Bytes that nobody has sent to the program. What they say is not compared: students greet in their
/// own words, and a date is another one each time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Own {
    /// Zero bytes only.
    Zeros,
    /// White space only.
    Blanks,
    /// The beginning of an HTTP response with this status.
    Http(u16),
    /// Anything else.
    Other,
}

/// How many bytes, compared with those that the other end has sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Amount {
    /// Fewer.
    Fewer,
    /// As many.
    AsMany,
    /// More.
    More,
}

/// How a submission does what it does: what its own calls show and nobody else sees. Inside a group,
/// submissions of the same manner are probably written alike.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Manner {
    /// How it serves several clients, and how it waits: `threads`, `processes`, `poll` …
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub ways: BTreeSet<String>,
    /// For how many bytes it asks at once.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub rooms: BTreeSet<u64>,
    /// How its command ended in some case, where it ended by itself: exit codes, or signals.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub exits: BTreeSet<String>,
}

impl Form {
    /// That of a submission that was not run.
    pub fn of_state(state: State) -> Self {
        Self { state, traits: BTreeSet::new(), cases: Vec::new(), manner: Manner::default() }
    }

    /// That of a submission whose cases are these, in the exercise's order.
    pub fn of_cases(cases: Vec<Observed>) -> Self {
        let mut form = Self::of_state(State::Graded);
        for Observed { case, background, manner } in cases {
            let harms = case.harm.is_some();
            form.traits.extend(background.then_some(Trait::Background));
            form.cases.push(case);
            form.manner.ways.extend(manner.ways);
            form.manner.rooms.extend(manner.rooms);
            form.manner.exits.extend(manner.exits);
            if harms {
                break;
            }
        }
        while form.manner.rooms.len() > MOST {
            form.manner.rooms.pop_last();
        }
        form
    }

    /// What identifies the behaviour: the same for two submissions that behave alike, on every machine
    /// and in every run. 12 hexadecimal digits.
    pub fn digest(&self) -> String {
        let behaviour = (&self.state, &self.traits, &self.cases);
        let text = serde_json::to_string(&behaviour).unwrap_or_default();
        format!("{:012x}", digest(text.as_bytes()) >> 16)
    }

    /// The harm that it did, and in which case: the last that is compared.
    pub fn harm(&self) -> Option<(&str, Harm)> {
        let last = self.cases.last()?;
        Some((last.case.as_str(), last.harm?))
    }

    /// The case of this name.
    pub fn case(&self, name: &str) -> Option<&CaseForm> {
        self.cases.iter().find(|case| case.case == name)
    }
}

/// A case, as it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// What others can see.
    pub case: CaseForm,
    /// True if its command had ended with success while what it has started went on.
    pub background: bool,
    /// How it does it.
    pub manner: Manner,
}

impl CaseForm {
    /// That of a case of which there is no recording: it was skipped, or nothing could be run.
    pub fn of_state(case: &str, state: CaseState) -> Self {
        Self {
            case: case.to_owned(),
            state,
            harm: None,
            ended: Vec::new(),
            talks: Vec::new(),
            rest: 0,
        }
    }

    /// Leaves out what is too much.
    pub(super) fn bound(&mut self) {
        let mut rest = String::new();
        for talk in &mut self.talks {
            let cut = talk.turns.split_off(talk.turns.len().min(MOST));
            if !cut.is_empty() {
                rest.push_str(&serde_json::to_string(&cut).unwrap_or_default());
            }
        }
        let mut room = MOST;
        let fits = self.talks.iter().take_while(|talk| {
            let fits = room > 0;
            room = room.saturating_sub(talk.turns.len().max(1));
            fits
        });
        let fits = fits.count();
        let cut = self.talks.split_off(fits);
        if !cut.is_empty() {
            rest.push_str(&serde_json::to_string(&cut).unwrap_or_default());
        }
        self.rest = if rest.is_empty() { 0 } else { digest(rest.as_bytes()) };
    }
}

impl Observed {
    /// A case of which there is no recording.
    pub fn of_state(case: &str, state: CaseState) -> Self {
        Self { case: CaseForm::of_state(case, state), background: false, manner: Manner::default() }
    }
}

/// The first 8 bytes of a SHA-256: names must not change with the compiler, as those of the standard
/// library's hash may.
fn digest(bytes: &[u8]) -> u64 {
    let hash = Sha256::digest(bytes);
    hash.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

fn one() -> u32 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_one(number: &u32) -> bool {
    *number == 1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}
