//! Says which programs the end of a recording waits for.

use std::time::Duration;

use socklab_say::{Speaker, duration, say};
use socklab_trace::{Awaited, Awaiting, Does};

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

fn awaited_text(speaker: Speaker, awaited: &Awaited) -> String {
    let line = awaited.argv.join(" ");
    let program = match line.char_indices().nth(LONGEST_PROGRAM) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    };
    let pid = awaited.process;
    let key = match awaited.does {
        Does::Computes => "trace-awaited-computes",
        Does::Uninterruptible => "trace-awaited-uninterruptible",
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
