//! What authors can express: the format's own words, proved by an exercise that uses them, with programs
//! that are right and wrong.

use std::fs;

use crate::stage::{run, socklab};
use socklab_prerequisites::need;

/// One peer with two conversations, and with loops.
const EXERCISE: &str = r#"format_version = 1
topic = "tcp"
arguments = { "" = ["{port}"] }
[[actor]]
name = "server"
submission = true
[[peer]]
name = "alice"

[[case]]
name = "turns"
title = { en = "t", es = "t" }
step = [
  { start = "server", until = "listening" },
  { peer = "alice", do = [
    { connect = "server" },
    { on = "b", do = [{ connect = "server" }, { send = "{letters:7}\n" }, { expect = "{letters:7}\n" }] },
    { send = "{letters:9}\n" }, { expect = "{letters:9}\n" },
    { on = "b", do = [{ send = "{letters:5}\n" }, { expect = "{letters:5}\n" }, "close"] },
    "close",
  ] },
]

[[case]]
name = "loop"
title = { en = "l", es = "l" }
step = [
  { start = "server", until = "listening" },
  { repeat = 5, step = [{ peer = "alice", do = [
    { connect = "server" },
    { repeat = 3, do = [{ send = "{round} {letters:7}\n" }, { expect = "{round} {letters:7}\n" }] },
    "close",
  ] }] },
]

[[case]]
name = "open-end"
title = { en = "o", es = "o" }
step = [
  { start = "server", until = "listening" },
  { peer = "alice", do = [
    { connect = "server" },
    { on = "b", do = [{ connect = "server" }, { send = "{letters:7}\n" }, { expect = "{letters:7}\n" }] },
    { send = "{letters:9}\n" }, { expect = "{letters:9}\n" },
  ] },
]

[[bug]]
file = "twice.py"
fails = ["turns", "open-end"]
[[bug]]
file = "third.py"
fails = ["loop"]
[[bug]]
file = "swapped.py"
fails = ["turns", "open-end"]
"#;

/// An echo server, in which `SERVE` stands for what it does with a client `c`.
const SERVER: &str = r#"import socket, sys, threading
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
# GAP bind
s.bind(("127.0.0.1", int(sys.argv[1])))
# END
s.listen()
clients, last = 0, None
def serve(c):
    SERVE
    c.close()
while True:
    c, _ = s.accept(); threading.Thread(target=serve, args=(c,), daemon=True).start()
"#;

#[test]
fn conversations_are_judged_one_by_one_and_rounds_too() {
    need!("python3");
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("exercises/two");
    fs::create_dir_all(folder.join("bugs")).expect("mkdir");
    let write = |file: &str, text: &str| fs::write(folder.join(file), text).expect("write");
    let server = |answer: &str| {
        let serve = format!(
            "    global clients, last\n    clients, last = clients + 1, c\n    me, message = clients, 0\n\
             \u{20}   while d := c.recv(4096):\n        message += 1\n        {answer}\n"
        );
        SERVER.replace("    SERVE\n", &serve)
    };
    write("exercise.toml", EXERCISE);
    write("en.md", "# Two\n");
    write("es.md", "# Dos\n");
    write("solution.py", &server("c.sendall(d)"));
    // The second client gets its answer twice while the first is there.
    let twice = "c.sendall(d * 2 if me == 2 and threading.active_count() > 2 else d)";
    write("bugs/twice.py", &server(twice));
    write("bugs/third.py", &server("c.sendall(d.upper() if (me, message) == (3, 2) else d)"));
    write("bugs/swapped.py", &server("last.sendall(d)"));
    let course = home.path().display().to_string();
    let words = ["course", "check", &course, "--run", "--only", "two"];
    let told = run(&mut socklab(&words)).exits(0).text();
    for program in
        ["solution.py", "starter.py", "bugs/twice.py", "bugs/third.py", "bugs/swapped.py"]
    {
        assert!(told.contains(&format!("✓ two/{program}")), "{told}");
    }
    let file = folder.join("bugs/twice.py").display().to_string();
    let words = ["check", "two", "--course", &course, "--case", "open-end", "--", &file];
    let told = run(&mut socklab(&words)).exits(1).text();
    assert!(told.contains("which was right, alice (b) received more"), "{told}");
}

/// Cases with arguments of their own, and an actor that has others again.
const ARGUMENTS: &str = r#"format_version = 1
topic = "tcp"
arguments = ["{host}", "{port}"]
[[actor]]
name = "client"
submission = true
[[peer]]
name = "server"

[[case]]
name = "usual"
title = { en = "u", es = "u" }
step = [
  { peer = "server", do = ["tcp", { bind = "{host}:{port}" }, { listen = 1 }] },
  { start = "client" },
  { peer = "server", do = ["accept", { expect = "" }, "expect_end", "close"] },
]

[[case]]
name = "words"
title = { en = "w", es = "w" }
robust = true
arguments = ["localhost", "{port}", "{letters:5}  {letters:6}'s", ""]
step = [
  { peer = "server", do = ["tcp", { bind = "{host}:{port}" }, { listen = 1 }] },
  { start = "client" },
  { peer = "server", do = ["accept", { expect = "{letters:5}  {letters:6}'s||" }, "expect_end", "close"] },
  { start = "second" },
  { peer = "server", do = ["accept", { expect = "last|" }, "expect_end", "close"] },
]
[[case.actor]]
name = "second"
submission = true
arguments = { "" = ["{host}", "{port}", "last"], c = ["none"] }

