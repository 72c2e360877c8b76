//! The journal of a grading: every result as it comes, one line of JSON each, appended and synced.
//! Whatever happens after that, the result is kept; the same grading begun again goes on from here.
//!
//! A **round** is what is graded under one [`Assignment`]. A corrected exercise begins another one;
//! its results take the place of the earlier ones, which stay in the file for comparison. A result
//! counts again only for the same [`key`]: the same submission, judged by the same cases with the
//! same seed under the same options.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::book::{Assignment, FORMAT_VERSION, Graded};

/// The journal's name in the folder of results.
pub const JOURNAL: &str = "results.jsonl";

/// The beginning of a round: what was graded from then on, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// [`FORMAT_VERSION`] of the lines that follow.
    pub format_version: u32,
    /// Its number, from 1.
    pub number: u32,
    /// True if it was asked for although nothing had changed.
    #[serde(default)]
    pub asked: bool,
    /// Which part of the class is graded, from 1, and of how many; `None` if it is all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<(usize, usize)>,
    /// What was graded.
    pub assignment: Assignment,
}

/// A result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The round it is from.
    pub round: u32,
    /// The [`key`] under which it counts again.
    pub key: String,
    /// The result.
    pub graded: Graded,
}

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// A round begins.
    Round(Box<Round>),
    /// Something was graded.
    Result(Box<Entry>),
    /// Everybody has a result in the round of this number.
    Finished(u32),
}

/// What makes a result the same: a SHA-256 over these parts, in hexadecimal digits.
pub fn key(parts: &[&str]) -> String {
    let mut whole = Sha256::new();
    for part in parts {
        // Its length keeps a part from being taken for two.
        whole.update((part.len() as u64).to_be_bytes());
        whole.update(part);
    }
    whole.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a journal says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The rounds, in the order in which they began.
    pub rounds: Vec<Round>,
    /// The results, in the order in which they came.
    pub entries: Vec<Entry>,
    /// The last round in which everybody has a result.
    pub finished: Option<u32>,
}

impl History {
    /// Reads the text of a journal, and how many bytes of it are whole lines: a line that was being
    /// written when the machine stopped is left out.
    ///
    /// # Errors
    ///
    /// The number of the first line that is none, from 1, and what is wrong with it.
    pub fn read(text: &[u8]) -> Result<(Self, usize), (usize, String)> {
        let mut history = Self::default();
        let mut good = 0;
        for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let Some(whole) = line.strip_suffix(b"\n") else { break };
            match serde_json::from_slice(whole) {
                Ok(line) => history.add(line).map_err(|what| (index + 1, what))?,
                // What a disk kept of the last line may end in anything.
                Err(_) if good + line.len() == text.len() && index > 0 => break,
                Err(error) => return Err((index + 1, error.to_string())),
            }
            good += line.len();
        }
        Ok((history, good))
    }

    fn add(&mut self, line: Line) -> Result<(), String> {
        match line {
            Line::Round(round) if round.format_version > FORMAT_VERSION => {
                return Err(format!("format_version {}", round.format_version));
            }
            Line::Round(round) => self.rounds.push(*round),
            Line::Result(entry) => self.entries.push(*entry),
            Line::Finished(round) => self.finished = Some(round),
        }
        Ok(())
    }

    /// The round that is under way or was the last.
    pub fn last_round(&self) -> Option<&Round> {
        self.rounds.last()
    }

    /// True if everybody has a result in the last round.
    pub fn is_finished(&self) -> bool {
        self.last_round().is_some_and(|round| self.finished == Some(round.number))
    }

    /// The result of a student that counts again, if there is one. One that the machine has failed
    /// to find never does.
    pub fn known(&self, round: u32, student: &str, key: &str) -> Option<&Graded> {
        let same = |entry: &&Entry| {
            entry.round == round && entry.key == key && entry.graded.student.id == student
        };
        let mut entries = self.entries.iter().rev();
        entries.find(|entry| same(entry) && entry.graded.state.has_points()).map(|it| &it.graded)
    }

    /// The results of a student from before: those of the last earlier round in which there are any.
    pub fn earlier(&self, round: u32, student: &str) -> Vec<&Graded> {
        let theirs = |entry: &&Entry| {
            entry.round < round
                && entry.graded.student.id == student
                && entry.graded.state.has_points()
        };
        let last = self.entries.iter().filter(theirs).map(|entry| entry.round).max();
        let of_last = |entry: &&Entry| theirs(entry) && Some(entry.round) == last;
        self.entries.iter().filter(of_last).map(|entry| &entry.graded).collect()
    }
}

