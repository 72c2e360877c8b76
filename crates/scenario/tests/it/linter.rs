//! What the linter finds in a whole course, and what no file can do to the loader.

use std::path::Path;

use proptest::prelude::*;
use socklab_scenario::{Course, ItemKind};

use crate::folder::{Folder, GOOD, PROGRAMS, linted, linted_without, of};

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
fn translations_of_comments_that_no_solution_has_are_reported() {
    let entry = |english: &str| format!("[[comment]]\nen = \"{english}\"\nes = \"Dos.\"\n");
    let solution = "# Two.\n# GAP bind\n# In a gap.\nbind()\n# END\n";
    let with = |path: &'static str, text: String| {
        linted(&[("exercises/mine/solution.py", solution), (path, &text)])
    };
    for path in ["exercises/mine/comments.toml", "exercises/comments.toml"] {
        assert_eq!(with(path, entry("Two.")), Vec::<String>::new(), "{path}");
        for english in ["Tow.", "In a gap."] {
            let reported = with(path, entry("Two.") + &entry(english));
            assert_eq!(reported.len(), 1, "{path}: {reported:?}");
            let wanted = format!("comments.toml:4:1: no solution has the comment “{english}”");
            assert!(reported[0].contains(&wanted), "{reported:?}");
        }
    }
    let reported = with("exercises/mine/comments.toml", entry("Two.").replace("es =", "sp ="));
    assert_eq!(reported.len(), 1, "{reported:?}");
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

/// The only mistake in the good question with this change.
fn question_with(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    let mistakes = Folder::with(&GOOD.replacen(from, to, 1)).course().lint(&PROGRAMS).mistakes;
    let known = ["choices: fewer than 3", "no [[by_hand]]"];
    let reported = mistakes.iter().map(ToString::to_string);
    let found: Vec<String> =
        reported.filter(|one| !known.iter().any(|known| one.contains(known))).collect();
    assert_eq!(found.len(), 1, "for {to}: {found:?}");
    found[0].clone()
}

#[test]
fn a_slip_that_no_type_catches_is_found_with_its_line() {
    let alice = "{ connect = \"server\" }, ";
    for (from, to, wanted) in [
        (alice, "", "question.toml:10:1: `send`: alice has no connection at this point"),
        (alice, "\"accept\", ", "question.toml:10:1: `accept`: alice has no listening socket"),
        (alice, "{ listen = 5 }, ", "question.toml:10:1: `listen`: alice has no socket"),
        (
            "{ send = \"hola\" }",
            "{ send = \"{prt}\" }",
            "question.toml:12:40: {prt} stands for nothing",
        ),
        (
            "[\"tcp-server\"]",
            "[\"tcp-server\", \"{prt}\"]",
            "question.toml:4:22: {prt} stands for nothing",
        ),
        (
            "until = \"listening\"",
            "until = \"listening\"\nwithin_ms = 60000",
            "question.toml:10:13: within_ms = 60000 is longer",
        ),
        (
            alice,
            "{ connect = \"server\" }, { pause_ms = 3000 }, { pause_ms = 2000 }, ",
            "question.toml:10:1: this step pauses for 5000 ms, which is all of its within_ms = 5000",
        ),
        (
            "until = \"listening\"",
            "until = \"listening\"\n[[step]]\npause_ms = 9000\nwithin_ms = 9001\n[[step]]\npause_ms = 6000\nwithin_ms = 7000",
            "question.toml:13:1: up to here there are 15000 ms of pauses",
        ),
        (
            alice,
            "{ connect = \"server\" }, { pause_ms = 0 }, ",
            "a pause lasts 1 to 10000 ms, not 0",
        ),
        (
            "until = \"listening\"",
            "until = \"listening\"\n[[step]]\npause_ms = 20000",
            "question.toml:11:12: a pause lasts",
        ),
        (
            "answer = \"a\"",
            "answer = \"a\"\nexplain = \"b\"",
            "en.md:3:1: no outcome uses the section `a`",
        ),
    ] {
        if to.contains("explain") {
            let mistakes =
                Folder::with(&GOOD.replacen(from, to, 1)).course().lint(&PROGRAMS).mistakes;
            assert!(mistakes.iter().any(|one| one.to_string().contains(wanted)), "{mistakes:?}");
            continue;
        }
        let found = question_with(from, to);
        assert!(found.contains(wanted), "wanted {wanted}\ngot {found}");
    }
    // What a program is given may have braces of its own.
    let shell = GOOD.replace("\"tcp-server\"", "\"sh\", \"-c\", \"echo ${home} {x}\"");
    let mistakes = Folder::with(&shell).course().lint(&PROGRAMS).mistakes;
    assert!(mistakes.iter().all(|one| !one.to_string().contains("stands for")), "{mistakes:?}");
    let typed = "[[by_hand]]\nterminal = 1\ntype = \"socklab run nonsense\"\n[[choice]]";
    let found = question_with("[[choice]]", typed);
    assert!(
        found.contains("question.toml:15:8: no program of the course is called `nonsense`"),
        "{found}"
    );
}

