//! The lines of source that made the calls.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use socklab_event::{SourceLine, Timeline, What};
use socklab_ladder::{HtmlStyle, Ladder, Options, SvgStyle, TextStyle};
use socklab_say::{Language, Speaker};
use socklab_timelines::{any_timeline, scenes};

fn options(language: &str) -> Options {
    Options::new(Speaker::new(Language::find(language).unwrap_or_default()))
}

/// All calls of a process made by one line.
fn all_at(timeline: &mut Timeline, file: &str) {
    for event in &mut timeline.events {
        if let What::Call(call) = &mut event.what {
            let source = SourceLine { file: file.to_owned(), line: 12, function: None };
            call.source = Some(Arc::new(source));
        }
    }
}

#[test]
fn every_call_that_has_room_says_its_line() {
    let timeline = scenes::upper_tcp_lines();
    let drawn = [
        Ladder::of(&timeline, &options("en")).to_text(&TextStyle::new(60)),
        Ladder::of(&timeline, &options("en")).to_text(&TextStyle::new(80)),
        Ladder::of(&timeline, &options("es")).to_text(&TextStyle::new(120)),
        Ladder::of(&timeline, &options("es")).to_text(&TextStyle::new(44).ascii(true)),
    ];
    insta::assert_snapshot!(drawn.join("\n"));
}

#[test]
fn lines_can_be_left_out() {
    let timeline = scenes::upper_tcp_lines();
    let plain = Ladder::of(&timeline, &options("en").lines(false)).to_text(&TextStyle::new(120));
    let none = Ladder::of(&scenes::upper_tcp(), &options("en")).to_text(&TextStyle::new(120));
    assert_eq!(plain, none);
}

#[test]
fn a_loop_says_its_line_if_it_is_one() {
    let mut timeline = scenes::busy_loop(100);
    all_at(&mut timeline, "/home/ana/poll.py");
    let drawn = Ladder::of(&timeline, &options("en")).to_text(&TextStyle::new(160));
    let folded = |drawn: &str| {
        let line = drawn.lines().find(|line| line.contains("× ")).unwrap_or_default().to_owned();
        assert!(!line.is_empty(), "{drawn}");
        line
    };
    assert!(folded(&drawn).contains("poll.py:12"), "{drawn}");
    let other = timeline.events.iter_mut().rev().find_map(|event| match &mut event.what {
        What::Call(call) if call.error().is_some() => call.source.as_mut(),
        _ => None,
    });
    Arc::make_mut(other.expect("a call of the loop")).line = 13;
    let drawn = Ladder::of(&timeline, &options("en")).to_text(&TextStyle::new(160));
    assert!(!folded(&drawn).contains("poll.py:"), "{drawn}");
}

#[test]
fn a_fold_says_its_line_if_it_is_one() {
    let mut timeline = scenes::many(12);
    all_at(&mut timeline, "/home/ana/echo.c");
    let ladder = Ladder::of(&timeline, &options("es"));
    let drawn = ladder.to_text(&TextStyle::new(160));
    let fold = drawn.lines().find(|line| line.contains("× ")).unwrap_or_default();
    assert!(fold.ends_with(", en echo.c:12"), "{drawn}");
}

#[test]
fn the_picture_and_the_page_say_it_and_those_who_hear_it_too() {
    let ladder = Ladder::of(&scenes::upper_tcp_lines(), &options("en"));
    let (svg, page) = (ladder.to_svg(&SvgStyle::default()), ladder.to_html(&HtmlStyle::default()));
    assert!(svg.contains(">TCPServer.py:9</text>") && page.contains("<em>TCPServer.py:9</em>"));
    assert!(page.contains("/home/ana/TCPServer.py:9 (serve)"), "{page}");
    assert_eq!(socklab_pages::faults(&page), [] as [&str; 0]);
    let said = ladder.in_words().collect::<Vec<_>>().join("\n");
    assert!(said.contains("accept(3), waits 1.2 s, at TCPServer.py:9."), "{said}");
}

#[test]
fn the_text_around_a_line_stands_in_its_details() {
    let ladder = Ladder::of(&scenes::upper_tcp_lines(), &options("en"));
    let lines = (1..=20).map(|number| (number, format!("    line(<{number}>)")));
    let text = [("/home/ana/TCPServer.py".to_owned(), lines.collect())];
    let page = ladder.to_html(&HtmlStyle::default().source_text(text.into()));
    assert_eq!(socklab_pages::faults(&page), [] as [&str; 0]);
    assert!(page.contains("<mark>  11     line(&lt;11&gt;)</mark>\n  12     line("), "{page}");
    // Three before the first, three behind the last.
    assert!(!page.contains("line(&lt;17&gt;)") && page.contains("   1     line(&lt;1&gt;)"));
    assert!(!ladder.to_html(&HtmlStyle::default()).contains("<mark>"));
}

/// The columns in which one of these stands.
fn columns_of(drawn: &str, glyphs: &[char]) -> BTreeSet<usize> {
    let places = drawn.lines().flat_map(|line| line.chars().enumerate());
    places.filter(|(_, char)| glyphs.contains(char)).map(|(column, _)| column).collect()
}

/// The drawing without what is said of lines of source, without blanks and without the strokes of arrows,
/// also where they cross a lifeline.
fn without(drawn: &str) -> Vec<String> {
    let bare = drawn.replace("x.py:12", "").replace(['─', '┼'], " ");
    bare.lines().map(|line| line.split_whitespace().collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]
    /// A line of source takes the place of blanks, and of the strokes of an arrow.
    #[test]
    fn nothing_is_lost_for_a_line(timeline in any_timeline(40), width in 40usize..160) {
        let mut timeline = timeline;
        all_at(&mut timeline, "/home/ana/x.py");
        let style = TextStyle::new(width);
        let with = Ladder::of(&timeline, &options("en").fold(false)).to_text(&style);
        let plain = options("en").fold(false).lines(false);
        let plain = Ladder::of(&timeline, &plain).to_text(&style);
        prop_assert_eq!(with.lines().count(), plain.lines().count());
        prop_assert_eq!(without(&with), without(&plain), "{}\n{}", with, plain);
    }

    /// An arrow ends beside the lifeline that it goes to: on another one, it would seem to end there.
    #[test]
    fn no_arrow_ends_on_a_lifeline(timeline in any_timeline(40), width in 40usize..160) {
        let mut timeline = timeline;
        all_at(&mut timeline, "/home/ana/x.py");
        let drawn = Ladder::of(&timeline, &options("en").fold(false)).to_text(&TextStyle::new(width));
        let (calls, heads) = (columns_of(&drawn, &['├']), columns_of(&drawn, &['◀', '▶']));
        prop_assert_eq!(calls.intersection(&heads).next(), None, "{}", drawn);
    }
}
