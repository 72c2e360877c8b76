//! `socklab lab`: programs in a place of their own, in one that stays up, and where there can be none.
//!
//! Longer than 400 lines: its stories share one stage, and each is read from top to bottom.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use socklab_kernel::process;
use socklab_prerequisites::{find, need, not_run};

use crate::stage::Transport::Tcp;
use crate::stage::own::{Own, await_end, kill};
use crate::stage::{PATIENCE, Running, Terminal, free_port, program, run, run_with, socklab};

const SOCKLAB: &str = env!("CARGO_BIN_EXE_socklab");

/// True if there can be a lab where the test runs.
fn has_lab() -> bool {
    run(&mut socklab(&["lab", "run", "--", "true"])).code != 3
}

/// A lab's folder of its own, so that tests don't meet.
fn at(home: &Path, words: &[&str]) -> Command {
    let mut command = socklab(words);
    command.env("XDG_RUNTIME_DIR", home).current_dir(home);
    command
}

#[test]
fn the_exit_code_is_the_programs() {
    if !has_lab() {
        not_run!("user namespaces");
    }
    for (script, code) in [("exit 0", 0), ("exit 7", 7), ("exit 77", 77), ("kill -9 $$", 137)] {
        run(&mut socklab(&["lab", "run", "--", "sh", "-c", script])).exits(code);
    }
    let ended = run_with(&mut socklab(&["lab", "run", "--", "cat"]), "what goes in").exits(0);
    assert_eq!(ended.text(), "what goes in");
    let ended = run(&mut socklab(&["lab", "run", "--", "no-such-program-anywhere"])).exits(1);
    assert!(ended.complaint().contains("no-such-program-anywhere"), "{ended:?}");
}

#[test]
fn ctrl_c_reaches_the_program_alone() {
    if !has_lab() {
        not_run!("user namespaces");
    }
    need!("setsid");
    // A session of its own, so that the terminal can be its own.
    let script = "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.05; done";
    let mut command = program("setsid");
    command.args(["--ctty", "--wait", SOCKLAB, "lab", "run", "--", "sh", "-c", script]);
    let mut terminal = Terminal::start(&mut command, 80, 24);
    terminal.until("ready");
    terminal.press("\x03");
    terminal.until("caught");
    let (status, _) = terminal.ends();
    assert_eq!(status.code(), Some(5));
}

#[test]
fn names_and_servers_are_there() {
    need!("python3");
    if !has_lab() {
        not_run!("user namespaces");
    }
    let script = "import socket, urllib.request as r\n\
        print(r.urlopen('http://www.google.com/').status)\n\
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(20)\n\
        s.connect(('pool.ntp.org', 123)); s.send(b'\\x23' + bytes(47)); print(len(s.recv(99)))\n";
    for place in [&[][..], &["--hosts", "3"], &["--wire", "delay 1ms"]] {
        let words = [&["lab", "run"], place, &["--", "python3", "-c", script]].concat();
        let ended = run(&mut socklab(&words)).exits(0);
        assert_eq!(ended.text(), "200\n48\n", "{place:?}");
    }
}

#[test]
fn hosts_talk_over_a_wire_that_is_recorded() {
    if !has_lab() {
        not_run!("user namespaces");
    }
    let home = tempfile::tempdir().expect("a folder");
    let words = ["lab", "run", "-o", "run.jsonl", "-o", "run.txt", "--on", "server", "--"];
    let more = ["tcp-server", "--on", "client", "--", "tcp-client", "server"];
    let ended = run_with(&mut at(home.path(), &[&words[..], &more].concat()), "hola\n").exits(0);
    assert!(ended.text().contains("HOLA"), "{ended:?}");
    let recording = std::fs::read_to_string(home.path().join("run.jsonl")).expect("a recording");
    let lines = recording.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let lines: Vec<Value> = lines.collect();
    assert_eq!(lines[0]["columns"].as_array().map(Vec::len), Some(2), "{}", lines[0]);
    let frames = recording
        .lines()
        .filter(|line| line.contains("\"from\":\"client\"") && line.contains("\"to\":\"server\""));
    // SYN, ACK, data, FIN at least.
    assert!(frames.count() >= 4, "{recording}");
    let ladder = std::fs::read_to_string(home.path().join("run.txt")).expect("a ladder");
    for drawn in ["SYN", "hola", "HOLA"] {
        assert!(ladder.contains(drawn), "{drawn}: {ladder}");
    }
}

