//! What a sandbox shows where, found out before a `fork`: afterwards nothing may be allocated.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::{CString, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use super::Sandbox;

/// What the system itself consists of. Everything else in the root is hidden, whatever it is.
const SYSTEM: [&str; 13] = [
    "bin", "sbin", "usr", "lib", "lib32", "lib64", "libx32", "etc", "opt", "nix", "gnu", "proc",
    "sys",
];

/// Files of `/etc` that are often links to somewhere else.
const LINKED: [&str; 4] =
    ["/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/localtime"];

/// How many links a path may lead through, as in the kernel (`path_resolution(7)`).
const MOST_LINKS: usize = 40;

/// Something to make in an empty folder, so that a path exists again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Made {
    Folder,
    File,
    /// A link to this.
    Link(CString),
}

/// How a path is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Shown,
    Layered,
    Writable,
}

/// What is shown where.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    /// The folders that are hidden.
    pub(super) hidden: Vec<CString>,
    /// What has to be made in them, in this order.
    pub(super) made: Vec<(CString, Made)>,
    /// What is shown, outer folders first.
    pub(super) shown: Vec<(CString, Kind)>,
    /// What is hidden in what is shown, and whether it is a folder.
    pub(super) covered: Vec<(CString, bool)>,
}

impl Plan {
    /// Plans it.
    ///
    /// # Errors
    ///
    /// A path that leads nowhere, or a root that can't be listed.
    pub(super) fn new(sandbox: &Sandbox) -> io::Result<Self> {
        let mut hidden = Vec::new();
        for entry in fs::read_dir("/")? {
            let entry = entry?;
            let name = entry.file_name();
            let keeps = SYSTEM.iter().any(|known| *known == name) || name == "dev";
            if entry.file_type()?.is_dir() && !keeps {
                hidden.push(PathBuf::from("/").join(name));
            }
        }
        hidden.extend(above_what_is_shown(sandbox, &hidden));
        let mut trails = Trails { hidden: &hidden, made: BTreeMap::new(), order: Vec::new() };
        let mut shown: BTreeMap<PathBuf, Kind> = BTreeMap::new();
        let wanted = [
            (&sandbox.shown, Kind::Shown),
            (&sandbox.layered, Kind::Layered),
            (&sandbox.writable, Kind::Writable),
        ];
        for (paths, kind) in wanted {
            for path in paths {
                let end = trails.follow(path)?;
                let known = shown.entry(end).or_insert(kind);
                *known = kind.max(*known);
            }
        }
        for path in &sandbox.present {
            trails.follow(path)?;
        }
        for path in LINKED.map(Path::new) {
            if let Ok(end) = trails.follow(path) {
                shown.entry(end).or_insert(Kind::Shown);
            }
        }
        // What is visible anyway needs no mount of its own.
        let all = shown.clone();
        // Something shown has all that is below, but what is hidden there.
        let has = |shown: &Path, path: &Path| {
            let is_between =
                |it: &&PathBuf| *it != shown && it.starts_with(shown) && path.starts_with(it);
            path.starts_with(shown) && !hidden.iter().any(|it| is_between(&it))
        };
        let covered = sandbox.hidden.iter().filter_map(|path| {
            let path = path.canonicalize().ok()?;
            let is_there = !trails.is_hidden(&path) || all.keys().any(|shown| has(shown, &path));
            let is_above = all.keys().any(|shown| shown.starts_with(&path));
            (is_there && !is_above).then(|| Some((c_string(&path).ok()?, path.is_dir()))).flatten()
        });
        let covered = covered.collect();
        shown.retain(|path, kind| {
            let is_inside = |other: &&PathBuf| *other != path && has(other, path);
            *kind != Kind::Shown
                || (trails.is_hidden(path) && !all.keys().any(|other| is_inside(&other)))
        });
        let made = trails.order.iter().map(|path| Some((c_string(path).ok()?, path)));
        let made: Vec<_> = made
            .flatten()
            .filter_map(|(name, path)| Some((name, trails.made.get(path)?.clone())))
            .collect();
        // Sorted by path, so that an outer folder comes before what is inside.
        let shown: io::Result<Vec<_>> =
            shown.iter().map(|(path, kind)| Ok((c_string(path)?, *kind))).collect();
        let hidden: io::Result<Vec<_>> = hidden.iter().map(|path| c_string(path)).collect();
        Ok(Self { hidden: hidden?, made, shown: shown?, covered })
    }
}

/// Folders that are to be hidden although something shown is in them, in a folder of the system's: only
/// that is shown there, as in the folders of the root that are hidden as a whole.
fn above_what_is_shown(sandbox: &Sandbox, hidden: &[PathBuf]) -> Vec<PathBuf> {
    let whole = |path: &PathBuf| path.canonicalize().ok();
    let shown = [&sandbox.shown, &sandbox.layered, &sandbox.writable, &sandbox.present];
    let shown: Vec<PathBuf> = shown.into_iter().flatten().filter_map(whole).collect();
    let is_below = |path: &Path, above: &[PathBuf]| above.iter().any(|it| path.starts_with(it));
    let mut found: Vec<PathBuf> = sandbox.hidden.iter().filter_map(whole).collect();
    found.retain(|path| {
        // A whole folder of the system's stays: nothing would run.
        let is_system = path.components().count() <= 2;
        let has = |shown: &PathBuf| shown != path && shown.starts_with(path);
        !is_system && path.is_dir() && !is_below(path, hidden) && shown.iter().any(has)
    });
    found.sort();
    // One in another is hidden with that.
    let mut outer: Vec<PathBuf> = Vec::new();
    for path in found {
        if !is_below(&path, &outer) {
            outer.push(path);
        }
    }
    outer
}

