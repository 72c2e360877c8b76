//! Where an item of a course comes from: a verdict is worth as much as the files behind it.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

/// How an item stands to the built-in item of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// It is the built-in one.
    BuiltIn,
    /// A folder has it, with the same files as the built-in one.
    Copy,
    /// A folder has it, with other files than the built-in one, whose place it takes.
    Replaces,
    /// A folder has it; nothing built in has its name.
    Own,
}

/// Where an item comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// How it stands to the built-in item.
    pub origin: Origin,
    /// The course folder that has it; `None` if it is built in.
    pub folder: Option<PathBuf>,
    /// The [`digest`] of its files.
    pub sha256: String,
}

impl Source {
    /// The beginning of the digest, for people.
    pub fn short(&self) -> &str {
        self.sha256.get(..12).unwrap_or(&self.sha256)
    }
}

/// A SHA-256 over the names and contents of files, in hexadecimal digits. Anyone can compute it
/// without socklab, in the item's folder:
///
/// ```sh
/// find * -type f | LC_ALL=C sort | xargs sha256sum | sha256sum
/// ```
pub(crate) fn digest<'a>(files: impl Iterator<Item = (&'a Path, &'a [u8])>) -> String {
    let mut files: Vec<_> =
        files.map(|(path, bytes)| (path.as_os_str().as_bytes(), bytes)).collect();
    files.sort_unstable();
    let mut whole = Sha256::new();
    for (name, bytes) in files {
        whole.update(hex(&Sha256::digest(bytes)));
        whole.update(b"  ");
        whole.update(name);
        whole.update(b"\n");
    }
    hex(&whole.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> String {
        digest(files.iter().map(|(name, text)| (Path::new(*name), text.as_bytes())))
    }

    /// The wanted digest is what `sha256sum` says, see [`digest`].
    #[test]
    fn a_digest_is_what_sha256sum_prints() {
        let wanted = "51896876fe22d1565ba557d552cb45ee1f95c33aefb9800baf3ac5df01b65cbf";
        assert_eq!(of(&[("b-c", "two\n"), ("b/c", "three\n"), ("a", "one\n")]), wanted);
    }

    #[test]
    fn a_digest_changes_with_a_name_a_byte_and_a_file() {
        let one = of(&[("a", "one"), ("b", "two")]);
        for other in [
            of(&[("a", "one"), ("c", "two")]),
            of(&[("a", "onf"), ("b", "two")]),
            of(&[("a", "one")]),
            of(&[("a", "one"), ("b", "two"), ("d", "")]),
        ] {
            assert_ne!(one, other);
        }
    }
}
