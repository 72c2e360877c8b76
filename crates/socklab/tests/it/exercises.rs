//! Exercises: each is proved by its own solutions and bugs; and whatever a submission does, its
//! check ends and leaves nothing behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::stage::own::Own;
use crate::stage::{Running, run, socklab};
use serde_json::Value;
use socklab_prerequisites::need;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A command with its own home directory: no student's progress is touched.
fn at_home(words: &[&str]) -> (Command, tempfile::TempDir) {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = socklab(words);
    command.env("XDG_STATE_HOME", home.path().join("state")).current_dir(home.path());
    (command, home)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in\n{text}"))
}

fn solution(exercise: &str, extension: &str) -> PathBuf {
    Path::new(ROOT).join(format!("course/exercises/{exercise}/solution.{extension}"))
}

/// Solutions earn all points, starters don't pass, each planted bug fails exactly its cases, and
/// programs written for the original assignment pass the core.
macro_rules! proves_itself {
    ($($test:ident $name:literal,)*) => { $(
        #[test]
        fn $test() {
            need!("python3");
            let words = ["course", "check", "--run", "--json", "--only", $name];
            let (mut command, _home) = at_home(&words);
            // Two dozen programs with a dozen cases each: no time limit except those of the cases.
            let output = command.current_dir(ROOT).output().expect("socklab");
            let report = json(&String::from_utf8_lossy(&output.stdout));
            assert_eq!(report["ok"], true, "{:#}", report["mistakes"]);
        }
    )* };
}

proves_itself! {
    socket_02 "socket-02",
    socket_03 "socket-03",
    socket_04 "socket-04",
    socket_05 "socket-05",
    server_03 "server-03",
    server_04 "server-04",
    server_05 "server-05",
    echo_server "echo-server",
    echo_client "echo-client",
    udp_client "udp-client",
    udp_server "udp-server",
    tcp_client "tcp-client",
    tcp_server "tcp-server",
    ntp_client "ntp-client",
    daytime_client "daytime-client",
    http_server "http-server",
    chat_server "chat-server",
    udp_file "udp-file",
}

#[test]
fn every_exercise_has_enough_planted_bugs() {
    let folder = Path::new(ROOT).join("course/exercises");
    let exercises = fs::read_dir(folder).expect("exercises").flatten();
    for exercise in exercises.map(|entry| entry.path()).filter(|path| path.is_dir()) {
        let bugs = fs::read_dir(exercise.join("bugs")).expect("bugs").flatten();
        let texts: Vec<_> =
            bugs.map(|bug| (bug.path(), fs::read_to_string(bug.path()).expect("text"))).collect();
        let least = if exercise.ends_with("-client") || !is_server(&exercise) { 3 } else { 5 };
        assert!(texts.len() >= least, "{}: {} bugs", exercise.display(), texts.len());
        let toml = fs::read_to_string(exercise.join("exercise.toml")).expect("toml");
        for (path, text) in texts {
            // The first line names the case, or the first of them, and so does the exercise.
            let (_, case) = text.lines().next().and_then(|line| line.split_once("Fails ")).unwrap();
            let (case, _) = case.split_once(": ").unwrap();
            let name = path.file_name().unwrap().to_string_lossy();
            let entry = format!("file = \"{name}\"\nfails = [\"{case}\"");
            assert!(toml.contains(&entry), "{}: {entry}", path.display());
        }
    }
}

fn is_server(exercise: &Path) -> bool {
    exercise.file_name().is_some_and(|name| name.to_string_lossy().contains("server"))
}

#[test]
fn the_page_shows_the_commands_of_the_language_chosen() {
    let (mut start, home) = at_home(&["exercise", "start", "server-03", "--in", "c"]);
    run(&mut start).exits(0);
    let page = home.path().join("server-03/README.md");
    let text = || fs::read_to_string(&page).expect("a page");
    assert!(text().contains("-pthread server-03.c -o server-03\n./server-03  "), "{}", text());
    assert!(!text().contains("python3") && !text().contains('{'), "{}", text());

    // If the exercise is started again in another language, the page changes, unless somebody has
    // edited it.
    let again = |code: &str| {
        let mut command = socklab(&["exercise", "start", "server-03", "--in", code]);
        command.env("XDG_STATE_HOME", home.path().join("state")).current_dir(home.path());
        run(&mut command).exits(0);
    };
    again("python");
    assert!(text().contains("python3 server-03.py  ") && !text().contains("gcc"), "{}", text());
    fs::write(&page, "mine").unwrap();
    again("rust");
    assert_eq!(text(), "mine");
}

