//! The files that code comes from.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Names of files that are remembered.
const FILES: usize = 1024;

/// The files of code that was compiled under names that are not plain paths: relative ones, as a script's in 3.8,
/// where it is as on the command line, or that of whatever `runpy.run_path` and `compile` are given; and such as
/// `/home/ana/../ana/./client.py`, which later versions make of these.
#[derive(Debug)]
pub(super) struct Files {
    /// The process's folder in `/proc`.
    process: PathBuf,
    /// The folder it worked in when it was first seen.
    folder: Option<PathBuf>,
    known: HashMap<Arc<str>, Arc<str>>,
}

impl Files {
    pub(super) fn of(process: u32) -> Self {
        let process = PathBuf::from(format!("/proc/{process}"));
        Self { folder: process.join("cwd").read_link().ok(), process, known: HashMap::new() }
    }

    /// The plain path of a file that exists; any other name as it is.
    pub(super) fn plain(&mut self, name: Arc<str>) -> Arc<str> {
        if name.starts_with('<') || name.starts_with('/') && !name.contains("/.") {
            return name;
        }
        if let Some(known) = self.known.get(&name) {
            return Arc::clone(known);
        }
        let plain = self.found(&name).unwrap_or_else(|| Arc::clone(&name));
        if self.known.len() >= FILES {
            self.known.clear();
        }
        self.known.insert(name, Arc::clone(&plain));
        plain
    }

    fn found(&self, name: &str) -> Option<Arc<str>> {
        let full = self.folder.as_deref().unwrap_or(Path::new("/")).join(name);
        let mut plain = PathBuf::new();
        for component in full.components() {
            match component {
                Component::CurDir => {}
                Component::ParentDir => _ = plain.pop(),
                other => plain.push(other),
            }
        }
        // As the process sees it, which may have another root. After a symbolic link, `..` is elsewhere.
        let file = |path: &Path| {
            let seen = self.process.join("root").join(path.strip_prefix("/").ok()?);
            let about = seen.metadata().ok().filter(std::fs::Metadata::is_file)?;
            Some((about.dev(), about.ino()))
        };
        let same = file(&full).is_some_and(|it| Some(it) == file(&plain));
        same.then(|| plain.to_str().map(Arc::from))?
    }
}
