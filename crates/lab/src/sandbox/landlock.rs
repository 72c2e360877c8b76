//! Landlock: the kernel refuses to change files outside the places given, `landlock(7)`.

use std::ffi::CString;

use rustix::fs::{Mode, OFlags, open};
use rustix::io::Errno;

use super::raw;

/// The rights of `linux/landlock.h` that change something, as far as the first version knows them:
/// to write a file, to remove, and to make anything.
const CHANGE: u64 = 1 << 1 | 0b1_1111_1111 << 4;
/// Since the second version: to move something into another folder.
const REFER: u64 = 1 << 13;
/// Since the third version: to truncate.
const TRUNCATE: u64 = 1 << 14;
/// Rights that a file can have that is no folder.
const OF_FILES: u64 = 1 << 1 | TRUNCATE;

/// Where something may be changed, planned before a `fork`.
#[derive(Clone, Debug)]
pub(super) struct Fence(Vec<CString>);

impl Fence {
    pub(super) fn around(places: Vec<CString>) -> Self {
        Self(places)
    }

    /// Restricts the calling thread, which must have no_new_privs. Where the kernel has no landlock,
    /// this does nothing: the other walls remain. Async-signal-safe.
    pub(super) fn close(&self) -> Result<(), Errno> {
        let handled = match raw::landlock_version() {
            Err(_) => return Ok(()),
            Ok(1) => CHANGE,
            Ok(2) => CHANGE | REFER,
            Ok(_) => CHANGE | REFER | TRUNCATE,
        };
        let rules = raw::landlock_rules(handled)?;
        for place in &self.0 {
            let at = match open(place.as_c_str(), OFlags::PATH | OFlags::CLOEXEC, Mode::empty()) {
                Err(Errno::NOENT) => continue,
                opened => opened?,
            };
            let is_folder = rustix::fs::fstat(&at)
                .is_ok_and(|about| rustix::fs::FileType::from_raw_mode(about.st_mode).is_dir());
            let rights = if is_folder { handled } else { handled & OF_FILES };
            raw::landlock_allow(&rules, &at, rights)?;
        }
        raw::landlock_restrict(&rules)
    }
}
