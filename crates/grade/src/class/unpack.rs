//! What was handed in, written to a clean folder of regular files. The names, the sizes and the
//! archives are a student's: nothing of them decides where a file goes or how much is written.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Cursor, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use rustix::fs::OFlags;
use sha2::{Digest, Sha256};
use socklab_say::{Sentence, count, sentence};
use zip::ZipArchive;
use zip::result::ZipError;

use super::Submission;
use super::archive::Packed;
use super::junk::is_junk;
use super::path::{Unsafe, parts};
use super::tree::{Kind, MOST_ENTRIES, Place, zip_kind, zip_name};

/// How much a submission may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnpackLimits {
    /// All files together, in bytes.
    pub total: u64,
    /// How many files.
    pub files: usize,
    /// How many folders a file may be in.
    pub depth: usize,
    /// How many times larger than the archive its contents may be, if they are more than a quarter
    /// of `total`.
    pub ratio: u64,
}

/// For programs of an exercise, which have kilobytes.
impl Default for UnpackLimits {
    fn default() -> Self {
        Self { total: 64 << 20, files: 2000, depth: 16, ratio: 100 }
    }
}

/// A submission in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// The files below the folder, sorted. All are regular.
    pub files: Vec<PathBuf>,
    /// A SHA-256 over their names and contents, in hexadecimal digits: what `find * -type f |
    /// LC_ALL=C sort | xargs sha256sum | sha256sum` prints in the folder.
    pub sha256: String,
    /// What was not taken over: symbolic links, devices, names that no file can have. Not what
    /// systems and compilers leave behind.
    pub left_out: Vec<String>,
}

/// Why a submission is not accepted. This is for its author to correct.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// There are no files.
    Nothing,
    /// Something was typed into a field of the web page instead.
    Typed,
    /// There are only symbolic links, devices and the like.
    NoFiles(String),
    /// A name in an archive leads out of it.
    Outside(String),
    /// Two different files have one name.
    Twice(String),
    /// There is more than a submission may have, in bytes.
    Large(u64),
    /// There are more files than this.
    Many(usize),
    /// A file is in more folders than this.
    Deep(String, usize),
    /// An archive becomes far larger than it is.
    Bomb(String),
    /// An archive can't be read.
    Broken(String, String),
    /// An archive has a password.
    Locked(String),
    /// An archive is of a kind that is not read here.
    Kind(String),
}

impl Refusal {
    /// The sentence for a reader.
    pub fn sentence(&self) -> Sentence {
        let name = |name: &str| socklab_say::path(name);
        match self {
            Self::Nothing => sentence!("handed-nothing"),
            Self::Typed => sentence!("handed-typed"),
            Self::NoFiles(one) => sentence!("handed-no-files", name = name(one)),
            Self::Outside(one) => sentence!("handed-outside", name = name(one)),
            Self::Twice(one) => sentence!("handed-twice", name = name(one)),
            Self::Large(limit) => sentence!("handed-large", limit = limit >> 20),
            Self::Many(limit) => sentence!("handed-many", limit = count(*limit)),
            Self::Deep(one, limit) => sentence!("handed-deep", name = name(one), limit = limit),
            Self::Bomb(one) => sentence!("handed-bomb", name = name(one)),
            Self::Broken(one, why) => {
                sentence!("handed-broken", name = name(one), why = socklab_say::clean(why))
            }
            Self::Kind(one) => sentence!("handed-kind", name = name(one)),
            Self::Locked(one) => sentence!("handed-locked", name = name(one)),
        }
    }
}

