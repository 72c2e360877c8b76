//! What the linter finds in a whole course, and what no file can do to the loader.

use std::path::Path;

use proptest::prelude::*;
use socklab_scenario::{Course, ItemKind};

use crate::folder::{Folder, GOOD, PROGRAMS, linted, of};

const HINT: &str = "prompt = { en = \"Answer.\", es = \"Responde.\" }\nvague = { en = \"…\", es = \"…\" }\n\
    precise = { en = \"…\", es = \"…\" }\ncall = { python = \"send\" }\nman = \"send(2)\"\n";

#[test]
fn gaps_are_looked_for_where_they_are_written() {
    // The hints for the gap `bind` are built in, and need not be repeated.
    assert_eq!(linted(&[]), Vec::<String>::new());

    let reported =
        linted(&[("exercises/mine/solution.py", "x = 1\n    # GAP anwser\nx\n    # END\n")]);
    assert_eq!(reported.len(), 1, "{reported:?}");
    assert!(
        reported[0].starts_with("mine/solution.py:2:11: the gap `anwser` has no prompt"),
        "{reported:?}"
    );
    assert!(reported[0].contains("which knows accept, address, bind"), "{reported:?}");
    assert!(reported[0].ends_with("\n        # GAP anwser\n              ^^^^^^"), "{reported:?}");

    let reported = linted(&[("exercises/mine/solution.c", "int x;\n/* GAP bind */\nbind();\n")]);
    assert_eq!(reported.len(), 1, "{reported:?}");
    let wanted = "mine/solution.c:2:1: the marks of the gaps do not fit: the gap `bind` has no END";
    assert!(reported[0].starts_with(wanted), "{reported:?}");

    let own = format!("[answer]\n{HINT}");
    let reported = linted(&[("exercises/mine/gaps.toml", &own)]);
    assert_eq!(reported.len(), 1, "{reported:?}");
    let wanted = "mine/gaps.toml:1:2: no solution has a gap `answer`; their gaps are bind";
    assert!(reported[0].starts_with(wanted), "{reported:?}");
    let reported = linted(&[("exercises/gaps.toml", &own)]);
    assert!(
        reported.len() == 1 && reported[0].starts_with("gaps.toml:1:2: no solution has"),
        "{reported:?}"
    );
    let own = format!("[answer]\n{}", HINT.replace("python =", "pyton ="));
    let reported = linted(&[("exercises/mine/gaps.toml", &own)]);
    assert!(reported[0].contains("unknown field `pyton`, expected one of"), "{reported:?}");
    // A local entry for a gap of the built-in exercises is not a mistake.
    let own = format!("[connect]\n{HINT}");
    assert_eq!(linted(&[("exercises/gaps.toml", &own)]), Vec::<String>::new());
}

#[test]
fn an_unknown_program_is_reported_with_the_closest_course_program() {
    let reported = |program: &str| {
        let toml = GOOD.replace("\"tcp-server\"", &format!("\"{program}\""));
        let mistakes = Folder::with(&toml).course().lint(&PROGRAMS).mistakes;
        let reported = mistakes.iter().map(ToString::to_string);
        reported.filter(|reported| reported.contains("no program")).collect::<Vec<_>>()
    };
    let mistakes = reported("server-33");
    assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    assert!(
        mistakes[0].contains("question.toml:4:8: no program is called `server-33`"),
        "{mistakes:?}"
    );
    assert!(mistakes[0].contains("Did you mean server-03?"), "{mistakes:?}");
    for good in ["server-03", "sh", "/opt/server-33", "{python}", "no-such-interpreter"] {
        assert_eq!(reported(good), Vec::<String>::new(), "{good}");
    }
}

#[test]
fn the_built_in_course_has_no_mistakes() {
    let linted = Course::built_in().lint(&[&PROGRAMS[..], &["socklab"]].concat());
    let reported: Vec<String> = linted.mistakes.iter().map(ToString::to_string).collect();
    assert!(reported.is_empty(), "{}", reported.join("\n"));
    assert!(linted.questions.len() >= 22);
}

#[test]
fn a_local_item_replaces_the_built_in_one() {
    let folder = Folder::with(GOOD);
    let course = Course::with_folder(&folder.0).unwrap();
    let folders = course.folders(ItemKind::Question);
    assert!(folders.contains(&"01-one".to_owned()) && folders.len() > 22);
    let shown = course.question("01-one").unwrap();
    assert_eq!(shown.prose.english().title, "T");
    assert!(course.file(Path::new("questions/03-tcp-client-first/en.md")).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]


    /// Reading any file ends with a question or a mistake.
    #[test]
    fn no_text_panics_the_loader(text in "\\PC{0,400}") {
        let _ = of(&text).question("01-one");
    }

    /// The same for files that are nearly right: one piece is replaced by another.
    #[test]
    fn no_slip_panics_the_loader(from in 0..GOOD.len(), length in 0..40usize, to in "[ -~\\n]{0,20}") {
        let end = (from + length).min(GOOD.len());
        let text = format!("{}{to}{}", &GOOD[..from], &GOOD[end..]);
        if let Err(error) = of(&text).question("01-one") {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
