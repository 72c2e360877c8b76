//! The texts in both languages: help, lessons, errors on the command line.

use std::process::Command;

use crate::stage::{Ended, run, socklab};

const TOP: &str = "";

/// The commands that `socklab --help` lists.
fn commands() -> Vec<String> {
    let help = run(&mut socklab(&["--help"])).exits(0).text();
    let listed = help.split("\nCommands:\n").nth(1).expect("a list of commands");
    let lines = listed.lines().take_while(|line| line.starts_with("  "));
    lines.filter_map(|line| line.split_whitespace().next()).map(str::to_string).collect()
}

fn help(command: &str, language: &str) -> String {
    let words = [command, "--help", "--lang", language];
    let words: Vec<&str> = words.into_iter().filter(|word| *word != TOP).collect();
    run(&mut socklab(&words)).exits(0).text()
}

/// True if a text is missing and shows its key, as in `[cmd-tour]`. Words such as `[OPTIONS]`,
/// `PORT[/PROTOCOL]` and `[u8; 48]` are not keys.
fn has_a_key(text: &str) -> bool {
    let keys = text.split('[').skip(1).filter_map(|behind| Some(behind.split_once(']')?.0));
    let key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    keys.into_iter()
        .any(|word| word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(key))
}

#[test]
fn every_command_is_explained_in_both_languages() {
    let commands = commands();
    for known in ["tour", "list", "show", "run", "host", "resolve", "service", "serve", "connect"] {
        assert!(commands.iter().any(|command| command == known), "{known} is not in {commands:?}");
    }
    for command in commands.iter().map(String::as_str).chain([TOP]) {
        let [english, spanish] = ["en", "es"].map(|language| help(command, language));
        for text in [&english, &spanish] {
            assert!(!has_a_key(text), "{text}");
            // `{port}` is for the reader to type; any other brace is a variable that was not filled
            // in.
            let text = ["{port}", "{host}", "{args}"]
                .iter()
                .fold(text.clone(), |text, word| text.replace(word, ""));
            assert!(!text.contains('{') && !text.contains('\u{2068}'), "{text}");
        }
        // The parser's own additions.
        for word in ["[default", "[possible values", "[aliases"] {
            assert!(!spanish.contains(word), "{command}: not Spanish: {word} in {spanish}");
        }
        // Commands in the examples are the same in all languages; sentences are not.
        let sentences = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with('$');
        for line in english.lines().filter(sentences) {
            assert!(!spanish.lines().any(|other| other == line), "{command}: not Spanish: {line}");
        }
    }
}

#[test]
fn the_language_comes_from_the_option_before_the_locale() {
    let with = |variables: &[(&str, &str)], words: &[&str]| {
        let mut command = socklab(words);
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env_remove("LANG");
        run(command.envs(variables.iter().copied())).exits(0).text()
    };
    let (english, spanish) = (help(TOP, "en"), help(TOP, "es"));
    for (variables, words, wanted) in [
        (&[][..], &["--help"][..], &english),
        (&[("LANG", "es_MX.UTF-8")], &["--help"], &spanish),
        (&[("LANG", "de_DE.UTF-8")], &["--help"], &english),
        (&[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "es_ES")], &["--help"], &spanish),
        (&[("LANG", "es_ES"), ("LC_ALL", "C")], &["--help"], &english),
        (&[("LANG", "es_ES"), ("LC_ALL", "")], &["--help"], &spanish),
        (&[("LANG", "es_ES")], &["--lang", "en", "--help"], &english),
        (&[("LANG", "es_ES")], &["--help", "--lang=en"], &english),
        (&[("LC_ALL", "C")], &["--lang=es", "--help"], &spanish),
    ] {
        assert_eq!(&with(variables, words), wanted, "{variables:?} {words:?}");
    }
}

#[test]
fn the_welcome_and_the_list_exist_in_both_languages() {
    for words in [&[][..], &["list"], &["list", "--json"]] {
        let [english, spanish] = ["en", "es"]
            .map(|language| run(socklab(&["--lang", language]).args(words)).exits(0).text());
        assert!(!has_a_key(&english) && !has_a_key(&spanish), "{english}\n{spanish}");
        // One may need more lines for a text than the other: these begin further to the right.
        let entries =
            |text: &str| text.lines().filter(|line| !line.starts_with("          ")).count();
        assert_eq!(entries(&english), entries(&spanish), "{spanish}");
        assert_ne!(english, spanish);
    }
}

#[test]
fn show_has_the_same_parts_in_the_same_order_in_both_languages() {
    let parts = [
        ("en", ["New here", "Run it", "Try it", "The question", "use ", "Line by line"]),
        ("es", ["Nuevo aquí", "Ejecútalo", "Prueba", "La pregunta", "use ", "Línea por línea"]),
    ];
    for program in programs::PROGRAMS {
        let name = program.name;
        for (language, parts) in parts {
            let whole = run(&mut socklab(&["show", name, "--lang", language])).exits(0).text();
            assert!(whole.starts_with(&format!("{name}: ")), "{whole}");
            assert!(!whole.contains("//!") && !whole.contains("<!--"), "{whole}");
            let mut rest = whole.as_str();
            for part in parts {
                let at = rest.find(&format!("\n{part}"));
                rest = &rest[at.unwrap_or_else(|| panic!("{name}: no {part} in {whole}"))..];
            }
        }
    }
}

