//! Which course counts: every report says where its exercise comes from, a folder can be named or
//! ignored, and what a stranger left here is not run.

use std::fs;
use std::os::unix::fs::{chown, lchown, symlink};
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use socklab_prerequisites::{need, not_run};

use crate::stage::{Ended, run, socklab};

/// An "echo server" that need not do anything: what a student might bring along.
const NO_EXAM: &str = "format_version = 1\ntopic = \"tcp\"\n[[actor]]\nname = \"server\"\n\
    submission = true\n[[case]]\nname = \"echo\"\npoints = 6\n\
    title = { en = \"ends\", es = \"termina\" }\n\
    step = [{ start = \"server\", until = \"exited\" }]\n";

/// A folder with that exercise in its `course`.
struct Planted(tempfile::TempDir);

impl Planted {
    fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let exercise = home.path().join("course/exercises/echo-server");
        fs::create_dir_all(&exercise).expect("mkdir");
        fs::write(exercise.join("exercise.toml"), NO_EXAM).expect("write");
        for page in ["en.md", "es.md"] {
            fs::write(exercise.join(page), "# echo-server: nothing\n").expect("write");
        }
        Self(home)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, line: &str) -> Command {
        let mut command = socklab(&line.split(' ').collect::<Vec<_>>());
        command.current_dir(self.path()).env("XDG_STATE_HOME", self.path().join("state"));
        command.env_remove("SOCKLAB_COURSE").env_remove("SUDO_UID");
        command
    }

    fn type_in(&self, line: &str) -> Ended {
        run(&mut self.command(line))
    }

    /// The JSON of `socklab check echo-server LINE -- true`.
    fn check(&self, line: &str, variable: Option<&str>) -> Value {
        let line = format!("check echo-server --case echo --format json {line}-- true");
        let mut command = self.command(&line);
        command.envs(variable.map(|value| ("SOCKLAB_COURSE", value)));
        serde_json::from_slice(&run(&mut command).output).expect("JSON")
    }
}

#[test]
fn a_report_says_where_its_exercise_comes_from() {
    need!("true");
    let planted = Planted::new();
    let told = planted.type_in("check echo-server -- true").exits(0).text();
    let heading: Vec<&str> = told.lines().take(3).collect();
    assert!(heading[2].contains("from course, which replaces the built-in one"), "{told}");
    assert!(heading[2].contains("--builtin"), "{told}");
    let told = planted.type_in("check echo-server --case echo --builtin -- true").exits(1).text();
    assert!(
        told.lines().nth(2).is_some_and(|line| line.starts_with("built in, sha256 ")),
        "{told}"
    );
    // The command that repeats a case asks for the same course.
    assert!(told.contains("--builtin -- true"), "{told}");

    let folder = planted.path().join("course").canonicalize().expect("it is there");
    let folder = folder.to_str().expect("plain letters");
    let report = planted.check("", None);
    assert_eq!(
        (&report["passed"], &report["source"]["origin"]),
        (&true.into(), &"replaces".into())
    );
    assert_eq!(report["source"]["folder"], folder);
    assert_eq!(
        report["source"]["sha256"],
        sha256(&planted.path().join("course/exercises/echo-server"))
    );
    for (line, variable) in
        [("--builtin ", None), ("", Some("builtin")), ("--builtin ", Some(folder))]
    {
        let report = planted.check(line, variable);
        assert_eq!(report["source"]["origin"], "built-in", "{line} {variable:?}: {report:#}");
        assert_eq!(report["passed"], false);
    }
    // Elsewhere the folder counts only if it is named.
    let elsewhere = Planted::new();
    fs::remove_dir_all(elsewhere.path().join("course")).expect("rm");
    assert_eq!(elsewhere.check("", None)["source"]["origin"], "built-in");
    let named = format!("--course {folder} ");
    for (line, variable) in [(named.as_str(), None), ("", Some(folder)), (&named, Some("builtin"))]
    {
        let report = elsewhere.check(line, variable);
        assert_eq!(report["source"]["folder"], folder, "{line} {variable:?}: {report:#}");
    }
    // What is named is read exactly: nothing built in stands in for what it lacks.
    let lacks = elsewhere.type_in(&format!("check tcp-server --course {folder} -- true")).exits(2);
    assert!(lacks.errors.contains("no exercise “tcp-server”"), "{}", lacks.errors);
    let none = elsewhere.type_in("check echo-server --course . -- true").exits(2);
    assert!(none.errors.contains("there is no course in ."), "{}", none.errors);
}

