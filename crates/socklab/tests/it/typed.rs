//! What is typed incompletely: socklab guesses, or says what can follow.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::stage::{run, socklab};

/// A student's folder, with a home of its own.
struct Student(tempfile::TempDir);

impl Student {
    fn new() -> Student {
        Student(tempfile::tempdir().expect("a folder"))
    }

    /// `socklab WORD…`, typed in a folder of the student's.
    fn types(&self, folder: &str, words: &[&str]) -> Command {
        let mut command = socklab(words);
        let folder = self.0.path().join(folder);
        command.env("XDG_STATE_HOME", self.0.path().join("state")).current_dir(folder);
        command
    }

    fn writes(&self, file: &str) {
        let file = self.0.path().join(file);
        fs::create_dir_all(file.parent().unwrap_or(Path::new("/"))).expect("mkdir");
        fs::write(file, "raise SystemExit(7)\n").expect("write");
    }
}

#[test]
fn check_guesses_the_exercise_and_says_so() {
    let student = Student::new();
    // Nothing says which: all are listed, with a command that exists.
    let asked = run(&mut student.types("", &["check"])).exits(2).errors;
    assert!(asked.contains("\n  socket-02       a socket, and"), "{asked}");
    assert!(asked.ends_with("Try: socklab exercise start socket-02\n"), "{asked}");

    student.writes("socket-02/socket-02.py");
    let guessed = |folder: &str, words: &[&str]| {
        let no_case = [&["check"], words, &["--case", "none"]].concat();
        run(&mut student.types(folder, &no_case)).exits(2).errors
    };
    for (folder, word, file) in [
        ("", None, "socket-02/socket-02.py"),
        ("socket-02", None, "socket-02.py"),
        ("socket-02", Some("socket-02.py"), "socket-02.py"),
        ("", Some("socket-02/"), "socket-02/socket-02.py"),
        ("", Some("socket-02/socket-02.py"), "socket-02/socket-02.py"),
    ] {
        let said = guessed(folder, word.as_slice());
        let first = format!("Exercise socket-02, because of {file}\n");
        assert!(said.starts_with(&first), "{folder} {word:?}: {said}");
    }

    // Several fit: only those are listed; a file of another name says no more.
    student.writes("echo-server/echo-server.py");
    student.writes("mine.py");
    for (word, hint) in [(None, ""), (Some("mine.py"), " -- mine.py")] {
        let asked = guessed("", word.as_slice());
        assert!(asked.contains("\n  socket-02 ") && asked.contains("\n  echo-server "), "{asked}");
        assert!(!asked.contains("\n  tcp-server "), "{asked}");
        assert!(asked.ends_with(&format!("Try: socklab check socket-02{hint}\n")), "{asked}");
    }
    // So does the name of the folder, for whatever program.
    fs::remove_file(student.0.path().join("socket-02/socket-02.py")).expect("remove");
    let words = ["check", "--lang", "es", "--", "./none"];
    let said = run(&mut student.types("socket-02", &words)).exits(2).errors;
    assert!(said.starts_with("Ejercicio socket-02, como se llama esta carpeta\n"), "{said}");
}

#[test]
fn progress_that_can_not_be_kept_is_told_once_and_last() {
    let student = Student::new();
    fs::write(student.0.path().join("state"), "").expect("write");
    for words in [&["list"][..], &["exercise", "start", "socket-02"], &["exercise", "list"]] {
        let end = run(&mut student.types("", words)).exits(0);
        let told = end.errors.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.starts_with("Your progress is not kept: "), "{told}");
        assert!(told.contains("/state") && told.contains("Not a directory"), "{told}");
        assert_eq!(told.matches("Your progress").count(), 1, "{told}");
    }
    let mut lost = student.types("", &["exercise", "list", "--lang", "es"]);
    lost.env_remove("XDG_STATE_HOME").env_remove("HOME");
    assert!(run(&mut lost).exits(0).errors.starts_with("Tu progreso no se guarda"));
}