[[bug]]
file = "splits.py"
fails = ["words"]
"#;

/// Sends its further arguments, each before a bar.
const CLIENT: &str = r#"import socket, sys
c = socket.socket()
# GAP connect
c.connect((sys.argv[1], int(sys.argv[2])))
# END
c.sendall("".join(word + "|" for word in WORDS).encode())
c.close()
"#;

#[test]
fn a_case_can_have_arguments_of_its_own() {
    need!("python3");
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("exercises/say");
    fs::create_dir_all(folder.join("bugs")).expect("mkdir");
    let write = |file: &str, text: &str| fs::write(folder.join(file), text).expect("write");
    let solution = CLIENT.replace("WORDS", "sys.argv[3:]");
    write("exercise.toml", ARGUMENTS);
    write("en.md", "# Say\n");
    write("es.md", "# Di\n");
    write("solution.py", &solution);
    write("bugs/splits.py", &CLIENT.replace("WORDS", "' '.join(sys.argv[3:]).split()"));
    let course = home.path().display().to_string();
    let words = ["course", "check", &course, "--run", "--only", "say"];
    let told = run(&mut socklab(&words)).exits(0).text();
    for program in ["solution.py", "starter.py", "bugs/splits.py"] {
        assert!(told.contains(&format!("✓ say/{program}")), "{told}");
    }
    let file = folder.join("solution.py").display().to_string();
    let swapped = folder.join("swapped.py").display().to_string();
    // It has its arguments in another order, behind an option.
    let reorders = "import sys\nsys.argv[1:] = [sys.argv[3], sys.argv[2], *sys.argv[4:]]\n";
    fs::write(&swapped, format!("{reorders}{solution}")).expect("write");
    let check = |lang: &str, command: &[&str]| {
        let words = ["check", "say", "--lang", lang, "--course", &course, "--"];
        run(&mut socklab(&[&words, command].concat())).exits(0).text()
    };
    for command in [&["python3", &file, "{host}", "{port}"][..], &["python3", &file, "{args}"]] {
        let told = check("en", command);
        assert!(told.contains("Robust: 1/1"), "{command:?}: {told}");
    }
    // Nobody knows what further arguments would mean there: it is not run, and says what to do.
    let command = ["python3", &swapped, "-v", "{port}", "{host}"];
    for (lang, says, advice) in [
        ("en", "– words: not run, because", "Write {args} there"),
        ("es", "– words: sin ejecutar, porque", "Escribe ahí {args}"),
    ] {
        let told = check(lang, &command).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(says) && told.contains(advice) && told.contains(": 0/1"), "{told}");
        assert!(
            told.contains("`localhost {port} '") || told.contains("localhost {port} '"),
            "{told}"
        );
        assert!(!told.contains('✗'), "{told}");
    }
    // What was run is shown.
    let file = folder.join("bugs/splits.py").display().to_string();
    let words = ["check", "say", "--course", &course, "--seed", "3", "--", &file];
    let told = run(&mut socklab(&words)).exits(0).text();
    let ran = told.lines().find(|line| line.starts_with("Run as: ")).expect("a line");
    assert!(ran.contains("splits.py localhost 12000 '") && ran.ends_with("''"), "{told}");
    let words = ["check", "say", "--course", &course, "--format", "json", "--", &file];
    let report = run(&mut socklab(&words)).exits(0).text();
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let argv = &report["cases"][1]["argv"]["client"];
    assert_eq!((&argv[2], &argv[3], &argv[5]), (&"localhost".into(), &"12000".into(), &"".into()));
}

/// A client that reads what the server has sent.
const SLOW: &str = r#"format_version = 1
topic = "tcp"
arguments = ["{host}", "{port}"]
[[actor]]
name = "client"
submission = true
[[peer]]
name = "server"

[[case]]
name = "reads"
title = { en = "r", es = "r" }
step = [
  { peer = "server", do = ["tcp", { bind = "{host}:{port}" }, { listen = 1 }] },
  { start = "client" },
  { peer = "server", do = ["accept", { send = "{letters:20}" }, "finish"] },
  { wait = "client", until = "exited", within_ms = 1200 },
]
[[bug]]
file = "sleeps.py"
fails = ["reads"]
"#;

#[test]
fn who_gets_on_is_not_late_and_who_stands_is() {
    need!("python3");
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("exercises/slow");
    fs::create_dir_all(folder.join("bugs")).expect("mkdir");
    let write = |file: &str, text: &str| fs::write(folder.join(file), text).expect("write");
    // What is slow is the program, so it has to sleep: for 2 s in all, of which no step has as much.
    let client = |after: &str| {
        format!(
            "import socket, sys, time\nc = socket.socket()\n# GAP connect\nc.connect((sys.argv[1], int(sys.argv[2])))\n\
             # END\nwhile c.recv(1):\n    {after}\n"
        )
    };
    write("exercise.toml", SLOW);
    write("en.md", "# Slow\n");
    write("es.md", "# Lento\n");
    write("solution.py", &client("time.sleep(0.1)"));
    write("bugs/sleeps.py", &client("time.sleep(60)"));
    let course = home.path().display().to_string();
    let words = ["course", "check", &course, "--run", "--only", "slow"];
    let told = run(&mut socklab(&words)).exits(0).text();
    for program in ["solution.py", "bugs/sleeps.py"] {
        assert!(told.contains(&format!("✓ slow/{program}")), "{told}");
    }
}