/// Mistakes, their exit codes, and the word that the message must contain in every language, or two
/// words, an English and a Spanish one.
const MISTAKES: &[(&str, i32, &str)] = &[
    ("run servr-03", 2, "server-03"),
    ("run sever-3", 2, "server-0"),
    ("show UDPCleint", 2, "udp-client"),
    ("show xyzzy", 2, "socklab list"),
    ("tour --from servr-03", 2, "server-0"),
    ("lst", 2, "list"),
    ("conect localhost 80", 2, "connect"),
    ("--nope", 2, "--nope"),
    ("list --jsn", 2, "--json"),
    ("list extra", 2, "extra"),
    ("resolve -4 -6 localhost", 2, "--ipv6"),
    ("tour --json --pause", 2, "--pause"),
    ("run", 2, "<PROGRAM>|<PROGRAMA>"),
    ("show", 2, "<PROGRAM>|<PROGRAMA>"),
    ("resolve", 2, "<NAMES>|<NOMBRES>"),
    ("service", 2, "PORT|PUERTO"),
    ("service 0", 2, "0"),
    ("service 70000", 2, "70000"),
    ("service 25/sctpp", 2, "25/sctpp"),
    ("service no-such-service", 1, "no-such-service"),
    ("resolve no-such-name.invalid", 6, "no-such-name.invalid"),
    ("serve", 2, "<PROTOCOL>|<PROTOCOLO>"),
    ("serve gopher", 2, "gopher"),
    ("serve http --port 70000", 2, "70000"),
    ("serve http --port abc", 2, "abc"),
    ("serve http --port", 2, "--port"),
    ("serve http --listen nowhere", 2, "nowhere"),
    ("serve http --udp --port 0", 2, "http"),
    ("serve ntp --tcp --port 0", 2, "ntp"),
    ("serve echo --root . --port 0", 2, "http"),
    ("serve echo --port 0 --listen 192.0.2.1", 1, "192.0.2.1"),
    ("connect", 2, "<HOST>|<MÁQUINA>"),
    ("connect localhost", 2, "connect localhost PORT|connect localhost PUERTO"),
    ("connect localhost 0", 2, "0"),
    ("connect localhost 70000", 2, "70000"),
    ("connect localhost abc", 2, "abc"),
    ("connect localhost 80 -t 0", 2, "0"),
    ("connect localhost 80 -t never", 2, "never"),
    ("connect no-such-name.invalid 80", 6, "no-such-name.invalid"),
    ("completions tcsh", 2, "tcsh"),
    ("man", 2, "<FOLDER>|<CARPETA>"),
    ("man /no/such/folder", 1, "/no/such/folder"),
];

#[test]
fn every_mistake_is_explained_in_both_languages_with_the_right_exit_code() {
    for (line, code, word) in MISTAKES {
        let words: Vec<&str> = line.split(' ').collect();
        let make = |locale| run(socklab(&words).env("LC_ALL", locale));
        let [english, spanish] = ["C.UTF-8", "es_ES.UTF-8"].map(make).map(|it| it.exits(*code));
        let (in_english, in_spanish) = word.split_once('|').unwrap_or((word, word));
        for (ended, word) in [(&english, in_english), (&spanish, in_spanish)] {
            assert!(ended.errors.starts_with("socklab: "), "{line}: {}", ended.errors);
            assert!(ended.errors.contains(word), "{line}: no {word} in {}", ended.errors);
            assert!(!has_a_key(first_line(ended)), "{line}: {}", ended.errors);
            assert_eq!(ended.text(), "", "{line}");
        }
        // A failed call is named the same in all languages; all sentences are translated.
        if !first_line(&english).starts_with("socklab: bind ") {
            assert_ne!(first_line(&english), first_line(&spanish), "{line}");
        }
        let lines = english.errors.lines().zip(spanish.errors.lines()).skip(1);
        // Commands are the same.
        for (one, other) in lines.filter(|(one, _)| !one.contains("socklab ")) {
            assert_ne!(one, other, "{line}");
        }
    }
}

fn first_line(ended: &Ended) -> &str {
    ended.errors.lines().next().unwrap_or_default()
}

#[test]
fn an_argument_that_is_not_utf_8_is_a_mistake_in_both_languages() {
    use std::os::unix::ffi::OsStrExt;
    let odd = std::ffi::OsStr::from_bytes(b"\xff\xfe");
    let run_in =
        |locale: &str| run(Command::arg(&mut socklab(&["show"]), odd).env("LC_ALL", locale));
    let [english, spanish] = ["C", "es_ES"].map(|locale| run_in(locale).exits(2));
    assert_ne!(first_line(&english), first_line(&spanish));
}
