//! Starts the engine's process, gives it the scenario, takes the recording, and cleans up.

use std::io::{self, BufRead, BufReader, Write};
use std::net::Ipv4Addr;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use socklab_kernel::{Deadline, pressure, tree};

use super::PATIENCE;
use super::child::{ARGUMENT, END};
use super::ending::Engine;
use crate::format::Scenario;
use crate::recording::{Isolation, NamesUsed, PlaceUsed, Recording, Trouble};
use crate::request::{IsolationWanted, PlaceWanted, Request};
use crate::scratch::Scratch;
use crate::submission::Submission;
use crate::variables::Variables;

/// How much longer the child may take than its scenario's deadline: writing the recording of a
/// program that floods it takes long on a busy machine.
const GRACE: Duration = Duration::from_secs(30);

/// How this program runs scenarios.
#[derive(Clone, Debug)]
pub struct Runner {
    /// A binary that calls [`crate::run_as_child`] before anything else, such as this one.
    pub binary: PathBuf,
    /// The names of the course programs in that binary.
    pub programs: Vec<String>,
    /// Where to run.
    pub place: PlaceWanted,
    /// How far a submission is kept apart.
    pub isolation: IsolationWanted,
    /// Files and folders that a submission in a sandbox must not see, even if they are in a folder
    /// that it sees: the exercise with its solutions, other submissions, results.
    pub hidden: Vec<PathBuf>,
    /// Whether packets are recorded, where that is possible. No verdict depends on it.
    pub packets: bool,
    /// The seed of payloads.
    pub seed: u64,
    /// Whether what was late is run once more also if only the machine as a whole is known to have been
    /// busy: others waited for its processors or disks. A grade depends on it; who checks a program can
    /// do so again.
    pub careful: bool,
    /// What its runs have used so far.
    pub used: Used,
}

/// What runs and compilers have used so far. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Used(Arc<Counted>);

#[derive(Debug, Default)]
struct Counted {
    milliseconds: AtomicU64,
    memory: AtomicU64,
}

impl Used {
    /// The processor time of engines, programs, peers and compilers, to the hundredth of a second.
    pub fn processor(&self) -> Duration {
        Duration::from_millis(self.0.milliseconds.load(Ordering::Relaxed))
    }

    /// The most of what [`Recording::memory`] of all runs says, in bytes.
    pub fn memory(&self) -> u64 {
        self.0.memory.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, processor: Duration) {
        let milliseconds = u64::try_from(processor.as_millis()).unwrap_or(u64::MAX);
        self.0.milliseconds.fetch_add(milliseconds, Ordering::Relaxed);
    }

    fn add_engine(&self, engine: u32) {
        /// So many processes are looked at, at most. Programs have ended by then.
        const MOST: u64 = 4096;
        self.add(tree::usage(&[engine], MOST).processor);
    }

    fn note_memory(&self, recording: &Recording) {
        self.0.memory.fetch_max(recording.memory, Ordering::Relaxed);
    }
}

/// Why a scenario could not be run at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// A system call failed.
    #[error("{call} {object}: {source}")]
    Call {
        /// Which call.
        call: &'static str,
        /// What it was made on.
        object: String,
        /// Why it failed.
        source: io::Error,
    },
    /// The engine did not answer in time, and was killed.
    #[error("the engine did not answer within {} s", .after.as_secs())]
    Silent {
        /// How long it had.
        after: Duration,
    },
    /// The engine did not answer with a recording.
    #[error("the engine failed: {what}")]
    Answer {
        /// What is wrong with the answer.
        what: String,
    },
}

/// Runs a scenario. If a private loopback is wanted but refused, the scenario runs on the machine's
/// own loopback, and the recording says so. A scenario that was late because the machine was busy
/// is run once more, with four times the time.
///
/// # Errors
///
/// The engine could not be started, or did not answer with a recording. Failures of the programs
/// and of the place are in the recording.
pub fn run(
    scenario: &Scenario,
    submission: Option<&Submission>,
    runner: &Runner,
) -> Result<Recording, RunError> {
    let machine = runner.careful.then(pressure::Watch::begin);
    let recording = run_once(scenario, submission, runner)?;
    if recording.is_to_run_again(|| machine.is_some_and(|it| it.was_busy())) {
        return run_again(scenario, submission, runner);
    }
    Ok(recording)
}

/// The second run of a scenario, with four times the time.
pub(crate) fn run_again(
    scenario: &Scenario,
    submission: Option<&Submission>,
    runner: &Runner,
) -> Result<Recording, RunError> {
    let second = run_once(&scenario.with_times(PATIENCE.into()), submission, runner)?;
    Ok(Recording { second: true, ..second })
}

/// Like [`run`], but without a second run.
pub(crate) fn run_once(
    scenario: &Scenario,
    submission: Option<&Submission>,
    runner: &Runner,
) -> Result<Recording, RunError> {
    let mut recording = in_place(scenario, submission, runner)?;
    if scenario.packets {
        recording.trouble = recording.trouble.take().or_else(|| recording.lacks_packets());
    }
    // A submission is judged all the same, if it passes: see `Case::judge`.
    if let (None, true, NamesUsed::Machine { because }) =
        (submission, scenario.names.are_own(), &recording.names)
    {
        let what = because.clone();
        recording.trouble = recording.trouble.take().or(Some(Trouble::Names { what }));
    }
    Ok(recording)
}

