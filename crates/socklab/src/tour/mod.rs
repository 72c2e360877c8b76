//! The tour: every program of the course, run for real, checked, and shown.
//!
//! A stop of the tour runs one program, or a client and its server together. What a stop does is in
//! `stops`; how commands are run and checks recorded in `scene`; how it all looks in `display`.

mod display;
mod evidence;
mod page;
mod pair;
mod questions;
mod scene;
mod stops;

use std::io::{self, ErrorKind, IsTerminal, stdin};
use std::net::{Ipv4Addr, UdpSocket};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;
use socklab_event::Timeline;

use crate::cli;
use crate::commands::known;
use crate::failure::{Exit, Failure, told};
use crate::language::text;
use crate::lesson;
use crate::output::println;
use scene::{Check, Scene, Step};
use stops::{STOPS, Stop};

/// What one stop of the tour showed.
#[derive(Debug, Serialize)]
struct Report {
    programs: &'static [&'static str],
    teaches: Vec<String>,
    notes: Vec<String>,
    steps: Vec<Step>,
    checks: Vec<Check>,
    #[serde(skip)]
    timeline: Option<Timeline>,
    /// Why the stop could not be completed, if it could not.
    error: Option<String>,
    ok: bool,
    milliseconds: u128,
}

/// Runs the tour. The exit code is 0 only if every check of every stop passed.
pub(crate) fn tour(options: &cli::Tour) -> Result<ExitCode> {
    let stops = match &options.from {
        Some(name) => {
            let name = known(name)?.name;
            let first = STOPS.iter().position(|stop| stop.programs.contains(&name)).unwrap_or(0);
            &STOPS[first..]
        }
        None => STOPS,
    };
    need_loopback()?;
    if !options.json {
        display::opening(stops.len());
    }
    let start = Instant::now();
    let mut reports = Vec::new();
    for (number, stop) in stops.iter().enumerate() {
        let report = visit(stop);
        if !options.json {
            display::report(number + 1, stops.len(), &report);
            if options.pause && number + 1 < stops.len() {
                pause();
            }
        }
        reports.push(report);
    }
    let asked = questions::ask()?;
    let ok = reports.iter().all(|report| report.ok) && asked.iter().all(|question| question.ok);
    if let Some(path) = &options.output {
        page::write(path, &reports)?;
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&as_json(&reports, &asked, ok))?);
    } else {
        questions::show(&asked);
        display::verdict(&reports, start.elapsed());
    }
    Ok(if ok { ExitCode::SUCCESS } else { Exit::No.into() })
}

/// Every stop talks over 127.0.0.1. Where `lo` is down, as in a new network namespace, each would
/// fail after its own deadline, and none would say why.
fn need_loopback() -> Result<()> {
    let sent = || {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.send_to(b"?", socket.local_addr()?)?;
        // It has arrived already if it ever does. Once `lo` was up, its address stays, and what is
        // sent there while it is down is lost without a word.
        socket.set_read_timeout(Some(Duration::from_secs(1)))?;
        socket.recv(&mut [0])
    };
    sent().map(|_| ()).map_err(|error: io::Error| {
        let reason = match error.kind() {
            ErrorKind::WouldBlock => text!("tour-lost"),
            _ => error.to_string(),
        };
        let failure = Failure::new(Exit::Environment, text!("tour-no-loopback", reason = reason));
        failure.hint(text!("try-line", what = "ip link set lo up")).into()
    })
}

/// Between the moment when a port is found free and the one when a server binds it, another
/// program may be faster, such as a second tour. Then the stop is visited again, on other ports.
fn visit(stop: &Stop) -> Report {
    let first = visit_once(stop, Scene::default());
    let beaten = |text: &str| text.contains("Address already in use");
    let outputs = || first.steps.iter().any(|step| beaten(&step.output));
    if !first.ok && (first.error.as_deref().is_some_and(beaten) || outputs()) {
        return visit_once(stop, Scene { any_port: true, ..Scene::default() });
    }
    first
}

fn visit_once(stop: &Stop, mut scene: Scene) -> Report {
    let start = Instant::now();
    let result = (stop.play)(&mut scene);
    let Scene { notes, steps, checks, timeline, .. } = scene;
    Report {
        programs: stop.programs,
        teaches: stop.programs.iter().map(|name| purpose(name).to_string()).collect(),
        ok: result.is_ok() && !checks.is_empty() && checks.iter().all(|check| check.ok),
        error: result.err().map(|error| told(&error)),
        notes,
        steps,
        checks,
        timeline,
        milliseconds: start.elapsed().as_millis(),
    }
}

fn purpose(name: &str) -> &'static str {
    programs::find(name).map_or("", lesson::purpose)
}

/// A list of programs for scripts, and the stops with everything that happened.
fn as_json(reports: &[Report], asked: &[questions::Asked], ok: bool) -> serde_json::Value {
    let programs: Vec<_> = reports
        .iter()
        .flat_map(|report| report.programs.iter().map(|name| (name, report.ok)))
        .map(|(name, ok)| serde_json::json!({ "name": name, "purpose": purpose(name), "ok": ok }))
        .collect();
    serde_json::json!({ "ok": ok, "programs": programs, "stops": reports, "questions": asked })
}

fn pause() {
    if stdin().is_terminal() {
        println!("{}", text!("tour-pause"));
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