/// The paths to what is shown, with the links that they lead through.
struct Trails<'a> {
    hidden: &'a [PathBuf],
    made: BTreeMap<PathBuf, Made>,
    order: Vec<PathBuf>,
}

impl Trails<'_> {
    fn is_hidden(&self, path: &Path) -> bool {
        self.hidden.iter().any(|hidden| path.starts_with(hidden))
    }

    /// Follows a path through its links, and notes what is on the way. Returns where it ends.
    fn follow(&mut self, path: &Path) -> io::Result<PathBuf> {
        let parts = |path: &Path| -> VecDeque<OsString> {
            path.components().map(|part| part.as_os_str().to_owned()).collect()
        };
        let mut ahead = parts(&std::path::absolute(path)?);
        let (mut here, mut links) = (PathBuf::from("/"), 0);
        while let Some(part) = ahead.pop_front() {
            match Path::new(&part).components().next() {
                Some(Component::Normal(name)) => {
                    let next = here.join(name);
                    let about = fs::symlink_metadata(&next)?;
                    if about.is_symlink() {
                        links += 1;
                        if links > MOST_LINKS {
                            return Err(rustix::io::Errno::LOOP.into());
                        }
                        let target = fs::read_link(&next)?;
                        self.note(&next, Made::Link(c_string(&target)?));
                        let rest = std::mem::replace(&mut ahead, parts(&target));
                        ahead.extend(rest);
                        continue;
                    }
                    self.note(&next, if about.is_dir() { Made::Folder } else { Made::File });
                    here = next;
                }
                Some(Component::ParentDir) => drop(here.pop()),
                Some(Component::RootDir) => here = PathBuf::from("/"),
                _ => {}
            }
        }
        Ok(here)
    }

    fn note(&mut self, path: &Path, made: Made) {
        let is_below = |hidden: &PathBuf| path != hidden && path.starts_with(hidden);
        if self.hidden.iter().any(is_below) && self.made.insert(path.to_owned(), made).is_none() {
            self.order.push(path.to_owned());
        }
    }
}

fn c_string(path: &Path) -> io::Result<CString> {
    CString::new(path.as_os_str().as_bytes()).map_err(|_| io::ErrorKind::InvalidInput.into())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::sandbox::Limits;

    #[test]
    fn a_path_is_shown_with_the_links_on_its_way_and_nothing_else() {
        let folder = std::env::temp_dir().join(format!("socklab-plan-{}", std::process::id()));
        fs::create_dir_all(folder.join("real/inner")).unwrap();
        fs::write(folder.join("secret"), "").unwrap();
        symlink("real", folder.join("link")).unwrap();
        fs::create_dir(folder.join("empty")).unwrap();
        let sandbox = Sandbox {
            shown: vec![folder.join("link/inner")],
            present: vec![folder.join("empty")],
            ..Sandbox::new(Limits::default())
        };
        let plan = Plan::new(&sandbox).unwrap();
        let real = folder.canonicalize().unwrap().join("real/inner");
        let name = |path: &Path| c_string(path).unwrap();
        let is_hidden = plan
            .hidden
            .iter()
            .any(|hidden| real.as_os_str().as_bytes().starts_with(hidden.as_bytes()));
        if is_hidden {
            assert!(plan.shown.contains(&(name(&real), Kind::Shown)), "{plan:?}");
            let link = (name(&folder.join("link")), Made::Link(c"real".into()));
            assert!(plan.made.contains(&link), "{plan:?}");
            assert!(plan.made.contains(&(name(&real), Made::Folder)));
            let empty = name(&folder.canonicalize().unwrap().join("empty"));
            assert!(plan.made.contains(&(empty.clone(), Made::Folder)), "{plan:?}");
            assert!(!plan.shown.iter().any(|(path, _)| *path == empty));
            assert!(!plan.made.iter().any(|(path, _)| *path == name(&folder.join("secret"))));
        }
        assert!(!plan.hidden.iter().any(|hidden| {
            SYSTEM.iter().any(|system| hidden.as_bytes() == format!("/{system}").as_bytes())
        }));
        let sandbox = Sandbox {
            shown: vec![folder.join("real")],
            hidden: vec![folder.join("real/inner"), folder.join("secret"), folder.clone()],
            ..sandbox
        };
        let covered = Plan::new(&sandbox).unwrap().covered;
        assert_eq!(covered, [(name(&real), true)], "what is not shown, or shows something, is not");
        assert!(Plan::new(&Sandbox { shown: vec!["/no/such".into()], ..sandbox }).is_err());
        fs::remove_dir_all(folder).unwrap();
    }
}
