//! What this machine or this session lacks is never the fault of a program that is checked: exit code
//! 3, no points, no hint, and what to do about it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;
use socklab_kernel::process;
use socklab_prerequisites::{need, not_run};

use crate::stage::{Ended, PATIENCE, Running, program, run, socklab};

const SOCKLAB: &str = env!("CARGO_BIN_EXE_socklab");
const SOLUTION: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../course/exercises/echo-server/solution.py");
const ECHO: &str = "check echo-server --builtin --case echo";

/// A shell script in a folder of its own, which is also its home.
fn script(folder: &Path, script: &str) -> Command {
    let mut command = program("bash");
    command.current_dir(folder).env("HOME", folder).env_remove("XDG_STATE_HOME");
    command.args(["-c", script, SOCKLAB]);
    command
}

/// The report says what is missing, and nothing about the program.
fn says_nothing_about_the_program(text: &Ended, json: &Ended, why: &str) {
    assert_eq!((text.code, json.code), (3, 3), "{why}: {text:?} {json:?}");
    let told = text.text() + &text.errors;
    assert!(told.contains(why), "{why}: {told}");
    for word in ["points", "Hint", "panicked", "0/"] {
        assert!(!told.contains(word), "{word}: {told}");
    }
    let report: Value = serde_json::from_slice(&json.output).expect("JSON");
    assert!(report["passed"].is_null() && report["points"].is_null(), "{report:#}");
    assert!(report["infra_error"].as_str().expect("a reason").contains(why), "{report:#}");
}

#[test]
fn what_a_session_lacks_is_said_and_no_program_is_blamed_for_it() {
    need!("bash");
    need!("python3");
    let folder = tempfile::tempdir().expect("a folder");
    for (limit, why) in [
        ("ulimit -n 8", "may open only 8 files"),
        ("ulimit -n 32", "may open only 32 files"),
        ("ulimit -v 100000", "only 97 MiB of addresses"),
        ("ulimit -f 0", "only 0 KiB"),
        ("ulimit -t 5", "only 5 s"),
    ] {
        let line =
            |more| format!("{limit}; exec \"$0\" {ECHO} {more} -- python3 {SOLUTION} {{port}}");
        let [text, json] =
            ["", "--format json"].map(|more| run(&mut script(folder.path(), &line(more))));
        says_nothing_about_the_program(&text, &json, why);
    }
    // A soft limit is raised.
    let line = format!("ulimit -S -n 32; exec \"$0\" {ECHO} -- python3 {SOLUTION} {{port}}");
    run(&mut script(folder.path(), &line)).exits(0);
}

#[test]
fn too_few_processes_are_not_the_programs_fault() {
    need!("bash");
    need!("python3");
    let folder = tempfile::tempdir().expect("a folder");
    // The limit does not bind root, so become somebody else, who may run a copy of the binary.
    let open = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o755));
    open(folder.path()).expect("chmod");
    let copy = folder.path().join("socklab");
    let mut prefix = String::new();
    if rustix::process::geteuid().is_root() {
        need!("setpriv");
        fs::copy(SOCKLAB, &copy).expect("a copy");
        fs::copy(SOLUTION, folder.path().join("solution.py")).expect("a copy");
        open(&copy).expect("chmod");
        prefix = "setpriv --reuid=65533 --regid=65533 --clear-groups ".to_owned();
    }
    let (binary, solution) = match prefix.as_str() {
        "" => (SOCKLAB.to_owned(), SOLUTION),
        _ => (copy.display().to_string(), "solution.py"),
    };
    for (most, why) in [(1, "clone"), (12, "more threads could be started here")] {
        let [text, json] = ["", "--format json"].map(|more| {
            let inner = format!(
                "ulimit -u {most}; exec {binary} {ECHO} {more} -- python3 {solution} {{port}}"
            );
            run(&mut script(folder.path(), &format!("exec {prefix}bash -c '{inner}'")))
        });
        if text.errors.contains("fork:") || text.errors.contains("setpriv:") {
            not_run!(&format!("another user ({})", text.errors));
        }
        if most == 1 {
            assert_eq!(text.code, 3, "{text:?}");
            continue;
        }
        says_nothing_about_the_program(&text, &json, why);
    }
}

