//! The files as they are written: every word of the format is a field here. Names and combinations
//! of fields are checked when these become the model.

use std::collections::BTreeMap;

use serde::Deserialize;
use socklab_judge::Texts;
use toml::Spanned;

use super::act::{Act, RawAct};
use super::arguments::RawArguments;
use super::choice::RawChoice;
use super::expected::Expected;
use super::hints::RawHint;
use super::hold::RawAt;
use super::name::NameRule;
use super::until::RawUntil;
use super::values::{OneOrMany, RawExit, RawRange, RawWaited};

/// Files in `{dir}`, by name.
pub(super) type RawFiles = BTreeMap<Spanned<String>, Spanned<String>>;

/// `question.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawQuestion {
    pub(super) format_version: Spanned<u32>,
    pub(super) topic: Option<Spanned<String>>,
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    #[serde(default)]
    pub(super) port_free: bool,
    #[serde(default)]
    pub(super) unknown: Vec<String>,
    #[serde(default)]
    pub(super) addresses: BTreeMap<String, Spanned<Vec<String>>>,
    #[serde(default)]
    pub(super) dns: BTreeMap<String, Spanned<NameRule>>,
    #[serde(default)]
    pub(super) internet: bool,
    pub(super) deadline_ms: Option<u64>,
    #[serde(default)]
    pub(super) wire: Vec<Spanned<String>>,
    pub(super) mtu: Option<Spanned<u32>>,
    #[serde(default, rename = "file")]
    pub(super) files: RawFiles,
    #[serde(default, rename = "actor")]
    pub(super) actors: Vec<RawActor>,
    #[serde(default, rename = "peer")]
    pub(super) peers: Vec<RawPeer>,
    #[serde(default, rename = "step")]
    pub(super) steps: Vec<Spanned<RawStep>>,
    #[serde(rename = "choice")]
    pub(super) choices: Vec<RawChoice>,
    #[serde(rename = "outcome")]
    pub(super) outcomes: Vec<RawOutcome>,
    #[serde(default, rename = "by_hand")]
    pub(super) by_hand: Vec<RawByHand>,
}

/// `exercise.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawExercise {
    pub(super) format_version: Spanned<u32>,
    pub(super) topic: Option<Spanned<String>>,
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    #[serde(default)]
    pub(super) port_free: bool,
    #[serde(default)]
    pub(super) names: Vec<String>,
    #[serde(default)]
    pub(super) unknown: Vec<String>,
    #[serde(default)]
    pub(super) addresses: BTreeMap<String, Spanned<Vec<String>>>,
    #[serde(default)]
    pub(super) dns: BTreeMap<String, Spanned<NameRule>>,
    #[serde(default)]
    pub(super) internet: bool,
    pub(super) deadline_ms: Option<u64>,
    pub(super) arguments: Option<Spanned<RawArguments>>,
    #[serde(default, rename = "file")]
    pub(super) files: RawFiles,
    #[serde(default, rename = "actor")]
    pub(super) actors: Vec<RawActor>,
    #[serde(default, rename = "peer")]
    pub(super) peers: Vec<RawPeer>,
    #[serde(rename = "case")]
    pub(super) cases: Vec<RawCase>,
    #[serde(default, rename = "bug")]
    pub(super) bugs: Vec<RawBug>,
    #[serde(default)]
    pub(super) also_passed_by: Vec<Spanned<String>>,
}

/// `[[case]]` of an exercise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCase {
    pub(super) name: Spanned<String>,
    pub(super) about: Option<String>,
    pub(super) title: Texts,
    pub(super) points: Option<u32>,
    pub(super) hint: Option<Texts>,
    #[serde(default)]
    pub(super) hints: Vec<RawHint>,
    #[serde(default)]
    pub(super) robust: bool,
    #[serde(default)]
    pub(super) depends_on: Vec<Spanned<String>>,
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    #[serde(default)]
    pub(super) unknown: Vec<String>,
    #[serde(default)]
    pub(super) addresses: BTreeMap<String, Spanned<Vec<String>>>,
    #[serde(default)]
    pub(super) dns: BTreeMap<String, Spanned<NameRule>>,
    pub(super) internet: Option<bool>,
    pub(super) deadline_ms: Option<u64>,
    pub(super) arguments: Option<Spanned<RawArguments>>,
    #[serde(default)]
    pub(super) wire: Vec<Spanned<String>>,
    pub(super) mtu: Option<Spanned<u32>>,
    #[serde(default, rename = "file")]
    pub(super) files: RawFiles,
    #[serde(default, rename = "actor")]
    pub(super) actors: Vec<RawActor>,
    #[serde(default, rename = "peer")]
    pub(super) peers: Vec<RawPeer>,
    #[serde(default, rename = "step")]
    pub(super) steps: Vec<Spanned<RawStep>>,
    #[serde(default, rename = "expect")]
    pub(super) expects: Vec<Spanned<RawExpect>>,
}

/// `[[bug]]` of an exercise: a faulty submission, and the cases it must fail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBug {
    pub(super) file: Spanned<String>,
    pub(super) fails: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) own_names: bool,
}

/// `[[actor]]`: a program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawActor {
    pub(super) name: Spanned<String>,
    pub(super) run: Option<Vec<String>>,
    #[serde(default)]
    pub(super) submission: bool,
    pub(super) arguments: Option<Spanned<RawArguments>>,
    pub(super) stdin: Option<String>,
    #[serde(default)]
    pub(super) env: BTreeMap<String, String>,
}

/// `[[peer]]`: a process whose every call is decided by the scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPeer {
    pub(super) name: Spanned<String>,
    pub(super) count: Option<Spanned<u32>>,
}

