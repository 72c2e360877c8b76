//! No line is wider than the terminal, so that none is broken inside a word.

use std::path::Path;
use std::process::Command;

use socklab_prerequisites::need;

use crate::stage::{Terminal, run, socklab};

fn at(home: &Path, words: &[&str], language: &str) -> Command {
    let mut command = socklab(words);
    command.env("XDG_STATE_HOME", home.join("state")).current_dir(home);
    command.env("LC_ALL", language).env("LANG", language);
    command
}

/// The lines as a reader sees them. Commands are for copying, and stay whole on a line of their own.
fn prose(shown: &str) -> impl Iterator<Item = String> + '_ {
    let lines = shown.lines().map(|line| {
        let mut plain = String::new();
        let mut pieces = line.split("\u{1b}[");
        plain.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            plain.push_str(piece.split_once(['m', 'K']).map_or("", |(_, text)| text));
        }
        plain.rsplit('\r').next().unwrap_or_default().trim_end().to_owned()
    });
    lines.filter(|line| !line.trim_start().starts_with("socklab "))
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    need!("python3");
    let home = tempfile::tempdir().expect("a folder");
    for name in ["socket-02", "tcp-client"] {
        run(&mut at(home.path(), &["exercise", "start", name], "C.UTF-8")).exits(0);
    }
    let commands: [&[&str]; 17] = [
        &[],
        &["doctor"],
        &["doctor", "--help"],
        &["lab", "--help"],
        &["lab", "run", "--help"],
        &["lab", "status"],
        &["exercise", "list"],
        &["what-if", "list"],
        &["check"],
        &["check", "socket-02"],
        &["check", "tcp-client"],
        &["hint"],
        &["show", "basics-05"],
        &["learn", "--help"],
        &["check", "--help"],
        &["what-if", "14", "--predict", "a"],
        &["nonsense"],
    ];
    let mut wide = Vec::new();
    for columns in [60, 80, 120] {
        for language in ["C.UTF-8", "es_CO.UTF-8"] {
            for words in commands {
                let command = &mut at(home.path(), words, language);
                let shown = Terminal::start(command, columns, 24).all();
                let long = |line: &String| line.chars().count() > columns.into();
                let found = prose(&shown).filter(long);
                wide.extend(found.map(|line| format!("{words:?} at {columns}: {line}")));
            }
        }
    }
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}