#[test]
fn a_starter_is_written_kept_and_checked() {
    need!("python3");
    let (mut start, home) = at_home(&["exercise", "start", "echo-server", "--lang", "python"]);
    let said = run(&mut start).exits(0).text();
    assert!(said.contains("7 gaps") && said.contains("socklab check echo-server"), "{said}");
    let file = home.path().join("echo-server/echo-server.py");
    let starter = fs::read_to_string(&file).expect("a starter");
    assert!(starter.contains("# TODO 1 echo: Send each piece back"), "{starter}");
    assert!(!starter.contains("GAP") && !starter.contains("sendall(piece)"), "{starter}");

    let again = |words: &[&str]| {
        let mut command = socklab(words);
        command.env("XDG_STATE_HOME", home.path().join("state")).current_dir(home.path());
        run(&mut command)
    };
    // Without a command, `check` finds the program, here or in a folder below, and the first
    // message says what to do.
    let report = again(&["check", "echo-server"]).exits(1).text();
    assert!(report.contains("Gap 3, “reuse”, is still open in line"), "{report}");
    assert!(report.contains("NotImplementedError"), "{report}");
    let listed = again(&["exercise", "list"]).exits(0).text();
    let line = listed.lines().find(|line| line.contains("echo-server")).expect("a line");
    assert!(line.contains("0/6 0/"), "{line}");

    // A student's work is not touched; with --force, a copy is kept.
    fs::write(&file, "mine").expect("write");
    let refused = again(&["exercise", "start", "echo-server"]).exits(1);
    assert!(refused.errors.contains("it is not touched"), "{}", refused.errors);
    again(&["exercise", "start", "echo-server", "--force"]).exits(0);
    assert_eq!(fs::read_to_string(&file).expect("the starter"), starter);
    let kept = home.path().join("echo-server/echo-server.py.1.bak");
    assert_eq!(fs::read_to_string(kept).expect("the copy"), "mine");
}

#[test]
fn a_report_is_for_people_and_for_scripts() {
    need!("python3");
    let bug = Path::new(ROOT).join("course/exercises/tcp-server/bugs/ascii-only.py");
    let bug = bug.to_str().expect("a path");
    let words = ["check", "tcp-server", "--case", "letters", "--seed", "7"];
    let (mut people, _home) = at_home(&[&words[..], &["--lang", "es", "--", bug]].concat());
    let text = run(&mut people).exits(1).text();
    for wanted in ["letters: conoce las letras", "\"EL PINGÜINO", "^", "Pista:", "--seed 7"] {
        assert!(text.contains(wanted), "{wanted:?} is not in\n{text}");
    }
    let (mut script, _home) = at_home(&["check", "tcp-server", "--format", "json", "--", bug]);
    let report = json(&run(&mut script).exits(0).text());
    assert_eq!(report["passed"], true);
    assert_eq!(report["points"]["core"], serde_json::json!({ "earned": 6, "of": 6 }));
    let cases = report["cases"].as_array().expect("cases");
    let failed: Vec<_> = cases.iter().filter(|case| case["state"] == "failed").collect();
    assert!(failed.len() == 1 && failed[0]["name"] == "letters", "{failed:?}");
}

#[test]
fn a_missing_tool_is_not_the_students_fault() {
    let (mut command, _home) =
        at_home(&["check", "echo-server", "--", "python4", "x.py", "{port}"]);
    let ended = run(&mut command).exits(3);
    assert!(ended.errors.contains("python4 is not installed"), "{}", ended.errors);

    let file = solution("echo-server", "py");
    let words = ["check", "echo-server", "--format", "json", "--", file.to_str().expect("a path")];
    let (mut command, home) = at_home(&words);
    // An empty PATH.
    let ended = run(command.env("PATH", home.path())).exits(3);
    let report = json(&ended.text());
    assert!(report["passed"].is_null() && report["infra_error"].is_string(), "{report:#}");
}

#[test]
fn a_program_that_does_not_compile_is_reported_with_the_compilers_errors() {
    need!("gcc");
    let (mut command, home) = at_home(&["check", "echo-server", "--", "mine.c"]);
    fs::write(home.path().join("mine.c"), "int main(void) { return 0 }\n").expect("write");
    let text = run(&mut command).exits(1).text();
    assert!(text.contains("did not accept it") && text.contains("expected"), "{text}");
}