#[test]
fn each_conversation_of_a_peer_has_its_own_sockets() {
    let all = "[{ connect = \"server\" }, { send = \"hola\" }, \"close\"]";
    let other = "[{ connect = \"server\" }, { on = \"b\", do = [{ send = \"hola\" }] }, \"close\"]";
    let found = question_with(all, other);
    let wanted = "question.toml:10:1: `send`: alice (b) has no connection at this point";
    assert!(found.contains(wanted), "{found}");
    // In each round; but it is one mistake.
    let found = question_with(all, "[{ repeat = 3, do = [{ send = \"{round}\" }] }]");
    assert!(found.contains("`send`: alice has no connection"), "{found}");
    let serves = "[\"tcp\", { bind = \"{host}:{port}\" }, { listen = 5 }, \
        { on = \"b\", do = [\"accept\", { send = \"hola\" }] }]";
    let mistakes = Folder::with(&GOOD.replacen(all, serves, 1)).course().lint(&PROGRAMS).mistakes;
    assert!(mistakes.iter().all(|one| !one.to_string().contains("at this point")), "{mistakes:?}");
    let file = "format_version = 1\nfile = { \"x\" = \"{round}\" }\n";
    let found = question_with("format_version = 1\n", file);
    assert!(found.contains("question.toml:2:16: {round} stands for something only"), "{found}");
}

#[test]
fn what_is_missing_in_a_course_is_found() {
    let folder = Folder::with(GOOD);
    std::fs::create_dir_all(folder.0.join("questions/02-nothing")).expect("a folder");
    let mistakes = folder.course().lint(&PROGRAMS).mistakes;
    let wanted = "questions/02-nothing/question.toml:1:1: there is no such file";
    assert!(mistakes.iter().any(|one| one.to_string().contains(wanted)), "{mistakes:?}");

    let bug = "format_version = 1\n[[actor]]\nname = \"server\"\nsubmission = true\n\
         [[case]]\nname = \"up\"\ntitle = { en = \"up\", es = \"va\" }\n\
         step = [{ start = \"server\", until = \"listening\" }]\n\
         [[bug]]\nfile = \"x.py\"\nfails = []\n";
    let reported =
        linted(&[("exercises/mine/exercise.toml", bug), ("exercises/mine/bugs/y.py", "1")]);
    let starts = [
        "mine/exercise.toml:10:8: bugs/x.py is missing",
        "mine/exercise.toml:11:9: bugs/x.py fails no case",
        "mine/bugs/y.py:1:1: no [[bug]] names this file",
    ];
    assert_eq!(reported.len(), starts.len(), "{reported:?}");
    for (found, wanted) in reported.iter().zip(starts) {
        assert!(found.starts_with(wanted), "{found}");
    }
}

