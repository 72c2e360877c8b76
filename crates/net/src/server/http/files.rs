//! Opens files beneath one directory, and never outside of it.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2};
use rustix::io::Errno;

use crate::server::event::Cut;

/// What was found at a path.
#[derive(Debug)]
pub(super) enum Found {
    File {
        file: File,
        length: u64,
        content_type: &'static str,
    },
    /// A directory that was requested without a trailing slash.
    Directory,
    Nothing,
    Forbidden,
    Failed,
}

/// Opens `path`, which begins with `/`, beneath `root`; for a path that ends in `/`, its
/// `index.html`.
pub(super) fn find(root: &Path, path: &[u8]) -> Found {
    let start = path.iter().take_while(|&&byte| byte == b'/').count();
    let mut relative = path[start..].to_vec();
    let is_index = relative.is_empty() || relative.ends_with(b"/");
    if is_index {
        relative.extend_from_slice(b"index.html");
    }
    // Neither hidden files nor `..`.
    if relative.split(|&byte| byte == b'/').any(|part| part.starts_with(b".")) {
        return Found::Nothing;
    }
    match open_beneath(root, &relative) {
        Ok(file) => match describe(file, &relative) {
            // A directory called index.html: a redirect would loop.
            Found::Directory if is_index => Found::Nothing,
            found => found,
        },
        Err(Errno::ACCESS | Errno::PERM) => Found::Forbidden,
        Err(
            // EXDEV: a symbolic link that leads out of the root.
            Errno::NOENT
            | Errno::NOTDIR
            | Errno::XDEV
            | Errno::LOOP
            | Errno::NAMETOOLONG
            | Errno::INVAL
            | Errno::NXIO,
        ) => Found::Nothing,
        Err(_) => Found::Failed,
    }
}

fn open_beneath(root: &Path, relative: &[u8]) -> Result<File, Errno> {
    let directory = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = openat(CWD, root, directory, Mode::empty())?;
    // The kernel refuses to leave `root`, whether by `..` or by a symbolic link (openat2(2),
    // RESOLVE_BENEATH); after a check of the path beforehand, the files could still change.
    // NONBLOCK: otherwise opening a FIFO would wait for a writer.
    let read = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    Ok(openat2(root, relative, read, Mode::empty(), beneath)?.into())
}

fn describe(file: File, path: &[u8]) -> Found {
    match file.metadata() {
        Ok(about) if about.is_dir() => Found::Directory,
        Ok(about) if about.is_file() => {
            Found::File { file, length: about.len(), content_type: content_type(path) }
        }
        Ok(_) => Found::Nothing,
        Err(_) => Found::Failed,
    }
}

fn content_type(path: &[u8]) -> &'static str {
    let extension = path.rsplit(|&byte| byte == b'.').next().unwrap_or_default();
    match extension {
        b"html" | b"htm" => super::response::HTML,
        b"txt" | b"md" => "text/plain; charset=utf-8",
        b"css" => "text/css; charset=utf-8",
        b"js" => "text/javascript; charset=utf-8",
        b"json" => "application/json",
        b"svg" => "image/svg+xml",
        b"png" => "image/png",
        _ => "application/octet-stream",
    }
}

/// Passes `length` bytes of `file` to `write`, piece by piece. If the file has become shorter in the
/// meantime, the connection is cut, because the length has already been sent.
pub(super) fn copy(
    file: &mut File,
    length: u64,
    mut write: impl FnMut(&[u8]) -> Result<(), Cut>,
) -> Result<(), Cut> {
    let mut file = file.take(length);
    let mut piece = vec![0; 64 * 1024];
    while file.limit() > 0 {
        match file.read(&mut piece) {
            Ok(0) => return Err(Cut::from_error("read", &ErrorKind::UnexpectedEof.into())),
            Ok(count) => write(&piece[..count])?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Cut::from_error("read", &error)),
        }
    }
    Ok(())
}
