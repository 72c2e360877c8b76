//! A program of somebody else runs in a sandbox without being asked for.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::process::geteuid;
use socklab_say::{Speaker, path, say};
use socklab_scenario::IsolationWanted;

use super::Subject;
/// Where the system's own programs are, which are nobody's submission.
const SYSTEM: [&str; 10] =
    ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/opt", "/nix", "/gnu", "/dev", "/proc"];

/// A file of a submission that belongs to another user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Foreign {
    file: PathBuf,
    /// The user's id.
    owner: u32,
}

/// How far a program is to be kept apart, and whose it is if that decided.
pub(crate) fn wanted(
    asked: IsolationWanted,
    subject: &Subject,
) -> (IsolationWanted, Option<Foreign>) {
    match asked {
        IsolationWanted::Possible => match Foreign::of(subject) {
            Some(foreign) => (IsolationWanted::SandboxIfPossible, Some(foreign)),
            None => (IsolationWanted::Possible, None),
        },
        wanted => (wanted, None),
    }
}

impl Foreign {
    /// The first file of a submission that is not the user's own.
    fn of(subject: &Subject) -> Option<Self> {
        let named: Vec<&Path> = match subject {
            Subject::Source { file, .. } => vec![file],
            Subject::Command(words) => words.iter().map(Path::new).collect(),
        };
        let user = geteuid().as_raw();
        named.into_iter().find_map(|file| {
            let about = file.metadata().ok().filter(Metadata::is_file)?;
            let real = file.canonicalize().ok()?;
            let is_system = SYSTEM.iter().any(|folder| real.starts_with(folder));
            let is_foreign = about.uid() != user && !is_system;
            is_foreign.then(|| Self { file: file.to_owned(), owner: about.uid() })
        })
    }

    /// The line that says so.
    pub(crate) fn told(&self, speaker: Speaker) -> String {
        say!(speaker, "check-foreign", file = path(&self.file), owner = self.owner.to_string())
    }
}
