//! `run`: a course program, where this process is or in a lab with a local internet.

mod ground;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use programs::Program;
use socklab_filter::Filter;
use socklab_lab::PlaceRefusal;
use socklab_say::{Speaker, say};

use super::lab::{self, Began, InLab};
use super::{bond, trace};
use crate::cli::{self, Look};
use crate::course::standing::note_run;
use crate::course_program::{self, known};
use crate::exit_reason::ExitReason;
use crate::failure::{Failure, complain};
use crate::filters;
use ground::{Ground, ground, is_server};

/// What the words behind a program's name mean.
#[derive(Debug, Default)]
struct Wanted {
    trace: bool,
    live: bool,
    lab: bool,
    packets: bool,
    wire: Vec<String>,
    mtu: Option<u32>,
    output: Vec<PathBuf>,
    filter: Option<Filter>,
    arguments: Vec<String>,
}

/// Runs the program. Returns only if that failed, or if it ran as a child.
pub(super) fn run(speaker: Speaker, run: cli::Run) -> Result<ExitCode> {
    let program = known(speaker, &run.name)?;
    let bound = run.bond;
    let wanted = Wanted::of(speaker, run)?;
    // What the tour runs, nobody has looked at.
    if bound.end_with_parent.is_none() {
        note_run(program.name);
    }
    if wanted.lab {
        return match lab::begin(speaker, &wanted.in_lab(program, say!(speaker, "lab-entered")))? {
            Began::Ended(code) => Ok(code),
            Began::NoLab(refusal) => Err(no_lab(speaker, program, &refusal).into()),
        };
    }
    if wanted.trace {
        return trace(speaker, program, &wanted);
    }
    bond::bind_to_parent(bound)?;
    Err(course_program::become_program(program, &wanted.arguments))
        .with_context(|| format!("execve {}", program.name))
}

/// Traces the program where its packets can be recorded, if it can do its work there, and else here.
fn trace(speaker: Speaker, program: &Program, wanted: &Wanted) -> Result<ExitCode> {
    let mut refused = None;
    if ground(program, &wanted.arguments) == Ground::Lab {
        let here = [
            &["socklab".to_owned(), "trace".to_owned(), program.name.to_owned()][..],
            &wanted.arguments,
        ];
        let here = shlex::try_join(here.concat().iter().map(String::as_str)).unwrap_or_default();
        let key = if wanted.packets { "run-in-lab" } else { "run-in-lab-without" };
        let greeting = say!(speaker, key, command = here);
        match lab::begin(speaker, &wanted.in_lab(program, greeting))? {
            Began::Ended(code) => return Ok(code),
            Began::NoLab(refusal) => refused = Some(refusal),
        }
    }
    let tell = |recorded| {
        let key = match (recorded, &refused) {
            (true, _) => "run-here-tapped",
            (false, _) if !wanted.packets => "run-here-without",
            (false, Some(_)) => "run-here-no-lab",
            (false, None) => "run-here",
        };
        let reason = refused.as_ref().map(ToString::to_string).unwrap_or_default();
        complain("", &say!(speaker, key, reason = reason));
    };
    let why_no_packets = refused.as_ref().map_or("shared_network".to_owned(), ToString::to_string);
    let arguments: Vec<OsString> = wanted.arguments.iter().map(OsString::from).collect();
    let program = trace::course_program(program, &arguments)?;
    let wanted = trace::OfOne {
        packets: wanted.packets,
        why_no_packets,
        live: wanted.live,
        output: &wanted.output,
        look: wanted.look(),
    };
    trace::trace_program(speaker, program, wanted, tell)
}

