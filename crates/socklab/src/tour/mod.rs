//! The tour: every program of the course, run for real, checked, and shown.
//!
//! A stop of the tour runs one program, or a client and its server together. What a stop does is in
//! `stops`; `visit` runs commands and records checks; `display` prints the results.

mod display;
mod evidence;
mod page;
mod pair;
mod place;
mod questions;
mod report;
mod stops;
mod visit;

use std::env::current_exe;
use std::io::{self, ErrorKind, IsTerminal, stdin};
use std::net::{Ipv4Addr, UdpSocket};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use programs::Program;
use socklab_lab::end_with_us;
use socklab_say::{Speaker, say};

use crate::cli;
use crate::course_program::known;
use crate::exit_reason::ExitReason;
use crate::failure::{Failure, with_causes};
use crate::file;
use crate::output::{self, println};
use place::{Entered, Venue};
use report::{StopReport, Total, purpose};
use stops::{STOPS, Stop};
use visit::Visit;

/// Runs the tour. The exit code is 0 only if every check of every stop passed.
pub(crate) fn tour(speaker: Speaker, options: &cli::Tour) -> Result<ExitCode> {
    let stops = match &options.from {
        Some(name) => {
            let name = known(speaker, name)?.name;
            let first = STOPS.iter().position(|stop| stop.programs.contains(&name)).unwrap_or(0);
            &STOPS[first..]
        }
        None => STOPS,
    };
    if let Some(path) = &options.output
        && !file::is_special(path)
        && path.extension().is_none_or(|ending| ending != "html")
    {
        let what = say!(speaker, "tour-is-a-page", path = socklab_say::path(path));
        return Err(Failure::new(ExitReason::Usage, what).into());
    }
    let (venue, because) = match place::enter(speaker, options.packets.wanted()) {
        Entered::Over(code) => return Ok(code),
        Entered::Venue(venue, because) => (venue, because),
    };
    if let Venue::Loopback = venue {
        need_loopback(speaker)?;
    }
    if let Some(name) = &options.stop {
        display::place(speaker, because.as_deref());
        return Ok(match stop_of(known(speaker, name)?).map(|stop| visit(speaker, &venue, stop)) {
            Some(report) => {
                display::events(speaker, &report);
                if report.ok { ExitCode::SUCCESS } else { ExitReason::No.into() }
            }
            None => ExitReason::No.into(),
        });
    }
    if !options.json {
        display::opening(speaker, stops.len(), because.as_deref());
    }
    let start = Instant::now();
    let mut reports = Vec::new();
    for (number, stop) in stops.iter().enumerate() {
        let report = visit(speaker, &venue, stop);
        if !options.json {
            display::report(speaker, number + 1, stops.len(), &report);
            if options.pause && number + 1 < stops.len() {
                pause(speaker);
            }
        }
        reports.push(report);
    }
    let asked = questions::ask(speaker, &options.which, options.packets.wanted())?;
    let ok = reports.iter().all(|report| report.ok) && asked.iter().all(|question| question.ok);
    let total = Total::of(speaker, &reports, start.elapsed());
    if let Some(path) = &options.output {
        page::write(speaker, path, &reports, &total)?;
    }
    if options.json {
        output::write_json(&as_json(speaker, because.as_deref(), &reports, &asked, ok))?;
    } else {
        questions::show(speaker, &asked);
        display::verdict(speaker, &reports, &total);
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitReason::No.into() })
}

/// Visits the stop of one program and shows it, where the tour would. A lab is entered by a process with
/// one thread, which does not come back: so this is done by another one.
pub(crate) fn show_stop(speaker: Speaker, program: &Program) -> Result<()> {
    let language = speaker.language().to_string();
    let mut visit = Command::new(current_exe().context("readlink /proc/self/exe")?);
    visit.args(["tour", "--stop", program.name, "--lang", &language]);
    end_with_us(&mut visit).context("pidfd_open")?;
    // Whether every check passed, the reader sees.
    visit.status().map(drop).context("start socklab tour")
}

