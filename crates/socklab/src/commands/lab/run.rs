//! `lab run`: one program, or several on hosts, in a place that ends with them.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::process::{Child, Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use socklab_kernel::table::Entry;
use socklab_lab::{LOOPBACK_NAME, Place, PlaceOptions, end_with_us};
use socklab_say::{Speaker, say};

use super::place::{self, Entered, code_of};
use super::plan;
use super::traced;
use crate::cli;
use crate::commands::trace::{self, TracedProgram};
use crate::course_program::IN_LAB;
use crate::executables;
use crate::exit_reason::ExitReason;
use crate::failure::{Failure, complain};
use crate::signals::{Signals, is_in_foreground};

/// How often the kernel's tables are read: no system call waits for a change in them.
const GLANCE: Duration = Duration::from_millis(1);
/// After this long, a user wonders what is happening.
const LONG: Duration = Duration::from_secs(2);
/// How long a program may take to end after SIGTERM.
const GRACE: Duration = Duration::from_secs(5);

/// A program, and where it runs.
#[derive(Debug, PartialEq, Eq)]
struct Member {
    /// `None` for the first host that there is.
    host: Option<String>,
    command: Vec<OsString>,
}

pub(super) fn run(speaker: Speaker, options: cli::LabRun) -> Result<ExitCode> {
    let members = members(speaker, options.on, options.command)?;
    let hosts: Vec<&str> = members.iter().filter_map(|member| member.host.as_deref()).collect();
    let kind = plan::kind(speaker, &options.place, &hosts)?;
    let made = plan::made(&options.place, &hosts).into_iter().map(str::to_owned);
    let made: Vec<String> = made.collect();
    // Whoever asks for figures, or for a part of a drawing, wants it recorded.
    let shown = options.look.has_figures() || options.look.filter.is_some();
    if options.trace || options.live || !options.output.is_empty() || shown {
        let (live, output, look) = (options.live, options.output, options.look);
        let options = cli::Trace { live, output, look, ..traced::options() };
        return traced::trace(speaker, kind, &options, |place| {
            tell_made(speaker, &made);
            commands(place, members)
        });
    }
    let inside = match place::enter(speaker, PlaceOptions::new(kind))? {
        Entered::Outside(code) => return Ok(code),
        Entered::Inside(place) => place,
    };
    tell_made(speaker, &made);
    let members = on_first(&inside, members);
    let code = run_all(speaker, &inside, &members)?;
    place::tell_wire(speaker, &inside.finish());
    Ok(code)
}

/// Says which hosts there are besides the usual ones: a name may be a mistake.
fn tell_made(speaker: Speaker, made: &[String]) {
    if !made.is_empty() {
        let (usual, made) = (plan::USUAL.join(", "), made.join(", "));
        complain("", &say!(speaker, "lab-hosts-made", usual = usual, made = made));
    }
}

/// Whoever has no host of his own runs on the first one.
fn on_first(place: &Place, members: Vec<Member>) -> Vec<Member> {
    let first = place.hosts().into_iter().next().map(|host| host.name);
    let here = |member: Member| Member { host: member.host.or_else(|| first.clone()), ..member };
    members.into_iter().map(here).collect()
}

/// The programs as the tracer starts them.
fn commands(place: &Place, members: Vec<Member>) -> Result<Vec<TracedProgram>> {
    let several = members.len() > 1;
    let traced = |Member { host, command }| {
        let mut program = trace::program(command)?;
        if let Some(host) = host {
            program.entrance = place.entrance(&host).context("a host")?;
            if several {
                program.label.get_or_insert_with(|| host.clone());
            }
            program.host = Some(host);
        }
        Ok(program)
    };
    on_first(place, members).into_iter().map(traced).collect()
}

/// The programs: the words behind `--`, up to the next `--on HOST --`.
fn members(speaker: Speaker, on: Option<String>, words: Vec<OsString>) -> Result<Vec<Member>> {
    let several = on.is_some();
    let mut members = vec![Member { host: on, command: Vec::new() }];
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        if several && word == "--on" {
            let host = words.next().map(|host| host.to_string_lossy().into_owned());
            if words.next_if(|word| word == "--").is_none() || host.is_none() {
                let what = say!(speaker, "lab-on-what");
                return Err(Failure::new(ExitReason::Usage, what).into());
            }
            members.push(Member { host, command: Vec::new() });
        } else if let Some(last) = members.last_mut() {
            last.command.push(word);
        }
    }
    if members.iter().any(|member| member.command.is_empty()) {
        return Err(Failure::new(ExitReason::Usage, say!(speaker, "lab-on-what")).into());
    }
    Ok(members)
}

/// Runs the programs, each when the one before it can be reached, until the last one has ended. The
/// others are then ended.
fn run_all(speaker: Speaker, place: &Place, members: &[Member]) -> Result<ExitCode> {
    let mut started = Started(Vec::new());
    let Some((last, before)) = members.split_last() else { return Ok(ExitCode::SUCCESS) };
    for (index, member) in before.iter().enumerate() {
        let host = member.host.as_deref().unwrap_or(LOOPBACK_NAME);
        let reachable = place.sockets(host)?;
        started.0.push(start(speaker, place, member)?);
        let next = members[index + 1].line();
        await_socket(speaker, place, host, &reachable, &mut started, &next, member)?;
    }
    let code = run_to_its_end(|| start(speaker, place, last), Signal::TERM)?;
    started.end();
    Ok(code)
}

