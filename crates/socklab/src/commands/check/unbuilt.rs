//! Why a program could not be built, in words: what the compiler has against the file, or what is
//! wrong with this machine.

use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use socklab_say::{Speaker, count, say};
use socklab_scenario::exercise::{BuildError, Reached};
use socklab_scenario::format::Exercise;

use super::explain::quotation;
use super::runs_with;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;

/// How many lines of a compiler's warnings are shown.
const MOST_WARNINGS: usize = 12;

/// What the compiler has against the file: a sentence, and what the compiler printed. `None` if the
/// error says nothing about the file.
pub(crate) fn refusal(speaker: Speaker, error: &BuildError) -> Option<(String, &str)> {
    match error {
        BuildError::Refused { command, output } => {
            Some((say!(speaker, "check-refused", command = command), output))
        }
        BuildError::Limit { command, reached, output } => {
            let what = limit(speaker, reached);
            Some((say!(speaker, "build-limit", command = command, what = what), output))
        }
        _ => None,
    }
}

fn limit(speaker: Speaker, reached: &Reached) -> String {
    let mib = |bytes: u64| count(usize::try_from(bytes >> 20).unwrap_or(usize::MAX));
    let seconds = |time: std::time::Duration| {
        speaker.duration(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
    };
    match reached {
        Reached::Asleep(time) => say!(speaker, "build-limit-asleep", time = seconds(*time)),
        Reached::Processor(time) | Reached::Total(time) => {
            say!(speaker, "build-limit-processor", time = seconds(*time))
        }
        Reached::Memory(bytes) => say!(speaker, "build-limit-memory", mib = mib(*bytes)),
        Reached::Processes(number) => {
            let number = usize::try_from(*number).unwrap_or(usize::MAX);
            say!(speaker, "build-limit-processes", number = count(number))
        }
        Reached::Written(bytes) => say!(speaker, "build-limit-written", mib = mib(*bytes)),
        other => format!("{other:?}"),
    }
}

/// Why the program can't be built or run here; this says nothing about the program.
pub(crate) fn not_here(speaker: Speaker, exercise: &Exercise, error: &BuildError) -> anyhow::Error {
    let failure = match error {
        BuildError::Missing { tool } => {
            let path = Path::new(tool);
            let (exit, key) = match () {
                () if path.is_dir() => (ExitReason::Usage, "check-folder"),
                () if path.is_file() => (ExitReason::Usage, "check-not-executable"),
                () if special(path).is_some() => (ExitReason::Usage, "check-special"),
                () if path.extension().is_some() || tool.contains('/') => {
                    (ExitReason::Usage, "check-no-file")
                }
                () => (ExitReason::Environment, "check-missing"),
            };
            let hint = match key {
                "check-not-executable" => runs_with::advice(speaker, exercise, tool),
                _ => say!(speaker, &format!("{key}-hint"), tool = tool),
            };
            let kind = special(path).unwrap_or("none");
            Failure::new(exit, say!(speaker, key, tool = tool, kind = kind)).hint(hint)
        }
        BuildError::Broken { tool, output } => {
            let what = say!(speaker, "build-broken", tool = tool, output = indented(output));
            Failure::new(ExitReason::Environment, what).hint(say!(
                speaker,
                "build-broken-hint",
                tool = tool
            ))
        }
        BuildError::Busy { command, after } => {
            let after = speaker.duration(u64::try_from(after.as_nanos()).unwrap_or(u64::MAX));
            let what = say!(speaker, "build-busy", command = command, time = after);
            Failure::new(ExitReason::Environment, what).hint(say!(speaker, "build-busy-hint"))
        }
        error => {
            use std::io::ErrorKind as Kind;
            let kind = match error {
                BuildError::Call { source, .. } => Some(source.kind()),
                _ => None,
            };
            let key = match kind {
                Some(Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge) => {
                    "build-full-hint"
                }
                Some(
                    Kind::NotFound
                    | Kind::NotADirectory
                    | Kind::PermissionDenied
                    | Kind::ReadOnlyFilesystem,
                ) => "build-folder-hint",
                _ => "build-call-hint",
            };
            let folder = socklab_say::path(std::env::temp_dir());
            let hint = say!(speaker, key, folder = folder);
            Failure::new(ExitReason::Environment, error.to_string()).hint(hint)
        }
    };
    failure.into()
}

/// What a path leads to that is neither a file nor a folder.
fn special(path: &Path) -> Option<&'static str> {
    let kind = path.metadata().ok()?.file_type();
    let kinds = [
        (kind.is_fifo(), "fifo"),
        (kind.is_socket(), "socket"),
        (kind.is_char_device() || kind.is_block_device(), "device"),
    ];
    kinds.into_iter().find(|(is, _)| *is).map(|(_, name)| name)
}

/// The first lines of what a tool printed, below a sentence.
fn indented(output: &str) -> String {
    let lines = output.lines().take(MOST_WARNINGS).flat_map(quotation);
    lines.map(|line| format!("\n{line}")).collect()
}

/// What the compiler had to say about a file that it accepted, for a program that does not pass.
pub(crate) fn warnings(speaker: Speaker, warnings: &str) -> Vec<String> {
    if warnings.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), say!(speaker, "build-warnings")];
    lines.extend(warnings.lines().take(MOST_WARNINGS).flat_map(quotation));
    if warnings.lines().count() > MOST_WARNINGS {
        lines.extend(quotation("…"));
    }
    lines
}
