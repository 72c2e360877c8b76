//! Looks at what is kept from a program in a sandbox.
//!
//! What libraries look for when they start is nearly always missing everywhere. So a file that is not there
//! for the program counts only if it is there outside; one with a name under which keys are kept, always.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use libc::pid_t;

use super::paths;
use crate::confines::Confines;

/// Where everything is shown, but for secrets.
const SHOWN: [&str; 12] = [
    "/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", "/etc", "/opt", "/nix", "/gnu",
    "/sys",
];

/// Files and folders of users with keys and passwords, as the programs that use them call them.
const KEYS: [&str; 14] = [
    ".ssh",
    ".gnupg",
    ".aws",
    ".azure",
    ".kube",
    ".docker",
    ".netrc",
    ".git-credentials",
    ".pypirc",
    ".pgpass",
    ".password-store",
    "id_rsa",
    "id_ed25519",
    "id_ecdsa",
];

/// What a process keeps to itself, `proc_pid(5)`.
const PRIVATE: [&str; 14] = [
    "auxv",
    "cmdline",
    "cwd",
    "environ",
    "exe",
    "fd",
    "fdinfo",
    "io",
    "map_files",
    "maps",
    "mem",
    "root",
    "smaps",
    "stack",
];

/// The list of users, that of their passwords, and what the C library reads before it looks somebody up
/// there.
pub(super) const PASSWORDS: &str = "/etc/shadow";
pub(super) const USERS: &str = "/etc/passwd";
pub(super) const LOOK_UPS: &str = "/etc/nsswitch.conf";

/// A call that opens something in order to read it, or asks about it.
#[derive(Debug)]
pub(super) struct Look {
    path: PathBuf,
    /// It is a secret, whatever the sandbox shows there.
    is_certain: bool,
    is_own: bool,
    /// The process it belongs to, in `/proc`.
    process: Option<i32>,
    /// It is only asked about: is it there, and may it be read?
    is_asked: bool,
}

impl Look {
    /// `None` if nothing is kept from the program there. The path is absolute and without `..`. With
    /// `looks_up`, its C library may read these lists for it.
    pub(super) fn at(
        path: PathBuf,
        flags: u32,
        confines: &Confines,
        looks_up: &[&str],
    ) -> Option<Self> {
        // The C library never leaves a list open to what is executed.
        let by_library = flags & libc::O_CLOEXEC.cast_unsigned() != 0
            && looks_up.iter().any(|list| path == Path::new(list));
        let is_secret = confines.hides(&path) || path == Path::new(USERS);
        let is_certain = is_secret && !by_library;
        // A descriptor to nothing but a place reads nothing.
        if flags & libc::O_PATH.cast_unsigned() != 0 {
            return None;
        }
        if let Ok(below) = path.strip_prefix("/proc") {
            // Whoever lists all processes looks for the first at least.
            let process = if below == Path::new("") { Some(1) } else { of_process(below) };
            return (is_certain || process.is_some()).then_some(Self {
                path,
                is_certain,
                is_own: false,
                process,
                is_asked: false,
            });
        }
        if is_shown(&path) && !is_certain {
            return None;
        }
        let is_own = confines.is_given(&path) || confines.owns(&path) && !confines.is_near(&path);
        Some(Self { path, is_certain, is_own, process: None, is_asked: false })
    }

