//! What the names in a bulk download say: whose an entry is, and which of that person's files.
//!
//! Moodle: `mod/assign/classes/downloader.php` writes `Full name_PARTICIPANT_assignsubmission_file`,
//! up to Moodle 4.0 with a `_` at the end, as a folder or in front of the file's name; underscores in
//! names become spaces. Teams have the group's name and number; without a group there is no number.
//!
//! Canvas: `lib/content_zipper.rb` writes `name[_LATE]_USER_ATTACHMENT_file`; the name is
//! `sortable_name` in lower case without what is no letter, digit or `_`. Anonymous assignments have
//! `[LATE_]anon_ID` instead. What was typed is `…_USER_text.html`, a link `…_USER_link.html`.

/// Whose an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner<'n> {
    /// What identifies the student in this download.
    pub(super) id: &'n str,
    /// The name for readers, as far as there is one.
    pub(super) name: &'n str,
    pub(super) late: bool,
    /// What stands behind: the file's name, or nothing for a folder.
    pub(super) file: &'n str,
    /// True for what was typed into a field, which is no file.
    pub(super) typed: bool,
}

/// The part of a name that makes it one of Moodle's.
const MOODLE: &str = "_assignsubmission_";

/// Reads one of Moodle's names, of a folder or a file.
pub(super) fn moodle(entry: &str) -> Option<Owner<'_>> {
    let (who, what) = entry.split_once(MOODLE)?;
    let plugin = what.find('_').unwrap_or(what.len());
    let (plugin, rest) = what.split_at(plugin);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    let (name, id) = match who.rsplit_once('_') {
        Some((name, id)) if is_number(id) => (name, id),
        // A team that is no group.
        _ => (who, who),
    };
    if id.is_empty() || plugin.is_empty() {
        return None;
    }
    let file = rest.strip_prefix('_').unwrap_or(rest);
    Some(Owner { id, name, late: false, file, typed: plugin == "onlinetext" })
}

/// Reads one of Canvas' names.
pub(super) fn canvas(entry: &str) -> Option<Owner<'_>> {
    let words: Vec<(usize, &str)> = words(entry).collect();
    let number = |index: usize| {
        words.get(index).is_some_and(|(_, word)| {
            !word.is_empty() && word.len() <= 20 && word.bytes().all(|c| c.is_ascii_digit())
        })
    };
    let from = |index: usize| words.get(index).map_or("", |(at, _)| &entry[*at..]);
    let up_to = |index: usize| entry[..words[index].0].trim_end_matches('_');
    let word = |index: usize| words.get(index).map_or("", |(_, word)| word);
    for (index, (_, id)) in words.iter().enumerate() {
        let is_anonymous = index > 0 && word(index - 1) == "anon" && !id.is_empty();
        if !(is_anonymous || (index > 0 && number(index))) {
            continue;
        }
        let typed = matches!(from(index + 1), "text.html" | "link.html");
        let has_file = number(index + 1) && !from(index + 2).is_empty();
        if !typed && !has_file {
            continue;
        }
        let name_ends = if is_anonymous { index - 1 } else { index };
        let late = name_ends > 0 && word(name_ends - 1) == "LATE";
        let name = up_to(if late { name_ends - 1 } else { name_ends });
        if !is_anonymous && name.is_empty() {
            continue;
        }
        let file = from(if typed { index + 1 } else { index + 2 });
        return Some(Owner { id, name, late, file, typed });
    }
    None
}

/// The words between underscores, and where each begins.
fn words(entry: &str) -> impl Iterator<Item = (usize, &str)> {
    let start = entry.as_ptr() as usize;
    entry.split('_').map(move |word| (word.as_ptr() as usize - start, word))
}

/// A name as a student or a teacher gives it: `ana`, or `ana@2` for the second attempt.
pub(super) fn plain(stem: &str) -> (&str, Option<u32>) {
    match stem.rsplit_once('@') {
        Some((id, number)) if !id.is_empty() => match attempt_number(number) {
            Some(number) => (id, Some(number)),
            None => (stem, None),
        },
        _ => (stem, None),
    }
}

/// The number of an attempt: `2`, `attempt-2`, `intento-2`.
pub(super) fn attempt_number(name: &str) -> Option<u32> {
    let digits = ["attempt", "intento"]
        .iter()
        .find_map(|word| name.strip_prefix(word))
        .map_or(name, |rest| rest.trim_start_matches(['-', '_', ' ']));
    let plain = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
    digits.parse().ok().filter(|number| plain && (1..10_000).contains(number))
}

/// A file's name without the number that Canvas and browsers add to a second file of that name:
/// `server-1.py`, `server (1).py`.
pub(super) fn without_copy_number(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    let is_number =
        |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
    let dashed = stem.rsplit_once('-').filter(|(_, number)| is_number(number));
    let in_brackets = || {
        let (stem, number) = stem.strip_suffix(')')?.rsplit_once('(')?;
        is_number(number).then(|| (stem.trim_end(), number))
    };
    let (stem, _) = dashed.or_else(in_brackets).filter(|(stem, _)| !stem.is_empty())?;
    Some(format!("{stem}.{extension}"))
}

