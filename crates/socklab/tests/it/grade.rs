//! `grade`: a class is graded once, whatever happens meanwhile.
//!
//! Longer than 400 lines, because all of it grades small classes on one stage.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::Signal;
use serde_json::Value;
use socklab_prerequisites::{need, not_run};

use crate::stage::{Ended, Running, Terminal, run, socklab};

const EXERCISES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../course/exercises");

/// A class that hands in programs of the course, and what grading it leaves.
pub(crate) struct School(tempfile::TempDir);

impl School {
    /// `students` are their ids, and the programs of the exercise that they hand in.
    pub(crate) fn of(exercise: &str, students: &[(&str, &str)]) -> Self {
        let school = Self(tempfile::tempdir().expect("a folder"));
        for folder in ["tmp", "class"] {
            fs::create_dir(school.path(folder)).expect("a folder");
        }
        for (id, program) in students {
            school.hand_in(exercise, id, program);
        }
        school
    }

    pub(crate) fn hand_in(&self, exercise: &str, id: &str, program: &str) {
        let program = Path::new(EXERCISES).join(exercise).join(program);
        let folder = self.path("class").join(id);
        fs::create_dir_all(&folder).expect("a folder");
        let name = format!("server.{}", program.extension().expect("one").to_string_lossy());
        fs::copy(program, folder.join(name)).expect("a file");
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = socklab(&["grade"]);
        command.current_dir(self.0.path()).args(arguments);
        command.env("TMPDIR", self.path("tmp")).env("XDG_STATE_HOME", self.path("state"));
        command
    }

    /// Grades with these arguments; `None` where a sandbox is refused.
    pub(crate) fn grade(&self, arguments: &[&str]) -> Option<Ended> {
        let ended = run(&mut self.command(arguments));
        let refused = ended.code == 3 && ended.errors.contains("can't be contained");
        (!refused).then_some(ended)
    }

    pub(crate) fn book(&self) -> Value {
        let text = fs::read(self.path("out/gradebook.json")).expect("a gradebook");
        serde_json::from_slice(&text).expect("JSON")
    }

    /// How many results were kept since the beginning.
    pub(crate) fn kept(&self) -> usize {
        let text = fs::read_to_string(self.path("out/results.jsonl")).expect("a journal");
        text.lines().filter(|line| line.starts_with("{\"result\"")).count()
    }

    /// Nothing is left in the folder for temporary files.
    pub(crate) fn is_tidy(&self) -> bool {
        fs::read_dir(self.path("tmp")).expect("a folder").count() == 0
    }
}

/// The table without what a second run does not have again: how long it took.
pub(crate) fn table(ended: &Ended) -> String {
    let text = ended.text();
    text.split("\nTook ").next().unwrap_or_default().to_owned()
}

const CLASS: [(&str, &str); 3] =
    [("ana", "solution.py"), ("eva", "bugs/no-loop.py"), ("luis", "bugs/one-recv.py")];
const GRADE: [&str; 6] = ["echo-server", "class", "-o", "out", "-j", "2"];

/// A class that is graded, or why it can't be here.
macro_rules! graded {
    ($ended:expr) => {
        match $ended {
            Some(ended) => ended,
            None => not_run!("a sandbox"),
        }
    };
}
pub(crate) use graded;

