//! The programs in `fixtures/tracees`, ready to run, and recordings of them.

pub(crate) mod strace;

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use socklab_event::{Call, Event, Notice, Process};
use socklab_prerequisites::{find, python};
use socklab_trace::{Command, Options, Stdio, Summary, Tracer};

/// Where the sources are.
pub(crate) fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/tracees").join(name)
}

/// The command line that runs a tracee, which is compiled first if necessary; `Err` names what is
/// missing for that. `flags` are for the compiler.
pub(crate) fn prepare(name: &str, flags: &[&str]) -> Result<Vec<OsString>, &'static str> {
    socklab_trace::close_others_on_exec();
    let path = source(name);
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension {
        Some("py") => {
            let python = python().ok_or("python3")?;
            // Without site packages, which start programs of their own.
            Ok(vec![python.into(), "-S".into(), "-E".into(), path.into()])
        }
        Some("sh") => Ok(vec!["/bin/sh".into(), path.into()]),
        Some("c") => {
            compile("cc", &path, flags, |to| vec!["-O1".into(), "-pthread".into(), "-o".into(), to])
        }
        Some("rs") => compile("rustc", &path, flags, |to| {
            vec!["--edition=2021".into(), "-O".into(), "-o".into(), to]
        }),
        Some("go") => compile("go", &path, flags, |to| vec!["build".into(), "-o".into(), to]),
        _ => Err("a tracee in a language this test knows"),
    }
}

fn compile(
    compiler: &'static str,
    path: &Path,
    flags: &[&str],
    to: impl Fn(OsString) -> Vec<OsString>,
) -> Result<Vec<OsString>, &'static str> {
    if find(compiler).is_none() {
        return Err(compiler);
    }
    // Two tests may use the same program, which must not be overwritten while it runs.
    static COMPILED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let stem = path.file_name().unwrap_or_default().to_string_lossy();
    let unique = format!("{stem}{}-{}", flags.concat(), process::id());
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(unique);
    if compiled.contains(&program) {
        return Ok(vec![program.into()]);
    }
    let mut command = process::Command::new(compiler);
    command.args(to(program.clone().into())).args(flags).arg(path);
    command.env("GOFLAGS", "-mod=mod").env("GO111MODULE", "off").env("CGO_ENABLED", "0");
    // HOME may be missing or not writable.
    if env::var_os("GOCACHE").is_none() {
        command.env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go"));
    }
    let output = command.output().expect("the compiler runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    compiled.insert(program.clone());
    Ok(vec![program.into()])
}

/// The options of every test. The deadline is one minute.
pub(crate) fn options() -> Options {
    Options::default().deadline(Duration::from_secs(60))
}

/// A command whose output is discarded.
pub(crate) fn quiet<S: Into<OsString>>(argv: impl IntoIterator<Item = S>) -> Command {
    // Descriptors that this process inherited would change the numbers of the tracee's.
    socklab_trace::close_others_on_exec();
    let command = Command::new(argv).stdin(Stdio::Null).stdout(Stdio::Null);
    command.env("PYTHON", python().unwrap_or_default())
}

/// Runs a tracer and collects its events.
pub(crate) fn record(tracer: Tracer) -> (Vec<Event>, Summary) {
    let mut events = Vec::new();
    let outcome = tracer.run(|event| events.push(event)).expect("a recording");
    (events, outcome)
}

/// Runs one tracee and collects its events.
pub(crate) fn record_one<S: Into<OsString>>(
    argv: impl IntoIterator<Item = S>,
) -> (Vec<Event>, Summary) {
    record(Tracer::new(options()).command(quiet(argv)))
}

/// The calls of a recording.
pub(crate) fn calls(events: &[Event]) -> impl Iterator<Item = &Call> {
    events.iter().filter_map(Event::call)
}

/// The process events of a recording.
pub(crate) fn lives(events: &[Event]) -> impl Iterator<Item = &Process> {
    events.iter().filter_map(Event::process)
}

/// The notices of a recording.
pub(crate) fn notices(events: &[Event]) -> impl Iterator<Item = &Notice> {
    events.iter().filter_map(Event::notice)
}
