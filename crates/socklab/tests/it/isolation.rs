//! A submission can't reach those who judge it, kills nobody but itself, and is not to blame when
//! the whole machine stands still.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use socklab_kernel::process::{self, SystemCall};
use socklab_prerequisites::{need, not_run};

use crate::stage::{PATIENCE, Running, program, run, socklab};

const SUBMISSIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/submissions");

fn submission(name: &str) -> String {
    format!("{SUBMISSIONS}/{name}")
}

/// The JSON report on one case of echo-server.
fn check(mut command: Command, case: &str, program: &[&str]) -> Value {
    let home = tempfile::tempdir().expect("a folder");
    command.env("XDG_STATE_HOME", home.path());
    command.args(["check", "echo-server", "--case", case, "--format", "json", "--"]);
    command.args(program).arg("{port}");
    let ended = run(&mut command);
    serde_json::from_slice(&ended.output).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

#[test]
fn a_submission_reaches_nobody() {
    need!("python3");
    let report = check(socklab(&[]), "next-client", &["python3", &submission("reaches-out.py")]);
    if report["isolated"] != true {
        not_run!(&format!("process namespaces ({})", report["not_isolated"]));
    }
    assert_eq!(report["cases"][0]["state"], "passed", "{report:#}");
}

#[test]
fn who_kills_everybody_is_failed_for_it() {
    need!("python3");
    let failed = |command, isolated: bool| {
        let report = check(command, "echo", &["python3", &submission("kills-everybody.py")]);
        assert_eq!(report["cases"][0]["state"], "failed", "{report:#}");
        assert!(!isolated || report["not_isolated"].is_null(), "{report:#}");
    };
    failed(socklab(&[]), true);
    if !has_scopes() {
        not_run!("landlock's scopes (Linux 6.12)");
    }
    // Without a process namespace there is nothing but landlock between the two. To be safe, they
    // are in a process namespace nevertheless, which refuses to have another one inside.
    let unshare = need!("unshare");
    let alone = socklab_without_namespaces(&unshare, &["--pid", "--fork", "--mount-proc"]);
    if !Command::new(unshare)
        .args(["--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "true"])
        .output()
        .is_ok_and(|done| done.status.success())
    {
        not_run!("user namespaces");
    }
    failed(alone, false);
}

/// socklab where it can make no namespaces.
fn socklab_without_namespaces(unshare: &str, but: &[&str]) -> Command {
    let mut command = program(unshare);
    command.args(["--user", "--map-root-user"]).args(but);
    let script = "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$@\"";
    command.args(["sh", "-c", script, "sh", env!("CARGO_BIN_EXE_socklab")]);
    command
}

#[test]
fn nothing_stays_mounted_on_the_machine() {
    need!("python3");
    let unshare = need!("unshare");
    // Root, who may mount, where no namespace can be had.
    let mut command = program(&unshare);
    let script = "cd /tmp && mounts() { cat /proc/self/mountinfo; }; before=$(mounts)\n\
        echo 0 > /proc/sys/user/max_user_namespaces || exit 77\n\
        \"$@\" > /dev/null; test \"$before\" = \"$(mounts)\"";
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
    command.args([env!("CARGO_BIN_EXE_socklab"), "check", "echo-server", "--case", "port-taken"]);
    let home = tempfile::tempdir().expect("a folder");
    command.env("XDG_STATE_HOME", home.path()).args(["--", "python3", "-c", "pass"]);
    match run(&mut command).code {
        0 => {}
        1 => panic!("something is mounted that was not"),
        _ => not_run!("user namespaces"),
    }
}

/// A robust case that can't be run here says nothing about the core, and is no lost point.
#[test]
fn a_robust_case_that_needs_a_place_of_its_own_leaves_the_core_its_verdict() {
    need!("python3");
    let unshare = need!("unshare");
    let solution =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../course/exercises/socket-03/solution.py");
    let home = tempfile::tempdir().expect("a folder");
    let check = |words: &[&str]| {
        let mut command = socklab_without_namespaces(&unshare, &[]);
        command.env("XDG_STATE_HOME", home.path()).args(["check", "socket-03", "--builtin"]);
        run(command.args(words).args(["--", solution]))
    };
    if check(&["--case", "connect"]).code != 0 {
        not_run!("user namespaces");
    }
    let all = check(&["--format", "json"]);
    let report: Value = serde_json::from_slice(&all.output).expect("JSON");
    assert_eq!((all.code, &report["passed"]), (0, &Value::Bool(true)), "{report:#}");
    assert_eq!(report["points"]["core"]["earned"], report["points"]["core"]["of"]);
    assert!(report["points"]["robust"].is_null() && report["infra_error"].is_null(), "{report:#}");
    let cases = report["cases"].as_array().expect("cases");
    let unknown: Vec<_> = cases.iter().filter(|one| one["state"] == "infra-error").collect();
    assert!(unknown.len() == 1 && unknown[0]["name"] == "real-name", "{unknown:?}");
    assert!(unknown[0]["points"].is_null(), "{unknown:?}");
    // Where nothing else was asked, nothing is known.
    assert_eq!(check(&["--case", "real-name"]).code, 3);
}

/// A script that starts the server in the background, whether it waits for it or not, is the server
/// with all it has started.
#[test]
fn what_a_program_has_started_is_killed_with_it() {
    need!("python3");
    let unshare = need!("unshare");
    let solution =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../course/exercises/echo-server/solution.py");
    for script in ["python3 \"$1\" \"$2\" & wait", "python3 \"$1\" \"$2\" &"] {
        for command in [socklab(&[]), socklab_without_namespaces(&unshare, &[])] {
            let report = check(command, "restart", &["sh", "-c", script, "sh", solution]);
            assert_eq!(report["cases"][0]["state"], "passed", "{script}: {report:#}");
        }
    }
}

/// Whether the kernel's landlock can keep signals in.
fn has_scopes() -> bool {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut numbers = release.split('.').map_while(|part| part.parse::<u32>().ok());
    let known = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (6, 12);
    let modules = fs::read_to_string("/sys/kernel/security/lsm").unwrap_or_default();
    known && (modules.is_empty() || modules.contains("landlock"))
}

#[test]
fn without_isolation_the_report_says_so_first() {
    need!("python3");
    let unshare = need!("unshare");
    let mut command = socklab_without_namespaces(&unshare, &[]);
    let home = tempfile::tempdir().expect("a folder");
    command.env("XDG_STATE_HOME", home.path());
    command.args(["check", "echo-server", "--case", "port-taken", "--", "python3", "-c", "pass"]);
    let told = run(&mut command).text();
    if told.contains("unshare:") || !told.contains("points") {
        not_run!("user namespaces");
    }
    let warning = told.find("was not isolated").expect("a warning");
    assert!(warning < told.find("port-taken").expect("a case"), "{told}");
}

/// An exercise whose deadlines are short.
const HASTY: &str = "format_version = 1\ntopic = \"tcp\"\n[[actor]]\nname = \"server\"\n\
    submission = true\n[[case]]\nname = \"listens\"\npoints = 1\ndeadline_ms = 5000\n\
    title = { en = \"listens\", es = \"escucha\" }\n\
    step = [{ start = \"server\", until = \"listening\", within_ms = 5000 }]\n";

#[test]
fn a_pause_of_the_machine_is_nobodys_fault() {
    need!("python3");
    let home = tempfile::tempdir().expect("a folder");
    let exercise = home.path().join("course/exercises/hasty");
    fs::create_dir_all(&exercise).expect("mkdir");
    fs::write(exercise.join("exercise.toml"), HASTY).expect("write");
    for page in ["en.md", "es.md"] {
        fs::write(exercise.join(page), "# hasty: listens\n").expect("write");
    }
    let file = home.path().join("server.py");
    fs::copy(submission("waits-for-a-signal.py"), &file).expect("copy");
    let mut command = socklab(&["check", "hasty", "--format", "json", "--course"]);
    command.arg(home.path().join("course")).args(["--", "python3"]).arg(&file).arg("{port}");
    command.current_dir(home.path()).env("XDG_STATE_HOME", home.path().join("state"));
    let running = Running::start(&mut command);
    let program = await_waiting(&file);
    // The whole of socklab, while it waits for the program.
    let stopped = all_of(running.pid());
    stopped.iter().for_each(|pid| signal(*pid, Signal::STOP));
    // More than the case has: this is the pause itself, not a wait for something.
    std::thread::sleep(Duration::from_secs(8));
    stopped.iter().for_each(|pid| signal(*pid, Signal::CONT));
    signal(program, Signal::USR1);
    let ended = running.finish();
    let report: Value = serde_json::from_slice(&ended.output).expect("JSON");
    assert_eq!(report["cases"][0]["state"], "passed", "{report:#}");
}

/// A process and those it has started, but for the programs that are checked.
fn all_of(launcher: u32) -> Vec<u32> {
    let socklab = PathBuf::from(env!("CARGO_BIN_EXE_socklab"));
    let all = process::descendants(launcher).into_iter().map(|(pid, _)| pid);
    let ours = all.filter(|pid| process::executable(*pid).as_deref() == Some(&socklab));
    [launcher].into_iter().chain(ours).collect()
}

fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}

/// Waits until a process runs this file and waits for a signal.
fn await_waiting(file: &Path) -> u32 {
    /// On x86-64, the only processor that programs are checked on.
    const RT_SIGTIMEDWAIT: i64 = 128;
    let word = file.to_str().expect("a path");
    let is_waiting = |pid: &u32| {
        let call = process::system_call(*pid, *pid);
        let waits = matches!(call, Ok(SystemCall::Inside { number: RT_SIGTIMEDWAIT, .. }));
        waits && process::arguments(*pid).0.iter().any(|argument| argument == word)
    };
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = process::all().expect("/proc").into_iter().find(is_waiting);
        match found {
            Some(pid) => return pid,
            None => assert!(Instant::now() < deadline, "it waits for no signal"),
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
