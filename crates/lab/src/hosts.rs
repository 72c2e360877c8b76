//! Names for this machine, in a private loopback only.

use std::fs;
use std::io;
use std::path::Path;

/// Makes `names` resolve to 127.0.0.1: writes a file with them at `path`, and mounts it over
/// `/etc/hosts`. To be called inside a private loopback with a process namespace: its mounts are
/// invisible to the rest of the machine.
///
/// # Errors
///
/// When the file can't be written or mounted.
pub fn name_this_machine(names: &[String], path: &Path) -> io::Result<()> {
    const HOSTS: &str = "/etc/hosts";
    let known = fs::read_to_string(HOSTS).unwrap_or_default();
    // The first line that has a name decides what it means.
    fs::write(path, format!("127.0.0.1 {}\n{known}", names.join(" ")))?;
    Ok(rustix::mount::mount_bind(path, HOSTS)?)
}
