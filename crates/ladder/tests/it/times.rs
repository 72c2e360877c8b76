//! The columns of times, how long calls took, and where nothing happened.

use socklab_event::{Args, Notice, Outcome, Timeline, What};
use socklab_ladder::{Clock, HtmlStyle, Ladder, Options, SvgStyle, TextStyle, Times};
use socklab_say::{Language, Speaker};
use socklab_timelines::{Story, recorded, scenes};

/// 2026-03-14 23:59:58.5 UTC.
const EPOCH: u64 = 1_773_532_798_500_000_000;

fn clock(offset: i32) -> Times {
    Times::OfDay(Clock { epoch: EPOCH, offset })
}

fn options(language: &str) -> Options {
    Options::new(Speaker::new(Language::find(language).unwrap_or_default()))
}

fn silences(timeline: &Timeline) -> Vec<u64> {
    let ladder = Ladder::of(timeline, &Options::default().fold(false));
    ladder.rows.iter().filter_map(|row| row.silence).collect()
}

#[test]
fn every_column_at_every_width() {
    let timeline = scenes::upper_tcp();
    let style = |width| TextStyle::new(width).times(true);
    let bogota = options("es").times(clock(-5 * 3600));
    let drawn = [
        Ladder::of(&timeline, &options("en")).to_text(&style(80)),
        Ladder::of(&timeline, &options("en")).to_text(&TextStyle::new(80).since_previous(true)),
        Ladder::of(&timeline, &bogota).to_text(&style(80).since_previous(true)),
        Ladder::of(&timeline, &bogota.durations(true)).to_text(&style(120).since_previous(true)),
        Ladder::of(&timeline, &options("es").times(clock(0)))
            .to_text(&style(72).since_previous(true).ascii(true)),
    ];
    assert!(drawn[4].is_ascii());
    insta::assert_snapshot!(drawn.join("\n"));
}

#[test]
fn a_list_has_the_same_columns() {
    let ladder = Ladder::of(&scenes::threaded(), &options("en").times(clock(0)));
    insta::assert_snapshot!(ladder.to_text(&TextStyle::new(80).times(true).since_previous(true)));
}

#[test]
fn a_narrow_drawing_leaves_out_a_column_rather_than_text() {
    let ladder = Ladder::of(&scenes::upper_tcp(), &options("en").times(clock(0)));
    let drawn = ladder.to_text(&TextStyle::new(40).times(true).since_previous(true));
    assert!(drawn.contains("00:00:01.") && !drawn.contains("+10 µs"), "{drawn}");
    let words: String = drawn.split_whitespace().filter(|word| !"│┊".contains(word)).collect();
    assert!(words.contains("127.0.0.1:12000") && words.contains("nothinghappens"), "{drawn}");
}

#[test]
fn a_call_says_once_how_long_it_took() {
    let ladder = Ladder::of(&scenes::upper_tcp(), &options("en").durations(true));
    let drawn = ladder.to_text(&TextStyle::new(120));
    let line = |words: &str| drawn.lines().find(|line| line.contains(words)).unwrap_or_default();
    assert!(line("bind(").ends_with("<10 µs>"), "{drawn}");
    // These say it as waiting.
    assert!(!line("accept(").contains('<') && !line("= 4 from").contains("from 127.0.0.1:41892 <"));
    let spoken = ladder.in_words().collect::<Vec<_>>().join("\n");
    assert!(spoken.contains("listen(3, backlog 5), after 10 µs."), "{spoken}");
    let plain = Ladder::of(&scenes::upper_tcp(), &options("en")).to_text(&TextStyle::new(120));
    assert!(!plain.contains("<10 µs>"), "{plain}");
}

#[test]
fn the_time_of_day_stands_in_the_picture_and_on_the_page() {
    let ladder = Ladder::of(&scenes::upper_tcp(), &options("en").times(clock(3600)));
    let (svg, page) = (ladder.to_svg(&SvgStyle::default()), ladder.to_html(&HtmlStyle::default()));
    for drawn in [&svg, &page] {
        assert!(drawn.contains(">2026-03-15<") && drawn.contains(">UTC+01:00<"), "{drawn}");
        assert!(drawn.contains(">00:59:59.500020<"), "{drawn}");
    }
    assert!(page.contains("At 00:59:59.500020."), "{page}");
    assert_eq!(socklab_pages::faults(&page), [] as [&str; 0]);
    let none = Ladder::of(&scenes::upper_tcp(), &options("en").times(Times::None));
    assert!(!none.to_svg(&SvgStyle::default()).contains("At 0.000"));
}

/// A pair that exchanges a message every `pause` milliseconds, `times` times.
fn paced(pause: u64, times: usize) -> Story {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    for number in 0..times {
        let number = number.to_string();
        story.wait(pause).send(near, &number);
        story.recv(far, &number);
    }
    story
}

#[test]
fn a_second_is_long_and_less_only_if_the_rest_is_quick() {
    // Until the client connects: 1.2 s.
    assert_eq!(silences(&paced(0, 0).build()), [1_200_000_000]);
    assert_eq!(silences(&paced(190, 2).build()).len(), 1, "programs start and compute");
    assert_eq!(silences(&paced(250, 1).build()).len(), 2);
    // That is what it does all the time.
    assert_eq!(silences(&paced(250, 40).build()).len(), 1);
}

#[test]
fn nothing_is_nothing_at_all() {
    // Folded or not drawn, it happened.
    let drawn = Ladder::of(&recorded("crowd"), &Options::default());
    let folds = drawn.rows.iter().filter(|row| row.band.is_some());
    assert!(folds.clone().count() > 0 && folds.clone().all(|row| row.until.is_some()));
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.send(near, "a");
    story.recv(far, "a");
    for _ in 0..20 {
        story.wait(150);
        story.on(near, "getsockname", Args::LocalName { address: None }, Outcome::Value(0));
    }
    story.wait(150).send(near, "b");
    story.recv(far, "b");
    assert_eq!(silences(&story.build()).len(), 1, "{:#?}", silences(&story.build()));
}

#[test]
fn where_events_may_be_missing_no_silence_is_told() {
    let mut timeline = paced(0, 0).build();
    let mut event = timeline.events[0].clone();
    (event.seq, event.what) = (99, What::from(Notice::IoUring { sure: false }));
    timeline.events.push(event);
    assert!(silences(&timeline).is_empty());
}

#[test]
fn an_excerpt_does_not_begin_with_a_silence() {
    let mut ladder = Ladder::of(&scenes::upper_tcp(), &Options::default());
    let index = ladder.rows.iter().position(|row| row.silence.is_some()).expect("a silence");
    let seqs = ladder.rows[index].seqs.clone();
    ladder.excerpt(&seqs, 0);
    assert_eq!(ladder.rows[0].silence, None);
}