/// Starts a program and waits for it. Whoever ends socklab meanwhile ends it, by this signal, and what it has
/// started is then ended as usual. Ctrl-C reaches the program by itself. Without a thread: a process that has entered
/// a lab has none, since it is in another process namespace than its children, `setns(2)`.
pub(super) fn run_to_its_end(
    start: impl FnOnce() -> Result<Child>,
    end: Signal,
) -> Result<ExitCode> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("sigaction")?;
    // Whoever waits for us outside of our place passes them on from now on: before the program can be seen
    // to run.
    socklab_lab::heed_signals();
    let mut program = start()?;
    let pid = Pid::from_child(&program);
    let process = pidfd_open(pid, PidfdFlags::empty()).context("pidfd_open")?;
    while let Some(signal) = signals.next_before_end(&process).context("poll")? {
        if signal != SIGINT || !is_in_foreground() {
            // It fails if the program has just ended, which is found next.
            let _ = kill_process(pid, end);
        }
    }
    Ok(code_of(program.wait().context("waitpid")?))
}

impl Member {
    fn line(&self) -> String {
        let words = self.command.iter().map(|word| word.to_string_lossy());
        words.collect::<Vec<_>>().join(" ")
    }
}

fn start(speaker: Speaker, place: &Place, member: &Member) -> Result<Child> {
    let argv = trace::program(member.command.clone())?.argv;
    let mut command = Command::new(&argv[0]);
    command.args(&argv[1..]).env(IN_LAB, member.host.as_deref().unwrap_or(LOOPBACK_NAME));
    // Where there is no process namespace, nothing else ends it if this process is killed.
    end_with_us(&mut command).context("pidfd_open")?;
    if let Some(host) = &member.host {
        place.contain(host, &mut command).context("a host")?;
    }
    command.spawn().map_err(|error| not_started(speaker, &argv[0], &error).into())
}

/// Why a program could not be started.
pub(super) fn not_started(speaker: Speaker, program: &OsString, error: &std::io::Error) -> Failure {
    let path = std::env::var_os("PATH");
    // A folder of PATH that nobody may read makes “permission denied” of what is not there.
    let is_there = socklab_kernel::executables::find(program, path.as_deref()).is_some();
    let program = program.to_string_lossy();
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::PermissionDenied if !is_there => {
            executables::missing(speaker, &program)
        }
        ErrorKind::NotFound => executables::missing(speaker, &program),
        _ => Failure::new(ExitReason::No, format!("execve {program}: {error}")),
    }
}

/// Waits until a host has a socket that any peer can reach and that it had not before, or until the
/// program that was started last has ended.
fn await_socket(
    speaker: Speaker,
    place: &Place,
    host: &str,
    before: &[Entry],
    started: &mut Started,
    next: &str,
    member: &Member,
) -> Result<()> {
    let is_new = |entry: &Entry| {
        let same = |old: &Entry| old.inode == entry.inode && old.local == entry.local;
        entry.accepts_any_peer() && !before.iter().any(same)
    };
    let began = Instant::now();
    let mut told = false;
    loop {
        let ended = match started.0.last_mut() {
            Some(program) => program.try_wait().context("waitpid")?.is_some(),
            None => true,
        };
        if ended || place.sockets(host)?.iter().any(is_new) {
            return Ok(());
        }
        if !told && began.elapsed() > LONG {
            told = true;
            let before = member.line();
            complain("", &say!(speaker, "trace-waits", before = before, next = next));
        }
        thread::sleep(GLANCE);
    }
}

/// Programs that go on until they are ended.
struct Started(Vec<Child>);

impl Started {
    /// Ends them, the last started first: by SIGTERM, and by SIGKILL if they take too long.
    fn end(&mut self) {
        for mut program in self.0.drain(..).rev() {
            if let Ok(None) = program.try_wait() {
                let _ = kill_process(Pid::from_child(&program), Signal::TERM);
                let began = Instant::now();
                while began.elapsed() < GRACE && matches!(program.try_wait(), Ok(None)) {
                    thread::sleep(GLANCE);
                }
            }
            // Both fail harmlessly if it has ended.
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(on: Option<&str>, words: &[&str]) -> Result<Vec<(Option<String>, String)>> {
        let words = words.iter().map(OsString::from).collect();
        let members = members(Speaker::ENGLISH, on.map(str::to_owned), words)?;
        Ok(members.into_iter().map(|it| (it.host.clone(), it.line())).collect())
    }

    #[test]
    fn each_host_gets_its_own_words() {
        let one = parsed(None, &["curl", "--on", "x"]).unwrap();
        assert_eq!(one, [(None, "curl --on x".to_owned())]);
        let two = parsed(Some("server"), &["nc", "-l", "--on", "client", "--", "nc", "server"]);
        let wanted = [("server", "nc -l"), ("client", "nc server")];
        assert_eq!(two.unwrap(), wanted.map(|(host, line)| (Some(host.into()), line.to_owned())));
    }

    #[test]
    fn what_is_missing_is_a_usage_error() {
        for words in [&["a", "--on"][..], &["a", "--on", "b"], &["a", "--on", "b", "--"]] {
            assert!(parsed(Some("server"), words).is_err(), "{words:?}");
        }
    }
}
