//! `check --sandbox`, and a compiler that does what a file says: what can be seen, changed and used.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;
use socklab_prerequisites::{need, not_run};

use crate::grade::PACK;
use crate::stage::{run, socklab};

/// The JSON report on one case of echo-server.
fn check(folder: &Path, options: &[&str], program: &[&str]) -> Value {
    let mut command = socklab(&[]);
    command.current_dir(folder).env("XDG_STATE_HOME", folder.join("state"));
    command.env("TMPDIR", folder.join("tmp")).env("TOKEN", "1");
    command.args(["check", "echo-server", "--case", "port", "--format", "json"]);
    command.args(options).arg("--").args(program);
    let ended = run(&mut command);
    serde_json::from_slice(&ended.output).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("tmp")).expect("a folder");
    folder
}

/// Where a sandbox is refused, the reason.
fn refused(report: &Value) -> Option<String> {
    let problem = report["cases"][0]["problem"].as_str().unwrap_or_default();
    (report["cases"][0]["state"] == "infra-error").then(|| problem.to_owned())
}

#[test]
fn a_submission_in_a_sandbox_sees_and_changes_only_its_own_folder() {
    need!("python3");
    let (folder, elsewhere) = (folder(), folder());
    fs::write(elsewhere.path().join("secret"), "treasure").expect("a file");
    let work = folder.path().join("work");
    fs::create_dir(&work).expect("a folder");
    let text = "import os\n\
                print('own', len(open('own.txt').read()))\n\
                open('new.txt', 'w').write('x')\n\
                for tried in (lambda: open('SECRET'), lambda: open('/etc/socklab-test', 'w')):\n    \
                    try:\n        tried()\n        print('reached')\n    \
                    except OSError:\n        print('refused')\n\
                print('variable', os.environ.get('TOKEN'))\n";
    let secret = elsewhere.path().join("secret").display().to_string();
    fs::write(work.join("look.py"), text.replace("SECRET')", &format!("{secret}')")))
        .expect("a file");
    fs::write(work.join("own.txt"), "12345").expect("a file");
    let report = check(&work, &["--sandbox"], &["python3", "look.py"]);
    if let Some(why) = refused(&report) {
        not_run!(&format!("a sandbox ({why})"));
    }
    let problem = report["cases"][0]["problem"].as_str().expect("a problem");
    for wanted in ["own 5", "refused\n    refused", "variable None"] {
        assert!(problem.contains(wanted), "{wanted}: {problem}");
    }
    assert!(!problem.contains("reached"), "{problem}");
    assert!(!work.join("new.txt").exists());
}

#[test]
fn the_folder_of_an_interpreter_is_not_the_submissions_own() {
    const PYTHON: &str = "/usr/bin/python3";
    if !Path::new(PYTHON).exists() {
        not_run!(PYTHON);
    }
    let folder = folder();
    let text = "import os\n\
                for tried in (lambda: open('/usr/bin/socklab-test', 'w'), lambda: os.unlink('/usr/bin/env')):\n    \
                    try:\n        tried()\n        print('reached')\n    \
                    except OSError:\n        print('refused')\n\
                open('new.txt', 'w').write('x')\n\
                print('own', open('new.txt').read())\n";
    fs::write(folder.path().join("writes.py"), text).expect("a file");
    let report = check(folder.path(), &["--sandbox"], &[PYTHON, "writes.py"]);
    if let Some(why) = refused(&report) {
        not_run!(&format!("a sandbox ({why})"));
    }
    let problem = report["cases"][0]["problem"].as_str().expect("a problem");
    assert!(problem.contains("refused\n    refused\n    own x"), "{problem}");
    let sightings = report["sightings"].to_string();
    assert!(sightings.contains("wrote-outside"), "{report:#}");
    assert!(sightings.contains("/usr/bin/socklab-test"), "{report:#}");
    assert!(!sightings.contains("new.txt"), "{report:#}");
}

#[test]
fn a_submission_that_takes_too_much_memory_fails_for_that() {
    need!("python3");
    let folder = folder();
    let text = "a = []\nwhile True:\n    a.append(bytearray(16 << 20))\n";
    fs::write(folder.path().join("eats.py"), text).expect("a file");
    let report = check(folder.path(), &["--sandbox"], &["python3", "eats.py"]);
    if let Some(why) = refused(&report) {
        not_run!(&format!("a sandbox ({why})"));
    }
    let case = &report["cases"][0];
    assert_eq!(case["state"], "failed", "{report:#}");
    assert!(case["problem"].as_str().expect("a problem").contains("1024 MiB"), "{report:#}");
}

