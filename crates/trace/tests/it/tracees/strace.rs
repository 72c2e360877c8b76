//! The calls of a program as strace reports them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process;

/// Calls that are made on sockets only.
pub(crate) const SOCKET_CALLS: &[&str] = &[
    "socket",
    "socketpair",
    "bind",
    "listen",
    "accept",
    "accept4",
    "connect",
    "sendto",
    "recvfrom",
    "sendmsg",
    "recvmsg",
    "sendmmsg",
    "recvmmsg",
    "shutdown",
    "setsockopt",
    "getsockopt",
    "getsockname",
    "getpeername",
];

/// Calls compared only where they are made on a socket.
pub(crate) const ANY_CALLS: &[&str] = &[
    "read", "write", "readv", "writev", "close", "dup", "dup2", "dup3", "fcntl", "ioctl",
    "sendfile", "splice",
];

/// The parts of a call that both tracers report: name, descriptor, result.
pub(crate) type Line = (String, Option<i64>, String);

/// The calls of every thread that made any, in order.
pub(crate) type Threads = BTreeMap<u32, Vec<Line>>;

/// Runs a command under `strace -f -yy`.
pub(crate) fn run(argv: &[OsString], python: &str) -> Threads {
    let calls = [SOCKET_CALLS, ANY_CALLS].concat().join(",");
    parse(&text(argv, python, &calls))
}

/// The calls of a command that failed with EBADF, sorted: name, and descriptor where the call is
/// made on one.
pub(crate) fn refused(argv: &[OsString], python: &str) -> Vec<(String, Option<i64>)> {
    let calls = [SOCKET_CALLS, ANY_CALLS, &["epoll_ctl", "select", "pselect6"]].concat().join(",");
    let text = text(argv, python, &calls);
    let refused = text.lines().filter(|line| line.contains(" = -1 EBADF"));
    let call = |line: &str| {
        let (name, arguments) = line.split_once(' ')?.1.trim_start().split_once('(')?;
        let fd = match name {
            "select" | "pselect6" => None,
            "epoll_ctl" => number(arguments.split(", ").nth(2)?),
            _ => number(arguments),
        };
        Some((name.to_owned(), fd))
    };
    let mut refused: Vec<_> = refused.filter_map(call).collect();
    refused.sort();
    refused
}

/// What strace writes about these calls of a command.
fn text(argv: &[OsString], python: &str, calls: &str) -> String {
    let file = tempfile("strace");
    let status = process::Command::new("timeout")
        .args(["60", "strace", "-f", "-yy", "-s", "8", "-o", &file])
        .arg(format!("-etrace={calls},rt_sigreturn"))
        .args(argv)
        .env("PYTHON", python)
        .stdin(process::Stdio::null())
        .stdout(process::Stdio::null())
        .stderr(process::Stdio::null())
        .status()
        .expect("strace runs");
    assert!(status.code().is_some_and(|code| code != 124), "strace took too long");
    let text = std::fs::read(&file).expect("strace's output");
    let _ = std::fs::remove_file(&file);
    String::from_utf8_lossy(&text).into_owned()
}

fn tempfile(name: &str) -> String {
    let unique = format!("{name}-{}-{:?}", process::id(), std::thread::current().id());
    format!("{}/{}", env!("CARGO_TARGET_TMPDIR"), unique.replace(['(', ')'], ""))
}

fn parse(text: &str) -> Threads {
    let mut threads = Threads::new();
    let mut unfinished = BTreeMap::new();
    // Calls that a signal interrupted: whether they fail with EINTR or are restarted is not known
    // until the handler returns.
    let mut interrupted: BTreeMap<u32, Line> = BTreeMap::new();
    for line in text.lines() {
        let Some((tid, rest)) = line.split_once(' ') else {
            continue;
        };
        let Ok(tid) = tid.parse::<u32>() else {
            continue;
        };
        let rest = rest.trim_start();
        let whole = if let Some(beginning) = rest.strip_suffix(" <unfinished ...>") {
            unfinished.insert(tid, beginning.to_owned());
            continue;
        } else if let Some(resumed) = rest.strip_prefix("<... ") {
            let Some((_, end)) = resumed.split_once(" resumed>") else {
                continue;
            };
            unfinished.remove(&tid).unwrap_or_default() + end
        } else {
            rest.to_owned()
        };
        let Some((name, arguments)) = whole.split_once('(') else {
            continue;
        };
        let Some((arguments, result)) = arguments.rsplit_once(" = ") else {
            continue;
        };
        if name == "rt_sigreturn" {
            if let Some(mut line) = interrupted.remove(&tid).filter(|_| result.contains("EINTR")) {
                line.2 = "EINTR".to_owned();
                threads.entry(tid).or_default().push(line);
            }
            continue;
        }
        if !is_of_interest(name, arguments) {
            continue;
        }
        let takes_fd = !matches!(name, "socket" | "socketpair" | "splice");
        let fd = takes_fd.then(|| number(arguments)).flatten();
        let line = |result: String| (name.to_owned(), fd, result);
        if interrupted.get(&tid).is_some_and(|(again, other, _)| again == name && *other == fd) {
            interrupted.remove(&tid);
        }
        if result.starts_with("? ERESTART") {
            interrupted.insert(tid, line(String::new()));
        } else if let Some(result) = plain(result) {
            threads.entry(tid).or_default().push(line(result));
        }
    }
    threads
}

fn is_of_interest(name: &str, arguments: &str) -> bool {
    if SOCKET_CALLS.contains(&name) {
        return true;
    }
    if name == "splice" {
        return arguments.split(", ").step_by(2).take(2).any(is_socket);
    }
    ANY_CALLS.contains(&name) && is_socket(arguments)
}

/// `3<TCP:[127.0.0.1:80->…]>…`, `3<socket:[123]>…`.
fn is_socket(argument: &str) -> bool {
    const KINDS: &[&str] = &["TCP", "UDP", "UNIX", "NETLINK", "socket:[", "RAW", "PING"];
    let rest = argument.trim_start_matches(|char: char| char.is_ascii_digit());
    rest.strip_prefix('<').is_some_and(|rest| KINDS.iter().any(|kind| rest.starts_with(kind)))
}

fn number(text: &str) -> Option<i64> {
    let end = text.find(|char: char| !char.is_ascii_digit() && char != '-').unwrap_or(text.len());
    text[..end].parse().ok()
}

/// The result without its decorations: a number, or an error's name.
fn plain(result: &str) -> Option<String> {
    if let Some(error) = result.strip_prefix("-1 E") {
        return Some(format!("E{}", error.split(' ').next()?));
    }
    if let Some(hex) = result.strip_prefix("0x") {
        let end = hex.find(|char: char| !char.is_ascii_hexdigit()).unwrap_or(hex.len());
        return i64::from_str_radix(&hex[..end], 16).ok().map(|value| value.to_string());
    }
    number(result).map(|value| value.to_string())
}
