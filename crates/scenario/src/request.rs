//! The request for a run: the scenario, the student's program, and where to run it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::format::Scenario;
use crate::submission::Submission;
use crate::variables::Variables;

/// What to run, and with what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) scenario: Scenario,
    /// The values of the placeholders; the port is the preferred one.
    pub(crate) variables: Variables,
    /// The names of the course programs in this binary, which `run = ["NAME", …]` can start.
    pub(crate) programs: Vec<String>,
    pub(crate) submission: Option<Submission>,
    pub(crate) place: PlaceWanted,
    pub(crate) isolation: IsolationWanted,
    /// What a submission in a sandbox must not see.
    pub(crate) hidden: Vec<PathBuf>,
    /// Whether packets are to be recorded.
    pub(crate) packets: bool,
    /// A folder used by this run alone.
    pub(crate) scratch: PathBuf,
}

/// How far a submission should be kept apart from the machine and from those who judge it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IsolationWanted {
    /// In a cell, where that is possible.
    #[default]
    Possible,
    /// Not at all.
    Nothing,
    /// In a cell, or not run.
    Cell,
    /// In a cell with a sandbox, or not run.
    Sandbox,
    /// In a cell with a sandbox, or as far apart as is possible.
    SandboxIfPossible,
}

/// Where a scenario should run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceWanted {
    /// On a private loopback.
    Private,
    /// On the machine's own loopback.
    Machine,
}
