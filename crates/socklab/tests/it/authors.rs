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
