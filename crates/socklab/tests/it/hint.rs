//! Hints and the model solution outside `check --watch`.

use std::fs;
use std::path::Path;

use crate::stage::{Ended, run, socklab};
use socklab_prerequisites::need;

/// Runs it in this folder, with its own progress.
fn at(home: &Path, words: &[&str]) -> Ended {
    let mut command = socklab(words);
    command.env("XDG_STATE_HOME", home.join("state")).current_dir(home);
    run(&mut command)
}

#[test]
fn each_hint_after_a_failed_check_says_more() {
    need!("python3");
    let home = tempfile::tempdir().expect("a folder");
    let at = |words: &[&str]| at(home.path(), words);
    at(&["exercise", "start", "socket-03", "."]).exits(0);
    let never = at(&["hint"]).exits(1);
    assert!(never.errors.contains("socklab check socket-03"), "{}", never.errors);
    let checked = at(&["check", "socket-03"]).exits(1);
    assert!(checked.text().contains("Next hint (1 of 4): socklab hint socket-03"));
    let hints = ["Hint 1 of 4 for gap 1", "Hint 2 of 4", "socket.socket(", "--gap socket --anyway"];
    for hint in hints {
        let given = at(&["hint"]).exits(0);
        assert!(given.text().contains(hint), "{}", given.text());
    }
    let given = at(&["hint", "socket-03"]).exits(1);
    assert!(given.errors.contains("socklab hint socket-03 --all"), "{}", given.errors);
    let all = at(&["hint", "--all", "--lang", "es"]).exits(0);
    assert!(hints[2..].iter().all(|hint| all.text().contains(hint)), "{}", all.text());
    let json = at(&["hint", "--json"]).exits(0);
    let json: serde_json::Value = serde_json::from_slice(&json.output).expect("JSON");
    assert_eq!((&json["of"], &json["hint"]["number"]), (&4.into(), &1.into()), "{json}");
    assert_eq!(json["gap"]["name"], "socket");

    // The hint's command can be typed; without --anyway it is refused.
    let solution = ["exercise", "solution", "socket-03"];
    let refused = at(&solution).exits(1);
    assert!(refused.errors.contains("--anyway") && refused.errors.contains("0 of 4"));
    let gap = at(&[&solution[..], &["--gap", "socket", "--anyway"]].concat()).exits(0);
    assert_eq!(gap.text().lines().count(), 1, "{}", gap.text());
    let whole = at(&[&solution[..], &["--anyway"]].concat()).exits(0).text();
    assert!(!whole.contains("GAP") && whole.contains(&gap.text()));

    // Solved: the hints are forgotten, the solution is free, and differs in nothing.
    fs::write(home.path().join("socket-03.py"), &whole).expect("write");
    at(&["check", "socket-03"]).exits(0);
    at(&["hint"]).exits(1);
    let same = at(&[&solution[..], &["--diff"]].concat()).exits(0);
    assert!(same.text().contains("There is no difference"), "{}", same.text());
}

#[test]
fn an_unwritable_home_disturbs_nothing() {
    need!("python3");
    let home = tempfile::tempdir().expect("a folder");
    // Where the folder of the state should be there is a file.
    fs::write(home.path().join("state"), "").expect("write");
    let at = |words: &[&str]| at(home.path(), words);
    at(&["exercise", "start", "socket-02", "."]).exits(0);
    at(&["check", "socket-02"]).exits(1);
    at(&["hint"]).exits(1);
}
