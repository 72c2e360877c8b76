//! Says which programs the end of a recording waits for, and which wait for somebody who will not come.

use std::path::Path;
use std::time::Duration;

use socklab_say::{Speaker, duration, say};
use socklab_trace::{Awaited, Awaiting, Does, Standing, Standstill};

use crate::output::eprintln;

/// How much of a command line is shown.
const LONGEST_PROGRAM: usize = 60;

/// Says, on standard error, who is waited for, what each does, and how to stop the wait.
pub(super) fn tell(speaker: Speaker, awaiting: &Awaiting) {
    let key = if awaiting.signalled.is_none() { "trace-awaits-work" } else { "trace-awaits-end" };
    eprintln!("{}", say!(speaker, key, left = time(awaiting.left)));
    for awaited in &awaiting.processes {
        eprintln!("  {}", awaited_text(speaker, awaited));
    }
}

/// Says, on standard error, who waits for what, since nothing else would ever be said.
pub(super) fn tell_standstill(speaker: Speaker, standstill: &Standstill) {
    eprintln!("{}", say!(speaker, "trace-stands"));
    for standing in &standstill.processes {
        eprintln!("  {}", standing_text(speaker, standing));
        if let Some((first, rest)) = standing.argv.split_first()
            && rest.iter().any(|word| Path::new(word).file_name() == Path::new(first).file_name())
        {
            let program = shortened(&standing.argv);
            eprintln!("  {}", say!(speaker, "trace-one-program", program = program));
        }
    }
}

fn standing_text(speaker: Speaker, standing: &Standing) -> String {
    let (program, pid) = (shortened(&standing.argv), standing.process);
    let local = standing.socket.as_ref().and_then(|socket| socket.local.as_ref());
    match (standing.call, local) {
        ("accept" | "accept4", Some(local)) => {
            let at = match local.ip_port() {
                Some((_, port)) => port.to_string(),
                None => socklab_say::clean(&local.to_string()),
            };
            say!(speaker, "trace-stands-accept", program = program, pid = pid, port = at)
        }
        ("read" | "readv" | "recvfrom" | "recvmsg" | "recvmmsg", _) => {
            say!(speaker, "trace-stands-receive", program = program, pid = pid)
        }
        (call, _) => say!(speaker, "trace-stands-call", program = program, pid = pid, call = call),
    }
}

/// A command line, or its beginning.
fn shortened(argv: &[String]) -> String {
    // The program's folder says nothing, and takes the room of its arguments.
    let words = argv.iter().enumerate().map(|(index, word)| match word.rsplit_once('/') {
        Some((_, name)) if index == 0 && !name.is_empty() => name,
        _ => word.as_str(),
    });
    let line = words.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_PROGRAM) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn awaited_text(speaker: Speaker, awaited: &Awaited) -> String {
    let program = shortened(&awaited.argv);
    let pid = awaited.process;
    let key = match awaited.does {
        Does::Computes => "trace-awaited-computes",
        Does::Uninterruptible => "trace-awaited-uninterruptible",
        Does::Receives => "trace-awaited-receives",
        Does::Sleeps { left: Some(left) } => {
            let left = time(left);
            return say!(
                speaker,
                "trace-awaited-sleeps-for",
                program = program,
                pid = pid,
                left = left
            );
        }
        Does::Sleeps { left: None } => "trace-awaited-sleeps",
        _ => "trace-awaited-waits",
    };
    say!(speaker, key, program = program, pid = pid)
}

fn time(time: Duration) -> socklab_say::Argument {
    duration(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
}