fn stop_of(program: &Program) -> Option<&'static Stop> {
    STOPS.iter().find(|stop| stop.programs.contains(&program.name))
}

/// Every stop talks over 127.0.0.1. Where `lo` is down, as in a new network namespace, each would
/// fail after its own deadline, without saying why.
fn need_loopback(speaker: Speaker) -> Result<()> {
    let sent = || {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.send_to(b"?", socket.local_addr()?)?;
        // On loopback it arrives at once or never. If `lo` was up before, its address remains, and
        // what is sent while it is down is lost silently.
        socket.set_read_timeout(Some(Duration::from_secs(1)))?;
        socket.recv(&mut [0])
    };
    sent().map(|_| ()).map_err(|error: io::Error| {
        let reason = match error.kind() {
            ErrorKind::WouldBlock => say!(speaker, "tour-lost"),
            _ => error.to_string(),
        };
        let failure = Failure::new(
            ExitReason::Environment,
            say!(speaker, "tour-no-loopback", reason = reason),
        );
        failure.hint(say!(speaker, "try-line", what = "ip link set lo up")).into()
    })
}

/// Another program, such as a second tour, may take a free port before the server binds it. Then
/// the stop is visited again on other ports.
fn visit(speaker: Speaker, venue: &Venue, stop: &Stop) -> StopReport {
    let visit = |any_port| Visit { speaker, any_port, venue: venue.clone(), ..Visit::default() };
    let first = visit_once(stop, visit(false));
    // What the server printed is in a step's output, or in the error if it never had its port.
    let beaten = |text: &str| text.contains("Address already in use");
    let outputs = || first.steps.iter().any(|step| beaten(&step.output));
    if !first.ok && (first.error.as_deref().is_some_and(beaten) || outputs()) {
        return visit_once(stop, visit(true));
    }
    first
}

fn visit_once(stop: &Stop, mut scene: Visit) -> StopReport {
    let start = Instant::now();
    let result = (stop.play)(&mut scene);
    let Visit { speaker, notes, steps, checks, timeline, .. } = scene;
    StopReport {
        programs: stop.programs,
        teaches: stop.programs.iter().map(|name| purpose(speaker, name).to_string()).collect(),
        ok: result.is_ok() && !checks.is_empty() && checks.iter().all(|check| check.ok),
        error: result.err().map(|error| with_causes(&error)),
        notes,
        steps,
        checks,
        timeline,
        milliseconds: start.elapsed().as_millis(),
    }
}

/// The report as JSON: where it happened, the programs, and the stops with everything that happened.
fn as_json(
    speaker: Speaker,
    because: Option<&str>,
    reports: &[StopReport],
    asked: &[questions::TourQuestion],
    ok: bool,
) -> serde_json::Value {
    let programs: Vec<_> = reports
        .iter()
        .flat_map(|report| report.programs.iter().map(|name| (name, report.ok)))
        .map(|(name, ok)| serde_json::json!({ "name": name, "purpose": purpose(speaker, name), "ok": ok }))
        .collect();
    let place = match because {
        None => serde_json::json!({ "lab": true }),
        Some(because) => serde_json::json!({ "lab": false, "because": because }),
    };
    serde_json::json!({ "ok": ok, "place": place, "programs": programs, "stops": reports, "questions": asked })
}

fn pause(speaker: Speaker) {
    if stdin().is_terminal() {
        println!("{}", say!(speaker, "tour-pause"));
        let _ = stdin().read_line(&mut String::new());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tour_visits_every_program_once_in_the_order_of_the_course() {
        let visited: Vec<_> = STOPS.iter().flat_map(|stop| stop.programs).copied().collect();
        let mut course: Vec<_> = programs::PROGRAMS.iter().map(|program| program.name).collect();
        let mut sorted = visited.clone();
        sorted.sort_unstable();
        course.sort_unstable();
        assert_eq!(sorted, course);
    }
}
