//! Where labs that are up can be found: a socket for each with an abstract address, `unix(7)`. It ends
//! with the lab's processes, however they end, and nobody can remove it before.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::path::{Path, PathBuf};

use nix::sys::socket::{getsockopt, sockopt};
use rustix::process::geteuid;
use socklab_say::{Speaker, say};

use crate::exit_reason::ExitReason;
use crate::failure::Failure;

/// The name of a lab that was given none.
pub(super) const USUAL: &str = "lab";
/// The longest name of a lab: the address of a Unix socket has 108 bytes.
const LONGEST: usize = 32;

/// What the names of all labs of this user and session begin with. There is no such folder.
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

/// Where a lab listens.
///
/// # Errors
///
/// The name is none.
pub(super) fn address(speaker: Speaker, name: &str) -> Result<SocketAddr, Failure> {
    let letter = |char: char| char.is_ascii_alphanumeric() || "-_".contains(char);
    if name.is_empty() || name.len() > LONGEST || !name.chars().all(letter) {
        return Err(Failure::new(ExitReason::Usage, say!(speaker, "lab-bad-name", name = name)));
    }
    let path = path().join(name);
    SocketAddr::from_abstract_name(path.as_os_str().as_bytes()).map_err(|error| {
        Failure::new(ExitReason::Environment, format!("bind {}: {error}", path.display()))
    })
}

/// Connects to a lab; `None` if it is not up. Nobody else can be taken for it, nor talk to it: there is
/// no file whose permissions would see to that.
pub(super) fn connect(address: &SocketAddr) -> io::Result<Option<UnixStream>> {
    match UnixStream::connect_addr(address) {
        Ok(stream) => is_from_us(&stream).map(|()| Some(stream)),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the other end is a process of this user, or of root.
///
/// # Errors
///
/// It is not.
pub(super) fn is_from_us(stream: &UnixStream) -> io::Result<()> {
    // Not rustix's `socket_peercred`, which reads an error from the process number of somebody outside of
    // our pid namespace: 0, `pid_namespaces(7)`.
    let peer = getsockopt(stream, sockopt::PeerCredentials)?.uid();
    match peer == geteuid().as_raw() || peer == 0 {
        true => Ok(()),
        false => Err(ErrorKind::PermissionDenied.into()),
    }
}

/// The names of all labs that are up, as the kernel lists their sockets, `proc_net(5)`.
pub(crate) fn names() -> Vec<String> {
    let table = fs::read_to_string("/proc/net/unix").unwrap_or_default();
    names_in(&table, &path())
}

fn names_in(table: &str, folder: &Path) -> Vec<String> {
    let prefix = format!("@{}/", folder.display());
    let names = table.lines().filter_map(|line| line.split_once(&prefix));
    let mut names: Vec<String> = names.map(|(_, name)| name.to_owned()).collect();
    names.sort();
    // Connections to a lab have its name, too.
    names.dedup();
    names
}

/// No such lab is up: which are, and how to have one.
pub(super) fn not_up(speaker: Speaker, name: &str) -> Failure {
    let (failure, others) = none(speaker, name);
    match others {
        true => failure,
        false => failure.hint(say!(speaker, "try-line", what = "socklab lab up")),
    }
}

/// The same for whoever wants to end it, and has no use for a new one.
pub(super) fn none_to_end(speaker: Speaker, name: &str) -> Failure {
    none(speaker, name).0
}

/// Also says which others are up, and whether there are any.
fn none(speaker: Speaker, name: &str) -> (Failure, bool) {
    let failure = Failure::new(ExitReason::No, say!(speaker, "lab-not-up", name = name));
    let others: Vec<String> = names().into_iter().filter(|other| other != name).collect();
    match others.is_empty() {
        true => (failure, false),
        false => (failure.hint(say!(speaker, "lab-others", names = others.join(", "))), true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labs_are_found_among_other_sockets() {
        let table = "Num RefCount Protocol Flags Type St Inode Path\n\
            0: 00000002 00000000 00010000 0001 01 7 @/run/user/7/socklab/web\n\
            0: 00000003 00000000 00000000 0001 03 8 @/run/user/7/socklab/web\n\
            0: 00000002 00000000 00010000 0001 01 9 /run/user/7/socklab/file\n\
            0: 00000002 00000000 00010000 0001 01 9 @/run/user/8/socklab/others\n\
            0: 00000002 00000000 00010000 0001 01 9 @/run/user/7/socklab/lab\n";
        assert_eq!(names_in(table, Path::new("/run/user/7/socklab")), ["lab", "web"]);
    }
}