impl Wanted {
    /// The options may also follow the program's name: no course program has one of these names.
    fn of(speaker: Speaker, run: cli::Run) -> Result<Self> {
        let own = run.arguments.iter().take_while(|word| *word != "--").count();
        let mut arguments = run.arguments;
        let behind = arguments.split_off(own);
        let mut wanted = Self {
            trace: run.trace,
            live: run.live,
            lab: run.lab,
            packets: !run.no_packets,
            wire: run.wire,
            mtu: run.mtu,
            output: run.output,
            filter: run.filter,
            arguments: Vec::new(),
        };
        let mut words = arguments.into_iter();
        while let Some(word) = words.next() {
            let (option, value) = match word.split_once('=') {
                Some((option, value)) => (option, Some(value.to_owned())),
                None => (word.as_str(), None),
            };
            let missing =
                || Failure::new(ExitReason::Usage, say!(speaker, "missing-value", word = option));
            match option {
                "--trace" => wanted.trace = true,
                "--live" => wanted.live = true,
                "--lab" => wanted.lab = true,
                "--no-packets" => wanted.packets = false,
                "--wire" | "--mtu" | "-o" | "--output" | "-f" | "--filter" => {
                    let value = value.or_else(|| words.next()).ok_or_else(missing)?;
                    match option {
                        "--wire" => wanted.wire.push(value),
                        "--mtu" => {
                            let bad = |_| {
                                say!(speaker, "bad-value", word = option, value = value.as_str())
                            };
                            let bytes = value.parse().map_err(bad);
                            wanted.mtu =
                                Some(bytes.map_err(|what| Failure::new(ExitReason::Usage, what))?);
                        }
                        "-f" | "--filter" => {
                            let bad = |mistake| {
                                let what = filters::marked(speaker, &mistake);
                                Failure::new(ExitReason::Usage, format!("{option}: {what}"))
                            };
                            wanted.filter = Some(Filter::parse(&value).map_err(bad)?);
                        }
                        _ => wanted.output.push(value.into()),
                    }
                }
                _ => wanted.arguments.push(word),
            }
        }
        wanted.arguments.extend(behind);
        // What is drawn has been traced, and there is a wire in a lab only.
        wanted.trace |= wanted.live || !wanted.output.is_empty() || wanted.filter.is_some();
        wanted.lab |= !wanted.wire.is_empty() || wanted.mtu.is_some();
        Ok(wanted)
    }

    /// How the drawing looks.
    fn look(&self) -> Look {
        Look { filter: self.filter.clone(), ..Look::for_learning() }
    }

    fn in_lab<'p>(&'p self, program: &'p Program, greeting: String) -> InLab<'p> {
        InLab {
            program,
            arguments: &self.arguments,
            serves: is_server(program),
            wire: &self.wire,
            mtu: self.mtu,
            trace: self.trace,
            live: self.live,
            packets: self.packets,
            output: &self.output,
            look: self.look(),
            greeting,
        }
    }
}

/// Why there is no lab, and what works for this program without one.
fn no_lab(speaker: Speaker, program: &Program, refusal: &PlaceRefusal) -> Failure {
    let name = program.name;
    let advice = match program.group {
        "ntp-client" => say!(speaker, "lab-else-ntp", name = name),
        "socket-http-client" if program.takes_arguments() => {
            say!(speaker, "lab-else-http", name = name)
        }
        _ => say!(speaker, "lab-else", name = name),
    };
    let what = say!(speaker, "lab-refused", reason = refusal.to_string());
    let hints = [say!(speaker, "try-line", what = advice), say!(speaker, "doctor-hint")];
    Failure::new(ExitReason::Environment, what).hint(hints.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(words: &[&str]) -> Result<Wanted> {
        let arguments = words.iter().map(|word| (*word).to_owned()).collect();
        let run = cli::Run { name: "tcp-client".to_owned(), arguments, ..cli::Run::default() };
        Wanted::of(Speaker::ENGLISH, run)
    }

    #[test]
    fn options_may_follow_the_programs_arguments() {
        let it =
            wanted(&["h", "--trace", "--wire", "drop the 1st SYN", "9", "--mtu=1500"]).unwrap();
        assert!(it.trace && it.lab && it.packets);
        assert_eq!((it.arguments, it.mtu), (vec!["h".to_owned(), "9".into()], Some(1500)));
        assert_eq!(it.wire, ["drop the 1st SYN"]);
        let it = wanted(&["-o", "x.pcapng", "--no-packets"]).unwrap();
        assert!(it.trace && !it.lab && !it.packets && it.output == [PathBuf::from("x.pcapng")]);
        let it = wanted(&["--port", "9", "--", "--trace"]).unwrap();
        assert!(!it.trace && it.arguments == ["--port", "9", "--", "--trace"]);
    }

    #[test]
    fn an_option_without_its_value_is_a_usage_error() {
        assert!(wanted(&["--wire"]).is_err() && wanted(&["--mtu", "wide"]).is_err());
    }
}
