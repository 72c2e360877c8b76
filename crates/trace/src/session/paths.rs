//! Paths of programs in a sandbox: what a call names, and where that leads.

use std::ffi::OsString;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use libc::pid_t;
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2, readlinkat};
use rustix::io::Errno;

use crate::memory::{Memory, TraceeMemory};

/// The longest path, `PATH_MAX`.
const LONGEST: usize = 4096;

/// How many links, and parts that are not there, a path may have.
const MOST_STEPS: u32 = 64;

/// The path at an address, as the kernel would resolve it but for links: absolute, without `..`. Empty if it
/// is too long to be told.
pub(super) fn named(tid: pid_t, folder: i32, address: u64) -> Option<PathBuf> {
    let bytes = TraceeMemory(tid).bytes(address, LONGEST);
    let end = bytes.iter().position(|byte| *byte == 0)?;
    let text = PathBuf::from(String::from_utf8_lossy(&bytes[..end]).into_owned());
    let place = match (text.is_absolute(), folder) {
        (true, _) => return Some(without_dots(&text)),
        (false, libc::AT_FDCWD) => format!("/proc/{tid}/cwd"),
        (false, fd) => format!("/proc/{tid}/fd/{fd}"),
    };
    match std::fs::read_link(place) {
        Ok(base) => Some(without_dots(&base.join(text))),
        // Nobody but who has made such a place can be there.
        Err(error) if error.raw_os_error() == Some(libc::ENAMETOOLONG) => Some(PathBuf::new()),
        Err(_) => None,
    }
}

/// The path that this one leads to by way of what the process itself, or another of its own, has as its
/// root, working directory or descriptor (`proc_pid(5)`).
pub(super) fn without_detour(
    tid: pid_t,
    path: PathBuf,
    is_foreign: impl Fn(i32) -> bool,
) -> PathBuf {
    // A folder that is open may be one of `/proc` again.
    let mut path = path;
    for _ in 0..8 {
        match past_detour(tid, &path, &is_foreign) {
            Some(next) => path = next,
            None => break,
        }
    }
    path
}

fn past_detour(tid: pid_t, path: &Path, is_foreign: impl Fn(i32) -> bool) -> Option<PathBuf> {
    let mut parts = path.strip_prefix("/proc").ok()?.iter();
    let who = parts.next()?;
    let is_self = who == "self" || who == "thread-self";
    let number = || who.to_str()?.parse::<i32>().ok();
    if !is_self && number().is_none_or(|process| process == 1 || is_foreign(process)) {
        return None;
    }
    let mut what = parts.next()?;
    if what == "task" {
        what = parts.nth(1)?;
    }
    let place = match what.to_str()? {
        "root" => PathBuf::from("/"),
        // Where another process of its own is, nobody asks.
        "cwd" if is_self => std::fs::read_link(format!("/proc/{tid}/cwd")).ok()?,
        "fd" if is_self => {
            let fd = parts.next()?.to_str()?.parse::<u32>().ok()?;
            std::fs::read_link(format!("/proc/{tid}/fd/{fd}")).ok()?
        }
        _ => return None,
    };
    // A pipe or a socket has no path.
    place.is_absolute().then(|| without_dots(&place.join(parts.collect::<PathBuf>())))
}

/// True for what the process itself, or another of its own, has open: a pipe or a socket, as other things
/// have a path by which they are called.
pub(super) fn is_open(path: &Path, is_foreign: impl Fn(i32) -> bool) -> bool {
    let Ok(below) = path.strip_prefix("/proc") else { return false };
    let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
    match parts.unwrap_or_default()[..] {
        [who, "fd", _] => {
            let own = |number: i32| number != 1 && !is_foreign(number);
            matches!(who, "self" | "thread-self") || who.parse().is_ok_and(own)
        }
        _ => false,
    }
}

/// The path without `.` and `..`.
fn without_dots(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut whole = PathBuf::from("/");
    for part in path.components() {
        match part {
            Component::ParentDir => drop(whole.pop()),
            Component::Normal(name) => whole.push(name),
            _ => {}
        }
    }
    whole
}

/// Where a path of a process leads by its links, even if nothing is there yet; `None` if that can't be found
/// out, as for what is open (`/proc/self/fd/1`).
pub(super) fn real(tid: pid_t, path: &Path) -> Option<PathBuf> {
    let place = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = openat(CWD, format!("/proc/{tid}/root"), place, Mode::empty()).ok()?;
    let mut steps = MOST_STEPS;
    real_in(root.as_fd(), path, &mut steps)
}

