//! The ladders of calls and packets, from recordings of real programs.

use socklab_event::{
    Args, Bytes, Fate, Headers, Name, Outcome, Protocol, Timeline, Transport, What,
};
use socklab_ladder::{Detail, HtmlStyle, Ladder, Options, SvgStyle, TextStyle};
use socklab_say::{Language, Speaker};
use socklab_timelines::{FIRST, Story, Talk, address, frame, recorded, scenes, seg};

fn ladder(name: &str, language: &str) -> Ladder {
    let language = Language::find(language).expect("a language");
    Ladder::of(&recorded(name), &Options::new(Speaker::new(language)))
}

fn text(name: &str) -> String {
    ladder(name, "en").to_text(&TextStyle::new(80))
}

const ALL: [&str; 7] = [
    "packets-pair",
    "packets-lost",
    "packets-refused",
    "packets-zero",
    "packets-nobody",
    "packets-nagle",
    "packets-silent",
];

/// Snapshots of the drawing, 80 columns wide, and of its rows in words; each in both languages.
macro_rules! ladders {
    ($($name:ident: $recording:literal;)*) => {
        $(
            #[test]
            fn $name() {
                let said = |language| {
                    let ladder = ladder($recording, language);
                    let words: Vec<String> = ladder.in_words().collect();
                    let drawn = ladder.to_text(&TextStyle::new(80));
                    format!("{drawn}\n{}", words.join("\n"))
                };
                insta::assert_snapshot!(format!("{}\n{}", said("en"), said("es")));
            }
        )*
    };
}

ladders! {
    a_normal_pair: "packets-pair";
    a_lost_syn: "packets-lost";
    refused_by_a_kernel: "packets-refused";
    zero_window: "packets-zero";
    datagrams_to_nobody: "packets-nobody";
    nagle: "packets-nagle";
    refused_but_never_told: "packets-silent";
}

#[test]
fn a_lost_syn_narrow_wide_and_in_ascii() {
    let ladder = ladder("packets-lost", "es");
    let drawn = [
        ladder.to_text(&TextStyle::new(60).ascii(true)),
        ladder.to_text(&TextStyle::new(48)),
        ladder.to_text(&TextStyle::new(120).times(true)),
    ];
    assert!(drawn[0].is_ascii(), "{}", drawn[0]);
    insta::assert_snapshot!(drawn.join("\n"));
}

#[test]
fn no_row_is_blank_and_no_caption_is_lost() {
    for name in ALL {
        for language in ["en", "es"] {
            let ladder = ladder(name, language);
            for width in [60, 80, 120] {
                let drawn = ladder.to_text(&TextStyle::new(width));
                let body = drawn.lines().take_while(|line| !line.is_empty());
                let bare = |line: &&str| line.chars().all(|char| " │┊╎".contains(char));
                // The one line under the headings shows the lifelines only.
                assert_eq!(body.filter(bare).count(), 1, "{drawn}");
                for arrow in &ladder.arrows {
                    let row = &ladder.rows[arrow.row];
                    assert!(!row.cells.is_empty() || !arrow.label.is_empty(), "{row:?}");
                }
            }
        }
    }
}

#[test]
fn what_a_kernel_makes_of_a_packet_is_whole_at_every_width() {
    let ladder = ladder("packets-silent", "en");
    for width in 40..100 {
        let drawn = ladder.to_text(&TextStyle::new(width));
        let words: String = drawn.split_whitespace().filter(|word| !"│┊╎".contains(word)).collect();
        assert!(words.contains("nobodylistensthere"), "{width}: {drawn}");
    }
}

#[test]
fn three_things_stand_in_the_row_of_the_last_ack_of_a_handshake() {
    let drawn = text("packets-pair");
    let row = drawn.lines().find(|line| line.contains("= connected")).expect("a connect");
    assert!(row.contains(" ACK ") && row.contains("= 4 from 127.0.0.1:"), "{drawn}");
    let ends: Vec<&str> = drawn.lines().filter(|line| line.contains(" FIN ")).collect();
    assert!(ends.len() == 2 && ends.iter().all(|line| line.contains("close(")), "{drawn}");
}

#[test]
fn an_ack_is_late_since_what_it_acknowledges_arrived() {
    let (mut talk, _) = Talk::connected();
    let arrives = talk.now() + 150_000_000;
    talk.sends("hola", &[seg("PSH,ACK", 0, 0).with("hola").altered("delayed", vec![arrives])]);
    talk.wait(191);
    talk.far(seg("ACK", 0, 4));
    let options = Options::new(Speaker::default()).detail(Detail::All);
    let drawn = Ladder::of(&talk.story.build(), &options).to_text(&TextStyle::new(80));
    let why = drawn.lines().find(|line| line.contains("no data to send the ACK with"));
    assert!(why.is_some_and(|line| line.contains("41 ms:")), "{drawn}");
}

