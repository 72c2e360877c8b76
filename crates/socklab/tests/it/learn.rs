//! `learn` and `list` lead through the course, on a terminal and without one.

use std::path::Path;
use std::process::Command;

use socklab_prerequisites::need;

use crate::stage::{Terminal, run, socklab};

/// `socklab WORD…` for the student whose home this is.
fn at(home: &Path, words: &[&str]) -> Command {
    let mut command = socklab(words);
    command.env("XDG_STATE_HOME", home.join("state")).current_dir(home);
    command
}

fn learning(home: &Path, words: &[&str]) -> Terminal {
    Terminal::start(&mut at(home, words), 80, 24)
}

#[test]
fn a_student_goes_from_a_program_to_a_question_and_comes_back_where_they_were() {
    let home = tempfile::tempdir().expect("a folder");
    let mut student = learning(home.path(), &["learn"]);
    assert!(student.until("q: leave").contains("0/86"));
    // A key that means nothing is told; a text that is pasted does nothing.
    student.press("w");
    student.until("“w” does nothing here");
    student.until("q: leave");
    student.press("nnnnqqqq hola\n");
    student.until("q: leave");
    student.press("\r");
    let ran = student.until("go on: program basics-02");
    assert!(ran.contains("Host name: ") && ran.contains('✓'), "{ran}");
    student.press("\r");
    let second = student.until("basics-02: ");
    assert!(second.contains("1/86"), "{second}");
    student.press("p");
    student.until("basics-01: ");
    student.press("q");
    student.until("goes on from here");
    let (status, restored) = student.ends();
    assert!(status.success() && restored);

    // Once begun, socklab alone leads on: to what is open, not to what is done.
    let mut again = learning(home.path(), &[]);
    again.until("basics-02: ");
    again.press("l");
    again.until("The course: 1 of 86");
    again.until("q: leave");
    again.press("/tcp-client-first\r");
    again.until("a–d");
    again.press("b");
    // The answer is longer than the screen.
    let answered = again.until("more lines");
    assert!(answered.contains("ECONNREFUSED"), "{answered}");
    again.press(" ");
    again.until("go on: exercise socket-03");
    again.press("q");
    again.ends();
}

#[test]
fn an_exercise_on_the_way_is_begun_watched_and_left_only_when_asked_twice() {
    need!("python3");
    let home = tempfile::tempdir().expect("a folder");
    let mut student = learning(home.path(), &["learn", "socket-02"]);
    student.until("q: leave");
    // The program and the exercise have the same name; what is open comes first.
    student.press("n");
    student.until("more lines");
    student.press("q");
    student.until("begin");
    // n does not leave it without asking, though nothing is begun.
    student.press("n");
    student.until("not solved yet");
    student.until("begin");
    student.press("\r");
    student.until("In which language?");
    student.press("1");
    student.until("Gap 1, “socket”, is still open");
    assert!(home.path().join("socket-02/socket-02.py").is_file());
    student.until("q quit");
    student.press("n");
    student.until("not solved yet");
    student.press("n");
    student.until("socket-03: ");
    student.press("q");
    let (status, restored) = student.ends();
    assert!(status.success() && restored);
}

#[test]
fn without_a_terminal_the_way_is_plain_text_and_json() {
    let home = tempfile::tempdir().expect("a folder");
    let said = run(&mut at(home.path(), &["learn"])).exits(0).text();
    assert!(said.contains("0/86") && said.contains("socklab show basics-01"), "{said}");
    run(&mut at(home.path(), &["show", "basics-01"])).exits(0);
    run(&mut at(home.path(), &["run", "basics-02", "localhost"])).exits(0);
    run(&mut at(home.path(), &["what-if", "3", "--predict", "b"])).exits(0);
    let list = run(&mut at(home.path(), &["list"])).exits(0).text();
    assert!(list.contains("The course: 3 of 86"), "{list}");
    assert!(list.contains("> ") && list.contains("✓ question  tcp-client-first"), "{list}");
    assert!(!list.contains('\x1b') && list.lines().all(|line| line.chars().count() <= 80));
    let json = run(&mut at(home.path(), &["list", "--json"])).exits(0).text();
    let list: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(list["path"].as_array().map(Vec::len), Some(86));
    assert_eq!((&list["past"], &list["next"]["name"]), (&3.into(), &"basics-03".into()));
    let unknown = run(&mut at(home.path(), &["learn", "socket-20"])).exits(2);
    assert!(unknown.errors.contains("Did you mean"), "{}", unknown.errors);
}

#[test]
fn what_the_tour_runs_is_not_the_students_progress() {
    let home = tempfile::tempdir().expect("a folder");
    run(&mut at(home.path(), &["tour", "--from", "tcp-server"])).exits(0);
    let list = run(&mut at(home.path(), &["list"])).exits(0).text();
    assert!(list.contains("The course: 0 of 86"), "{list}");
}

#[test]
fn every_item_names_its_neighbours() {
    let home = tempfile::tempdir().expect("a folder");
    let shown = run(&mut at(home.path(), &["show", "server-04"])).exits(0).text();
    for command in
        ["what-if silent-client", "exercise start server-04", "show server-05", "show server-04"]
    {
        let named = shown.contains(&format!("socklab {command}"));
        assert_eq!(named, command != "show server-04", "{command}: {shown}");
    }
    let answered = run(&mut at(home.path(), &["what-if", "tcp-client-first"])).exits(0).text();
    assert!(answered.contains("Next: socklab exercise start socket-03"), "{answered}");
}

#[test]
fn a_passed_exercise_names_what_comes_next() {
    need!("python3");
    let home = tempfile::tempdir().expect("a folder");
    let solution =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../course/exercises/socket-02/solution.py");
    let passed = run(&mut at(home.path(), &["check", "socket-02", "--", solution])).exits(0);
    assert!(passed.text().contains("Next: socklab show socket-03"), "{}", passed.text());
}
