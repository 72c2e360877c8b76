//! `check --format`: the report in the formats of other tools. What is in them is tested in the crate
//! `grade`; here is whether a check gets there, whatever became of the program.

use std::fs;
use std::path::Path;

use serde_json::Value;
use socklab_prerequisites::need;

use crate::stage::{Ended, run, socklab};

const SOLUTION: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../course/exercises/tcp-server/solution.py");

fn check(file: &Path, format: &str, set: &[(&str, &str)]) -> Ended {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = socklab(&["check", "tcp-server", "--case", "answer", "--seed", "7"]);
    command.args(["--format", format, "--"]).arg(file);
    command.env("XDG_STATE_HOME", home.path()).current_dir(home.path());
    for name in ["CLASSROOM", "ASSIGNMENT", "USERNAME", "SUBMISSION_TAG", "COMMIT_URL", "MODE"] {
        command.env_remove(name);
    }
    run(command.envs(set.iter().copied()))
}

fn text(ended: &Ended) -> &str {
    std::str::from_utf8(&ended.output).expect("UTF-8")
}

fn json(ended: &Ended) -> Value {
    serde_json::from_str(text(ended)).unwrap_or_else(|error| panic!("{error} in {ended:?}"))
}

#[test]
fn a_solution_passes_in_every_format() {
    need!("python3");
    let file = Path::new(SOLUTION);
    let junit = check(file, "junit", &[]);
    assert_eq!(junit.code, 0, "{junit:?}");
    assert!(text(&junit).starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"), "{junit:?}");
    assert!(text(&junit).contains("failures=\"0\" errors=\"0\""), "{junit:?}");
    let gradescope = json(&check(file, "gradescope", &[]));
    let passed = |test: &&Value| test["status"] == "passed";
    assert_eq!(gradescope["tests"].as_array().expect("tests").iter().filter(passed).count(), 1);
    assert!(gradescope["score"].as_u64() > Some(0), "{gradescope}");
    let check50 = json(&check(file, "check50", &[]));
    assert_eq!(check50["slug"], "tcp-server");
    let set = [("CLASSROOM", "cs"), ("SUBMISSION_TAG", "submit/2026-06-01T14-32-05Z-a1b2c3d")];
    let classroom50 = json(&check(file, "classroom50", &set));
    assert_eq!(classroom50["classroom"], "cs");
    assert_eq!(classroom50["submission"], set[1].1);
    assert_eq!(classroom50["score"], gradescope["score"]);
}

#[test]
fn what_does_not_compile_is_a_zero_with_the_compiler_s_words() {
    need!("gcc");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tcp-server.c");
    fs::write(&file, "int main(void) { return missing }\n").expect("a file");
    let gradescope = check(&file, "gradescope-html", &[]);
    assert_eq!(gradescope.code, 1, "{gradescope:?}");
    let value = json(&gradescope);
    assert_eq!(value["score"], 0);
    assert!(value["output"].as_str().is_some_and(|it| it.contains("error")), "{value}");
    let junit = check(&file, "junit", &[]);
    assert!(text(&junit).contains("type=\"does-not-compile\""), "{junit:?}");
}

#[test]
fn what_cannot_be_run_here_has_no_grade() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tcp-server.c");
    fs::write(&file, "int main(void) { return 0; }\n").expect("a file");
    // There is no compiler in an empty folder.
    let set = [("PATH", folder.path().to_str().expect("a path"))];
    for format in ["gradescope", "classroom50"] {
        let ended = check(&file, format, &set);
        assert_eq!((ended.code, text(&ended)), (3, ""), "{ended:?}");
        assert!(ended.errors.contains("cc is not installed"), "{ended:?}");
    }
    let junit = check(&file, "junit", &set);
    assert_eq!(junit.code, 3);
    assert!(text(&junit).contains("type=\"infra-error\""), "{junit:?}");
    assert!(json(&check(&file, "check50", &set)).get("error").is_some());
}
