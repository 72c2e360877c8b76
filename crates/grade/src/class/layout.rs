//! Which layout a class has, and which entries are whose.

use std::collections::BTreeMap;

use super::Remark;
use super::archive;
use super::names::{self, Owner};
use super::tree::{Found, Kind, Tree};

/// Where a class was downloaded from, by the names in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A folder, an archive or files per student: `ana/`, `ana.zip`, `ana.py`.
    Plain,
    /// Moodle's "Download all submissions".
    Moodle,
    /// Canvas' "Download Submissions".
    Canvas,
    /// Gradescope's "Export Submissions".
    Gradescope,
}

/// The file that Gradescope adds to an export.
pub(super) const METADATA: &str = "submission_metadata.yml";

/// What belongs together: an attempt of a student.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// What identifies the student in this download.
    pub(super) id: String,
    /// The name for readers, as far as the download says it.
    pub(super) name: String,
    pub(super) late: bool,
    /// True if something was typed, not uploaded.
    pub(super) typed: bool,
    /// The number of the attempt, if it is said.
    pub(super) attempt: Option<u32>,
    /// What an archive or a folder of this attempt is called.
    pub(super) entry: String,
    pub(super) parts: Vec<Part>,
}

/// A file of an attempt.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Its name below the student's folder.
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) modified: Option<super::Moment>,
    pub(super) place: super::tree::Place,
}

impl Part {
    fn of(found: &Found, name: &str) -> Self {
        let (kind, modified) = (found.kind, found.modified);
        Self { name: name.to_owned(), kind, modified, place: found.place.clone() }
    }
}

/// Tells the layout, and the prefix that all entries have: a folder that the whole class is in.
pub(super) fn recognise(tree: &Tree, called: &str) -> (Layout, String) {
    let paths: Vec<&str> = tree.found.iter().map(|found| found.path.as_str()).collect();
    if let Some(layout) = known(&paths) {
        return (layout, String::new());
    }
    let Some(only) = only_folder(&tree.found) else { return (Layout::Plain, String::new()) };
    let prefix = format!("{only}/");
    let below: Vec<&str> = paths.iter().filter_map(|path| path.strip_prefix(&prefix)).collect();
    match known(&below) {
        Some(layout) => (layout, prefix),
        // Packing a folder packs its name.
        None if tree.is_archive && only == called => (Layout::Plain, prefix),
        None => (Layout::Plain, String::new()),
    }
}

fn known(paths: &[&str]) -> Option<Layout> {
    if paths.contains(&METADATA) {
        return Some(Layout::Gradescope);
    }
    let mut tops: Vec<&str> = paths.iter().filter_map(|path| path.split('/').next()).collect();
    tops.dedup();
    if tops.iter().any(|top| names::moodle(top).is_some()) {
        return Some(Layout::Moodle);
    }
    let canvas = tops.iter().filter(|top| names::canvas(top).is_some()).count();
    (canvas > 0 && canvas * 2 >= tops.len()).then_some(Layout::Canvas)
}

fn only_folder(found: &[Found]) -> Option<&str> {
    let first = found.first()?.path.split('/').next()?;
    let is_below = |found: &Found| {
        let rest = found.path.strip_prefix(first);
        rest.is_some_and(|rest| {
            rest.starts_with('/') || (rest.is_empty() && found.kind == Kind::Folder)
        })
    };
    found.iter().all(is_below).then_some(first)
}

/// Gathers what belongs together, in the order of the entries.
pub(super) fn gather(
    tree: &Tree,
    layout: Layout,
    prefix: &str,
    remarks: &mut Vec<Remark>,
) -> Vec<Gathered> {
    let found = tree.found.iter().filter_map(|found| {
        Some((found.path.strip_prefix(prefix).filter(|path| !path.is_empty())?, found))
    });
    match layout {
        Layout::Plain => plain(found.collect(), remarks),
        Layout::Gradescope => folders(found),
        Layout::Moodle => owned(found, names::moodle, remarks),
        Layout::Canvas => {
            let mut gathered = owned(found, names::canvas, remarks);
            gathered.iter_mut().for_each(|one| rename_copies(&mut one.parts));
            gathered
        }
    }
}

/// Entries whose names say whose they are.
fn owned<'t>(
    found: impl Iterator<Item = (&'t str, &'t Found)>,
    read: impl Fn(&'t str) -> Option<Owner<'t>>,
    remarks: &mut Vec<Remark>,
) -> Vec<Gathered> {
    let mut gathered: Vec<Gathered> = Vec::new();
    let mut index = BTreeMap::new();
    for (path, found) in found {
        let (top, below) = path.split_once('/').unwrap_or((path, ""));
        let Some(owner) = read(top) else {
            if below.is_empty() {
                remarks.push(Remark::Unknown { entry: top.to_owned() });
            }
            continue;
        };
        let at = *index.entry(owner.id).or_insert_with(|| {
            gathered.push(Gathered {
                id: owner.id.to_owned(),
                name: owner.name.to_owned(),
                entry: top.to_owned(),
                ..Gathered::default()
            });
            gathered.len() - 1
        });
        let one = &mut gathered[at];
        one.late |= owner.late;
        one.typed |= owner.typed;
        let name = [owner.file, below].into_iter().filter(|part| !part.is_empty());
        let name = name.collect::<Vec<_>>().join("/");
        if !owner.typed && !name.is_empty() {
            one.parts.push(Part::of(found, &name));
        }
    }
    gathered
}

