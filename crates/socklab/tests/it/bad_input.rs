//! Invalid ports, unknown names, servers that are not running, ports in use: each program says in
//! one line which call failed and on what, and exits with 1, or with 2 for a usage error.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::Command;
use std::time::Instant;

use crate::stage::{Ended, Transport, program, run, serve, socklab};
use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use socklab_prerequisites::{need, not_run};

/// Every program that takes a port; `PORT` stands for the port.
const TAKE_A_PORT: &[&str] = &[
    "basics-03 PORT",
    "basics-03 PORT udp",
    "basics-04 localhost:PORT",
    "basics-05 localhost:PORT",
    "socket-02 localhost PORT",
    "socket-03 localhost PORT",
    "socket-04 localhost PORT",
    "socket-05 localhost PORT",
    "server-01 PORT",
    "server-02 PORT",
    "server-03 PORT",
    "server-04 PORT",
    "server-05 PORT",
    "echo-server --port PORT",
    "echo-client --port PORT hola",
    "udp-client localhost PORT",
    "udp-server PORT",
    "tcp-client localhost PORT",
    "tcp-server PORT",
];

/// Every program that takes a host name.
const TAKE_A_NAME: &[&str] = &[
    "basics-02 NAME",
    "basics-04 NAME",
    "basics-05 NAME:12300",
    "socket-02 NAME",
    "socket-03 NAME 8080",
    "socket-04 NAME 8080",
    "socket-05 NAME 8080",
    "echo-client --host NAME hola",
    "udp-client NAME",
    "tcp-client NAME 12000",
];

const SERVERS: &[&str] = &[
    "server-01 PORT",
    "server-02 PORT",
    "server-03 PORT",
    "server-04 PORT",
    "server-05 PORT",
    "echo-server --port PORT",
    "tcp-server PORT",
];

fn name(line: &str) -> &str {
    line.split(' ').next().unwrap_or(line)
}

/// `socklab run` with the words of this line, with `mark` replaced.
fn course(line: &str, mark: &str, word: &str) -> Command {
    let words: Vec<String> = line.split(' ').map(|piece| piece.replace(mark, word)).collect();
    let mut command = socklab(&["run"]);
    command.args(words);
    command
}

#[test]
fn an_invalid_port_is_a_usage_error_that_shows_the_port_and_the_usage() {
    for line in TAKE_A_PORT {
        for port in ["0", "70000", "65536", "abc", "-1", "", "80 ", "８０"] {
            let ended = run(&mut course(line, "PORT", port)).exits(2);
            let (first, second) = ended.errors.split_once('\n').unwrap_or((&ended.errors, ""));
            let name = name(line);
            assert!(first.starts_with(&format!("{name}: ")), "{}", ended.errors);
            assert!(first.contains(&format!("{port:?}")), "{line} {port:?}: {first}");
            assert!(first.contains("a port is a number from 1 to 65535"), "{first}");
            assert!(second.starts_with(&format!("usage: {name} ")), "{}", ended.errors);
        }
    }
}

#[test]
fn an_unknown_option_or_one_without_its_value_is_a_usage_error_of_the_echo_pair() {
    for line in
        ["echo-server --port", "echo-server 10000", "echo-client --port", "echo-client --nope hola"]
    {
        let ended = run(&mut course(line, "", "")).exits(2);
        assert!(ended.complaint().contains(&format!("usage: {} ", name(line))), "{}", ended.errors);
    }
}

#[test]
fn an_unknown_name_is_reported_with_the_way_that_works_offline() {
    for line in TAKE_A_NAME {
        // RFC 6761: this top-level domain will never exist.
        let ended = run(&mut course(line, "NAME", "no-such-name.invalid")).exits(1);
        let name = name(line);
        let complaint = ended.complaint();
        let wanted = format!("{name}: resolve no-such-name.invalid");
        assert!(complaint.starts_with(&wanted), "{line}: {complaint}");
        // The clients of the course's own servers need no more than this machine.
        let offline = match name {
            "echo-client" => format!("`socklab run {name} --host localhost"),
            "udp-client" | "tcp-client" => format!("`socklab run {name} localhost"),
            _ => format!("`socklab run {name} --lab`"),
        };
        assert!(complaint.contains("no network"), "{line}: {complaint}");
        assert!(complaint.contains(&offline), "{complaint}");
    }
}

