//! Folders that are gone when what they are for is: also when a signal ends the process.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A folder's name that nobody else has, and the folder of that name once somebody makes it. It is
/// removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("socklab-{}-{number}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            // Left by a process of our number that was killed.
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

/// The folders in use.
fn live() -> MutexGuard<'static, Vec<PathBuf>> {
    static LIVE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
    // Every change is one push or one retain: what a panic left behind is still right.
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what the runs going on keep on disk: for a process that a signal is about to end. Their
/// programs end by themselves when it does.
pub fn clean_up() {
    for folder in live().iter() {
        let _ = fs::remove_dir_all(folder);
    }
}
