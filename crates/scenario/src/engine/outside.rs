//! The outside: starts the stage, gives it the scenario, takes the recording, and leaves nothing.

use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use super::stage::STAGE;
use crate::Variables;
use crate::format::Scenario;
use crate::recording::{Place, PlaceWanted, Recording, Request, Submission, Trouble};
use crate::scratch::Scratch;

/// How much longer than its scenario's deadline a stage may live.
const GRACE: Duration = Duration::from_secs(8);

/// How scenarios are run by this program.
#[derive(Clone, Debug)]
pub struct Stagehand {
    /// A binary that calls [`super::stage`] first of all: this one.
    pub binary: PathBuf,
    /// The course programs that are in it.
    pub programs: Vec<String>,
    /// Where to run.
    pub place: PlaceWanted,
    /// What payloads follow from.
    pub seed: u64,
}

/// Why a scenario could not be run at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A system call failed.
    #[error("{call} {object}: {source}")]
    Call {
        /// Which.
        call: &'static str,
        /// On what.
        object: String,
        /// Why.
        source: io::Error,
    },
    /// The stage did not answer in time, and was killed.
    #[error("the stage did not answer within {} s", .after.as_secs())]
    Silent {
        /// How long it had.
        after: Duration,
    },
    /// The stage's answer was not one.
    #[error("the stage failed: {what}")]
    Answer {
        /// What is wrong with it.
        what: String,
    },
}

/// How much more time a scenario gets that was late on a busy machine.
const PATIENCE: u64 = 4;

/// Runs a scenario. Where a private loopback is wanted and refused, it runs on the machine's own,
/// and the recording says so. What was late because the machine had no time for it is run once
/// more, with more time.
pub fn run(
    scenario: &Scenario,
    submission: Option<&Submission>,
    stagehand: &Stagehand,
) -> Result<Recording, Error> {
    let recording = run_once(scenario, submission, stagehand)?;
    if !recording.is_late_and_starved() {
        return Ok(recording);
    }
    let second = run_once(&scenario.with_times(PATIENCE), submission, stagehand)?;
    Ok(Recording { second: true, ..second })
}

/// Like [`run`], but what was late is late.
pub(crate) fn run_once(
    scenario: &Scenario,
    submission: Option<&Submission>,
    stagehand: &Stagehand,
) -> Result<Recording, Error> {
    let recording = attempt(scenario, submission, stagehand, stagehand.place)?;
    let Some(Trouble::Namespace { what }) = recording.trouble else { return Ok(recording) };
    let mut again = attempt(scenario, submission, stagehand, PlaceWanted::Machine)?;
    again.place = Place::Machine { because: Some(what) };
    Ok(again)
}

fn attempt(
    scenario: &Scenario,
    submission: Option<&Submission>,
    stagehand: &Stagehand,
    place: PlaceWanted,
) -> Result<Recording, Error> {
    let scratch = Scratch::new();
    let request = Request {
        variables: Variables {
            seed: stagehand.seed,
            host: scenario.host.clone(),
            port: scenario.port,
            dir: scratch.path().join("files"),
            python: python(),
        },
        scenario: scenario.clone(),
        programs: stagehand.programs.clone(),
        submission: submission.cloned(),
        place,
        scratch: scratch.path().to_owned(),
    };
    let patience = Duration::from_millis(scenario.deadline_ms) + GRACE;
    let answer = converse(&stagehand.binary, &request, patience)?;
    serde_json::from_slice(&answer).map_err(|error| {
        let what = format!("{error} in {} bytes", answer.len());
        Error::Answer { what }
    })
}

/// Starts the stage, writes the request, reads the answer to its end.
fn converse(binary: &Path, request: &Request, patience: Duration) -> Result<Vec<u8>, Error> {
    let call = |call: &'static str| {
        let object = binary.display().to_string();
        move |source| Error::Call { call, object, source }
    };
    let mut command = Command::new(binary);
    // A process group of its own: Ctrl-C is for us, and our end is theirs.
    command.process_group(0);
    command
        .arg(STAGE)
        .arg(std::process::id().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = Guard(command.spawn().map_err(call("start"))?);
    let text =
        serde_json::to_vec(request).map_err(|error| Error::Answer { what: error.to_string() })?;
    // Dropping the pipe behind the text is the end of the request.
    let mut input =
        child.0.stdin.take().ok_or_else(|| Error::Answer { what: "no input".into() })?;
    input.write_all(&text).map_err(call("write to"))?;
    drop(input);
    let mut output =
        child.0.stdout.take().ok_or_else(|| Error::Answer { what: "no output".into() })?;
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut answer = Vec::new();
        let result = output.read_to_end(&mut answer).map(|_| answer);
        let _ = sender.send(result);
    });
    match receiver.recv_timeout(patience) {
        Ok(answer) => answer.map_err(call("read from")),
        Err(RecvTimeoutError::Timeout) => Err(Error::Silent { after: patience }),
        Err(RecvTimeoutError::Disconnected) => Err(Error::Answer { what: "no answer".into() }),
    }
}

/// A child that does not outlive the one who waits for it.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        // Both fail harmlessly when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The first Python 3 in `PATH`.
fn python() -> String {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let candidates = std::env::split_paths(&path)
        .flat_map(|folder| ["python3", "python"].map(|name| folder.join(name)));
    let found = candidates.into_iter().find(|candidate| candidate.is_file());
    found.map_or_else(|| "python3".to_owned(), |path| path.display().to_string())
}
