//! CPython's own tests of its socket module have the same results traced and untraced.
//!
//! They are many, and they sleep: so both runs go on at once, each in several processes. A result
//! that depends on timing, or on a port that another test took meanwhile, may differ. So tests whose
//! results differ run again, alone, traced and untraced, up to three times; only one that never has
//! the same result in both is a failure.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};
use std::thread;

use socklab_prerequisites::{find, need, not_run, python};
use socklab_trace::Tracer;

use crate::tracees::{options, quiet, source};

/// In how many processes the tests run, each of which runs every so-many-th class.
const SHARDS: usize = 4;

/// The exit code of a Python without its tests.
const MISSING: i32 = 77;

/// Test and result.
type Results = BTreeMap<String, String>;

struct Run {
    folder: PathBuf,
    argv: Vec<OsString>,
}

impl Run {
    /// A run of the tests that `which` selects, in a folder of its own.
    fn new(python: &str, name: &str, which: &[&str]) -> Self {
        let unique = format!("cpython-{}-{name}", process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(unique);
        fs::create_dir_all(&folder).expect("a folder");
        let script = source("cpython_socket.py").canonicalize().expect("the script");
        let results = folder.join("results");
        let mut argv = vec![python.into(), "-B".into(), script.into(), results.into()];
        argv.extend(which.iter().map(OsString::from));
        Self { folder, argv }
    }

    fn traced(self) -> (Results, Option<i32>) {
        let command = quiet(self.argv.clone()).current_dir(&self.folder).stderr(null());
        let summary = Tracer::new(options()).command(command).run(|_| {}).expect("a recording");
        (self.results(), Some(summary.shell_code()))
    }

    fn untraced(self) -> (Results, Option<i32>) {
        let mut command = process::Command::new("timeout");
        command.arg("60").args(&self.argv).current_dir(&self.folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status().expect("timeout runs");
        (self.results(), status.code())
    }

    fn results(&self) -> Results {
        let text = fs::read_to_string(self.folder.join("results")).unwrap_or_default();
        let _ = fs::remove_dir_all(&self.folder);
        let line = |line: &str| line.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned()));
        text.lines().filter_map(line).collect()
    }
}

fn null() -> socklab_trace::Stdio {
    socklab_trace::Stdio::Null
}

/// Runs tests traced and untraced at once, each in this many processes.
fn both(python: &str, name: &str, shards: usize, only: &[&str]) -> ([Results; 2], Option<i32>) {
    thread::scope(|scope| {
        let mut runs = Vec::new();
        for shard in 0..shards {
            for traced in [true, false] {
                let which = format!("{shard}/{shards}");
                runs.push(scope.spawn(move || {
                    let which: Vec<&str> = std::iter::once(&*which).chain(only.to_vec()).collect();
                    let run = Run::new(python, &format!("{name}-{shard}-{traced}"), &which);
                    (traced, if traced { run.traced() } else { run.untraced() })
                }));
            }
        }
        let mut all = [Results::new(), Results::new()];
        let mut code = None;
        for run in runs {
            let (traced, (results, ended)) = run.join().expect("a run");
            all[usize::from(traced)].extend(results);
            code = code.max(ended);
        }
        (all, code)
    })
}

#[test]
fn cpythons_own_tests_have_the_same_results() {
    let Some(python) = python() else { not_run!("python3") };
    need!("timeout");
    let ([untraced, traced], code) = both(&python, "all", SHARDS, &[]);
    if code == Some(MISSING) {
        not_run!("libpython3-testsuite");
    }
    assert_eq!(code, Some(0), "every run came to its end");
    assert!(untraced.len() > 400, "{} tests", untraced.len());
    assert!(find("timeout").is_some());
    let differ = |one: &Results, other: &Results| -> Vec<String> {
        let names = one.keys().chain(other.keys());
        let mut names: Vec<String> =
            names.filter(|name| one.get(*name) != other.get(*name)).cloned().collect();
        names.sort();
        names.dedup();
        names
    };
    let mut left = differ(&untraced, &traced);
    for round in 0..3 {
        if left.is_empty() {
            break;
        }
        println!("again: {left:?}");
        let only: Vec<&str> = left.iter().map(String::as_str).collect();
        let ([untraced, traced], _) = both(&python, &format!("again{round}"), 1, &only);
        left = differ(&untraced, &traced);
    }
    assert!(left.is_empty(), "{left:?}");
    println!("{} tests alike", traced.len());
}