/// Why a folder of results can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// There are files in it, and no journal: it is somebody else's.
    #[error("{}: not empty, and without {JOURNAL}", .0.display())]
    NotOurs(PathBuf),
    /// Another grading writes there now.
    #[error("{}: another grading is writing here", .0.display())]
    InUse(PathBuf),
    /// A line in it is none.
    #[error("{}:{line}: {what}", .path.display())]
    Line {
        /// The journal.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// A system call failed.
    #[error("{call} {}: {source}", .path.display())]
    Call {
        /// Which call.
        call: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

/// A folder of results that is open for writing. Nobody else can open it meanwhile.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    /// How long the file is: all of it are whole lines.
    length: u64,
}

impl Drop for Journal {
    fn drop(&mut self) {
        // A child that has been forked and does not run its program yet holds a copy of the descriptor, and
        // with it the lock: closing ours would not release that (flock(2)).
        let _ = self.file.unlock();
    }
}

fn failed(call: &'static str, path: &Path) -> impl FnOnce(io::Error) -> JournalError {
    let path = path.to_owned();
    move |source| JournalError::Call { call, path, source }
}

impl Journal {
    /// Opens a folder of results, or makes one that only its owner can look into.
    ///
    /// # Errors
    ///
    /// See [`JournalError`].
    pub fn open(folder: &Path) -> Result<(Self, History), JournalError> {
        let made = DirBuilder::new().mode(0o700).create(folder);
        match made {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => made.map_err(failed("mkdir", folder))?,
        }
        let path = folder.join(JOURNAL);
        let mut entries = fs::read_dir(folder).map_err(failed("open", folder))?;
        if entries.next().is_some() && !path.is_file() {
            return Err(JournalError::NotOurs(folder.to_owned()));
        }
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true).mode(0o600);
        let mut file = options.open(&path).map_err(failed("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalError::InUse(folder.to_owned())),
            // There are file systems without locks.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(failed("flock", &path)(error)),
        }
        // It holds the data of students, also if somebody made the folder before.
        let owner_only = fs::Permissions::from_mode(0o700);
        fs::set_permissions(folder, owner_only).map_err(failed("chmod", folder))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(failed("read", &path))?;
        let (history, good) = History::read(&text).map_err(|(line, what)| JournalError::Line {
            path: path.clone(),
            line,
            what,
        })?;
        let mut journal = Self { path, file, length: good as u64 };
        if good < text.len() {
            journal.cut().map_err(failed("ftruncate", &journal.path))?;
        }
        Ok((journal, history))
    }

    /// Reads what is in a folder of results, and changes nothing.
    ///
    /// # Errors
    ///
    /// See [`JournalError`].
    pub fn look(folder: &Path) -> Result<History, JournalError> {
        let path = folder.join(JOURNAL);
        let text = fs::read(&path).map_err(failed("open", &path))?;
        let read = History::read(&text);
        read.map(|(history, _)| history).map_err(|(line, what)| JournalError::Line {
            path,
            line,
            what,
        })
    }

    /// Appends a line. When this returns, it is on the disk; if it fails, nothing of it is.
    ///
    /// # Errors
    ///
    /// Those of `write(2)` and `fdatasync(2)`.
    pub fn append(&mut self, line: &Line) -> Result<(), JournalError> {
        let mut text = serde_json::to_vec(line).map_err(|error| JournalError::Call {
            call: "write",
            path: self.path.clone(),
            source: error.into(),
        })?;
        text.push(b'\n');
        let written = self.file.write_all(&text).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            // Half a line would stand before the next one.
            let _ = self.cut();
            return Err(failed("write", &self.path)(error));
        }
        self.length += text.len() as u64;
        Ok(())
    }

    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.length)?;
        self.file.seek(SeekFrom::End(0)).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{Counted, Student};
    use crate::state::State;

    fn graded(id: &str, state: State) -> Graded {
        Graded {
            student: Student { id: id.into(), ..Student::default() },
            state,
            why: None,
            attempt: None,
            language: String::new(),
            file: String::new(),
            sha256: String::new(),
            compiler: String::new(),
            points: None,
            cases: Vec::new(),
            sightings: Vec::new(),
            unsafe_because: None,
            used: crate::book::Used::default(),
            retries: 0,
            group: None,
            form: None,
            comment: None,
            exam: None,
        }
    }

    fn round(number: u32) -> Line {
        Line::Round(Box::new(Round {
            format_version: FORMAT_VERSION,
            number,
            asked: false,
            shard: None,
            assignment: Assignment {
                exercise: "echo-server".into(),
                title: String::new(),
                language: "en".into(),
                socklab: "0".into(),
                exercise_sha256: String::new(),
                pack: None,
                seed: 1,
                counted: Counted::Core,
                exam: None,
                started: String::new(),
                cases: Vec::new(),
            },
        }))
    }

    fn result(round: u32, id: &str, key: &str, state: State) -> Line {
        let graded = graded(id, state);
        Line::Result(Box::new(Entry { round, key: key.into(), graded }))
    }

    /// A folder below the one for temporary files, removed at the end of the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("journal-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn what_was_appended_is_there_again_and_a_half_line_is_not() {
        let folder = Folder::new("half");
        let (mut journal, history) = Journal::open(&folder.0).unwrap();
        assert_eq!(history, History::default());
        for line in [round(1), result(1, "ana", "k", State::Graded)] {
            journal.append(&line).unwrap();
        }
        drop(journal);
        let path = folder.0.join(JOURNAL);
        let whole = fs::read(&path).unwrap();
        let broken: [&[u8]; 3] =
            [b"{\"result\":{\"round\":1,\"ke", b"{\"result\":{\0\0\0\0\n", b"\xff\xfe"];
        for half in broken {
            fs::write(&path, [&whole[..], half].concat()).unwrap();
            let (mut journal, history) = Journal::open(&folder.0).unwrap();
            assert_eq!((history.rounds.len(), history.entries.len()), (1, 1));
            journal.append(&Line::Finished(1)).unwrap();
            drop(journal);
            let history = Journal::look(&folder.0).unwrap();
            assert!(history.is_finished() && history.known(1, "ana", "k").is_some());
        }
    }

    #[test]
    fn a_line_in_the_middle_that_is_none_is_told_by_its_number() {
        let folder = Folder::new("middle");
        let (mut journal, _) = Journal::open(&folder.0).unwrap();
        journal.append(&round(1)).unwrap();
        drop(journal);
        let path = folder.0.join(JOURNAL);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, [&whole[..], b"nonsense\n", &whole[..]].concat()).unwrap();
        let refused = Journal::open(&folder.0);
        assert!(matches!(refused, Err(JournalError::Line { line: 2, .. })), "{refused:?}");
    }

    #[test]
    fn a_folder_of_somebody_else_is_refused_and_so_is_one_in_use() {
        let folder = Folder::new("others");
        fs::create_dir(&folder.0).unwrap();
        fs::write(folder.0.join("thesis.tex"), "").unwrap();
        assert!(matches!(Journal::open(&folder.0), Err(JournalError::NotOurs(_))));
        fs::remove_file(folder.0.join("thesis.tex")).unwrap();
        let first = Journal::open(&folder.0).unwrap();
        assert_eq!(fs::metadata(&folder.0).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(matches!(Journal::open(&folder.0), Err(JournalError::InUse(_))));
        drop(first);
        Journal::open(&folder.0).unwrap();
    }

    #[test]
    fn only_a_result_of_the_same_round_and_key_counts_again() {
        let mut history = History::default();
        for line in [
            round(1),
            result(1, "ana", "k", State::Graded),
            result(1, "eva", "k", State::InfraError),
            round(2),
            result(2, "ana", "l", State::DoesNotCompile),
        ] {
            history.add(line).unwrap();
        }
        assert!(history.known(1, "ana", "k").is_some());
        for (round, student, key) in [(2, "ana", "k"), (1, "ana", "l"), (1, "eva", "k")] {
            assert!(history.known(round, student, key).is_none(), "{round} {student} {key}");
        }
        assert_eq!(history.earlier(2, "ana")[0].state, State::Graded);
        assert!(history.earlier(1, "ana").is_empty() && history.earlier(2, "eva").is_empty());
        assert!(!history.is_finished());
    }

    #[test]
    fn the_parts_of_a_key_are_kept_apart() {
        assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
        assert_eq!(key(&["ab", "c"]), key(&["ab", "c"]));
    }

    #[test]
    fn no_text_makes_reading_panic() {
        use proptest::prelude::*;
        proptest!(|(text in proptest::collection::vec(any::<u8>(), 0..200))| {
            if let Ok((_, good)) = History::read(&text) {
                prop_assert!(good <= text.len());
            }
        });
    }
}
