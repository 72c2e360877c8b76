//! `check --watch` on a terminal: it runs again on saving, obeys keys, and restores the terminal.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use crate::stage::{Terminal, run, socklab};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::LocalModes;
use socklab_prerequisites::need;

/// A terminal in which `check --watch` runs.
struct Watching {
    terminal: Terminal,
    file: PathBuf,
    _home: tempfile::TempDir,
}

impl Watching {
    fn start(exercise: &str) -> Watching {
        let home = tempfile::tempdir().expect("a folder");
        let command = |words: &[&str]| {
            let mut command = socklab(words);
            command.env("XDG_STATE_HOME", home.path().join("state")).current_dir(home.path());
            command
        };
        run(&mut command(&["exercise", "start", exercise])).exits(0);
        let terminal = Terminal::start(&mut command(&["check", exercise, "--watch"]), 80, 24);
        let file = home.path().join(exercise).join(format!("{exercise}.py"));
        Watching { terminal, file, _home: home }
    }

    #[track_caller]
    fn until(&mut self, text: &str) -> String {
        self.terminal.until(text)
    }

    fn press(&mut self, keys: &str) {
        self.terminal.press(keys);
    }

    #[track_caller]
    fn ends(self) -> (ExitStatus, bool) {
        self.terminal.ends()
    }
}

/// The last line that is shown once a check is over.
const OVER: &str = "x reset  q quit";

#[test]
fn saving_runs_the_check_again_and_keys_are_obeyed() {
    need!("python3");
    let mut watching = Watching::start("socket-03");
    let first = watching.until(OVER);
    assert!(first.contains("Gap 1, “socket”, is still open"), "{first}");
    assert!(first.contains("h hint 1/4"), "{first}");
    for hint in ["returns a descriptor", "SOCK_STREAM: bytes in order"] {
        watching.press("h");
        watching.until(hint);
    }
    watching.until(OVER);
    // The next save changes nothing of that: the same gap is in the way.
    let starter = fs::read_to_string(&watching.file).expect("read");
    fs::write(&watching.file, format!("{starter}# more\n")).expect("write");
    assert!(watching.until(OVER).contains("h hint 3/4"));
    watching.press("h");
    watching.until("socket.socket(");
    // The list is chosen from: here the same exercise again.
    watching.press("l");
    assert!(watching.until("q: leave").contains("chat-server"));
    watching.press("/socket-03\r");
    watching.until(OVER);
    // n leaves what is not solved only if it is pressed twice; p goes back.
    watching.press("n");
    watching.until("n again goes on to socket-04");
    // Any other key means no, and nothing else.
    watching.press("p");
    watching.until(OVER);
    watching.press("p");
    assert!(watching.until(OVER).contains("socket-02: "));
    watching.press("p");
    watching.until("nothing before");
    watching.press("nn");
    watching.until(OVER);

    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../course/exercises");
    let solution = fs::read(Path::new(root).join("socket-03/solution.py")).expect("a solution");
    fs::write(&watching.file, &solution).expect("write");
    let second = watching.until(OVER);
    assert!(second.contains("All points") && second.contains("4/4"), "{second}");

    // One x asks, and any other key means no; a second x means yes, and a copy is kept.
    watching.press("x");
    watching.until("x again");
    watching.press("h");
    watching.until(OVER);
    watching.press("x");
    watching.until("x again");
    watching.press("x");
    watching.until("Gap 1");
    let kept = watching.file.with_file_name("socket-03.py.1.bak");
    assert_eq!(fs::read(kept).expect("the copy"), solution);
    watching.until(OVER);

    watching.press("n");
    let next = watching.until(OVER);
    assert!(next.contains("socket-04: send a request"), "{next}");
    watching.press("q");
    let (status, restored) = watching.ends();
    assert!(status.success() && restored);
}

/// How often the keys are named.
fn times(shown: &str) -> usize {
    shown.matches(OVER).count()
}

#[test]
fn what_is_done_is_compared_with_the_model_solution_before_going_on() {
    need!("python3");
    let mut watching = Watching::start("socket-03");
    watching.until(OVER);
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../course/exercises");
    let bug = Path::new(root).join("socket-03/solution.py");
    let solution = fs::read_to_string(bug).expect("a solution");
    let is_mark = |line: &&str| line.contains("# GAP") || line.contains("# END");
    let own: Vec<&str> = solution.lines().filter(|line| !is_mark(line)).collect();
    let own = own.join("\n").replace("import sys\n", "import sys\nimport time\n");
    fs::write(&watching.file, &own).expect("write");
    watching.until(OVER);
    watching.press("n");
    let both = watching.until("n on to socket-04");
    assert!(both.contains("Your program") && both.contains("import time"), "{both}");
    let mut shown = both.clone();
    for _ in 0..20 {
        if !shown.contains("space next page") {
            break;
        }
        watching.press(" ");
        shown = watching.until("n on to socket-04");
        assert!(shown.matches("\n").count() <= 24, "more than a page:\n{shown}");
    }
    assert!(shown.contains("does all that a robust one does"), "{shown}");
    watching.press("d");
    let diff = watching.until("d both programs");
    assert!(diff.contains("-import time") && !diff.contains("-client"), "{diff}");
    watching.press("n");
    assert!(watching.until(OVER).contains("socket-04: "));
}

#[test]
fn a_key_that_means_nothing_is_answered_once() {
    need!("python3");
    let mut watching = Watching::start("socket-02");
    watching.until("░ 0/");
    watching.press("h\x1b[A");
    let first = watching.until(OVER);
    assert_eq!(first.matches("The check is running").count(), 1, "{first}");
    // Once for whatever arrives at once, and for whatever comes after it.
    watching.press("\x1b[A");
    assert_eq!(times(&watching.until(OVER)), 1);
    for other in ["\x1b[A", "\x1bOP", "ñ", "print('quit')\nxx\n", "ZZ"] {
        watching.press("x");
        watching.until("x again");
        watching.press(other);
        watching.until(OVER);
    }
    watching.press("x");
    let rest = watching.until("x again");
    assert_eq!(times(&rest), 0, "{rest}");
    watching.press("q");
    let (status, restored) = watching.ends();
    assert!(status.success() && restored);
}

#[test]
fn whatever_ends_it_restores_the_terminal() {
    need!("python3");
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let mut watching = Watching::start("echo-server");
        watching.until("░ 0/");
        let modes = watching.terminal.modes().local_modes;
        assert!(!modes.intersects(LocalModes::ICANON | LocalModes::ECHO), "it reads single keys");
        let pid = Pid::from_child(&watching.terminal.child);
        kill_process(pid, signal).expect("kill");
        let (status, restored) = watching.ends();
        assert_eq!((status.code(), restored), (Some(128 + signal.as_raw()), true), "{signal:?}");
    }
}

#[test]
fn without_a_terminal_it_says_so_and_does_not_wait() {
    need!("python3");
    let home = tempfile::tempdir().expect("a folder");
    let at_home = |words: &[&str]| {
        let mut command = socklab(words);
        command.env("XDG_STATE_HOME", home.path().join("state")).current_dir(home.path());
        run(&mut command)
    };
    at_home(&["exercise", "start", "socket-02"]).exits(0);
    let ended = at_home(&["check", "socket-02", "--watch"]).exits(2);
    assert!(ended.errors.contains("needs a terminal"), "{}", ended.errors);
}
