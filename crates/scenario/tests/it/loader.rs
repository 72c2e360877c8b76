//! Mistakes in files: where they are, what was found, what is allowed.
//!
//! A little longer than 400 lines: most of it is one table of mistakes and messages, in which one
//! looks for the neighbours of a new one.

use std::fs;

use socklab_scenario::Course;
use socklab_scenario::format::{HoldAt, Verb};

use crate::folder::{Folder, GOOD, linted, of};

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
            "call = \"recv\"\nequals = \"hola\"",
            "stream = \"received\"\ntimes = 2\nequals = \"hola\"",
            "question.toml:19:1: times counts calls, responses, signals and states",
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
            "\"close\"",
            "{ option = { name = \"TCP_KEEPCNT\", value = 200 } }",
            "question.toml:12:50: the kernel takes 1 to 127 here, not 200",
        ),
        (
            "\"close\"",
            "{ option = { name = \"TCP_KEEPIDLE\", value = 0 } }",
            "the kernel takes 1 to 32767 here, not 0",
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
        (
            "[[choice]]",
            "[[choice]",
            "question.toml:13:10: a part begins with [name] or [[name]], alone on its line",
        ),
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
        assert!(error.contains(&format!("{tag}.md:1:1: there is no such file")), "{error}");
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
fn a_step_of_a_crowd_is_a_step_of_each_member() {
    let crowd = |count: u32| GOOD.replacen("[[step]]", &format!("count = {count}\n[[step]]"), 1);
    let question = of(&crowd(3)).question("01-one").unwrap();
    assert_eq!(question.scenario.peers, ["alice-1", "alice-2", "alice-3"]);
    let told: Vec<String> = question.scenario.steps[1..]
        .iter()
        .map(|step| match &step.verb {
            Verb::Peer { peer, ops } => format!("{peer} {} {}", ops[0].op.word(), step.background),
            Verb::Join { peer, ops } => format!("join {peer} {}", ops[0].op.word()),
            other => format!("{other:?}"),
        })
        .collect();
    let together = |word: &str| {
        let begin = (1..=3).map(|number| format!("alice-{number} {word} true"));
        let end = (1..=3).map(|number| format!("join alice-{number} {word}"));
        begin.chain(end).collect::<Vec<_>>()
    };
    assert_eq!(told, [together("connect"), together("send"), together("close")].concat());

    let error = of(&crowd(1)).question("01-one").expect_err("one is no crowd").to_string();
    assert!(error.contains("a crowd has from 2 to 32 members, not 1"), "{error}");
    let taken = "name = \"alice-2\"\n[[peer]]\nname = \"alice\"";
    let error = of(&crowd(2).replace("name = \"alice\"", taken)).question("01-one");
    assert!(error.expect_err("a name").to_string().contains("`alice-2` appears twice"));
}

#[test]
fn threads_are_held_at_a_place() {
    let cases = [
        ("hold = \"server\"", "hold and yield need an at"),
        ("yield = \"server\"", "hold and yield need an at"),
        ("release = \"alice\"", "no actor is called `alice`"),
        ("hold = \"server\"\nat = \"deth\"", "unknown place `deth`, expected \"birth\""),
        ("hold = \"server\"\nat = { after = \"acept\" }", "unknown call `acept`"),
        ("hold = \"server\"\nat = {}", "a place is before one call or after one call"),
        ("hold = \"server\"\nat = 3", "found the number 3, expected a place"),
        ("start = \"server\"\nat = \"birth\"", "at has no meaning in this step"),
    ];
    for (step, reported) in cases {
        let error = mistake("[[choice]]", &format!("[[step]]\n{step}\n[[choice]]"));
        assert!(error.contains(reported), "for {step}:\n  {error}");
    }
    let step = "[[step]]\nyield = \"server\"\nat = { before = \"send\" }\n[[choice]]";
    let question = of(&GOOD.replace("[[choice]]", step)).question("01-one").unwrap();
    let verb = &question.scenario.steps[2].verb;
    assert!(matches!(verb, Verb::Hold { yields: true, at: HoldAt::Before(_), .. }), "{verb:?}");
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

#[test]
fn files_stay_in_their_folder_and_nothing_expands_without_end() {
    let with_file = |name: &str, text: &str| {
        mistake(
            "format_version = 1\n",
            &format!("format_version = 1\nfile = {{ {name} = {text} }}\n"),
        )
    };
    for name in
        [r#""../../x""#, r#""/tmp/x""#, r#""a/../../x""#, r#""a\u0000b""#, r#""""#, r#""./x""#]
    {
        let told = with_file(name, r#""x""#);
        assert!(told.starts_with("question.toml:2:"), "{name}: {told}");
        assert!(told.contains("is a path below the scenario's folder"), "{name}: {told}");
    }
    let many = "{random:60000000}".repeat(100);
    let told = with_file("x", &format!("\"{many}\""));
    assert!(told.contains("more than 67108864 bytes"), "{told}");
    // And the long line is not quoted whole.
    assert!(told.len() < 800, "{told}");
    let sends = "{ send = \"{letters:60000000}\" }, ".repeat(5);
    let told = mistake("{ send = \"hola\" }", sends.trim_end_matches(", "));
    assert!(told.contains("send and expect more than"), "{told}");
}

/// What the steps after the first are, in a question in which alice does this.
fn told(step: &str) -> Vec<String> {
    let old = "peer = \"alice\"\ndo = [{ connect = \"server\" }, { send = \"hola\" }, \"close\"]";
    assert!(GOOD.contains(old));
    let question = of(&GOOD.replacen(old, step, 1)).question("01-one").expect(step);
    let told = question.scenario.steps[1..].iter().map(|step| match &step.verb {
        Verb::Peer { peer, ops } => {
            let ops = ops.iter().map(|act| {
                let on = if act.on.is_empty() { String::new() } else { format!("@{}", act.on) };
                format!("{}{on}({})", act.op.word(), act.op.texts().join(","))
            });
            format!("{peer}: {}", ops.collect::<Vec<_>>().join(" "))
        }
        other => format!("{other:?}"),
    });
    told.collect()
}

#[test]
fn what_is_repeated_is_written_out_round_by_round() {
    let list = "peer = \"alice\"\ndo = [{ connect = \"server\" }, { repeat = 2, do = \
        [{ send = \"{round}{letters:4}\" }, { on = \"b\", do = [\"close\"] }] }]";
    assert_eq!(
        told(list),
        ["alice: connect() send(1{letters:4:1}) close@b() send(2{letters:4:2}) close@b()"]
    );
    let step = "peer = \"alice\"\nrepeat = 2\non = \"b\"\ndo = [{ send = \"{round}\" }]";
    assert_eq!(told(step), ["alice: send@b(1) send@b(2)"]);
    let steps = "repeat = 2\nstep = [{ peer = \"alice\", repeat = 2, do = \
        [{ expect = \"{letters:3}\" }, { send = \"{letters:3:9}\" }] }]";
    let round = |outer: u32| {
        let inner =
            |inner: u32| format!("expect({{letters:3:{outer}.{inner}}}) send({{letters:3:9}})");
        format!("alice: {} {}", inner(1), inner(2))
    };
    assert_eq!(told(steps), [round(1), round(2)]);
}

#[test]
fn a_slip_in_a_loop_or_a_conversation_has_its_line() {
    let old = "do = [{ connect = \"server\" }, { send = \"hola\" }, \"close\"]";
    for (new, place, wanted) in [
        ("do = [{ repeat = 0, do = [\"close\"] }]", "12:18", "from 1 to 10000 times, not 0"),
        ("do = [{ do = [\"close\"] }]", "12:7", "needs on or repeat"),
        ("do = [{ on = \"B\", do = [\"close\"] }]", "12:14", "a name is made of"),
        ("do = [{ on = \"b\", send = \"x\" }]", "12:19", "unknown field `send`"),
        ("do = [{ on = \"b\" }]", "12:7", "`do` is missing"),
        ("do = [{ send = \"{round}\" }]", "12:7", "only in what is repeated"),
        (
            "do = [{ repeat = 9999, do = [{ repeat = 9999, do = [\"tcp\"] }] }]",
            "12:53",
            "20000 steps and operations",
        ),
        ("repeat = 3\nstep = [{ look = true }]", "10:1", "nothing beside them but repeat"),
    ] {
        let told = mistake(old, new);
        assert!(told.starts_with(&format!("question.toml:{place}: ")), "{new}: {told}");
        assert!(told.contains(wanted), "{new}: {told}");
    }
    let second = format!("{old}\n[[step]]");
    for (new, wanted) in [
        ("start = \"server\"\nrepeat = 2", "15:10: repeat goes with do and step only"),
        ("look = true\non = \"b\"", "15:6: on goes with do only"),
        ("step = [{ look = true }]", "13:1: a list of steps within the list needs a repeat"),
    ] {
        let told = mistake(old, &format!("{second}\n{new}"));
        assert!(told.contains(wanted), "{new}: {told}");
    }
    // A text of a megabyte in a loop would fill the memory before anything is counted.
    let long =
        format!("do = [{{ repeat = 9999, do = [{{ send = \"{}\" }}] }}]", "x".repeat(1 << 20));
    assert!(mistake(old, &long).contains("16777216 bytes of text"), "too much");
    // So would payloads, if they were made.
    let sends = "do = [{ repeat = 100, do = [{ send = \"{random:9000000}\" }] }]";
    assert!(mistake(old, sends).contains("send and expect more than"), "too much");
}