/// A file system of its own in `full`, with no room, and then the script.
fn where_it_is_full(folder: &Path, then: &str) -> Option<Ended> {
    let mut command = program("unshare");
    command.current_dir(folder).env("HOME", folder).env_remove("XDG_STATE_HOME");
    let script = format!(
        "mkdir -p full && mount -t tmpfs -o size=16k,nr_inodes=40 tmpfs full || exit 77\n\
         head -c 16k /dev/zero > full/all 2>/dev/null\n{then}"
    );
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script, SOCKLAB]);
    Some(run(&mut command)).filter(|ended| ended.code != 77 && !ended.errors.contains("unshare:"))
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing_half_written() {
    need!("unshare");
    need!("gcc");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("right.c"), "int main(void) { return 0; }\n").expect("a file");
    // What goes wrong, and what is in the full folder afterwards.
    for (then, wanted) in [
        ("TMPDIR=$PWD/full \"$0\" check echo-server -- right.c", "No space left on device"),
        ("\"$0\" course copy echo-server full/course", "No space left on device"),
        ("\"$0\" exercise start echo-server full/echo", "No space left on device"),
        ("\"$0\" trace -o full/run.jsonl -- true", "No space left on device"),
        ("\"$0\" man full", "No space left on device"),
    ] {
        let Some(ended) = where_it_is_full(
            folder.path(),
            &format!("{then}; code=$?\nls -A full full/* >&2; exit $code"),
        ) else {
            not_run!("user namespaces with a file system in memory");
        };
        assert_eq!(ended.code, 3, "{then}: {ended:?}");
        assert!(ended.errors.contains(wanted), "{then}: {ended:?}");
        let left = ended.errors.lines().skip_while(|line| !line.starts_with("full:"));
        let left: Vec<&str> = left.filter(|line| !line.is_empty()).collect();
        for partial in [".socklab", "exercise.toml", "echo-server.", "run.jsonl", ".tmp", ".1"] {
            assert!(!left.iter().any(|line| line.contains(partial)), "{then}: {left:?}");
        }
    }
}

#[test]
fn without_proc_nobody_is_judged() {
    need!("unshare");
    need!("python3");
    let folder = tempfile::tempdir().expect("a folder");
    let run = |more: &str| {
        let mut command = program("unshare");
        command.current_dir(folder.path()).env("HOME", folder.path());
        let script = format!(
            "mount -t tmpfs none /proc || exit 77; exec \"$0\" {ECHO} {more} -- python3 {SOLUTION} {{port}}"
        );
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script, SOCKLAB]);
        run(&mut command)
    };
    let (text, json) = (run(""), run("--format json"));
    if text.code == 77 || text.errors.contains("unshare:") {
        not_run!("user namespaces");
    }
    says_nothing_about_the_program(&text, &json, "/proc does not show this process");
}

/// A compiler that waits for ever keeps the check where it has a scratch folder. Each signal arrives
/// twice: while the compiler's cell is being made, and when the compiler runs.
#[test]
fn a_signal_leaves_neither_folder_nor_process() {
    need!("gcc");
    let home = tempfile::tempdir().expect("a folder");
    let [scratch, work] = ["scratch", "work"].map(|name| home.path().join(name));
    fs::create_dir(&scratch).expect("a folder");
    // Of the home folder itself, a compiler sees nothing but the file.
    fs::create_dir(&work).expect("a folder");
    rustix::fs::mkfifoat(rustix::fs::CWD, work.join("ff"), 0o600.into()).expect("a FIFO");
    fs::write(work.join("waits.c"), "#include \"ff\"\n").expect("a file");
    let signals = [Signal::INT, Signal::TERM, Signal::QUIT, Signal::HUP];
    for (signal, early) in signals.into_iter().flat_map(|it| [(it, true), (it, false)]) {
        let mut command = socklab(&["check", "echo-server", "--builtin", "--", "waits.c"]);
        command.current_dir(&work).env("HOME", home.path()).env("TMPDIR", &scratch);
        let running = Running::start(&mut command);
        let deadline = Instant::now() + PATIENCE;
        let below = || process::descendants(running.pid()).into_iter().map(|(pid, _)| pid);
        let compiler =
            |pid: &u32| process::arguments(*pid).0.first().is_some_and(|it| it.ends_with("cc1"));
        while !(fs::read_dir(&scratch).expect("a folder").count() == 1
            && below().any(|it| early || compiler(&it)))
        {
            assert!(Instant::now() < deadline, "no compiler");
            std::thread::sleep(Duration::from_millis(2));
        }
        for entry in fs::read_dir(&scratch).expect("a folder").flatten() {
            let mode = entry.metadata().expect("a folder").permissions().mode() & 0o777;
            assert_eq!(mode, 0o700, "{:?}", entry.path());
        }
        let children: Vec<u32> = below().collect();
        running.signal(signal);
        let ended = running.finish();
        assert_eq!(ended.code, 128 + signal.as_raw(), "{ended:?}");
        assert_eq!(fs::read_dir(&scratch).expect("a folder").count(), 0, "{signal:?}");
        let lives = |pid: &u32| process::state(*pid, *pid).is_some_and(|state| !state.has_ended());
        while children.iter().any(lives) {
            assert!(Instant::now() < deadline, "{signal:?}: left behind");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

#[test]
fn a_program_that_removes_itself_is_to_blame() {
    need!("bash");
    need!("python3");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("server");
    let solution = fs::read_to_string(SOLUTION).expect("the solution");
    let removes = "#!/usr/bin/env python3\nimport os\nos.remove(__file__)\n";
    fs::write(&path, format!("{removes}{solution}")).expect("a program");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("executable");
    let line =
        "exec \"$0\" check echo-server --builtin --no-sandbox --format json -- ./server {port}";
    let ended = run(&mut script(folder.path(), line));
    assert_eq!(ended.code, 1, "{ended:?}");
    let report: Value = serde_json::from_slice(&ended.output).expect("JSON");
    let cases = report["cases"].as_array().expect("cases");
    assert_eq!((&cases[0]["state"], &cases[1]["state"]), (&"passed".into(), &"failed".into()));
}
