//! Notices when a file is saved: at once with inotify(7), or, where that does not work (network
//! file systems, no watches left), by looking at the file twice a second.

use std::fs;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

/// A file that is watched for changes.
#[derive(Debug)]
pub(super) struct Watched {
    file: PathBuf,
    stamp: Option<Stamp>,
    inotify: Option<OwnedFd>,
}

/// Metadata that changes when a file is saved, whether it is written in place or replaced: inode,
/// size, and modification time in seconds and nanoseconds.
type Stamp = (u64, u64, i64, i64);

impl Watched {
    pub(super) fn new(file: &Path) -> Self {
        Self { file: file.to_owned(), stamp: stamp(file), inotify: notifier(file) }
    }

    /// Becomes readable when something has happened in the file's folder.
    pub(super) fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.inotify.as_ref().map(AsFd::as_fd)
    }

    /// True if it has been saved since the last call.
    pub(super) fn changed(&mut self) -> bool {
        self.drain();
        let now = stamp(&self.file);
        // An editor may have removed the old file and not yet moved the new one into place.
        if now.is_none() || now == self.stamp {
            return false;
        }
        self.stamp = now;
        true
    }

    /// Discards the events: which ones they are does not matter, as the file itself is checked.
    fn drain(&self) {
        let mut buffer = [0u8; 4096];
        if let Some(inotify) = &self.inotify {
            while rustix::io::read(inotify, &mut buffer).is_ok_and(|length| length > 0) {}
        }
    }
}

fn stamp(file: &Path) -> Option<Stamp> {
    let about = fs::metadata(file).ok()?;
    Some((about.ino(), about.size(), about.mtime(), about.mtime_nsec()))
}

/// Watches the folder and not the file: editors replace files.
fn notifier(file: &Path) -> Option<OwnedFd> {
    let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).ok()?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let flags = WatchFlags::CLOSE_WRITE | WatchFlags::MOVED_TO | WatchFlags::CREATE;
    inotify::add_watch(&inotify, folder.unwrap_or(Path::new(".")), flags).ok()?;
    Some(inotify)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saving_in_place_and_by_renaming_are_both_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("server.py");
        fs::write(&file, "one").unwrap();
        let mut watched = Watched::new(&file);
        assert!(!watched.changed());
        fs::write(&file, "and two").unwrap();
        assert!(watched.changed() && !watched.changed());
        let fresh = folder.path().join("server.py~");
        fs::write(&fresh, "and two").unwrap();
        fs::remove_file(&file).unwrap();
        assert!(!watched.changed());
        fs::rename(&fresh, &file).unwrap();
        assert!(watched.changed());
    }
}