#[test]
fn a_fast_wire_carries_bursts_and_takes_no_rules() {
    need!("python3");
    if !has_lab() {
        not_run!("user namespaces");
    }
    let home = tempfile::tempdir().expect("a folder");
    let server = "import socket\nc, _ = socket.create_server(('', 80)).accept()\n\
                  c.sendall(b'x' * 1000000)";
    let client = "import socket\nc, n = socket.create_connection(('server', 80)), 0\n\
                  while d := c.recv(99999): n += len(d)\nprint(n)";
    let words = ["lab", "run", "--fast", "-o", "run.jsonl", "--on", "server", "--", "python3"];
    let more = ["-c", server, "--on", "client", "--", "python3", "-c", client];
    let ended = run(&mut at(home.path(), &[&words[..], &more].concat())).exits(0);
    assert!(ended.text().contains("1000000"), "{ended:?}");
    let recording = std::fs::read(home.path().join("run.jsonl")).expect("a recording");
    let read = socklab_event::read(&recording[..]).expect("a timeline");
    let sizes = read.timeline.events.iter().filter_map(|event| Some(event.frame()?.bytes.total));
    let largest = sizes.max().expect("frames");
    assert!(largest > 1514, "{largest}");

    run(&mut at(home.path(), &["lab", "up", "--fast"])).exits(0);
    let refused = run(&mut at(home.path(), &["lab", "wire", "drop the 1st SYN"])).exits(2);
    assert!(refused.errors.contains("fast wire"), "{refused:?}");
    let narrow = ["lab", "link", "server", "--path-mtu", "1300"];
    let refused = run(&mut at(home.path(), &narrow)).exits(2);
    assert!(refused.errors.contains("fast wire"), "{refused:?}");
    run(&mut at(home.path(), &["lab", "down"])).exits(0);
}

#[test]
fn a_rule_is_exact_and_one_that_did_nothing_says_so() {
    need!("curl");
    if !has_lab() {
        not_run!("user namespaces");
    }
    let words = ["lab", "run", "--wire", "drop the 1st SYN", "--wire", "drop the 99th SYN"];
    let more = ["--", "curl", "-s", "-o", "/dev/null", "http://www.google.com/"];
    let ended = run(&mut socklab(&[&words[..], &more].concat())).exits(0);
    assert!(ended.errors.contains("drop the 1st SYN: 1 of 2 frames"), "{ended:?}");
    assert!(ended.errors.contains("drop the 99th SYN: matched nothing"), "{ended:?}");
}

#[test]
fn what_contradicts_itself_is_a_usage_error() {
    if !has_lab() {
        not_run!("user namespaces");
    }
    for (words, said) in [
        (&["--wire", "drop the SYN backwards"][..], "backwards"),
        (&["--wire", "drop every SYN from nowhere"], "nowhere"),
        (&["--hosts", "client,client"], "client"),
        (&["--hosts", "1000"], "200 hosts at most"),
        (&["--hosts", "2", "--mtu", "12"], "12"),
        (&["--fast", "--wire", "delay 1ms"], "--wire"),
    ] {
        let all = [&["lab", "run"], words, &["--", "true"]].concat();
        let ended = run(&mut socklab(&all)).exits(2);
        assert!(ended.errors.contains(said), "{ended:?}");
    }
    let ended = run(&mut socklab(&["lab", "run", "--on", "a", "--", "true", "--on", "b"])).exits(2);
    assert!(ended.errors.contains("--on"), "{ended:?}");
}

