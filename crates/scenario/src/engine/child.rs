//! The engine's process: enters the place, runs the scenario under the tracer, and writes the
//! recording.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::Ipv4Addr;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use socklab_event::{Event, Exit, Header, Notice, Place, Process, Signal};
use socklab_kernel::parent::{self, Parent};
use socklab_kernel::process::own_scheduling;
use socklab_kernel::{Transport, memory, port};
use socklab_lab::{Role, Running};
use socklab_trace::{Handle, Options, Tracer};

use super::failure;
use super::names;
use super::normalize::normalize;
use super::packets::{Packets, Passed};
use super::play::{Play, Played};
use super::present;
use super::watch::Watch;
use crate::format::{STDIN, Scenario};
use crate::peer;
use crate::recording::{Isolation, NamesUsed, PacketsUsed, PlaceUsed, Recording, Trouble};
use crate::request::{PlaceWanted, Request};
use crate::step_end::StepEnd;
use crate::submission::Submission;
use crate::variables::Variables;

/// The first argument that makes the binary the engine; the second is the process id of its parent.
pub(super) const ARGUMENT: &str = "--socklab-engine";
/// Ends an answer. No JSON has this byte, and whoever reads it need not wait for the end of the stream,
/// which comes when the kernel has closed everything the engine had open; that takes a while.
pub(super) const END: u8 = 0;
/// How many bytes of each message are recorded.
pub(super) const SAMPLE: usize = 4096;

/// If this process was started as the engine or as a scripted peer, does its work and returns its
/// exit code. Call this before anything else in `main`, while there is one thread.
pub fn run_as_child() -> Option<ExitCode> {
    match std::env::args_os().nth(1)?.to_str()? {
        peer::ARGUMENT => Some(peer::run()),
        ARGUMENT => Some(match engine(std::env::args().nth(2).as_deref()) {
            Ok(code) => code,
            Err(error) => {
                eprintln!("socklab engine: {error}");
                ExitCode::from(3)
            }
        }),
        _ => None,
    }
}

