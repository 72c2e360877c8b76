//! The program to check: a command or a source file.

use std::path::{Path, PathBuf};

use anyhow::Result;
use socklab_say::{Speaker, say};
use socklab_scenario::Used;
use socklab_scenario::exercise::{BuildError, Built, Code, Open, open_gaps};
use socklab_scenario::format::Exercise;

use crate::commands::exercise::{source_file, started};
use crate::exit_reason::ExitReason;
use crate::failure::Failure;

/// What is to be checked.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    /// A source file, which is interpreted or compiled.
    Source { code: Code, file: PathBuf },
    /// A command.
    Command(Vec<String>),
}

impl Subject {
    /// From the words after `--`; without any, from the files here or the file that `start` wrote.
    pub(crate) fn find(speaker: Speaker, exercise: &Exercise, words: &[String]) -> Result<Self> {
        match words {
            [] => {
                let file =
                    source_file(&exercise.name, Path::new(".")).or_else(|| started(&exercise.name));
                file.and_then(Self::source).ok_or_else(|| nothing(speaker, exercise))
            }
            // A single source file is built and run like one that `start` wrote.
            [file] if Path::new(file).is_file() => {
                let source = Self::source(PathBuf::from(file));
                Ok(source.unwrap_or_else(|| Self::Command(words.to_vec())))
            }
            _ => Ok(Self::Command(words.to_vec())),
        }
    }

    /// True for the file that a check without a command finds, too.
    pub(crate) fn is_found(&self, exercise: &str) -> bool {
        let found = source_file(exercise, Path::new(".")).or_else(|| started(exercise));
        let whole = |file: &Path| file.canonicalize().ok();
        let found = found.as_deref().and_then(whole);
        matches!(self, Self::Source { file, .. } if found.is_some() && whole(file) == found)
    }

    /// A source file, run with the arguments of each case.
    pub(crate) fn source(file: PathBuf) -> Option<Self> {
        Some(Self::Source { code: Code::of(&file)?, file })
    }

    /// Builds it, for this exercise. A compiler does not see what is `hidden`.
    pub(crate) fn build(
        &self,
        exercise: &Exercise,
        hidden: &[PathBuf],
    ) -> Result<Built, BuildError> {
        match self {
            Self::Source { code, file } => {
                let used = Used::default();
                Built::from_sources(*code, file, &[], &exercise.arguments, hidden, &used)
            }
            Self::Command(words) => Built::from_command(words, &exercise.arguments),
        }
    }

    /// The source file, if it is known.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::Source { file, .. } => Some(file),
            Self::Command(words) => {
                words.iter().map(Path::new).find(|word| Code::of(word).is_some() && word.is_file())
            }
        }
    }

    /// The gaps that are still open.
    pub(crate) fn open_gaps(&self) -> Vec<Open> {
        let Some(file) = self.file() else { return Vec::new() };
        let text = std::fs::read_to_string(file).unwrap_or_default();
        Code::of(file).map(|code| open_gaps(code, &text)).unwrap_or_default()
    }

    /// The words to type after `check NAME --`.
    pub(crate) fn words(&self) -> Vec<String> {
        match self {
            Self::Source { file, .. } => vec![file.display().to_string()],
            Self::Command(words) => words.clone(),
        }
    }
}

fn nothing(speaker: Speaker, exercise: &Exercise) -> anyhow::Error {
    let what = say!(speaker, "check-nothing", name = exercise.name);
    let hint = say!(speaker, "check-nothing-hint", name = exercise.name);
    Failure::new(ExitReason::Usage, what).hint(hint).into()
}
