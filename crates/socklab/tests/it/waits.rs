//! What authors can say about time, through the real engine: a server that answers late, and how long
//! a program waits, however it does that.

use std::fs;
use std::path::Path;

use serde_json::Value;
use socklab_prerequisites::{need, not_run};

use crate::stage::{run, socklab};

const EXERCISE: &str = r#"format_version = 1
topic = "udp"
arguments = { "" = ["{port}"] }
[[actor]]
name = "client"
submission = true
[[peer]]
name = "server"

[[case]]
name = "late"
title = { en = "takes a late answer", es = "acepta una respuesta tardía" }
step = [
  { peer = "server", do = ["udp", { bind = "{host}:{port}" }] },
  { start = "client", until = { called = "send" } },
  { peer = "server", do = [{ expect_datagram = "hora" }, { pause_ms = 200 }] },
  { pause_ms = 50 },
  { peer = "server", do = [{ send_to = { to = "sender", bytes = "{letters:9}" } }] },
  { wait = "client", until = "exited" },
]
[[case.expect]]
actor = "client"
output = "any"
contains = "{letters:9}"

[[case]]
name = "silence"
title = { en = "waits two seconds", es = "espera dos segundos" }
step = [
  { peer = "server", do = ["udp", { bind = "{host}:{port}" }] },
  { start = "client", until = "exited" },
]
[[case.expect]]
name = "asked"
actor = "client"
call = "send"
[[case.expect]]
actor = "client"
exit = "any"
since = "asked"
waited_ms = { about = 2000 }
"#;

/// A client that has `s`, a socket, and `LIMIT` in seconds; what is missing is how it waits.
const BEGIN: &str = "import asyncio, os, select, signal, socket, struct, sys, threading, time\n\
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
    s.connect((\"127.0.0.1\", int(sys.argv[1])))\n";

/// Ways to wait for two seconds.
const STYLES: [(&str, &str); 6] = [
    (
        "so-rcvtimeo",
        "s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 2, 0))\n\
         s.send(b'hora')\ntry: print(s.recv(99))\nexcept BlockingIOError: sys.exit(1)\n",
    ),
    (
        "select",
        "s.send(b'hora')\nif not select.select([s], [], [], 2)[0]: sys.exit(1)\nprint(s.recv(99))\n",
    ),
    (
        "epoll",
        "e = select.epoll()\ne.register(s, select.EPOLLIN)\ns.send(b'hora')\n\
         if not e.poll(2): sys.exit(1)\nprint(s.recv(99))\n",
    ),
    (
        "naps",
        "s.setblocking(False)\nend = time.monotonic() + 2\ns.send(b'hora')\n\
         while time.monotonic() < end:\n    try: print(s.recv(99)); break\n    \
         except BlockingIOError: time.sleep(0.02)\n",
    ),
    ("alarm", "signal.setitimer(signal.ITIMER_REAL, 2)\ns.send(b'hora')\nprint(s.recv(99))\n"),
    (
        "asyncio",
        "s.setblocking(False)\nasync def main():\n    loop = asyncio.get_running_loop()\n    \
         await loop.sock_sendall(s, b'hora')\n    print(await asyncio.wait_for(loop.sock_recv(s, 99), 2))\n\
         asyncio.run(main())\n",
    ),
];

/// A folder in which the course has this exercise.
fn home_with(exercise: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("course/exercises/mine");
    fs::create_dir_all(&folder).expect("mkdir");
    fs::write(folder.join("exercise.toml"), exercise).expect("write");
    for page in ["en.md", "es.md"] {
        fs::write(folder.join(page), "# mine\n").expect("write");
    }
    home
}

/// The states of the cases of the exercise, for this program.
fn checked(home: &Path, name: &str, text: &str) -> Vec<String> {
    // The name of a module would hide that.
    let file = format!("my-{name}.py");
    fs::write(home.join(&file), format!("{BEGIN}{text}")).expect("write");
    let words = ["check", "mine", "--course", "course", "--format", "json", "--", &file];
    let mut check = socklab(&words);
    let ended = run(check.current_dir(home).env("XDG_STATE_HOME", home));
    let report: Value = serde_json::from_slice(&ended.output).expect("JSON");
    let cases = report["cases"].as_array().expect("cases");
    cases.iter().map(|case| case["state"].as_str().expect("a state").to_owned()).collect()
}

#[test]
fn how_long_a_program_waited_is_seen_whatever_it_waited_in() {
    need!("python3");
    let home = home_with(EXERCISE);
    for (name, text) in STYLES {
        assert_eq!(checked(home.path(), name, text), ["passed", "passed"], "{name}");
    }
    // Too short, and too long. On a busy machine, nothing may be known about the second.
    let (_, select) = STYLES[1];
    assert_eq!(
        checked(home.path(), "short", &select.replace("], 2)", "], 0.1)")),
        ["failed", "failed"]
    );
    let long = checked(home.path(), "long", &select.replace("], 2)", "], 3.6)"));
    assert!(long[0] == "passed" && long[1] != "passed", "{long:?}");
}

/// Servers that answer when a clock of their own wakes them up: `c` is the connection, `d` its bytes.
const CLOCKS: [(&str, &str); 6] = [
    (
        "signal",
        "signal.signal(14, lambda *_: c.sendall(d))\nsignal.alarm(1)\nsignal.pause()\nc.recv(9)\n",
    ),
    (
        "sigwait",
        "signal.pthread_sigmask(signal.SIG_BLOCK, [14])\nsignal.setitimer(0, 0.3)\nsignal.sigwait([14])\nc.sendall(d)\nc.recv(9)\n",
    ),
    ("thread", "threading.Timer(0.3, c.sendall, [d]).start()\nc.recv(9)\n"),
    (
        "child",
        "if os.fork() == 0: time.sleep(0.3); os._exit(0)\nos.wait()\nc.sendall(d)\nc.recv(9)\n",
    ),
    (
        "socket",
        "u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
         u.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 0, 300000))\n\
         try: u.recv(9)\nexcept OSError: c.sendall(d)\nc.recv(9)\n",
    ),
    ("select", "select.select([], [], [], 0.3)\nc.sendall(d)\nc.recv(9)\n"),
];