/// The path of what a process has open, in its own place, by the link to it in `/proc`.
pub(super) fn of_open(link: &str) -> Option<PathBuf> {
    let real = std::fs::read_link(link).ok()?;
    // What a sandbox shows in place of a file has no name any more, `proc_pid_fd(5)`.
    let text = real.to_string_lossy();
    Some(PathBuf::from(text.strip_suffix(" (deleted)").unwrap_or(&text)))
}

fn real_in(root: BorrowedFd<'_>, path: &Path, steps: &mut u32) -> Option<PathBuf> {
    *steps = steps.checked_sub(1)?;
    let open = |path: &Path, flags| {
        let flags = OFlags::PATH | OFlags::CLOEXEC | flags;
        openat2(root, path, flags, Mode::empty(), ResolveFlags::IN_ROOT)
    };
    match open(path, OFlags::empty()) {
        Ok(file) => of_open(&format!("/proc/self/fd/{}", file.as_raw_fd())),
        Err(Errno::NOENT) => {
            let whole = real_in(root, path.parent()?, steps)?.join(path.file_name()?);
            // A link may lead to what is not there.
            let link =
                open(&whole, OFlags::NOFOLLOW).and_then(|link| readlinkat(link, "", Vec::new()));
            match link {
                Ok(target) => {
                    let target = PathBuf::from(OsString::from_vec(target.into_bytes()));
                    real_in(root, &whole.parent()?.join(target), steps)
                }
                Err(_) => Some(whole),
            }
        }
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_where_it_leads() {
        let told = |path: &str| without_dots(Path::new(path)).display().to_string();
        assert_eq!(told("/a/./b/../c"), "/a/c");
        assert_eq!(told("/../../x"), "/x");
    }

    #[test]
    fn a_detour_leads_to_what_is_read() {
        let this = i32::try_from(std::process::id()).expect("a small number");
        let told = |path: &str| without_detour(this, path.into(), |process| process != this);
        for way in ["self", "thread-self", &format!("{this}"), &format!("self/task/{this}")] {
            let shadow = told(&format!("/proc/{way}/root/etc/shadow"));
            assert_eq!(shadow, Path::new("/etc/shadow"), "{way}");
        }
        assert_eq!(told("/proc/self/root/proc/self/root/x"), Path::new("/x"));
        let here = std::env::current_dir().expect("a folder");
        assert_eq!(told("/proc/self/cwd/notes"), here.join("notes"));
        // Not its own, and what only looks like one.
        for path in ["/proc/1/root/etc/shadow", "/proc/self/maps", "/proc/self/fd/99999/x"] {
            assert_eq!(told(path), Path::new(path));
        }
    }

    #[test]
    fn what_is_open_is_the_programs_own() {
        let own = |path: &str| is_open(Path::new(path), |process| process != 7);
        for path in ["/proc/self/fd/1", "/proc/thread-self/fd/1", "/proc/7/fd/1"] {
            assert!(own(path), "{path}");
        }
        for path in ["/proc/1/fd/1", "/proc/8/fd/1", "/proc/self/fd/3/x", "/proc/self/fd", "/x"] {
            assert!(!own(path), "{path}");
        }
    }

    #[test]
    fn a_link_leads_to_what_it_names_even_if_that_is_not_there() {
        let this = i32::try_from(std::process::id()).expect("a small number");
        let folder = std::env::temp_dir().join(format!("socklab-paths-{this}"));
        std::fs::create_dir_all(folder.join("own")).expect("a folder");
        let folder = folder.canonicalize().expect("a folder");
        let link = |target: &str, name: &str| {
            std::os::unix::fs::symlink(target, folder.join(name)).expect("a link");
        };
        link("/etc", "etc");
        link("/no/such/folder/file", "dangling");
        link("loop", "loop");
        let real = |name: &str| real(this, &folder.join(name));
        let found = [
            ("etc/passwd", Some(PathBuf::from("/etc/passwd"))),
            ("etc/no-such-folder/x", Some(PathBuf::from("/etc/no-such-folder/x"))),
            ("dangling", Some(PathBuf::from("/no/such/folder/file"))),
            ("own/x", Some(folder.join("own/x"))),
            ("loop", None),
        ]
        .map(|(name, wanted)| (real(name), wanted, name));
        std::fs::remove_dir_all(&folder).expect("the folder");
        for (real, wanted, name) in found {
            assert_eq!(real, wanted, "{name}");
        }
        assert_eq!(super::real(this, Path::new("/proc/self/fd/0")), None);
    }
}
