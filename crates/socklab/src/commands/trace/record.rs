//! Running programs under the tracer.

use std::cell::RefCell;
use std::io::stderr;
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use socklab_event::{Event, Family, Header, Notice, Place, What};
use socklab_kernel::process::network_namespace;
use socklab_say::{Speaker, count, say};
use socklab_trace::{Command, CommandEnd, Ending, Finish, Options, Stdio, Tracer};

use super::awaiting;
use super::commands::TracedProgram;
use super::frames::{Frames, LastFrames};
use super::live::{LivePlan, Telling};
use super::news::News;
use super::recording::{Keeping, Kept};
use super::turn::Turns;
use crate::course_program::IN_LAB;
use crate::executables;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::eprintln;
use crate::signals::{Signals, is_in_foreground};

/// How long programs at work may go on after the last command has ended, and how long a program may
/// take to end after SIGTERM.
pub(super) const GRACE: Duration = Duration::from_secs(5);

/// What to record.
#[derive(Debug)]
pub(crate) struct TracePlan {
    pub(crate) commands: Vec<TracedProgram>,
    pub(crate) attach: Vec<u32>,
    /// Leave out the children that attached processes have already.
    pub(crate) only: bool,
    pub(crate) sample: usize,
    pub(crate) timeout: Option<Duration>,
    pub(crate) grace: Duration,
    /// True if a user is watching: Ctrl-C then ends the recording, not socklab, so that what was
    /// recorded can be drawn; and long waits for a program are reported.
    pub(crate) by_hand: bool,
    /// Where the recording goes.
    pub(crate) keeping: Keeping,
    /// True if standard output is not the programs': what they print then goes to standard error.
    pub(crate) output_to_errors: bool,
    /// True if the line of source of each call is to be recorded.
    pub(crate) lines: bool,
    /// How it is told meanwhile, if it is.
    pub(crate) live: Option<LivePlan>,
    /// What passes the wire meanwhile.
    pub(crate) frames: Option<Frames>,
    /// What is to be known about that.
    pub(crate) notices: Vec<Notice>,
}

impl Default for TracePlan {
    fn default() -> Self {
        let sample = Options::SAMPLE;
        TracePlan {
            commands: vec![],
            attach: vec![],
            only: false,
            sample,
            timeout: None,
            grace: GRACE,
            by_hand: false,
            keeping: Keeping::default(),
            output_to_errors: false,
            lines: false,
            live: None,
            frames: None,
            notices: vec![],
        }
    }
}

/// What was recorded.
#[derive(Debug)]
pub(crate) struct TraceEnd {
    pub(crate) kept: Kept,
    /// The exit code of each command; `None` if it did not exit by itself.
    pub(crate) exits: Vec<Option<i32>>,
    /// The exit code for socklab: that of the only command, or of the last of several.
    pub(crate) code: ExitCode,
}

