//! The outside: starts the stage, gives it the scenario, takes the recording, and leaves nothing.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::stage::STAGE;
use crate::Variables;
use crate::format::Scenario;
use crate::recording::{Place, PlaceWanted, Recording, Request, Submission, Trouble};

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

/// Runs a scenario. Where a private loopback is wanted and refused, it runs on the machine's own,
/// and the recording says so.
pub fn run(
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
            dir: scratch.0.join("files"),
            python: python(),
        },
        scenario: scenario.clone(),
        programs: stagehand.programs.clone(),
        submission: submission.cloned(),
        place,
        scratch: scratch.0.clone(),
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
    command.arg(STAGE).stdin(Stdio::piped()).stdout(Stdio::piped());
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

/// A folder for one run, gone when the run is. The stage makes it, if it has no better place.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("socklab-{}-{number}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            // Left by a process of our number that was killed.
            if !folder.exists() {
                live().push(folder.clone());
                return Self(folder);
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
        live().retain(|folder| *folder != self.0);
    }
}

/// The folders of the runs going on.
fn live() -> MutexGuard<'static, Vec<PathBuf>> {
    static LIVE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
    // Every change is one push or one retain: what a panic left behind is still right.
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what the runs going on keep on disk: for a process that a signal is about to end. Their
/// programs end by themselves when it does.
pub fn clean_up() {
    for folder in live().iter() {
        let _ = fs::remove_dir_all(folder);
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