#[test]
fn without_isolation_a_report_says_so() {
    need!("python3");
    let folder = folder();
    fs::write(folder.path().join("ends.py"), "").expect("a file");
    let report = check(folder.path(), &["--no-sandbox"], &["python3", "ends.py"]);
    assert_eq!(report["isolated"], false, "{report:#}");
}

#[test]
fn a_compiler_that_works_nowhere_is_not_blamed_on_the_file() {
    let folder = folder();
    let tools = folder.path().join("tools");
    fs::create_dir(&tools).expect("a folder");
    let gcc = tools.join("gcc");
    fs::write(&gcc, "#!/bin/sh\necho cannot execute cc1 >&2\nexit 1\n").expect("a file");
    fs::set_permissions(&gcc, fs::Permissions::from_mode(0o755)).expect("a file");
    fs::write(folder.path().join("right.c"), "int main(void) { return 0; }\n").expect("a file");
    let mut command = socklab(&["check", "echo-server", "--format", "json", "--", "right.c"]);
    command.current_dir(folder.path()).env("PATH", format!("{}:/usr/bin:/bin", tools.display()));
    command.env("XDG_STATE_HOME", folder.path().join("state"));
    let ended = run(&mut command);
    let report: Value = serde_json::from_slice(&ended.output).expect("JSON");
    assert_eq!(report["passed"], Value::Null, "{report:#}");
    assert!(report["infra_error"].as_str().expect("a reason").contains("cannot execute cc1"));
}

#[test]
fn a_compiler_does_not_see_hidden_cases() {
    need!("gcc");
    let folder = folder();
    fs::create_dir(folder.path().join("pack")).expect("a folder");
    fs::write(folder.path().join("pack/exercise.toml"), PACK).expect("a file");
    let text = "#include \"pack/exercise.toml\"\nint main(void) { return 0; }\n";
    fs::write(folder.path().join("reads.c"), text).expect("a file");
    fs::write(folder.path().join("waits.py"), "import time\ntime.sleep(9)\n").expect("a file");
    let options = ["--sandbox", "--pack", "pack"];
    if let Some(why) = refused(&check(folder.path(), &options, &["python3", "waits.py"])) {
        not_run!(&format!("a sandbox ({why})"));
    }
    let report = check(folder.path(), &options, &["reads.c"]);
    let said = report["build_error"]["output"].as_str().expect("what the compiler said");
    assert!(said.contains("No such file") && !said.contains("format_version"), "{said}");
}

#[test]
fn a_program_in_a_sandbox_may_be_started_in_an_empty_home() {
    need!("python3");
    let (folder, home) = (folder(), folder());
    let program = folder.path().join("ends.py");
    fs::write(&program, "import os; print('at', os.getcwd(), os.listdir('.'))\n").expect("a file");
    let mut command = socklab(&["check", "echo-server", "--case", "port", "--format", "json"]);
    command.current_dir(home.path()).env("HOME", home.path()).args(["--sandbox", "--", "python3"]);
    let ended = run(command.arg(&program));
    let report: Value = serde_json::from_slice(&ended.output).expect("JSON");
    let problem = report["cases"][0]["problem"].as_str().expect("a problem");
    if refused(&report).is_some() && !problem.contains("chdir") {
        not_run!(&format!("a sandbox ({problem})"));
    }
    assert!(problem.contains(&format!("at {} []", home.path().display())), "{report:#}");
}

#[test]
fn a_source_that_is_no_file_is_called_what_it_is() {
    let folder = folder();
    let fifo = folder.path().join("server.py");
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, 0o600.into()).expect("a FIFO");
    for (file, kind) in [("server.py", "a FIFO"), ("/dev/zero", "a device")] {
        let ended = run(socklab(&["check", "echo-server", "--", file]).current_dir(folder.path()));
        assert!(ended.errors.contains(kind), "{ended:?}");
        assert_eq!(ended.code, 2, "{ended:?}");
    }
}

