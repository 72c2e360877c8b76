//! Temporary folders, removed when they are no longer needed, even if a signal ends the process.
//!
//! Nothing removes the folder of a process that was killed with SIGKILL, so the next one does. Which
//! folders are nobody's any more is known by a lock (`flock(2)`) that their processes hold: unlike a
//! process id, it means the same in every container that shares the folder above, and is not used
//! again for another process.

use std::fs::{self, DirBuilder};
use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, SystemTime};

use rustix::fs::{FlockOperation, Mode, OFlags, flock, fstat, open};
use rustix::process::geteuid;

/// How the names of all folders begin.
const PREFIX: &str = "socklab-";
/// A younger folder is never swept: its process may not have locked it yet.
const YOUNG: Duration = Duration::from_secs(60);
/// How many entries of the folder above are looked at in a sweep.
const MOST_ENTRIES: usize = 20_000;

/// How often it is tried to remove a folder in which somebody still writes.
const MOST_TRIES: usize = 1000;

/// The path of a folder that does not exist yet. The owner may make the folder, which is removed
/// when this is dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    path: PathBuf,
    lock: Option<OwnedFd>,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        static SWEPT: Once = Once::new();
        let above = std::env::temp_dir();
        SWEPT.call_once(|| sweep(&above));
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            // Processes in different containers may have the same id.
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            let salt = since.map_or(0, |since| since.subsec_nanos());
            let name = format!("{PREFIX}{}-{number}-{salt:x}", std::process::id());
            let path = above.join(name);
            if fs::symlink_metadata(&path).is_err() {
                live().push(path.clone());
                return Self { path, lock: None };
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the folder, and keeps it locked as long as this lives.
    pub(crate) fn make(&mut self) -> io::Result<()> {
        // Not while they are being removed for good.
        let _live = live();
        self.lock = Some(make(&self.path)?);
        Ok(())
    }
}

/// Makes a folder that nobody else may look into. It is safe from sweeps as long as the descriptor
/// is open.
pub(crate) fn make(path: &Path) -> io::Result<OwnedFd> {
    DirBuilder::new().mode(0o700).create(path)?;
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = open(path, flags, Mode::empty())?;
    // Some file systems have no locks; there a folder is only safe while it is young.
    let _ = flock(&folder, FlockOperation::NonBlockingLockExclusive);
    Ok(folder)
}

/// Removes the folders of processes of this user that are gone.
fn sweep(above: &Path) {
    for entry in fs::read_dir(above).into_iter().flatten().flatten().take(MOST_ENTRIES) {
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with(PREFIX)) {
            let path = entry.path();
            if is_abandoned(&path).unwrap_or(false) {
                remove(&path);
            }
        }
    }
}

/// True if a path is a folder, no link, of this user and nobody else's, which was made some time ago
/// and which no process has locked.
fn is_abandoned(path: &Path) -> io::Result<bool> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let folder = open(path, flags, Mode::empty())?;
    let about = fstat(&folder)?;
    let changed = fs::symlink_metadata(path)?.modified()?;
    let age = SystemTime::now().duration_since(changed).unwrap_or_default();
    let is_ours = about.st_uid == geteuid().as_raw() && about.st_mode & 0o077 == 0;
    Ok(is_ours && age > YOUNG && flock(&folder, FlockOperation::NonBlockingLockExclusive).is_ok())
}

impl Drop for Scratch {
    fn drop(&mut self) {
        remove(&self.path);
        live().retain(|folder| *folder != self.path);
    }
}

/// The paths in use.
fn live() -> MutexGuard<'static, Vec<PathBuf>> {
    static LIVE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
    // Every change is one push or one retain, so the list is consistent even after a panic.
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes the folders of all runs, in a process that is about to end without returning from `main`.
/// Its children are killed when it ends. From now on no other folder is made: whoever wants one waits
/// for the end.
pub fn clean_up() {
    let folders = ManuallyDrop::new(live());
    folders.iter().for_each(|folder| remove(folder));
}