/// The first case of echo-server, of a server that does this with the first bytes that come.
fn echoes(home: &Path, name: &str, then: &str) -> Value {
    let file = home.join(format!("my-{name}.py"));
    let text = format!(
        "import os, select, signal, socket, struct, sys, threading, time\ns = socket.socket()\n\
         s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\ns.bind(('', int(sys.argv[1])))\n\
         s.listen()\nc, _ = s.accept()\nd = c.recv(4096)\n{then}"
    );
    fs::write(&file, text).expect("write");
    let words = ["check", "echo-server", "--case", "echo", "--format", "json", "--", "python3"];
    let mut check = socklab(&words);
    let ended = run(check.arg(&file).arg("{port}").env("XDG_STATE_HOME", home));
    serde_json::from_slice(&ended.output).expect("JSON")
}

#[test]
fn who_waits_for_a_clock_is_waited_for_and_who_waits_for_nobody_is_not() {
    need!("python3");
    let home = tempfile::tempdir().expect("a folder");
    for (name, text) in CLOCKS {
        let report = echoes(home.path(), name, text);
        assert_eq!(report["cases"][0]["state"], "passed", "{name}: {report:#}");
    }
    let report = echoes(home.path(), "nobody", "c.recv(9)\n");
    assert_ne!(report["cases"][0]["state"], "passed", "{report:#}");
    let early = home.path().join("early.py");
    fs::write(&early, "input()\n").expect("write");
    let words = ["check", "echo-server", "--case", "echo", "--format", "json", "--", "python3"];
    let ended = run(socklab(&words).arg(&early).env("XDG_STATE_HOME", home.path()));
    let report: Value = serde_json::from_slice(&ended.output).expect("JSON");
    if report["isolated"] != true {
        not_run!("namespaces, so that nobody else can wake a program up");
    }
    let problem = report["cases"][0]["problem"].as_str().expect("a problem");
    assert!(problem.contains("everybody waits for somebody else"), "{problem}");
}

const CONNECTED: &str = r#"format_version = 1
topic = "tcp"
arguments = { "" = ["{port}"] }
[[actor]]
name = "client"
submission = true
[[peer]]
name = "server"

[[case]]
name = "connects"
title = { en = "connects", es = "se conecta" }
step = [
  { peer = "server", do = ["tcp", { bind = "{host}:{port}" }, { listen = 5 }] },
  { start = "client", until = "connected" },
  { wait = "client", until = { kernel = { state = "ESTABLISHED", remote = "*:{port}" } }, within_ms = 100 },
  { peer = "server", do = ["accept", "close"] },
  { wait = "client", until = "exited" },
]
"#;

/// The C library does the same to sort the addresses of a name.
#[test]
fn a_datagram_socket_with_an_address_is_not_connected() {
    need!("python3");
    let home = home_with(CONNECTED);
    let text = "t = socket.socket()\ntime.sleep(0.6)\n\
        t.connect((\"127.0.0.1\", int(sys.argv[1])))\nt.recv(9)\n";
    assert_eq!(checked(home.path(), "connects", text), ["passed"]);
}
