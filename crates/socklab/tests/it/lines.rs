//! The lines of programs in C, C++, Rust and Go: each call that a program of `fixtures/lines` marks in a comment
//! (`@sendto`) is told with that line, and no other line is told, however the program was compiled.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use socklab_prerequisites::{find, need, say_not_run};

use crate::stage::{program, run, socklab};

/// A call, and the line that it was told with.
pub(crate) struct Told {
    pub(crate) call: String,
    pub(crate) file: Option<PathBuf>,
    pub(crate) line: u64,
    pub(crate) function: String,
    /// What it sent, if that is text.
    pub(crate) sent: Option<String>,
}

/// Where the programs are.
pub(crate) fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/lines");
    folder.canonicalize().expect("the folder of the programs")
}

/// Traces a command line, from `folder` as the user's own.
pub(crate) fn trace(command: &[&str], folder: &Path, input: Option<&Path>) -> Vec<Told> {
    let recording = record(command, folder, input);
    let events = recording.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    events.filter_map(|event| told(&event)).collect()
}

fn record(command: &[&str], folder: &Path, input: Option<&Path>) -> String {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let recording = temporary.path().join("run.jsonl");
    let output = recording.to_string_lossy();
    let mut words = vec!["trace", "--no-packets", "-t", "120", "-o", &*output, "--"];
    words.extend(command);
    let mut traced: Command = socklab(&words);
    if let Some(input) = input {
        traced.stdin(fs::File::open(input).expect("a file"));
    }
    let ended = traced.current_dir(folder).output().expect("socklab");
    assert!(ended.status.success(), "{command:?}: {}", String::from_utf8_lossy(&ended.stderr));
    fs::read_to_string(recording).expect("a recording")
}

fn told(event: &Value) -> Option<Told> {
    let call = event.get("call")?;
    if call.get("implicit").is_some() {
        return None;
    }
    let source = call.get("source");
    let text = |field: &str| source?.get(field)?.as_str();
    Some(Told {
        call: call.get("name")?.as_str()?.to_owned(),
        file: text("file").map(PathBuf::from),
        line: source.and_then(|source| source.get("line")?.as_u64()).unwrap_or_default(),
        function: text("function").unwrap_or_default().to_owned(),
        sent: call.pointer("/send/text").and_then(Value::as_str).map(str::to_owned),
    })
}

/// The calls that a program's lines are marked with: `# @sendto`, `// @socket @connect`.
pub(crate) fn marks(program: &Path) -> BTreeMap<u64, Vec<String>> {
    let text = fs::read_to_string(program).expect("a program");
    let mut marks = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let comment = ["# @", "// @"].iter().find_map(|begin| line.rsplit_once(begin));
        let Some((_, comment)) = comment else { continue };
        let calls = format!("@{comment}");
        let calls = calls.split_whitespace().map(|call| call.trim_start_matches('@').to_owned());
        marks.insert(number, calls.collect());
    }
    marks
}

/// A program, and a way to compile it. `{}` stands for the program.
struct Way {
    sources: &'static [&'static str],
    command: &'static str,
    /// A compiler, or something that it needs.
    needs: &'static str,
}

const fn way(sources: &'static [&'static str], needs: &'static str, command: &'static str) -> Way {
    Way { sources, command, needs }
}

const C: &[&str] = &["calls.c"];
const CPP: &[&str] = &["calls.cc"];
const RUST: &[&str] = &["calls.rs"];
const GO: &[&str] = &["calls.go"];