#[test]
fn a_class_is_graded_once_and_again_only_what_changed() {
    need!("python3");
    let school = School::of("echo-server", &CLASS);
    fs::create_dir(school.path("class/nobody")).expect("a folder");
    let first = graded!(school.grade(&GRADE)).exits(0);
    let points = |book: &Value, at: usize| book["results"][at]["points"]["core"]["earned"].clone();
    let book = school.book();
    assert_eq!([0, 1, 2].map(|at| points(&book, at)), [6, 3, 6].map(Value::from), "{book:#}");
    assert_eq!(book["results"][3]["state"], "no-submission");
    let case = &book["results"][1]["cases"][1];
    assert_eq!((&case["name"], &case["state"]), (&"next-client".into(), &"failed".into()));
    assert!(case["did"]["text"].is_string() && case["problem"].is_string(), "{case:#}");
    assert!(!case.to_string().contains("/socklab-"), "{case:#}");
    for file in ["page", "recording"] {
        let path = case["files"][file].as_str().expect("a path");
        assert!(school.path("out").join(path).is_file(), "{path}");
    }
    let again = case["again"].as_str().expect("a command");
    assert!(again.starts_with("socklab check echo-server --case next-client --seed "), "{again}");
    let used = &book["results"][0]["used"];
    assert!(used["memory"].as_u64().is_some_and(|it| (1 << 20..1 << 30).contains(&it)), "{used}");
    // Who handed in nothing is not run, and found again at once.
    assert_eq!(school.kept(), 3);

    // Nothing is run twice.
    let second = school.grade(&GRADE).expect("a sandbox").exits(0);
    assert_eq!((table(&first), school.kept()), (table(&second), 3));
    // But what was handed in again.
    school.hand_in("echo-server", "eva", "solution.py");
    school.grade(&GRADE).expect("a sandbox").exits(0);
    assert_eq!((points(&school.book(), 1), school.kept()), (6.into(), 4));
    assert!(school.is_tidy());

    // Where robust cases count, one that the machine failed to run is no zero: it is run again.
    let journal = school.path("out/results.jsonl");
    let before = fs::read_to_string(&journal).expect("a journal");
    let lines = before.lines().map(|line| {
        let mut value: Value = serde_json::from_str(line).expect("JSON");
        if value["result"]["graded"]["student"]["id"] == "ana" {
            value["result"]["graded"]["cases"][3]["state"] = "infra-error".into();
        }
        format!("{value}\n")
    });
    fs::write(&journal, lines.collect::<String>()).expect("a journal");
    school.grade(&GRADE).expect("a sandbox").exits(0);
    assert_eq!(school.kept(), 4);
    // Nor is there a ladder of what is not handed in any more.
    let ladder = school.path("out/students/eva/echo.html");
    assert!(ladder.is_file());
    fs::remove_file(school.path("class/eva/server.py")).expect("a file");
    school.grade(&[&GRADE[..], &["--count", "all"]].concat()).expect("a sandbox").exits(0);
    let book = school.book();
    assert_eq!((&book["results"][0]["points"]["robust"]["earned"], school.kept()), (&12.into(), 5));
    assert_eq!(book["results"][1]["state"], "no-submission");
    assert!(!ladder.exists());
}

#[test]
fn what_could_not_be_printed_is_not_graded_first() {
    let school = School::of("echo-server", &CLASS[..2]);
    for (formats, why) in [
        (&["--format", "moodle", "--format", "canvas"][..], "only one format can be printed"),
        (&["--format", "gradescope"], "this format is about one submission"),
    ] {
        let ended = graded!(school.grade(&[&["echo-server", "class"], formats].concat())).exits(2);
        assert!(ended.errors.contains(why) && !ended.errors.contains("ana"), "{ended:?}");
    }
}

#[test]
fn a_grading_that_was_killed_goes_on_and_comes_to_the_same() {
    need!("python3");
    let school = School::of("echo-server", &CLASS);
    let with_seed = [&GRADE[..], &["--seed", "5"]].concat();
    let one_by_one = [&with_seed[..4], &["-j", "1", "--seed", "5"]].concat();
    let running = Running::start(&mut school.command(&one_by_one));
    // A line tells of the first that is done.
    if !running.wait_for_error_or_end("ana") {
        not_run!("a sandbox");
    }
    running.signal(Signal::KILL);
    assert_eq!(running.finish().code, 137);
    let kept = school.kept();
    assert!((1..3).contains(&kept), "{kept}");
    let resumed = school.grade(&with_seed).expect("a sandbox").exits(0);
    assert_eq!(school.kept(), 3);
    fs::rename(school.path("out"), school.path("killed")).expect("rename");
    let whole = school.grade(&with_seed).expect("a sandbox").exits(0);
    assert_eq!(table(&resumed), table(&whole));
}

