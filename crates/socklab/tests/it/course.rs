//! Courses that teachers write: how they are found, copied and checked; and the guide to writing
//! one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::stage::{Ended, program, run, socklab};
use socklab_prerequisites::need;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A temporary folder in which commands are run.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn command(&self, below: &str, words: &[&str]) -> Command {
        let mut command = socklab(words);
        command.current_dir(self.path(below)).env("XDG_STATE_HOME", self.path("state"));
        command
    }

    /// Runs `socklab LINE` in a folder below.
    fn type_in(&self, below: &str, line: &str) -> Ended {
        run(&mut self.command(below, &line.split(' ').collect::<Vec<_>>()))
    }

    fn write(&self, file: &str, text: &str) {
        let file = self.path(file);
        fs::create_dir_all(file.parent().expect("a folder")).expect("mkdir");
        fs::write(file, text).expect("write");
    }

    /// Replaces a text in a file.
    fn change(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(file)).expect("read");
        assert!(text.contains(from), "{file}: {from}");
        self.write(file, &text.replacen(from, to, 1));
    }
}

#[test]
fn a_folder_without_a_course_is_not_a_course_without_mistakes() {
    let home = Home::new();
    let missing = home.type_in("", "course check nodir").exits(2);
    assert!(missing.errors.contains("there is no course in nodir: neither"), "{}", missing.errors);
    assert_eq!(missing.text(), "");
    home.write("course/questions/readme", "");
    let above = home.type_in("", "course check .").exits(2);
    assert!(above.errors.contains("./course"), "{}", above.errors);
    let only = home.type_in("", "course check --run --only no-such-question").exits(2);
    assert!(only.errors.contains("“no-such-question”"), "{}", only.errors);
}

#[test]
fn a_course_is_found_from_below_and_from_inside() {
    let home = Home::new();
    home.type_in("", "course copy tcp-server").exits(0);
    fs::rename(
        home.path("course/exercises/tcp-server"),
        home.path("course/exercises/shout-server"),
    )
    .expect("rename");
    home.type_in("", "course copy 3").exits(0);
    home.change("course/questions/03-tcp-client-first/en.md", "# ", "# Mine: ");
    fs::create_dir_all(home.path("week 1/course")).expect("mkdir");

    // An empty folder `course` in between does not count.
    for below in ["", "week 1", "week 1/course", "course", "course/exercises/shout-server"] {
        let listed = home.type_in(below, "what-if list").exits(0).text();
        assert!(listed.contains("Mine: "), "{below}: {listed}");
        let listed = home.type_in(below, "exercise list").exits(0).text();
        assert!(listed.contains("shout-server"), "{below}: {listed}");
        assert!(home.type_in(below, "list").exits(0).text().contains("shout-server"), "{below}");
        let checked = home.type_in(below, "course check").exits(0).text();
        assert!(checked.contains("47 questions and 19 exercises, no mistakes"), "{checked}");
    }
    // From the folder where a student works.
    need!("python3");
    home.type_in("week 1", "exercise start shout-server").exits(0);
    let report = home.type_in("week 1/shout-server", "check shout-server").exits(1).text();
    assert!(report.contains("is still open in line"), "{report}");
}

#[test]
fn a_copy_never_overwrites_anything() {
    let home = Home::new();
    let said = home.type_in("", "course copy tcp-client-first mine").exits(0).text();
    assert!(said.contains("mine/questions/03-tcp-client-first/question.toml"), "{said}");
    home.type_in("", "course check mine").exits(0);
    home.write("mine/questions/03-tcp-client-first/en.md", "my own");
    let again = home.type_in("", "course copy 03-tcp-client-first mine").exits(1);
    assert!(again.errors.contains("it is not touched"), "{}", again.errors);
    let kept = fs::read_to_string(home.path("mine/questions/03-tcp-client-first/en.md"));
    assert_eq!(kept.expect("read"), "my own");
    let unknown = home.type_in("", "course copy tcp-sever").exits(2);
    assert!(unknown.errors.contains("tcp-server"), "{}", unknown.errors);

    let format = fs::read_to_string(Path::new(ROOT).join("course/FORMAT.md")).expect("FORMAT.md");
    assert_eq!(home.type_in("", "course format").exits(0).text(), format);
}

#[test]
fn mistakes_are_counted_and_reported_in_both_languages() {
    let home = Home::new();
    home.type_in("", "course copy tcp-server").exits(0);
    home.change("course/exercises/tcp-server/solution.py", "GAP answer", "GAP anwser");
    let told = home.type_in("", "course check course").exits(1).text();
    assert!(
        told.contains("tcp-server/solution.py:35:15: the gap `anwser` has no prompt"),
        "{told}"
    );
    assert!(told.ends_with("\n1 mistake\n"), "{told}");
    let told = home.type_in("", "course check course --lang es").exits(1).text();
    assert!(told.contains("tcp-server/solution.py:35:15: el hueco `anwser` no tiene"), "{told}");
    assert!(told.ends_with("\n1 error\n"), "{told}");

    home.change("course/exercises/tcp-server/exercise.toml", "topic = \"tcp\"", "topic = \"tpc\"");
    let told = home.type_in("", "course check course --lang es").exits(1).text();
    assert!(told.contains("exercise.toml:2:9: tema desconocido `tpc`; se esperaban"), "{told}");
    // The programs are listed even so.
    let listed = home.type_in("", "list").exits(2);
    assert!(listed.text().contains("server-03"), "{}", listed.text());
    assert!(listed.errors.contains("unknown topic `tpc`"), "{}", listed.errors);
}