/// A check of a hostile program takes less than this, even on a busy machine.
const IN_TIME: Duration = Duration::from_secs(240);

/// Runs a check of a hostile program. It must end in time, leave nothing running, and give a clear
/// verdict.
fn survives(submission: &str) -> Value {
    survives_in(submission, &[])
}

/// As [`survives`], with more options.
fn survives_in(submission: &str, options: &[&str]) -> Value {
    let own = Own::new();
    let home = tempfile::tempdir().expect("a folder");
    // The interpreter has a path of its own, so that its processes can be recognised.
    let file = home.path().join(submission);
    fs::copy(Path::new(ROOT).join("fixtures/submissions").join(submission), &file).expect("copy");
    let file = file.to_str().expect("a path");
    let words = [&["check", "echo-server", "--format", "json"], options, &["--", file]].concat();
    let mut command = own.command(&words);
    command.env("XDG_STATE_HOME", home.path());
    let mut check = Running::start(&mut command);
    check.end_input();
    assert!(check.ends_within(IN_TIME), "{submission}: still checked after {IN_TIME:?}");
    let ended = check.finish();
    own.assert_nothing_left(submission);
    let left = running_with(file);
    assert!(left.is_empty(), "{submission} left {left:?}");
    let report = json(&ended.exits(1).text());
    assert_eq!(report["passed"], false, "{report:#}");
    report
}

/// The processes that have this word on their command line.
fn running_with(word: &str) -> Vec<String> {
    let processes = socklab_kernel::process::all().expect("/proc");
    let lines = processes.into_iter().filter_map(|number| {
        let line = socklab_kernel::process::arguments(number).0.join(" ");
        line.contains(word).then(|| format!("{number}: {line}"))
    });
    lines.collect()
}

#[test]
fn children_left_behind_are_killed_and_reported() {
    need!("python3");
    let report = survives("leaves-children.py");
    // When its second client has waited in vain, the server has long exited; in other cases the
    // check may kill it, and its children, before it exits.
    let cases = report["cases"].as_array().expect("cases");
    let next = cases.iter().find(|case| case["name"] == "next-client").expect("a case");
    let told = &next["conduct"];
    assert!(told.to_string().contains("left 5 running processes"), "{report:#}");
}

#[test]
fn a_program_that_ignores_signals_is_killed() {
    need!("python3");
    let report = survives("ignores-sigterm.py");
    assert_eq!(report["cases"][0]["state"], "timeout", "{report:#}");
}

#[test]
fn endless_output_is_truncated() {
    need!("python3");
    let report = survives("prints-without-end.py");
    assert_ne!(report["cases"][0]["state"], "passed", "{report:#}");
}

#[test]
fn a_program_that_never_reads_does_not_delay_the_check() {
    need!("python3");
    survives("never-reads.py");
}

#[test]
fn replies_cannot_be_forged() {
    need!("python3");
    let report = survives("forges-replies.py");
    let cases = report["cases"].as_array().expect("cases");
    let echo = cases.iter().find(|case| case["name"] == "echo").expect("a case");
    assert_ne!(echo["state"], "passed", "{report:#}");
    assert_eq!(report["points"]["core"]["earned"], 0, "{report:#}");
}

#[test]
fn a_program_that_fills_the_recording_is_judged_by_what_happened() {
    need!("python3");
    let report = survives_in("polls-without-end.py", &["--case", "echo"]);
    // On a busy machine, not even the peer gets as far as to receive nothing.
    let state = &report["cases"][0]["state"];
    assert!(state == "failed" || state == "timeout", "{report:#}");
    assert!(report["infra_error"].is_null(), "{report:#}");
}

#[test]
fn children_of_children_are_killed_too() {
    need!("python3");
    survives("fork-bomb.py");
}

#[test]
fn ten_at_once_with_the_same_port_do_not_interfere() {
    need!("python3");
    let file = Path::new(ROOT).join("course/exercises/echo-server/accepted/un-mensaje.py");
    let text = fs::read_to_string(&file).expect("a submission");
    assert!(text.contains("8888"), "its port is hard-coded");
    let words =
        ["check", "echo-server", "--format", "json", "--", "python3", file.to_str().expect("path")];
    let runs: Vec<_> = (0..10)
        .map(|_| {
            let (mut command, home) = at_home(&words);
            (Running::start(&mut command), home)
        })
        .collect();
    let reports: Vec<_> =
        runs.into_iter().map(|(run, _home)| json(&run.finish().exits(0).text())).collect();
    for report in &reports {
        assert_eq!((&report["place"], &report["passed"]), (&"private".into(), &true.into()));
        assert_eq!(report["points"], reports[0]["points"]);
    }
}