#[test]
fn an_interrupt_keeps_what_is_done_and_says_how_to_go_on() {
    need!("python3");
    let school = School::of("echo-server", &CLASS);
    let one_by_one = [&GRADE[..4], &["-j", "1"]].concat();
    let running = Running::start(&mut school.command(&one_by_one));
    if !running.wait_for_error_or_end("ana") {
        not_run!("a sandbox");
    }
    running.signal(Signal::INT);
    let ended = running.finish();
    assert_eq!(ended.code, 130, "{ended:?}");
    assert!(ended.errors.contains("The same command goes on"), "{ended:?}");
    assert!(school.kept() >= 1 && school.is_tidy());
    // What there is can be looked at.
    assert!(ended.errors.contains("out/class.html"), "{ended:?}");
    let states = || {
        let results = school.book()["results"].as_array().expect("results").clone();
        let state = |one: &Value| one["state"].as_str().expect("a state").to_owned();
        results.iter().map(state).collect::<Vec<_>>()
    };
    let before = states();
    assert_eq!((before[0].as_str(), before[2].as_str()), ("graded", "pending"), "{before:?}");
    let page = || fs::read_to_string(school.path("out/class.html")).expect("a page");
    assert!(page().contains("Not finished"), "{}", page());
    let grades = || fs::read_to_string(school.path("out/grades.csv")).expect("a table");
    assert!(grades().contains("\nluis,,,pending,,6,,,,"), "{}", grades());
    assert!(school.path("out/students/ana/report.html").is_file());
    // On a terminal a bar says how far it is. What is kept takes no time, so nothing follows from it.
    let shown = Terminal::start(&mut school.command(&GRADE), 100, 30).all();
    let at = |done: &str| shown.find(done).unwrap_or_else(|| panic!("{done} in {shown}"));
    let places = ["░ 0/3 \r", "░ 1/3 \r", "░ 2/3 about ", "█ 3/3 \r", "eva "].map(at);
    assert!(places.is_sorted(), "{shown}");
    assert_eq!(school.kept(), 3);
    assert!(states().iter().all(|state| state == "graded"));
    assert!(!page().contains("Not finished") && !grades().contains("pending"));
}

#[test]
fn what_was_not_reached_is_no_zero_and_comes_later() {
    need!("python3");
    let school = School::of("echo-server", &CLASS[..2]);
    let late = [&GRADE[..], &["--deadline", "0.001"]].concat();
    let ended = graded!(school.grade(&late)).exits(3);
    assert!(ended.errors.contains("that is no zero"), "{ended:?}");
    let book = school.book();
    for result in book["results"].as_array().expect("results") {
        assert_eq!((&result["state"], &result["points"]), (&"pending".into(), &Value::Null));
    }
    school.grade(&GRADE).expect("a sandbox").exits(0);
    assert_eq!(school.book()["results"][0]["points"]["core"]["earned"], 6);
}

#[test]
fn a_corrected_exercise_grades_everybody_again_and_shows_what_changed() {
    need!("python3");
    let school = School::of("echo-server", &CLASS[..2]);
    let copied =
        run(socklab(&["course", "copy", "echo-server", "course"]).current_dir(school.0.path()))
            .exits(0);
    drop(copied);
    graded!(school.grade(&GRADE)).exits(0);
    let file = school.path("course/exercises/echo-server/exercise.toml");
    let text = fs::read_to_string(&file).expect("an exercise");
    // Both of them pass the first case: let its points be others.
    let corrected = text.replacen("points = ", "points = 1", 1);
    assert_ne!(text, corrected);
    fs::write(&file, corrected).expect("a file");
    let ended = school.grade(&GRADE).expect("a sandbox").exits(0);
    assert!(ended.text().contains("Different for 2 students"), "{}", ended.text());
    assert_eq!(school.kept(), 4);
    let rows = fs::read_to_string(school.path("out/differences.csv")).expect("a table");
    assert!(rows.contains("ana,") && rows.contains("eva,"), "{rows}");
    // The same again changes nothing, and shows the same.
    let again = school.grade(&GRADE).expect("a sandbox").exits(0);
    assert_eq!((table(&again), school.kept()), (table(&ended), 4));
    // To be graded again without a reason has to be asked for.
    let asked = [&GRADE[..], &["--regrade"]].concat();
    let ended = school.grade(&asked).expect("a sandbox").exits(0);
    assert!(!ended.text().contains("Different for"), "{}", ended.text());
    assert_eq!(school.kept(), 6);
}