    /// For a call that asks about what is at a path. `None` if that is no secret: who looks for much is
    /// not told of, and libraries ask whether keys are in the program's own home.
    pub(super) fn asked(path: PathBuf, confines: &Confines) -> Option<Self> {
        let is_certain = confines.hides(&path);
        let is_foreign_key = || is_key(&path) && !is_shown(&path) && !confines.owns(&path);
        (is_certain || is_foreign_key()).then_some(Self {
            path,
            is_certain,
            is_own: false,
            process: None,
            is_asked: true,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// True if it is an attempt whatever comes of it.
    pub(super) fn is_certain(&self) -> bool {
        self.is_certain
    }

    /// The process whose files it is about.
    pub(super) fn process(&self) -> Option<i32> {
        self.process
    }

    /// What it reached for that is kept from the program, now that the call has returned.
    pub(super) fn reached_for(
        &self,
        tid: pid_t,
        result: i64,
        confines: &Confines,
    ) -> Option<PathBuf> {
        let is_refused = matches!(
            i32::try_from(-result).unwrap_or(0),
            libc::ENOENT | libc::EACCES | libc::EPERM | libc::ENOTDIR
        );
        let kept = |path: &Path| fs::symlink_metadata(path).is_ok_and(|about| !about.is_symlink());
        if self.process.is_some() {
            let is_told = is_refused || self.path == Path::new("/proc");
            return is_told.then(|| self.path.clone());
        }
        if self.is_asked {
            return is_refused.then(|| self.path.clone());
        }
        if is_refused {
            let kept = |path: &Path| is_key(path) || !confines.is_apart(path) && kept(path);
            // Its own link may lead elsewhere.
            let real = paths::real(tid, &self.path);
            let leads_out = real.filter(|real| {
                confines.hides(real) || is_key(real) || !is_shown(real) && kept(real)
            });
            return leads_out.or_else(|| kept(&self.path).then(|| self.path.clone()));
        }
        let fd = i32::try_from(result).ok().filter(|fd| *fd >= 0)?;
        let opened = format!("/proc/{tid}/fd/{fd}");
        if self.is_own {
            let real = paths::of_open(&opened)?;
            // Its own link has led there.
            let is_secret = confines.hides(&real) || real == Path::new(USERS);
            return is_secret.then_some(real);
        }
        // A folder that is empty in the sandbox, or holds but a part of what there is.
        let inside = fs::metadata(opened).ok().filter(Metadata::is_dir)?;
        let outside = fs::metadata(&self.path).ok()?;
        let is_covered = (inside.dev(), inside.ino()) != (outside.dev(), outside.ino());
        is_covered.then(|| self.path.clone())
    }
}

/// True if everything is shown there, but for secrets.
fn is_shown(path: &Path) -> bool {
    ["/", "/dev"].iter().any(|shown| path == Path::new(shown))
        || SHOWN.iter().any(|shown| path.starts_with(shown))
}

/// True if keys are kept in files, or folders, of this name.
fn is_key(path: &Path) -> bool {
    path.components().any(|part| match part {
        Component::Normal(name) => KEYS.iter().any(|key| name == *key),
        _ => false,
    })
}

/// The process whose private files these are, by its number: the path is one below `/proc`.
fn of_process(below: &Path) -> Option<i32> {
    let mut parts = below.iter();
    let number = parts.next()?.to_str()?.parse().ok()?;
    let mut file = parts.next()?;
    if file == "task" {
        file = parts.nth(1)?;
    }
    PRIVATE.iter().any(|private| file == *private).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(path: &str) -> Option<Look> {
        let confines = Confines {
            apart: vec!["/tmp".into()],
            given: vec!["/tmp/class/student-01".into()],
            secrets: vec!["/etc/shadow".into(), "/proc/kcore".into()],
            ..Confines::default()
        };
        Look::at(path.into(), libc::O_CLOEXEC.cast_unsigned(), &confines, &[USERS])
    }

    #[test]
    fn what_everybody_is_shown_is_not_looked_at() {
        for path in ["/usr/lib/libc.so.6", "/etc/passwd", "/", "/proc/self/maps", "/proc/stat"] {
            assert!(look(path).is_none(), "{path}");
        }
        assert!(look("/etc/shadow").is_some_and(|look| look.is_certain()));
        assert!(look("/proc/kcore").is_some_and(|look| look.is_certain()));
        assert!(look("/home/ana/notes").is_some_and(|look| !look.is_certain()));
    }

    #[test]
    fn the_list_of_users_is_for_libraries() {
        let confines = Confines::default();
        let close = libc::O_CLOEXEC.cast_unsigned();
        let is_told =
            |flags, looks_up: &[&str]| Look::at(USERS.into(), flags, &confines, looks_up).is_some();
        assert!(is_told(0, &[USERS]) && is_told(0, &[]) && is_told(close, &[]));
        assert!(!is_told(close, &[USERS]) && is_told(close, &[PASSWORDS]));
    }

    #[test]
    fn private_files_have_their_process() {
        assert_eq!(look("/proc/1/environ").and_then(|look| look.process()), Some(1));
        assert_eq!(look("/proc/12/task/13/mem").and_then(|look| look.process()), Some(12));
        assert!(look("/proc/12/stat").is_none(), "everybody's");
        assert_eq!(look("/proc").and_then(|look| look.process()), Some(1));
    }

    #[test]
    fn what_is_beside_a_given_place_is_not_its_own() {
        let is_own = |path| look(path).map(|look| look.is_own);
        assert_eq!(is_own("/tmp/class/student-01/server.py"), Some(true));
        assert_eq!(is_own("/tmp/class/student-02/server.py"), Some(false));
        assert_eq!(is_own("/tmp/class"), Some(false));
        assert_eq!(is_own("/tmp/notes"), Some(true), "of its own /tmp");
        assert_eq!(is_own("/tmp"), Some(true));
    }

    #[test]
    fn who_asks_about_a_secret_looks_for_it() {
        let confines = Confines {
            apart: vec!["/tmp".into()],
            secrets: vec!["/etc/shadow".into()],
            ..Confines::default()
        };
        let asked = |path: &str| Look::asked(path.into(), &confines);
        assert!(asked("/etc/shadow").is_some_and(|look| look.is_certain()));
        let key = asked("/root/.ssh/id_rsa").expect("a key");
        assert!(!key.is_certain(), "it may be its own");
        let reached = |result: i32| key.reached_for(1, result.into(), &confines);
        assert_eq!(reached(-libc::ENOENT), Some("/root/.ssh/id_rsa".into()));
        assert_eq!(reached(0), None);
        for path in ["/home/ana/notes", "/etc/passwd", "/tmp/.netrc", "/usr/lib/.docker"] {
            assert!(asked(path).is_none(), "{path}");
        }
    }

    #[test]
    fn keys_are_known_by_their_names() {
        assert!(is_key(Path::new("/tmp/.ssh/config")) && is_key(Path::new("/x/id_rsa")));
        assert!(!is_key(Path::new("/home/ana/ssh/server.py")));
    }

    #[test]
    fn what_is_missing_everywhere_is_not_kept_from_anybody() {
        let (confines, none) = (Confines::default(), -i64::from(libc::ENOENT));
        let reached = |path: &str| {
            let this = i32::try_from(std::process::id()).expect("a small number");
            let look = Look::at(path.into(), 0, &confines, &[]).expect("a look");
            look.reached_for(this, none, &confines)
        };
        assert_eq!(reached("/no/such/file"), None);
        let folder = std::env::temp_dir();
        let file = folder.join(format!("socklab-kept-{}", std::process::id()));
        fs::write(&file, "").expect("a file");
        let found = reached(&file.to_string_lossy());
        fs::remove_file(&file).expect("the file");
        assert_eq!(found, Some(file));
    }
}