#[test]
fn what_happens_to_many_packets_is_noted_once_in_each_direction() {
    let (mut talk, _) = Talk::connected();
    for (start, how) in (0..).zip(["delayed", "delayed", "delayed", "duplicated", "delayed"]) {
        let copies = if how == "duplicated" { 2 } else { 1 };
        let arrives = vec![talk.now() + 40_000_000; copies];
        let one = seg("PSH,ACK", start, 0).with("x").altered(how, arrives);
        talk.sends("x", &[one]);
        talk.wait(60);
    }
    talk.sends("y", &[seg("PSH,ACK", 5, 0).with("y").dropped()]);
    talk.sends("z", &[seg("PSH,ACK", 6, 0).with("z").dropped()]);
    let timeline = talk.story.build();
    let options = Options::new(Speaker::default());
    let ladder = Ladder::of(&timeline, &options);
    let notes = |drawn: &str, what: &str| drawn.matches(what).count();
    let drawn = ladder.to_text(&TextStyle::new(80));
    assert_eq!(notes(&drawn, "delayed by the rule"), 2, "{drawn}");
    assert_eq!(notes(&drawn, "duplicated by the rule"), 1, "{drawn}");
    assert_eq!(notes(&drawn, "dropped by the rule"), 1, "{drawn}");
    assert_eq!(notes(&drawn, "✗"), 2, "both are seen to be lost: {drawn}");
    assert!(drawn.contains("Notes that say the same as the one before, not drawn: 3."), "{drawn}");
    assert_eq!(notes(&ladder.to_svg(&SvgStyle::default()), "↳ delayed by the rule"), 2);
    // Whoever hears it has no picture.
    let words: Vec<String> = ladder.in_words().collect();
    assert_eq!(notes(&words.join("\n"), "dropped by the rule"), 2, "{words:#?}");
    let all = Ladder::of(&timeline, &options.fold(false)).to_text(&TextStyle::new(80));
    assert_eq!(notes(&all, "delayed by the rule"), 4, "{all}");
}

#[test]
fn what_was_under_way_at_the_end_is_not_drawn_as_lost() {
    let (mut talk, _) = Talk::connected();
    talk.sends("hola", &[seg("PSH,ACK", 0, 0).with("hola")]);
    let mut timeline = talk.story.build();
    let last = timeline.events.iter_mut().rev().find_map(|event| match &mut event.what {
        What::Frame(frame) => Some(frame),
        _ => None,
    });
    last.expect("a frame").fate = Fate::UnderWay { how: vec![], rule: "delay 1s".to_owned() };
    let ladder = Ladder::of(&timeline, &Options::new(Speaker::default()));
    for drawn in [ladder.to_text(&TextStyle::new(80)), ladder.to_svg(&SvgStyle::default())] {
        assert!(drawn.contains('…') && !drawn.contains('✗'), "{drawn}");
        assert!(drawn.contains("still under way when the recording ended"), "{drawn}");
    }
}

#[test]
fn a_corrupted_packet_is_dropped_by_the_kernel_unless_its_checksum_was_mended() {
    let (mut talk, _) = Talk::connected();
    let arrives = vec![talk.now() + 10_000];
    talk.sends("hola", &[seg("PSH,ACK", 0, 0).with("hola").altered("corrupted", arrives)]);
    let drawn = Ladder::of(&talk.story.build(), &Options::new(Speaker::default()));
    let drawn = drawn.to_text(&TextStyle::new(80));
    assert!(drawn.contains("corrupted by the rule, so that the kernel drops it"), "{drawn}");
}

/// The packets alone, as somebody else captured them.
fn captured(talk: &Talk, skipped: usize) -> Timeline {
    let mut timeline = talk.story.build();
    timeline.events.retain(|event| event.frame().is_some());
    timeline.events.drain(..skipped);
    timeline.header.columns.clear();
    timeline
}

#[test]
fn a_capture_that_began_in_the_middle_has_its_client_at_the_left_too() {
    let (mut talk, _) = Talk::connected();
    talk.far(seg("PSH,ACK", 0, 0).with("hola"));
    talk.near(seg("ACK", 0, 4));
    for skipped in [0, 1, 3] {
        let ladder = Ladder::of(&captured(&talk, skipped), &Options::new(Speaker::default()));
        let names: Vec<&str> = ladder.participants.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["clients at 127.0.0.1", "127.0.0.1:12000"], "without {skipped}");
    }
}

