//! Mistakes in files: where they are, what was found, what is allowed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;
use socklab_scenario::Course;
use socklab_scenario::ItemKind;

/// A course with one question in a folder of its own, which is removed when this is dropped.
struct Folder(PathBuf);

impl Folder {
    fn with(toml: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("socklab-loader-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let question = folder.join("questions/01-one");
        fs::create_dir_all(&question).expect("a folder");
        fs::write(question.join("question.toml"), toml).expect("write");
        for language in socklab_scenario::LANGUAGES {
            fs::write(question.join(format!("{language}.md")), "# T\n\n## a\nx\n\n## next\ny\n")
                .expect("write");
        }
        Self(folder)
    }

    fn course(&self) -> Course {
        Course::in_folder(&self.0).expect("read")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const GOOD: &str = r#"format_version = 1
[[actor]]
name = "server"
run = ["tcp-server"]
[[peer]]
name = "alice"
[[step]]
start = "server"
until = "listening"
[[step]]
peer = "alice"
do = [{ connect = "server" }, { send = "hola" }, "close"]
[[choice]]
id = "a"
en = "A"
es = "A"
[[outcome]]
answer = "a"
[[outcome.when]]
name = "seen"
actor = "server"
call = "recv"
equals = "hola"
"#;

/// The message for `GOOD` with one thing changed, without the folder's path.
fn mistake(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    let folder = Folder::with(&GOOD.replacen(from, to, 1));
    let error = folder.course().question("01-one").expect_err("a mistake").to_string();
    error.replace(&format!("{}/questions/01-one/", folder.0.display()), "")
}

#[test]
fn the_valid_question_has_no_mistakes() {
    let question = Folder::with(GOOD).course().question("01-one").unwrap();
    assert_eq!((question.number, question.name.as_str()), (1, "one"));
    assert_eq!(question.scenario.steps.len(), 2);
}

#[test]
fn a_mistake_is_reported_with_its_place_and_what_is_allowed() {
    let cases = [
        (
            "call = \"recv\"",
            "cal = \"recv\"",
            "question.toml:22:1: unknown field `cal`, expected one of `name`",
        ),
        (
            "call = \"recv\"",
            "call = \"receive\"",
            "question.toml:22:8: unknown call `receive`, expected one of accept, send, recv",
        ),
        (
            "start = \"server\"",
            "start = \"sever\"",
            "question.toml:8:9: no actor is called `sever`, expected one of server",
        ),
        (
            "{ connect = \"server\" }",
            "{ conect = \"server\" }",
            "question.toml:12:9: unknown word `conect`, expected one of `tcp`",
        ),
        (
            "{ connect = \"server\" }",
            "{ connect = \"bob\" }",
            "question.toml:12:7: `bob` is neither IP:PORT nor one of server, alice",
        ),
        (
            "{ send = \"hola\" }",
            "{ send = \"{leters:5}\" }",
            "unknown payload `{leters:5}`, expected random, letters or LETTERS",
        ),
        (
            "until = \"listening\"",
            "until = \"listens\"",
            "question.toml:9:9: unknown condition `listens`, expected one of listening, bound",
        ),
        (
            "until = \"listening\"",
            "until = { received = 5, sent = 5 }",
            "question.toml:9:9: a condition has exactly one of",
        ),
        (
            "until = \"listening\"",
            "until = { recieved = 5 }",
            "question.toml:9:11: unknown field `recieved`, expected one of `blocked_in`, `received`",
        ),
        (
            "{ connect = \"server\" }",
            "{ connect = \"server\", send = \"hola\" }",
            "question.toml:12:7: expected one word here, with what belongs to it; there are 2",
        ),
        (
            "\"close\"",
            "{ close = 1 }",
            "question.toml:12:60: `close` takes nothing: write it alone, as \"close\"",
        ),
        (
            "\"close\"",
            "{ option = { name = \"SO_REUSEADR\", value = 1 } }",
            "question.toml:12:70: unknown word `SO_REUSEADR`, expected one of `SO_REUSEADDR`",
        ),
        (
            "format_version = 1",
            "format_version = 2",
            "question.toml:1:18: format_version 2 is not known, expected 1",
        ),
        (
            "answer = \"a\"",
            "answer = \"b\"",
            "question.toml:18:10: no choice is called `b`, expected one of a",
        ),
        (
            "equals = \"hola\"",
            "equals = 'hola\\q'",
            "question.toml:23:10: unknown escape \\q: allowed are \\n",
        ),
        (
            "equals = \"hola\"",
            "error = \"ECONREFUSED\"",
            "question.toml:19:1: unknown error `ECONREFUSED`, expected a name",
        ),
        (
            "equals = \"hola\"",
            "times = \"3\"",
            "question.toml:23:9: found the text \"3\", expected a number, or { at_least",
        ),
        (
            "equals = \"hola\"",
            "exit = 0",
            "question.toml:23:8: an expectation is about one thing only",
        ),
        ("equals = \"hola\"", "after = \"nothing\"", "no expectation above is called `nothing`"),
        (
            "name = \"alice\"",
            "name = \"Alice\"",
            "question.toml:6:8: a name is made of a-z, 0-9 and -",
        ),
        ("name = \"alice\"", "name = \"server\"", "question.toml:6:8: `server` appears twice"),
        (
            "{ connect = \"server\" }",
            "\"connect\"",
            "question.toml:12:7: `connect` needs more information: { connect = \"server\" }",
        ),
        (
            "{ send = \"hola\" }",
            "{ send_to = \"server\" }",
            "found the text \"server\", expected { send_to = { to = \"server\", bytes",
        ),
        (
            "{ send = \"hola\" }",
            "{ recv = \"16\" }",
            "found the text \"16\", expected a whole number",
        ),
        (
            "format_version = 1",
            "format_version = 1\ntopic = \"udp tpc\"",
            "question.toml:2:9: unknown topic `tpc`, expected words of tcp, udp, http, names, ntp",
        ),
        (
            "format_version = 1",
            "format_version = 1\nport = 70000",
            "question.toml:2:8: found the number 70000, expected a whole number from 0 to 65535",
        ),
        (
            "{ send = \"hola\" }",
            "{ recv = 9223372036854775807 }",
            "recv has room for 1 to 16777216 bytes, not for 9223372036854775807",
        ),
        ("until = \"listening\"", "do = [\"close\"]", "question.toml:9:7: do goes with peer only"),
        ("until = \"listening\"", "background = true", "background goes with peer only"),
        ("until = \"listening\"", "may_fail = true", "may_fail goes with peer, join only"),
        ("until = \"listening\"", "points = 1", "unknown field `points`"),
        ("equals = \"hola\"", "points = 1", "unknown field `points`"),
        ("[[choice]]", "[[choice]", "question.toml:13:10: this is not TOML: unclosed array table"),
    ];
    for (from, to, reported) in cases {
        let error = mistake(from, to);
        assert!(error.contains(reported), "for {to}:\n  wanted {reported}\n  got    {error}");
    }
}

#[test]
fn every_text_is_in_the_languages_of_the_course() {
    for tag in socklab_scenario::LANGUAGES {
        let error = mistake(&format!("{tag} = \"A\"\n"), "");
        assert!(error.starts_with(&format!("question.toml:13:1: `{tag}` is missing")), "{error}");
        let note = "[[by_hand]]\nterminal = 1\nnote = { en = \"A\", es = \"A\" }\n[[choice]]";
        let note = note.replace(&format!("{tag} = \"A\""), "").replace(", }", " }");
        let error = mistake("[[choice]]", &note.replace("{ ,", "{"));
        assert!(error.starts_with(&format!("question.toml:15:8: `{tag}` is missing")), "{error}");
        let folder = Folder::with(GOOD);
        fs::remove_file(folder.0.join(format!("questions/01-one/{tag}.md"))).expect("removed");
        let error = folder.course().question("01-one").expect_err("a page").to_string();
        assert!(error.contains(&format!("{tag}.md: there is no such file")), "{error}");
    }
    let error = mistake("es = \"A\"", "esp = \"A\"");
    assert!(error.starts_with("question.toml:16:1: unknown field `esp`, expected"), "{error}");
    let texts = "[[by_hand]]\nterminal = 1\nnote = { en = \"A\", esp = \"A\" }\n[[choice]]";
    let error = mistake("[[choice]]", texts);
    assert!(error.starts_with("question.toml:15:20: unknown field `esp`, expected"), "{error}");
}

#[test]
fn what_a_further_language_lacks_is_counted() {
    let course = Course::built_in();
    let linted = course.lint(&[]);
    let counted = |tag| course.untranslated(&linted.questions, &linted.exercises, tag);
    let (spanish, nobodys) = (counted("es"), counted("tlh"));
    assert_eq!(spanish.missing, 0);
    assert_eq!((nobodys.missing, nobodys.of), (spanish.of, spanish.of));
    assert!(spanish.of > 500, "{spanish:?}");
    // One question: an introduction, a section and the text of a choice.
    let course = of(GOOD);
    let linted = course.lint(&[]);
    let counted = course.untranslated(&linted.questions, &linted.exercises, "tlh");
    assert_eq!((counted.missing, counted.of), (3, 3));
}

#[test]
fn only_expectations_can_be_ordered_before_or_after_another() {
    for word in ["after", "before", "same_socket"] {
        let text = GOOD.replacen("peer = \"alice\"", "name = \"hola\"\npeer = \"alice\"", 1);
        let text = text + &format!("{word} = \"hola\"\n");
        let error = of(&text).question("01-one").expect_err(word).to_string();
        let reported = "no expectation above is called `hola`, and there are none";
        assert!(error.contains(reported), "{word}: {error}");
        let good = text.replace(&format!("{word} = \"hola\""), "depends_on = [\"hola\"]");
        of(&good).question("01-one").expect("a step that an expectation depends on");
    }
}

#[test]
fn typing_to_a_program_with_given_input_is_refused() {
    let own = "run = [\"tcp-server\"]\nstdin = \"\"";
    for step in ["type = \"server\"\ntext = \"x\"", "end_input = \"server\""] {
        let text = GOOD.replace("[[choice]]", &format!("[[step]]\n{step}\n[[choice]]"));
        of(&text).question("01-one").expect("an open input");
        let text = text.replace("run = [\"tcp-server\"]", own);
        let error = of(&text).question("01-one").expect_err(step).to_string();
        assert!(error.contains("`server` has its whole input in stdin"), "{error}");
    }
}

#[test]
fn an_exercise_must_wait_for_its_background_steps() {
    let case = "format_version = 1\n[[actor]]\nname = \"server\"\nsubmission = true\n\
         [[peer]]\nname = \"alice\"\n\
         [[case]]\nname = \"up\"\ntitle = { en = \"up\", es = \"va\" }\n\
         [[case.step]]\nstart = \"server\"\n\
         [[case.step]]\npeer = \"alice\"\nbackground = true\ndo = [\"tcp\"]\n";
    let reported = linted(&[("exercises/mine/exercise.toml", case)]);
    assert!(reported.len() == 1 && reported[0].contains("a join is missing"), "{reported:?}");
    let odd = case.replacen("[[actor]]", "arguments = { pyton = [] }\n[[actor]]", 1);
    let reported = linted(&[("exercises/mine/exercise.toml", &odd)]);
    let wanted = "mine/exercise.toml:2:15: unknown field `pyton`, expected one of";
    assert!(reported.iter().any(|reported| reported.starts_with(wanted)), "{reported:?}");
    let joined = format!("{case}[[case.step]]\njoin = \"alice\"\n");
    assert_eq!(linted(&[("exercises/mine/exercise.toml", &joined)]), Vec::<String>::new());
}

#[test]
fn the_line_is_shown_with_a_caret_under_the_mistake() {
    let error = mistake("start = \"server\"", "start = \"sever\"");
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(lines[1], "    start = \"sever\"");
    assert_eq!(lines[2], "            ^^^^^^^");
}

/// The programs that the course's questions and exercises run.
const PROGRAMS: [&str; 10] = [
    "basics-05",
    "echo-client",
    "echo-server",
    "server-03",
    "server-04",
    "server-05",
    "tcp-client",
    "tcp-server",
    "udp-client",
    "udp-server",
];

/// The mistakes in an exercise with these files, and in a shared `gaps.toml`.
fn linted(files: &[(&str, &str)]) -> Vec<String> {
    let exercise = "format_version = 1\n[[actor]]\nname = \"server\"\nsubmission = true\n\
         [[case]]\nname = \"up\"\ntitle = { en = \"up\", es = \"va\" }\n\
         step = [{ start = \"server\", until = \"listening\" }]\n";
    let mut all = std::collections::BTreeMap::from([
        ("exercises/mine/exercise.toml", exercise),
        ("exercises/mine/en.md", "# Mine\n"),
        ("exercises/mine/es.md", "# Lo mío\n"),
        ("exercises/mine/solution.py", "# GAP bind\nbind()\n# END\n"),
        ("exercises/mine/solution.rs", "// GAP bind\nbind();\n// END\n"),
        ("exercises/mine/solution.c", "/* GAP bind */\nbind();\n/* END */\n"),
    ]);
    all.extend(files.iter().copied());
    let files = all.into_iter().map(|(path, text)| (path, text.as_bytes().to_vec()));
    let linted = Course::of(files).lint(&PROGRAMS);
    linted
        .mistakes
        .iter()
        .map(|mistake| mistake.to_string().replace("course/exercises/", ""))
        .collect()
}

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

/// A course with one question, in memory.
fn of(toml: &str) -> Course {
    let prose = b"# T\n\n## a\nx\n".to_vec();
    Course::of([
        ("questions/01-one/question.toml", toml.as_bytes().to_vec()),
        ("questions/01-one/en.md", prose.clone()),
        ("questions/01-one/es.md", prose),
    ])
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