#[test]
fn parts_of_a_class_come_to_the_same_as_the_whole() {
    need!("python3");
    let school = School::of("echo-server", &CLASS);
    for (part, shard) in [("part-1", "1/2"), ("part-2", "2/2")] {
        let part = ["echo-server", "class", "-o", part, "--shard", shard];
        graded!(school.grade(&part)).exits(0);
    }
    let merged = school.grade(&["merge", "part-1", "part-2", "-o", "merged"]).expect("no sandbox");
    let merged = merged.exits(0);
    let whole = school.grade(&GRADE).expect("a sandbox").exits(0);
    assert_eq!(table(&merged), table(&whole));
    assert!(school.path("merged/students/luis/echo.html").is_file());
    // What was merged is a folder of results like any other: nothing is run again.
    let seed = fs::read(school.path("merged/gradebook.json")).expect("a gradebook");
    let seed: Value = serde_json::from_slice(&seed).expect("JSON");
    let seed = seed["assignment"]["seed"].to_string();
    let on = ["echo-server", "class", "-o", "merged", "--seed", &seed];
    let ended = school.grade(&on).expect("a sandbox").exits(0);
    assert!(ended.errors.is_empty(), "{ended:?}");
}

#[test]
fn a_folder_that_can_not_be_the_one_is_refused() {
    let school = School::of("echo-server", &CLASS[..1]);
    fs::create_dir(school.path("out")).expect("a folder");
    fs::write(school.path("out/thesis.tex"), "").expect("a file");
    let ended = graded!(school.grade(&GRADE)).exits(2);
    assert!(ended.errors.contains("no results of a grading"), "{ended:?}");
    assert!(school.path("out/thesis.tex").is_file());
    let nowhere = ["echo-server", "no-class", "-o", "other"];
    school.grade(&nowhere).expect("a sandbox").exits(2);
    assert!(!school.path("other").exists());
}

#[test]
fn what_is_not_there_is_said_in_the_reader_s_language_with_what_to_try() {
    let school = School::of("echo-server", &CLASS[..1]);
    fs::create_dir(school.path("empty")).expect("a folder");
    for (arguments, object, what) in [
        (&["groups", "nowhere"][..], "nowhere", "no hay resultados"),
        (&["groups", "empty"], "empty", "no hay resultados"),
        (&["merge", "nowhere", "-o", "out"], "nowhere", "no hay resultados"),
        (&["exam", "nowhere", "answers.csv"], "nowhere", "no hay resultados"),
        (&["echo-server", "nowhere"], "nowhere", "no hay nada"),
        (&["echo-server", "class", "--roster", "list.csv"], "list.csv", "no hay nada"),
        (&["echo-server", "class", "--roster", "class"], "class", "hace falta un archivo"),
        (&["echo-server", "class", "--pack", "pack"], "pack", "no hay nada"),
    ] {
        let ended = run(school.command(arguments).args(["--lang", "es"])).exits(2);
        assert!(ended.errors.contains(object) && ended.errors.contains(what), "{ended:?}");
        assert!(!ended.errors.contains("os error"), "{ended:?}");
        assert!(ended.errors.lines().count() >= 2, "nothing to try: {ended:?}");
    }
}

#[test]
fn two_gradings_do_not_write_into_one_folder() {
    let school = School::of("echo-server", &CLASS[..1]);
    fs::create_dir(school.path("out")).expect("a folder");
    let journal = fs::File::create(school.path("out/results.jsonl")).expect("a file");
    journal.lock().expect("flock");
    let second = graded!(school.grade(&GRADE)).exits(2);
    assert!(second.errors.contains("another grading"), "{second:?}");
}

/// A case that students don't have.
pub(crate) const PACK: &str = r#"format_version = 1
topic = "tcp"
port = 8007

[[actor]]
name = "server"
submission = true

[[peer]]
name = "ana"

[[case]]
name = "secret-word"
title.en = "a word that nobody knows comes back"
title.es = "vuelve una palabra que nadie conoce"
points = 2

[[case.step]]
start = "server"
until = "listening"

[[case.step]]
peer = "ana"
do = [{ connect = "server" }, { send = "abracadabra" }, { expect = "abracadabra" }, "close"]
"#;

