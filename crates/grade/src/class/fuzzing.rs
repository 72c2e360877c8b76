//! What reads a class' names and files, exposed for fuzzing. Not part of the public interface.

use std::fs;
use std::io;
use std::path::Path;

use super::layout::Layout;
use super::names::{canvas, moodle, plain};
use super::roster::Roster;
use super::{Class, Options, UnpackError, UnpackLimits, gradescope};

/// Reads a name of a folder or a file.
///
/// # Panics
///
/// If what it says is not in it.
pub fn name(entry: &str) {
    for owner in [moodle(entry), canvas(entry)].into_iter().flatten() {
        assert!(!owner.id.is_empty() && entry.contains(owner.id) && entry.ends_with(owner.file));
    }
    assert!(entry.starts_with(plain(entry).0));
}

/// Reads a list of students.
///
/// # Panics
///
/// If a student on it has no id, or is taken for another one.
pub fn roster(bytes: &[u8]) {
    let Ok(roster) = Roster::parse(bytes) else { return };
    for (at, row) in roster.rows.iter().enumerate() {
        assert!(!row.student.id.is_empty());
        let found = roster.find(Layout::Plain, &row.student);
        assert!(found.is_none_or(|found| found == at), "{row:?} is {found:?}");
    }
}

/// Reads what Gradescope writes beside an export.
pub fn metadata(text: &str) {
    for about in gradescope::parse(text).iter().flat_map(|it| it.values()) {
        let _ = (about.submitted(), about.number());
    }
}

/// Unpacks an archive with this name, a student's as well as a whole class, below a folder.
///
/// # Errors
///
/// The folder can't be written to.
///
/// # Panics
///
/// If there is something in a submission's folder that is no regular file of it, or more than a
/// submission may have.
pub fn archive(name: &str, bytes: &[u8], below: &Path) -> io::Result<()> {
    const MOST: u64 = 1 << 20;
    let limits = UnpackLimits { total: MOST, files: 50, depth: 4, ratio: 100 };
    let class = below.join("class");
    fs::create_dir_all(&class)?;
    let file = class.join(name);
    fs::write(&file, bytes)?;
    for at in [class.as_path(), &file] {
        let Ok(read) = Class::read(at, &Options::default()) else { continue };
        for attempt in read.students.iter().flat_map(|one| &one.attempts).take(20) {
            let into = below.join("into");
            fs::create_dir(&into)?;
            match attempt.unpack(&into, &limits) {
                Ok(unpacked) => {
                    let sizes = unpacked.files.iter().map(|file| {
                        let about = fs::symlink_metadata(into.join(file)).expect("it was written");
                        assert!(about.is_file(), "{}", file.display());
                        about.len()
                    });
                    assert!(sizes.sum::<u64>() <= MOST && unpacked.files.len() <= limits.files);
                }
                Err(UnpackError::Refused(_)) => {}
                Err(error) => panic!("{error}"),
            }
            fs::remove_dir_all(&into)?;
        }
    }
    let beside: Vec<_> = fs::read_dir(below)?.collect();
    assert_eq!(beside.len(), 1, "{beside:?}");
    fs::remove_dir_all(&class)
}