#[test]
fn a_lab_stays_up_until_it_is_told_to_end() {
    if !has_lab() {
        not_run!("user namespaces");
    }
    let home = tempfile::tempdir().expect("a folder");
    let lab = |words: &[&str]| at(home.path(), &[&["lab"], words].concat());
    run(&mut lab(&["status"])).exits(1);
    let up = run(&mut lab(&["up", "--hosts", "web,db"])).exits(0);
    assert!(up.text().contains("10.0.0.2"), "{up:?}");
    let again = run(&mut lab(&["up"])).exits(1).errors;
    assert!(again.contains("lab down") && again.contains("lab shell"), "{again}");
    let server = Running::start(&mut lab(&["exec", "web", "--", "tcp-server"]));
    server.wait_for("ready");
    let client = run_with(&mut lab(&["exec", "db", "--", "tcp-client", "web"]), "hola\n").exits(0);
    assert!(client.text().contains("HOLA"), "{client:?}");
    let name = run(&mut lab(&["exec", "db", "--", "uname", "-n"])).exits(0);
    assert_eq!(name.text(), "db\n");
    run(&mut lab(&["wire", "partition web from db"])).exits(0);
    let status = run(&mut lab(&["status", "--json"])).exits(0);
    let status: Value = serde_json::from_slice(&status.output).expect("JSON");
    assert_eq!(status["hosts"][0]["name"], "web");
    let sockets = status["hosts"][0]["sockets"].as_array().expect("sockets");
    let listening =
        |socket: &&Value| socket["state"] == "LISTEN" && socket["program"] == "tcp-server";
    let listening = sockets.iter().find(listening).unwrap_or_else(|| panic!("{status:#}"));
    assert_eq!(listening["local"], "0.0.0.0:12000");
    assert_eq!(status["rules"][0]["rule"], "partition web from db");
    assert_eq!(status["hosts"][0]["link"], true);
    assert_eq!(status["hosts"].as_array().map(Vec::len), Some(2), "{status:#}");
    run(&mut lab(&["link", "web", "--path-mtu", "1300"])).exits(0);
    run(&mut lab(&["link", "web", "down"])).exits(0);
    let told = run(&mut lab(&["status"])).exits(0).text();
    assert!(told.contains("the cable is pulled") && told.contains("1300 bytes"), "{told}");
    run(&mut lab(&["link", "web", "up"])).exits(0);
    run(&mut lab(&["wire", "lift drop every RST"])).exits(1);
    let quotes = run(&mut lab(&["wire", "partition", "web", "from", "db"])).exits(2).errors;
    assert!(quotes.contains("lab wire 'partition web from db'"), "{quotes}");
    let healed = run(&mut lab(&["wire", "heal"])).exits(0);
    assert!(healed.text().contains("1 rule"), "{healed:?}");
    assert!(run(&mut lab(&["wire", "drop it"])).exits(2).errors.contains("drop it"));
    let nowhere = run(&mut lab(&["exec", "nowhere", "--", "true"])).exits(2);
    assert!(nowhere.errors.contains("there is no host nowhere, only web, db"), "{nowhere:?}");
    let unknown = run(&mut lab(&["wire", "--lang", "es", "host nadie dies"])).exits(2);
    assert!(unknown.errors.contains("no hay ninguna máquina nadie"), "{unknown:?}");
    run(&mut lab(&["link", "db", "--path-mtu", "10"])).exits(2);
    a_command_ends_with_who_asked_for_it(&mut lab(&["exec", "web", "--", "sleep", &nap()]));
    run(&mut lab(&["link", "db", "down"])).exits(0);
    run(&mut lab(&["down"])).exits(0);
    assert_eq!(server.finish().code, 137, "what ran there ended with it");
    assert_eq!(std::fs::read_dir(home.path()).expect("a folder").count(), 0);
}

/// A time to sleep that nobody else sleeps.
fn nap() -> String {
    format!("{}.{}", 86_400, std::process::id())
}

/// `command` runs [`nap`] in a lab.
fn a_command_ends_with_who_asked_for_it(command: &mut Command) {
    let running = Running::start(command);
    let sleeps = || {
        let all = process::all().expect("/proc");
        all.into_iter().find(|pid| process::arguments(*pid).0 == ["sleep", &nap()])
    };
    let deadline = Instant::now() + PATIENCE;
    let sleeper = loop {
        if let Some(pid) = sleeps() {
            break pid;
        }
        assert!(Instant::now() < deadline, "it does not start");
        std::thread::yield_now();
    };
    kill(running.pid());
    await_end(sleeper, PATIENCE);
}

