//! Compiles a student's files. A compiler does what the file says: it reads the files that are
//! included, and takes the time and the memory that the text asks for. So it runs contained, with
//! limits, and what it can't do is blamed on the file only if it can do it for another one.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use rustix::process::{Resource, getrlimit};
use socklab_kernel::memory;
use socklab_lab::{Limits, Patience, Reached, Sandbox, Supervised, supervise};

use super::build::{BuildError, failed, find};
use super::code::Code;
use super::java;
use super::shown;
use crate::Used;

/// The size of the largest file that a compiler may write. A program of an exercise has kilobytes;
/// with all of Rust's standard library, some megabytes.
const LARGEST: u64 = 64 << 20;

/// The variables that a compiler gets: those that say where things are. Others may be secrets, which
/// a file could read (`env!`).
const VARIABLES: [&str; 12] = [
    "PATH",
    "CPATH",
    "C_INCLUDE_PATH",
    "LIBRARY_PATH",
    "LD_LIBRARY_PATH",
    "COMPILER_PATH",
    "GCC_EXEC_PREFIX",
    "TZDIR",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "CARGO_HOME",
    "NIX_CC",
];

/// How much room there has to be for a program that was not written because of something else.
const ROOM: usize = 8 << 20;

/// A compiler, and how it is called.
struct Compiler {
    tool: String,
    options: &'static [&'static str],
    /// The option before what it writes: a program, or the folder of classes.
    output: &'static str,
    /// The smallest program, which it must be able to compile.
    smallest: &'static str,
    limits: Limits,
}

/// Compiles files to a program, or a folder of classes, in a folder. Returns what the compiler said,
/// which is empty if it has nothing to warn of. The first file is the one that messages are about.
pub(super) fn compile(
    code: Code,
    sources: &[PathBuf],
    program: &Path,
    folder: &Path,
    used: &Used,
) -> Result<String, BuildError> {
    let compiler = Compiler::of(code)?;
    let file = sources.first().map_or(Path::new(""), PathBuf::as_path);
    let ended_before = memory::ended_for_lack();
    let done = compiler.run(sources, program, folder)?;
    used.add(done.processor);
    let output = String::from_utf8_lossy(&done.output).trim_end().to_owned();
    // Files are named as whoever wrote them knows them: without the folder of this one.
    let own = file.parent().map(|own| format!("{}/", own.display())).unwrap_or_default();
    let output = if own.len() > 1 { output.replace(&own, "") } else { output };
    let words = [Path::new(&compiler.tool), file].map(|word| word.file_name().unwrap_or_default());
    let command = words.map(|word| word.to_string_lossy().into_owned()).join(" ");
    let reached = match done.end {
        Ok(status) if status.success() && program.exists() => return Ok(output),
        Ok(status) => limit_of(status).or_else(|| limit_in(&output)),
        Err(Reached::Total(after)) => return Err(BuildError::Busy { command, after }),
        Err(reached) => Some(reached),
    };
    // Whose fault was it? A compiler that can't compile anything says nothing about this file.
    let smallest = folder.join(format!("Smallest.{}", code.extension()));
    fs::write(&smallest, compiler.smallest).map_err(failed("write", &smallest))?;
    let trial = compiler.run(&[smallest], &folder.join("smallest"), folder)?;
    if !matches!(trial.end, Ok(status) if status.success()) {
        let said = String::from_utf8_lossy(&trial.output).trim_end().to_owned();
        let output = if said.is_empty() { output } else { said };
        return Err(BuildError::Broken { tool: compiler.tool, output });
    }
    match reached {
        // Not by what it printed, which may be what the file says.
        _ if is_killed(&done) || memory::ended_for_lack() > ended_before || is_full(folder) => {
            Err(BuildError::Broken { tool: compiler.tool, output })
        }
        Some(reached) => Err(BuildError::Limit { command, reached, output }),
        None if is_short_of_addresses(compiler.limits.memory, &output) => {
            Err(BuildError::Broken { tool: compiler.tool, output })
        }
        None => Err(BuildError::Refused { command, output }),
    }
}

/// A limit of the kernel that has ended the compiler.
fn limit_of(status: ExitStatus) -> Option<Reached> {
    const TOO_LONG: i32 = 24;
    const TOO_LARGE: i32 = 25;
    match status.signal()? {
        TOO_LONG => Some(Reached::Processor(PROCESSOR)),
        TOO_LARGE => Some(Reached::Written(LARGEST)),
        _ => None,
    }
}

