//! Submissions of every style and in several languages, each of which must score exactly what
//! `fixtures/corpus/corpus.toml` says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use serde::Deserialize;
use serde_json::Value;
use socklab_prerequisites::{find, need, say_not_run};

use crate::stage::{program, socklab};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const CORPUS: &str = "fixtures/corpus";

/// Only programs whose files contain this are run, if it is set.
const FILTER: &str = "SOCKLAB_CORPUS";

/// How many checks run at the same time.
const AT_ONCE: usize = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Corpus {
    program: Vec<Entry>,
}

/// A program, and what it must score in an exercise.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    exercise: String,
    /// The cases to run, each by itself; all of them in one check if there are none.
    #[serde(default)]
    cases: Vec<String>,
    /// The cases that it must not pass.
    #[serde(default)]
    fails: BTreeSet<String>,
}

/// A check to run: a program, and one case or the whole exercise.
struct Trial<'a> {
    entry: &'a Entry,
    case: Option<&'a str>,
    /// What stands behind `--`.
    command: Vec<String>,
}

/// The longest program: what does not fit is not small.
const LINES: usize = 40;

fn corpus() -> Corpus {
    let text = fs::read_to_string(Path::new(ROOT).join(CORPUS).join("corpus.toml")).expect("table");
    toml::from_str(&text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_program_is_short_says_what_it_is_and_is_in_the_table() {
    let corpus = corpus();
    let files: BTreeSet<&str> = corpus.program.iter().map(|entry| entry.file.as_str()).collect();
    assert!(files.len() >= 40, "{} programs", files.len());
    let folders = fs::read_dir(Path::new(ROOT).join(CORPUS)).expect("folders").flatten();
    for folder in folders.map(|entry| entry.path()).filter(|path| path.is_dir()) {
        for file in fs::read_dir(&folder).expect("files").flatten() {
            let (path, folder) = (file.path(), folder.file_name().expect("a name"));
            let name =
                format!("{}/{}", folder.to_string_lossy(), file.file_name().to_string_lossy());
            assert!(files.contains(name.as_str()), "{name} is not in the table");
            let text = fs::read_to_string(&path).expect("text");
            assert!(text.lines().count() <= LINES, "{name}: {} lines", text.lines().count());
            let first = text.lines().find(|line| !line.starts_with("#!")).unwrap_or_default();
            let says = first.starts_with(['#', '/']) && first.contains(' ');
            assert!(says, "{name}: {first}");
        }
    }
}

#[test]
fn every_program_scores_what_it_must() {
    need!("python3");
    let corpus = corpus();
    let filter = std::env::var(FILTER).ok();
    let wanted = |entry: &&Entry| filter.as_ref().is_none_or(|part| entry.file.contains(part));
    let scratch = tempfile::tempdir().expect("a folder");
    let mut commands = BTreeMap::new();
    let mut trials = Vec::new();
    for entry in corpus.program.iter().filter(wanted) {
        let key = (entry.file.clone(), entry.exercise.clone());
        let command = commands.entry(key).or_insert_with(|| command(entry, scratch.path())).clone();
        let Some(command) = command else { continue };
        let cases = match &entry.cases[..] {
            [] => vec![None],
            cases => cases.iter().map(|case| Some(case.as_str())).collect(),
        };
        trials.extend(cases.into_iter().map(|case| Trial {
            entry,
            case,
            command: command.clone(),
        }));
    }
    let left = Mutex::new(trials.iter());
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = left.lock().expect("no thread panics with it").next();
                    let Some(trial) = next else { return };
                    let told = trial.run(scratch.path());
                    wrong.lock().expect("no thread panics with it").extend(told);
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().expect("no thread panics with it");
    wrong.sort();
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// How a program is run: as its source file where `check` knows its language. `None` if a tool is
/// missing.
fn command(entry: &Entry, scratch: &Path) -> Option<Vec<String>> {
    let file = format!("{CORPUS}/{}", entry.file);
    let (tool, before): (&str, &[&str]) = match file.rsplit('.').next() {
        Some("py") => return Some(vec![file]),
        Some("c") => ("gcc", &[]),
        Some("sh") => ("sh", &["sh"]),
        Some("pl") => ("perl", &["perl"]),
        Some("js") => ("node", &["node"]),
        Some("java") => ("javac", &["java"]),
        Some("go") => ("go", &[]),
        _ => panic!("{file}: in which language?"),
    };
    if find(tool).is_none() {
        say_not_run(&format!("corpus: {}", entry.file), tool);
        return None;
    }
    let (mut words, file): (Vec<String>, PathBuf) = match tool {
        "gcc" => return Some(vec![file]),
        "go" => {
            let program = scratch.join(entry.file.replace('/', "-"));
            let mut build = program_in(ROOT, "go");
            build.args(["build", "-o"]).arg(&program).arg(&file);
            let cache = build.env("GOCACHE", scratch.join("go")).env("GO111MODULE", "off");
            let output = cache.output().expect("go");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            (Vec::new(), program)
        }
        _ => (before.iter().map(|word| (*word).to_owned()).collect(), file.into()),
    };
    words.push(file.display().to_string());
    words.push("{args}".to_owned());
    Some(words)
}

fn program_in(folder: &str, name: &str) -> Command {
    let mut command = program(name);
    command.current_dir(folder);
    command
}

impl Trial<'_> {
    /// Runs the check. Returns a line for each case that scored something else than it must.
    fn run(&self, scratch: &Path) -> Vec<String> {
        let Entry { file, exercise, fails, .. } = self.entry;
        let mut command = socklab(&["check", exercise, "--builtin", "--format", "json"]);
        command.args(self.case.iter().flat_map(|case| ["--case", case]));
        command.arg("--").args(&self.command);
        command.current_dir(ROOT).env("XDG_STATE_HOME", scratch.join("state"));
        let output = command.output().expect("socklab");
        let text = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        let Ok(report) = serde_json::from_str::<Value>(&text) else {
            return vec![format!("{file}: {exercise}: no report: {text}{errors}")];
        };
        let Some(cases) = report["cases"].as_array() else {
            return vec![format!("{file}: {exercise}: no case was run: {report}")];
        };
        let told = |case: &Value| {
            let (name, state) = (case["name"].as_str()?, case["state"].as_str()?);
            let right = match state {
                "passed" => !fails.contains(name),
                "failed" | "timeout" => fails.contains(name),
                // In a whole check, what depends on a case that failed is not run.
                "skipped" => !fails.is_empty(),
                _ => false,
            };
            let must = if fails.contains(name) { "fail" } else { "pass" };
            let why = case["problem"].as_str().unwrap_or_default().lines().next();
            let seed = &report["seed"];
            let command = self.command.join(" ");
            let again =
                format!("socklab check {exercise} --case {name} --seed {seed} -- {command}");
            let why = why.unwrap_or_default();
            (!right).then(|| format!("{file}: {name} must {must}: {state} {why}\n    {again}"))
        };
        cases.iter().filter_map(told).collect()
    }
}
