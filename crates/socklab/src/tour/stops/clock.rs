//! The NTP clients, against a real NTP server on this machine.

use std::time::SystemTime;

use anyhow::Result;
use socklab_say::say;

use crate::tour::visit::{CLOCK_TOLERANCE, Visit, text_after};
use socklab_kernel::Transport;

/// Above 1024, so that no root is needed: NTP's own port is 123. A lab has a server there.
const PORT: u16 = 12300;

pub(super) fn with_library(visit: &mut Visit) -> Result<()> {
    ask(visit, "basics-04")
}

pub(super) fn by_hand(visit: &mut Visit) -> Result<()> {
    ask(visit, "basics-05")
}

fn ask(visit: &mut Visit, program: &str) -> Result<()> {
    let (output, log) = match visit.lab() {
        Some(lab) => {
            let mark = lab.mark();
            let output = visit.run_in_lab(program)?;
            visit.check_success();
            (output, lab.told_since(mark, "NTP"))
        }
        None => on_loopback(visit, program)?,
    };
    let offset = text_after(&output, "Offset: ").split(' ').next().unwrap_or_default();
    let small = |offset: f64| offset.abs() < CLOCK_TOLERANCE.as_secs_f64();
    let ok = offset.parse().is_ok_and(small);
    visit.check(say!(visit.speaker, "check-offset", offset = offset), ok, &output);
    visit.check_contains(say!(visit.speaker, "check-ntp-served"), &log, "NTPv4");
    let printed =
        text_after(&output, "Time: ").split(' ').next().and_then(|word| word.parse().ok());
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let near = |time: u64| time.abs_diff(now) <= CLOCK_TOLERANCE.as_secs();
    visit.check(say!(visit.speaker, "check-time"), printed.is_some_and(near), &output);
    Ok(())
}

fn on_loopback(visit: &mut Visit, program: &str) -> Result<(String, String)> {
    let port = visit.port(Transport::Udp, PORT)?.to_string();
    let number = port.parse()?;
    let server = visit.serve(&["serve", "ntp", "--port", &port], Transport::Udp, number)?;
    let output = visit.run(&["run", program, &format!("localhost:{port}")])?;
    visit.check_success();
    server.child.wait_for_output("NTP");
    let log = visit.end(server)?;
    Ok((output, log))
}
