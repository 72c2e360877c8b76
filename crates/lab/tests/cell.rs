//! Nothing outside a cell can be seen or reached from inside, and nothing inside outlives it.

use std::fs;
use std::io::Read as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use socklab_lab::{Cell, CellOptions};

fn options() -> CellOptions {
    let mut options = CellOptions::default();
    options.own_user = true;
    options
}

/// A cell, or `None` and a word about it where the kernel refuses one.
fn cell(options: &CellOptions) -> Option<Cell> {
    match Cell::open(options) {
        Ok(cell) => Some(cell),
        Err(refusal) => {
            socklab_prerequisites::say_not_run("cell", &format!("user namespaces ({refusal})"));
            None
        }
    }
}

fn shell(cell: &Cell, script: &str) -> Output {
    let mut command = Command::new("sh");
    cell.contain(command.args(["-c", script])).expect("descriptors");
    command.output().expect("sh")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_program_sees_only_itself() {
    let Some(cell) = cell(&options()) else { return };
    let seen = text(&shell(&cell, "echo /proc/[0-9]*; echo $$"));
    let lines: Vec<&str> = seen.lines().collect();
    // Its parent, the first process, is hidden: the program may not trace it.
    assert_eq!(lines, ["/proc/2", "2"], "{seen}");
}

#[test]
fn the_first_process_shows_nothing() {
    let Some(cell) = cell(&options()) else { return };
    let tried = "kill -9 1; cat /proc/1/environ /proc/1/maps; ls /proc/1/fd; readlink /proc/1/exe; \
                 head -c 1 /proc/1/mem; kill -0 1 && echo alive";
    let seen = shell(&cell, tried);
    // Root has no capabilities inside, but the process is its own.
    assert!(matches!(text(&seen).as_str(), "" | "alive\n"), "{seen:?}");
}

#[test]
fn a_program_has_no_privileges_and_gets_none() {
    let Some(cell) = cell(&options()) else { return };
    let seen = text(&shell(&cell, "grep -E '^(Cap|NoNew)' /proc/self/status"));
    for line in seen.lines() {
        let (name, value) = line.split_once(":\t").expect("a field");
        let wanted = if name == "NoNewPrivs" { "1" } else { "0000000000000000" };
        assert_eq!(value, wanted, "{name}");
    }
    assert_eq!(seen.lines().count(), 6, "{seen}");
    for tried in ["umount /proc", "umount -l /proc", "unshare -U true", "unshare -m true"] {
        let done = shell(&cell, tried);
        assert!(!done.status.success(), "{tried}: {done:?}");
    }
    let settings = "for f in /proc/sys/kernel/core_pattern /proc/sys/user/max_user_namespaces \
                    /proc/sysrq-trigger; do (echo 1 > $f) 2>/dev/null && echo $f; done; true";
    assert_eq!(text(&shell(&cell, settings)), "");
}

#[test]
fn a_program_has_no_terminal_and_a_group_of_its_own() {
    let Some(cell) = cell(&options()) else { return };
    let done = shell(&cell, "(exec 3</dev/tty) 2>/dev/null && echo terminal; kill -9 0; echo no");
    assert_eq!((text(&done).as_str(), done.status.signal()), ("", Some(9)));
}

#[test]
fn a_program_ends_as_it_ends_outside() {
    let Some(cell) = cell(&options()) else { return };
    assert_eq!(shell(&cell, "exit 7").status.code(), Some(7));
    assert_eq!(shell(&cell, "kill -TERM $$").status.signal(), Some(15));
    let mut missing = Command::new("/nowhere/to/be/found");
    cell.contain(&mut missing).expect("descriptors");
    assert_eq!(missing.spawn().expect_err("no such file").kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn what_a_program_leaves_behind_ends_with_the_cell() {
    let Some(mut cell) = cell(&options()) else { return };
    let mut command = Command::new("sh");
    command.args(["-c", "setsid sleep 1000 & echo started; exit 0"]).stdout(Stdio::piped());
    cell.contain(&mut command).expect("descriptors");
    let mut child = command.spawn().expect("sh");
    assert!(child.wait().expect("sh").success());
    let mut output = child.stdout.take().expect("a pipe");
    assert!(cell.kill(Duration::from_secs(10)).expect("poll"));
    // The sleeper had the pipe open: the end of it is its end.
    let mut all = String::new();
    output.read_to_string(&mut all).expect("a pipe");
    assert_eq!(all, "started\n");
    assert!(cell.kill(Duration::ZERO).expect("poll"), "it is gone");
}

#[test]
fn folders_can_be_protected() {
    let folder = std::env::temp_dir().join(format!("socklab-lab-cell-{}", std::process::id()));
    fs::create_dir_all(folder.join("files")).expect("a folder");
    let mut options = options();
    options.read_only.push(folder.clone());
    options.writable.push(folder.join("files"));
    if let Some(cell) = cell(&options) {
        let script = format!(
            "cd {}; touch no 2>/dev/null; mkdir files/yes; rmdir files/yes && touch files/yes; \
             mv files no 2>/dev/null; ls . files",
            folder.display()
        );
        assert_eq!(text(&shell(&cell, &script)), ".:\nfiles\n\nfiles:\nyes\n");
    }
    fs::remove_dir_all(folder).expect("a folder");
}

#[test]
fn there_is_no_network_if_none_is_wanted() {
    let mut options = options();
    options.own_network = true;
    let Some(cell) = cell(&options) else { return };
    let interfaces = text(&shell(&cell, "tail -n +3 /proc/net/dev | cut -d: -f1"));
    assert_eq!(interfaces.trim(), "lo");
}