#[test]
fn of_hidden_cases_a_student_sees_the_name_and_the_points_only() {
    need!("python3");
    let school = School::of("echo-server", &[("ana", "bugs/strips.py")]);
    fs::create_dir(school.path("pack")).expect("a folder");
    fs::write(school.path("pack/exercise.toml"), PACK).expect("a file");
    let with_pack = [&GRADE[..], &["--pack", "pack", "--format", "gradescope"]].concat();
    graded!(school.grade(&with_pack)).exits(0);
    let book = school.book();
    assert_eq!(book["assignment"]["pack"]["name"], "pack");
    assert_eq!(book["results"][0]["points"]["core"]["of"], 8, "{book:#}");
    // The teacher has its ladder, beside what can be handed out.
    assert!(school.path("out/hidden/ana/secret-word.html").is_file());
    for entry in fs::read_dir(school.path("out/students/ana")).expect("a folder") {
        let text = fs::read(entry.expect("an entry").path()).expect("a file");
        assert!(!String::from_utf8_lossy(&text).contains("abracadabra"));
    }
    for file in ["report.txt", "report.html", "results.json"] {
        let path = school.path("out/students/ana").join(file);
        let text = fs::read_to_string(&path).expect("a file");
        assert!(text.contains("secret-word"), "{file}: {text}");
        assert!(!text.contains("that nobody knows"), "{file}: {text}");
    }
    // The teacher's command repeats it, from wherever it is typed; nobody else has it.
    let hidden =
        &book["results"][0]["cases"].as_array().expect("cases").last().expect("one")["again_here"];
    let command = hidden.as_str().expect("a command");
    let words: Vec<&str> = command.split(' ').collect();
    assert_eq!(
        words[..5],
        ["socklab", "check", "echo-server", "--case", "secret-word"],
        "{command}"
    );
    let mut again = socklab(&words[1..]);
    again
        .current_dir("/")
        .env("TMPDIR", school.path("tmp"))
        .env("XDG_STATE_HOME", school.path("state"));
    let again = run(&mut again).exits(0);
    assert!(
        again.text().contains("2/2  secret-word") && again.text().contains("Hidden cases: pack"),
        "{again:?}"
    );
    for file in ["report.txt", "report.html", "results.json"] {
        let path = school.path("out/students/ana").join(file);
        assert!(!fs::read_to_string(&path).expect("a file").contains("--pack"), "{file}");
    }
    let page = fs::read_to_string(school.path("out/class.html")).expect("a page");
    assert!(page.contains("--pack"), "the teacher's page has no command");
    // Another pack is another judge.
    let other = PACK.replace("points = 2", "points = 3");
    fs::write(school.path("pack/exercise.toml"), other).expect("a file");
    let ended = school.grade(&with_pack).expect("a sandbox").exits(0);
    assert!(ended.text().contains("Different for one student"), "{}", ended.text());
    assert_eq!(school.kept(), 2);
}

#[test]
fn a_comment_for_a_group_stands_in_the_reports_of_its_members() {
    need!("python3");
    let school =
        School::of("echo-server", &[("ana", "bugs/no-loop.py"), ("eva", "bugs/no-loop.py")]);
    graded!(school.grade(&GRADE)).exits(0);
    let comments = school.path("out/comments.toml");
    let text = fs::read_to_string(&comments).expect("a file");
    assert_eq!(text.matches("[[group]]").count(), 1, "{text}");
    fs::write(&comments, text.replace("comment = \"\"", "comment = \"Ask me on Friday.\""))
        .expect("a file");
    school.grade(&["groups", "out"]).expect("no sandbox").exits(0);
    for id in ["ana", "eva"] {
        let report = school.path("out/students").join(id).join("report.txt");
        let report = fs::read_to_string(report).expect("a report");
        assert!(report.contains("Ask me on Friday."), "{report}");
    }
    // What is no file of comments is left as it is.
    fs::write(&comments, "nonsense").expect("a file");
    let ended = school.grade(&["groups", "out"]).expect("no sandbox").exits(2);
    assert!(ended.errors.contains("comments.toml"), "{ended:?}");
    assert_eq!(fs::read_to_string(&comments).expect("a file"), "nonsense");
}

/// How often a class is graded again; and then many programs are, of many exercises.
const SOAK: &str = "SOCKLAB_SOAK";

/// Programs that have been seen, or may be thought, to behave by chance: they end while somebody comes,
/// leave somebody waiting, serve a crowd at once, or are ended.
const SOAKED: [(&str, &[&str]); 6] = [
    (
        "echo-server",
        &[
            "bugs/no-loop.py",
            "solution.py",
            "bugs/blocks-the-second.py",
            "bugs/loop-variable.c",
            "bugs/ten-clients.c",
        ],
    ),
    ("server-05", &["solution.py", "bugs/waits-for-two.py", "bugs/shared-variable.py"]),
    ("tcp-client", &["solution.py", "bugs/one-recv.py", "bugs/refused-is-fine.py"]),
    ("udp-server", &["solution.py", "bugs/no-loop.py", "bugs/answers-twice.py"]),
    ("http-server", &["solution.py"]),
    ("chat-server", &["solution.py", "bugs/half-lines.py", "bugs/keeps-the-dead.py"]),
];

