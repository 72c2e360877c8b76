//! What is told line by line.

use proptest::prelude::*;
use socklab_event::Timeline;
use socklab_filter::Filter;
use socklab_ladder::{Live, Options, Times};
use socklab_say::Speaker;
use socklab_timelines::any_timeline;
use socklab_timelines::scenes::{http, many, threaded, upper_tcp, upper_udp, wired};

/// The lines of a recording whose events arrive so many at a time.
fn told(timeline: &Timeline, options: Options, at_a_time: usize) -> (Live, Vec<String>) {
    let mut live = Live::new(timeline.header.clone(), options);
    let events = timeline.in_order();
    let mut lines = Vec::new();
    for some in events.chunks(at_a_time) {
        lines.extend(live.lines(some.iter().map(|event| (*event).clone()).collect()));
    }
    (live, lines)
}

#[test]
fn scenes_in_lines() {
    let scenes = [
        ("tcp", upper_tcp()),
        ("udp", upper_udp()),
        ("http", http()),
        ("threaded", threaded()),
        ("packets", wired()),
    ];
    for (name, timeline) in scenes {
        let (_, lines) = told(&timeline, Options::new(Speaker::ENGLISH), 1);
        insta::assert_snapshot!(format!("live_{name}"), lines.join("\n"));
    }
}

#[test]
fn a_filter_counts_what_it_leaves_out() {
    let timeline = upper_tcp();
    let filter = Filter::parse("call recv").ok();
    let options = Options::new(Speaker::ENGLISH).filter(filter).times(Times::None);
    let (live, lines) = told(&timeline, options, 1);
    assert!(lines.iter().all(|line| line.contains("recv(") || line.contains("send(")), "{lines:?}");
    let left_out = live.left_out();
    assert_eq!(left_out.of - left_out.filtered, lines.len() as u64);
}

/// However long it goes on: who is who, and who talks to whom, is told as at the beginning.
#[test]
fn what_is_long_past_is_forgotten_and_names_are_not() {
    let timeline = many(1_100);
    let (_, lines) = told(&timeline, Options::new(Speaker::ENGLISH), 50);
    // A process whose name is not known is told by its number alone.
    assert!(!lines.iter().any(|line| line.contains("  #")), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("server[100]")));
    assert!(lines.len() > 1_100, "{}", lines.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn any_event_has_one_line_at_most(timeline in any_timeline(60), at_a_time in 1usize..20) {
        let (_, lines) = told(&timeline, Options::new(Speaker::ENGLISH), at_a_time);
        prop_assert!(lines.len() <= timeline.events.len());
        prop_assert!(lines.iter().all(|line| !line.contains(|char: char| char.is_control())));
    }
}