/// Runs it where it should run, or else on the machine's own loopback.
fn in_place(
    scenario: &Scenario,
    submission: Option<&Submission>,
    runner: &Runner,
) -> Result<Recording, RunError> {
    let recording = attempt(scenario, submission, runner, runner.place)?;
    let Some(Trouble::Namespace { what }) = recording.trouble.clone() else { return Ok(recording) };
    // A loopback that is the machine's can't be a wire of ours.
    if scenario.needs_wire() {
        return Ok(Recording { trouble: Some(Trouble::Wire { what }), ..recording });
    }
    // Nor can names have other addresses there: what a question is about must not leave the machine, and a
    // program that needs an internet of ours must not go out into the real one.
    let own = scenario.names.internet || (submission.is_none() && scenario.names.are_own());
    if own {
        return Ok(Recording { trouble: Some(Trouble::Names { what }), ..recording });
    }
    let required = matches!(runner.isolation, IsolationWanted::Cell | IsolationWanted::Sandbox);
    if required && submission.is_some() {
        return Ok(Recording { trouble: Some(Trouble::NotIsolated { what }), ..recording });
    }
    let mut again = attempt(scenario, submission, runner, PlaceWanted::Machine)?;
    // Whoever did not want isolation has the answer already why there is none.
    let wanted = runner.isolation != IsolationWanted::Nothing;
    if let Isolation::Open { because } = &mut again.isolation
        && wanted
    {
        because.clone_from(&what);
    }
    again.place = PlaceUsed::Machine { because: Some(what) };
    Ok(again)
}

fn attempt(
    scenario: &Scenario,
    submission: Option<&Submission>,
    runner: &Runner,
    place: PlaceWanted,
) -> Result<Recording, RunError> {
    let scratch = Scratch::new();
    let request = Request {
        variables: Variables {
            seed: runner.seed,
            // Where names are the machine's, {address} is that of localhost.
            address: Ipv4Addr::LOCALHOST,
            host: scenario.host.clone(),
            port: scenario.port,
            dir: scratch.path().join("files"),
            python: python(),
        },
        scenario: scenario.clone(),
        programs: runner.programs.clone(),
        submission: submission.cloned(),
        place,
        isolation: runner.isolation,
        hidden: runner.hidden.clone(),
        packets: runner.packets,
        scratch: scratch.path().to_owned(),
    };
    let patience = Duration::from_millis(scenario.deadline_ms) + GRACE;
    let answer = ask_engine(runner, &request, patience)?;
    let recording = Recording::read(&answer).map_err(|error| {
        let what = format!("{error} in {} bytes", answer.len());
        RunError::Answer { what }
    })?;
    runner.used.note_memory(&recording);
    Ok(recording)
}

/// Starts the engine, writes the request, reads the answer to its end. The engine itself ends meanwhile.
fn ask_engine(runner: &Runner, request: &Request, patience: Duration) -> Result<Vec<u8>, RunError> {
    let binary = runner.binary.as_path();
    let call = |call: &'static str| {
        let object = binary.display().to_string();
        move |source| RunError::Call { call, object, source }
    };
    let mut command = Command::new(binary);
    // In a process group of its own, the engine does not get the SIGINT of Ctrl-C; it ends when
    // this process ends.
    command.process_group(0);
    command
        .arg(ARGUMENT)
        .arg(std::process::id().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut engine = Engine(command.spawn().map_err(call("start"))?);
    let text = serde_json::to_vec(request)
        .map_err(|error| RunError::Answer { what: error.to_string() })?;
    // The end of the pipe is the end of the request.
    let mut input =
        engine.0.stdin.take().ok_or_else(|| RunError::Answer { what: "no input".into() })?;
    input.write_all(&text).map_err(call("write to"))?;
    drop(input);
    let output =
        engine.0.stdout.take().ok_or_else(|| RunError::Answer { what: "no output".into() })?;
    let (sender, receiver) = channel();
    let read = move || {
        let mut answer = Vec::new();
        let result = BufReader::new(output).read_until(END, &mut answer);
        if answer.last() == Some(&END) {
            answer.pop();
        }
        let _ = sender.send(result.map(|_| answer));
    };
    thread::Builder::new().spawn(read).map_err(call("start a thread for"))?;
    let deadline = Deadline::after(patience);
    loop {
        match receiver.recv_timeout(deadline.left()) {
            Ok(answer) => {
                let answer = answer.map_err(call("read from"))?;
                runner.used.add_engine(engine.0.id());
                engine.has_answered();
                return Ok(answer);
            }
            Err(RecvTimeoutError::Timeout) if !deadline.has_passed() => {}
            Err(RecvTimeoutError::Timeout) => return Err(RunError::Silent { after: patience }),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(RunError::Answer { what: "no answer".into() });
            }
        }
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
