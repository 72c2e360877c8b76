//! The TCP server in five steps, with clients as a student would start them.

use std::net::TcpListener;

use anyhow::{Context, Result};
use socklab_say::say;

use crate::tour::visit::{Background, Visit};
use socklab_kernel::Transport;

const PORT: u16 = 8888;

pub(super) fn bind(visit: &mut Visit) -> Result<()> {
    let port = visit.port(Transport::Tcp, PORT)?.to_string();
    let output = visit.run(&["run", "server-01", &port])?;
    visit.check_success();
    visit.check_contains(
        say!(visit.speaker, "check-bound", port = port),
        &output,
        &format!("0.0.0.0:{port}"),
    );

    // The counter-check: on a port that is already in use, the same program must fail.
    let taken = TcpListener::bind("0.0.0.0:0").context("bind 0.0.0.0:0")?;
    let port = taken.local_addr().context("getsockname")?.port().to_string();
    let output = visit.run(&["run", "server-01", &port])?;
    let refused = output.contains("Address already in use") && visit.last_exit() == Some(1);
    visit.check(say!(visit.speaker, "check-port-taken", port = port), refused, &output);
    Ok(())
}

pub(super) fn accept(visit: &mut Visit) -> Result<()> {
    let (server, port) = start(visit, "server-02")?;
    let client = visit.run(&["connect", "-v", "localhost", &port])?;
    visit.check_success();
    let output = visit.finish(server)?;
    let own = own_address(&client);
    visit.check_contains(
        say!(visit.speaker, "check-same-address", address = own),
        &output,
        &connected(own),
    );
    Ok(())
}

pub(super) fn answer_one(visit: &mut Visit) -> Result<()> {
    let (server, port) = start(visit, "server-03")?;
    let client = visit.pipe("hola\r\n", &["connect", "localhost", &port])?;
    visit.check_success();
    let output = visit.finish(server)?;
    visit.check_contains(
        say!(visit.speaker, "check-received", bytes = 6),
        &output,
        "Received 6 bytes",
    );
    visit.check(
        say!(visit.speaker, "check-answer", answer = "OK...hola"),
        client == "OK...hola\r\n",
        &client,
    );
    Ok(())
}

pub(super) fn one_after_another(visit: &mut Visit) -> Result<()> {
    let (server, port) = start(visit, "server-04")?;
    let mut answers = Vec::new();
    for word in ["uno", "dos", "tres"] {
        let client = visit.pipe(&format!("{word}\r\n"), &["connect", "localhost", &port])?;
        visit.check_success();
        answers.push(client == format!("OK...{word}\r\n"));
    }
    let answered = answers.iter().filter(|answered| **answered).count();
    visit.check(
        say!(visit.speaker, "check-all-answered", clients = 3),
        answered == 3,
        format!("{answered}/3"),
    );
    let listening = server.child.wait_for_port(Transport::Tcp, port.parse()?).is_ok();
    visit.check(say!(visit.speaker, "check-still-listening", port = port), listening, "");
    visit.end(server)?;
    Ok(())
}

pub(super) fn at_once(visit: &mut Visit) -> Result<()> {
    let (server, port) = start(visit, "server-05")?;
    // Three clients are connected before the first one speaks, and they speak in reverse order.
    let mut clients = Vec::new();
    for _ in 0..3 {
        let client = visit.start(&["connect", "localhost", &port])?;
        let greeted = client.child.wait_for_output("Welcome");
        visit.check(say!(visit.speaker, "check-greeted", client = clients.len() + 1), greeted, "");
        clients.push(client);
    }
    let mut answers = 0;
    while let Some(mut client) = clients.pop() {
        let word = format!("client {}", clients.len() + 1);
        client.child.say(format!("{word}\n").as_bytes())?;
        let output = visit.finish(client)?;
        answers += usize::from(output.ends_with(&format!("OK...{word}\n")));
    }
    visit.check(say!(visit.speaker, "check-reverse-order"), answers == 3, answers);
    let log = visit.end(server)?;
    let served = log.matches("Connected: ").count();
    visit.check(say!(visit.speaker, "check-threads"), served == 3, &log);
    Ok(())
}

fn start(visit: &mut Visit, program: &str) -> Result<(Background, String)> {
    let port = visit.port(Transport::Tcp, PORT)?;
    let words = ["run", program, &port.to_string()];
    Ok((visit.serve(&words, Transport::Tcp, port)?, port.to_string()))
}

fn connected(address: &str) -> String {
    format!("Connected: {address}")
}

/// Our end of the connection, as `connect -v` prints it: "127.0.0.1:40000 → 127.0.0.1:8888".
fn own_address(client: &str) -> &str {
    let words = client.lines().find(|line| line.contains(" → ")).unwrap_or_default();
    words.split(" → ").next().and_then(|words| words.rsplit(' ').next()).unwrap_or_default()
}