#[test]
fn what_a_program_did_wrong_comes_before_any_hint() {
    let python = need!("python3");
    let begin = "import socket, sys\ns = socket.socket()\n\
                 s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n\
                 s.bind(('', int(sys.argv[1])))\n";
    let listen = "s.listen(5)\n";
    for (case, program, said) in [
        ("echo", format!("{begin}s.accept()\n"), "which does not listen. Call bind, then listen"),
        ("echo", format!("{begin}{listen}s.accept()\ns.recv(9)\n"), "Descriptor 3 only listens: recv"),
        (
            "next-client",
            format!("{begin}{listen}while True:\n c, a = s.accept()\n while True: c.sendall(c.recv(9))\n"),
            "recv returning 0 bytes is not “nothing yet”: it is the end, for ever.",
        ),
        ("echo", format!("{begin}input('port? ')\n"), "it is waiting for somebody to type (stdin)"),
        (
            "echo",
            "import socket\nu = socket.socket(type=socket.SOCK_DGRAM)\nu.bind(('', 10000))\nu.recv(9)\n"
                .to_owned(),
            "server has a UDP socket; this exercise speaks TCP",
        ),
    ] {
        let (mut check, home) =
            at_home(&["check", "echo-server", "--case", case, "--", &python, "wrong.py", "{port}"]);
        fs::write(home.path().join("wrong.py"), program).expect("written");
        let report = run(&mut check).exits(1).text();
        let flat = report.split_whitespace().collect::<Vec<_>>().join(" ");
        let at = flat.find(said).unwrap_or_else(|| panic!("{said:?} is not in\n{report}"));
        // No hint comes before it; behind it, only one that knows what was done.
        let hint = flat.find("Hint:").map(|hint| hint + "Hint: ".len());
        assert!(hint.is_none_or(|hint| hint >= at), "{report}");
        for general in ["Send exactly what recv returned", "accept returns one client"] {
            assert!(!flat.contains(general), "{report}");
        }
    }
}

/// The course's own programs do this: they receive 16 bytes, print them, and receive the next.
#[test]
fn an_answer_printed_piece_by_piece_counts() {
    let python = need!("python3");
    let line =
        ["check", "tcp-client", "--case", "answer", "--", &python, "client.py", "{host}", "{port}"];
    let (mut check, home) = at_home(&line);
    let program = "import socket, sys\ns = socket.create_connection((sys.argv[1], int(sys.argv[2])))\n\
                   s.send(input('Frase: ').encode())\n\
                   while True:\n d = s.recv(16)\n if not d: break\n print(d.decode())\n";
    fs::write(home.path().join("client.py"), program).expect("written");
    run(&mut check).exits(0);
}

#[test]
fn a_server_that_does_not_close_is_not_advised_that_its_client_should() {
    let python = need!("python3");
    let line = ["check", "server-04", "--case", "close", "--", &python, "server.py"];
    let (mut check, home) = at_home(&line);
    let program = "import socket\ns = socket.create_server(('', 8888))\n\
                   c, a = s.accept()\nwhile d := c.recv(99): c.send(b'OK...' + d)\n";
    fs::write(home.path().join("server.py"), program).expect("written");
    let report = run(&mut check).exits(1).text();
    assert!(report.contains("should have received the end of the stream"), "{report}");
    assert!(!report.contains("nor closed"), "{report}");
}

#[test]
fn a_missing_file_is_not_reported_as_a_missing_interpreter() {
    let (mut check, _home) = at_home(&["check", "server-03", "--", "noexiste.py"]);
    assert!(run(&mut check).exits(2).errors.contains("there is no file noexiste.py here"));
}

#[test]
fn a_single_failing_robust_case_fails_the_check() {
    need!("python3");
    let bug =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../course/exercises/echo-server/bugs/tires.py");
    let check = |case| {
        let (mut check, _home) =
            at_home(&["check", "echo-server", "--case", case, "--format", "json", "--", bug]);
        let ended = run(&mut check);
        let report: serde_json::Value = serde_json::from_str(&ended.text()).expect("JSON");
        (ended.code, report["passed"].as_bool())
    };
    assert_eq!(check("megabyte"), (1, Some(false)));
    assert_eq!(check("bytes"), (0, Some(true)));
}