/// What FORMAT.md says anybody can compute.
fn sha256(folder: &Path) -> String {
    let line = "find * -type f | LC_ALL=C sort | xargs sha256sum | sha256sum";
    let output = Command::new("sh").args(["-c", line]).current_dir(folder).output().expect("sh");
    String::from_utf8_lossy(&output.stdout).chars().take(64).collect()
}

#[test]
fn questions_and_a_whole_course_name_their_sources_too() {
    let planted = Planted::new();
    planted.type_in("course copy tcp-client-first").exits(0);
    let told = planted.type_in("what-if tcp-client-first").exits(0).text();
    assert!(told.contains("from course, the same as the built-in one, sha256 "), "{told}");
    let page = planted.path().join("course/questions/03-tcp-client-first/en.md");
    let text = fs::read_to_string(&page).expect("read");
    fs::write(&page, format!("{text}\n")).expect("write");
    let told = planted.type_in("what-if 3 --json").exits(0).text();
    let report: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(report["source"]["origin"], "replaces");
    let told = planted.type_in("course check --json").text();
    let report: Value = serde_json::from_str(&told).expect("JSON");
    let sources = &report["sources"];
    assert_eq!(sources["exercises/echo-server"]["origin"], "replaces");
    assert_eq!(sources["exercises/tcp-server"]["origin"], "built-in");
    assert_eq!(sources["questions/03-tcp-client-first"]["origin"], "replaces");
    let told = planted.type_in("course check").text();
    assert!(told.contains("exercises/echo-server: from course, which replaces"), "{told}");
    assert!(!told.contains("exercises/tcp-server"), "{told}");
    let report = planted.type_in("course check --builtin").exits(0).text();
    assert!(!report.contains("replaces"), "{report}");
}

/// A folder that somebody else left in a shared directory would run that user's commands.
#[test]
fn a_strangers_course_is_not_run() {
    const STRANGER: u32 = 65533;
    let planted = Planted::new();
    let course = planted.path().join("course");
    if chown(&course, Some(STRANGER), None).is_err() {
        not_run!("root");
    }
    let lines =
        ["check echo-server -- true", "what-if list", "exercise list", "list", "course check"];
    for line in lines.into_iter().chain(["course copy 3"]) {
        let refused = planted.type_in(line).exits(2);
        for wanted in ["course belongs to user 65533", "--course course", "--builtin"] {
            assert!(refused.errors.contains(wanted), "{line}: {}", refused.errors);
        }
    }
    // From below as well; whoever names it, trusts it.
    fs::create_dir(planted.path().join("below")).expect("mkdir");
    let below = run(planted.command("exercise list").current_dir(planted.path().join("below")));
    assert!(below.exits(2).errors.contains("../course belongs to"));
    planted.type_in("exercise list --builtin").exits(0);
    let named = planted.type_in("check echo-server --course course -- true").exits(0);
    assert!(named.text().contains("from course"), "{}", named.text());
    // Whoever became root with sudo may have a course.
    run(planted.command("exercise list").env("SUDO_UID", "65533")).exits(0);
    run(planted.command("exercise list").env("SUDO_UID", "65532")).exits(2);

    // A file in a folder of ours, and a link to a folder of ours.
    chown(&course, Some(0), None).expect("chown");
    planted.type_in("exercise list").exits(0);
    chown(course.join("exercises/echo-server/exercise.toml"), Some(STRANGER), None).expect("chown");
    let refused = planted.type_in("exercise list").exits(2);
    assert!(refused.errors.contains("course/exercises/echo-server/exercise.toml belongs"));
    chown(course.join("exercises/echo-server/exercise.toml"), Some(0), None).expect("chown");
    fs::rename(&course, planted.path().join("real")).expect("rename");
    symlink("real", &course).expect("ln");
    planted.type_in("exercise list").exits(0);
    lchown(&course, Some(STRANGER), None).expect("chown");
    planted.type_in("exercise list").exits(2);
}
