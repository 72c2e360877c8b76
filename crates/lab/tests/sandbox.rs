//! A program in a sandbox sees what it was shown, changes what it was given, and has limits.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use socklab_lab::{Cell, CellOptions, Limits, Patience, Reached, Sandbox, Supervised, supervise};

/// A folder of the test's own, which is removed when this is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("socklab-lab-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn folder(&self, name: &str) -> PathBuf {
        fs::create_dir_all(self.path(name)).expect("a folder");
        self.path(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A cell with a sandbox, or `None` and a word about it where the kernel refuses one.
fn cell(sandbox: Sandbox) -> Option<Cell> {
    let mut options = CellOptions::default();
    options.own_user = true;
    options.own_network = true;
    options.sandbox = Some(sandbox);
    match Cell::open(&options) {
        Ok(cell) => Some(cell),
        Err(refusal) => {
            socklab_prerequisites::say_not_run("sandbox", &format!("a sandbox ({refusal})"));
            None
        }
    }
}

fn run(cell: &Cell, directory: &Path, script: &str) -> Output {
    let mut command = Command::new("sh");
    cell.contain(command.args(["-c", script]).current_dir(directory)).expect("descriptors");
    command.output().expect("sh")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn only_what_is_shown_is_there_and_it_cannot_be_changed() {
    let folder = Folder::new("shown");
    let shown = folder.folder("shown");
    fs::write(shown.join("mine"), "mine\n").expect("a file");
    fs::write(folder.path("secret"), "secret\n").expect("a file");
    let mut sandbox = Sandbox::new(Limits::default());
    sandbox.shown.push(shown.clone());
    let Some(cell) = cell(sandbox) else { return };
    let script = "cat mine ../secret 2>/dev/null; (echo x > new) 2>/dev/null; \
                  (echo x >> mine) 2>/dev/null; ls; ls ..; ls /root /home; echo ~; ls -A /tmp | wc -l";
    let seen = text(&run(&cell, &shown, script));
    let lines: Vec<&str> = seen.lines().collect();
    assert_eq!(lines[..3], ["mine", "mine", "shown"], "{seen}");
    assert_eq!(fs::read_to_string(shown.join("mine")).expect("it"), "mine\n");
    assert!(!seen.contains("secret"), "{seen}");
    let outside = run(&cell, &shown, "touch /etc/x /usr/x /x /var/x /dev/x; ls /dev/sda /dev/vda");
    assert_eq!(text(&outside), "", "{outside:?}");
    assert!(!Path::new("/etc/x").exists() && !Path::new("/x").exists());
}

#[test]
fn what_is_given_can_be_changed_and_a_layer_keeps_the_folder_as_it_is() {
    let folder = Folder::new("given");
    let (given, layered) = (folder.folder("given"), folder.folder("layered"));
    fs::write(layered.join("old"), "old\n").expect("a file");
    let mut sandbox = Sandbox::new(Limits::default());
    sandbox.writable.push(given.clone());
    sandbox.layered.push(layered.clone());
    let Some(cell) = cell(sandbox) else { return };
    let made =
        run(&cell, &given, "echo yes > a && mkdir b && mv a b/c && cat b/c; echo t > /tmp/t");
    assert_eq!(text(&made), "yes\n", "{made:?}");
    assert_eq!(fs::read_to_string(given.join("b/c")).expect("it"), "yes\n");
    let made = run(&cell, &layered, "cat old; echo new >> old && echo x > made && cat old made");
    if text(&made) == "old\n" {
        socklab_prerequisites::say_not_run("sandbox", "overlayfs in a user namespace");
    } else {
        assert_eq!(text(&made), "old\nold\nnew\nx\n", "{made:?}");
    }
    assert_eq!(fs::read_to_string(layered.join("old")).expect("it"), "old\n");
    assert!(!layered.join("made").exists());
}

/// The options of an overlay separate by commas and colons, which names of folders have too.
#[test]
fn a_layer_works_over_a_folder_of_any_name() {
    let folder = Folder::new("names");
    for (number, name) in ["Pérez, Ana", "a:b", r"a\b", r"a\,b\:c\\", "plain"].iter().enumerate() {
        let layered = folder.folder(&format!("{number}/{name}"));
        fs::write(layered.join("old"), "old\n").expect("a file");
        let mut sandbox = Sandbox::new(Limits::default());
        sandbox.layered.push(folder.folder("other, one"));
        sandbox.layered.push(layered.clone());
        let Some(cell) = cell(sandbox) else { return };
        let made = run(&cell, &layered, "cat old; echo x > made && cat made");
        if *name == "plain" && text(&made) == "old\n" {
            socklab_prerequisites::not_run!("overlayfs in a user namespace");
        }
        assert_eq!(text(&made), "old\nx\n", "{name}: {made:?}");
        assert!(!layered.join("made").exists());
    }
}

/// What a folder of the system's has of a class is not shown because the folder is.
#[test]
fn what_is_hidden_is_not_there_in_a_folder_of_the_systems_either() {
    let class = Path::new("/opt").join(format!("socklab-lab-class-{}", std::process::id()));
    if fs::create_dir(&class).is_err() {
        socklab_prerequisites::not_run!("a folder in /opt");
    }
    let class = Folder(class);
    for (name, text) in [("ana/mine", "mine\n"), ("luz/secret", "secret\n"), ("out/x", "secret\n")]
    {
        class.folder(&name[..3]);
        fs::write(class.path(name), text).expect("a file");
    }
    let pack = class.path("pack");
    fs::write(&pack, "secret\n").expect("a file");
    let script = "cat mine ../luz/secret ../out/x ../pack; ls ..; ls ../luz ../out; echo x > new";
    let ana = class.path("ana");
    let hidden = [
        vec![class.0.clone(), class.path("out")],
        vec![class.path("luz"), class.path("out"), pack],
    ];
    for hidden in hidden {
        for above in [vec![], vec![PathBuf::from("/opt")]] {
            let mut sandbox = Sandbox::new(Limits::default());
            sandbox.shown = [above, vec![ana.clone()]].concat();
            sandbox.hidden.clone_from(&hidden);
            let Some(cell) = cell(sandbox) else { return };
            let seen = text(&run(&cell, &ana, script));
            assert!(seen.starts_with("mine\n") && !seen.contains("secret"), "{hidden:?}: {seen}");
        }
    }
    assert!(!ana.join("new").exists());
}

#[test]
fn limits_hold() {
    let folder = Folder::new("limits");
    let given = folder.folder("given");
    let mut limits = Limits::default();
    limits.file = 1 << 20;
    limits.temporary = 2 << 20;
    limits.files = 50;
    let mut sandbox = Sandbox::new(limits);
    sandbox.writable.push(given.clone());
    let Some(cell) = cell(sandbox) else { return };
    run(&cell, &given, "head -c 5000000 /dev/zero > big");
    assert_eq!(fs::metadata(given.join("big")).expect("it").len(), 1 << 20);
    let full = run(
        &cell,
        &given,
        "for i in 1 2 3 4; do head -c 1000000 /dev/zero > /tmp/$i; done; \
                   cat /tmp/? | wc -c; rm /tmp/?; for i in $(seq 99); do : > /tmp/f$i; done 2>/dev/null; \
                   ls /tmp | wc -l",
    );
    let counted = text(&full);
    let numbers: Vec<u64> = counted.lines().filter_map(|line| line.trim().parse().ok()).collect();
    assert!(numbers[0] <= 2 << 20, "{full:?}");
    // dash ends at the first redirection that fails.
    assert!(numbers.get(1).is_none_or(|files| *files <= 50), "{full:?}");
}

#[test]
fn other_processes_and_the_kernel_are_out_of_reach() {
    let folder = Folder::new("reach");
    let Some(cell) = cell(Sandbox::new(Limits::default())) else { return };
    for refused in
        ["unshare -U true", "mount -t tmpfs x /tmp", "chroot / true", "nsenter -t 1 -m true"]
    {
        let done = run(&cell, Path::new("/"), refused);
        assert!(!done.status.success(), "{refused}: {done:?}");
    }
    drop(folder);
}

/// Supervises a shell with these limits, in a folder of its own.
fn supervised(name: &str, limits: Limits, patience: &Patience, script: &str) -> Supervised {
    let folder = Folder::new(name);
    let given = folder.folder("given");
    let mut sandbox = Sandbox::new(limits);
    sandbox.writable.push(given.clone());
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir(given);
    supervise(&mut command, &sandbox, patience).expect("a shell")
}

const PATIENCE: Patience = Patience {
    total: Duration::from_secs(60),
    asleep: Duration::from_secs(60),
    processor: Duration::from_secs(60),
    output: 10_000,
    written: 1 << 20,
};

#[test]
fn a_command_that_ends_by_itself_is_left_alone() {
    let done = supervised("ends", Limits::default(), &PATIENCE, "echo out; echo err >&2; exit 3");
    assert_eq!(done.end.map(|status| status.code()), Ok(Some(3)));
    assert_eq!(done.output, b"out\nerr\n");
    // What it prints is kept to a limit, and is no fault beyond.
    let done = supervised("talks", Limits::default(), &PATIENCE, "yes | head -c 300000; exit 4");
    assert_eq!(done.end.map(|status| status.code()), Ok(Some(4)));
    assert_eq!(done.output.len(), PATIENCE.output);
}

#[test]
fn a_command_is_ended_at_the_limit_it_reaches() {
    let second = Duration::from_millis(300);
    let mut few = Limits::default();
    few.processes = 20;
    few.memory = 50 << 20;
    let plain = Limits::default();
    let cases = [
        (
            plain,
            Patience { asleep: second, ..PATIENCE },
            "mkfifo f; cat f",
            Reached::Asleep(second),
        ),
        (
            plain,
            Patience { processor: second, ..PATIENCE },
            "while :; do :; done",
            Reached::Processor(second),
        ),
        (plain, PATIENCE, "head -c 3000000 /dev/zero > f; sleep 60", Reached::Written(1 << 20)),
        (
            plain,
            PATIENCE,
            "mkdir -p a/b; head -c 3000000 /dev/zero > a/b/f; sleep 60",
            Reached::Written(1 << 20),
        ),
        (few, PATIENCE, "a=x; while :; do a=$a$a; done", Reached::Memory(50 << 20)),
        (plain, Patience { total: second, ..PATIENCE }, "sleep 60", Reached::Total(second)),
    ];
    for (limits, patience, script, reached) in cases {
        let done = supervised("reaches", limits, &patience, script);
        assert_eq!(done.end.err(), Some(reached), "{script}");
    }
    // Either the kernel refuses the next process, or whoever watches counts too many. (Root has no
    // such limit in the kernel, so this must be over soon.)
    let short = Patience { total: second, ..PATIENCE };
    let script = "i=0; while [ $i -lt 200 ]; do sleep 60 & i=$((i + 1)); done; wait";
    assert!(supervised("many", few, &short, script).end.is_err());
}
