//! Writing files: never a part of a new one in place of a whole old one, and readable by nobody else
//! unless the caller says so.
//!
//! What a path leads to decides how it is written. A regular file is written beside the old one,
//! which it then replaces; a symbolic link is followed first. A device or a FIFO is written into.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::Access;
use tempfile::NamedTempFile;

/// The permissions of what may hold secrets: recordings, and drawings of them.
pub(crate) const PRIVATE: u32 = 0o600;
/// The permissions of what is meant for others.
pub(crate) const PUBLIC: u32 = 0o644;

/// How many symbolic links may lead to one another, as in the kernel (`path_resolution(7)`).
const MOST_LINKS: usize = 40;

/// What a path leads to.
enum Target {
    /// A regular file, or nothing yet: where it is, and whether there is something in it.
    Regular { path: PathBuf, filled: bool },
    /// A device, a FIFO, a terminal.
    Special,
}

/// Writes a whole file: readers see either the old content or the new.
pub(crate) fn write_whole(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let Target::Regular { path: target, .. } = find(path)? else {
        return open_special(path)?.write_all(bytes);
    };
    let mut beside = create_beside(&target, mode)?;
    beside.as_file_mut().write_all(bytes)?;
    beside.persist(target)?;
    Ok(())
}

/// Fails for the reason for which [`write_whole`] would fail, as far as that can be known before.
pub(crate) fn check_whole(path: &Path) -> io::Result<()> {
    match find(path)? {
        Target::Regular { path: target, .. } => create_beside(&target, PRIVATE).map(drop),
        // Opening a FIFO waits for its reader, and opens it for that reader.
        Target::Special => rustix::fs::access(path, Access::WRITE_OK).map_err(io::Error::from),
    }
}

/// True if the path leads to something that is not a file with a content of its own.
pub(crate) fn is_special(path: &Path) -> bool {
    matches!(find(path), Ok(Target::Special))
}

/// A file that takes the place of another one while it is written. The other one is kept beside it
/// until the new one is complete: whatever happens in between, nothing is lost.
#[derive(Debug)]
pub(crate) struct Growing {
    /// `None` for a device or a FIFO, which replaces nothing.
    place: Option<Place>,
}

#[derive(Debug)]
struct Place {
    path: PathBuf,
    /// The new file, until it takes its place.
    beside: Option<NamedTempFile<File>>,
    /// Where the old one is kept.
    kept: Option<PathBuf>,
}

impl Growing {
    /// Opens the file. Nothing is replaced yet.
    pub(crate) fn open(path: &Path) -> io::Result<(Self, File)> {
        let Target::Regular { path: target, .. } = find(path)? else {
            return Ok((Self { place: None }, open_special(path)?));
        };
        let beside = create_beside(&target, PRIVATE)?;
        let file = beside.as_file().try_clone()?;
        let place = Place { path: target, beside: Some(beside), kept: None };
        Ok((Self { place: Some(place) }, file))
    }

    /// Puts the new file in its place.
    pub(crate) fn take_place(&mut self) -> io::Result<()> {
        let Some(place) = &mut self.place else { return Ok(()) };
        let Some(beside) = place.beside.take() else { return Ok(()) };
        if let Target::Regular { filled: true, .. } = find(&place.path)? {
            let kept = free_name(&place.path);
            fs::rename(&place.path, &kept)?;
            place.kept = Some(kept);
        }
        if let Err(error) = beside.persist(&place.path) {
            self.undo();
            return Err(error.error);
        }
        Ok(())
    }

    /// The new file is complete, and the old one no longer needed.
    pub(crate) fn complete(self) {
        if let Some(kept) = self.place.and_then(|place| place.kept) {
            let _ = fs::remove_file(kept);
        }
    }

    /// Nothing came of the new file: the old one gets its place back.
    pub(crate) fn undo(&mut self) {
        let Some(place) = &mut self.place else { return };
        let placed = place.beside.take().is_none();
        match place.kept.take() {
            Some(kept) => drop(fs::rename(kept, &place.path)),
            None if placed => drop(fs::remove_file(&place.path)),
            None => {}
        }
    }

    /// Where the old file is kept, if there is one.
    pub(crate) fn kept(&self) -> Option<&Path> {
        self.place.as_ref()?.kept.as_deref()
    }
}

/// A name for the old file, beside the new one: `run.jsonl~`, or `run.jsonl~2` ….
fn free_name(path: &Path) -> PathBuf {
    let named = |number: u32| {
        let mut name = OsString::from(path);
        name.push("~");
        if number > 1 {
            name.push(number.to_string());
        }
        PathBuf::from(name)
    };
    (1..).map(named).find(|name| fs::symlink_metadata(name).is_err()).unwrap_or_else(|| named(0))
}

