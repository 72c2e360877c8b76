//! How socklab reports a failure: one message, the right exit code, no backtrace.

use std::fmt;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use rustix::io::Errno;
use socklab_say::{Speaker, say};

use crate::course::progress;
use crate::exit_reason::ExitReason;
use crate::output::{eprintln, width_err};
use crate::style;
use crate::terminal::markdown;
use crate::terminal::rows::rows;

/// An error for the user: what failed, what to try, and the exit code for scripts.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    hint: Option<String>,
    /// What could be typed instead, and what it means.
    choices: Vec<(String, String)>,
    exit: ExitReason,
}

impl Failure {
    pub(crate) fn new(exit: ExitReason, what: String) -> Self {
        Failure { what, hint: None, choices: Vec::new(), exit }
    }

    /// An unknown name. Suggests the most similar known name, or else the command that lists the
    /// names.
    pub(crate) fn unknown<N: AsRef<str>>(
        speaker: Speaker,
        what: String,
        word: &str,
        names: impl IntoIterator<Item = N>,
        list: &str,
    ) -> Self {
        const ALIKE: f64 = 0.75;
        let word = word.to_lowercase();
        let likeness = |name: N| (strsim::jaro_winkler(name.as_ref(), &word), name);
        let alike = names.into_iter().map(likeness).filter(|(likeness, _)| *likeness > ALIKE);
        let hint = match alike.max_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((_, known)) => say!(speaker, "did-you-mean", known = known.as_ref()),
            None => say!(speaker, "try-line", what = list),
        };
        Self::new(ExitReason::Usage, what).hint(hint)
    }

    /// The exit code it ends with.
    pub(crate) fn exit(&self) -> ExitReason {
        self.exit
    }

    /// What to try, if that is known.
    pub(crate) fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Adds a second line: what to try.
    pub(crate) fn hint(mut self, hint: String) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Adds what could be typed instead, and what it means.
    pub(crate) fn choices(mut self, choices: Vec<(String, String)>) -> Self {
        self.choices = choices;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.what.fmt(f)
    }
}

impl std::error::Error for Failure {}

/// A call failed on a file or folder that the reader has named: which call, on what, why, and what to
/// try, in the reader's language. What is not there, or is something else, was mistyped.
pub(crate) fn cannot(speaker: Speaker, call: &str, path: &Path, error: &io::Error) -> Failure {
    use io::ErrorKind as Kind;
    let shown = socklab_say::path(path);
    let word = match error.kind() {
        Kind::NotFound => "missing",
        Kind::NotADirectory => "no-folder",
        Kind::IsADirectory => "folder",
        Kind::PermissionDenied => "denied",
        Kind::FileTooLarge => "large",
        _ => "other",
    };
    let why = match word {
        "other" => error.to_string(),
        word => say!(speaker, &format!("cannot-{word}")),
    };
    let exit = match word {
        "missing" | "no-folder" | "folder" | "large" => ExitReason::Usage,
        _ => exit_for(error),
    };
    let failure = Failure::new(exit, format!("{call} {shown}: {why}"));
    let above = path.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
    match word {
        "missing" | "no-folder" => {
            failure.hint(say!(speaker, "cannot-missing-hint", folder = socklab_say::path(above)))
        }
        "denied" => failure.hint(say!(speaker, "cannot-denied-hint", path = shown)),
        "folder" | "large" => failure.hint(say!(speaker, &format!("cannot-{word}-hint"))),
        _ => failure,
    }
}

/// The error followed by its causes. A cause that an error already contains is not repeated.
pub(crate) fn with_causes(error: &anyhow::Error) -> String {
    let mut told = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !told.contains(&cause) {
            told.push_str(": ");
            told.push_str(&cause);
        }
    }
    told
}

/// Prints the error and returns the exit code.
pub(crate) fn report(speaker: Speaker, error: &anyhow::Error) -> ExitCode {
    complain("socklab:", &with_causes(error));
    let failure = error.downcast_ref::<Failure>();
    print_choices(failure.map(|failure| failure.choices.as_slice()).unwrap_or_default());
    let full = comes_of(error, &FULL);
    let full_hint = || (full && failure.is_none()).then(|| say!(speaker, "full-hint"));
    if let Some(hint) = failure.and_then(|failure| failure.hint.clone()).or_else(full_hint) {
        complain(" ", &hint);
    }
    let environment = full || comes_of(error, &SHORT);
    let otherwise = if environment { ExitReason::Environment } else { ExitReason::No };
    failure.map_or(otherwise, |failure| failure.exit).into()
}

/// Prints a text on standard error, behind its first word. On a terminal it is wrapped, but for
/// lines that begin with a space: those are set as they stand, such as a mark below a word.
pub(crate) fn complain(first: &str, text: &str) {
    let width = if io::stderr().is_terminal() { width_err() } else { usize::MAX };
    let lead = if first.is_empty() { String::new() } else { format!("{first} ") };
    let indent = if lead.trim().is_empty() { lead.len() } else { 2 };
    for (index, line) in text.lines().enumerate() {
        let lead = if index == 0 { lead.clone() } else { " ".repeat(indent) };
        let line = match width {
            _ if line.starts_with(' ') => line.to_owned(),
            usize::MAX => line.to_owned(),
            width => markdown::hanging_after(line, lead.chars().count(), indent, width),
        };
        eprintln!("{}{line}", style::paint(style::BAD, lead));
    }
}

/// Prints what could be typed instead.
pub(crate) fn print_choices(choices: &[(String, String)]) {
    rows(choices, width_err()).iter().for_each(|line| eprintln!("{line}"));
}

/// Says if what the student has done could not be kept.
pub(crate) fn tell_of_progress(speaker: Speaker) {
    if let Some(why) = progress::trouble() {
        complain("", &say!(speaker, "progress-not-kept", why = why));
    }
}

/// No room for another file or more of one.
const FULL: [Errno; 3] = [Errno::NOSPC, Errno::DQUOT, Errno::FBIG];
/// Too few descriptors, processes or memory, or a disk that does not work.
const SHORT: [Errno; 5] = [Errno::MFILE, Errno::NFILE, Errno::NOMEM, Errno::AGAIN, Errno::IO];

/// The exit code for something that could not be written.
pub(crate) fn exit_for(error: &std::io::Error) -> ExitReason {
    let number = Errno::from_io_error(error);
    let environment = number.is_some_and(|it| FULL.contains(&it) || SHORT.contains(&it));
    if environment { ExitReason::Environment } else { ExitReason::No }
}

/// True if one of these is what has caused an error.
fn comes_of(error: &anyhow::Error, errors: &[Errno]) -> bool {
    let causes = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    let mut known = causes.filter_map(Errno::from_io_error);
    known.any(|error| errors.contains(&error))
}
