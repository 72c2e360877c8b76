//! A class in shares: the scripts of `docs/scale`, as an engine runs them, give the same grades as
//! one run does.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use socklab_prerequisites::need;

use crate::stage::{run, socklab};

/// The programs of the class, by student.
const CLASS: [(&str, &str); 5] = [
    ("ana", "solution.py"),
    ("beatriz", "bugs/one-recv.py"),
    ("camilo", "bugs/strips.py"),
    ("diego", "solution.py"),
    ("elena", "bugs/no-loop.py"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn class(folder: &Path) {
    for (student, program) in CLASS {
        let own = folder.join(student);
        fs::create_dir_all(&own).expect("mkdir");
        let from = root().join("course/exercises/tcp-server").join(program);
        fs::copy(from, own.join("tcp-server.py")).expect("copy");
    }
}

/// A script of `docs/scale`, which finds this socklab.
fn script(name: &str, folder: &Path) -> Command {
    let mut command = Command::new("bash");
    let socklab = Path::new(env!("CARGO_BIN_EXE_socklab")).parent().expect("a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    command
        .arg(root().join("docs/scale").join(name))
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", socklab.display()))
        .env("XDG_STATE_HOME", folder)
        .env("EXERCISE", "tcp-server")
        .env("CLASS", folder.join("class"))
        .env("OUT", folder.join("out"));
    command
}

/// The points of each student, and which shares they were graded in.
fn points(book: &Path) -> BTreeMap<String, Value> {
    let text = fs::read(book.join("gradebook.json")).expect("a gradebook");
    let book: Value = serde_json::from_slice(&text).expect("JSON");
    let results = book["results"].as_array().expect("results").clone();
    let one =
        |it: Value| (it["student"]["id"].as_str().expect("id").to_owned(), it["points"].clone());
    results.into_iter().map(one).collect()
}

#[test]
fn the_shares_of_a_slurm_array_make_the_same_class_as_one_run() {
    need!("python3");
    let folder = tempfile::tempdir().expect("a folder");
    class(&folder.path().join("class"));
    let task = |id: u32| {
        let mut task = script("slurm-grade.sh", folder.path());
        task.env("SLURM_ARRAY_TASK_ID", id.to_string())
            .env("SLURM_ARRAY_TASK_MIN", "4")
            .env("SLURM_ARRAY_TASK_COUNT", "2")
            .env("SLURM_CPUS_PER_TASK", "2");
        run(&mut task)
    };
    task(4).exits(0);
    // A share is missing.
    let refused = run(&mut script("slurm-merge.sh", folder.path())).exits(2);
    assert!(refused.errors.contains("2/2"), "{}", refused.errors);
    assert!(!folder.path().join("out/class").exists());
    task(5).exits(0);
    run(&mut script("slurm-merge.sh", folder.path())).exits(0);
    let merged = points(&folder.path().join("out/class"));
    let shares = ["out/shard-1", "out/shard-2"].map(|share| points(&folder.path().join(share)));
    assert!(shares.iter().all(|share| !share.is_empty()), "{shares:?}");
    assert_eq!(shares.iter().map(BTreeMap::len).sum::<usize>(), CLASS.len());
    let words = ["grade", "tcp-server", "class", "--seed", "1", "-o", "whole"];
    let mut whole = socklab(&words);
    run(whole.current_dir(folder.path()).env("XDG_STATE_HOME", folder.path())).exits(0);
    assert_eq!(points(&folder.path().join("whole")), merged);
    let ids: Vec<&str> = merged.keys().map(String::as_str).collect();
    assert_eq!(ids, CLASS.map(|(student, _)| student));
}
