//! What a terminal would obey never comes from a submission, a file's name, a compiler or a peer:
//! only socklab's own colours do.

use std::fs;

use crate::stage::{run, socklab};
use serde_json::Value;
use socklab_prerequisites::need;

/// What a terminal obeys: clear the screen, a title, a link, C1, the direction of writing, a colour,
/// back to the beginning of the line.
const OBEYED: &str = "\\x1b[2J\\x1b[1;1H\\x1b[32m6/6\\x1b]0;t\\x07\\x1b]8;;http://x\\x1b\\\\\\xc2\\x9b31m\\xe2\\x80\\xae\\r\\n";

/// Panics unless the only escapes in the text are colours.
fn assert_only_colours(text: &str, of: &str) {
    let mut rest = text;
    let mut colours = 0;
    while let Some(at) =
        rest.find(|char| char != '\n' && char != '\t' && socklab_say::is_unsafe(char))
    {
        let behind =
            rest[at..].strip_prefix("\x1b[").unwrap_or_else(|| panic!("{of}: {:?}", &rest[at..]));
        let end = behind.find(|char: char| !char.is_ascii_digit() && char != ';').expect("an end");
        assert!(behind[end..].starts_with('m'), "{of}: {behind:?}");
        rest = &behind[end + 1..];
        colours += 1;
    }
    assert!(colours > 0, "{of}: it was to be in colour:\n{text}");
    assert!(!text.contains("\x1b[32m6/6"), "{of}: a submission coloured its own score");
}

#[test]
fn a_submission_can_not_speak_to_the_terminal() {
    need!("python3");
    let folder = tempfile::tempdir().expect("a folder");
    let shouts = folder.path().join("shouts.py");
    let line = format!("import sys; sys.stderr.buffer.write(b'{OBEYED}'); sys.exit(1)\n");
    fs::write(&shouts, line).expect("written");
    let shouts = shouts.to_str().expect("a path");
    for words in [
        vec!["check", "echo-server", "--case", "echo", "--", shouts],
        vec!["check", "echo-server", "--case", "echo", "--", "python3", shouts, "\x1b[2J\u{9b}\nx"],
        vec!["check", "echo-server", "--", "./\x1b[2Jnowhere.py"],
        vec!["run", "\x1b[2J"],
        vec!["\x1b[2J\u{202e}"],
        vec!["draw", "\x1b]0;t\x07.jsonl"],
    ] {
        let mut command = socklab(&words);
        command.env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR").current_dir(folder.path());
        let ended = run(&mut command);
        let all = format!("{}{}", ended.text(), ended.errors);
        assert_only_colours(&all, &words.join(" "));
    }
}

#[test]
fn json_escapes_what_a_terminal_would_obey() {
    need!("python3");
    let folder = tempfile::tempdir().expect("a folder");
    let shouts = folder.path().join("\u{9b}31m\u{202e}.py");
    fs::write(&shouts, format!("import sys; sys.stderr.buffer.write(b'{OBEYED}')\n"))
        .expect("written");
    let words = [
        "check",
        "echo-server",
        "--case",
        "echo",
        "--format",
        "json",
        "--",
        shouts.to_str().expect("a path"),
    ];
    let text = run(socklab(&words).current_dir(folder.path())).exits(1).text();
    let odd: Vec<char> =
        text.chars().filter(|char| *char != '\n' && socklab_say::is_unsafe(*char)).collect();
    assert_eq!(odd, Vec::<char>::new());
    let report: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(report["passed"], false);
}

#[test]
fn a_compiler_can_not_speak_to_the_terminal() {
    need!("gcc");
    let folder = tempfile::tempdir().expect("a folder");
    let name = folder.path().join("a\x1b[2Jb.c");
    fs::write(&name, "int main(void) { return \x1b[2J\u{202e}0 }\n").expect("written");
    let words = ["check", "echo-server", "--", name.to_str().expect("a path")];
    let mut command = socklab(&words);
    let ended =
        run(command.env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR").current_dir(folder.path()));
    assert_only_colours(&format!("{}{}", ended.text(), ended.errors), "gcc");
}
