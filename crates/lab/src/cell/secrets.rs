//! Files of the machine that nobody but root reads, and that no program has to. Without capabilities a
//! program of root still owns them, and so could read them.

use std::ffi::CString;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};
use rustix::io::Errno;
use rustix::mount::{MountFlags, mount, mount_bind};

/// Passwords and keys, as distributions call them.
const SECRETS: [&str; 9] = [
    "/etc/shadow",
    "/etc/shadow-",
    "/etc/gshadow",
    "/etc/gshadow-",
    "/etc/security/opasswd",
    "/etc/krb5.keytab",
    "/etc/ssl/private",
    "/etc/wireguard",
    "/etc/NetworkManager/system-connections",
];

/// What is covered where it can be read, and more of that kind: the machine's memory, and what its kernel
/// says. A program that tries to read one of these wants what is not for it, whatever it gets.
pub fn secret_files() -> Vec<PathBuf> {
    const MORE: [&str; 5] = ["/proc/kcore", "/proc/kmsg", "/dev/mem", "/dev/kmsg", "/run/secrets"];
    let all = SECRETS.into_iter().chain(MORE).map(PathBuf::from).chain(host_keys());
    all.collect()
}

/// What has to be covered, found out before the fork.
#[derive(Debug)]
pub(super) struct Secrets(Vec<(CString, Covered)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Covered {
    File,
    Folder,
}

impl Secrets {
    /// Those that the caller could read.
    pub(super) fn readable() -> Self {
        let all = SECRETS.map(PathBuf::from).into_iter().chain(host_keys());
        Self(
            all.filter_map(|path| {
                Some((CString::new(path.as_os_str().as_bytes()).ok()?, kind(&path)?))
            })
            .collect(),
        )
    }

    /// Puts something empty over each of them. Async-signal-safe.
    pub(super) fn cover(&self) -> Result<(), (&'static str, Errno)> {
        let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
        for (path, covered) in &self.0 {
            let path = path.as_c_str();
            match covered {
                Covered::File => {
                    mount_bind(c"/dev/null", path).map_err(|it| ("mount --bind", it))?;
                }
                Covered::Folder => {
                    let options = c"size=4k,nr_inodes=2,mode=555";
                    mount(c"tmpfs", path, c"tmpfs", flags, options)
                        .map_err(|it| ("mount tmpfs", it))?;
                }
            }
        }
        Ok(())
    }
}

/// The keys by which this machine proves who it is.
fn host_keys() -> impl Iterator<Item = PathBuf> {
    let is_key = |path: &PathBuf| path.as_os_str().as_bytes().ends_with(b"_key");
    let hosts = fs::read_dir("/etc/ssh").into_iter().flatten().flatten();
    hosts.map(|entry| entry.path()).filter(is_key)
}

fn kind(path: &Path) -> Option<Covered> {
    let about = fs::metadata(path).ok().filter(|_| access(path, Access::READ_OK).is_ok())?;
    match about.is_dir() {
        true => Some(Covered::Folder),
        false => about.is_file().then_some(Covered::File),
    }
}
