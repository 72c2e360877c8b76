//! Patterns in files: their mistakes, and what becomes of them in loops.

use socklab_scenario::format::Verb;

use crate::folder::{Folder, GOOD, of};

const STEP: &str = "do = [{ connect = \"server\" }, { send = \"hola\" }, \"close\"]";

/// The message for `GOOD` with one thing changed, from the file's name on.
fn mistake(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    let folder = Folder::with(&GOOD.replacen(from, to, 1));
    let error = folder.course().question("01-one").expect_err(to).to_string();
    error.replace(&format!("{}/questions/01-one/", folder.0.display()), "")
}

#[test]
fn a_mistake_in_a_pattern_has_its_line() {
    for (op, wanted) in [
        ("{ expect_line = { pattern = '(a' } }", "the ( and ) of this pattern do not match"),
        ("{ expect_rest = { pattern = '[é]' } }", "“é” is more than one byte"),
        ("{ expect_datagram = { pattern = 'a{3,1}' } }", "a repetition needs"),
        ("{ expect_line = { pattern = '{prt}' } }", "{prt} stands for nothing in a pattern"),
        ("{ expect_line = { pattern = '{round}' } }", "only in what is repeated"),
        ("{ expect_line = \"hola\" }", "expected { expect_line = { pattern = "),
        ("{ expect_datagram = 7 }", "expected a text, or { pattern = '…' }"),
        ("{ expect_line = { patern = 'a' } }", "unknown field `patern`"),
        ("{ expect_line = { pattern = 'a', says = { en = 'x' } } }", "`es` is missing"),
    ] {
        let told = mistake(STEP, &format!("do = [{{ connect = \"server\" }}, {op}]"));
        assert!(told.starts_with("question.toml:12:"), "{op}: {told}");
        assert!(told.contains(wanted), "{op}: {told}");
    }
}

#[test]
fn an_expectation_with_a_pattern_says_something() {
    for (new, wanted) in [
        ("contains = { pattern = 'a*' }", "this pattern fits everywhere"),
        ("starts_with = { pattern = '' }", "this pattern fits everywhere"),
        ("equals = { pattern = '[{port}]' }", "a placeholder can't be among the characters"),
        ("contains = { pattern = 'a+' }\nin_pieces = true", "a pattern says itself where"),
        ("contains = { pattern = '\\x{41}' }", "an escape in this pattern is wrong"),
        ("contains = ['a']", "a text, or { pattern = '…' }"),
        ("equals = { pattern = '(?x)a' }", "this is not supported in patterns"),
    ] {
        let told = mistake("equals = \"hola\"", new);
        assert!(told.starts_with("question.toml:23:"), "{new}: {told}");
        assert!(told.contains(wanted), "{new}: {told}");
    }
    let good = "equals = { pattern = '\\d+ {letters:5}', says = { en = 'a {port}', es = 'b' } }";
    let question = of(&GOOD.replacen("equals = \"hola\"", good, 1)).question("01-one");
    assert!(question.is_ok(), "{question:?}");
}

#[test]
fn each_round_of_a_loop_has_its_own_pattern() {
    let step = "do = [{ connect = \"server\" }, { repeat = 2, do = \
        [{ expect_line = { pattern = '{round}+{letters:4}\\n' } }] }]";
    let question = of(&GOOD.replacen(STEP, step, 1)).question("01-one").expect(step);
    let Verb::Peer { ops, .. } = &question.scenario.steps[1].verb else { panic!("no peer") };
    let texts: Vec<&str> = ops[1..].iter().flat_map(|act| act.op.texts()).collect();
    let line = |round: u32| format!("(?:{round})+{{letters:4:{round}}}\\n");
    assert_eq!(texts, [line(1), line(2)]);
}
