//! Hostile programs: each is contained, called what it is, passes nothing, and leaves nothing behind.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Deserialize;
use serde_json::Value;
use socklab_kernel::sysctl;
use socklab_prerequisites::{find, not_run, say_not_run};

use crate::stage::{run, socklab};

const HOSTILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/hostile");

/// How many programs are tried at a time.
const AT_A_TIME: usize = 2;

/// An exercise in which a program has a minute to reach a limit: slow machines take longer. Whoever reaches
/// it is ended then.
const PATIENT: &str = r#"format_version = 1
topic = "tcp"
port = 10000
arguments = { "" = ["{port}"] }
[[actor]]
name = "server"
submission = true
[[peer]]
name = "alice"
[[case]]
name = "echo"
title = { en = "echo", es = "eco" }
deadline_ms = 120000
step = [
  { start = "server", until = "listening", within_ms = 60000 },
  { peer = "alice", do = [{ connect = "server" }, { send = "hola" }, { expect = "hola" }, "close"] },
]
"#;

/// `manifest.toml`: programs, and what is said of them.
#[derive(Deserialize)]
struct Manifest {
    says: BTreeMap<String, Vec<String>>,
    refused: BTreeMap<String, Vec<String>>,
}

fn manifest() -> Manifest {
    let text = fs::read_to_string(Path::new(HOSTILE).join("manifest.toml")).expect("a manifest");
    toml::from_str(&text).expect("TOML")
}

/// A class with two students, a home with a file, and a process that nobody may end.
struct Class {
    folder: tempfile::TempDir,
    victim: Child,
    listener: UnixListener,
}

impl Class {
    fn new(file: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let exercise = "course/exercises/patient";
        for name in ["class/student-01", "class/student-02", "home", "tmp", "state", exercise] {
            fs::create_dir_all(folder.path().join(name)).expect("a folder");
        }
        let pages = ["en.md", "es.md"].map(|page| (page, "# patient\n"));
        for (name, text) in [("exercise.toml", PATIENT)].into_iter().chain(pages) {
            fs::write(folder.path().join(exercise).join(name), text).expect("a file");
        }
        fs::write(folder.path().join("class/student-02/server.py"), "treasure").expect("a file");
        fs::write(folder.path().join("home/notes"), "treasure").expect("a file");
        let own = folder.path().join("class/student-01");
        fs::copy(Path::new(HOSTILE).join(file), own.join(file)).expect("a program");
        if file.starts_with("include-fifo") {
            let at = own.join("ff");
            rustix::fs::mkfifoat(rustix::fs::CWD, &at, 0o600.into()).expect("a FIFO");
        }
        let victim = Command::new("sleep").arg("1000").stdin(Stdio::null()).spawn();
        let name = format!("socklab-hostile-victim-{}-{file}", std::process::id());
        let name = SocketAddr::from_abstract_name(name).expect("a name");
        let listener = UnixListener::bind_addr(&name).expect("a socket");
        listener.set_nonblocking(true).expect("fcntl");
        Self { folder, victim: victim.expect("sleep"), listener }
    }

    fn own(&self) -> PathBuf {
        self.folder.path().join("class/student-01")
    }

    /// All files, with their contents, but those of socklab's own state.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut ahead = vec![self.folder.path().to_owned()];
        while let Some(folder) = ahead.pop() {
            for entry in fs::read_dir(folder).expect("a folder").flatten() {
                let (path, kind) = (entry.path(), entry.file_type().expect("a kind"));
                if path.ends_with("state") || path.ends_with("seen.jsonl") {
                } else if kind.is_dir() {
                    ahead.push(path);
                } else {
                    let text = kind.is_file().then(|| fs::read(&path).unwrap_or_default());
                    files.insert(path, text.unwrap_or_default());
                }
            }
        }
        files
    }

    fn check(&self, file: &str, is_patient: bool) -> (Value, Vec<u8>) {
        let seen = self.folder.path().join("seen.jsonl");
        let at = |name: &str| self.folder.path().join(name);
        let mut command = socklab(&["check", "--sandbox", "--case", "echo"]);
        match is_patient {
            true => command.arg("patient").arg("--course").arg(at("course")),
            false => command.arg("echo-server"),
        };
        command.current_dir(self.own()).env("HOME", at("home")).env("TMPDIR", at("tmp"));
        command.env("XDG_STATE_HOME", at("state")).env("GITHUB_TOKEN", "treasure");
        if let Some(home) = std::env::var_os("HOME") {
            // rustc is found through it.
            command.env("RUSTUP_HOME", Path::new(&home).join(".rustup"));
        }
        command.args(["--format", "json", "-o"]).arg(&seen).arg("--");
        if let "sh" | "perl" | "node" = tool(file) {
            command.arg(tool(file));
        }
        let ended = run(command.arg(file));
        let report = serde_json::from_slice(&ended.output);
        let report = report.unwrap_or_else(|error| panic!("{file}: {error}: {ended:?}"));
        (report, fs::read(seen).unwrap_or_default())
    }

    /// Processes that were started with a path of this class.
    fn left(&self) -> Vec<String> {
        let mark = self.folder.path().display().to_string();
        let processes = fs::read_dir("/proc").expect("/proc").flatten();
        let lines = processes.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
        let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
        lines.filter(|line| line.contains(&mark)).collect()
    }
}

impl Drop for Class {
    fn drop(&mut self) {
        let _ = self.victim.kill();
        let _ = self.victim.wait();
    }
}

/// What a program of this kind is run or built by.
fn tool(file: &str) -> &'static str {
    match Path::new(file).extension().and_then(|it| it.to_str()) {
        Some("py") => "python3",
        Some("c") => "gcc",
        Some("rs") => "rustc",
        Some("java") => "javac",
        Some("pl") => "perl",
        Some("js") => "node",
        _ => "sh",
    }
}