fn engine(parent: Option<&str>) -> io::Result<ExitCode> {
    let parent = parent.and_then(|id| id.parse().ok()).ok_or(io::ErrorKind::InvalidInput)?;
    parent::end_with(Parent::Id(parent))?;
    let mut text = Vec::new();
    io::stdin().read_to_end(&mut text)?;
    let mut request: Request = serde_json::from_slice(&text)?;
    let place = match request.place {
        PlaceWanted::Machine => PlaceUsed::Machine { because: None },
        PlaceWanted::Private => match socklab_lab::enter_private_loopback() {
            Ok(Role::Inside(loopback)) => PlaceUsed::Private { processes: loopback.own_processes },
            Ok(Role::Outside { exit_code }) => {
                return Ok(ExitCode::from(u8::try_from(exit_code).unwrap_or(3)));
            }
            Err(refusal) => {
                let trouble = Trouble::Namespace { what: refusal.to_string() };
                answer(&failed(request, trouble))?;
                return Ok(ExitCode::SUCCESS);
            }
        },
    };
    let watch = Arc::new(Watch::default());
    // First, because it takes longest.
    let packets = match Packets::start(&request, &place, &watch) {
        Ok(packets) => packets,
        Err(what) => {
            answer(&Recording { place, ..failed(request, Trouble::Wire { what }) })?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    match prepare(&mut request, &place) {
        Ok((names, _kept)) => answer(&perform(request, place, names, packets, watch))?,
        Err(error) => {
            let trouble = Trouble::Engine { what: error.to_string() };
            answer(&Recording { place, ..failed(request, trouble) })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What a scenario needs as long as it runs: the scratch folder is locked as long as the descriptor is
/// open, and the servers of an internet end when it is dropped.
type Kept = (Option<OwnedFd>, Option<Running>);

/// Makes what the scenario needs besides its programs.
fn prepare(request: &mut Request, place: &PlaceUsed) -> io::Result<(NamesUsed, Kept)> {
    let private = matches!(place, PlaceUsed::Private { .. });
    let mut lock = None;
    // On the machine itself, root could mount one, too, and it would stay.
    match private.then(socklab_lab::private_folder).flatten() {
        Some(folder) => request.scratch = folder,
        None => {
            let made = crate::scratch::make(&request.scratch);
            lock = Some(made.map_err(failure::of("mkdir", request.scratch.display()))?);
        }
    }
    request.variables.dir = request.scratch.join("files");
    if private {
        request.variables.address = Variables::own_address(request.variables.seed);
    }
    let (names, answering) = names::enter(request, place)?;
    if let NamesUsed::Machine { .. } = names {
        request.variables.address = Ipv4Addr::LOCALHOST;
    }
    let scenario = &request.scenario;
    request.variables.port = match private && !scenario.port_free {
        true => scenario.port,
        false => {
            let preferred = if scenario.port_free { 0 } else { scenario.port };
            let found = port::free(preferred, &[Transport::Tcp, Transport::Udp]);
            found.map_err(failure::of("bind", "a free port"))?
        }
    };
    make_files(&request.scenario, request)?;
    let internet = answering
        .map(|answering| answering.start(&request.scenario, &request.variables))
        .transpose()?
        .flatten();
    Ok((names, (lock, internet)))
}

/// Runs the tracer on this thread and the steps on another.
fn perform(
    request: Request,
    place: PlaceUsed,
    names: NamesUsed,
    mut packets: Packets,
    watch: Arc<Watch>,
) -> Recording {
    watch.change(|seen| {
        seen.own_names = names == NamesUsed::Scenario;
        seen.machines_names = matches!(names, NamesUsed::Machine { .. });
        seen.through_wire = request.scenario.needs_wire();
    });
    // No deadline: the tracer's clock counts pauses of the machine, too. The steps have one.
    // A question is about calls; whoever wrote a program wants to know which of its lines makes them.
    let own = request.submission.as_ref().map(Submission::folder);
    let options = Options::default().sample(SAMPLE).stdio(true).lines(own);
    let entered = Arc::clone(&watch);
    let tracer = Tracer::new(options).keep_open().on_enter(move |call| {
        // Waiting for the terminal is different from waiting for a peer.
        let terminal = call.socket.is_none() && matches!(call.name.as_str(), "read" | "readv");
        let name = if terminal { STDIN } else { call.name.as_str() };
        entered.change(|seen| seen.enter(call, name));
    });
    let handle = tracer.handle();
    let header = tracer.header();
    let before = own_scheduling();
    let ended_before = memory::ended_for_lack();
    let (result, played) = thread::scope(|scope| {
        let (request, watch, place) = (&request, &watch, &place);
        let wire = packets.control();
        let steering = StopWhenDropped(handle.clone());
        let play = thread::Builder::new().spawn_scoped(scope, move || {
            let StopWhenDropped(tracer) = &steering;
            Play::new(request, place, Arc::clone(watch), tracer.clone(), wire).play()
        });
        let play = match play {
            Ok(play) => play,
            Err(error) => {
                let what = format!("clone a thread that plays the steps: {error}");
                return (Ok(()), Ok(Played::nothing(what)));
            }
        };
        let result = tracer.run(|event| {
            packets.before_going_on(&event);
            watch.change(|seen| seen.record(event));
        });
        let ended = match &result {
            Ok(_) => Ok(()),
            Err(error) => Err((error.to_string(), !error.is_environment())),
        };
        watch.change(|seen| seen.tracer = Some(ended.clone()));
        (ended, play.join())
    });
    let panicked = "the thread that plays the steps panicked";
    let played = played.unwrap_or_else(|_| Played::nothing(panicked.to_owned()));
    let Passed { packets, rules, beside } = packets.finish();
    let mut seen = watch.lock();
    if matches!(place, PlaceUsed::Private { .. }) {
        let at = seen.recorder.events().last().map_or(0, |last| last.at);
        seen.recorder.add(Event {
            seq: 0,
            at,
            place: Place::default(),
            what: Notice::OwnNetwork.into(),
        });
    }
    let mut events = std::mem::take(&mut seen.recorder).finish().timeline.events;
    normalize(&mut events, &played.columns);
    let trouble = match (result, played.trouble) {
        (Err((what, program)), _) => Some(Trouble::Trace { what, program }),
        (_, Some(trouble)) => Some(trouble),
        _ if memory::ended_for_lack() > ended_before && was_killed(&events, seen.over) => {
            Some(Trouble::OutOfMemory)
        }
        _ => None,
    };
    Recording {
        header: Header {
            columns: played.columns,
            wire: matches!(packets, PacketsUsed::Recorded { .. }),
            ..header
        },
        events,
        steps: played.steps,
        place,
        names,
        packets,
        rules,
        beside,
        isolation: played.isolation,
        over: seen.over.unwrap_or_default(),
        present: std::mem::take(&mut seen.present),
        starved_ms: present::starved(before, own_scheduling()).max(seen.starved_ms),
        second: false,
        memory: played.memory,
        own_port: played.own_port,
        stretched_ms: played.stretched_ms,
        restless: played.restless,
        still: socklab_kernel::stood_still(),
        variables: request.variables,
        trouble,
    }
}

/// True if SIGKILL ended a process before the last step had ended.
fn was_killed(events: &[Event], over: Option<u64>) -> bool {
    let killed = |event: &Event| {
        matches!(event.process(), Some(Process::Exit { status: Exit::Signal(Signal::KILL) }))
    };
    events.iter().any(|event| killed(event) && over.is_none_or(|over| event.at <= over))
}

/// Ends the recording when the thread that plays the steps is done with them, even by a panic.
struct StopWhenDropped(Handle);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.stop();
    }
}

fn failed(request: Request, trouble: Trouble) -> Recording {
    Recording {
        header: Header::default(),
        events: Vec::new(),
        steps: vec![StepEnd::NotReached; request.scenario.steps.len()],
        names: NamesUsed::Machine { because: String::new() },
        place: PlaceUsed::Machine { because: None },
        packets: PacketsUsed::NotWanted,
        rules: Vec::new(),
        beside: 0,
        isolation: Isolation::NotNeeded,
        variables: request.variables,
        over: 0,
        present: Vec::new(),
        starved_ms: 0,
        memory: 0,
        second: false,
        own_port: None,
        stretched_ms: 0,
        restless: false,
        still: Vec::new(),
        trouble: Some(trouble),
    }
}

fn make_files(scenario: &Scenario, request: &Request) -> io::Result<()> {
    let folder = &request.variables.dir;
    let make = |folder: &Path| {
        std::fs::create_dir_all(folder).map_err(failure::of("mkdir", folder.display()))
    };
    make(folder)?;
    for (name, text) in &scenario.files {
        let bytes = request.variables.accepted_bytes(text)?;
        let path = folder.join(name);
        path.parent().map_or(Ok(()), make)?;
        std::fs::write(&path, bytes).map_err(failure::of("write", path.display()))?;
    }
    Ok(())
}

fn answer(recording: &Recording) -> io::Result<()> {
    // Standard output would look for the end of each line, to write it at once.
    let mut out = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    recording.write(io::BufWriter::new(&mut out))?;
    out.write_all(&[END])
}