const WAYS: [Way; 26] = [
    way(C, "gcc", "gcc -g -O0 -o {} calls.c -pthread"),
    way(C, "gcc", "gcc -g -O1 -no-pie -o {} calls.c -pthread"),
    way(C, "gcc", "gcc -g -O2 -o {} calls.c -pthread"),
    way(C, "gcc", "gcc -g -O2 -fcf-protection=full -o {} calls.c -pthread"),
    way(C, "gcc", "gcc -g -O2 -fno-plt -o {} calls.c -pthread"),
    way(C, "gcc", "gcc -g -O2 -fomit-frame-pointer -Wl,-z,now -o {} calls.c -pthread"),
    way(C, "gcc", "gcc -g -O3 -flto -o {} calls.c -pthread"),
    way(C, "gcc", "gcc -g -Os -o {} calls.c -pthread"),
    way(C, "gcc", "gcc -gdwarf-4 -O2 -o {} calls.c -pthread"),
    way(C, "gcc", "gcc -gz -g -O2 -o {} calls.c -pthread"),
    way(C, "gcc", "gcc -gsplit-dwarf -g -O0 -o {} calls.c -pthread"),
    way(C, "gcc", "gcc -g -O2 -static -o {} calls.c -pthread"),
    way(C, "gcc", "gcc -g -O2 -static-pie -o {} calls.c -pthread"),
    way(
        &["shared.c", "shares.c"],
        "gcc",
        "gcc -g -O2 -shared -fPIC -o {}.so shared.c && gcc -g -O2 -o {} shares.c {}.so",
    ),
    way(CPP, "g++", "g++ -g -O0 -o {} calls.cc -pthread"),
    way(CPP, "g++", "g++ -g -O2 -o {} calls.cc -pthread"),
    way(CPP, "g++", "g++ -g -O2 -static -o {} calls.cc -pthread"),
    way(RUST, "rustc", "rustc -g -o {} calls.rs"),
    way(RUST, "rustc", "rustc -g -O -o {} calls.rs"),
    way(RUST, "rustc", "rustc -O -C debuginfo=line-tables-only -o {} calls.rs"),
    way(RUST, "rustc", "rustc -g -O -C panic=abort -C lto=fat -o {} calls.rs"),
    way(GO, "go", "go build -o {} calls.go"),
    way(GO, "go", "go build -ldflags=-s\\ -w -o {} calls.go"),
    way(GO, "go", "go build -trimpath -o {} calls.go"),
    way(GO, "go", "go build -gcflags=-N\\ -l -o {} calls.go"),
    way(GO, "go", "go build -buildmode=pie -o {} calls.go"),
];

/// Compiles a program in a folder of its own, and returns its path.
fn compile(command: &str, to: &Path) -> PathBuf {
    let path = to.join("program");
    let command = command.replace("{}", &path.to_string_lossy());
    let mut shell = program("sh");
    // HOME may be missing or not writable.
    shell.env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go"));
    shell.env("GO111MODULE", "off").env("CGO_ENABLED", "0").args(["-c", &command]);
    run(shell.current_dir(folder())).exits(0);
    path
}

/// What became of a program's calls.
#[derive(Default)]
struct Figures {
    /// With a marked line.
    right: usize,
    /// That are marked somewhere, but were told without a line of the program.
    without: usize,
    wrong: BTreeSet<String>,
    /// Marks that no call was told with.
    missed: BTreeSet<String>,
}

/// Calls that only a language's own library makes, wherever it does.
fn is_besides(call: &str) -> bool {
    call.starts_with("epoll_") || matches!(call, "fcntl" | "poll" | "getpeername" | "getsockopt")
}

