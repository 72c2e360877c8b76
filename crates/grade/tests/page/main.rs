//! The pages of a class and of a student, and a student's report as text.

mod sample;

use socklab_grade::cluster::Form;
use socklab_grade::page::{class_page, folder_of, student_page, student_text};
use socklab_grade::{Assignment, Gradebook, Graded, State};
use socklab_say::{Language, Speaker, is_unsafe};

fn speakers() -> [(&'static str, Speaker); 2] {
    let spanish = Speaker::new(Language::find("es").expect("Spanish"));
    [("en", Speaker::ENGLISH), ("es", spanish)]
}

/// A page without its style and script, which other tests look at in a browser.
fn without_assets(page: &str) -> String {
    let (head, rest) = page.split_once("<style>").expect("a style");
    let (_, rest) = rest.split_once("</style>").expect("its end");
    let body = rest.split_once("<script>").map_or(rest, |(body, _)| body);
    format!("{head}…{body}")
}

#[test]
fn a_small_class_looks_as_it_did() {
    for (tag, speaker) in speakers() {
        let (book, comments) = sample::small();
        let page = class_page(&book, speaker, &comments);
        insta::assert_snapshot!(format!("class-{tag}"), without_assets(&page));
        for graded in &book.results {
            let comment = graded.group.as_ref().and_then(|group| comments.get(group));
            let comment = comment.map(String::as_str);
            let name = format!("{}-{tag}", graded.student.id);
            let text = student_text(&book.assignment, graded, speaker, comment);
            insta::assert_snapshot!(format!("text-{name}"), text);
            if graded.student.id == "student-02" {
                let page = student_page(&book.assignment, graded, speaker, comment);
                insta::assert_snapshot!(format!("report-{name}"), without_assets(&page));
            }
        }
    }
}

/// Every page of a class, with what it is.
fn pages(book: &Gradebook, comments: &socklab_grade::page::Comments) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for (tag, speaker) in speakers() {
        pages.push((format!("class {tag}"), class_page(book, speaker, comments)));
        for graded in &book.results {
            let page = student_page(&book.assignment, graded, speaker, Some("Look <b>here</b>"));
            pages.push((format!("{:?} {tag}", graded.student.id), page));
        }
    }
    pages
}

#[test]
fn everybody_can_use_the_pages() {
    let (mut empty, none) = sample::small();
    empty.results.clear();
    let mut no_cases = sample::small();
    no_cases.0.assignment.cases.clear();
    for (book, comments) in
        [sample::class(), sample::small(), sample::hostile(), (empty, none), no_cases]
    {
        for (what, page) in pages(&book, &comments) {
            assert_eq!(socklab_pages::faults(&page), [] as [&str; 0], "{what}");
        }
    }
}

#[test]
fn hostile_texts_stay_texts() {
    let (book, comments) = sample::hostile();
    for (what, page) in pages(&book, &comments) {
        let controls = page.chars().find(|char| is_unsafe(*char) && !"\n\t".contains(*char));
        assert_eq!(controls, None, "{what}");
        let scripts = usize::from(what.starts_with("class"));
        assert_eq!(page.matches("<script").count(), scripts, "{what}");
        let body = socklab_pages::body(&page);
        let tree = roxmltree::Document::parse(&body).expect("well-formed");
        for node in tree.descendants().filter(roxmltree::Node::is_element) {
            assert!(!["script", "img", "iframe", "object"].contains(&node.tag_name().name()));
            for one in node.attributes() {
                assert!(!one.name().starts_with("on"), "{what}: {one:?}");
            }
            if let Some(href) = node.attribute("href") {
                let plain = |c: char| c.is_ascii_alphanumeric() || "-._~%/#".contains(c);
                assert!(href.chars().all(plain), "{what}: {href}");
                assert!(!href.starts_with('/'), "{what}: {href}");
                // Only a page of a student goes up, and not further than the folder of results.
                let up = href.split('/').filter(|part| *part == "..").count();
                assert!(up <= 2 * usize::from(scripts == 0), "{what}: {href}");
            }
        }
    }
    for graded in &book.results {
        for (_, speaker) in speakers() {
            let text = student_text(&book.assignment, graded, speaker, Some(sample::HOSTILE[8]));
            let controls = text.chars().find(|char| is_unsafe(*char) && *char != '\n');
            assert_eq!(controls, None, "{text}");
        }
    }
}

#[test]
fn a_page_loads_nothing_and_a_report_runs_nothing() {
    let (book, comments) = sample::small();
    for (what, page) in pages(&book, &comments) {
        let policy = page.split("content=\"").nth(1).and_then(|it| it.split('"').next());
        let policy = policy.expect("a policy");
        for part in ["default-src &#39;none&#39;", "base-uri &#39;none&#39;"] {
            assert!(policy.contains(part), "{what}: {policy}");
        }
        assert_eq!(policy.contains("script-src"), what.starts_with("class"), "{what}");
        for outside in ["http:", "https:", "src=", "@import", "url("] {
            assert!(!page.contains(outside), "{what}: {outside}");
        }
    }
}

/// What stands nowhere but in a hidden case.
const SECRET: &str = "only the hidden case knows this";

fn with_secrets() -> (Assignment, Graded) {
    let assignment = sample::assignment();
    let mut graded = sample::graded(&assignment, 1, sample::student("ana", None), 6);
    let hidden = |name: &str| assignment.case(name).is_some_and(|case| case.hidden);
    for case in graded.cases.iter_mut().filter(|case| hidden(&case.name)) {
        case.problem = Some(SECRET.to_owned());
        case.explanations = vec![SECRET.to_owned()];
        case.hints = vec![SECRET.to_owned()];
        case.again = SECRET.to_owned();
        case.files.page = Some(SECRET.to_owned());
        if let Some(did) = &mut case.did {
            did.text = SECRET.to_owned();
        }
    }
    graded.sightings = sample::sightings();
    graded.sightings[1].text = SECRET.to_owned();
    (assignment, graded)
}

