//! The HTTP client in five steps, against a real web server on this machine.

use anyhow::Result;
use socklab_net::server::http::{PAGE, Site};
use socklab_say::{count, say};

use crate::tour::evidence;
use crate::tour::visit::{Visit, text_after};
use socklab_kernel::Transport;

/// The site that the course's client asks for. A lab has it.
const SITE: &str = "www.google.com";
/// Where a server is otherwise.
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
    let (name, output) = match visit.lab() {
        Some(_) => (SITE, visit.run_in_lab("socket-02")?),
        None => ("localhost", visit.run(&["run", "socket-02", "localhost", "8080"])?),
    };
    visit.check_success();
    let printed = text_after(&output, &format!("{name} is "));
    let opinion = evidence::addresses(name);
    let ok = printed.parse().is_ok_and(|address| opinion.answer.contains(&address));
    visit.check(say!(visit.speaker, "check-addresses", source = opinion.source), ok, printed);
    Ok(())
}

pub(super) fn connect(visit: &mut Visit) -> Result<()> {
    let nothing = say!(visit.speaker, "log-bytes", received = count(0), sent = count(0));
    let (output, log) = fetch(visit, "socket-03", &nothing)?;
    let expected: Vec<String> = match visit.lab() {
        Some(_) => {
            let addresses = evidence::addresses(SITE).answer.into_iter();
            addresses.map(|address| format!("Connected to {address}:80\n")).collect()
        }
        None => vec!["Connected to 127.0.0.1:".to_owned()],
    };
    let connected = expected.iter().any(|line| output.contains(line));
    visit.check(say!(visit.speaker, "check-connected"), connected, output.trim_end());
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
    let page = match visit.lab() {
        Some(_) => Site::new(SITE).page(),
        None => PAGE.to_owned(),
    };
    let complete = output.contains(&page);
    visit.check(say!(visit.speaker, "check-page", bytes = page.len()), complete, &output);
    let calls = text_after(&output, " bytes in ").split(' ').next().unwrap_or_default();
    let enough = calls.parse().is_ok_and(|calls: u32| calls >= 2);
    visit.check(say!(visit.speaker, "check-recv-calls", calls = calls), enough, &output);
    Ok(())
}

/// Runs the program against the server, until that has logged `last`: the lab's, or one that is
/// started for it.
fn fetch(visit: &mut Visit, program: &str, last: &str) -> Result<(String, String)> {
    if let Some(lab) = visit.lab() {
        let mark = lab.mark();
        let output = visit.run_in_lab(program)?;
        visit.check_success();
        return Ok((output, lab.told_since(mark, last)));
    }
    let port = visit.port(Transport::Tcp, PORT)?.to_string();
    let server = visit.serve(&["serve", "http", "--port", &port], Transport::Tcp, port.parse()?)?;
    let output = visit.run(&["run", program, "localhost", &port])?;
    visit.check_success();
    server.child.wait_for_output(last);
    let log = visit.end(server)?;
    Ok((output, log))
}
