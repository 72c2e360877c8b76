//! The Spanish texts keep to the glossary and the rules in `CONTRIBUTING.md`.

use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;
use socklab_say::Language;

/// What stands where a text has something that is not Spanish: code, or a variable.
const CODE: &str = " 0 ";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The words that the glossary replaces by others.
fn forbidden() -> Vec<String> {
    let page = fs::read_to_string(root().join("CONTRIBUTING.md")).expect("CONTRIBUTING.md");
    let rows = page.lines().skip_while(|line| *line != "| English | Spanish | not |").skip(2);
    rows.take_while(|line| line.starts_with('|'))
        .flat_map(|line| line.split('|').nth(3).unwrap_or_default().split(", "))
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

/// What is wrong with a Spanish text.
fn mistakes(text: &str, forbidden: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let lower = text.to_lowercase();
    for word in forbidden {
        let has = lower.match_indices(word.as_str()).any(|(at, _)| {
            let inside = |c: char| c.is_alphanumeric() || "_-/".contains(c);
            let (before, after) = (&lower[..at], &lower[at + word.len()..]);
            // `Buffer.from()` is a name.
            let name =
                after.starts_with('.') && after[1..].starts_with(|c: char| c.is_alphabetic());
            !before.ends_with(inside) && !after.starts_with(inside) && !name
        });
        if has {
            found.push(format!("«{word}»"));
        }
    }
    for sentence in text.split(['.', '?', '!', ';', ':']) {
        let words: Vec<&str> = sentence.split(|c: char| !c.is_alphabetic()).collect();
        let perfect = words.windows(2).find(|pair| {
            ["ha", "han", "has", "he", "hemos"].contains(&pair[0].to_lowercase().as_str())
                && ["ado", "ido", "ído", "cho", "sto", "rto", "elto", "rito"]
                    .iter()
                    .any(|end| pair[1].ends_with(end))
        });
        let goes_on = ["ahora", "todavía", "aún", "ya", "nunca", "Todavía", "Aún", "Ya", "Nunca"];
        if let Some(pair) = perfect
            && !words.iter().any(|word| goes_on.contains(word))
        {
            found.push(format!("«{} {}»: the preterite", pair[0], pair[1]));
        }
    }
    for (at, _) in text.match_indices(": ") {
        let next = text[at + 2..].trim_start_matches(['«', '¿', '¡']);
        let mut chars = next.chars();
        let (first, second) = (chars.next(), chars.next());
        let capital = first.is_some_and(char::is_uppercase)
            && second.is_some_and(|c| c.is_lowercase() || c == ' ');
        let word = next.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        if capital && !NAMES.contains(&word) && !next.starts_with("Address already in use") {
            found.push(format!(": {word}: a capital after a colon"));
        }
    }
    let marks: Vec<char> = text.chars().collect();
    for (at, part) in marks.windows(5).enumerate() {
        let before = at.checked_sub(1).map(|at| marks[at]);
        let grouped = part[0].is_ascii_digit()
            && part[1] == '.'
            && part[2..].iter().all(char::is_ascii_digit)
            && marks.get(at + 5).is_none_or(|next| !next.is_alphanumeric())
            && marks.get(at + 5..at + 7).is_none_or(|n| n[0] != '.' || !n[1].is_ascii_digit())
            && before.is_none_or(|before| before != '.');
        if grouped {
            found.push(format!("{}: a point in a number", part.iter().collect::<String>()));
        }
    }
    found
}

/// Names that keep their capital after a colon.
const NAMES: [&str; 8] =
    ["Linux", "Python", "Ctrl", "Enter", "Content", "Host", "Connection", "Rust"];

/// Without what is code: between backquotes, in a block of code, or in the source of a comment.
fn prose(markdown: &str) -> String {
    let mut text = String::new();
    let mut block = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            block = !block;
        } else if !block && !line.starts_with("    ") && !is_key(line) {
            text += line.trim();
            text.push(if line.trim().is_empty() { '\n' } else { ' ' });
        }
    }
    text.split('`').step_by(2).collect::<Vec<_>>().join(CODE)
}

/// True for a heading that names a section for socklab: `## timeout`.
fn is_key(line: &str) -> bool {
    let name = |key: &str| key.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    line.strip_prefix("## ").is_some_and(name)
}

