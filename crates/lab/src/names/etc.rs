//! The files that tell programs whom to ask for names, and the daemons of the machine that would
//! answer in our place. Call all this only inside a private loopback, whose mounts are invisible to
//! the rest of the machine.

use std::ffi::CString;
use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::mount::{MountFlags, UnmountFlags, mount, mount_bind, mount_bind_recursive, unmount};

use super::refusal::NamesRefusal;
use super::table::Names;
use crate::sys;

/// Where our files can be while they are bound: folders that every Linux has some of (FHS 3.0).
const FOLDERS: [&str; 5] = ["/srv", "/media", "/mnt", "/opt", "/tmp"];
const ETC: &str = "/etc";
/// Where the machine's files are below the new `/etc`.
const MACHINE: &str = ".machine";
/// The sockets of daemons that answer for names: they are outside, where names are others.
const DAEMONS: [&str; 4] = [
    "/run/nscd/socket",
    "/var/run/nscd/socket",
    "/run/systemd/resolve/io.systemd.Resolve",
    "/run/avahi-daemon/socket",
];

/// Makes programs ask the name server at an address, and nobody else.
pub(super) fn ask(server: IpAddr, names: &Names) -> Result<(), NamesRefusal> {
    let nsswitch = fs::read_to_string("/etc/nsswitch.conf").unwrap_or_default();
    let files = [
        ("hosts", hosts(names)),
        // Without the root as the only suffix, programs also try the machine's own domain.
        ("resolv.conf", format!("nameserver {server}\nsearch .\noptions timeout:2 attempts:2\n")),
        ("nsswitch.conf", only_dns(&nsswitch)),
    ];
    show(&files)
}

/// Shows files with these texts in `/etc` instead of the machine's, and hides the daemons that would
/// answer for names. Programs find nothing else changed.
pub(crate) fn show(files: &[(&str, String)]) -> Result<(), NamesRefusal> {
    // In memory, over any folder for a moment: nobody looks there before the first program starts.
    // What is bound to `/etc` stays without it.
    let folder = FOLDERS.map(Path::new).into_iter().find(|folder| folder.is_dir());
    let folder = folder.unwrap_or(Path::new("/"));
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    mount("tmpfs", folder, "tmpfs", flags, c"size=4m,mode=755")
        .map_err(NamesRefusal::of("mount", folder))?;
    let shown = show_from(folder, files);
    let gone = unmount(folder, UnmountFlags::DETACH).map_err(NamesRefusal::of("umount2", folder));
    shown.and(gone)
}

fn show_from(folder: &Path, files: &[(&str, String)]) -> Result<(), NamesRefusal> {
    let mut ours = Vec::new();
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).map_err(NamesRefusal::of("write", &path))?;
        ours.push((path, Path::new(ETC).join(name)));
    }
    let hidden = ours.iter().all(|(from, to)| hide(from, to).is_ok());
    if !hidden {
        new_etc(&folder.join("etc"), &ours)?;
    }
    let nobody = folder.join("nobody");
    fs::write(&nobody, "").map_err(NamesRefusal::of("write", &nobody))?;
    for socket in DAEMONS.map(Path::new).into_iter().filter(|socket| socket.exists()) {
        // Connecting to a file that is no socket is refused.
        hide(&nobody, socket)?;
    }
    Ok(())
}

/// `hosts(5)` with nothing but the machine itself: libraries don't ask a name server for it.
fn hosts(names: &Names) -> String {
    let here = [IpAddr::V4(Ipv4Addr::LOCALHOST)];
    let addresses = names.own("localhost").unwrap_or(&here);
    let lines = addresses.iter().map(|address| format!("{address} localhost\n"));
    lines.chain(["::1 ip6-localhost ip6-loopback\n".to_owned()]).collect()
}

/// `nsswitch.conf(5)` with hosts from our files and then our name server; the rest as it was.
pub(crate) fn only_dns(text: &str) -> String {
    let others = text.lines().filter(|line| !line.trim_start().starts_with("hosts:"));
    let lines = others.chain(["hosts: files dns"]);
    lines.map(|line| format!("{line}\n")).collect()
}

/// Shows a file in the place of another, which may be a link to somewhere else.
fn hide(from: &Path, to: &Path) -> Result<(), NamesRefusal> {
    let target = fs::canonicalize(to).map_err(NamesRefusal::of("realpath", to))?;
    mount_bind(from, &target).map_err(NamesRefusal::of("mount", &target))?;
    // A program of root could change what it finds there otherwise.
    let path = CString::new(target.as_os_str().as_bytes()).unwrap_or_default();
    match sys::make_read_only(&path) {
        Err(Errno::NOSYS) | Ok(()) => Ok(()),
        Err(error) => Err(NamesRefusal::of("mount_setattr", &target)(io::Error::from(error))),
    }
}

/// A new `/etc` at `folder`, which is then shown as `/etc`: our files, and links to the machine's.
/// It works where there is no file to hide, or only a link to nowhere.
fn new_etc(folder: &Path, ours: &[(PathBuf, PathBuf)]) -> Result<(), NamesRefusal> {
    let machine = folder.join(MACHINE);
    fs::create_dir_all(folder).map_err(NamesRefusal::of("mkdir", folder))?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    mount("tmpfs", folder, "tmpfs", flags, c"size=1m,mode=755")
        .map_err(NamesRefusal::of("mount", folder))?;
    fs::create_dir(&machine).map_err(NamesRefusal::of("mkdir", &machine))?;
    mount_bind_recursive(ETC, &machine).map_err(NamesRefusal::of("mount", &machine))?;
    let entries = fs::read_dir(&machine).map_err(NamesRefusal::of("readdir", ETC))?;
    for entry in entries {
        let name = entry.map_err(NamesRefusal::of("readdir", ETC))?.file_name();
        let path = folder.join(&name);
        if ours.iter().all(|(_, to)| to.file_name() != Some(&name)) {
            symlink(Path::new(MACHINE).join(&name), &path)
                .map_err(NamesRefusal::of("symlink", &path))?;
        }
    }
    for (from, to) in ours {
        let path = folder.join(to.file_name().unwrap_or_default());
        fs::copy(from, &path).map_err(NamesRefusal::of("write", &path))?;
    }
    mount_bind_recursive(folder, ETC).map_err(NamesRefusal::of("mount", ETC))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_keeps_its_users_and_loses_its_hosts() {
        let machine = "passwd: files sss\nhosts: mymachines resolve [!UNAVAIL=return] dns\n";
        assert_eq!(only_dns(machine), "passwd: files sss\nhosts: files dns\n");
        assert_eq!(only_dns(""), "hosts: files dns\n");
    }

    #[test]
    fn the_machine_itself_is_where_the_scenario_says() {
        assert!(hosts(&Names::default()).starts_with("127.0.0.1 localhost\n::1"));
        let names = Names::default().with("localhost", [[127, 9, 8, 7].into()]);
        assert!(hosts(&names).starts_with("127.9.8.7 localhost\n::1"));
    }
}