/// With `SOCKLAB_SOAK=100 cargo test -p socklab --test it again_and_again` each program is run so often.
#[test]
fn a_class_that_is_graded_again_and_again_comes_to_the_same() {
    need!("python3");
    let often = std::env::var(SOAK).ok().filter(|times| times.parse::<u32>().is_ok());
    let (times, exercises) = match &often {
        Some(times) => (times.as_str(), &SOAKED[..]),
        None => ("2", &[("echo-server", &["bugs/no-loop.py"] as &[&str])][..]),
    };
    for (exercise, programs) in exercises {
        let class: Vec<(String, &str)> =
            programs.iter().map(|program| (program.replace(['/', '.'], "-"), *program)).collect();
        let class: Vec<(&str, &str)> =
            class.iter().map(|(id, program)| (&**id, *program)).collect();
        let school = School::of(exercise, &class);
        let again = [exercise, "class", "--soak", times, "--load", "2"];
        let ended = graded!(school.grade(&again)).exits(0);
        let text = ended.text();
        assert!(text.contains("every case came to the same"), "{text}");
        assert!(text.contains("everybody behaved the same every time"), "{text}");
        let round =
            format!("Round {times} of {times}: every case came to the same, everybody behaved");
        assert!(ended.errors.contains(&round), "{ended:?}");
    }
}

