//! The folder that holds what belongs to a student.

use sha2::{Digest, Sha256};

use crate::book::Student;

/// The longest name of a folder, in bytes. A file system takes 255 (`NAME_MAX`), and archivers add
/// to that.
const LONGEST: usize = 120;

/// The name of the folder, below `students/`, that holds what belongs to a student.
///
/// Letters and digits of any script, `-`, `_`, `.`, `@` and `+` stay as they are. Every other byte
/// of the id becomes `=` and two hexadecimal digits, and so does a `.` or `-` at the beginning, which
/// would hide the folder or read as an option. An id that gets too long keeps its beginning, then
/// `==` and the first 128 bits of its SHA-256; an empty one is `=`. Different ids get different
/// names.
pub fn folder_of(student: &Student) -> String {
    let id = student.id.as_str();
    if id.is_empty() {
        return "=".to_owned();
    }
    let mut name = String::with_capacity(id.len());
    // What is kept if the whole is too long: room for `==` and 32 digits.
    let mut kept = 0;
    for (at, char) in id.char_indices() {
        let plain = char.is_alphanumeric() || "_@+".contains(char);
        if plain || (".-".contains(char) && at > 0) {
            name.push(char);
        } else {
            let mut bytes = [0; 4];
            for byte in char.encode_utf8(&mut bytes).bytes() {
                name.push_str(&format!("={byte:02X}"));
            }
        }
        if name.len() + 34 <= LONGEST {
            kept = name.len();
        }
    }
    if name.len() > LONGEST {
        name.truncate(kept);
        name.push_str("==");
        for byte in &Sha256::digest(id.as_bytes())[..16] {
            name.push_str(&format!("{byte:02x}"));
        }
    }
    name
}

/// A path below the folder of results as a link from a page that stands in `from`, which is empty
/// or the path of a folder; `None` if the path leads elsewhere.
///
/// All but letters, digits and `-._~` of ASCII is percent-encoded (RFC 3986, section 2.1), so nothing
/// in a name is read as a scheme, a query or a fragment.
pub(super) fn link(from: &str, path: &str) -> Option<String> {
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let to = parts(path);
    if to.is_empty() || path.starts_with('/') || to.iter().any(|part| part == "." || part == "..") {
        return None;
    }
    let from = parts(from);
    let same = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let same = same.min(to.len() - 1);
    let up = from[same..].iter().map(|_| "..".to_owned());
    let down = to[same..].iter().map(|part| encoded(part));
    Some(up.chain(down).collect::<Vec<_>>().join("/"))
}

fn encoded(part: &str) -> String {
    let mut text = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folder(id: &str) -> String {
        folder_of(&Student { id: id.to_owned(), ..Student::default() })
    }

    #[test]
    fn readable_ids_stay_and_hostile_ones_become_safe() {
        for (id, name) in [
            ("ana", "ana"),
            ("student-01", "student-01"),
            ("ana.b@example.edu", "ana.b@example.edu"),
            ("peña", "peña"),
            ("", "="),
            (".", "=2E"),
            ("..", "=2E."),
            ("-rf", "=2Drf"),
            ("a/../b", "a=2F..=2Fb"),
            ("100%", "100=25"),
            ("a=2F", "a=3D2F"),
            ("<script>", "=3Cscript=3E"),
            ("\u{202e}x", "=E2=80=AEx"),
            ("a\0\n", "a=00=0A"),
        ] {
            assert_eq!(folder(id), name, "{id:?}");
        }
        let long = ["ñ".repeat(300), "ñ".repeat(301)].map(|id| folder(&id));
        assert_ne!(long[0], long[1]);
        assert!(long.iter().all(|name| name.len() <= LONGEST && name.starts_with("ññ")));
    }

    #[test]
    fn links_are_relative_and_encoded() {
        for (from, to, expected) in [
            ("", "students/a=2Fb/x.html", Some("students/a%3D2Fb/x.html")),
            ("", "javascript:alert(1)", Some("javascript%3Aalert%281%29")),
            ("", "a/#b?c%41", Some("a/%23b%3Fc%2541")),
            ("students/ana", "students/ana/x.html", Some("x.html")),
            ("students/ana", "hidden/ana/x.html", Some("../../hidden/ana/x.html")),
            ("students/ana", "students/ana", Some("../ana")),
            ("", "/etc/passwd", None),
            ("", "../x", None),
            ("", "a/../../x", None),
            ("", "", None),
        ] {
            assert_eq!(link(from, to).as_deref(), expected, "{from} {to}");
        }
    }

    proptest! {
        #[test]
        fn names_are_safe_and_different(one in any::<String>(), other in any::<String>()) {
            let name = folder(&one);
            prop_assert!(!name.is_empty() && name.len() <= LONGEST);
            prop_assert!(!name.starts_with(['.', '-']));
            prop_assert!(!name.chars().any(|c| c == '/' || socklab_say::is_unsafe(c)));
            prop_assert_eq!(one == other, name == folder(&other));
        }
    }
}