/// Removes a folder with all that a program has put there: folders without permissions, folders in
/// folders, deeper than descriptors suffice for.
fn remove(folder: &Path) {
    for _ in 0..MOST_TRIES {
        match fs::remove_dir_all(folder) {
            // Somebody else may have removed it meanwhile.
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                // A compiler that is still at work may have written another file meanwhile.
                if error.kind() != io::ErrorKind::DirectoryNotEmpty {
                    flatten(folder);
                }
            }
            _ => return,
        }
    }
}

/// How deep a folder is that is moved up: the longest names make no path of it that is too long.
const DEEP: usize = 8;

/// Takes away what keeps a folder from being removed: gives folders their permissions back, and moves
/// what is deep inside up into the first one.
fn flatten(folder: &Path) {
    let mut ahead = vec![(folder.to_owned(), 0)];
    let mut moved = 0;
    while let Some((next, depth)) = ahead.pop() {
        let _ = fs::set_permissions(&next, fs::Permissions::from_mode(0o700));
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            // A link is none.
            if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            let path = entry.path();
            if depth < DEEP {
                ahead.push((path, depth + 1));
                continue;
            }
            let _ = fs::set_permissions(&path, fs::Permissions::from_mode(0o700));
            // A name that is not taken.
            while fs::symlink_metadata(folder.join(format!("{PREFIX}up-{moved}"))).is_ok() {
                moved += 1;
            }
            let _ = fs::rename(&path, folder.join(format!("{PREFIX}up-{moved}")));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::time::Instant;

    use super::*;

    /// Makes a path look as if nothing had happened there for an hour.
    fn age(path: &Path) {
        let then = SystemTime::now() - Duration::from_secs(3600);
        fs::File::open(path).unwrap().set_modified(then).unwrap();
    }

    #[test]
    fn what_a_program_made_is_removed_however_deep_and_closed_it_is() {
        let mut scratch = Scratch::new();
        scratch.make().unwrap();
        let path = scratch.path().to_owned();
        // Deeper than this process may have descriptors, and longer than a path can be.
        let mut at = open(&path, OFlags::DIRECTORY, Mode::empty()).unwrap();
        for _ in 0..3000 {
            rustix::fs::mkdirat(&at, "deep", Mode::RWXU).unwrap();
            at = rustix::fs::openat(&at, "deep", OFlags::DIRECTORY, Mode::empty()).unwrap();
        }
        fs::create_dir_all(path.join("closed/inner")).unwrap();
        fs::write(path.join("closed/inner/file"), "").unwrap();
        for name in ["closed/inner", "closed"] {
            fs::set_permissions(path.join(name), fs::Permissions::from_mode(0o000)).unwrap();
        }
        drop((at, scratch));
        assert!(fs::symlink_metadata(&path).is_err());
    }

    #[test]
    fn only_what_a_dead_process_of_ours_left_is_swept() {
        let mut above = Scratch::new();
        above.make().unwrap();
        let at = |name: &str| above.path().join(format!("{PREFIX}{name}"));
        let lock = make(&at("locked")).unwrap();
        for name in ["dead", "young", "public"] {
            drop(make(&at(name)).unwrap());
            fs::write(at(name).join("file"), "").unwrap();
        }
        fs::create_dir(above.path().join("other")).unwrap();
        symlink(above.path().join("other"), at("link")).unwrap();
        fs::set_permissions(at("public"), fs::Permissions::from_mode(0o755)).unwrap();
        for path in ["locked", "dead", "public"].map(at) {
            age(&path);
        }
        age(&above.path().join("other"));
        sweep(above.path());
        let mut left: Vec<String> = fs::read_dir(above.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(
            left,
            ["other", "socklab-link", "socklab-locked", "socklab-public", "socklab-young"]
        );
        drop(lock);
        // A process that another test is just starting has a copy of the lock until it executes its program.
        let deadline = Instant::now() + Duration::from_secs(10);
        while at("locked").exists() {
            assert!(Instant::now() < deadline, "it is still there, and nobody holds its lock");
            sweep(above.path());
        }
        assert_eq!(fs::metadata(at("young")).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