#[test]
fn a_capture_of_one_connection_says_its_port_once_and_what_neighbours_say() {
    let mut story = Story::new();
    let ask = |transport, ends: [&str; 2]| Headers {
        source: address(ends[0]),
        destination: address(ends[1]),
        protocol: Protocol::UDP,
        payload: match transport {
            Transport::Neighbour { .. } => Bytes::default(),
            _ => Bytes::whole("hola"),
        },
        transport,
        fragment: None,
    };
    let says = |text: &str| Transport::Neighbour { text: text.to_owned() };
    let (here, there) = ("10.0.0.1:0", "10.0.0.2:0");
    frame(&mut story, ask(says("who has 10.0.0.2?"), [here, there]), None);
    let answer = "10.0.0.2 is at 02:00:00:00:00:02";
    frame(&mut story, ask(says(answer), [there, here]), None);
    let ends = ["10.0.0.1:40000", "10.0.0.2:12000"];
    frame(&mut story, ask(Transport::Udp, ends), None);
    let mut timeline = story.build();
    timeline.header.columns.clear();
    let spanish = Speaker::new(Language::find("es").expect("a language"));
    let drawn = Ladder::of(&timeline, &Options::new(spanish));
    let names: Vec<&str> = drawn.participants.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["10.0.0.1", "10.0.0.2:12000"]);
    let drawn = drawn.to_text(&TextStyle::new(80));
    for said in ["¿quién tiene 10.0.0.2?", "aquí está 10.0.0.2", "hola"] {
        assert!(drawn.contains(said), "{drawn}");
    }
    assert!(!drawn.contains('→'), "{drawn}");
    let wide = Ladder::of(&timeline, &Options::new(spanish)).to_text(&TextStyle::new(120));
    assert!(wide.contains("aquí está 10.0.0.2 (02:00:00:00:00:02)"), "{wide}");
}

#[test]
fn packets_that_are_not_drawn_are_counted_in_a_capture_too() {
    let (mut talk, _) = Talk::connected();
    talk.far(seg("ACK", 0, 0));
    let mut timeline = captured(&talk, 0);
    for event in &mut timeline.events {
        if let What::Frame(frame) = &mut event.what {
            frame.headers = None;
        }
    }
    let drawn = Ladder::of(&timeline, &Options::new(Speaker::default()));
    let drawn = drawn.to_text(&TextStyle::new(80));
    assert!(drawn.contains("of which too little was captured, not drawn: 4."), "{drawn}");
    assert!(!drawn.contains("No socket call"), "{drawn}");
}

#[test]
fn what_a_program_sends_to_itself_stands_in_its_column() {
    let drawn = text("packets-itself");
    assert!(drawn.contains("itself.py, server side"), "{drawn}");
    assert!(drawn.contains("SYN"), "{drawn}");
    assert!(!drawn.contains("of no program"), "{drawn}");
    // One socket is one column.
    let mut story = Story::new();
    let program = story.command("itself", "python3 itself.py");
    let near = story.tcp(program);
    story.bind(near, "127.0.0.1:40000");
    story.identity(near).peer = Some(address("127.0.0.1:40000"));
    let mut talk = Talk { story, near, far: near, listener: near, first: [1_000; 2] };
    let began = talk.now();
    talk.near(seg("SYN", -1, 0));
    talk.near(seg("SYN,ACK", -1, 0));
    talk.story.since(began).connect(near, "127.0.0.1:40000");
    talk.sends("hola", &[seg("PSH,ACK", 0, 0).with("hola")]);
    let (spanish, timeline) = (Language::find("es").expect("a language"), talk.story.build());
    let drawn = Ladder::of(&timeline, &Options::new(Speaker::new(spanish)));
    let drawn = drawn.to_text(&TextStyle::new(80));
    let rows: Vec<&str> = drawn.lines().map(str::trim).filter(|row| !row.is_empty()).collect();
    let place = |text: &str| rows.iter().position(|row| row.contains(text));
    let order = ["connect(", "a sí mismo: SYN", "a sí mismo: SYN,ACK", "= conectado", "send("];
    let places: Vec<Option<usize>> = order.iter().map(|text| place(text)).collect();
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{places:?} {drawn}");
    assert!(drawn.contains("a sí mismo: \"hola\""), "{drawn}");
}

#[test]
fn only_an_option_that_the_reader_has_is_named() {
    let timeline = recorded("packets-pair");
    let said = |options: &Options| Ladder::of(&timeline, options).to_text(&TextStyle::new(80));
    let options = Options::new(Speaker::default());
    let bare = said(&options);
    assert!(bare.contains("ACKs that carry nothing else") && !bare.contains("--all"), "{bare}");
    assert!(said(&options.offers_all(true)).contains("--all draws them"));
}