#[test]
fn a_lab_whose_process_was_killed_is_no_longer_up() {
    if !has_lab() {
        not_run!("user namespaces");
    }
    let home = tempfile::tempdir().expect("a folder");
    let lab = |words: &[&str]| at(home.path(), &[&["lab"], words].concat());
    run(&mut lab(&["up", "doomed"])).exits(0);
    let holds = |pid: &u32| {
        let (words, _) = process::arguments(*pid);
        words.iter().any(|word| word == "--hold") && words.iter().any(|word| word == "doomed")
    };
    let mut ours = process::all().expect("/proc");
    ours.retain(holds);
    let first = *ours.iter().min().expect("its first process");
    kill_process(Pid::from_raw(first.cast_signed()).expect("an id"), Signal::KILL).expect("kill");
    let deadline = Instant::now() + PATIENCE;
    while ours.iter().any(|pid| process::state(*pid, *pid).is_some_and(|it| !it.has_ended())) {
        assert!(Instant::now() < deadline, "left behind");
        std::thread::yield_now();
    }
    let status = run(&mut lab(&["status", "doomed"])).exits(1);
    assert!(status.errors.contains("doomed"), "{status:?}");
    assert_eq!(std::fs::read_dir(home.path()).expect("a folder").count(), 0);
}

#[test]
fn a_shell_says_where_it_is_and_leaves_nothing() {
    need!("bash");
    if !has_lab() {
        not_run!("user namespaces");
    }
    let home = tempfile::tempdir().expect("a folder");
    let mut command = at(home.path(), &["lab", "shell", "--hosts", "web,db", "db"]);
    command.env("SHELL", need!("bash")).env("HOME", home.path()).env("TMPDIR", home.path());
    let mut terminal = Terminal::start(&mut command, 80, 24);
    terminal.until("(lab db)");
    terminal.press("uname -n; ping -c 1 web >/dev/null; exit 3\n");
    terminal.until("db\r\n");
    let (status, _) = terminal.ends();
    assert_eq!(status.code(), Some(3));
    let left: Vec<_> = std::fs::read_dir(home.path()).expect("a folder").flatten().collect();
    let left = left.iter().filter(|entry| entry.file_name() != ".bash_history").count();
    assert_eq!(left, 0);
}

#[test]
fn where_there_can_be_no_lab_the_step_and_the_fix_are_said() {
    need!("unshare");
    let script =
        "echo 0 > /proc/sys/user/max_user_namespaces || exit 77; exec \"$0\" lab run -- true";
    let mut command = program("unshare");
    command.args(["--user", "--map-root-user", "sh", "-c", script, SOCKLAB]);
    let ended = run(&mut command);
    if ended.code == 77 || ended.errors.contains("unshare:") {
        not_run!("user namespaces");
    }
    let ended = ended.exits(3);
    for said in ["unshare CLONE_NEWUSER", "No space left", "user.max_user_namespaces=10000"] {
        assert!(ended.errors.contains(said), "{said}: {ended:?}");
    }
}

/// Programs that ask `pool.ntp.org` for the time, and print how long the answer is: 48 bytes.
const ASKING: [(&str, &str, &str); 3] = [
    (
        "python3",
        "ask.py",
        "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
         s.connect(('pool.ntp.org', 123))\ns.send(b'\\x23' + bytes(47))\nprint(len(s.recv(99)))\n",
    ),
    (
        "node",
        "ask.js",
        "const s = require('dgram').createSocket('udp4');\n\
         s.on('message', m => { console.log(m.length); s.close(); });\n\
         const q = Buffer.alloc(48); q[0] = 0x23;\ns.send(q, 123, 'pool.ntp.org');\n",
    ),
    (
        "java",
        "Ask.java",
        "import java.net.*;\npublic class Ask { public static void main(String[] a) throws Exception {\n\
         DatagramSocket s = new DatagramSocket();\nbyte[] q = new byte[48]; q[0] = 0x23;\n\
         s.send(new DatagramPacket(q, 48, InetAddress.getByName(\"pool.ntp.org\"), 123));\n\
         DatagramPacket p = new DatagramPacket(new byte[99], 99); s.receive(p);\n\
         System.out.println(p.getLength()); } }\n",
    ),
];

const GO: &str = "package main\nimport (\"fmt\"; \"net\")\nfunc main() {\n\
    c, e := net.Dial(\"udp\", \"pool.ntp.org:123\")\nif e != nil { panic(e) }\n\
    q := make([]byte, 48); q[0] = 0x23; c.Write(q)\n\
    p := make([]byte, 99); n, _ := c.Read(p); fmt.Println(n) }\n";

/// A tool that every user can run, if there is one: the first one in `PATH` may be root's own.
fn found(tool: &str) -> Option<String> {
    let everybodys = Path::new("/usr/bin").join(tool);
    let path = if everybodys.is_file() { Some(everybodys) } else { find(tool) };
    path.map(|path| path.display().to_string())
}

