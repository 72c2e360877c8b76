//! Mistakes in files: where they are, what was found, what is allowed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;
use scenario::Course;

/// A course of one question in a folder of its own, gone when dropped.
struct Folder(PathBuf);

impl Folder {
    fn with(toml: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("socklab-loader-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let question = folder.join("questions/01-one");
        fs::create_dir_all(&question).expect("a folder");
        fs::write(question.join("question.toml"), toml).expect("write");
        for language in scenario::LANGUAGES {
            fs::write(question.join(format!("{language}.md")), "# T\n\n## a\nx\n\n## next\ny\n")
                .expect("write");
        }
        Self(folder)
    }

    fn course(&self) -> Course {
        Course::in_folder(&self.0).expect("read")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const GOOD: &str = r#"format_version = 1
[[actor]]
name = "server"
run = ["tcp-server"]
[[peer]]
name = "alice"
[[step]]
start = "server"
until = "listening"
[[step]]
peer = "alice"
do = [{ connect = "server" }, { send = "hola" }, "close"]
[[choice]]
id = "a"
en = "A"
es = "A"
[[outcome]]
answer = "a"
[[outcome.when]]
name = "seen"
actor = "server"
call = "recv"
equals = "hola"
"#;

/// The message for `GOOD` with one thing changed, without the folder's path.
fn mistake(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    let folder = Folder::with(&GOOD.replacen(from, to, 1));
    let error = folder.course().question("01-one").expect_err("a mistake").to_string();
    error.replace(&format!("{}/questions/01-one/", folder.0.display()), "")
}

#[test]
fn the_good_one_is_good() {
    let question = Folder::with(GOOD).course().question("01-one").unwrap();
    assert_eq!((question.number, question.name.as_str()), (1, "one"));
    assert_eq!(question.scenario.steps.len(), 2);
}

#[test]
fn a_mistake_is_told_with_its_place_and_what_is_allowed() {
    let cases = [
        (
            "call = \"recv\"",
            "cal = \"recv\"",
            "question.toml:22:1: unknown field `cal`, expected one of `name`",
        ),
        (
            "call = \"recv\"",
            "call = \"receive\"",
            "question.toml:22:8: unknown call `receive`, expected one of accept, send, recv",
        ),
        (
            "start = \"server\"",
            "start = \"sever\"",
            "question.toml:8:9: no actor is called `sever`, expected one of server",
        ),
        (
            "{ connect = \"server\" }",
            "{ conect = \"server\" }",
            "question.toml:12:9: unknown variant `conect`, expected one of `tcp`",
        ),
        (
            "{ connect = \"server\" }",
            "{ connect = \"bob\" }",
            "question.toml:12:7: `bob` is neither IP:PORT nor one of server, alice",
        ),
        (
            "until = \"listening\"",
            "until = \"listens\"",
            "question.toml:9:9: unknown condition `listens`, expected one of listening, bound",
        ),
        (
            "until = \"listening\"",
            "until = { received = 5, sent = 5 }",
            "question.toml:9:9: a condition has exactly one of",
        ),
        (
            "until = \"listening\"",
            "until = { recieved = 5 }",
            "question.toml:9:11: unknown field `recieved`, expected one of `blocked_in`, `received`",
        ),
        (
            "format_version = 1",
            "format_version = 2",
            "question.toml:1:18: format_version 2 is not known, expected 1",
        ),
        (
            "answer = \"a\"",
            "answer = \"b\"",
            "question.toml:18:10: no choice is called `b`, expected one of a",
        ),
        (
            "equals = \"hola\"",
            "equals = 'hola\\q'",
            "question.toml:23:10: unknown escape \\q: allowed are \\n",
        ),
        (
            "equals = \"hola\"",
            "error = \"ECONREFUSED\"",
            "question.toml:19:1: unknown error `ECONREFUSED`, expected a name",
        ),
        (
            "equals = \"hola\"",
            "times = \"3\"",
            "question.toml:23:9: invalid type: string \"3\", expected a number, or { at_least",
        ),
        (
            "equals = \"hola\"",
            "exit = 0",
            "question.toml:23:8: an expectation is about one thing only",
        ),
        ("equals = \"hola\"", "after = \"nothing\"", "nothing above is called `nothing`"),
        (
            "name = \"alice\"",
            "name = \"Alice\"",
            "question.toml:6:8: a name is made of a-z, 0-9 and -",
        ),
        ("name = \"alice\"", "name = \"server\"", "question.toml:6:8: `server` is there twice"),
        ("[[choice]]", "[[choice]", "question.toml:13:10: unclosed array table"),
    ];
    for (from, to, told) in cases {
        let error = mistake(from, to);
        assert!(error.contains(told), "for {to}:\n  wanted {told}\n  got    {error}");
    }
}

#[test]
fn the_line_is_shown_with_a_caret_under_the_mistake() {
    let error = mistake("start = \"server\"", "start = \"sever\"");
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(lines[1], "    start = \"sever\"");
    assert_eq!(lines[2], "            ^^^^^^^");
}

#[test]
fn the_built_in_course_has_no_mistakes() {
    let linted = Course::built_in().lint();
    let told: Vec<String> = linted.mistakes.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    assert!(linted.questions.len() >= 22);
}

#[test]
fn a_local_item_replaces_the_built_in_one() {
    let folder = Folder::with(GOOD);
    let course = Course::with_folder(&folder.0).unwrap();
    let folders = course.folders("questions");
    assert!(folders.contains(&"01-one".to_owned()) && folders.len() > 22);
    let shown = course.question("01-one").unwrap();
    assert_eq!(shown.prose["en"].title, "T");
    assert!(course.file(Path::new("questions/03-tcp-client-first/en.md")).is_some());
}

/// A course of one question, in memory.
fn of(toml: &str) -> Course {
    let prose = b"# T\n\n## a\nx\n".to_vec();
    Course::of([
        ("questions/01-one/question.toml", toml.as_bytes().to_vec()),
        ("questions/01-one/en.md", prose.clone()),
        ("questions/01-one/es.md", prose),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]


    /// Whatever a file says, reading it ends with a question or a mistake.
    #[test]
    fn no_text_panics_the_loader(text in "\\PC{0,400}") {
        let _ = of(&text).question("01-one");
    }

    /// The same for files that are nearly right: a piece replaced by another piece.
    #[test]
    fn no_slip_panics_the_loader(from in 0..GOOD.len(), length in 0..40usize, to in "[ -~\\n]{0,20}") {
        let end = (from + length).min(GOOD.len());
        let text = format!("{}{to}{}", &GOOD[..from], &GOOD[end..]);
        if let Err(error) = of(&text).question("01-one") {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
