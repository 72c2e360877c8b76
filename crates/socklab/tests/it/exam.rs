//! `exam`: questions about the recording of a program that has passed, with keys that running it proves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use socklab_prerequisites::need;

use crate::stage::{Ended, Terminal, run, socklab};

fn exercise(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../course/exercises").join(name)
}

/// `exam NAME WORD… -- FILE`, with progress of its own in `home`.
fn exam(home: &Path, name: &str, words: &[&str], file: &Path) -> Ended {
    let mut command = socklab(&["exam", name]);
    command.env("XDG_STATE_HOME", home).current_dir(home);
    run(command.args(words).arg("--").arg(file))
}

fn json(ended: &Ended) -> Value {
    let text = String::from_utf8_lossy(&ended.output);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

/// Everything that can be asked about a program: the right choice's text, by kind.
fn keys(name: &str, file: &Path) -> BTreeMap<String, String> {
    let home = tempfile::tempdir().expect("a folder");
    let ended = exam(home.path(), name, &["--student", "ana", "--key", "--all", "--json"], file);
    let whole = json(&ended.exits(0));
    let mut found = BTreeMap::new();
    for question in whole["questions"].as_array().expect("questions") {
        let mut choices = question["choices"].as_array().expect("choices").iter();
        let right = choices.find(|choice| choice["letter"] == question["key"]).expect("a key");
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        found.entry(text(&question["kind"])).or_insert_with(|| text(&right["text"]));
    }
    found
}

#[track_caller]
fn assert_keys(found: &BTreeMap<String, String>, wanted: &[(&str, &str)]) {
    for (kind, key) in wanted {
        assert_eq!(found.get(*kind).map(String::as_str), Some(*key), "{kind}: {found:#?}");
    }
}

/// What the kernel does with any program that just calls it.
const STREAM: [(&str, &str); 4] = [
    ("would-close", "0 bytes"),
    ("would-reset", "it fails with ECONNRESET"),
    ("would-pieces", "3 bytes"),
    ("would-together", "10 bytes"),
];
const TAKEN: &str = "it returns how many bytes it took, as before";

#[test]
fn the_keys_about_a_stream_are_those_that_running_shows() {
    need!("python3");
    need!("gcc");
    for file in ["solution.py", "solution.c"] {
        let server = keys("echo-server", &exercise("echo-server").join(file));
        assert_keys(&server, &STREAM);
        assert_keys(
            &server,
            &[
                ("would-larger", "4,096 bytes"),
                ("would-gone", TAKEN),
                ("would-half-close", TAKEN),
                ("would-silent", "yes"),
                ("would-start-twice", "bind fails with EADDRINUSE"),
                ("first-to-end", "alice"),
                ("fin-by", "close"),
            ],
        );
        let client = keys("tcp-client", &exercise("tcp-client").join(file));
        assert_keys(&client, &STREAM);
        assert_keys(&client, &[("would-nobody-listens", "it fails with ECONNREFUSED")]);
    }
}

#[test]
fn the_keys_about_datagrams_are_those_that_running_shows() {
    need!("python3");
    need!("gcc");
    let both = [("would-empty", "0 bytes"), ("would-two", "3 bytes")];
    for file in ["solution.py", "solution.c"] {
        let server = keys("udp-server", &exercise("udp-server").join(file));
        assert_keys(&server, &both);
        assert_keys(
            &server,
            &[
                ("would-gone-datagram", TAKEN),
                ("would-close-datagram", "it does not return: it waits"),
                ("would-start-twice", "bind fails with EADDRINUSE"),
                ("one-socket", "1"),
            ],
        );
        let client = keys("udp-client", &exercise("udp-client").join(file));
        assert_keys(&client, &both);
        assert_keys(&client, &[("would-nobody-bound", TAKEN)]);
        // The program in C does not ask from whom a datagram came.
        assert_eq!(client.contains_key("whose-address"), file == "solution.py", "{client:#?}");
    }
}

/// A server that serves one client after another, waits in poll, and gives its whole buffer a name.
const POLLS: &str = "\
import select, socket, sys
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
server.bind(('', int(sys.argv[1])))
server.listen(50)
waiting = select.poll()
waiting.register(server, select.POLLIN)
while True:
    waiting.poll()
    client, _ = server.accept()
    while data := client.recv(2):
        client.sendall(data)
    client.shutdown(socket.SHUT_WR)
    client.close()
";

#[test]
fn another_program_has_other_keys_and_is_not_asked_what_it_did_not_do() {
    need!("python3");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("polls.py");
    fs::write(&file, POLLS).expect("a file");
    let found = keys("echo-server", &file);
    assert_keys(
        &found,
        &[
            ("waits-for-client", "poll"),
            ("would-silent", "no, not as long as the other says nothing"),
            ("would-start-twice", "nothing fails: both run"),
            ("fin-by", "shutdown"),
        ],
    );
    // 50 clients may wait, and fewer were served. And what a receive with room for 2 bytes gets is none
    // of the numbers that these ask about.
    for kind in ["backlog", "would-larger", "would-pieces", "would-together"] {
        assert!(!found.contains_key(kind), "{kind}: {found:#?}");
    }
}

#[test]
fn the_questions_for_paper_do_not_tell_the_key() {
    need!("python3");
    let (home, file) = (tempfile::tempdir().expect("a folder"), exercise("udp-server"));
    let file = file.join("solution.py");
    let draw = |words: &[&str]| exam(home.path(), "udp-server", words, &file).exits(0);
    let shown = json(&draw(&["--student", "ana", "--show", "--json"]));
    let key = json(&draw(&["--student", "ana", "--key", "--json"]));
    let questions = shown["questions"].as_array().expect("questions");
    assert_eq!(questions.len(), 3);
    for (question, keyed) in questions.iter().zip(key["questions"].as_array().expect("questions")) {
        let names: BTreeSet<&str> =
            question.as_object().expect("a table").keys().map(String::as_str).collect();
        assert_eq!(names, ["case", "choices", "number", "question"].into());
        for choice in question["choices"].as_array().expect("choices") {
            let names = choice.as_object().expect("a table").keys().map(String::as_str);
            assert_eq!(names.collect::<BTreeSet<_>>(), ["letter", "text"].into());
        }
        assert_eq!(
            question["choices"].as_array().map(Vec::len),
            keyed["choices"].as_array().map(Vec::len)
        );
        assert_eq!((&question["case"], &question["number"]), (&keyed["case"], &keyed["number"]));
    }
    let text = draw(&["--student", "ana", "--show"]).text();
    for told in ["Key", "Right", "because"] {
        assert!(!text.contains(told), "{told}: {text}");
    }
    // Looking at them is no exam.
    assert!(!home.path().join("socklab/progress").exists());
    let spanish = draw(&["--student", "ana", "--show", "--lang", "es"]).text();
    assert!(spanish.contains("En el caso") && !spanish.contains("In the case"), "{spanish}");
}

#[test]
fn answers_are_told_with_their_rows_and_no_question_is_asked_twice() {
    need!("python3");
    let (home, file) = (tempfile::tempdir().expect("a folder"), exercise("udp-server"));
    let file = file.join("solution.py");
    let ask = |words: &[&str]| exam(home.path(), "udp-server", words, &file);
    let key = json(&ask(&["--seed", "7", "--key", "--json"]).exits(0));
    let questions = key["questions"].as_array().expect("questions");
    let letters: Vec<&str> =
        questions.iter().map(|one| one["key"].as_str().expect("a key")).collect();
    let right = letters.join(",");
    let text = ask(&["--seed", "7", "--answers", &right]).exits(0).text();
    assert!(text.contains("3 of 3 right") && !text.contains("\nNo."), "{text}");
    // The evidence stands in a ladder, marked.
    assert!(text.contains('│') && text.contains('▌'), "{text}");
    let again = ask(&["--seed", "7", "--answers", &right]).exits(1);
    assert!(again.errors.contains("--again"), "{again:?}");

    let other = json(&ask(&["--seed", "7", "--again", "--key", "--json"]).exits(0));
    let ids = |value: &Value| -> BTreeSet<String> {
        let questions = value["questions"].as_array().expect("questions").iter();
        questions.map(|one| one["id"].to_string()).collect()
    };
    assert!(ids(&key).is_disjoint(&ids(&other)), "{key:#} {other:#}");
    let wrong: Vec<&str> = other["questions"]
        .as_array()
        .expect("questions")
        .iter()
        .map(|one| if one["key"] == "a" { "b" } else { "a" })
        .collect();
    let words = ["--seed", "7", "--again", "--answers", &wrong.join(",")];
    let text = ask(&words).exits(1).text();
    assert!(text.contains("0 of 3 right") && text.matches("Right is ").count() == 3, "{text}");
}

#[test]
fn what_is_no_exam_is_said_and_by_its_exit_code() {
    need!("python3");
    let home = tempfile::tempdir().expect("a folder");
    let solution = exercise("echo-server").join("solution.py");
    let bug = exercise("echo-server").join("bugs/no-loop.py");
    let ask = |words: &[&str], file: &Path| exam(home.path(), "echo-server", words, file);
    let ended = ask(&["--show"], &bug).exits(1);
    assert!(ended.errors.contains("no exam yet"), "{ended:?}");
    assert!(ended.errors.contains("next-client"), "{ended:?}");
    let silent = home.path().join("silent.py");
    fs::write(&silent, "").expect("a file");
    let ended = ask(&["--show"], &silent).exits(1);
    assert!(ended.errors.contains("did not pass the case `echo`"), "{ended:?}");
    let ended = ask(&["--answers", "a,b"], &solution).exits(2);
    assert!(ended.errors.contains("2 answers"), "{ended:?}");
    let ended = ask(&[], &solution).exits(2);
    assert!(ended.errors.contains("nobody to ask"), "{ended:?}");
    ask(&["--show", "--key"], &solution).exits(2);
    ask(&["--show"], &home.path().join("missing.py")).exits(2);
}

#[test]
fn one_key_answers_each_question_on_a_terminal() {
    need!("python3");
    let home = tempfile::tempdir().expect("a folder");
    let file = exercise("udp-server").join("solution.py");
    let mut command = socklab(&["exam", "udp-server", "--student", "ana", "--"]);
    command.arg(&file).env("XDG_STATE_HOME", home.path()).current_dir(home.path());
    let mut terminal = Terminal::start(&mut command, 100, 40);
    for number in 1..=3 {
        terminal.until(&format!("{number}. "));
        terminal.until("Your answer");
        // A key that stands for no choice is no answer.
        terminal.press("z");
        terminal.until("Your answer");
        terminal.press("a");
    }
    let text = terminal.all();
    assert!(text.contains(" of 3 right"), "{text}");
}
