//! `course soak`: the same verdict every time, on a busy machine too; and one that changes is told.

use std::fs;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use socklab_kernel::process;
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
fn a_question_has_an_answer_every_time() {
    let home = tempfile::tempdir().expect("a folder");
    let soak = |line: &str| {
        let mut soak = socklab(&line.split(' ').collect::<Vec<_>>());
        run(soak.current_dir(home.path()).env("XDG_STATE_HOME", home.path()))
    };
    let ended = soak("course soak 3 empty-address --builtin --times 2 --load 2 --json");
    let report: Value = serde_json::from_slice(&ended.output).expect("JSON");
    assert_eq!((&report["questions"], &report["programs"]), (&2.into(), &0.into()), "{report:#}");
    assert_eq!(report["checks"], 4, "{report:#}");
    assert_eq!(report["changes"], Value::Array(Vec::new()), "{report:#}");
    ended.exits(0);
    let told = soak("course soak 3 --builtin --times 1 --load 0").exits(0).text();
    assert!(told.contains("1 of 1 checks of 1 question, "), "{told}");
    assert!(soak("course soak nobody-asks").exits(2).errors.contains("nobody-asks"));
    soak("course soak 3 -- true").exits(2);
}

#[test]
fn a_verdict_that_changes_is_reported_with_its_reason_and_the_command_that_repeats_it() {
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
    assert!(lines[1..4].iter().any(|line| line.contains("heads")), "{told}");
    let again =
        lines.iter().find(|line| line.contains("socklab check socket-02")).expect("a command");
    assert!(again.contains(" --case address --seed "), "{told}");
    assert!(again.ends_with("--builtin -- coin.py"), "{told}");
    assert!(
        told.contains("16 of 16 checks of 1 program, 1 of them more than once, beside 0 busy"),
        "{told}"
    );
}

#[test]
fn a_soak_that_is_interrupted_says_what_it_has_done_and_leaves_nothing() {
    need!("python3");
    let home = tempfile::tempdir().expect("a folder");
    let scratch = tempfile::tempdir().expect("a folder");
    // Checks that hang are not waited for.
    fs::write(home.path().join("hangs.py"), "import time\ntime.sleep(1000)\n").expect("write");
    let line = "course soak tcp-server --builtin --times 9 --load 1 --json -- hangs.py";
    let mut soak = socklab(&line.split(' ').collect::<Vec<_>>());
    soak.current_dir(home.path()).env("XDG_STATE_HOME", home.path()).env("TMPDIR", scratch.path());
    let mut started = soak.stdout(Stdio::piped()).spawn().expect("it starts");
    let pid = started.id();
    // Once a scenario runs, checks do.
    let is_engine = |pid| process::arguments(pid).0.iter().any(|word| word == "--socklab-engine");
    while !process::descendants(pid).into_iter().any(|(pid, _)| is_engine(pid)) {
        assert_eq!(started.try_wait().expect("wait"), None, "it ended");
        std::thread::yield_now();
    }
    kill_process(Pid::from_child(&started), Signal::INT).expect("kill");
    let ended = started.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(130));
    let report: Value = serde_json::from_slice(&ended.stdout).expect("JSON");
    assert_eq!(
        (&report["interrupted"], &report["checks"], &report["of"]),
        (&true.into(), &0.into(), &9.into())
    );
    let left: Vec<_> = fs::read_dir(scratch.path()).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
}
