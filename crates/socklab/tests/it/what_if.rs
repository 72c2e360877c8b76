//! Questions: all are answered by evidence, for any user, many at once; and whatever ends a run, it
//! leaves nothing behind.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::stage::own::Own;
use crate::stage::{Running, program, run, run_with, socklab};
use rustix::process::Signal;
use serde_json::Value;
use socklab_prerequisites::need;

/// Each test has its own home directory: no student's progress is touched.
fn what_if(words: &[&str]) -> (Command, tempfile::TempDir) {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = socklab(&[&["what-if"], words].concat());
    command.env("XDG_STATE_HOME", home.path()).current_dir(home.path());
    (command, home)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in\n{text}"))
}

#[track_caller]
fn assert_all_answered(report: &Value) {
    let questions = report["questions"].as_array().expect("questions");
    assert!(questions.len() >= 22, "{} questions", questions.len());
    for question in questions {
        let name = &question["name"];
        assert_eq!(question["ok"], true, "{name}: {:#}", question["steps"]);
        let text = question["explanation"].as_str().expect("an explanation");
        assert!(!text.is_empty() && !text.contains("{") && !text.contains(" ? "), "{name}: {text}");
        assert!(!question["events"].as_array().expect("events").is_empty(), "{name}");
    }
    assert_eq!(report["ok"], true);
}

#[test]
fn every_question_is_answered_in_both_languages() {
    let mut titles = Vec::new();
    for language in ["en", "es"] {
        let (mut command, _home) = what_if(&["all", "--json", "--lang", language]);
        let report = json(&run(&mut command).exits(0).text());
        assert_all_answered(&report);
        titles.push(report["questions"][0]["title"].clone());
    }
    assert_ne!(titles[0], titles[1]);
}

#[test]
fn a_prediction_is_right_or_wrong_or_none_of_the_choices() {
    let (mut right, home) = what_if(&["tcp-client-first", "--predict", "refused"]);
    let text = run(&mut right).exits(0).text();
    assert!(text.contains("You were right") && text.contains("ECONNREFUSED"), "{text}");
    let progress = fs::read_to_string(home.path().join("socklab/progress")).expect("progress");
    assert!(progress.ends_with("what-if tcp-client-first right\n"), "{progress}");

    let (mut wrong, _home) = what_if(&["3", "--predict", "a", "--json"]);
    let report = json(&run(&mut wrong).exits(1).text());
    assert_eq!((&report["right"], &report["answer"]), (&false.into(), &"refused".into()));

    let (mut unknown, _home) = what_if(&["3", "--predict", "z"]);
    assert!(run(&mut unknown).exits(2).errors.contains("refused"));
    let (mut nothing, _home) = what_if(&["tcp-client-frist"]);
    assert!(run(&mut nothing).exits(2).errors.contains("tcp-client-first"));
}

#[test]
fn one_key_predicts_on_a_terminal() {
    need!("script");
    let home = tempfile::tempdir().expect("a folder");
    let mut command = program("script");
    command.args(["-qec", "\"$SOCKLAB\" what-if 3", "/dev/null"]);
    command.env("SOCKLAB", env!("CARGO_BIN_EXE_socklab")).env("XDG_STATE_HOME", home.path());
    // Esc, an arrow key, F1 in its three encodings and keys that stand for no choice are not
    // answers.
    let keys = "\x1b[A\x1bOP\x1b[[A\x1b[11~zñb";
    let text = run_with(&mut command, keys).text();
    assert!(text.contains("You were right"), "{text}");
}

#[test]
fn a_prediction_is_for_one_question() {
    for word in [&["all"][..], &["list"], &[]] {
        let (mut command, _home) = what_if(&[word, &["--predict", "a"]].concat());
        let ended = run(&mut command).exits(2);
        assert!(ended.complaint().contains("--predict"), "{}", ended.errors);
    }
}

#[test]
fn with_rules_of_the_readers_own_nothing_is_right_or_wrong() {
    let rule = ["tcp-client-first", "--wire", "drop the 1st RST", "--lang", "en"];
    let (mut asked, _home) = what_if(&[&rule[..], &["--predict", "b", "--json"]].concat());
    let report = json(&run(&mut asked).exits(0).text());
    assert_eq!(report["rules"][0]["matched"], 1, "{report:#}");
    for key in ["answer", "right"] {
        assert!(report[key].is_null(), "{report:#}");
    }
    assert_eq!(report["explanation"], "");
    let (mut asked, home) = what_if(&[&rule[..], &["--predict", "b"]].concat());
    let text = run(&mut asked).exits(0).text();
    assert!(text.contains("With your rules") && !text.contains("You were right"), "{text}");
    assert!(text.contains("wire: drop the 1st RST: 1 of"), "{text}");
    assert!(!home.path().join("socklab/progress").exists(), "no question was answered");
}

#[test]
fn every_call_and_packet_is_drawn_on_request() {
    let question = ["tcp-client-first", "--predict", "b", "--lang", "en"];
    let (mut usual, _home) = what_if(&question);
    assert!(!run(&mut usual).exits(0).text().contains("fcntl("));
    let (mut whole, _home) = what_if(&[&question[..], &["--all"]].concat());
    assert!(run(&mut whole).exits(0).text().contains("fcntl("));
    run(&mut what_if(&["list", "--all"]).0).exits(2);
}