/// The Spanish strings in a TOML file: `es = "…"`, `title.es = "…"`.
fn strings(toml: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in toml.match_indices("es = \"") {
        if toml[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let mut text = String::new();
        let mut chars = toml[at + 6..].chars();
        while let Some(char) = chars.next().filter(|char| *char != '"') {
            text.push(if char == '\\' { chars.next().unwrap_or_default() } else { char });
        }
        found.push(text.split('`').step_by(2).collect::<Vec<_>>().join(CODE));
    }
    found
}

/// A message of a Fluent file with its variants, one after another.
fn message(pattern: &Pattern<&str>, text: &mut String) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => text.push_str(value),
            PatternElement::Placeable { expression } => match expression {
                Expression::Inline(InlineExpression::StringLiteral { value }) => {
                    text.push_str(value);
                }
                Expression::Inline(_) => text.push_str(CODE.trim()),
                Expression::Select { variants, .. } => {
                    for variant in variants {
                        message(&variant.value, text);
                        text.push_str(" / ");
                    }
                }
            },
        }
    }
}

/// Every file below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

#[test]
fn every_spanish_text_keeps_to_the_glossary() {
    let words = forbidden();
    assert!(words.len() > 40, "{words:?}");
    let mut wrong = Vec::new();
    let mut read = 0;
    let mut judge = |place: &str, text: &str| {
        read += 1;
        let found = mistakes(text, &words);
        wrong.extend(found.iter().map(|mistake| format!("{place}: {mistake}")));
    };
    for (file, text) in Language::find("es").expect("Spanish").files() {
        let (Ok(resource) | Err((resource, _))) = parser::parse(*text);
        for entry in resource.body {
            let Entry::Message(entry) = entry else { continue };
            // What a reader types, and how a number is written, is not a sentence.
            let mut text = String::new();
            entry.value.iter().for_each(|pattern| message(pattern, &mut text));
            let lines = text.lines().filter(|line| !line.trim_start().starts_with('$'));
            let text = lines.collect::<Vec<_>>().join("\n");
            let text = text.split('`').step_by(2).collect::<Vec<_>>().join(CODE);
            judge(&format!("{file}: {}", entry.id.name), &text);
        }
    }
    let mut files = below(&root().join("course"));
    files.extend(["README.es.md", "docs/tracing.es.md"].map(|page| root().join(page)));
    for path in files {
        let name = path.strip_prefix(root()).expect("below the root").display().to_string();
        let spanish = name.ends_with("es.md") || name.starts_with("course/lessons/es/");
        if !spanish && !name.ends_with(".toml") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a text");
        // Comments are in English: they name sources.
        let spoken = text.lines().filter(|line| !line.trim_start().starts_with("<!--"));
        let spoken = spoken.collect::<Vec<_>>().join("\n");
        let texts = if spanish { vec![prose(&spoken)] } else { strings(&text) };
        texts.iter().for_each(|text| judge(&name, text));
    }
    assert!(read > 2_000, "the search found only {read} texts");
    assert!(wrong.is_empty(), "{} mistakes:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_the_glossary_forbids_is_found() {
    let words = forbidden();
    for (text, wanted) in [
        ("Lee el fichero completo.", "«fichero»"),
        ("Lo hizo APOSTA.", "«aposta»"),
        ("No cabe en el buffer: espera.", "«buffer»"),
        ("El servidor ha recibido otros bytes.", "«ha recibido»: the preterite"),
        ("Así es: El cliente se va.", ": El: a capital after a colon"),
        ("Así es: «Ya no».", ": Ya: a capital after a colon"),
        ("Son 20.000 bytes.", "0.000: a point in a number"),
    ] {
        assert_eq!(mistakes(text, &words), [wanted], "{text}");
    }
    let good =
        "Con Buffer.from() llegó lo que ha llegado hasta ahora: en 127.0.0.1, con TCP, 0,7 s.";
    assert!(mistakes(good, &words).is_empty(), "{:?}", mistakes(good, &words));
    let toml = "title.es = \"a \\\"b\\\"\"\nnotes = \"c\"\nx = { en = \"d\", es = \"e\" }";
    assert_eq!(strings(toml), ["a \"b\"", "e"]);
    assert_eq!(prose("## timeout\nUn `fichero`:\n```\nbuffer\n```\nfin"), "Un  0 : fin ");
}