/// `lab run`, as a user.
fn lab_of(own: &Own, user: Option<u32>, words: &[&str]) -> Command {
    let path = own.path.display().to_string();
    let mut command = program(if user.is_some() { "setpriv" } else { &path });
    if let Some(id) = user {
        let ids = [format!("--reuid={id}"), format!("--regid={id}")];
        command.args(ids).args(["--clear-groups", &path]);
    }
    command.args(["lab", "run", "--"]).args(words).env("HOME", "/nonexistent");
    command
}

#[test]
fn programs_of_every_language_find_the_names_of_the_course() {
    if !has_lab() {
        not_run!("user namespaces");
    }
    let own = Own::new();
    let folder = own.path.parent().expect("a folder").to_owned();
    let mut commands: Vec<Vec<String>> = Vec::new();
    for (tool, file, text) in ASKING {
        let Some(tool) = found(tool) else { continue };
        std::fs::write(folder.join(file), text).expect("write");
        commands.push(vec![tool, folder.join(file).display().to_string()]);
    }
    if let Some(go) = found("go") {
        std::fs::write(folder.join("ask.go"), GO).expect("write");
        let built = folder.join("ask-go");
        let cache = folder.join("cache");
        let mut build = program(&go);
        build.args(["build", "-o"]).arg(&built).arg("ask.go").current_dir(&folder);
        run(build.env("GOCACHE", cache).env("CGO_ENABLED", "0")).exits(0);
        commands.push(vec![built.display().to_string()]);
    }
    let nobody = rustix::process::geteuid().is_root() && find("setpriv").is_some();
    for user in [None].into_iter().chain(nobody.then_some(Some(65_534))) {
        for words in &commands {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let ended = run(&mut lab_of(&own, user, &words)).exits(0);
            assert_eq!(ended.text(), "48\n", "{words:?} as {user:?}");
        }
        if let Some(curl) = found("curl") {
            let ended = run(&mut lab_of(&own, user, &[&curl, "-s", "http://www.google.com/"]));
            assert!(ended.exits(0).text().contains("<html"), "curl as {user:?}");
        }
    }
}

#[test]
fn names_of_the_local_internet_are_listed() {
    if !has_lab() {
        not_run!("user namespaces");
    }
    let home = tempfile::tempdir().expect("a folder");
    let lab = |words: &[&str]| at(home.path(), &[&["lab"], words].concat());
    run(&mut lab(&["up", "names"])).exits(0);
    let status = run(&mut lab(&["status", "names", "--json"])).exits(0);
    let status: Value = serde_json::from_slice(&status.output).expect("JSON");
    let internet = status["internet"].as_array().expect("who is there").clone();
    let told = run(&mut lab(&["status", "names"])).exits(0).text();
    for listed in &internet {
        let name = listed["names"][0].as_str().expect("a name");
        assert!(told.contains(name), "{told}");
        // What is listed is what a program is told.
        let asked = ["exec", "client", "--name", "names", "--", "getent", "ahosts", name];
        let found = run(&mut lab(&asked)).exits(0).text();
        let first = listed["addresses"][0].as_str().expect("an address");
        assert!(found.contains(first), "{name}: {found}, not {first}");
    }
    assert!(internet.iter().any(|it| it["services"][0] == "http 80/tcp"), "{internet:?}");
    run(&mut lab(&["down", "names"])).exits(0);
    let gone = run(&mut lab(&["down", "names"])).exits(1).errors;
    assert!(!gone.contains("lab up"), "whoever ends one wants no new one: {gone}");
}

#[test]
fn the_courses_programs_are_found_by_name_in_a_shell() {
    if !has_lab() {
        not_run!("user namespaces");
    }
    let home = tempfile::tempdir().expect("a folder");
    let typed = "basics-01\ncommand -v tcp-server\nexit 5\n";
    let mut own = at(home.path(), &["lab", "shell", "client", "--hosts", "client,server"]);
    own.env("SHELL", "/bin/sh");
    let own = run_with(&mut own, typed).exits(5);
    assert!(own.text().contains("Host name: client"), "{own:?}");
    assert!(own.text().contains("/tcp-server") && own.errors.contains("tcp-server"), "{own:?}");
    let lab = |words: &[&str]| at(home.path(), &[&["lab"], words].concat());
    run(&mut lab(&["up", "shells"])).exits(0);
    let mut there = lab(&["shell", "server", "--name", "shells"]);
    there.env("SHELL", "/bin/sh");
    let there = run_with(&mut there, typed).exits(5);
    assert!(there.text().contains("Host name: server"), "{there:?}");
    run(&mut lab(&["down", "shells"])).exits(0);
}

