//! Temporary folders, removed when they are no longer needed, even if a signal ends the process.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The path of a folder that does not exist yet. The owner may create the folder, which is removed
/// when this is dropped.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("socklab-{}-{number}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            // An earlier process with the same id may have been killed and have left a folder.
            if !folder.exists() {
                live().push(folder.clone());
                return Self(folder);
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
        live().retain(|folder| *folder != self.0);
    }
}

/// The paths in use.
fn live() -> MutexGuard<'static, Vec<PathBuf>> {
    static LIVE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
    // Every change is one push or one retain, so the list is consistent even after a panic.
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes the folders of all runs, in a process that a signal is about to end. Its children are
/// killed when it ends.
pub fn clean_up() {
    for folder in live().iter() {
        let _ = fs::remove_dir_all(folder);
    }
}