#[test]
fn a_mistake_in_a_question_is_reported_with_file_line_and_column() {
    let (mut command, home) = what_if(&["list"]);
    let folder = home.path().join("course/questions/99-mine");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("question.toml"), "format_version = 1\ntopci = \"udp\"\n")
        .expect("write");
    for language in ["en.md", "es.md"] {
        fs::write(folder.join(language), "# Mine\n").expect("write");
    }
    let ended = run(&mut command).exits(2);
    let told = "course/questions/99-mine/question.toml:2:1: unknown field `topci`, expected one of";
    assert!(ended.errors.contains(told), "{}", ended.errors);
}

#[test]
fn ten_at_once_do_not_interfere() {
    // All ten use the same two ports, each in its own network namespace.
    let runs: Vec<_> = (0..10)
        .map(|_| {
            let (mut command, home) = what_if(&["tcp-and-udp-same-port", "--json"]);
            (Running::start(&mut command), home)
        })
        .collect();
    for (running, _home) in runs {
        let report = json(&running.finish().exits(0).text());
        assert_eq!(report["answer"], "both");
        assert_eq!(report["place"]["private"]["processes"], true, "{}", report["place"]);
    }
}

#[test]
fn whatever_ends_a_run_leaves_nothing() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::KILL, 137)] {
        let own = Own::new();
        let home = tempfile::tempdir().expect("a folder");
        let scratch = tempfile::tempdir().expect("a folder");
        let mut command = own.command(&["what-if", "all"]);
        command.env("XDG_STATE_HOME", home.path()).env("TMPDIR", scratch.path());
        let running = Running::start(&mut command);
        running.wait_for("✓  1");
        running.signal(signal);
        running.finish().exits(code);
        own.assert_nothing_left(&format!("{signal:?}"));
        let left: Vec<_> = fs::read_dir(scratch.path()).expect("TMPDIR").flatten().collect();
        assert!(left.is_empty(), "after {signal:?}: {left:?}");
    }
}

#[test]
fn without_namespaces_it_runs_on_the_machine_and_says_so() {
    need!("unshare");
    let home = tempfile::tempdir().expect("a folder");
    let scratch = tempfile::tempdir().expect("a folder");
    let line =
        "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$0\" what-if two-tcp-servers --json";
    let mut command = program("unshare");
    command.args(["-Ur", "sh", "-c", line, env!("CARGO_BIN_EXE_socklab")]);
    command.env("XDG_STATE_HOME", home.path()).env("TMPDIR", scratch.path());
    let report = json(&run(&mut command).exits(0).text());
    let because = report["place"]["machine"]["because"].as_str().expect("a reason");
    assert!(because.contains("user.max_user_namespaces = 0"), "{because}");
    assert_eq!(report["answer"], "taken");
    assert_eq!(fs::read_dir(scratch.path()).expect("TMPDIR").count(), 0);
}

#[test]
fn without_namespaces_a_question_about_names_asks_nobody() {
    need!("unshare");
    let home = tempfile::tempdir().expect("a folder");
    for question in ["no-such-name", "name-server-silent", "first-address-dead"] {
        let line = format!(
            "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$0\" what-if {question} --json"
        );
        let mut command = program("unshare");
        command.args(["-Ur", "sh", "-c", &line, env!("CARGO_BIN_EXE_socklab")]);
        command.env("XDG_STATE_HOME", home.path());
        let report = json(&run(&mut command).exits(3).text());
        assert!(report["answer"].is_null() && report["ok"] == false, "{report:#}");
        let what = report["trouble"]["names"]["what"].as_str().expect("the step");
        assert!(what.contains("unshare"), "{what}");
        // No program has started that could have asked the machine's own name server.
        assert_eq!(report["events"], serde_json::json!([]));
    }
}

#[test]
fn every_question_works_for_an_ordinary_user_without_a_network() {
    if !rustix::process::geteuid().is_root() {
        // Then every other test here has proved it.
        return;
    }
    need!("setpriv");
    let own = Own::new();
    let mut command = program("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]);
    command.arg(&own.path).args(["what-if", "all", "--json"]);
    command.env("HOME", "/nonexistent").env_remove("XDG_STATE_HOME").current_dir("/");
    assert_all_answered(&json(&run(&mut command).exits(0).text()));
}

#[test]
fn the_course_is_without_mistakes_and_a_mistake_is_found() {
    let course = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../course");
    let course = course.to_str().expect("a path of plain letters");
    run(&mut socklab(&["course", "check", course])).exits(0);

    let copy = tempfile::tempdir().expect("a folder");
    let question = copy.path().join("questions/03-tcp-client-first");
    fs::create_dir_all(&question).expect("a folder");
    for file in ["question.toml", "en.md", "es.md"] {
        let from = format!("{course}/questions/03-tcp-client-first/{file}");
        let text = fs::read_to_string(from).expect("read");
        fs::write(question.join(file), text.replace("{refused.took}", "{refusal.took}"))
            .expect("write");
    }
    let ended = run(socklab(&["course", "check"]).arg(copy.path())).exits(1);
    assert!(ended.text().contains("has no evidence `refusal`"), "{}", ended.text());
}
