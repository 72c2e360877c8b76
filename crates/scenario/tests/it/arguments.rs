//! Mistakes in what submissions get on their command line.

use crate::folder::linted;

const HEAD: &str = "format_version = 1\n[[actor]]\nname = \"server\"\nsubmission = true\n\
    [[actor]]\nname = \"other\"\nrun = [\"sleep\", \"1\"]\n\
    [[case]]\nname = \"up\"\ntitle = { en = \"up\", es = \"va\" }\n\
    step = [{ start = \"server\", until = \"listening\" }, { start = \"other\" }]\n";

/// The mistakes in the exercise, changed.
fn with(from: &str, to: &str) -> Vec<String> {
    assert!(HEAD.contains(from), "{from}");
    linted(&[("exercises/mine/exercise.toml", &HEAD.replacen(from, to, 1))])
}

#[test]
fn arguments_can_be_written_as_a_list_or_by_language() {
    for good in [
        "[]",
        "[\"{port}\", \"{letters:9} ${HOME}\", \"\"]",
        "{ \"\" = [\"{port}\"], c = [\"-p\", \"{port}\"] }",
        "{ python = [], rust = [\"1\"], c = [] }",
    ] {
        for before in ["[[actor]]", "title =", "submission"] {
            let given = format!("arguments = {good}\n{before}");
            assert_eq!(with(before, &given), Vec::<String>::new(), "{given}");
        }
    }
}

#[test]
fn a_mistake_in_arguments_is_found_with_its_place() {
    let long = format!("arguments = [\"{}\"]\ntitle", "x".repeat(100_001));
    for (from, to, wanted) in [
        ("run =", "arguments = [\"1\"]\nrun =", ":7:13: only a submission gets arguments"),
        ("title", "arguments = \"1\"\ntitle", ":10:13: found the text"),
        ("title", "arguments = [1]\ntitle", ":10:14: found the number"),
        ("title", "arguments = { pyton = [] }\ntitle", ":10:15: unknown field `pyton`"),
        ("title", "arguments = [\"{prt}\"]\ntitle", ":10:14: {prt} stands for nothing"),
        ("title", "arguments = [\"{args}\"]\ntitle", ":10:14: {args} stands for something only"),
        ("title", "arguments = [\"{random:9}\"]\ntitle", ":10:14: {random:9} stands for bytes"),
        ("title", "arguments = [\"{letters:x}\"]\ntitle", ":10:13: {letters:x}"),
        ("title", "arguments = [\"a\\u0000\"]\ntitle", ":10:13: an argument can't contain"),
        ("title", &long, ":10:13: these arguments are longer than 100000 bytes"),
        ("title", "arguments = { c = [] }\ntitle", ":10:13: no arguments for python"),
        (
            "run = [\"sleep\", \"1\"]",
            "run = [\"{args}\"]",
            ":7:8: {args} stands for something only",
        ),
    ] {
        let found = with(from, to);
        assert!(found[0].contains(&format!("exercise.toml{wanted}")), "{wanted}: {found:?}");
    }
    let own = "submission = true\narguments = []\n";
    let text = HEAD.replacen("submission = true\n", own, 1);
    let text = text.replacen("title", "arguments = [\"1\"]\ntitle", 1);
    let found = linted(&[("exercises/mine/exercise.toml", &text)]);
    assert!(found[0].contains(":11:13: nobody gets these arguments"), "{found:?}");
}
