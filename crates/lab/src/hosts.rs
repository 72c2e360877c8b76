//! Names for this machine inside a private loopback.

use std::fs;
use std::io;
use std::path::Path;

/// Makes `names` resolve to 127.0.0.1: writes a file with them at `path`, and mounts it over
/// `/etc/hosts`. Call it only inside a private loopback with a process namespace, whose mounts are
/// invisible to the rest of the machine.
///
/// # Errors
///
/// When the file can't be written or mounted.
pub fn name_this_machine(names: &[String], path: &Path) -> io::Result<()> {
    const HOSTS: &str = "/etc/hosts";
    let known = fs::read_to_string(HOSTS).unwrap_or_default();
    // The first line that contains a name determines its address.
    fs::write(path, format!("127.0.0.1 {}\n{known}", names.join(" ")))?;
    Ok(rustix::mount::mount_bind(path, HOSTS)?)
}