/// True if a program of this kind can be run here.
fn runs(file: &str) -> bool {
    let tool = tool(file);
    let found = find(tool).is_some();
    if !found {
        say_not_run(file, tool);
    }
    // The kernel keeps the memory of TCP for the whole machine below this, and here that comes first.
    let kept = sysctl::read("net.ipv4.tcp_mem").unwrap_or_default();
    let pages: Option<u64> = kept.split_whitespace().last().and_then(|most| most.parse().ok());
    if file == "memory-connections.py" && pages.is_none_or(|pages| pages << 12 < 5 << 28) {
        say_not_run(file, "1.25 GiB of memory for TCP");
        return false;
    }
    found
}

/// What is wrong with how a program was dealt with.
fn faults(file: &str, says: &[String], refused: bool) -> Result<Vec<String>, String> {
    let mut class = Class::new(file);
    let before = class.files();
    let is_patient = file.ends_with(".java") || says.iter().any(|word| word.ends_with("-limit"));
    let (report, seen) = class.check(file, is_patient);
    if let Some(why) = report["infra_error"].as_str() {
        return Err(why.to_owned());
    }
    let mut faults = Vec::new();
    let mut wrong = |is: bool, what: String| {
        if is {
            faults.push(format!("{file}: {what}"));
        }
    };
    wrong(report["passed"] != false, format!("passed is {}", report["passed"]));
    wrong(report["build_error"].is_object() != refused, "built, or not".to_owned());
    let sightings = report["sightings"].as_array().cloned().unwrap_or_default();
    let words: Vec<&str> = sightings.iter().filter_map(|one| one["what"].as_str()).collect();
    for word in says {
        let said = format!("{word} is not said, but {words:?}, {}", report["cases"]);
        wrong(!words.contains(&word.as_str()), said);
    }
    wrong(says.is_empty() && !words.is_empty(), format!("says {sightings:?}"));
    let reached = seen.windows(7).any(|part| part == b"REACHED");
    wrong(reached, String::from_utf8_lossy(&seen).into_owned());
    wrong(report.to_string().contains("treasure"), "tells a secret".to_owned());
    let after = class.files();
    let changed = before.iter().filter(|(path, text)| after.get(*path) != Some(text));
    let changed: Vec<&PathBuf> = changed.map(|(path, _)| path).collect();
    wrong(!changed.is_empty(), format!("changed {changed:?}"));
    let new: Vec<&PathBuf> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    wrong(!new.is_empty(), format!("left {new:?}"));
    let left = class.left();
    wrong(!left.is_empty(), format!("still runs: {left:?}"));
    wrong(!matches!(class.victim.try_wait(), Ok(None)), "ended another process".to_owned());
    let visited = class.listener.accept().map_err(|error| error.kind());
    wrong(visited.err() != Some(ErrorKind::WouldBlock), "reached a socket outside".to_owned());
    Ok(faults)
}

#[test]
fn hostile_programs_are_contained_and_called_what_they_are() {
    let manifest = manifest();
    let says = manifest.says.iter().map(|(file, says)| (file, says, false));
    let all: Vec<_> =
        says.chain(manifest.refused.iter().map(|(file, says)| (file, says, true))).collect();
    let all: Vec<_> = all.into_iter().filter(|(file, ..)| runs(file)).collect();
    let (next, found, refused) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Mutex::new(None));
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some((file, says, is_refused)) =
                    all.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    match faults(file, says, *is_refused) {
                        Ok(faults) => found.lock().expect("faults").extend(faults),
                        Err(why) => *refused.lock().expect("why") = Some(format!("{file}: {why}")),
                    }
                }
            });
        }
    });
    let found = found.into_inner().expect("faults");
    assert!(found.is_empty(), "{}", found.join("\n"));
    if let Some(why) = refused.into_inner().expect("why") {
        not_run!(&format!("a sandbox ({why})"));
    }
}

#[test]
fn every_hostile_program_is_in_the_manifest() {
    let manifest = manifest();
    let known =
        |name: &str| manifest.says.contains_key(name) || manifest.refused.contains_key(name);
    for entry in fs::read_dir(HOSTILE).expect("programs").flatten() {
        let name = entry.file_name().into_string().expect("a name");
        assert!(name == "manifest.toml" || known(&name), "{name}");
    }
}

/// Nothing is said of a program that does what it is asked for, whatever its interpreter looks for.
#[test]
fn nothing_is_said_of_a_right_program() {
    let solutions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../course/exercises");
    for (exercise, file, tool) in [
        ("echo-server", "solution.py", "python3"),
        ("echo-server", "solution.c", "gcc"),
        ("echo-server", "solution.rs", "rustc"),
        ("http-server", "solution.py", "python3"),
        ("udp-client", "solution.py", "python3"),
    ] {
        if find(tool).is_none() {
            say_not_run(file, tool);
            continue;
        }
        let folder = tempfile::tempdir().expect("a folder");
        fs::copy(solutions.join(exercise).join(file), folder.path().join(file)).expect("a copy");
        let mut command =
            socklab(&["check", exercise, "--sandbox", "--format", "json", "--", file]);
        command.current_dir(folder.path()).env("XDG_STATE_HOME", folder.path());
        let ended = run(&mut command);
        let report: Value = serde_json::from_slice(&ended.output).expect("JSON");
        if let Some(why) = report["infra_error"].as_str() {
            not_run!(&format!("a sandbox ({why})"));
        }
        assert_eq!(report["passed"], true, "{exercise}/{file}: {report:#}");
        assert_eq!(report["sightings"], serde_json::json!([]), "{exercise}/{file}");
    }
}
