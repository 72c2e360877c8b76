//! Running programs under the tracer.

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use event::Timeline;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use trace::{Command, Ended, Finish, Options, Stdio, Tracer};

use super::commands::Program;
use crate::failure::{Exit, Failure};

/// When the last command has ended, how long the others (servers without an end) may still go on.
const GRACE: Duration = Duration::from_millis(300);

/// What to record.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) commands: Vec<Program>,
    pub(crate) attach: Vec<u32>,
    pub(crate) sample: usize,
    pub(crate) timeout: Option<Duration>,
}

/// What was recorded.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) timeline: Timeline,
    /// What socklab should end with: as the only command did, or the last of several.
    pub(crate) code: ExitCode,
}

/// Runs and records until the programs have ended, Ctrl-C was pressed, or the time is up.
pub(crate) fn record(plan: Plan) -> Result<Recording> {
    let several = plan.commands.len() > 1;
    let options = Options {
        sample: plan.sample,
        deadline: plan.timeout,
        finish: if several { Finish::LastEnded { grace: GRACE } } else { Finish::AllEnded },
        ..Options::default()
    };
    let mut tracer = Tracer::new(options);
    for Program { argv, label } in plan.commands {
        let mut command = Command::new(argv).stdin(Stdio::Inherit);
        if let Some(label) = label {
            command = command.label(label);
        }
        tracer = tracer.command(command);
    }
    let only_attached = !plan.attach.is_empty();
    for pid in plan.attach {
        tracer = tracer.attach(pid);
    }
    stop_on_signal(&tracer, only_attached)?;

    let mut timeline = Timeline { header: tracer.header(), events: Vec::new() };
    let outcome = tracer.run(|event| timeline.events.push(event)).map_err(|error| {
        let exit = match error {
            trace::Error::Nothing => Exit::Usage,
            _ if error.is_environment() => Exit::Environment,
            _ => Exit::No,
        };
        Failure::new(exit, error.to_string())
    })?;
    let last = outcome.commands.last();
    Ok(Recording { timeline, code: last.map_or(ExitCode::SUCCESS, code_of) })
}

fn code_of(ended: &Ended) -> ExitCode {
    let code = ended.exit.map_or(0, event::Exit::shell_code);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

/// Ctrl-C goes to the programs too, which share our terminal: they may end by it, or have their
/// own mind, and what they do is recorded. A second one ends the recording, as SIGTERM does. A
/// process we only attached to does not share our terminal: for it the first one counts.
fn stop_on_signal(tracer: &Tracer, at_once: bool) -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM]).context("sigaction")?;
    let handle = tracer.handle();
    let watch = move || {
        let mut patience = if at_once { 0 } else { 1 };
        for signal in signals.forever() {
            if signal == SIGTERM || patience == 0 {
                handle.stop();
            }
            patience = 0;
        }
    };
    thread::Builder::new().name("signals".to_string()).spawn(watch).context("clone")?;
    Ok(())
}