/// `[[step]]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawStep {
    pub(super) start: Option<Spanned<String>>,
    pub(super) wait: Option<Spanned<String>>,
    pub(super) join: Option<Spanned<String>>,
    #[serde(rename = "type")]
    pub(super) type_to: Option<Spanned<String>>,
    pub(super) end_input: Option<Spanned<String>>,
    pub(super) signal: Option<Spanned<String>>,
    pub(super) peer: Option<Spanned<String>>,
    pub(super) look: Option<bool>,
    pub(super) pause_ms: Option<Spanned<u64>>,
    pub(super) hold: Option<Spanned<String>>,
    #[serde(rename = "yield")]
    pub(super) yields: Option<Spanned<String>>,
    pub(super) release: Option<Spanned<String>>,
    pub(super) wire: Option<Spanned<String>>,
    pub(super) at: Option<Spanned<RawAt>>,
    pub(super) to: Option<Spanned<String>>,
    pub(super) text: Option<Spanned<String>>,
    #[serde(rename = "do")]
    pub(super) ops: Option<Vec<Spanned<RawAct>>>,
    /// The operations, when all loops are written out.
    #[serde(skip)]
    pub(super) acts: Option<Vec<Spanned<Act>>>,
    /// The conversation that `do` is about.
    pub(super) on: Option<Spanned<String>>,
    /// How often `do` or `step` is done.
    pub(super) repeat: Option<Spanned<u32>>,
    #[serde(rename = "step")]
    pub(super) steps: Option<Vec<Spanned<RawStep>>>,
    pub(super) until: Option<Spanned<RawUntil>>,
    pub(super) background: bool,
    pub(super) may_fail: bool,
    pub(super) within_ms: Option<Spanned<u64>>,
    pub(super) name: Option<Spanned<String>>,
    pub(super) hint: Option<Texts>,
    pub(super) hints: Vec<RawHint>,
}

/// `[[expect]]` and `[[outcome.when]]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawExpect {
    pub(super) name: Option<Spanned<String>>,
    pub(super) hint: Option<Texts>,
    pub(super) hints: Vec<RawHint>,
    pub(super) depends_on: Vec<Spanned<String>>,
    pub(super) after: OneOrMany,
    pub(super) before: OneOrMany,
    pub(super) same_socket: Option<Spanned<String>>,
    pub(super) times: Option<RawRange>,
    pub(super) never: bool,
    pub(super) since: Option<Spanned<String>>,
    pub(super) waited_ms: Option<Spanned<RawWaited>>,
    pub(super) actor: Option<Spanned<String>>,
    pub(super) peer: Option<Spanned<String>>,
    // The subject: exactly one of these.
    pub(super) call: Option<Spanned<String>>,
    pub(super) stream: Option<Spanned<String>>,
    pub(super) http: Option<Spanned<String>>,
    pub(super) exit: Option<Spanned<RawExit>>,
    pub(super) output: Option<Spanned<String>>,
    pub(super) signal: Option<Spanned<String>>,
    pub(super) state: Option<Spanned<String>>,
    pub(super) frame: Option<Spanned<String>>,
    // About a call.
    pub(super) address: Option<Spanned<String>>,
    pub(super) local: Option<Spanned<String>>,
    pub(super) remote: Option<Spanned<String>>,
    pub(super) transport: Option<Spanned<String>>,
    pub(super) backlog: Option<RawRange>,
    pub(super) option: Option<String>,
    pub(super) value: Option<i64>,
    pub(super) how: Option<Spanned<String>>,
    pub(super) flags: Vec<String>,
    pub(super) ok: Option<bool>,
    pub(super) error: OneOrMany,
    pub(super) result: Option<RawRange>,
    pub(super) unfinished: Option<bool>,
    pub(super) end: Option<bool>,
    pub(super) implicit: Option<bool>,
    pub(super) took_ms: Option<RawRange>,
    // About a frame.
    pub(super) from: Option<Spanned<String>>,
    pub(super) to: Option<Spanned<String>>,
    pub(super) fate: Option<Spanned<String>>,
    pub(super) again: Option<bool>,
    pub(super) resent: Option<Spanned<String>>,
    pub(super) reason: Option<Spanned<String>>,
    pub(super) window: Option<RawRange>,
    pub(super) if_recorded: Option<Spanned<bool>>,
    // About a state.
    pub(super) receive_queue: Option<RawRange>,
    pub(super) send_queue: Option<RawRange>,
    // About a response.
    pub(super) status: Option<RawRange>,
    pub(super) header: BTreeMap<String, String>,
    pub(super) ignore_length: bool,
    // About bytes.
    pub(super) equals: Option<Spanned<Expected>>,
    pub(super) contains: Option<Spanned<Expected>>,
    pub(super) starts_with: Option<Spanned<Expected>>,
    pub(super) length: Option<RawRange>,
    pub(super) ignore_case: bool,
    pub(super) ignore_line_ends: bool,
    pub(super) in_pieces: bool,
    pub(super) once: bool,
    pub(super) whole: bool,
    pub(super) first_byte: Vec<u8>,
}

/// `[[outcome]]` of a question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOutcome {
    pub(super) answer: Spanned<String>,
    pub(super) explain: Option<Spanned<String>>,
    pub(super) decisive: Option<Vec<Spanned<String>>>,
    #[serde(default, rename = "when")]
    pub(super) when: Vec<Spanned<RawExpect>>,
}

/// `[[by_hand]]` of a question: a terminal, and what to type there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawByHand {
    pub(super) terminal: u32,
    #[serde(rename = "type")]
    pub(super) command: Option<String>,
    pub(super) note: Option<Texts>,
}
