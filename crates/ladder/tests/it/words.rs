//! The rows in words: what those hear who don't see the drawing.

use socklab_ladder::{HtmlStyle, Ladder, NoteKind, Options, SvgStyle};
use socklab_say::{Language, Speaker};
use socklab_timelines::scenes;

fn words(timeline: &socklab_event::Timeline, language: &str) -> String {
    let speaker = Speaker::new(Language::find(language).unwrap_or_default());
    let ladder = Ladder::of(timeline, &Options::new(speaker));
    ladder.in_words().collect::<Vec<_>>().join("\n")
}

#[test]
fn rows_are_sentences() {
    insta::assert_snapshot!("three_clients", words(&scenes::threaded(), "en"));
    insta::assert_snapshot!("pieces", words(&scenes::split_and_coalesced(), "es"));
    insta::assert_snapshot!("refused", words(&scenes::refused(), "es"));
    insta::assert_snapshot!("a_wire_with_a_loss", words(&scenes::wired(), "en"));
    insta::assert_snapshot!("a_loop", words(&scenes::busy_loop(100), "en"));
}

/// A screen reader spells these out, or leaves them out.
#[test]
fn no_row_is_said_with_signs() {
    let timelines =
        [scenes::threaded(), scenes::split_and_coalesced(), scenes::refused(), scenes::http()];
    for (timeline, language) in timelines.iter().flat_map(|one| [(one, "en"), (one, "es")]) {
        let said = words(timeline, language);
        let sign = said.chars().find(|char| "✗┄◂→├│┊⋮▶①②③④⚡".contains(*char));
        assert_eq!(sign, None, "{said}");
    }
}

#[test]
fn a_picture_has_a_name_and_a_description() {
    let timeline = scenes::refused();
    let mut ladder = Ladder::of(&timeline, &Options::default());
    let connect = timeline
        .events
        .iter()
        .find(|event| event.call().is_some_and(|call| call.name == "connect"));
    let seq = connect.unwrap().seq;
    ladder.explain(seq, &[seq], NoteKind::Problem, "Nobody listened.");
    let svg = ladder.to_svg(&SvgStyle::default());
    let tree = roxmltree::Document::parse(&svg).unwrap();
    let root = tree.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    let child = |name: &str| root.children().find(|node| node.has_tag_name(name)).unwrap().text();
    assert_eq!(child("title"), Some("client: what their sockets did"));
    let description = child("desc").unwrap();
    assert!(
        description.contains("fails: ECONNREFUSED, refused.")
            && description.contains("Nobody listened."),
        "{description}"
    );
    // On a page with other drawings, the ids are its own.
    let other = Ladder::of(&scenes::upper_tcp(), &Options::default());
    let svg = other.to_svg(&SvgStyle::default().on_page("tcp-"));
    assert!(svg.contains("<title id=\"tcp-title\">") && svg.contains("url(#tcp-tip"), "{svg}");
    // On its own page, the explanation is tied to the row.
    let page = ladder.to_html(&HtmlStyle::default());
    assert_eq!(socklab_pages::faults(&page), [] as [&str; 0]);
    assert!(page.contains("aria-describedby=\"note-"), "{page}");
}
