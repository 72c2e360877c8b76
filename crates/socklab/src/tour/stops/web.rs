//! The HTTP client in five steps, against a real web server on this machine.

use anyhow::Result;
use socklab_net::server::http::PAGE;
use socklab_say::count;

use super::behind;
use crate::language::text;
use crate::tour::evidence;
use crate::tour::scene::Scene;
use socklab_kernel::Transport;

const PORT: u16 = 8080;

pub(super) fn socket(scene: &mut Scene) -> Result<()> {
    let output = scene.run(&["run", "socket-01"])?;
    scene.check_success();
    // 0, 1 and 2 are taken: input, output and errors. The kernel gives the lowest free number.
    let descriptor = behind(&output, "descriptor ");
    scene.check(text!("check-descriptor"), descriptor == "3", descriptor);
    Ok(())
}

pub(super) fn resolve(scene: &mut Scene) -> Result<()> {
    let output = scene.run(&["run", "socket-02", "localhost", "8080"])?;
    scene.check_success();
    let printed = behind(&output, "localhost is ");
    let opinion = evidence::addresses("localhost");
    let ok = printed.parse().is_ok_and(|address| opinion.answer.contains(&address));
    scene.check(text!("check-addresses", source = opinion.source), ok, printed);
    Ok(())
}

pub(super) fn connect(scene: &mut Scene) -> Result<()> {
    let nothing = text!("log-bytes", received = count(0), sent = count(0));
    let (output, log) = visit(scene, "socket-03", &nothing)?;
    scene.check_contains(text!("check-connected"), &output, "Connected to 127.0.0.1:");
    scene.check_contains(text!("check-no-request"), &log, &nothing);
    Ok(())
}

pub(super) fn send(scene: &mut Scene) -> Result<()> {
    let (output, log) = visit(scene, "socket-04", "GET / → 200")?;
    scene.check_contains(text!("check-request-sent"), &output, "Sent ");
    scene.check_contains(text!("check-request-seen"), &log, "GET / → 200");
    Ok(())
}

pub(super) fn receive(scene: &mut Scene) -> Result<()> {
    let (output, log) = visit(scene, "socket-05", "GET / → 200")?;
    scene.check_contains(text!("check-request-seen"), &log, "GET / → 200");
    let status = output.contains("HTTP/1.1 200");
    scene.check(text!("check-status"), status, &output);
    let page = output.contains(PAGE);
    scene.check(text!("check-page", bytes = PAGE.len()), page, &output);
    let calls = behind(&output, " bytes in ").split(' ').next().unwrap_or_default();
    let enough = calls.parse().is_ok_and(|calls: u32| calls >= 2);
    scene.check(text!("check-recv-calls", calls = calls), enough, &output);
    Ok(())
}

/// Runs the program against the server; ends the server when it has logged `last`.
fn visit(scene: &mut Scene, program: &str, last: &str) -> Result<(String, String)> {
    let port = scene.port(Transport::Tcp, PORT)?.to_string();
    let server = scene.serve(&["serve", "http", "--port", &port], Transport::Tcp, port.parse()?)?;
    let output = scene.run(&["run", program, "localhost", &port])?;
    scene.check_success();
    server.child.wait_for_output(last);
    let log = scene.end(server)?;
    Ok((output, log))
}
