//! Names that mean this machine, in a private loopback only.

use std::ffi::CString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Lets `names` be names of 127.0.0.1: a file with them, written at `path`, takes the place of
/// `/etc/hosts`. To be called inside a private loopback with a process namespace: its mounts are
/// nobody else's.
pub fn name_this_machine(names: &[String], path: &Path) -> io::Result<()> {
    const HOSTS: &str = "/etc/hosts";
    let known = fs::read_to_string(HOSTS).unwrap_or_default();
    // The first line that has a name decides.
    fs::write(path, format!("127.0.0.1 {}\n{known}", names.join(" ")))?;
    let path = CString::new(path.as_os_str().as_bytes())?;
    crate::sys::mount_over(&path, &CString::new(HOSTS)?)
}