/// A limit of the kernel that the compiler's parts ran into, in the words of the C locale.
fn limit_in(output: &str) -> Option<Reached> {
    if output.contains("File size limit exceeded") || output.contains("File too large") {
        return Some(Reached::Written(LARGEST));
    }
    output.contains("CPU time limit exceeded").then_some(Reached::Processor(PROCESSOR))
}

/// True if somebody killed the compiler, which was not us.
fn is_killed(done: &Supervised) -> bool {
    const KILLED: i32 = 9;
    done.end.as_ref().ok().and_then(ExitStatusExt::signal) == Some(KILLED)
}

/// True if there is no room for a program in a folder, on the disk or by a quota.
fn is_full(folder: &Path) -> bool {
    let trial = folder.join("room");
    let written = fs::write(&trial, vec![0; ROOM]);
    let _ = fs::remove_file(&trial);
    written.is_err()
}

/// True if this session lets a process have less memory than a compiler may use here, and the compiler
/// said that it got none.
fn is_short_of_addresses(most: u64, output: &str) -> bool {
    let limits = [Resource::As, Resource::Data].map(|it| getrlimit(it).current);
    limits.into_iter().flatten().any(|limit| limit < most) && output.contains("allocat")
}

/// How much processor time a compiler may use.
const PROCESSOR: Duration = Duration::from_secs(30);

impl Compiler {
    fn of(code: Code) -> Result<Self, BuildError> {
        let mut limits = Limits::default();
        limits.file = LARGEST;
        limits.processor = PROCESSOR;
        limits.memory = 1 << 30;
        limits.processes = 256;
        Ok(match code {
            Code::Rust => {
                limits.memory = 2 << 30;
                Self {
                    tool: find("rustc")?,
                    options: &["--edition=2021", "-Cdebuginfo=0"],
                    output: "-o",
                    smallest: "fn main() {}\n",
                    limits,
                }
            }
            Code::Java => Self {
                tool: find("javac")?,
                options: &java::COMPILER,
                output: "-d",
                smallest: "class Smallest {}\n",
                limits,
            },
            // Course machines have one of these compilers; all take the same options.
            _ => Self {
                tool: find("gcc").or_else(|_| find("clang")).or_else(|_| find("cc"))?,
                options: &["-std=gnu11", "-Wall", "-O1", "-pthread", "-x", "c"],
                output: "-o",
                smallest: "#include <stdio.h>\nint main(void) { puts(\"\"); return 0; }\n",
                limits,
            },
        })
    }

    fn run(
        &self,
        sources: &[PathBuf],
        program: &Path,
        folder: &Path,
    ) -> Result<Supervised, BuildError> {
        let beside = sources.first().and_then(|file| file.parent()).unwrap_or(Path::new("/"));
        let mut sandbox = Sandbox::new(self.limits);
        sandbox.shown = shown::programs();
        sandbox.shown.extend(shown::work(beside));
        sandbox.shown.extend(sources.iter().cloned());
        sandbox.writable.push(folder.to_owned());
        let patience = Patience {
            total: Duration::from_secs(180),
            asleep: Duration::from_secs(4),
            processor: PROCESSOR,
            output: 1 << 20,
            written: 2 * LARGEST,
        };
        let mut command = Command::new(&self.tool);
        command.args(self.options).arg(self.output).arg(program).args(sources);
        command.current_dir(folder).env_clear().envs(self.variables(folder));
        supervise(&mut command, &sandbox, &patience)
            .map_err(failed("start", &PathBuf::from(&self.tool)))
    }

    fn variables(&self, folder: &Path) -> Vec<(OsString, OsString)> {
        let kept = VARIABLES.iter().filter_map(|name| Some(((*name).into(), env::var_os(name)?)));
        let mut variables: Vec<(OsString, OsString)> = kept.collect();
        let mut set = |name: &str, value: OsString| variables.push((name.into(), value));
        // A known language, so that a limit is recognised.
        set("LC_ALL", "C.UTF-8".into());
        set("TMPDIR", folder.into());
        set("HOME", folder.into());
        // A cache in the home folder can't be written.
        set("CCACHE_DISABLE", "1".into());
        if let Some(home) = shown::rustup_home() {
            set("RUSTUP_HOME", home.into());
        }
        variables
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_that_a_limit_has_ended_is_known_by_the_signal() {
        // `rustc` works by itself, and there is nobody to say what has ended it.
        let ended = |signal| limit_of(ExitStatus::from_raw(signal));
        assert_eq!(ended(24), Some(Reached::Processor(PROCESSOR)));
        assert_eq!(ended(25), Some(Reached::Written(LARGEST)));
        assert_eq!(ended(11), None);
        assert_eq!(ended(1 << 8), None, "an exit code");
    }
}
