//! Running a course program: this binary executes itself again under the program's name.
//!
//! So a program has a process of its own, with its own name in `ps`, and nothing of socklab's in
//! its trace.

use std::env;
use std::ffi::{CString, OsString};
use std::io;
use std::num::ParseIntError;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Result;
use programs::Program;
use socklab_lab::LOOPBACK_NAME;
use socklab_say::{Speaker, say};

use crate::course::standing::note_run;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output;

/// If this process was started under the name of a course program, runs that program.
pub(crate) fn run_if_named() -> Option<ExitCode> {
    let called = env::args_os().next()?;
    let name = Path::new(&called).file_name()?.to_str()?;
    let program = programs::PROGRAMS.iter().find(|program| program.name == name)?;

    // `std::env::args`, which the programs use for its simplicity, would panic.
    if let Some(odd) = env::args_os().find(|word| word.to_str().is_none()) {
        eprintln!("{name}: {odd:?} is not UTF-8");
        return Some(ExitReason::Usage.into());
    }
    Some(run(program))
}

fn run(program: &Program) -> ExitCode {
    // The kernel named the process after the executed file, `socklab`. Set the program's own name for
    // `ps`, `pkill` and `ss -p`; a failure is harmless.
    if let Ok(name) = CString::new(program.name) {
        let _ = rustix::thread::set_name(&name);
    }
    output::end_without_panic(program.name);
    match (program.main)() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Only the standard library's streams fail with its own error: what broke is the
            // pipe behind our output, not a connection.
            let stream = error.downcast_ref::<io::Error>();
            if stream.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
                return ExitCode::from(output::BROKEN_PIPE);
            }
            eprintln!("{}: {}", program.name, advised(&format!("{error:#}")));
            if error.is::<ParseIntError>() {
                eprintln!("usage: {}", program.usage());
            }
            if is_usage(&error) { ExitReason::Usage.into() } else { ExitCode::FAILURE }
        }
    }
}

/// The variable that says that a program is in a lab, and on which host: for prompts of shells, too.
pub(crate) const IN_LAB: &str = "SOCKLAB_LAB";
/// What is true of every lab's names.
const NAMES: &str = "(this is socklab's lab: it knows its own hosts, www.google.com, example.com, \
                     pool.ntp.org and time.nist.gov)";

/// An error as it is said: in a lab, nobody is advised to go there.
fn advised(text: &str) -> String {
    match env::var_os(IN_LAB) {
        Some(host) => in_lab(text, host != LOOPBACK_NAME),
        None => text.to_owned(),
    }
}

/// `others`: whether there are other hosts, on which its server can be.
fn in_lab(text: &str, others: bool) -> String {
    let advice = text.find("(no network").and_then(|start| {
        let length = text[start..].find(')')?;
        Some(start..=start + length)
    });
    match advice {
        Some(advice) => {
            let server = server_of(&text[advice.clone()]).filter(|_| others);
            let instead = server.map(|server| {
                format!("(does the server run? `socklab lab exec server -- {server}`)")
            });
            let instead = instead.as_deref().unwrap_or(NAMES);
            [&text[..*advice.start()], instead, &text[advice.end() + 1..]].concat()
        }
        None => text.to_owned(),
    }
}

/// The server that an advice names.
fn server_of(advice: &str) -> Option<&str> {
    let (_, behind) = advice.split_once("no server? `socklab run ")?;
    behind.split(['`', ' ']).next().filter(|name| name.ends_with("-server"))
}

/// Whether the command line was wrong. The only numbers that a program parses are the ports there,
/// and the echo pair, which has options, shows its usage itself.
fn is_usage(error: &anyhow::Error) -> bool {
    error.is::<ParseIntError>() || error.to_string().starts_with("usage: ")
}

/// `socklab run NAME …` as plainly as that: runs the program before the command line parser and
/// the texts of two languages are set up, which would take longer than most programs run.
pub(crate) fn run_if_plain() -> Option<ExitCode> {
    let words: std::result::Result<Vec<String>, OsString> =
        env::args_os().skip(1).map(OsString::into_string).collect();
    // Arguments that are not UTF-8 are mistakes, and options may be socklab's own: leave both to
    // the parser.
    let words = words.ok()?;
    let [command, name, arguments @ ..] = words.as_slice() else { return None };
    let program = programs::find(name).filter(|_| command == "run")?;
    if arguments.iter().any(|word| word.starts_with('-')) {
        return None;
    }
    note_run(program.name);
    if !program.takes_arguments() {
        // Without arguments the program can't tell the difference, so no new process image is
        // needed.
        return arguments.is_empty().then(|| run(program));
    }
    // If this fails, the normal path fails too and reports why.
    let _ = become_program(program, arguments);
    None
}

/// Replaces this process by the program. Returns only if that failed.
pub(crate) fn become_program(program: &Program, arguments: &[String]) -> io::Error {
    match env::current_exe() {
        Ok(socklab) => Command::new(socklab).arg0(program.name).args(arguments).exec(),
        Err(error) => error,
    }
}

/// The program of that name, or an error that suggests a similar name.
pub(crate) fn known(speaker: Speaker, name: &str) -> Result<&'static Program> {
    programs::find(name).ok_or_else(|| {
        let names = programs::PROGRAMS.iter().map(|program| program.name);
        let what = say!(speaker, "unknown-program", name = name);
        Failure::unknown(speaker, what, name, names, "socklab list").into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_lab_nobody_is_sent_there() {
        let refused = "connect server:12000 (no network, or no server? `socklab run tcp-server`, and \
                       in another terminal `socklab run tcp-client localhost`): refused";
        let there = "connect server:12000 (does the server run? `socklab lab exec server -- \
                     tcp-server`): refused";
        assert_eq!(in_lab(refused, true), there);
        assert!(in_lab(refused, false).contains(NAMES));
        let unknown = "resolve x (no network? `socklab run basics-02 --lab`): not known";
        let said = in_lab(unknown, true);
        assert_eq!(said, format!("resolve x {NAMES}: not known"));
        assert_eq!(
            in_lab("bind 0.0.0.0:7: Permission denied", true),
            "bind 0.0.0.0:7: Permission denied"
        );
    }
}
