//! The binaries that processes have loaded, each opened once, and let go when nobody has it loaded any more.

use std::collections::{HashMap, VecDeque};
use std::fs::{self, File, Metadata};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::rc::{Rc, Weak};

use crate::binary::{Binary, Data};
use crate::image::Image;
use crate::maps::{self, Mapping};
use crate::origin::Own;

/// Binaries by path, and by what tells one file from another under the same path.
#[derive(Debug, Default)]
pub(crate) struct Images {
    known: HashMap<Key, Option<Weak<Image>>>,
    /// A server that starts a process for each client would have them read again and again.
    recent: VecDeque<Rc<Image>>,
}

type Key = (String, u64, u64, u64, i64, i64);

const RECENT: usize = 16;
const KNOWN: usize = 4096;
/// From `fcntl(2)`: opening must not wait for a pipe's writer, nor take a terminal.
const O_NONBLOCK: i32 = 0o4000;
const O_NOCTTY: i32 = 0o400;

impl Images {
    /// The binary that a process has mapped; `None` if it is no longer to be had, or is none.
    pub(crate) fn open(&mut self, process: u32, mapping: &Mapping, own: &Own) -> Option<Rc<Image>> {
        // Through the process's own mounts. Its executable is there even if it has been deleted.
        let path = mapping.path.strip_suffix(" (deleted)").unwrap_or(&mapping.path);
        if !path.starts_with('/') {
            return None;
        }
        let at = if maps::is_executable(process, mapping) {
            maps::executable(process)
        } else {
            format!("/proc/{process}/root{path}")
        };
        let status = fs::metadata(&at).ok().filter(Metadata::is_file)?;
        let key = key(path, &status);
        match self.known.get(&key) {
            Some(None) => return None,
            Some(Some(known)) => {
                if let Some(image) = known.upgrade() {
                    return Some(image);
                }
            }
            None => {}
        }
        let image = open(&at, &status).map(|binary| Rc::new(Image::new(binary, path, own)));
        if self.known.len() >= KNOWN {
            self.known
                .retain(|_, known| known.as_ref().is_some_and(|known| known.strong_count() > 0));
        }
        self.known.insert(key, image.as_ref().map(Rc::downgrade));
        if let Some(image) = &image {
            self.recent.push_front(Rc::clone(image));
            self.recent.truncate(RECENT);
        }
        image
    }
}

fn key(path: &str, status: &Metadata) -> Key {
    (
        path.to_owned(),
        status.dev(),
        status.ino(),
        status.size(),
        status.mtime(),
        status.mtime_nsec(),
    )
}

fn open(path: &str, status: &Metadata) -> Option<Binary> {
    let file = File::options().read(true).custom_flags(O_NONBLOCK | O_NOCTTY).open(path).ok()?;
    let opened = file.metadata().ok()?;
    // Another file may have been put there meanwhile.
    let is_same = opened.is_file() && (opened.dev(), opened.ino()) == (status.dev(), status.ino());
    Binary::open(Data::File(file)).filter(|_| is_same)
}