#[test]
fn a_packet_can_be_opened() {
    let ladder = ladder("packets-pair", "en");
    let page = ladder.to_html(&HtmlStyle::default());
    for wanted in [
        "<dt>what it is</dt>",
        "<dd class=\"\">SYN,ACK</dd>",
        "<dt>set off by</dt>",
        "connect(3, 127.0.0.1:12000)</a>",
        "<dt>window</dt>",
        "<dd class=\"\">MSS 65495 · WS ",
        "<dt>it woke</dt>",
        ": accept(3)</a>",
        ": correct</dd>",
        "bytes 1–4)</dd>",
    ] {
        assert!(page.contains(wanted), "{wanted}");
    }
    roxmltree::Document::parse(&ladder.to_svg(&SvgStyle::default())).expect("well-formed");
}

#[test]
fn all_draws_the_acknowledgements_too() {
    let timeline = recorded("packets-pair");
    let options = Options::default().detail(socklab_ladder::Detail::All);
    let all = Ladder::of(&timeline, &options).to_text(&TextStyle::new(80));
    assert!(all.contains(" ACK 4 ") && !all.contains("not drawn"), "{all}");
    let frames = timeline.events.iter().filter(|event| event.frame().is_some()).count();
    let drawn = all.lines().filter(|line| line.contains('▶') || line.contains('◀')).count();
    assert_eq!(drawn, frames, "{all}");
}

#[test]
fn a_program_that_asks_a_socket_of_its_own_in_vain_has_two_sides() {
    let mut story = Story::new();
    let (program, listener, _) = scenes::tcp_server(&mut story);
    let near = story.tcp(program);
    story.bind(near, "127.0.0.1:40000");
    story.identity(near).peer = Some(address("127.0.0.1:12000"));
    let far = story.other_end(near, program);
    let mut talk = Talk { story, near, far, listener, first: FIRST };
    let began = talk.now();
    talk.near(seg("SYN", -1, 0).dropped());
    talk.wait(1_000);
    talk.near(seg("SYN", -1, 0).dropped());
    let args = Args::Connect { address: address("127.0.0.1:12000") };
    talk.story.since(began).unfinished(near, "connect", args);
    let timeline = talk.story.build();
    let drawn = Ladder::of(&timeline, &Options::new(Speaker::default()));
    assert_eq!(drawn.participants.len(), 2, "{:?}", drawn.participants);
    let lost = drawn.arrows.iter().filter(|arrow| arrow.lost).count();
    assert_eq!(lost, 2, "both SYNs");
    assert!(!drawn.footer.iter().any(|line| line.contains("program")), "{:?}", drawn.footer);
}

#[test]
fn a_call_stands_above_the_packet_that_it_set_off_with_what_was_held_back() {
    let (mut talk, _) = Talk::connected();
    let more = Args::Send {
        asked: 4,
        bytes: Bytes::whole("more"),
        flags: [Name::of("MSG_MORE")].into_iter().collect(),
        to: None,
        control: Box::default(),
    };
    talk.story.on(talk.near, "send", more, Outcome::Value(4));
    talk.wait(1);
    talk.sends("end", &[seg("PSH,ACK", 0, 0).with("moreend")]);
    talk.story.recv(talk.far, "moreend");
    let timeline = talk.story.build();
    let drawn = Ladder::of(&timeline, &Options::new(Speaker::default()));
    let drawn = drawn.to_text(&TextStyle::new(100));
    let place = |text: &str| drawn.lines().position(|row| row.contains(text));
    let places = ["\"more\"", "\"end\"", "7 B"].map(place);
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{places:?} {drawn}");
    assert!(drawn.contains("MSG_MORE had held it back"), "{drawn}");
}

#[test]
fn one_port_of_two_addresses_is_two_columns_that_differ() {
    let mut story = Story::new();
    let program = story.command("client", "client");
    for to in ["127.0.0.1:80", "[::1]:80"] {
        let near = story.tcp(program);
        let from = if to.starts_with('[') { "[::1]:40000" } else { "127.0.0.1:40000" };
        story.bind(near, from);
        story.identity(near).peer = Some(address(to));
        let far = story.other_end(near, program);
        let mut talk = Talk { story, near, far, listener: far, first: FIRST };
        let began = talk.now();
        talk.near(seg("SYN", -1, 0));
        talk.far(seg("RST,ACK", -1, -1).window(0));
        let args = Args::Connect { address: address(to) };
        talk.story.since(began).fail(near, "connect", args, 111);
        story = talk.story;
    }
    let drawn = Ladder::of(&story.build(), &Options::new(Speaker::default()));
    let names: Vec<&str> = drawn.participants.iter().map(|one| &*one.name).collect();
    assert_eq!(names[1..], ["127.0.0.1:80", "[::1]:80"], "{names:?}");
}
