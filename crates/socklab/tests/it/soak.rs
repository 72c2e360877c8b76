//! `course soak`: the same verdict every time, on a busy machine too; and one that changes is told.

use std::fs;

use serde_json::Value;
use socklab_prerequisites::need;

use crate::stage::{run, socklab};

/// A short one, of a right program and of a wrong one; the long one is the command itself.
#[test]
fn no_verdict_changes_on_a_busy_machine() {
    need!("python3");
    let home = tempfile::tempdir().expect("a folder");
    for program in ["solution.py", "bugs/one-recv.py"] {
        let line = "course soak tcp-server --builtin --times 4 --load 2 --within 10 --json --";
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let file = format!("{root}/course/exercises/tcp-server/{program}");
        let words: Vec<&str> = line.split(' ').chain([file.as_str()]).collect();
        let mut soak = socklab(&words);
        let ended = run(soak.current_dir(home.path()).env("XDG_STATE_HOME", home.path()));
        let report: Value = serde_json::from_slice(&ended.output).expect("JSON");
        assert_eq!(report["changes"], Value::Array(Vec::new()), "{report:#}");
        assert_eq!(report["repeated"], 1, "{report:#}");
        ended.exits(0);
    }
}

#[test]
fn a_verdict_that_changes_is_reported_with_the_command_that_repeats_it() {
    need!("python3");
    let home = tempfile::tempdir().expect("a folder");
    // A coin: 16 equal results in a row are as good as impossible.
    let coin = "import os, socket\nsocket.socket()\n\
                print(socket.gethostbyname('localhost') if os.urandom(1)[0] % 2 else 'heads')\n";
    fs::write(home.path().join("coin.py"), coin).expect("write");
    let line = "course soak socket-02 --builtin --times 16 --load 0 --seed 7 -- coin.py";
    let mut soak = socklab(&line.split(' ').collect::<Vec<_>>());
    let soak = soak.current_dir(home.path()).env("XDG_STATE_HOME", home.path());
    let told = run(soak).exits(1).text();
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].contains("socket-02/coin.py, address: "), "{told}");
    assert!(lines[1].contains("socklab check socket-02 --case address --seed "), "{told}");
    assert!(lines[1].ends_with("--builtin -- coin.py"), "{told}");
    assert!(
        told.contains("16 of 16 checks of 1 program, 1 of them more than once, beside 0 busy"),
        "{told}"
    );
}