/// A folder for each submission, with a name of its own.
fn folders<'t>(found: impl Iterator<Item = (&'t str, &'t Found)>) -> Vec<Gathered> {
    let mut gathered: Vec<Gathered> = Vec::new();
    for (path, found) in found {
        let (top, below) = path.split_once('/').unwrap_or((path, ""));
        if below.is_empty() && found.kind != Kind::Folder {
            continue;
        }
        if gathered.last().is_none_or(|one| one.id != top) {
            gathered.push(Gathered {
                id: top.to_owned(),
                entry: top.to_owned(),
                ..Gathered::default()
            });
        }
        if let Some(one) = gathered.last_mut().filter(|_| !below.is_empty()) {
            one.parts.push(Part::of(found, below));
        }
    }
    gathered
}

/// Files of a class as a whole: lists, notes.
const ABOUT_ALL: [&str; 11] =
    ["csv", "tsv", "xlsx", "xls", "ods", "json", "yml", "yaml", "toml", "md", "log"];

fn plain(found: Vec<(&str, &Found)>, remarks: &mut Vec<Remark>) -> Vec<Gathered> {
    let mut gathered: Vec<Gathered> = Vec::new();
    // Loose files with one stem belong together.
    let mut loose: BTreeMap<(String, Option<u32>), usize> = BTreeMap::new();
    for (path, entry) in found.iter().filter(|(path, _)| !path.contains('/')) {
        if entry.kind == Kind::Folder {
            let below = format!("{path}/");
            let inside: Vec<(&str, &Found)> = found
                .iter()
                .filter_map(|(path, found)| Some((path.strip_prefix(&below)?, *found)))
                .collect();
            gathered.extend(folder(path, &inside));
            continue;
        }
        let (stem, is_archive) = match archive::split(path) {
            Some((stem, _)) => (stem, true),
            None => (path.rsplit_once('.').map_or(*path, |(stem, _)| stem), false),
        };
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        if ABOUT_ALL.iter().any(|known| known.eq_ignore_ascii_case(extension)) {
            remarks.push(Remark::Unknown { entry: (*path).to_owned() });
            continue;
        }
        let (id, attempt) = names::plain(stem);
        let name = match attempt {
            Some(_) => path.replacen(stem, id, 1),
            None => (*path).to_owned(),
        };
        let part = Part::of(entry, &name);
        let key = (id.to_owned(), attempt);
        match loose.get(&key).filter(|_| !is_archive) {
            Some(at) => gathered[*at].parts.push(part),
            None => {
                if !is_archive {
                    loose.insert(key, gathered.len());
                }
                gathered.push(Gathered {
                    id: id.to_owned(),
                    attempt,
                    entry: (*path).to_owned(),
                    parts: vec![part],
                    ..Gathered::default()
                });
            }
        }
    }
    gathered
}

/// A student's folder: an attempt, or folders `1`, `2` … with one each.
fn folder(name: &str, inside: &[(&str, &Found)]) -> Vec<Gathered> {
    let (id, attempt) = names::plain(name);
    let tops = || inside.iter().filter(|(path, _)| !path.contains('/'));
    let are_attempts = tops()
        .all(|(path, found)| found.kind == Kind::Folder && names::attempt_number(path).is_some());
    if !are_attempts || inside.is_empty() || attempt.is_some() {
        let parts = inside.iter().map(|(path, found)| Part::of(found, path)).collect();
        let (id, entry) = (id.to_owned(), name.to_owned());
        return vec![Gathered { id, attempt, entry, parts, ..Gathered::default() }];
    }
    let each = tops().map(|(top, _)| {
        let below = format!("{top}/");
        let parts = inside
            .iter()
            .filter_map(|(path, found)| Some(Part::of(found, path.strip_prefix(&below)?)));
        Gathered {
            id: id.to_owned(),
            attempt: names::attempt_number(top),
            entry: format!("{name}/{top}"),
            parts: parts.collect(),
            ..Gathered::default()
        }
    });
    each.collect()
}

/// Gives copies the names that they were handed in with, where no other file has that.
fn rename_copies(parts: &mut [Part]) {
    for at in 0..parts.len() {
        let Some(original) = names::without_copy_number(&parts[at].name) else { continue };
        if parts.iter().all(|part| part.name != original) {
            parts[at].name = original;
        }
    }
}