#[test]
fn a_misspelt_host_is_refused_and_a_new_one_is_named() {
    let words = ["lab", "run", "--on", "servidor", "--", "true"];
    let refused = run(&mut socklab(&words)).exits(2).errors;
    assert!(refused.contains("Did you mean server?"), "{refused}");
    let words = ["lab", "run", "--on", "server", "tcp-server", "--on", "client", "tcp-client"];
    let told = run(&mut socklab(&words)).exits(2).errors;
    let advice = "socklab lab run --on server -- tcp-server --on client -- tcp-client";
    assert!(told.contains(advice), "{told}");
    if !has_lab() {
        not_run!("user namespaces");
    }
    let made = run(&mut socklab(&["lab", "run", "--on", "web", "--", "true"])).exits(0).errors;
    assert!(made.contains("for --on also web"), "{made}");
}

#[test]
fn a_program_of_the_course_may_have_a_wire_in_its_lab() {
    if !has_lab() {
        not_run!("user namespaces");
    }
    let folder = tempfile::tempdir().expect("a folder");
    // The way a reader types it: socklab's options behind the name.
    let words = ["run", "socket-03", "--lab", "--wire", "drop the 1st SYN", "--trace"];
    let traced = run(&mut at(folder.path(), &words)).exits(0).errors;
    assert!(traced.contains("dropped by the rule"), "{traced}");
    assert!(traced.contains("wire: drop the 1st SYN: 1 of 2 frames"), "{traced}");
    let words = ["run", "--lab", "--wire", "delay 1ms", "--mtu", "1500", "socket-05"];
    let plain = run(&mut at(folder.path(), &words)).exits(0);
    assert!(plain.text().contains("200 OK") && plain.errors.contains("wire: delay 1ms"));
    let words = ["run", "tcp-client", "servername", "--wire", "drop the 1st SYN-ACK"];
    let words = [&words[..], &["-o", "x.pcapng"]].concat();
    let captured = run_with(&mut at(folder.path(), &words), "hola\n").exits(0);
    assert!(captured.text().contains("HOLA"), "{captured:?}");
    assert!(folder.path().join("x.pcapng").metadata().is_ok_and(|it| it.len() > 500));
    let strange = run(&mut at(folder.path(), &["run", "socket-03", "--lab", "--wire"])).exits(2);
    assert!(strange.errors.contains("--wire"), "{strange:?}");
}

#[test]
fn a_traced_program_runs_where_it_finds_its_peer_and_says_where() {
    if !has_lab() {
        not_run!("user namespaces");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let client = run(&mut at(folder.path(), &["run", "socket-03", "--trace"])).exits(0).errors;
    let flat = client.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("SYN,ACK") && flat.contains("every packet is recorded"), "{client}");
    assert!(flat.contains("socklab trace socket-03"), "{client}");
    // Somebody in another terminal reaches a server.
    let port = free_port(Tcp).to_string();
    let server = Running::start(&mut at(folder.path(), &["run", "server-03", &port, "--trace"]));
    server.wait_for("Listening");
    let words = ["connect", "localhost", &port];
    run_with(&mut at(folder.path(), &words), "hola\n").exits(0);
    let served = server.finish();
    let flat = served.errors.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("In the machine's own network"), "{served:?}");
}

#[test]
fn a_signal_to_socklab_alone_ends_the_program_in_its_lab() {
    if !has_lab() {
        not_run!("user namespaces");
    }
    let home = tempfile::tempdir().expect("a folder");
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let server = Running::start(&mut at(home.path(), &["run", "server-02", "--lab"]));
        server.wait_for("Listening");
        server.signal(signal);
        assert_ne!(server.finish().code, 0, "{signal:?}");
    }
    run(&mut at(home.path(), &["lab", "up", "ends"])).exits(0);
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let words = ["lab", "exec", "--name", "ends", "client", "--", "server-02"];
        let server = Running::start(&mut at(home.path(), &words));
        server.wait_for("Listening");
        server.signal(signal);
        assert_ne!(server.finish().code, 0, "{signal:?}");
    }
    run(&mut at(home.path(), &["lab", "down", "ends"])).exits(0);
}