/// Checks that an error names the call and its object, says what to try, and gives the kernel's
/// reason. What it says to try can be typed: it is a command with a name that socklab knows.
#[track_caller]
fn assert_error(complaint: &str, step: &str, reason: &str) {
    let advice = complaint.strip_prefix(step).and_then(|rest| rest.strip_suffix(reason));
    let advice = advice.unwrap_or_else(|| panic!("{complaint:?}: not {step} … {reason}"));
    let typed: Vec<_> = advice.split('`').skip(1).step_by(2).collect();
    assert!(advice.starts_with(" (") && !typed.is_empty(), "{complaint}");
    for command in typed {
        let words: Vec<_> = command.split(' ').collect();
        let known = match words[..] {
            ["socklab", "run", name, ..] => programs::find(name).is_some(),
            ["socklab", "serve", "http" | "ntp", "--port", port] => port.parse::<u16>().is_ok(),
            _ => false,
        };
        assert!(known, "{command:?} in {complaint}");
    }
}

#[test]
fn a_connection_to_a_port_without_a_listener_is_refused() {
    // The port is bound but not listening: no other program can take it, and the kernel answers
    // with RST.
    let reserved = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&reserved, &"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap()).unwrap();
    let address = std::net::SocketAddr::try_from(getsockname(&reserved).unwrap()).unwrap();
    let port = address.port().to_string();
    for line in [
        "socket-03 127.0.0.1 PORT",
        "socket-04 127.0.0.1 PORT",
        "socket-05 127.0.0.1 PORT",
        "echo-client --host 127.0.0.1 --port PORT hola",
        "tcp-client 127.0.0.1 PORT",
    ] {
        let ended = run(&mut course(line, "PORT", &port)).exits(1);
        let step = format!("{}: connect {address}", name(line));
        assert_error(ended.complaint(), &step, ": Connection refused (os error 111)");
    }
}

#[test]
fn a_datagram_to_an_unused_port_is_refused_on_a_connected_socket() {
    // While we hold the port on 127.0.0.1, no other program can bind it on all addresses: on
    // 127.0.0.2 it stays free, and the kernel answers with ICMP.
    let reserved = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = reserved.local_addr().unwrap().port();
    let ended = run(&mut socklab(&["run", "basics-05", &format!("127.0.0.2:{port}")])).exits(1);
    let step = format!("basics-05: recv 127.0.0.2:{port}");
    assert_error(ended.complaint(), &step, ": Connection refused (os error 111)");
}

#[test]
fn a_port_in_use_is_an_error_of_bind_on_that_address() {
    let tcp = TcpListener::bind("0.0.0.0:0").unwrap();
    let udp = UdpSocket::bind("0.0.0.0:0").unwrap();
    let taken = |line: &str, port: u16| {
        let ended = run(&mut course(line, "PORT", &port.to_string())).exits(1);
        let step = format!("{}: bind 0.0.0.0:{port}", name(line));
        assert_error(ended.complaint(), &step, ": Address already in use (os error 98)");
    };
    for line in SERVERS {
        taken(line, tcp.local_addr().unwrap().port());
    }
    taken("udp-server PORT", udp.local_addr().unwrap().port());
}

/// accept(2) fails with EMFILE if there is no descriptor for the new socket: clients wait until there
/// is one, and the server neither ends nor spins.
#[test]
fn a_server_without_descriptors_goes_on_when_it_has_some() {
    for line in ["server-04 PORT", "server-05 PORT", "tcp-server PORT", "echo-server --port PORT"] {
        let words: Vec<_> = ["run"].into_iter().chain(line.split(' ')).collect();
        let (server, port) = serve(Transport::Tcp, &words);
        let pid = Pid::from_raw(server.pid() as i32);
        let limit = getrlimit(Resource::Nofile);
        // 0 to 2 and the listening socket.
        prlimit(pid, Resource::Nofile, Rlimit { current: Some(4), ..limit }).expect("prlimit");
        let start = Instant::now();
        // The accept in which the server waits has a descriptor already. The next one fails.
        drop(TcpStream::connect(("127.0.0.1", port)).expect("the kernel accepts it"));
        let error = "accept: Too many open files (os error 24)\n";
        let told = server.wait_for_error(&error.repeat(3)).lines().count() as u128;
        assert!(start.elapsed().as_millis() >= (told - 1) * 100, "{line} spins");
        let mut client = TcpStream::connect(("127.0.0.1", port)).expect("the kernel accepts it");
        client.write_all(b"hola").expect("send");
        prlimit(pid, Resource::Nofile, limit).expect("prlimit");
        let mut answer = [0; 4];
        client.read_exact(&mut answer).expect("an answer");
    }
}