#[test]
fn a_student_sees_of_a_hidden_case_its_name_and_points_only() {
    let (mut assignment, graded) = with_secrets();
    for case in assignment.cases.iter_mut().filter(|case| case.hidden) {
        case.title = SECRET.to_owned();
    }
    let link = SECRET.replace(' ', "%20");
    for (_, speaker) in speakers() {
        let page = student_page(&assignment, &graded, speaker, None);
        let text = student_text(&assignment, &graded, speaker, None);
        for said in [&page, &text] {
            assert!(said.contains("hidden-burst"), "{said}");
            assert!(!said.contains(SECRET) && !said.contains(&link), "{said}");
            assert!(!said.contains("/etc/passwd") && said.contains("64"), "{said}");
        }
        // The teacher sees them.
        let book = Gradebook {
            format_version: socklab_grade::FORMAT_VERSION,
            assignment: assignment.clone(),
            results: vec![graded.clone()],
        };
        assert!(class_page(&book, speaker, &Default::default()).contains(SECRET));
    }
}

#[test]
fn text_fits_into_80_columns() {
    let (book, comments) = sample::class();
    for (_, speaker) in speakers() {
        for graded in &book.results {
            let comment = graded.group.as_ref().and_then(|group| comments.get(group));
            let comment = comment.map(String::as_str);
            let text = student_text(&book.assignment, graded, speaker, comment);
            for line in text.lines() {
                let copied = line.trim().starts_with("socklab check") || line.contains('|');
                let wide = textwrap::core::display_width(line);
                assert!(wide <= 80 || copied, "{wide}: {line}");
            }
            assert!(!text.contains("\n\n\n") && text.ends_with('\n'), "{text}");
        }
    }
}

#[test]
fn every_link_of_the_class_leads_to_a_file_that_the_book_names() {
    let (book, comments) = sample::class();
    let page = class_page(&book, Speaker::ENGLISH, &comments);
    for graded in &book.results {
        let folder = folder_of(&graded.student);
        assert!(page.contains(&format!("\"students/{folder}/report.html\"")), "{folder}");
        for case in &graded.cases {
            let link = case.files.page.as_ref();
            assert!(link.is_none_or(|path| page.contains(&format!("href=\"{path}\""))), "{link:?}");
        }
    }
}

#[test]
fn the_figures_are_those_of_the_book() {
    let (book, comments) = sample::small();
    let page = class_page(&book, Speaker::ENGLISH, &comments);
    let body = socklab_pages::body(&page);
    let tree = roxmltree::Document::parse(&body).expect("well-formed");
    let figures = tree.descendants().find(|it| it.attribute("class") == Some("figures"));
    let texts = figures.expect("figures").descendants().filter(|it| it.is_text());
    let texts: Vec<&str> =
        texts.filter_map(|it| it.text()).map(str::trim).filter(|it| !it.is_empty()).collect();
    // Four of the core cases' points for one, none for three; the fifth's nobody knows.
    let expected = [
        "Students",
        "5",
        "Mean",
        "1",
        "of 4",
        "Median",
        "0",
        "of 4",
        "Graded",
        "2",
        "Late",
        "1",
        "No submission",
        "1",
        "Does not compile",
        "1",
        "Machine failed",
        "1",
        "Sightings",
        "1",
    ];
    assert_eq!(texts, expected);
}

#[test]
fn a_group_has_the_number_that_it_has_elsewhere() {
    let (mut book, comments) = sample::small();
    let forms = [State::DoesNotCompile, State::NoSubmission, State::DoesNotCompile];
    for (graded, state) in book.results.iter_mut().zip(forms) {
        graded.form = Some(Form::of_state(state));
    }
    book.note_groups();
    let expected: Vec<String> = book
        .groups()
        .iter()
        .map(|group| format!("Group {}: {}", group.number, group.members.len()))
        .collect();
    assert_eq!(expected, ["Group 1: 2", "Group 2: 1"]);
    let page = class_page(&book, Speaker::ENGLISH, &comments);
    let at: Vec<Option<usize>> = expected.iter().map(|text| page.find(text)).collect();
    assert!(at[0].is_some() && at[0] < at[1], "{at:?}");
    assert_eq!(socklab_pages::faults(&page), [] as [&str; 0]);
}

#[test]
fn a_class_that_is_not_finished_says_who_is_missing() {
    let (mut book, comments) = sample::small();
    let whole = class_page(&book, Speaker::ENGLISH, &comments);
    assert!(!whole.contains("Not finished"));
    let reached = book.results.len() - 1;
    let last = book.results.last_mut().expect("somebody");
    *last = sample::pending(last.student.clone());
    let folder = folder_of(&last.student);
    let page = class_page(&book, Speaker::ENGLISH, &comments);
    assert!(page.contains(&format!("Not finished: {reached} of {} students", book.results.len())));
    assert!(page.contains("not graded yet"));
    // What is not there yet is not linked, and nobody's points are unknown for that.
    assert!(!page.contains(&format!("students/{folder}/report.html")), "{page}");
    assert!(!page.contains("points not known"));
    assert_eq!(socklab_pages::faults(&page), [] as [&str; 0]);
    let last = book.results.last().expect("somebody");
    let text = student_text(&book.assignment, last, Speaker::ENGLISH, None);
    assert!(text.contains("Grading has not come to this submission yet."), "{text}");
}