#[test]
fn a_progress_file_that_is_none_is_never_waited_for() {
    let folder = folder();
    let state = folder.path().join("state/socklab");
    fs::create_dir_all(&state).expect("a folder");
    let fifo = state.join("progress");
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, 0o600.into()).expect("a FIFO");
    let mut command = socklab(&["list"]);
    command.env("XDG_STATE_HOME", folder.path().join("state"));
    let ended = run(&mut command);
    assert!(!ended.output.is_empty());
    // A folder is said to be one, and what is no text costs no line that is.
    fs::remove_file(&fifo).expect("unlink");
    fs::create_dir(&fifo).expect("a folder");
    assert!(run(&mut command).exits(0).errors.contains("not a progress file"));
    fs::remove_dir(&fifo).expect("rmdir");
    fs::write(&fifo, b"1 what-if \xff\xfe right\n1 what-if tcp-client-first right\n")
        .expect("a file");
    let told = run(&mut command).exits(0);
    assert!(told.text().contains("✓ question  tcp-client-first"), "{told:?}");
}

#[test]
fn a_lack_of_descriptors_is_not_the_programs_fault() {
    need!("sh");
    let folder = folder();
    let socklab = env!("CARGO_BIN_EXE_socklab");
    let script = format!("ulimit -n 8; exec '{socklab}' check echo-server -- true");
    let mut command = crate::stage::program("sh");
    command.args(["-c", &script]).env("XDG_STATE_HOME", folder.path());
    let ended = run(&mut command);
    assert_eq!(ended.code, 3, "{ended:?}");
}

/// The exit codes of a cell of the table of options: `0 or 1`, `3`.
fn codes(cell: &str) -> String {
    let cell = cell.split('(').next().unwrap_or_default();
    let code = cell.rsplit("exit ").next().unwrap_or_default();
    code.rsplit(", ").next().unwrap_or_default().trim().replace(" o ", " or ")
}

#[test]
fn help_and_reference_say_the_same_about_isolation() {
    let reference = include_str!("../../../../course/FORMAT.md");
    let helps = ["en", "es"].map(|language| {
        let help = run(&mut socklab(&["check", "--help", "--lang", language])).exits(0).text();
        let table = help.lines().skip_while(|line| !line.contains("(socklab course format)"));
        let mut table = table.take_while(|line| !line.is_empty());
        assert!(table.all(|line| line.chars().count() <= 80), "{help}");
        help
    });
    for option in ["--no-sandbox", "--require-isolation", "--sandbox"] {
        let row = reference.lines().find(|line| line.starts_with(&format!("| `{option}` |")));
        let cells: Vec<&str> = row.expect("a row").split('|').skip(2).take(3).collect();
        let mut wanted: Vec<String> = Vec::new();
        for cell in cells {
            let same = cell.trim() == "the same";
            wanted.push(if same { wanted[wanted.len() - 1].clone() } else { codes(cell) });
        }
        for help in &helps {
            let is_row = |line: &&str| {
                line.trim_start().starts_with(&format!("{option}  ")) && line.contains(", ")
            };
            let row = help.lines().find(|line| {
                is_row(line) && line.trim_end().ends_with(|c: char| c.is_ascii_digit())
            });
            let cells =
                row.expect("a row").split("  ").map(str::trim).filter(|cell| !cell.is_empty());
            let told: Vec<String> = cells.skip(1).map(codes).collect();
            assert_eq!(told, wanted, "{option}: {help}");
        }
    }
}

#[test]
fn a_submission_reads_no_secret_of_root_and_takes_no_more_than_its_share() {
    need!("python3");
    if !rustix::process::geteuid().is_root()
        || fs::read("/etc/shadow").map_or(0, |it| it.len()) == 0
    {
        not_run!("root, and /etc/shadow");
    }
    let folder = folder();
    let text = "print('read', len(open('/etc/shadow').read()))\n";
    fs::write(folder.path().join("reads.py"), text).expect("a file");
    for options in [&[][..], &["--sandbox"]] {
        let report = check(folder.path(), options, &["python3", "reads.py"]);
        if report["isolated"] != true {
            not_run!(&format!("isolation ({report:#})"));
        }
        let problem = report["cases"][0]["problem"].as_str().expect("a problem");
        assert!(problem.contains("read 0"), "{options:?}: {problem}");
    }
    // Bounded: it could start no more than these.
    let text = "import threading, time\nfor _ in range(700):\n    \
        threading.Thread(target=time.sleep, args=(30,)).start()\ntime.sleep(30)\n";
    fs::write(folder.path().join("many.py"), text).expect("a file");
    for options in [&[][..], &["--no-sandbox"]] {
        let report = check(folder.path(), options, &["python3", "many.py"]);
        assert_eq!(report["cases"][0]["state"], "failed", "{options:?}: {report:#}");
        let problem = report["cases"][0]["problem"].as_str().expect("a problem");
        assert!(problem.contains("512"), "{options:?}: {report:#}");
    }
}