#[test]
fn a_low_port_needs_permission() {
    let first = socklab_kernel::sysctl::read("net.ipv4.ip_unprivileged_port_start");
    if first.is_ok_and(|first| first == "0") {
        not_run!("ip_unprivileged_port_start above 0");
    }
    let setpriv = need!("setpriv");
    for line in SERVERS.iter().chain(&["udp-server PORT"]) {
        // Root without capabilities is like any other user.
        let mut command = program(&setpriv);
        if rustix::process::geteuid().is_root() {
            command.args(["--bounding-set=-all", "--inh-caps=-all"]);
        }
        let words = course(line, "PORT", "1");
        let ended = run(command.arg(words.get_program()).args(words.get_args())).exits(1);
        let step = format!("{}: bind 0.0.0.0:1", name(line));
        assert_error(ended.complaint(), &step, ": Permission denied (os error 13)");
    }
}

/// Runs a program in its own network namespace, in which no interface is up.
fn without_network(unshare: &str, line: &str) -> Ended {
    let words = course(line, "", "");
    run(program(unshare).arg("-Urn").arg(words.get_program()).args(words.get_args()))
}

#[test]
fn without_a_network_every_program_says_which_step_failed() {
    let unshare = need!("unshare");
    if run(program(&unshare).args(["-Urn", "true"])).code != 0 {
        not_run!("a network namespace (unshare -Urn)");
    }
    const NOWHERE: &str = ": Network is unreachable (os error 101)";
    for (line, step) in [
        ("socket-03 192.0.2.1 80", "connect 192.0.2.1:80"),
        ("socket-04 192.0.2.1 80", "connect 192.0.2.1:80"),
        ("socket-05 192.0.2.1 80", "connect 192.0.2.1:80"),
        ("echo-client --host 192.0.2.1 hola", "connect 192.0.2.1:10000"),
        ("tcp-client 192.0.2.1", "connect 192.0.2.1:12000"),
        ("udp-client 192.0.2.1", "sendto 192.0.2.1:12000"),
        ("basics-04 192.0.2.1", "sendto 192.0.2.1:123"),
        ("basics-05 192.0.2.1", "connect 192.0.2.1:123"),
    ] {
        let ended = without_network(&unshare, line).exits(1);
        assert_error(ended.complaint(), &format!("{}: {step}", name(line)), NOWHERE);
    }
    // The course's defaults need DNS: each program says what it looked up, and what works offline.
    for (line, default) in [
        ("basics-02", "www.google.com"),
        ("basics-04", "pool.ntp.org"),
        ("basics-05", "pool.ntp.org"),
        ("socket-02", "www.google.com"),
        ("socket-03", "www.google.com"),
        ("socket-04", "www.google.com"),
        ("socket-05", "www.google.com"),
    ] {
        let ended = without_network(&unshare, line).exits(1);
        let complaint = ended.complaint();
        assert!(complaint.starts_with(&format!("{line}: resolve {default}")), "{complaint}");
        let advised = format!("{line} --lab");
        assert!(complaint.contains(&format!("`socklab run {advised}`")), "{complaint}");
        let typed = socklab(&["run", line, "--lab"]);
        let mut command = program(&unshare);
        command.arg("-Urn").arg(typed.get_program()).args(typed.get_args());
        let lab = run(&mut command).exits(0);
        assert!(lab.errors.starts_with("In the lab: "), "{}", lab.errors);
        assert!(lab.text().contains(default), "{}", lab.text());
    }
    // Programs that need no network work.
    for line in ["basics-03", "socket-01", "socket-02 192.0.2.1", "server-01 12345"] {
        without_network(&unshare, line).exits(0);
    }
}

#[test]
fn a_word_too_many_is_named_also_where_a_command_could_stand() {
    for line in ["class more", "class -o results more", "merge more -o results"] {
        let mut command = socklab(&["grade", "echo-server"]);
        let ended = run(command.args(line.split(' ')));
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.errors.contains("“more” is not expected here"), "{line}: {ended:?}");
    }
}

#[test]
fn an_argument_that_is_not_utf_8_is_a_usage_error() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::process::CommandExt;
    let odd = OsStr::from_bytes(b"\xff\xfe");
    for words in [&["run"][..], &["run", "echo-client"], &["show"], &["resolve"], &["list"]] {
        let ended = run(socklab(words).arg(odd)).exits(2);
        assert!(ended.errors.starts_with("socklab: "), "{}", ended.errors);
    }
    for line in ["server-03", "echo-client", "udp-client", "basics-02"] {
        let ended = run(socklab(&[]).arg0(line).arg(odd)).exits(2);
        assert!(ended.complaint().starts_with(&format!("{line}: ")), "{}", ended.errors);
        assert!(ended.complaint().contains(r"\xFF\xFE"), "{}", ended.errors);
    }
}
