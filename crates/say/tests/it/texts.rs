//! The texts of all languages match each other and the code that uses them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;
use socklab_say::Language;

/// Key → the variables that its text uses.
fn texts(language: Language) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut keys = BTreeMap::new();
    for (file, text) in language.files() {
        let resource = parser::parse(*text)
            .unwrap_or_else(|(_, errors)| panic!("{language}/{file}: {errors:?}"));
        for entry in resource.body {
            let Entry::Message(message) = entry else { continue };
            let key = message.id.name;
            let pattern = message.value.unwrap_or_else(|| panic!("{language}: no text for {key}"));
            let mut variables = BTreeSet::new();
            collect(&pattern, &mut variables);
            assert!(keys.insert(key, variables).is_none(), "{language}: {key} appears twice");
        }
    }
    keys
}

/// The variables of a text, in all its plural forms.
fn collect(pattern: &Pattern<&'static str>, variables: &mut BTreeSet<&'static str>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        let (Expression::Inline(inline) | Expression::Select { selector: inline, .. }) = expression;
        if let InlineExpression::VariableReference { id } = inline {
            variables.insert(id.name);
        }
        if let Expression::Select { variants, .. } = expression {
            variants.iter().for_each(|variant| collect(&variant.value, variables));
        }
    }
}

#[test]
fn english_and_spanish_lack_nothing() {
    for language in Language::all() {
        let missing = language.missing();
        println!(
            "{language}: {} of {} sentences missing",
            missing.len(),
            Language::ENGLISH.keys().len()
        );
        if ["en", "es"].contains(&language.tag()) {
            assert!(missing.is_empty(), "{language}: {missing:?}");
        }
    }
    assert!(Language::find("es").is_some());
}

#[test]
fn every_language_has_english_keys_with_english_variables() {
    let english = texts(Language::ENGLISH);
    for language in Language::all() {
        for (key, variables) in texts(language) {
            assert_eq!(english.get(key), Some(&variables), "{language}: {key}");
        }
    }
}

/// Every source file of the workspace that may use texts; not the tests, which also name keys that
/// do not exist.
fn sources() -> Vec<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<PathBuf> = fs::read_dir(crates)
        .expect("the folder crates")
        .map(|entry| entry.expect("an entry").path().join("src"))
        .filter(|folder| folder.is_dir())
        .collect();
    assert!(folders.len() > 5, "{folders:?}");
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(path).expect("a source");
                // The rest of the file is tests.
                let shipped =
                    source.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                found.push(shipped.to_owned());
            }
        }
    }
    found
}

#[test]
fn every_key_that_the_code_names_exists() {
    let english = texts(Language::ENGLISH);
    let mut named = 0;
    for source in sources() {
        for name in ["say!(", "sentence!("] {
            for behind in source.split(name).skip(1) {
                // The key is the first literal, after the speaker if there is one.
                let arguments = behind.split(')').next().unwrap_or_default();
                let Some(key) = arguments.split('"').nth(1) else { continue };
                let is_key = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
                if arguments
                    .split('"')
                    .next()
                    .is_some_and(|it| !it.contains('=') && !it.contains('&'))
                    && key.chars().all(is_key)
                {
                    let whole = english.contains_key(key);
                    let mistake = english.contains_key(format!("mistake-{key}").as_str());
                    assert!(whole || mistake, "no text for {key}");
                    named += 1;
                }
            }
        }
    }
    assert!(named > 40, "the search found only {named} keys");
}

/// Every string literal that could be a key.
fn quoted(source: &str) -> impl Iterator<Item = &str> {
    source.match_indices('"').filter_map(|(at, _)| {
        let (key, _) = source[at + 1..].split_once('"')?;
        key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)).then_some(key)
    })
}

/// The prefixes of keys that are composed at run time: `cmd-` of `"cmd-{name}"`.
fn beginnings(source: &str) -> impl Iterator<Item = &str> {
    let heads = source.match_indices("-{").map(|(at, _)| &source[..=at]);
    heads.filter_map(|head| {
        let (_, key) = head.rsplit_once('"')?;
        let is_key = key.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        (is_key && key.len() > 1).then_some(key)
    })
}

#[test]
fn every_text_is_used() {
    let all = sources().join("\n");
    let quoted: BTreeSet<&str> = quoted(&all).collect();
    let mut heads: BTreeSet<&str> = beginnings(&all).collect();
    // Rules and mistakes are named without their prefix.
    let stems = ["advice-", "deed-", "explain-", "mistake-"];
    heads.retain(|head| !stems.contains(head));
    let named = |key: &str| quoted.contains(key);
    let used = |key: &str| {
        named(key)
            || stems.iter().any(|stem| key.strip_prefix(stem).is_some_and(named))
            || heads.iter().any(|head| key.starts_with(head))
            || key.strip_suffix("-hint").is_some_and(named)
    };
    let left: Vec<&str> = texts(Language::ENGLISH).into_keys().filter(|key| !used(key)).collect();
    assert!(left.is_empty(), "nothing uses {left:?}");
}