#[test]
fn a_broken_solution_is_reported_as_check_reports_it() {
    need!("python3");
    let home = Home::new();
    home.type_in("", "course copy tcp-server").exits(0);
    home.change("course/exercises/tcp-server/solution.py", ".upper()", ".lower()");
    // Remove what is not about this solution: it takes time.
    for other in ["bugs", "accepted"] {
        fs::remove_dir_all(home.path("course/exercises/tcp-server").join(other)).expect("rm");
    }
    let toml = home.path("course/exercises/tcp-server/exercise.toml");
    let text = fs::read_to_string(&toml).expect("read");
    let without_bugs = text.split("[[bug]]").next().expect("the cases");
    fs::write(&toml, without_bugs).expect("write");
    let told = home.type_in("", "course check course --run --only tcp-server").exits(1).text();
    let wanted = [
        "tcp-server/solution.py: it should pass, but does not: answer, ",
        "\n  answer: answers a client in upper case",
        "alice did not receive the bytes it should have:",
        "\"HOLA, ",
        "\"hola, ",
    ];
    for wanted in wanted {
        assert!(told.contains(wanted), "{wanted:?} is not in\n{told}");
    }
    for inside in ["Some(", "Mismatch", "{\"answer\""] {
        assert!(!told.contains(inside), "{inside:?} is in\n{told}");
    }
}

#[test]
fn missing_evidence_is_named_together_with_the_ladder() {
    let home = Home::new();
    home.type_in("", "course copy tcp-client-first").exits(0);
    let toml = "course/questions/03-tcp-client-first/question.toml";
    home.change(toml, "error = \"ECONNREFUSED\"", "error = \"ETIMEDOUT\"");
    let line = "course check course --run --only tcp-client-first";
    let told = home.type_in("", line).exits(1).text();
    let wanted = [
        "03-tcp-client-first: something happened that the question does not cover",
        "the answer `refused` lacks the evidence `refused`: error = ETIMEDOUT\n",
        "Expected: client calls connect (TCP).\n    But it failed with ECONNREFUSED.",
        "✗ ECONNREFUSED refused ◀",
    ];
    for wanted in wanted {
        assert!(told.contains(wanted), "{wanted:?} is not in\n{told}");
    }
    let told = home.type_in("", &format!("{line} --json")).exits(1).text();
    assert!(told.contains("lacks the evidence `refused`"), "{told}");
}

/// Follows the chapter "in ten minutes" of CONTRIBUTING.md to the letter, in an empty folder.
#[test]
fn the_chapter_on_writing_your_own_can_be_followed() {
    need!("python3");
    let guide = fs::read_to_string(Path::new(ROOT).join("CONTRIBUTING.md")).expect("the guide");
    let chapter = guide.split("## Write your own question").nth(1).expect("the chapter");
    let chapter = chapter.split("\n## ").next().expect("the chapter");
    let home = Home::new();
    let mut files = ["question.toml", "en.md", "es.md"].into_iter();
    let mut typed = 0;
    for block in chapter.split("```").skip(1).step_by(2) {
        let (kind, text) = block.split_once('\n').expect("a block");
        let lines = text.lines().map(|line| line.strip_prefix("   ").unwrap_or(line));
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        if kind != "sh" {
            let file = files.next().expect("three files");
            home.write(&format!("course/questions/90-leaves-silently/{file}"), &text);
            continue;
        }
        // As a reader would type it, with socklab in PATH.
        let socklab = Path::new(env!("CARGO_BIN_EXE_socklab")).parent().expect("its folder");
        let path = std::env::var("PATH").unwrap_or_default();
        let mut shell = program("sh");
        shell.args(["-ec", &text]).current_dir(home.path(""));
        shell.env("XDG_STATE_HOME", home.path("state"));
        run(shell.env("PATH", format!("{}:{path}", socklab.display()))).exits(0);
        typed += 1;
    }
    assert_eq!((files.next(), typed), (None, 5));
}

#[test]
fn files_that_editors_leave_in_a_course_are_ignored() {
    let home = tempfile::tempdir().expect("a folder");
    let question = home.path().join("course/questions/90-leaves");
    fs::create_dir_all(&question).expect("a folder");
    std::os::unix::fs::symlink("nobody@nowhere.1", question.join(".#question.toml")).expect("ln");
    run(socklab(&["what-if", "list"]).current_dir(home.path())).exits(0);
    let gone = question.join("en.md");
    std::os::unix::fs::symlink("/no/such/file", &gone).expect("ln");
    let ended = run(socklab(&["what-if", "list"]).current_dir(home.path())).exits(1);
    assert!(ended.errors.contains("90-leaves/en.md"), "{}", ended.errors);
}

#[test]
fn an_exercise_without_a_case_is_a_mistake() {
    let home = tempfile::tempdir().expect("a folder");
    let exercise = home.path().join("course/exercises/nothing");
    fs::create_dir_all(&exercise).expect("a folder");
    fs::write(exercise.join("exercise.toml"), "format_version = 1\ncase = []\n").expect("written");
    for language in ["en.md", "es.md"] {
        fs::write(exercise.join(language), "# nothing: to do\n").expect("written");
    }
    let ended = run(socklab(&["course", "check"]).current_dir(home.path())).exits(1);
    assert!(ended.text().contains("at least one [[case]]"), "{}", ended.text());
    run(socklab(&["check", "nothing", "--", "true"]).current_dir(home.path())).exits(2);
}
