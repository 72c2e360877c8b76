//! Names in archives, taken apart. Whoever made the archive chose them.

/// A name that does not lie below the folder it is unpacked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unsafe;

/// The parts of a path. Some programs for Windows write `\` between them.
pub(super) fn parts(name: &str) -> Result<Vec<&str>, Unsafe> {
    let separators = ['/', '\\'];
    let drive = name.as_bytes().get(1) == Some(&b':') && name.as_bytes()[0].is_ascii_alphabetic();
    if name.starts_with(separators) || drive || name.contains('\0') {
        return Err(Unsafe);
    }
    let parts = name.split(separators).filter(|part| !part.is_empty() && *part != ".");
    parts.map(|part| if part == ".." { Err(Unsafe) } else { Ok(part) }).collect()
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_leave_the_folder_are_refused() {
        assert_eq!(parts("a/./b//c.py"), Ok(vec!["a", "b", "c.py"]));
        assert_eq!(parts("a\\b.py"), Ok(vec!["a", "b.py"]));
        for name in ["/etc/passwd", "../x", "a/../../x", "a\\..\\x", "C:\\x", "\\x", "a\0b", ".."] {
            assert_eq!(parts(name), Err(Unsafe), "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_left_stays_below(name in "[a./\\\\:\0C-]{0,24}|.{0,24}") {
            if let Ok(parts) = parts(&name) {
                let path = parts.join("/");
                let mut components = Path::new(&path).components();
                prop_assert!(components.all(|part| matches!(part, Component::Normal(_))));
            }
        }
    }
}