/// Why a submission was not unpacked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnpackError {
    /// It is not accepted.
    #[error("{0:?}")]
    Refused(Refusal),
    /// A system call failed, which nobody in the class is to blame for.
    #[error("{call} {}: {source}", .object.display())]
    Call {
        /// Which call.
        call: &'static str,
        /// On which file.
        object: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

impl From<Refusal> for UnpackError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

fn failed(call: &'static str, object: &Path) -> impl FnOnce(io::Error) -> UnpackError {
    let object = object.to_owned();
    move |source| UnpackError::Call { call, object, source }
}

/// The most that is read of a file about a class.
const LARGEST: u64 = 256 << 20;
/// A name in no archive may be longer (`NAME_MAX`).
const LONGEST: usize = 255;

impl Submission {
    /// Where a file of it is, if it was handed in as a file and not in an archive. `name` is what
    /// [`Submission::unpack`] calls it.
    pub fn place_of(&self, name: &Path) -> Option<&Path> {
        let part = self.parts.iter().find(|part| Path::new(&part.name) == name)?;
        match &part.place {
            Place::Disk(path) if part.kind == Kind::File => Some(path),
            _ => None,
        }
    }

    /// Writes the files to a folder, which exists and is empty. Archives among them are unpacked,
    /// but none that are in one. If this fails, the folder may have some of the files.
    ///
    /// # Errors
    ///
    /// What was handed in is refused, or a system call failed.
    pub fn unpack(&self, into: &Path, limits: &UnpackLimits) -> Result<Unpacked, UnpackError> {
        if self.parts.is_empty() {
            return Err(if self.typed { Refusal::Typed } else { Refusal::Nothing }.into());
        }
        let mut unpacking =
            Unpacking { into, limits, written: 0, digests: BTreeMap::new(), left_out: Vec::new() };
        let mut zip: Option<(PathBuf, ZipArchive<File>)> = None;
        for part in &self.parts {
            let name = part.name.as_str();
            match part.kind {
                Kind::File => {}
                Kind::Folder => {
                    unpacking.checked_depth(name)?;
                    continue;
                }
                Kind::Link | Kind::Special => {
                    unpacking.left_out.push(name.to_owned());
                    continue;
                }
            }
            let packed = Packed::of(name).filter(|_| !name.contains('/'));
            match &part.place {
                Place::Disk(path) => {
                    let file = open_regular(path).map_err(failed("open", path))?;
                    let size = file.metadata().map_err(failed("stat", path))?.len();
                    match packed {
                        Some(packed) => unpacking.archive(name, packed, file, size)?,
                        None => unpacking.put(name, file, |e| failed("read", path)(e))?,
                    }
                }
                Place::Zip(whole, index) => {
                    if zip.as_ref().is_none_or(|(path, _)| *path != **whole) {
                        let file = File::open(&**whole).map_err(failed("open", whole))?;
                        let opened = ZipArchive::new(file).map_err(|why| {
                            failed("read", whole)(io::Error::other(why.to_string()))
                        })?;
                        zip = Some(((**whole).clone(), opened));
                    }
                    let Some((_, archive)) = zip.as_mut() else { continue };
                    let mut entry = archive.by_index(*index).map_err(|why| broken(name, &why))?;
                    let unreadable =
                        |why: io::Error| Refusal::Broken(name.to_owned(), why.to_string()).into();
                    let Some(packed) = packed else {
                        unpacking.put(name, entry, unreadable)?;
                        continue;
                    };
                    let mut bytes = Vec::new();
                    let most = limits.total + 1;
                    (&mut entry).take(most).read_to_end(&mut bytes).map_err(unreadable)?;
                    let size = bytes.len() as u64;
                    if size > limits.total {
                        return Err(Refusal::Large(limits.total).into());
                    }
                    unpacking.archive(name, packed, Cursor::new(bytes), size)?;
                }
            }
        }
        unpacking.done()
    }
}

/// What stands in a file of a class that is not a student's.
pub(super) fn contents(place: &Place) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match place {
        Place::Disk(path) => open_regular(path)?.take(LARGEST).read_to_end(&mut bytes)?,
        Place::Zip(whole, index) => {
            let mut zip = ZipArchive::new(File::open(&**whole)?)?;
            let entry = zip.by_index(*index)?;
            entry.take(LARGEST).read_to_end(&mut bytes)?
        }
    };
    Ok(bytes)
}

/// Opens a file that still is one: nothing waits for a FIFO that took its place.
fn open_regular(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC).bits();
    let flags = i32::try_from(flags).unwrap_or_default();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::other("no regular file")),
    }
}

