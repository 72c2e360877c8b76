//! Properties that hold for every timeline.

use proptest::prelude::*;
use socklab_ladder::{
    Clock, Detail, HtmlStyle, Ladder, NoteKind, Options, SvgStyle, TextStyle, Times,
};
use socklab_say::{Language, Speaker};
use socklab_timelines::any_timeline;
use unicode_width::UnicodeWidthStr as _;

fn options() -> impl Strategy<Value = Options> {
    (any::<bool>(), 0..Language::all().len(), any::<bool>()).prop_map(|(all, language, fold)| {
        let detail = if all { Detail::All } else { Detail::Essential };
        let language = Language::all().nth(language).unwrap_or_default();
        Options::new(Speaker::new(language)).detail(detail).fold(fold)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn no_line_is_too_long(
        timeline in any_timeline(50),
        options in options(),
        width in 40usize..200,
        ascii: bool,
        times: bool,
        since_previous: bool,
        clock: Option<(u64, i32)>,
    ) {
        let clock = clock.map(|(epoch, offset)| Times::OfDay(Clock { epoch, offset }));
        let options = options.times(clock.unwrap_or_default()).durations(since_previous);
        let mut ladder = Ladder::of(&timeline, &options);
        if let Some(event) = timeline.events.first() {
            ladder.explain(event.seq, &[event.seq], NoteKind::Problem, "because\n\u{1b}[2J it is so".repeat(9));
        }
        let style = TextStyle::new(width).ascii(ascii).times(times).since_previous(since_previous);
        let drawn = ladder.to_text(&style);
        for line in drawn.lines() {
            prop_assert!(line.width() <= width, "{} > {width}: {line}", line.width());
            prop_assert!(!line.contains(|char: char| char.is_control()), "{line:?}");
        }
        prop_assert!(!ascii || drawn.is_ascii());
    }

    #[test]
    fn svg_is_well_formed(timeline in any_timeline(40), options in options()) {
        let mut ladder = Ladder::of(&timeline, &options);
        if let Some(event) = timeline.events.first() {
            ladder.explain(event.seq, &[event.seq], NoteKind::Lesson, "<b>]]>&\u{1b} & so on");
        }
        let svg = ladder.to_svg(&SvgStyle::default());
        if let Err(error) = roxmltree::Document::parse(&svg) {
            prop_assert!(false, "{error}\n{svg}");
        }
    }

    #[test]
    fn a_page_has_no_element_but_ours(timeline in any_timeline(30), options in options()) {
        let mut ladder = Ladder::of(&timeline, &options);
        for (event, kind) in timeline.events.iter().zip([NoteKind::Problem, NoteKind::Lesson]) {
            ladder.explain(event.seq, &[event.seq], kind, "so it goes");
        }
        let page = ladder.to_html(&HtmlStyle::default());
        prop_assert_eq!(page.matches("<script").count(), 1);
        prop_assert_eq!(page.matches("<style").count(), 1);
        let (head, body) = page.split_once("<body>").unwrap();
        prop_assert!(!head.contains("http:") && !head.contains("https:"));
        let faults = socklab_pages::faults(&page);
        prop_assert!(faults.is_empty(), "{faults:#?}\n{body}");
    }
}
