//! The HTTP client in five steps, against a real web server on this machine.

use anyhow::Result;
use socklab_net::server::http::PAGE;
use socklab_say::{count, say};

use crate::tour::evidence;
use crate::tour::visit::{Visit, text_after};
use socklab_kernel::Transport;

const PORT: u16 = 8080;

pub(super) fn socket(visit: &mut Visit) -> Result<()> {
    let output = visit.run(&["run", "socket-01"])?;
    visit.check_success();
    // 0, 1 and 2 are taken: input, output and errors. The kernel gives the lowest free number.
    let descriptor = text_after(&output, "descriptor ");
    visit.check(say!(visit.speaker, "check-descriptor"), descriptor == "3", descriptor);
    Ok(())
}

pub(super) fn resolve(visit: &mut Visit) -> Result<()> {
    let output = visit.run(&["run", "socket-02", "localhost", "8080"])?;
    visit.check_success();
    let printed = text_after(&output, "localhost is ");
    let opinion = evidence::addresses("localhost");
    let ok = printed.parse().is_ok_and(|address| opinion.answer.contains(&address));
    visit.check(say!(visit.speaker, "check-addresses", source = opinion.source), ok, printed);
    Ok(())
}

pub(super) fn connect(visit: &mut Visit) -> Result<()> {
    let nothing = say!(visit.speaker, "log-bytes", received = count(0), sent = count(0));
    let (output, log) = fetch(visit, "socket-03", &nothing)?;
    visit.check_contains(
        say!(visit.speaker, "check-connected"),
        &output,
        "Connected to 127.0.0.1:",
    );
    visit.check_contains(say!(visit.speaker, "check-no-request"), &log, &nothing);
    Ok(())
}

pub(super) fn send(visit: &mut Visit) -> Result<()> {
    let (output, log) = fetch(visit, "socket-04", "GET / → 200")?;
    visit.check_contains(say!(visit.speaker, "check-request-sent"), &output, "Sent ");
    visit.check_contains(say!(visit.speaker, "check-request-seen"), &log, "GET / → 200");
    Ok(())
}

pub(super) fn receive(visit: &mut Visit) -> Result<()> {
    let (output, log) = fetch(visit, "socket-05", "GET / → 200")?;
    visit.check_contains(say!(visit.speaker, "check-request-seen"), &log, "GET / → 200");
    let status = output.contains("HTTP/1.1 200");
    visit.check(say!(visit.speaker, "check-status"), status, &output);
    let page = output.contains(PAGE);
    visit.check(say!(visit.speaker, "check-page", bytes = PAGE.len()), page, &output);
    let calls = text_after(&output, " bytes in ").split(' ').next().unwrap_or_default();
    let enough = calls.parse().is_ok_and(|calls: u32| calls >= 2);
    visit.check(say!(visit.speaker, "check-recv-calls", calls = calls), enough, &output);
    Ok(())
}

/// Runs the program against the server; ends the server when it has logged `last`.
fn fetch(visit: &mut Visit, program: &str, last: &str) -> Result<(String, String)> {
    let port = visit.port(Transport::Tcp, PORT)?.to_string();
    let server = visit.serve(&["serve", "http", "--port", &port], Transport::Tcp, port.parse()?)?;
    let output = visit.run(&["run", program, "localhost", &port])?;
    visit.check_success();
    server.child.wait_for_output(last);
    let log = visit.end(server)?;
    Ok((output, log))
}
