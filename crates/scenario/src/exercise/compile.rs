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
    /// What it does not see, even in folders that it sees.
    hidden: Vec<PathBuf>,
}

/// Compiles files to a program, or a folder of classes, in a folder. Returns what the compiler said,
/// which is empty if it has nothing to warn of. The first file is the one that messages are about. What is
/// `hidden` no file can include.
pub(super) fn compile(
    code: Code,
    sources: &[PathBuf],
    program: &Path,
    folder: &Path,
    hidden: &[PathBuf],
    used: &Used,
) -> Result<String, BuildError> {
    let compiler = Compiler { hidden: hidden.to_vec(), ..Compiler::of(code)? };
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
    let says = |what| of_tools(output).any(|line| line.contains(what));
    if says("File size limit exceeded") || says("File too large") {
        return Some(Reached::Written(LARGEST));
    }
    says("CPU time limit exceeded").then_some(Reached::Processor(PROCESSOR))
}

/// The lines in which the parts of a compiler speak of themselves. The others are about a file, which
/// they may quote.
fn of_tools(output: &str) -> impl Iterator<Item = &str> {
    /// Compilers and their parts, also with a target before and a version behind.
    const TOOLS: [&str; 13] = [
        "gcc", "clang", "cc", "cc1", "as", "ld", "lld", "gold", "bfd", "collect2", "lto1", "rustc",
        "javac",
    ];
    /// How they begin without saying who they are.
    const NAMELESS: [&str; 8] = [
        "error",
        "fatal error",
        "Fatal error",
        "LLVM ERROR",
        "memory allocation of",
        "virtual memory exhausted",
        "Allocation failed",
        "# Native memory allocation",
    ];
    let is_tool = |line: &str| {
        let name = line.split(": ").next().unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or_default();
        name.split(['-', '.']).any(|part| TOOLS.contains(&part))
            && name.bytes().all(|it| it.is_ascii_alphanumeric() || b"-._+".contains(&it))
    };
    // The assembler and the linker name their own temporary files.
    let is_temporary = |line: &str| {
        let name = Path::new(line.split(": ").next().unwrap_or_default());
        name.is_absolute() && name.extension().is_some_and(|it| it == "s" || it == "o")
    };
    let lines = output.lines().zip(output.lines().skip(1).chain([""]));
    lines.filter_map(move |(line, next)| {
        // So `rustc` tells what a linker said, whose further lines are indented.
        let said = line.trim_start();
        let said = said.strip_prefix("= note: ").unwrap_or(said);
        // Where a place in a file follows, the error is one of the file.
        let is_of_file = next.trim_start().starts_with("--> ");
        let is_nameless = || !is_of_file && NAMELESS.iter().any(|it| line.starts_with(it));
        (is_tool(said) || is_temporary(said) || is_nameless()).then_some(said)
    })
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
    limits.into_iter().flatten().any(|limit| limit < most)
        && of_tools(output).any(|line| line.contains("allocat"))
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
                    options: &["--edition=2021", "-Cdebuginfo=line-tables-only"],
                    output: "-o",
                    smallest: "fn main() {}\n",
                    limits,
                    hidden: Vec::new(),
                }
            }
            Code::Java => Self {
                tool: find("javac")?,
                options: &java::COMPILER,
                output: "-d",
                smallest: "class Smallest {}\n",
                limits,
                hidden: Vec::new(),
            },
            // Course machines have one of these compilers; all take the same options.
            _ => Self {
                tool: find("gcc").or_else(|_| find("clang")).or_else(|_| find("cc"))?,
                options: &["-std=gnu11", "-Wall", "-O1", "-g1", "-pthread", "-x", "c"],
                output: "-o",
                smallest: "#include <stdio.h>\nint main(void) { puts(\"\"); return 0; }\n",
                limits,
                hidden: Vec::new(),
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
        sandbox.hidden.clone_from(&self.hidden);
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

    #[test]
    fn a_limit_is_what_a_tool_says_and_not_what_a_file_says() {
        let written = Some(Reached::Written(LARGEST));
        for said in [
            "gcc: fatal error: File size limit exceeded signal terminated program as",
            "x86_64-linux-gnu-gcc-12: fatal error: File size limit exceeded signal terminated program as",
            "/tmp/b/ccX.s: Assembler messages:\n/tmp/b/ccX.s: Fatal error: can't close /tmp/b/ccX.o: File too large",
            "/usr/bin/ld: final link failed: File too large\ncollect2: error: ld returned 1 exit status",
            "error: linking with `cc` failed: exit status: 1\n  |\n  = note: \"cc\" \"-m64\"\n  = note: /usr/bin/ld: final link failed: File too large\n          collect2: error: ld returned 1 exit status",
            "error: failed to write /tmp/b/x.rcgu.o: File too large (os error 27)\n\nerror: aborting",
            "error: error while writing Server: /tmp/b/classes/Server.class (File too large)",
        ] {
            assert_eq!(limit_in(said), written, "{said}");
        }
        let said = "gcc: fatal error: CPU time limit exceeded signal terminated program cc1";
        assert_eq!(limit_in(said), Some(Reached::Processor(PROCESSOR)));
        for quoted in [
            "server.c:3:30: error: expected ';'\n    3 |     printf(\"File too large\\n\")\n      |      ^",
            "server.c:1:2: error: #error File too large\n    1 | #error File too large",
            "server.c:1:2: error: #error gcc: CPU time limit exceeded",
            " printf(\"gcc: File too large\")\n ^",
            "printf(\"cannot send: File too large\")\n       ^",
            "error: File too large\n --> server.rs:1:1\n  |\n1 | compile_error!(\"File too large\");",
        ] {
            assert_eq!(limit_in(quoted), None, "{quoted}");
        }
        let tells = |output: &str| of_tools(output).any(|line| line.contains("allocat"));
        assert!(tells("\ncc1: out of memory allocating 65536 bytes after a total of 1 byte"));
        assert!(tells("virtual memory exhausted: Cannot allocate memory"));
        assert!(tells("memory allocation of 5 bytes failed"));
        assert!(!tells("server.c:2:5: error: 'allocate' undeclared\n    2 |     allocate();"));
    }
}