fn broken(name: &str, why: &ZipError) -> Refusal {
    let text = why.to_string();
    // The one error of the library that a password makes, and its text.
    let is_locked =
        matches!(why, ZipError::UnsupportedArchive(what) if *what == ZipError::PASSWORD_REQUIRED);
    match is_locked || matches!(why, ZipError::InvalidPassword) {
        true => Refusal::Locked(name.to_owned()),
        false => Refusal::Broken(name.to_owned(), text),
    }
}

/// The folder while it is filled.
struct Unpacking<'u> {
    into: &'u Path,
    limits: &'u UnpackLimits,
    /// Bytes.
    written: u64,
    /// The files, and the digests of their contents.
    digests: BTreeMap<PathBuf, String>,
    left_out: Vec<String>,
}

impl Unpacking<'_> {
    fn archive(
        &mut self,
        name: &str,
        packed: Packed,
        reader: impl Read + Seek,
        size: u64,
    ) -> Result<(), UnpackError> {
        let before = self.written;
        let done = match packed {
            Packed::Zip => self.zip(name, reader),
            Packed::Tar => self.tar(name, reader),
            Packed::TarGz => self.tar(name, MultiGzDecoder::new(reader)),
            Packed::Other => {
                return Err(Refusal::Kind(name.to_owned()).into());
            }
        };
        let grown = self.written - before;
        let too_much = matches!(done, Err(UnpackError::Refused(Refusal::Large(_))));
        let is_large = too_much || grown > self.limits.total / 4;
        if is_large && grown > size.saturating_mul(self.limits.ratio) {
            return Err(Refusal::Bomb(name.to_owned()).into());
        }
        done
    }

    fn zip(&mut self, name: &str, reader: impl Read + Seek) -> Result<(), UnpackError> {
        let mut zip = ZipArchive::new(reader).map_err(|why| broken(name, &why))?;
        if zip.len() > MOST_ENTRIES {
            return Err(Refusal::Many(self.limits.files).into());
        }
        for index in 0..zip.len() {
            let raw = zip.by_index_raw(index).map_err(|why| broken(name, &why))?;
            let kind = zip_kind(raw.unix_mode(), raw.is_dir());
            let inner = zip_name(raw.name(), raw.name_raw());
            drop(raw);
            if !self.is_wanted(&inner, kind)? {
                continue;
            }
            let entry = zip.by_index(index).map_err(|why| broken(name, &why))?;
            let unreadable =
                |why: io::Error| Refusal::Broken(name.to_owned(), why.to_string()).into();
            self.put(&inner, entry, unreadable)?;
        }
        Ok(())
    }

    fn tar(&mut self, name: &str, reader: impl Read) -> Result<(), UnpackError> {
        let unreadable =
            |why: io::Error| UnpackError::from(Refusal::Broken(name.to_owned(), why.to_string()));
        // What is ignored has to be read as well, but not without end.
        let most = self.limits.total.saturating_mul(8);
        let mut limited = reader.take(most);
        let mut tar = tar::Archive::new(&mut limited);
        let mut seen = 0;
        let mut read = || -> Result<(), UnpackError> {
            for entry in tar.entries().map_err(unreadable)? {
                let entry = entry.map_err(unreadable)?;
                seen += 1;
                if seen > MOST_ENTRIES {
                    return Err(Refusal::Many(self.limits.files).into());
                }
                let kind = match entry.header().entry_type() {
                    kind if kind.is_file() => Kind::File,
                    kind if kind.is_dir() => Kind::Folder,
                    kind if kind.is_symlink() || kind.is_hard_link() => Kind::Link,
                    // About the archive as a whole, as git writes it.
                    kind if kind.is_pax_global_extensions() => continue,
                    _ => Kind::Special,
                };
                let inner = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
                if self.is_wanted(&inner, kind)? {
                    self.put(&inner, entry, unreadable)?;
                }
            }
            Ok(())
        };
        let done = read();
        match done {
            Err(UnpackError::Refused(Refusal::Broken(..))) if limited.limit() == 0 => {
                Err(Refusal::Large(self.limits.total).into())
            }
            done => done,
        }
    }

    /// True for a file that is to be written.
    fn is_wanted(&mut self, name: &str, kind: Kind) -> Result<bool, UnpackError> {
        let parts = parts(name).map_err(|Unsafe| Refusal::Outside(name.to_owned()))?;
        if parts.is_empty() || parts.iter().any(|part| is_junk(part)) {
            return Ok(false);
        }
        if matches!(kind, Kind::Link | Kind::Special) {
            self.left_out.push(name.to_owned());
        }
        Ok(kind == Kind::File)
    }

    fn checked_depth(&self, name: &str) -> Result<(), Refusal> {
        let folders = name.matches('/').count();
        match folders > self.limits.depth {
            true => Err(Refusal::Deep(name.to_owned(), self.limits.depth)),
            false => Ok(()),
        }
    }

    /// Writes a file.
    fn put(
        &mut self,
        name: &str,
        mut from: impl Read,
        unreadable: impl FnOnce(io::Error) -> UnpackError,
    ) -> Result<(), UnpackError> {
        let parts = parts(name).map_err(|Unsafe| Refusal::Outside(name.to_owned()))?;
        if parts.is_empty() || parts.iter().any(|part| part.len() > LONGEST) {
            self.left_out.push(name.to_owned());
            return Ok(());
        }
        let path: PathBuf = parts.iter().collect();
        self.checked_depth(&parts.join("/"))?;
        if self.digests.len() >= self.limits.files {
            return Err(Refusal::Many(self.limits.files).into());
        }
        let mut bytes = Vec::new();
        let left = self.limits.total.saturating_sub(self.written);
        // With what it wants at most in memory, reading and writing fail apart from each other.
        let read = (&mut from).take(left.saturating_add(1)).read_to_end(&mut bytes);
        let is_large = bytes.len() as u64 > left;
        // What a bomb became before it broke counts, too.
        self.written += (bytes.len() as u64).min(left);
        if is_large {
            return Err(Refusal::Large(self.limits.total).into());
        }
        read.map_err(unreadable)?;
        let digest = hex(&Sha256::digest(&bytes));
        if let Some(there) = self.digests.get(&path) {
            // A file that is handed in beside the archive it is in, as many do.
            return match *there == digest {
                true => Ok(()),
                false => Err(Refusal::Twice(name.to_owned()).into()),
            };
        }
        self.write(&path, &bytes)?;
        self.digests.insert(path, digest);
        Ok(())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), UnpackError> {
        let twice = || Refusal::Twice(path.to_string_lossy().into_owned());
        let mut folder = self.into.to_owned();
        for part in path.parent().into_iter().flatten() {
            folder.push(part);
            match fs::create_dir(&folder) {
                Err(why) if why.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
                Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {
                    return Err(twice().into());
                }
                done => done.map_err(failed("mkdir", &folder))?,
            }
        }
        let target = self.into.join(path);
        match OpenOptions::new().write(true).create_new(true).mode(0o644).open(&target) {
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => Err(twice().into()),
            file => {
                file.and_then(|mut file| file.write_all(bytes)).map_err(failed("write", &target))
            }
        }
    }

    fn done(self) -> Result<Unpacked, UnpackError> {
        if self.digests.is_empty() {
            let left = self.left_out.into_iter().next();
            return Err(left.map_or(Refusal::Nothing, Refusal::NoFiles).into());
        }
        let mut whole = Sha256::new();
        for (path, digest) in sorted_as_bytes(&self.digests) {
            whole.update(digest);
            whole.update(b"  ");
            whole.update(path.as_os_str().as_encoded_bytes());
            whole.update(b"\n");
        }
        let files = self.digests.into_keys().collect();
        Ok(Unpacked { files, sha256: hex(&whole.finalize()), left_out: self.left_out })
    }
}

/// Paths compare part by part, `sort` compares bytes.
fn sorted_as_bytes(digests: &BTreeMap<PathBuf, String>) -> Vec<(&PathBuf, &String)> {
    let mut sorted: Vec<_> = digests.iter().collect();
    sorted.sort_by_key(|(path, _)| path.as_os_str().as_encoded_bytes());
    sorted
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
