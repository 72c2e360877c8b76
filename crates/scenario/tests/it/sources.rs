//! What the course says is so has a source beside it, so that whoever doubts it can look.

use std::fs;
use std::path::Path;

/// The sections of a page that have no `<!-- source: … -->`.
fn unfounded(page: &str) -> Vec<&str> {
    let sections = page.split("\n## ").skip(1);
    let without = sections.filter(|section| !section.contains("<!-- source: "));
    without.filter_map(|section| section.lines().next()).collect()
}

#[test]
fn every_section_of_the_courses_questions_has_a_source() {
    let questions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../course/questions");
    let mut pages = 0;
    for question in fs::read_dir(questions).expect("the course") {
        let page = question.expect("a question").path().join("en.md");
        let text = fs::read_to_string(&page).expect("a page in English");
        assert_eq!(unfounded(&text), [""; 0], "{}", page.display());
        pages += 1;
    }
    assert!(pages >= 30, "{pages} pages");
    assert_eq!(unfounded("# T\n\n## waits\nIt waits.\n\n## next\n<!-- source: x -->\n"), ["waits"]);
}