fn figures(told: &[Told], sources: &[&str]) -> Figures {
    let mut figures = Figures::default();
    let mut marked = BTreeSet::new();
    for source in sources {
        for (line, calls) in marks(&folder().join(source)) {
            marked.extend(calls.into_iter().map(|call| ((*source).to_owned(), line, call)));
        }
    }
    let mut missed = marked.clone();
    for it in told {
        let file = it.file.as_deref().and_then(Path::file_name).unwrap_or_default();
        let key = (file.to_string_lossy().into_owned(), it.line, it.call.clone());
        // With -trimpath, a file has no folder.
        let here = sources.contains(&&*key.0);
        if marked.contains(&key) {
            missed.remove(&key);
            figures.right += 1;
        } else if here {
            // A library may set an option, or ask for an address, on the way to what is marked.
            let is_on_the_way =
                matches!(&*it.call, "setsockopt" | "getsockname" | "close" | "read" | "write");
            let has_marks = marked.iter().any(|mark| (&mark.0, mark.1) == (&key.0, key.1));
            let tries_again = is_on_the_way || is_besides(&it.call);
            if !(has_marks && tries_again) {
                figures.wrong.insert(format!("{} in line {}", it.call, it.line));
            }
        } else if marked.iter().any(|mark| mark.2 == it.call) {
            figures.without += 1;
        } else if it.file.is_some() && !is_besides(&it.call) {
            figures.wrong.insert(format!("{} in {:?}:{}", it.call, it.file, it.line));
        }
    }
    figures.missed =
        missed.into_iter().map(|(_, line, call)| format!("{call} in line {line}")).collect();
    figures
}

#[test]
fn native_programs_however_they_are_compiled() {
    println!("{:>5} {:>7} {:>6} {:>6}", "right", "without", "wrong", "missed");
    let mut failed = Vec::new();
    for way in &WAYS {
        if find(way.needs).is_none() {
            say_not_run(way.command, way.needs);
            continue;
        }
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let program = compile(way.command, temporary.path());
        let told = trace(&[&program.to_string_lossy()], &folder(), None);
        let figures = figures(&told, way.sources);
        let Figures { right, without, wrong, missed } = &figures;
        println!("{right:5} {without:7} {:6} {:6}  {}", wrong.len(), missed.len(), way.command);
        let is_fine = wrong.is_empty() && missed.is_empty() && without * 100 <= right + without;
        if !is_fine {
            failed.push(format!(
                "{}: wrong {wrong:?}, missed {missed:?}, {without} without",
                way.command
            ));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn nothing_is_told_where_nothing_is_known() {
    // Without debug information; without symbols besides; and with a C library that doesn't tell how to unwind.
    for (needs, command, wants_notice) in [
        ("gcc", "gcc -O2 -o {} calls.c -pthread", true),
        ("gcc", "gcc -O2 -s -o {} calls.c -pthread", false),
        ("musl-gcc", "musl-gcc -g -O2 -static -o {} calls.c", false),
    ] {
        if find(needs).is_none() {
            say_not_run(command, needs);
            continue;
        }
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let program = compile(command, temporary.path());
        let recording = record(&[&program.to_string_lossy()], &folder(), None);
        let events: Vec<Value> =
            recording.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let told: Vec<Told> = events.iter().filter_map(told).collect();
        let figures = figures(&told, C);
        assert!(figures.wrong.is_empty(), "{command}: {:?}", figures.wrong);
        let notices = events.iter().filter(|event| {
            event.pointer("/notice/kind").and_then(Value::as_str) == Some("no_lines")
        });
        assert_eq!(notices.count(), usize::from(wants_notice), "{command}: once for a program");
    }
}

/// A line that is known by then is looked up when a call returns; and when the thread ends in it.
#[test]
fn a_call_that_does_not_return_is_told_with_its_line() {
    need!("python3");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let stuck = "import signal, socket\none, other = socket.socketpair()\nfor left in (2, 1, 0):\n    \
        if left:\n        one.send(b'x')\n    else:\n        signal.alarm(1)\n    other.recv(1)\n";
    fs::write(folder.path().join("stuck.py"), stuck).expect("a file");
    let told = trace(&["sh", "-c", "python3 stuck.py; true"], folder.path(), None);
    let lines = |name: &str| -> Vec<u64> {
        told.iter().filter(|call| call.call == name).map(|call| call.line).collect()
    };
    assert_eq!((lines("sendto"), lines("recvfrom")), (vec![5; 2], vec![8; 3]));
}
