//! A private loopback is empty and isolated from the rest of the machine. `unshare` fails in a
//! process with several threads, such as the test harness. So this test has no harness, and runs
//! itself again as the program inside.

use std::net::{TcpListener, TcpStream, ToSocketAddrs};
use std::process::{Command, ExitCode};

use socklab_kernel::{parent, process, sysctl, table};
use socklab_lab::{NameServer, Names, Role, enter_private_loopback, private_folder};

const INSIDE: &str = "inside";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some(INSIDE) => {
            let parent = arguments.next().and_then(|id| id.parse().ok()).expect("our parent's id");
            inside(parent)
        }
        _ => {
            let us = std::env::current_exe().expect("our path");
            let parent = std::process::id().to_string();
            let status = Command::new(us).args([INSIDE, &parent]).status().expect("ourselves");
            println!("private loopback ... {status}");
            ExitCode::from(u8::from(!status.success()))
        }
    }
}

fn inside(parent: u32) -> ExitCode {
    parent::end_with(parent::Parent::Id(parent)).expect("prctl");
    let before = process::own_network_namespace();
    let loopback = match enter_private_loopback() {
        Ok(Role::Inside(loopback)) => loopback,
        Ok(Role::Outside { exit_code }) => {
            return ExitCode::from(u8::try_from(exit_code).unwrap_or(1));
        }
        Err(refusal) => {
            socklab_prerequisites::say_not_run("private", &format!("user namespaces ({refusal})"));
            return ExitCode::SUCCESS;
        }
    };
    assert_ne!(process::own_network_namespace(), before);
    let states = table::read(table::Namespace::Own, table::Table::Tcp).expect("a table");
    assert_eq!(states, [], "nobody else is here");
    // All ports are free, and where the setting may be written, a low one needs no privilege.
    let first = sysctl::read("net.ipv4.ip_unprivileged_port_start").expect("a setting");
    let port = if first == "0" { 80 } else { 8080 };
    let listener = TcpListener::bind(("127.0.0.1", port)).expect("a free port");
    TcpStream::connect(("127.0.0.1", port)).expect("lo is up");
    drop(listener);
    if loopback.own_processes {
        assert_eq!(process::all().expect("/proc"), [1], "nobody else is in our /proc");
        names();
        let folder = private_folder().expect("an empty folder");
        assert!(std::fs::write(folder.join("file"), "ours").is_ok());
    } else {
        socklab_prerequisites::say_not_run("process namespace", "a /proc that can be mounted");
    }
    ExitCode::SUCCESS
}

/// What programs find out about names, by way of the C library.
fn names() {
    let before = tree();
    let server = NameServer::enter(&Names::default()).expect("port 53 and mounts");
    assert_eq!(tree(), before, "nothing but the contents of files in /etc has changed");
    let two = [[127, 0, 0, 2], [127, 0, 0, 1]].map(std::net::IpAddr::from);
    server
        .start(Names::default().without("nobody.example").with("two.example", two))
        .expect("threads");
    let found = |name: &str| -> Vec<String> {
        let found = (name, 80).to_socket_addrs().map(Iterator::collect).unwrap_or_default();
        let addresses: Vec<std::net::SocketAddr> = found;
        addresses.iter().map(|address| address.ip().to_string()).collect()
    };
    for name in ["0.uk.pool.ntp.org", "www.google.com", "localhost", "one-word"] {
        assert_eq!(found(name), ["127.0.0.1"], "{name}");
    }
    // As a program asks that names AF_INET and AI_ADDRCONFIG.
    if let Ok(getent) = Command::new("getent").args(["ahostsv4", "one.example"]).output() {
        let text = String::from_utf8_lossy(&getent.stdout).into_owned();
        assert!(text.starts_with("127.0.0.1 "), "{text}");
    }
    let mut both = found("two.example");
    both.sort();
    assert_eq!(both, ["127.0.0.1", "127.0.0.2"]);
    for name in ["no-such-name.invalid", "nobody.example"] {
        assert!(found(name).is_empty(), "{name}");
    }
}

/// What is in the folders that programs look into, by name.
fn tree() -> Vec<String> {
    let names = |folder: &str| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let path = |entry: std::fs::DirEntry| entry.path().display().to_string();
        let mut names: Vec<String> = entries.map(path).collect();
        names.sort();
        names
    };
    ["/", "/etc", "/srv", "/media", "/mnt", "/opt", "/run"].map(names).concat()
}
