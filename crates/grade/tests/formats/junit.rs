//! JUnit XML against the rules of Jenkins' `junit-10.xsd`: which elements are where, and which
//! attributes they have.

use proptest::prelude::*;
use roxmltree::{Document, Node};
use socklab_grade::formats::junit;

use crate::hostile;
use crate::sample::{self, SECRET};

/// An element's required and optional attributes, and the elements that may be in it. Texts may be in
/// those that have no elements.
fn rules(
    tag: &str,
) -> Option<(&'static [&'static str], &'static [&'static str], &'static [&'static str])> {
    Some(match tag {
        "testsuites" => (&[], &["name", "time", "tests", "failures", "errors"], &["testsuite"]),
        "testsuite" => (
            &["name", "tests", "failures", "errors"],
            &[
                "group",
                "time",
                "skipped",
                "timestamp",
                "hostname",
                "id",
                "package",
                "file",
                "log",
                "url",
            ],
            &["testsuite", "properties", "testcase", "system-out", "system-err"],
        ),
        "properties" => (&[], &[], &["property"]),
        "property" => (&["name", "value"], &[], &[]),
        "testcase" => (
            &["name"],
            &["time", "classname", "group"],
            &["skipped", "error", "failure", "system-out", "system-err"],
        ),
        "failure" | "error" | "skipped" => (&[], &["type", "message"], &[]),
        "system-out" | "system-err" => (&[], &[], &[]),
        _ => return None,
    })
}

pub(crate) fn check(node: Node<'_, '_>) {
    let tag = node.tag_name().name();
    let (required, optional, children) = rules(tag).unwrap_or_else(|| panic!("no element {tag}"));
    let names: Vec<&str> = node.attributes().map(|attribute| attribute.name()).collect();
    for name in required {
        assert!(names.contains(name), "{tag} has no {name}");
    }
    for name in names {
        assert!(required.contains(&name) || optional.contains(&name), "{tag} must not have {name}");
    }
    if let Some(time) = node.attribute("time") {
        let (whole, part) = time.split_once('.').unwrap();
        assert!(whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit()), "{time}");
        assert!((1..=3).contains(&part.len()), "{time}");
    }
    for child in node.children().filter(Node::is_element) {
        assert!(
            children.contains(&child.tag_name().name()),
            "{} in {tag}",
            child.tag_name().name()
        );
        check(child);
    }
}

/// What the attributes count is there.
pub(crate) fn check_counts(suite: Node<'_, '_>) {
    let number = |name: &str| suite.attribute(name).unwrap().parse::<usize>().unwrap();
    let with = |tag: &str| {
        let cases = suite.children().filter(|node| node.has_tag_name("testcase"));
        cases
            .filter(|case| tag.is_empty() || case.children().any(|it| it.has_tag_name(tag)))
            .count()
    };
    assert_eq!(number("tests"), with(""));
    assert_eq!(number("failures"), with("failure"));
    assert_eq!(number("errors"), with("error"));
    assert_eq!(number("skipped"), with("skipped"));
}

pub(crate) fn suites<'a>(document: &'a Document<'_>) -> Vec<Node<'a, 'a>> {
    let all = document.root_element().children().filter(|it| it.has_tag_name("testsuite"));
    all.map(|node| document.get_node(node.id()).unwrap()).collect()
}

#[test]
fn every_state_has_its_element() {
    let text = junit(&sample::book());
    let document = Document::parse(&text).unwrap();
    check(document.root_element());
    let suites = suites(&document);
    assert_eq!(suites.len(), 6);
    suites.iter().for_each(|suite| check_counts(*suite));
    let failed: Vec<usize> =
        suites.iter().map(|suite| suite.attribute("failures").unwrap().parse().unwrap()).collect();
    assert_eq!(failed, [0, 3, 1, 1, 1, 0]);
    let errors: Vec<&str> = suites.iter().map(|suite| suite.attribute("errors").unwrap()).collect();
    assert_eq!(errors, ["0", "0", "0", "0", "0", "1"], "the machine's failure is no failure");
    assert!(!text.contains(SECRET), "{text}");
    assert!(text.contains("It read 5 bytes and sent nothing."));
}

#[test]
fn nobody_s_points_are_zero_because_the_machine_failed() {
    let text = junit(&sample::book());
    let document = Document::parse(&text).unwrap();
    let points: Vec<Option<&str>> = suites(&document)
        .iter()
        .map(|suite| {
            let all = suite.descendants().filter(|it| it.has_tag_name("property"));
            let mut points = all.filter(|it| it.attribute("name") == Some("points"));
            points.next().and_then(|it| it.attribute("value"))
        })
        .collect();
    assert_eq!(points, [Some("8"), Some("4"), Some("0"), Some("0"), Some("0"), None]);
}

proptest! {
    #[test]
    fn no_text_breaks_it(book in hostile::book()) {
        let text = junit(&book);
        let document = Document::parse(&text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
        check(document.root_element());
        let suites = suites(&document);
        prop_assert_eq!(suites.len(), book.results.len());
        suites.iter().for_each(|suite| check_counts(*suite));
        prop_assert!(!text.chars().any(|char| char.is_control() && !matches!(char, '\n' | '\t')));
        prop_assert!(!text.contains(SECRET));
    }
}