/// A name as it is compared: its letters and digits, small and without marks, however they are
/// written.
pub(crate) fn fold(name: &str) -> String {
    let plain = |c: char| match c {
        'á' | 'à' | 'ä' | 'â' | 'ã' => 'a',
        'é' | 'è' | 'ë' | 'ê' => 'e',
        'í' | 'ì' | 'ï' | 'î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' | 'õ' => 'o',
        'ú' | 'ù' | 'ü' | 'û' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    };
    // A mark of its own behind a letter, as some systems write names, is neither.
    name.chars().flat_map(char::to_lowercase).map(plain).filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(owner: Option<Owner<'_>>) -> Option<(&str, &str, bool, &str, bool)> {
        owner.map(|it| (it.id, it.name, it.late, it.file, it.typed))
    }

    #[test]
    fn moodle_names_the_participant() {
        for (entry, wanted) in [
            ("Ana Pérez_123_assignsubmission_file_", ("123", "Ana Pérez", false, "", false)),
            ("Ana Pérez_123_assignsubmission_file", ("123", "Ana Pérez", false, "", false)),
            (
                "Participant_77_assignsubmission_file_a_b.py",
                ("77", "Participant", false, "a_b.py", false),
            ),
            (
                "Ana_9_assignsubmission_onlinetext_onlinetext.html",
                ("9", "Ana", false, "onlinetext.html", true),
            ),
            ("u7_Ana_9_assignsubmission_file", ("9", "u7_Ana", false, "", false)),
            (
                "Default group_assignsubmission_file",
                ("Default group", "Default group", false, "", false),
            ),
        ] {
            assert_eq!(told(moodle(entry)), Some(wanted), "{entry}");
        }
        for entry in ["ana", "_assignsubmission_file", "a_1_assignsubmission_", "feedback_file_"] {
            assert_eq!(moodle(entry), None, "{entry}");
        }
    }

    #[test]
    fn canvas_names_the_user() {
        for (entry, wanted) in [
            ("perezana_1234_98765_server.py", ("1234", "perezana", false, "server.py", false)),
            (
                "perezana_LATE_1234_98765_server-1.py",
                ("1234", "perezana", true, "server-1.py", false),
            ),
            (
                "perezana_1234_98765_my_own_7_8_x.py",
                ("1234", "perezana", false, "my_own_7_8_x.py", false),
            ),
            ("anon_x7Kq2_98765_server.py", ("x7Kq2", "", false, "server.py", false)),
            ("LATE_anon_12345_98765_server.py", ("12345", "", true, "server.py", false)),
            ("perezana_1234_text.html", ("1234", "perezana", false, "text.html", true)),
            ("perez_ana_1234_98765_a", ("1234", "perez_ana", false, "a", false)),
        ] {
            assert_eq!(told(canvas(entry)), Some(wanted), "{entry}");
        }
        for entry in
            ["server.py", "ana_1.py", "a_1_2_", "1_2_x.py", "_1_2_x.py", "anon_", "a_12_b.py"]
        {
            assert_eq!(canvas(entry), None, "{entry}");
        }
    }

    #[test]
    fn a_plain_name_may_have_the_number_of_an_attempt() {
        assert_eq!(plain("ana"), ("ana", None));
        assert_eq!(plain("ana@2"), ("ana", Some(2)));
        assert_eq!(plain("ana@example.org"), ("ana@example.org", None));
        assert_eq!(plain("ana@example.org@3"), ("ana@example.org", Some(3)));
        assert_eq!(plain("@2"), ("@2", None));
        assert_eq!(plain("ana@0"), ("ana@0", None));
        assert_eq!(attempt_number("attempt-3"), Some(3));
        assert_eq!(attempt_number("+3"), None);
    }

    #[test]
    fn the_number_of_a_copy_is_no_part_of_the_name() {
        assert_eq!(without_copy_number("server-1.py").as_deref(), Some("server.py"));
        assert_eq!(without_copy_number("Server (2).java").as_deref(), Some("Server.java"));
        for name in ["server.py", "-1.py", "udp-2026.py", "(1).c", "server"] {
            assert_eq!(without_copy_number(name), None, "{name}");
        }
    }

    #[test]
    fn names_are_compared_without_marks_and_spaces() {
        assert_eq!(fold("Núñez, Zoë"), "nunezzoe");
        assert_eq!(fold("Nu\u{301}n\u{303}ez"), "nunez");
        assert_eq!(fold("李 雷"), "李雷");
    }

    proptest! {
        #[test]
        fn no_name_is_too_strange(entry in ".{0,80}") {
            for owner in [moodle(&entry), canvas(&entry)].into_iter().flatten() {
                prop_assert!(entry.contains(owner.id) && entry.ends_with(owner.file));
            }
            let (id, _) = plain(&entry);
            prop_assert!(entry.starts_with(id));
            let _ = (attempt_number(&entry), without_copy_number(&entry));
        }

        #[test]
        fn a_name_of_moodle_is_read_back(name in "[^_/]{1,20}", id in "[1-9][0-9]{0,8}", file in "[^/]{0,20}") {
            let entry = format!("{name}_{id}_assignsubmission_file_{file}");
            let wanted = Owner { id: &id, name: &name, late: false, file: &file, typed: false };
            prop_assert_eq!(moodle(&entry), Some(wanted));
        }

        #[test]
        fn a_name_of_canvas_is_read_back(
            name in "[a-záéñ]{1,20}", late: bool, id in "[1-9][0-9]{0,8}", file in "[^/]{1,20}",
        ) {
            let mark = if late { "LATE_" } else { "" };
            let entry = format!("{name}_{mark}{id}_77_{file}");
            let wanted = Owner { id: &id, name: &name, late, file: &file, typed: false };
            prop_assert_eq!(canvas(&entry), Some(wanted));
        }
    }
}
