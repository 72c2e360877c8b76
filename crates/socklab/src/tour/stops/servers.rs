//! The TCP server in five steps, with clients as a student would start them.

use std::net::TcpListener;

use anyhow::{Context, Result};

use crate::language::text;
use crate::tour::scene::{Running, Scene};
use socklab_kernel::Transport;

const PORT: u16 = 8888;

pub(super) fn bind(scene: &mut Scene) -> Result<()> {
    let port = scene.port(Transport::Tcp, PORT)?.to_string();
    let output = scene.run(&["run", "server-01", &port])?;
    scene.check_success();
    scene.check_contains(text!("check-bound", port = port), &output, &format!("0.0.0.0:{port}"));

    // The counter-check: where somebody listens already, the same program must fail.
    let taken = TcpListener::bind("0.0.0.0:0").context("bind 0.0.0.0:0")?;
    let port = taken.local_addr().context("getsockname")?.port().to_string();
    let output = scene.run(&["run", "server-01", &port])?;
    let refused = output.contains("Address already in use") && scene.last_exit() == Some(1);
    scene.check(text!("check-port-taken", port = port), refused, &output);
    Ok(())
}

pub(super) fn accept(scene: &mut Scene) -> Result<()> {
    let (server, port) = start(scene, "server-02")?;
    let client = scene.run(&["connect", "-v", "localhost", &port])?;
    scene.check_success();
    let output = scene.finish(server)?;
    let own = own_address(&client);
    scene.check_contains(text!("check-same-address", address = own), &output, &connected(own));
    Ok(())
}

pub(super) fn answer_one(scene: &mut Scene) -> Result<()> {
    let (server, port) = start(scene, "server-03")?;
    let client = scene.pipe("hola\r\n", &["connect", "localhost", &port])?;
    scene.check_success();
    let output = scene.finish(server)?;
    scene.check_contains(text!("check-received", bytes = 6), &output, "Received 6 bytes");
    scene.check(text!("check-answer", answer = "OK...hola"), client == "OK...hola\r\n", &client);
    Ok(())
}

pub(super) fn one_after_another(scene: &mut Scene) -> Result<()> {
    let (server, port) = start(scene, "server-04")?;
    let mut answers = Vec::new();
    for word in ["uno", "dos", "tres"] {
        let client = scene.pipe(&format!("{word}\r\n"), &["connect", "localhost", &port])?;
        scene.check_success();
        answers.push(client == format!("OK...{word}\r\n"));
    }
    let answered = answers.iter().filter(|answered| **answered).count();
    scene.check(text!("check-all-answered", clients = 3), answered == 3, format!("{answered}/3"));
    let listening = server.child.wait_for_port(Transport::Tcp, port.parse()?).is_ok();
    scene.check(text!("check-still-listening", port = port), listening, "");
    scene.end(server)?;
    Ok(())
}

pub(super) fn at_once(scene: &mut Scene) -> Result<()> {
    let (server, port) = start(scene, "server-05")?;
    // Three clients are connected before the first one speaks, and they speak in reverse order.
    let mut clients = Vec::new();
    for _ in 0..3 {
        let client = scene.start(&["connect", "localhost", &port])?;
        let greeted = client.child.wait_for_output("Welcome");
        scene.check(text!("check-greeted", client = clients.len() + 1), greeted, "");
        clients.push(client);
    }
    let mut answers = 0;
    while let Some(mut client) = clients.pop() {
        let word = format!("client {}", clients.len() + 1);
        client.child.say(format!("{word}\n").as_bytes())?;
        let output = scene.finish(client)?;
        answers += usize::from(output.ends_with(&format!("OK...{word}\n")));
    }
    scene.check(text!("check-reverse-order"), answers == 3, answers);
    let log = scene.end(server)?;
    let served = log.matches("Connected: ").count();
    scene.check(text!("check-threads"), served == 3, &log);
    Ok(())
}

fn start(scene: &mut Scene, program: &str) -> Result<(Running, String)> {
    let port = scene.port(Transport::Tcp, PORT)?;
    let words = ["run", program, &port.to_string()];
    Ok((scene.serve(&words, Transport::Tcp, port)?, port.to_string()))
}

fn connected(address: &str) -> String {
    format!("Connected: {address}")
}

/// Our end of the connection, as `connect -v` tells it: "127.0.0.1:40000 → 127.0.0.1:8888".
fn own_address(client: &str) -> &str {
    let words = client.lines().find(|line| line.contains(" → ")).unwrap_or_default();
    words.split(" → ").next().and_then(|words| words.rsplit(' ').next()).unwrap_or_default()
}