fn find(path: &Path) -> io::Result<Target> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(ErrorKind::IsADirectory.into()),
        Ok(found) if !found.is_file() => Ok(Target::Special),
        Ok(found) => {
            // To root every file is writable, but somebody protected this one.
            if found.permissions().mode() & 0o222 == 0 {
                return Err(ErrorKind::PermissionDenied.into());
            }
            rustix::fs::access(path, Access::WRITE_OK)?;
            Ok(Target::Regular { path: fs::canonicalize(path)?, filled: found.len() > 0 })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Ok(Target::Regular { path: follow(path)?, filled: false })
        }
        Err(error) => Err(error),
    }
}

/// Follows links that lead to nothing yet.
fn follow(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(rustix::io::Errno::LOOP.into())
}

fn create_beside(target: &Path, mode: u32) -> io::Result<NamedTempFile<File>> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    // Opened and written through `std`, whose errors don't name the temporary file.
    let open = |path: &Path| OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    tempfile::Builder::new().make_in(folder.unwrap_or(Path::new(".")), open)
}

fn open_special(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).open(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().flatten();
        let mut names: Vec<_> =
            entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn an_old_recording_is_there_until_the_new_one_is_complete() {
        let folder = folder();
        let path = folder.path().join("run.jsonl");
        fs::write(&path, "old").unwrap();
        let (mut growing, mut file) = Growing::open(&path).unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old", "nothing is replaced yet");
        growing.take_place().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(mode(&path), PRIVATE);
        assert_eq!(fs::read(growing.kept().unwrap()).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["run.jsonl", "run.jsonl~"]);
        growing.complete();
        assert_eq!(names(folder.path()), ["run.jsonl"]);
    }

    #[test]
    fn a_kept_recording_is_never_overwritten() {
        let folder = folder();
        let path = folder.path().join("run.jsonl");
        for content in ["one", "two", "three"] {
            let (mut growing, mut file) = Growing::open(&path).unwrap();
            file.write_all(content.as_bytes()).unwrap();
            growing.take_place().unwrap();
        }
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(["run.jsonl", "run.jsonl~2", "run.jsonl~"].map(read), ["three", "two", "one"]);
    }

    #[test]
    fn what_came_to_nothing_leaves_everything_as_it_was() {
        let folder = folder();
        let path = folder.path().join("run.jsonl");
        for old in [None, Some("old")] {
            if let Some(old) = old {
                fs::write(&path, old).unwrap();
            }
            for placed in [false, true] {
                let (mut growing, _file) = Growing::open(&path).unwrap();
                if placed {
                    growing.take_place().unwrap();
                }
                growing.undo();
                drop(growing);
                assert_eq!(fs::read_to_string(&path).ok().as_deref(), old);
                assert!(names(folder.path()).len() <= 1, "{:?}", names(folder.path()));
            }
        }
    }

    #[test]
    fn links_are_followed_even_to_nothing() {
        let folder = folder();
        let [target, link, second] =
            ["real", "link", "second"].map(|name| folder.path().join(name));
        symlink("real", &link).unwrap();
        symlink(&link, &second).unwrap();
        for content in ["new", "newer"] {
            write_whole(&second, content.as_bytes(), PRIVATE).unwrap();
            assert_eq!(fs::read_to_string(&target).unwrap(), content);
        }
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(mode(&target), PRIVATE);
        symlink("loop", folder.path().join("loop")).unwrap();
        assert!(write_whole(&folder.path().join("loop"), b"", PRIVATE).is_err());
    }

    #[test]
    fn a_protected_file_is_refused_and_a_device_written_into() {
        let folder = folder();
        let path = folder.path().join("precious.svg");
        fs::write(&path, "precious").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        for refused in [write_whole(&path, b"new", PRIVATE), check_whole(&path)] {
            assert_eq!(refused.unwrap_err().kind(), ErrorKind::PermissionDenied);
        }
        assert_eq!(Growing::open(&path).unwrap_err().kind(), ErrorKind::PermissionDenied);
        assert_eq!(fs::read(&path).unwrap(), b"precious");
        write_whole(Path::new("/dev/null"), b"x", PRIVATE).unwrap();
        let full = write_whole(Path::new("/dev/full"), b"x", PRIVATE).unwrap_err();
        assert_eq!(full.kind(), ErrorKind::StorageFull);
        assert!(is_special(Path::new("/dev/null")) && !is_special(&path));
        assert_eq!(check_whole(folder.path()).unwrap_err().kind(), ErrorKind::IsADirectory);
        check_whole(&folder.path().join("fresh.svg")).unwrap();
        assert_eq!(names(folder.path()), ["precious.svg"]);
    }
}
