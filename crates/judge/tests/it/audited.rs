//! `RULES.md`, the audit of all rules, is complete and true to the tests it names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use socklab_judge::{DEEDS, RULES};

/// A row of the table: what must be so before a rule speaks, and the test in which it is not.
struct Row {
    precondition: String,
    evidence: String,
    counter_example: String,
}

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The rows by their rules, in the order of the file.
fn table() -> Vec<(String, Row)> {
    let text = fs::read_to_string(folder().join("RULES.md")).expect("the table");
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [rule, precondition, evidence, counter_example] = cells[..] else {
            panic!("not four cells: {line}")
        };
        let plain = |cell: &str| cell.trim_matches('`').to_owned();
        let row = Row {
            precondition: precondition.to_owned(),
            evidence: evidence.to_owned(),
            counter_example: plain(counter_example),
        };
        (plain(rule), row)
    };
    rows.map(row).collect()
}

/// Every test of the rules: its name and its text.
fn tests() -> BTreeMap<String, String> {
    let sources = ["src/rules", "src/deeds", "tests/it/counter", "tests/it/deeds"]
        .map(|below| sources(&folder().join(below)));
    let files = sources.into_iter().flat_map(|found| found.expect("a folder of sources"));
    let texts = files.map(|path| fs::read_to_string(path).expect("a source"));
    let split = |text: String| {
        let tests = text.split("#[test]").skip(1).map(str::to_owned).collect::<Vec<_>>();
        tests.into_iter().filter_map(|test| {
            let name = test.trim_start().strip_prefix("fn ")?.split('(').next()?.to_owned();
            Some((name, test))
        })
    };
    texts.flat_map(split).collect()
}

fn sources(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut found = Vec::new();
    for path in entries.iter().map(fs::DirEntry::path) {
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(found)
}

#[test]
fn every_rule_has_one_row_and_every_row_its_rule() {
    let mut rows: Vec<String> = table().into_iter().map(|(rule, _)| rule).collect();
    let keys = RULES.iter().map(|rule| rule.key).chain(DEEDS.iter().map(|rule| rule.key));
    let mut rules: Vec<String> = keys.map(str::to_owned).collect();
    rows.sort();
    rules.sort();
    assert_eq!(rows, rules);
}

#[test]
fn every_row_is_filled_in_and_names_a_test_of_its_rule() {
    let tests = tests();
    let mut wrong = Vec::new();
    for (rule, Row { precondition, evidence, counter_example }) in table() {
        if [&precondition, &evidence].iter().any(|cell| cell.len() < 5) {
            wrong.push(format!("{rule}: an empty cell"));
        }
        match tests.get(&counter_example) {
            None => wrong.push(format!("{rule}: no test is called {counter_example:?}")),
            Some(test) if !test.contains(&format!("\"{rule}\"")) => {
                wrong.push(format!("{rule}: {counter_example} does not name it"));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