#[test]
fn a_wait_that_can_not_be_is_found() {
    let with = |lines: &str| {
        let toml = format!(
            "format_version = 1\ndeadline_ms = 3000\n[[actor]]\nname = \"client\"\nsubmission = true\n\
             [[case]]\nname = \"asks\"\ntitle = {{ en = \"asks\", es = \"pregunta\" }}\n\
             step = [{{ start = \"client\", until = \"exited\", within_ms = 2000 }}]\n\
             [[case.expect]]\nname = \"asked\"\nactor = \"client\"\ncall = \"send\"\n\
             [[case.expect]]\nactor = \"client\"\n{lines}\n"
        );
        linted(&[("exercises/mine/exercise.toml", &toml)])
    };
    assert_eq!(
        with("exit = 0\nsince = \"asked\"\nwaited_ms = { about = 1000 }"),
        Vec::<String>::new()
    );
    for (lines, wanted) in [
        ("exit = 0\nsince = \"asked\"", "17:9: since and waited_ms go together"),
        ("exit = 0\nwaited_ms = { about = 9 }", "17:13: since and waited_ms go together"),
        ("exit = 0\nsince = \"ask\"\nwaited_ms = { about = 9 }", "17:9: no expectation above"),
        ("exit = 0\nsince = \"asked\"\nwaited_ms = {}", "18:13: how long?"),
        (
            "exit = 0\nsince = \"asked\"\nwaited_ms = { about = 9, at_most = 10 }",
            "18:13: how long?",
        ),
        (
            "exit = 0\nsince = \"asked\"\nwaited_ms = { at_least = 9, at_most = 9 }",
            "18:13: how long?",
        ),
        (
            "exit = 0\nsince = \"asked\"\nwaited_ms = { abuot = 1000 }",
            "18:15: unknown field `abuot`",
        ),
        (
            "exit = \"running\"\nsince = \"asked\"\nwaited_ms = { about = 1000 }",
            "18:13: waited_ms is about the first of these calls",
        ),
        (
            "call = \"send\"\nnever = true\nsince = \"asked\"\nwaited_ms = { about = 1000 }",
            "19:13: waited_ms is about the first of these calls",
        ),
        (
            "exit = 0\nsince = \"asked\"\nwaited_ms = { at_least = 4000 }",
            "18:13: waited_ms: at least 4000 ms",
        ),
    ] {
        let found = with(lines);
        let wanted = format!("mine/exercise.toml:{wanted}");
        assert!(found.len() == 1 && found[0].starts_with(&wanted), "{wanted}: {found:?}");
    }
}

#[test]
fn an_exercise_in_one_language_is_whole() {
    let others = ["exercises/mine/solution.rs", "exercises/mine/solution.c"];
    assert_eq!(linted_without(&others), Vec::<String>::new());
    let all =
        ["exercises/mine/solution.py", "exercises/mine/solution.rs", "exercises/mine/solution.c"];
    let reported = linted_without(&all);
    assert!(reported.len() == 1 && reported[0].contains("there is no solution"), "{reported:?}");
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

#[test]
fn a_slip_of_a_newcomer_is_found_before_anything_runs() {
    let exercise = "format_version = 1\n[[actor]]\nname = \"server\"\nsubmission = true\n\
        [[peer]]\nname = \"alice\"\n[[case]]\nname = \"up\"\ntitle = { en = \"up\", es = \"va\" }\n";
    let connects = "[[case.step]]\npeer = \"alice\"\ndo = [{ connect = \"server\" }, \"close\"]\n";
    let starts = "[[case.step]]\nstart = \"server\"\nuntil = \"listening\"\n";
    let early = format!("{exercise}{connects}{starts}");
    let right = format!("{exercise}{starts}{connects}");
    let toml = "exercises/mine/exercise.toml";
    assert_eq!(linted(&[(toml, &right)]), Vec::<String>::new());
    let found = linted(&[(toml, &early)]);
    let wanted = "mine/exercise.toml:10:1: `server` has not been started at this point";
    assert!(found.len() == 1 && found[0].starts_with(wanted), "{found:?}");

    let found = linted(&[(toml, &right.replace("title", "titel"))]);
    assert!(found[0].contains(":9:1: unknown field `titel`"), "{found:?}");
    assert!(found[0].contains("Did you mean `title`?"), "{found:?}");

    let bug = format!("{right}[[bug]]\nfile = \"x.rb\"\nfails = [\"up\"]\n");
    let files = [
        (toml, bug.as_str()),
        ("exercises/mine/bugs/x.rb", "puts 1\n"),
        ("exercises/mine/accepted/x.go", "package main\n"),
        ("exercises/mine/en.md", "# Mine\n\nRun it:\n\n{biuld}\n{run} {port}\n"),
    ];
    let found = linted(&files);
    let places = ["mine/accepted/x.go:1:1", "mine/bugs/x.rb:1:1", "mine/en.md:5:1"];
    for place in places {
        assert!(found.iter().any(|one| one.starts_with(place)), "{place}: {found:?}");
    }
    assert_eq!(found.len(), places.len(), "{found:?}");
}
