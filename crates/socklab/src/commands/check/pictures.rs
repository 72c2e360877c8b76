//! Pictures of the details of cases that did not pass, drawn from recordings in
//! `tests/reports/`: in several widths and languages, with colours and without.
//!
//! `cargo build && cargo test -p socklab --bin socklab -- --ignored record_again` records them
//! again.

#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use socklab_say::{Language, Speaker};
use socklab_scenario::exercise::{Built, CaseReport, Check, Code, Hints};
use socklab_scenario::{Course, IsolationWanted, PlaceWanted, Recording, Runner};

use super::story::{Order, again, story};
use super::subject::Subject;
use crate::output;
use crate::printer::Printer;

/// An exercise, a case of it, and a program in its folder that does not pass the case.
type Scene = (&'static str, &'static str, &'static str);

const SCENES: [Scene; 7] = [
    // Text in bytes, and a caret below a letter.
    ("tcp-server", "letters", "bugs/ascii-only.py"),
    ("tcp-server", "answer", "bugs/byte-order.c"),
    // An exception.
    ("tcp-server", "bytes", "bugs/only-text.py"),
    ("echo-server", "echo", "bugs/greets.py"),
    // Four columns.
    ("chat-server", "three", "bugs/only-one-other.py"),
    ("http-server", "page", "bugs/bare-line-ends.py"),
    ("ntp-client", "request", "bugs/no-mode.py"),
];

/// The folder in which the programs seem to have been run.
const HOME: &str = "/home/ana/redes";

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn file(scene: &Scene) -> PathBuf {
    let (exercise, case, _) = scene;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports");
    folder.join(format!("{exercise}-{case}.jsonl"))
}

fn name(scene: &Scene) -> String {
    Path::new(scene.2).file_name().unwrap().to_string_lossy().into_owned()
}

/// The lines that a report has about a case, with this width.
fn picture(scene: &Scene, speaker: Speaker, width: usize) -> Vec<String> {
    let recording = Recording::read(&std::fs::read(file(scene)).unwrap()).unwrap();
    let course = Course::built_in();
    let exercise = course.exercise(scene.0).unwrap();
    let case = exercise.cases.iter().find(|case| case.name == scene.1).unwrap();
    let verdict = case.judge(&recording);
    let done = CaseReport { case, verdict, recording: Some(recording) };
    let subject = Subject::Command(vec!["python3".to_owned(), name(scene), "{port}".to_owned()]);
    let hints = Hints::of(&course, scene.0).unwrap();
    let again = again(scene.0, scene.1, 7, &[], &subject);
    output::with_width(width, || story(speaker, &done, &subject, &hints, &again, Order::TopDown))
}

fn plain(lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect()
}

#[test]
fn a_report_looks_like_this() {
    let speaker = |tag: &str| Speaker::new(Language::find(tag).unwrap());
    for scene in &SCENES {
        let mut shown = String::new();
        for (tag, width) in [("en", 80), ("es", 60), ("en", 120)] {
            shown += &format!("{tag}, {width} columns:\n");
            shown += &plain(&picture(scene, speaker(tag), width)).join("\n");
            shown += "\n\n";
        }
        insta::assert_snapshot!(format!("{}-{}", scene.0, scene.1), shown);
    }
    // Escapes as text, so that somebody who looks at the picture sees them.
    let mut colours = String::new();
    let lines = picture(&SCENES[0], speaker("es"), 80).join("\n");
    write!(Printer(&mut colours), "{lines}").unwrap();
    insta::assert_snapshot!("colours", colours.replace('\x1b', "␛"));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for scene in &SCENES {
        for language in Language::all() {
            for width in [60, 80, 120] {
                let lines = plain(&picture(scene, Speaker::new(language), width));
                // What is to be typed again stays whole.
                for line in lines.iter().filter(|line| !line.contains("socklab check")) {
                    let wide = line.chars().count();
                    assert!(wide <= width, "{scene:?} in {language} at {width}: {line}");
                }
            }
        }
    }
}

#[test]
#[ignore = "runs programs, and writes the recordings that the other tests draw"]
fn record_again() {
    for scene in &SCENES {
        let (exercise, case, program) = scene;
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join(name(scene));
        std::fs::copy(root().join("course/exercises").join(exercise).join(program), &copy).unwrap();
        let exercise = Course::built_in().exercise(exercise).unwrap();
        let runner = Runner {
            binary: root().join("target/debug/socklab"),
            programs: Vec::new(),
            place: PlaceWanted::Private,
            isolation: IsolationWanted::Possible,
            hidden: Vec::new(),
            packets: true,
            seed: 7,
            careful: false,
            used: socklab_scenario::Used::default(),
        };
        let subject = Subject::source(copy.clone()).unwrap();
        let built = match &subject {
            Subject::Source { code: Code::Python, .. } => {
                let words = ["python3".to_owned(), name(scene)];
                let words: Vec<String> = words
                    .into_iter()
                    .chain(exercise.arguments.of("python").iter().cloned())
                    .collect();
                let mut built = Built::from_command(&words, &exercise.arguments).unwrap();
                built.submission.directory = Some(folder.path().to_owned());
                built
            }
            _ => subject.build(&exercise, &[]).unwrap(),
        };
        let check = Check {
            exercise: &exercise,
            submission: &built.submission,
            runner: &runner,
            only: Some(case),
        };
        let report = check.run(|_| true);
        let recording = report.cases[0].recording.as_ref().unwrap();
        let mut text = Vec::new();
        recording.write(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        // Nothing of this machine: neither its folders nor where its Python is. What a program
        // printed keeps its length.
        let own = |path: &Path| path.canonicalize().unwrap().display().to_string();
        let folder = own(folder.path());
        assert_eq!(folder.len(), HOME.len(), "{folder}");
        let tool = PathBuf::from(&built.submission.argv[0]);
        let prefix = tool.parent().and_then(Path::parent).unwrap().display().to_string();
        let python = &recording.variables.python;
        let places = [(&folder, HOME), (python, "/usr/bin/python3"), (&prefix, "/usr")];
        let text = places.iter().fold(text, |text, (from, to)| text.replace(from.as_str(), to));
        assert!(!text.contains(&own(root())));
        std::fs::write(file(scene), text).unwrap();
    }
}
