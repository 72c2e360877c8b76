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

#[test]
fn what_can_follow_is_listed_where_something_is_missing() {
    let student = Student::new();
    let said = |words: &[&str]| run(&mut student.types("", words)).exits(2).errors;
    for (words, listed) in [
        (&["exercise"][..], "\n  start     Write the files"),
        (&["course"], "\n  copy    Copy a built-in"),
        (&["serve"], "\n  daytime  say the date"),
        (&["show"], "\n  server-03    receive from one client"),
        (&["run"], "\n  tcp-client   "),
        (&["tour", "--from"], "\n  socket-01    "),
        (&["exercise", "start"], "\n  http-server     serve files"),
        (&["course", "copy"], "\n  half-close "),
        (&["completions"], "\n  zsh         in ~/.zshrc: "),
        (&["trace"], "\n  socklab trace tcp-server tcp-client  two programs"),
        (&["draw"], "\n  socklab draw run.jsonl\n"),
        (&["man"], "\n  <FOLDER>  Where to write"),
    ] {
        let english = said(words);
        assert!(english.contains(listed), "{english}");
        let help = words.iter().filter(|word| !word.starts_with('-')).copied();
        let help = help.collect::<Vec<_>>().join(" ");
        assert!(english.ends_with(&format!("More: socklab {help} --help\n")), "{english}");
        assert!(english.lines().all(|line| line.chars().count() <= 80), "{english}");
        let spanish = said(&[words, &["--lang", "es"]].concat());
        let is_missing = spanish.contains("falta");
        assert!(is_missing && spanish.lines().count() > 2, "{words:?}: {spanish}");
    }
    let own = said(&["check", "echo-server", "mine.py", "8080"]);
    assert!(own.contains("socklab check echo-server -- mine.py 8080\n"), "{own}");
}

#[test]
fn shells_complete_the_names_of_this_course() {
    let student = Student::new();
    // As the script for bash asks.
    let offered = |words: &[&str]| {
        let words = [&["--", "socklab"], words].concat();
        let mut command = student.types("", &words);
        command.env("SOCKLAB_COMPLETE", "bash").env("_CLAP_IFS", "\n");
        command.env("_CLAP_COMPLETE_INDEX", (words.len() - 2).to_string());
        run(&mut command).exits(0).text()
    };
    assert_eq!(offered(&["show", "server-0"]).lines().count(), 5);
    assert_eq!(offered(&["check", "ec"]), "echo-server\necho-client");
    assert_eq!(offered(&["check", "echo-server", "--case", "mega"]), "megabyte");
    assert_eq!(offered(&["what-if", "tcp-client-f"]), "tcp-client-first");
    assert_eq!(offered(&["serve", "u"]), "upper");
    // What a teacher has added counts.
    let copied = ["course", "copy", "echo-server", "course"];
    run(&mut student.types("", &copied)).exits(0);
    let exercises = student.0.path().join("course/exercises");
    fs::rename(exercises.join("echo-server"), exercises.join("shout")).expect("rename");
    assert_eq!(offered(&["exercise", "start", "sh"]), "shout");

    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&mut socklab(&["completions", shell])).exits(0).text();
        assert!(script.contains("SOCKLAB_COMPLETE"), "{shell}: {script}");
    }
}
