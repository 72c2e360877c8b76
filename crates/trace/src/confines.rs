//! What a program in a sandbox has to itself, and what is kept from it.

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use libc::pid_t;

use crate::probe;

/// What a program in a sandbox has to itself, and what is kept from it: everything else that it tries to
/// change or to read is an attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confines {
    /// Files and folders of the machine that it sees and may change, or seems to.
    pub given: Vec<PathBuf>,
    /// Folders that were empty when it started, whatever the machine has there.
    pub apart: Vec<PathBuf>,
    /// Files that everybody may write to.
    pub devices: Vec<PathBuf>,
    /// Files and folders with secrets of the machine, even if they seem to be there.
    pub secrets: Vec<PathBuf>,
    /// The size of each file system that it has to itself, in bytes; 0 if it has none.
    pub room: u64,
    /// How many files there may be in each of them.
    pub files: u64,
    /// How much memory its processes may share by `shmget(2)`, in bytes.
    pub shared: u64,
    /// The size of each file, in bytes (`RLIMIT_FSIZE`); 0 if it has no such limit but its own.
    pub file: u64,
    /// The processor time of each process, in seconds (`RLIMIT_CPU`); 0 if it has no such limit but its own.
    pub processor: u64,
}

impl Confines {
    /// True if the program may change what is at this path, which is absolute and without `..`.
    pub(crate) fn owns(&self, path: &Path) -> bool {
        [&self.given, &self.apart, &self.devices]
            .into_iter()
            .flatten()
            .any(|own| path.starts_with(own))
    }

    /// True for what it was given.
    pub(crate) fn is_given(&self, path: &Path) -> bool {
        self.given.iter().any(|given| path.starts_with(given))
    }

    /// True if the path is in a folder that was empty when the program started, and has nothing to do
    /// with what it was given: the machine's own files there are not missed.
    pub(crate) fn is_apart(&self, path: &Path) -> bool {
        self.apart.iter().any(|apart| path.starts_with(apart)) && !self.is_near(path)
    }

    /// True for the folders that something given is in, and for what is beside it; but not for those that
    /// were empty.
    pub(crate) fn is_near(&self, path: &Path) -> bool {
        self.given.iter().flat_map(|given| given.ancestors().skip(1)).any(|above| {
            let is_wide = above == Path::new("/") || self.apart.iter().any(|apart| apart == above);
            !is_wide && path.starts_with(above)
        })
    }

    /// True if there are secrets of the machine at this path.
    pub(crate) fn hides(&self, path: &Path) -> bool {
        self.secrets.iter().any(|secret| path.starts_with(secret))
    }
}

/// The confines of a command, and the processes that have ever been in them.
#[derive(Debug)]
pub(crate) struct Confined {
    pub(crate) confines: Confines,
    born: RefCell<Born>,
}

/// The numbers that processes have, or had, as the program knows them.
#[derive(Debug, Default)]
struct Born {
    numbers: HashSet<i32>,
    /// The number of one could not be found out.
    is_incomplete: bool,
}

impl Confined {
    pub(crate) fn new(confines: Confines) -> Self {
        Self { confines, born: RefCell::default() }
    }

    /// Notes a new process, which has not run yet.
    pub(crate) fn note_birth(&self, pid: pid_t) {
        let mut born = self.born.borrow_mut();
        match probe::own_number(pid) {
            Some(number) => drop(born.numbers.insert(number)),
            None => born.is_incomplete = true,
        }
    }

    /// True if this number is certainly that of no process of the command, and never was.
    pub(crate) fn is_foreign(&self, number: i32) -> bool {
        let born = self.born.borrow();
        !born.is_incomplete && !born.numbers.contains(&number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_everything_below_it() {
        let confines = Confines {
            apart: vec!["/tmp".into()],
            secrets: vec!["/etc/shadow".into()],
            ..Confines::default()
        };
        assert!(confines.owns(Path::new("/tmp/a/b")) && !confines.owns(Path::new("/tmpx")));
        assert!(confines.hides(Path::new("/etc/shadow")) && !confines.hides(Path::new("/etc")));
    }

    #[test]
    fn a_number_is_foreign_only_if_all_are_known() {
        let confined = Confined::new(Confines::default());
        assert!(confined.is_foreign(7));
        let this = i32::try_from(std::process::id()).expect("a small number");
        confined.note_birth(this);
        let own = probe::own_number(this).expect("this process is there");
        assert!(!confined.is_foreign(own) && confined.is_foreign(own + 1));
        // There is no such process.
        confined.note_birth(i32::MAX);
        assert!(!confined.is_foreign(own + 1));
    }
}
