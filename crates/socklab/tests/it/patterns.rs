//! Patterns in an exercise: what fits passes, what does not fails, and the report says in words what
//! was expected, and how far it fitted.

use std::fs;

use crate::stage::{run, socklab};
use socklab_prerequisites::need;

/// A clock: over TCP a line and then all that follows, over UDP a datagram.
const EXERCISE: &str = r#"format_version = 1
topic = "tcp"
arguments = { "" = ["{port}"] }
[[actor]]
name = "server"
submission = true
[[peer]]
name = "alice"

[[case]]
name = "line"
title = { en = "l", es = "l" }
step = [
  { start = "server", until = "listening" },
  { repeat = 2, step = [{ peer = "alice", do = [
    { connect = "server" },
    { send = "{letters:6}\n" },
    { expect_line = { pattern = '\d\d:\d\d:\d\d {letters:6}{1} n\.{round}\r\n', says = { en = "the time, {letters:6} and n.{round}", es = "la hora, {letters:6} y n.{round}" } } },
    { expect_line = { pattern = 'bye.*\n' } },
    "close",
  ] }] },
]

[[case]]
name = "rest"
title = { en = "r", es = "r" }
step = [
  { start = "server", until = "listening" },
  { peer = "alice", do = [
    { connect = "server" },
    { send = "{letters:9}\n" },
    "finish",
    { expect_rest = { pattern = '(?s)\d\d:.*{letters:9}.*bye\n' } },
    "close",
  ] },
]

[[case]]
name = "datagram"
title = { en = "d", es = "d" }
step = [
  { start = "server", until = "bound" },
  { peer = "alice", do = [
    "udp",
    { send_to = { to = "server", bytes = "?" } },
    { expect_datagram = { pattern = '\d\d:\d\d:\d\d' } },
  ] },
]

[[case]]
name = "printed"
title = { en = "p", es = "p" }
step = [
  { start = "server", until = "listening" },
  { peer = "alice", do = [{ connect = "server" }, { send = "{letters:7}\n" }, "drain", "close"] },
]

[[case.expect]]
actor = "alice"
stream = "received"
starts_with = { pattern = '\d\d:\d\d:\d\d {letters:7} ', says = { en = "the time and your word", es = "la hora y tu palabra" } }

[[case.expect]]
actor = "server"
output = "stdout"
contains = { pattern = '\bclient [1-9]\d* of 127\.0\.0\.1\b' }
once = true
ignore_case = true

[[bug]]
file = "no-seconds.py"
fails = ["line", "datagram", "printed"]
[[bug]]
file = "bare.py"
fails = ["line"]
[[bug]]
file = "no-end.py"
fails = ["line", "rest"]
[[bug]]
file = "zero.py"
fails = ["printed"]
"#;

const SERVER: &str = r#"import socket, sys, threading, time
port = int(sys.argv[1])
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
# GAP bind
u.bind(("127.0.0.1", port)); s.bind(("127.0.0.1", port))
# END
s.listen()
now = lambda: time.strftime("%H:%M:%S")
def datagrams():
    while True:
        d, who = u.recvfrom(99); u.sendto(now().encode(), who)
threading.Thread(target=datagrams, daemon=True).start()
n = 0
while True:
    c, who = s.accept(); n += 1
    word = c.makefile().readline().strip()
    print(f"Client {n} of {who[0]}", flush=True)
    c.sendall(f"{now()} {word} n.{n}\r\nbye\n".encode())
    c.close()
"#;

#[test]
fn what_fits_passes_and_what_does_not_is_said_in_words() {
    need!("python3");
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("exercises/clock");
    fs::create_dir_all(folder.join("bugs")).expect("mkdir");
    let write = |file: &str, text: &str| fs::write(folder.join(file), text).expect("write");
    let with = |from: &str, to: &str| {
        assert!(SERVER.contains(from), "{from}");
        SERVER.replace(from, to)
    };
    write("exercise.toml", EXERCISE);
    write("en.md", "# Clock\n");
    write("es.md", "# Reloj\n");
    write("solution.py", SERVER);
    write("bugs/no-seconds.py", &with(":%S", ""));
    write("bugs/bare.py", &with("\\r\\n", "\\n"));
    write("bugs/no-end.py", &with("\\r\\nbye\\n", ""));
    write("bugs/zero.py", &with("Client {n}", "Client 0{n}"));
    let course = home.path().display().to_string();
    let words = ["course", "check", &course, "--run", "--only", "clock"];
    let told = run(&mut socklab(&words)).exits(0).text();
    for program in ["solution", "starter", "bugs/no-seconds", "bugs/bare", "bugs/no-end"] {
        assert!(told.contains(&format!("✓ clock/{program}.py")), "{told}");
    }
    let report = |case: &str, file: &str, language: &str| {
        let file = folder.join(file).display().to_string();
        let words = [
            "check", "clock", "--lang", language, "--course", &course, "--case", case, "--", &file,
        ];
        run(&mut socklab(&words)).exits(1).text()
    };
    let told = report("line", "bugs/no-seconds.py", "en");
    assert!(told.contains("alice should have received a line like this:"), "{told}");
    assert!(told.contains("expected  the time, ") && told.contains(" and n.1\n"), "{told}");
    // The caret is under the blank that should have been a colon.
    let lines: Vec<&str> = told.lines().collect();
    let got = lines.iter().position(|line| line.contains("got       \"")).expect("got");
    let column = |line: &str, of: char| line.chars().position(|char| char == of);
    assert_eq!(column(lines[got + 1], '^'), column(lines[got], '"').map(|at| at + 6), "{told}");
    // Long sentences are wrapped.
    let flat = |told: String| told.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = flat(report("rest", "bugs/no-end.py", "es"));
    assert!(told.contains("alice debía recibir esto, y después el fin del flujo:"), "{told}");
    assert!(told.contains("un texto que se ajuste a (?s)\\d\\d:.*"), "{told}");
    let told = flat(report("printed", "bugs/no-seconds.py", "en"));
    let wanted = "alice receives something that begins with this: the time and your word";
    assert!(told.contains(wanted) && told.contains("of which only the first 5 fit"), "{told}");
    let told = flat(report("datagram", "bugs/no-seconds.py", "es"));
    assert!(told.contains("alice debía recibir un datagrama como este:"), "{told}");
}
