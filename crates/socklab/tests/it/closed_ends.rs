//! Closed input, output that nobody reads, and a full disk: `0<&-`, `| head -1`, `/dev/full`.

use std::fs::File;
use std::io::pipe;
use std::process::Command;

use crate::stage::Transport::{Tcp, Udp};
use crate::stage::{Ended, Running, free_port, program, run, serve, socklab};
use rustix::event::{PollFd, PollFlags, poll};
use socklab_prerequisites::need;

const SOCKLAB: &str = env!("CARGO_BIN_EXE_socklab");

/// Commands that only print.
const PRINT: &[&str] = &[
    "",
    "--help",
    "--version",
    "run --help",
    "list",
    "list --json",
    "show server-03",
    "show server-03 --lang es",
    "host --json",
    "resolve localhost",
    "resolve --json localhost",
    "service 25",
    "service --json http",
    "completions bash",
    "completions zsh",
    "run basics-02 localhost",
    "run basics-03",
    "run socket-01",
    "run socket-02 localhost",
];

fn words(line: &str) -> Command {
    socklab(&line.split_whitespace().collect::<Vec<_>>())
}

/// Runs it with a standard output that nobody reads any more. (`| head -1` has that effect only if
/// the output is longer than a pipe's buffer, and only eventually.)
fn into_nobody(command: &mut Command) -> Ended {
    let (reader, writer) = pipe().expect("a pipe");
    drop(reader);
    // Another test may be forking right now, and its child holds all our descriptors until it
    // execs.
    let mut broken = [PollFd::new(&writer, PollFlags::empty())];
    assert_eq!(poll(&mut broken, None), Ok(1), "the pipe is broken (POLLERR)");
    Running::start_into(command, writer.into()).finish()
}

#[test]
fn a_broken_pipe_ends_every_command_silently_as_sigpipe_would() {
    for line in PRINT {
        let ended = into_nobody(&mut words(line)).exits(141);
        assert_eq!(ended.errors, "", "{line}");
    }
}

#[test]
fn a_broken_pipe_ends_every_server_silently() {
    for (transport, line) in [
        (Tcp, "run server-01 PORT"),
        (Tcp, "run server-02 PORT"),
        (Tcp, "run server-03 PORT"),
        (Tcp, "run server-04 PORT"),
        (Tcp, "run server-05 PORT"),
        (Tcp, "run echo-server --port PORT"),
        (Tcp, "run tcp-server PORT"),
        (Udp, "run udp-server PORT"),
    ] {
        let ended = (0..20)
            .map(|_| {
                let port = free_port(transport).to_string();
                into_nobody(&mut words(&line.replace("PORT", &port)))
            })
            .find(|ended| !ended.errors.contains("in use"))
            .expect("20 free ports were all taken at once")
            .exits(141);
        assert_eq!(ended.errors, "", "{line}");
    }
}

#[test]
fn a_broken_pipe_ends_every_client_silently() {
    let (_tcp, tcp) = serve(Tcp, &["run", "tcp-server", "PORT"]);
    let (_udp, udp) = serve(Udp, &["run", "udp-server", "PORT"]);
    for line in [
        format!("run echo-client --port {tcp} HOLA"),
        format!("run echo-client --port {tcp}"),
        format!("run tcp-client 127.0.0.1 {tcp}"),
        format!("run udp-client 127.0.0.1 {udp}"),
        format!("run socket-03 127.0.0.1 {tcp}"),
    ] {
        let ended = into_nobody(&mut words(&line)).exits(141);
        assert_eq!(ended.errors, "", "{line}");
    }
}

#[test]
fn echo_client_with_a_megabyte_into_head_ends_silently() {
    let bash = need!("bash");
    let (server, port) = serve(Tcp, &["run", "echo-server", "--port", "PORT"]);
    let script = format!(
        r#"head -c 1048576 /dev/zero | tr '\0' a |
           "$0" run echo-client --port {port} | head -1; exit "${{PIPESTATUS[2]}}""#
    );
    let ended = run(program(&bash).args(["-c", &script, SOCKLAB])).exits(141);
    assert_eq!(ended.text(), format!("Message: Sending 1048576 bytes to 127.0.0.1:{port}\n"));
    assert_eq!(ended.errors, "");
    // The server has lost a client, and nothing else.
    let next = run(&mut socklab(&["run", "echo-client", "--port", &port.to_string(), "hola"]));
    assert!(next.exits(0).text().contains("All 4 bytes came back\n"));
    assert!(server.has_port(Tcp, port));
}

#[test]
fn a_full_disk_is_an_error_with_a_reason() {
    for line in PRINT {
        let full = File::options().write(true).open("/dev/full").expect("/dev/full");
        let ended = Running::start_into(&mut words(line), full.into()).finish().exits(3);
        assert!(ended.errors.contains("No space left on device"), "{line}: {}", ended.errors);
        assert_eq!(ended.errors.lines().count(), 1, "{line}: {}", ended.errors);
        // It begins, as every error does, with the program's name.
        let program = line.strip_prefix("run ").filter(|name| !name.starts_with('-'));
        let name = program.and_then(|line| line.split(' ').next()).unwrap_or("socklab");
        assert!(ended.errors.starts_with(&format!("{name}: ")), "{line}: {}", ended.errors);
    }
}

/// Runs `socklab LINE` from a shell that closes some of its descriptors.
fn with_closed(bash: &str, line: &str, closed: &str) -> Ended {
    let script = format!(r#"exec "$0" {line} {closed}"#);
    run(program(bash).args(["-c", &script, SOCKLAB]))
}

#[test]
fn a_closed_input_is_an_empty_message() {
    let bash = need!("bash");
    let (echo, port) = serve(Tcp, &["run", "echo-server", "--port", "PORT"]);
    let client = with_closed(&bash, &format!("run echo-client --port {port}"), "0<&-").exits(0);
    assert!(client.text().ends_with("All 0 bytes came back\n"), "{}", client.text());
    echo.wait_for(", 0 bytes in 1 recv calls\n");

    let (_tcp, port) = serve(Tcp, &["run", "tcp-server", "PORT"]);
    let client = with_closed(&bash, &format!("run tcp-client 127.0.0.1 {port}"), "0<&-").exits(0);
    assert!(client.text().ends_with(&format!("From 127.0.0.1:{port}: \n")), "{}", client.text());

    let (udp, port) = serve(Udp, &["run", "udp-server", "PORT"]);
    let client = with_closed(&bash, &format!("run udp-client 127.0.0.1 {port}"), "0<&-").exits(0);
    assert!(client.text().ends_with(&format!("From 127.0.0.1:{port}: \n")), "{}", client.text());
    udp.wait_for("0 bytes from 127.0.0.1:");
}

#[test]
fn closed_descriptors_cause_no_failure_and_are_not_given_to_sockets() {
    let bash = need!("bash");
    for line in PRINT {
        let ended = with_closed(&bash, line, "0<&-").exits(0);
        assert!(!ended.output.is_empty(), "{line}");
        with_closed(&bash, line, ">&-").exits(0);
        with_closed(&bash, line, "0<&- >&- 2>&-").exits(0);
    }
    let ended = with_closed(&bash, "run socket-01", "0<&-").exits(0);
    assert_eq!(ended.text(), "Socket created: descriptor 3\n");
}