#[test]
fn who_behaves_in_several_ways_is_named_with_the_case_that_shows_it() {
    need!("python3");
    let school = School::of("echo-server", &[]);
    // What it is sent differs with the seed. Either way it fails the same cases.
    let program = "import socket, sys\n\
        s = socket.create_server(('', int(sys.argv[1])))\n\
        while True:\n    \
            c, _ = s.accept()\n    \
            if sum(c.recv(99)) % 2: c.sendall(b'\\0\\0')\n    \
            c.close()\n";
    fs::create_dir(school.path("class/ana")).expect("a folder");
    fs::write(school.path("class/ana/server.py"), program).expect("a file");
    let again = ["echo-server", "class", "--soak", "2", "--seed", "1"];
    let ended = graded!(school.grade(&again)).exits(1);
    let text = ended.text();
    for part in [
        "every case came to the same every time",
        "and one submission did not behave the same every time",
        "ana  behaves in different ways",
        "To see it, run echo: in answer to turn 1 of alice,",
        "zero bytes of its own",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn the_attempt_that_counts_is_the_one_that_was_asked_for() {
    need!("python3");
    let school = School::of("echo-server", &[]);
    for (attempt, program) in
        [("1", "bugs/no-loop.py"), ("2", "solution.py"), ("3", "bugs/greets.py")]
    {
        let program = Path::new(EXERCISES).join("echo-server").join(program);
        let folder = school.path("class/ana").join(attempt);
        fs::create_dir_all(&folder).expect("a folder");
        fs::copy(program, folder.join("server.py")).expect("a file");
    }
    let mut points = Vec::new();
    for (which, number) in [("first", 1), ("best", 2), ("last", 3)] {
        let grade = ["echo-server", "class", "--format", "json", "--attempt", which];
        let ended = graded!(school.grade(&grade)).exits(0);
        let book: Value = serde_json::from_str(&ended.text()).expect("JSON");
        let ana = &book["results"][0];
        assert_eq!((&ana["attempt"]["number"], &ana["attempt"]["of"]), (&number.into(), &3.into()));
        points.push(ana["points"]["core"]["earned"].as_u64().expect("points"));
    }
    assert!(points[0] < points[1] && points[2] < points[1], "{points:?}");
    assert_eq!(points[1], 6);
}

/// What the table says of a result that is no proof.
const WITHOUT: &str = "without a sandbox";

#[test]
fn without_a_sandbox_every_result_is_marked() {
    need!("python3");
    let school = School::of("echo-server", &CLASS[..2]);
    let grade = [&GRADE[..], &["--unsafe", "--format", "gradescope"]].concat();
    let ended = run(&mut school.command(&grade)).exits(0);
    let text = ended.text();
    let marked = text.lines().filter(|line| line.contains(WITHOUT)).count();
    assert_eq!(marked, 2, "{ended:?}");
    let book = school.book();
    for at in [0, 1] {
        let graded = &book["results"][at];
        assert!(graded["unsafe_because"].is_string(), "{graded:#}");
        let again = graded["cases"][0]["again"].as_str().expect("a command");
        assert!(!again.contains("--sandbox"), "{again}");
    }
    let grades = fs::read_to_string(school.path("out/grades.csv")).expect("grades");
    let head: Vec<&str> = grades.lines().next().expect("a head").split(',').collect();
    let at = head.iter().position(|name| *name == "unsafe").expect("a column");
    assert!(grades.lines().skip(1).all(|row| row.split(',').nth(at) == Some("yes")), "{grades}");
    for file in ["students/ana/report.txt", "students/eva/report.html", "class.html"] {
        let text = fs::read_to_string(school.path("out").join(file)).expect("a file");
        assert!(text.contains("sandbox"), "{file}");
    }
    let text = fs::read(school.path("out/students/ana/results.json")).expect("a file");
    let result: Value = serde_json::from_slice(&text).expect("JSON");
    assert!(result["extra_data"]["unsafe"].is_string(), "{result:#}");
    assert!(school.is_tidy());
}

/// Behind a filter that refuses new user namespaces; see `fixtures/confined`.
#[test]
fn where_there_is_no_sandbox_nothing_is_graded_and_the_fix_is_said() {
    need!("python3");
    let school = School::of("echo-server", &CLASS[..1]);
    let confined = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/confined/confined.py");
    let mut command = crate::stage::program("python3");
    command.args([confined, "docker", env!("CARGO_BIN_EXE_socklab"), "grade"]).args(GRADE);
    command.current_dir(school.path("")).env("TMPDIR", school.path("tmp"));
    let ended = run(command.env("XDG_STATE_HOME", school.path("state")));
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(ended.errors.contains("can't be contained"), "{ended:?}");
    assert!(ended.errors.contains("--unsafe"), "no way out: {ended:?}");
    assert!(!school.path("out").exists() && school.is_tidy());
}

/// The results are on a disk that gets full, in a namespace of their own, and that grows later.
#[test]
fn a_full_disk_keeps_what_was_graded_and_goes_on_when_there_is_room() {
    need!("python3");
    need!("unshare");
    let school = School::of("echo-server", &[("ana", "solution.py"), ("eva", "solution.py")]);
    let script = "mkdir disk; mount -t tmpfs -o size=8m none disk
        grade() { \"$0\" grade echo-server class -o disk/out -j 1 --seed 5 >\"$1\" 2>\"$1.err\"; }
        code=0; grade first || code=$?; echo $code >first.code
        cp disk/out/results.jsonl kept.jsonl
        mount -o remount,size=200m disk
        code=0; grade second || code=$?; echo $code >second.code
        cp disk/out/results.jsonl all.jsonl";
    let mut command = crate::stage::program("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-ec", script]);
    command.arg(env!("CARGO_BIN_EXE_socklab")).current_dir(school.path(""));
    command.env("TMPDIR", school.path("tmp")).env("XDG_STATE_HOME", school.path("state"));
    // Two gradings in one command.
    let running = Running::start(&mut command);
    running.ends_within(crate::stage::PATIENCE);
    let ended = running.finish();
    let read = |name: &str| fs::read_to_string(school.path(name)).unwrap_or_default();
    if ended.code != 0 || read("first.err").contains("can't be contained") {
        not_run!("a sandbox in a mount namespace");
    }
    assert_eq!(read("first.code").trim(), "3", "{}", read("first.err"));
    assert!(read("first.err").contains("disk/out/"), "{}", read("first.err"));
    let results =
        |name: &str| read(name).lines().filter(|it| it.starts_with("{\"result\"")).count();
    let kept = results("kept.jsonl");
    assert_eq!(kept, 1, "{}", read("first.err"));
    assert_eq!(read("second.code").trim(), "0", "{}", read("second.err"));
    assert_eq!(results("all.jsonl"), 2, "each once");
    assert!(read("second").contains("eva"), "{}", read("second"));
}