/// Runs and records until the programs have ended, Ctrl-C was pressed, or the time is up.
pub(crate) fn record(speaker: Speaker, plan: TracePlan) -> Result<TraceEnd> {
    let several = plan.commands.len() > 1;
    let finish = if several { Finish::LastEnded } else { Finish::AllEnded };
    let options = Options::default().sample(plan.sample).deadline(plan.timeout).finish(finish);
    let options = options.ending(Ending::Gentle { grace: plan.grace }).descendants(!plan.only);
    // Without a working directory no file is the user's own before others.
    let own = || std::env::current_dir().unwrap_or_default();
    let mut tracer = Tracer::new(options.lines(plan.lines.then(own)).counters(true));
    let at_home = plan.commands.iter().all(|command| command.entrance.is_none());
    let lines: Vec<String> = plan.commands.iter().map(TracedProgram::line).collect();
    for TracedProgram { argv, label, input, output, entrance, host } in plan.commands {
        let mut command = Command::new(argv).stdin(input);
        if let Some(output) = output {
            let again = output.try_clone().context("dup")?;
            command = command.stdout(Stdio::Fd(output.into())).stderr(Stdio::Fd(again.into()));
        } else if plan.output_to_errors {
            let errors = stderr().as_fd().try_clone_to_owned().context("dup")?;
            command = command.stdout(Stdio::Fd(errors));
        }
        if let Some(label) = label {
            command = command.label(label);
        }
        if let Some(entrance) = entrance {
            command = command.enter(entrance);
        }
        if let Some(host) = host {
            command = command.env(IN_LAB, host);
        }
        tracer = tracer.command(command);
    }
    let attached = !plan.attach.is_empty();
    for pid in plan.attach {
        tracer = tracer.attach(pid);
    }
    let mut news = plan.by_hand.then(|| News::new(speaker));
    let mut turns = None;
    if plan.by_hand {
        stop_on_signal(&tracer, attached)?;
        turns = several.then(|| Turns::tell(speaker, lines)).transpose()?;
        tracer = tracer.on_awaiting(move |awaiting| awaiting::tell(speaker, awaiting));
        tracer = tracer.on_standstill(move |all| awaiting::tell_standstill(speaker, all));
    }

    let handle = tracer.handle();
    if let Some(holds) = plan.frames.as_ref().and_then(Frames::holds) {
        tracer = tracer.wire(move || holds());
    }
    let frames = plan.frames.map(|frames| Rc::new(RefCell::new(frames)));
    if let Some(frames) = frames.clone() {
        tracer = tracer.elsewhere(move || frames.borrow_mut().meanwhile());
    }
    let header = Header { wire: frames.is_some(), ..tracer.header() };
    let begins = |plan| Telling::begin(speaker, header.clone(), plan);
    let mut telling = plan.live.map(begins).transpose()?;
    let mut recording = plan.keeping.begin(speaker, header, &handle)?;
    let mut last = 0;
    let mut strays = frames.as_ref().filter(|_| at_home).map(|_| Strays::new());
    let outcome = tracer.run(|event| {
        last = last.max(event.at);
        let is_frame = matches!(event.what, What::Frame(_));
        if let Some(turns) = &turns {
            turns.see(&event);
        }
        if let Some(news) = &mut news {
            news.see(&event);
        }
        let frames = frames.as_ref().filter(|_| !is_frame);
        let arrived = frames.map(|frames| frames.borrow_mut().after(&event)).unwrap_or_default();
        let stray = strays.as_mut().and_then(|strays| strays.see(&event));
        for event in [event].into_iter().chain(stray).chain(arrived) {
            if let Some(telling) = &mut telling {
                telling.see(&event);
            }
            recording.add(event);
        }
    });
    // Those after the last call, such as the last ACK.
    let frames = frames.and_then(Rc::into_inner).map(RefCell::into_inner);
    let LastFrames { rest, others, elsewhere } = frames.map(Frames::finish).unwrap_or_default();
    for frame in rest {
        if let Some(telling) = &mut telling {
            telling.see(&frame);
        }
        recording.add(frame);
    }
    let elsewhere = (elsewhere > 0).then_some(Notice::FramesElsewhere { sockets: elsewhere });
    for about in plan.notices.into_iter().chain(elsewhere).filter(|_| last > 0) {
        recording.add(notice(last, about));
    }
    if others > 0 && plan.by_hand && outcome.is_ok() {
        eprintln!("{}", say!(speaker, "tap-others", n = count(others)));
    }
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => {
            recording.give_up();
            if let Some(telling) = telling {
                telling.finish();
            }
            if let socklab_trace::Error::NotFound { program } = &error {
                return Err(executables::missing(speaker, program).into());
            }
            let exit = match error {
                socklab_trace::Error::Nothing => ExitReason::Usage,
                _ if error.is_environment() => ExitReason::Environment,
                _ => ExitReason::No,
            };
            return Err(Failure::new(exit, error.to_string()).into());
        }
    };
    let exits = outcome.commands.iter().map(|ended| match ended.exit {
        Some(socklab_event::Exit::Code(code)) => Some(code),
        _ => None,
    });
    let code = outcome.commands.last().map_or(ExitCode::SUCCESS, code_of);
    let exits = exits.collect();
    let kept = recording.finish(speaker, telling.is_some());
    // Whoever reads the lines may take as long as he likes: the recording is complete.
    if let Some(telling) = telling {
        telling.finish();
    }
    Ok(TraceEnd { kept, exits, code })
}

/// A notice about the recording as a whole.
fn notice(at: u64, notice: Notice) -> Event {
    Event { seq: 0, at, place: Place::default(), what: notice.into() }
}

/// Finds the processes that have left the network whose frames are recorded.
struct Strays {
    /// The namespace that the recorder and the programs began in.
    home: Option<u64>,
    told: Vec<u32>,
}

impl Strays {
    fn new() -> Self {
        Self { home: network_namespace(std::process::id()), told: Vec::new() }
    }

    /// Says so once of each.
    fn see(&mut self, event: &Event) -> Option<Event> {
        let socket = event.call()?.socket.as_deref()?;
        let is_of_network = matches!(socket.family, Family::INET | Family::INET6);
        let is_away = self.home.is_some() && socket.netns.is_some() && socket.netns != self.home;
        let process = event.place.process;
        if !is_of_network || !is_away || self.told.contains(&process) {
            return None;
        }
        self.told.push(process);
        Some(Event { place: event.place.clone(), ..notice(event.at, Notice::OtherNetwork) })
    }
}

fn code_of(ended: &CommandEnd) -> ExitCode {
    let code = ended.exit.map_or(0, socklab_event::Exit::shell_code);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

/// Ends the recording on a signal; what was recorded is still drawn and written. SIGTERM and SIGHUP
/// (the terminal was closed) end it at once. Ctrl-C also reaches the programs, which share our
/// terminal: they may exit or handle it, and we record what they do; a second Ctrl-C ends the
/// recording. If we only attached to a process, or are not in the foreground of a terminal, SIGINT
/// reached us alone, and the first one ends the recording. While the recording's end waits for
/// programs, any Ctrl-C ends that wait.
fn stop_on_signal(tracer: &Tracer, attached: bool) -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("sigaction")?;
    let handle = tracer.handle();
    // Whoever waits for us outside of our place passes them on from now on.
    socklab_lab::heed_signals();
    let watch = move || {
        let (mut interrupted, mut stopped) = (false, false);
        for signal in signals.forever() {
            let interrupts = signal == SIGINT;
            let ends = !interrupts || interrupted || attached || !is_in_foreground();
            match (ends, stopped) {
                (false, false) => handle.skip(),
                // It may come twice: to our group, and to us.
                (true, true) if !interrupts => {}
                _ => {
                    stopped = true;
                    handle.stop();
                }
            }
            interrupted = true;
        }
    };
    thread::Builder::new().name("signals".to_string()).spawn(watch).context("clone")?;
    Ok(())
}
