//! Which files are archives.

/// The kind of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packed {
    Zip,
    Tar,
    TarGz,
    /// One that is not read here.
    Other,
}

/// The extensions of archives. Longer ones come first.
const EXTENSIONS: [(&str, Packed); 10] = [
    (".tar.gz", Packed::TarGz),
    (".tar.xz", Packed::Other),
    (".tar.bz2", Packed::Other),
    (".tar.zst", Packed::Other),
    (".tgz", Packed::TarGz),
    (".txz", Packed::Other),
    (".tar", Packed::Tar),
    (".zip", Packed::Zip),
    (".rar", Packed::Other),
    (".7z", Packed::Other),
];

impl Packed {
    /// The kind of an archive with this name.
    pub(super) fn of(name: &str) -> Option<Self> {
        split(name).map(|(_, packed)| packed)
    }
}

/// A file's name without what says which kind of archive it is, and the kind.
pub(super) fn split(name: &str) -> Option<(&str, Packed)> {
    EXTENSIONS.into_iter().find_map(|(extension, packed)| {
        let at = name.len().checked_sub(extension.len()).filter(|at| *at > 0)?;
        let (stem, end) = name.split_at_checked(at)?;
        end.eq_ignore_ascii_case(extension).then_some((stem, packed))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_known_by_its_name() {
        assert_eq!(split("ana.tar.gz"), Some(("ana", Packed::TarGz)));
        assert_eq!(split("Ana.ZIP"), Some(("Ana", Packed::Zip)));
        assert_eq!(split("añ.7z"), Some(("añ", Packed::Other)));
        for name in [".zip", "zip", "ana.py", "é"] {
            assert_eq!(split(name), None, "{name}");
        }
    }
}
