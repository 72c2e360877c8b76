//! Whose a file is, and which of several frames is told.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::{Frame, Origin};

/// The folder that the user works in.
#[derive(Debug)]
pub(crate) struct Own {
    /// As it was given, and without symbolic links.
    folders: Vec<PathBuf>,
}

/// Of a language's own library, wherever it is installed.
const LIBRARIES: [&str; 12] = [
    "/rustc/",
    "/rust/deps/",
    "/rustlib/src/",
    "/usr/include/",
    "/usr/src/debug/",
    "/lib/python3",
    "/lib64/python3",
    "/lib/go-",
    "/glibc-",
    "/sysdeps/",
    "/musl/src/",
    "/libstdc++-v3/",
];
/// The C library's, where it was compiled under names that are relative.
const C_LIBRARY: [&str; 3] = ["./nptl/", "./csu/", "./socket/"];
/// Of packages that a tool has fetched.
const PACKAGES: [&str; 5] =
    ["/.cargo/registry/", "/.cargo/git/", "/pkg/mod/", "/node_modules/", "-packages/"];
/// Where a system installs what nobody here has written.
const INSTALLED: [&str; 7] = ["/usr/", "/lib", "/bin/", "/sbin/", "/opt/", "/snap/", "/nix/"];

impl Own {
    pub(crate) fn new(folder: PathBuf) -> Self {
        let real = fs::canonicalize(&folder).ok();
        let mut folders = vec![plain(&folder)];
        folders.extend(real);
        folders.dedup();
        Self { folders }
    }

    fn contains(&self, path: &Path) -> bool {
        self.folders.iter().any(|folder| path.starts_with(folder))
    }

    /// Whose a source file is, by the path that debug information or an interpreter gives.
    pub(crate) fn origin(&self, file: &str) -> Origin {
        let has = |parts: &[&str]| parts.iter().any(|part| file.contains(part));
        if has(&PACKAGES) {
            return Origin::Package;
        }
        // Python's code on a command line, or typed. What a file executes by `exec` has the same name: then
        // the line that does is told, as it is in a file.
        if matches!(file, "<string>" | "<stdin>") {
            return Origin::Elsewhere;
        }
        if file.starts_with('<')
            || has(&LIBRARIES)
            || C_LIBRARY.iter().any(|folder| file.starts_with(folder))
        {
            return Origin::Library;
        }
        let path = plain(Path::new(file));
        let own = self.contains(&path)
            // A compiler may have been called in the same folder by another name.
            || path.is_absolute() && fs::canonicalize(&path).is_ok_and(|real| self.contains(&real));
        if own { Origin::Own } else { Origin::Elsewhere }
    }

    /// True if a binary is installed on the system, so that nobody here has written it.
    pub(crate) fn is_installed(&self, binary: &str) -> bool {
        INSTALLED.iter().any(|folder| {
            // Who works in a folder of the system has written what is in it.
            let works_there = self.folders.iter().any(|own| {
                own.to_str().is_some_and(|own| own.starts_with(folder))
                    && Path::new(binary).starts_with(own)
            });
            binary.starts_with(folder) && !works_there
        })
    }
}

/// A path without `.` and `..`, which compilers leave in. (Over a symbolic link that is another file;
/// such a link within what one compiles is rare, and only whose the file is depends on it.)
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// The frame to be told, of those that have been seen from the innermost on.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    best: Option<Frame>,
    seen: u32,
}

/// A program that calls itself deeper than this is not followed further.
const DEEPEST: u32 = 256;

impl Choice {
    /// True when nothing better can come.
    pub(crate) fn offer(&mut self, frame: &Frame) -> bool {
        self.seen += 1;
        if self.best.as_ref().is_none_or(|best| frame.origin < best.origin) {
            self.best = Some(frame.clone());
        }
        frame.origin == Origin::Own || self.seen >= DEEPEST
    }

    pub(crate) fn best(self) -> Option<Frame> {
        self.best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_ones_own_by_its_folder() {
        let own = Own::new("/home/ana/work".into());
        for (file, origin) in [
            ("/home/ana/work/client.c", Origin::Own),
            ("/home/ana/work/build/../src/client.c", Origin::Own),
            ("/home/ana/work/../other/client.c", Origin::Elsewhere),
            ("/home/ana/workshop/client.c", Origin::Elsewhere),
            ("client.c", Origin::Elsewhere),
            ("/rustc/0123/library/std/src/net/tcp.rs", Origin::Library),
            ("/rust/deps/gimli-0.32.3/src/read/line.rs", Origin::Library),
            ("./nptl/pthread_create.c", Origin::Library),
            ("<autogenerated>", Origin::Library),
            ("<frozen runpy>", Origin::Library),
            ("<string>", Origin::Elsewhere),
            ("/usr/lib64/python3.12/socket.py", Origin::Library),
            ("/usr/lib/python3/dist-packages/a.py", Origin::Package),
            ("/home/ana/.cargo/registry/src/index/rustix-1.0.0/src/net.rs", Origin::Package),
            ("/home/ana/work/.venv/lib/python3.11/site-packages/a/b.py", Origin::Package),
            ("/home/ana/go/pkg/mod/example.com/a@v1.0.0/a.go", Origin::Package),
        ] {
            assert_eq!(own.origin(file), origin, "{file}");
        }
    }

    #[test]
    fn a_folder_has_its_name_and_that_of_a_link_to_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::create_dir(&real).expect("a folder");
        fs::write(real.join("a.c"), "").expect("a file");
        std::os::unix::fs::symlink(&real, &link).expect("a link");
        let file = real.join("a.c").to_string_lossy().into_owned();
        assert_eq!(Own::new(link).origin(&file), Origin::Own);
    }

    #[test]
    fn what_is_installed_is_nobodys_own() {
        let own = Own::new("/home/ana".into());
        assert!(
            own.is_installed("/usr/lib/x86_64-linux-gnu/libc.so.6")
                && own.is_installed("/lib64/ld.so")
        );
        assert!(!own.is_installed("/home/ana/a.out") && !own.is_installed("/tmp/a.out"));
        assert!(Own::new("/".into()).is_installed("/usr/bin/curl"));
        assert!(!Own::new("/usr/src/mine".into()).is_installed("/usr/src/mine/a.out"));
    }

    #[test]
    fn the_innermost_of_those_that_are_most_ones_own_is_told() {
        let frame =
            |origin, line| Frame { file: Some("f".into()), line, function: "g".into(), origin };
        let mut choice = Choice::default();
        for (origin, line) in [
            (Origin::Library, 1),
            (Origin::Elsewhere, 2),
            (Origin::Elsewhere, 3),
            (Origin::Bare, 4),
        ] {
            assert!(!choice.offer(&frame(origin, line)));
        }
        assert!(choice.offer(&frame(Origin::Own, 5)));
        assert_eq!(choice.best().map(|frame| frame.line), Some(5));
    }
}
