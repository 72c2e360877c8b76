//! Where labs that are up can be found: a folder of the user's with a socket for each. A lab whose
//! process has ended refuses connections; whoever notices removes its socket.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use rustix::process::geteuid;
use socklab_say::{Speaker, say};

use crate::exit_reason::ExitReason;
use crate::failure::Failure;

/// The name of a lab that was given none.
pub(super) const USUAL: &str = "lab";
/// The longest name of a lab: the address of a Unix socket has 108 bytes.
const LONGEST: usize = 32;

/// The folder: in `XDG_RUNTIME_DIR`, which ends with the session, or else in `/tmp`.
fn path() -> PathBuf {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let runtime = runtime.filter(|folder| folder.is_absolute() && is_ours(folder));
    match runtime {
        Some(folder) => folder.join("socklab"),
        None => Path::new("/tmp").join(format!("socklab-{}", geteuid().as_raw())),
    }
}

/// True for a folder of this user that is no link to another one.
fn is_ours(folder: &Path) -> bool {
    let about = fs::symlink_metadata(folder);
    about.is_ok_and(|about| about.is_dir() && about.uid() == geteuid().as_raw())
}

/// The socket of a lab, in a folder that nobody else can look into.
///
/// # Errors
///
/// The name is none; or somebody else has a folder there.
pub(super) fn socket(speaker: Speaker, name: &str) -> Result<PathBuf, Failure> {
    let letter = |char: char| char.is_ascii_alphanumeric() || "-_".contains(char);
    if name.is_empty() || name.len() > LONGEST || !name.chars().all(letter) {
        return Err(Failure::new(ExitReason::Usage, say!(speaker, "lab-bad-name", name = name)));
    }
    let folder = path();
    let made = fs::DirBuilder::new().mode(0o700).create(&folder);
    let private = || fs::symlink_metadata(&folder).is_ok_and(|about| about.mode() & 0o077 == 0);
    match made {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            let what = format!("mkdir {}: {error}", folder.display());
            Err(Failure::new(ExitReason::Environment, what))
        }
        _ if is_ours(&folder) && private() => Ok(folder.join(name)),
        _ => {
            let path = socklab_say::path(&folder);
            Err(Failure::new(ExitReason::Environment, say!(speaker, "lab-not-ours", path = path)))
        }
    }
}

/// Connects to a lab; `None` if it is not up. What one that has ended has left is removed.
pub(super) fn connect(socket: &Path) -> io::Result<Option<UnixStream>> {
    match UnixStream::connect(socket) {
        Ok(stream) => Ok(Some(stream)),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            forget(socket);
            Ok(None)
        }
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
            forget(socket);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Removes a lab's socket, and the folder if there is no other lab.
pub(super) fn forget(socket: &Path) {
    // Either may be gone already; and the folder is not empty if there is another lab.
    let _ = fs::remove_file(socket);
    let _ = socket.parent().map(fs::remove_dir);
}

/// The names of all labs that may be up.
pub(crate) fn names() -> Vec<String> {
    let entries = fs::read_dir(path()).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// No such lab is up: which are, and how to have one.
pub(super) fn not_up(speaker: Speaker, name: &str) -> Failure {
    let failure = Failure::new(ExitReason::No, say!(speaker, "lab-not-up", name = name));
    let others: Vec<String> = names().into_iter().filter(|other| other != name).collect();
    match others.is_empty() {
        true => failure.hint(say!(speaker, "try-line", what = "socklab lab up")),
        false => failure.hint(say!(speaker, "lab-others", names = others.join(", "))),
    }
}
