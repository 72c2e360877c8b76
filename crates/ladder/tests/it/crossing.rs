//! Packets that are long under way, and what the kernel's tables say meanwhile.

use socklab_event::{State, TcpState, What};
use socklab_ladder::{HtmlStyle, Ladder, Options, SvgStyle, TextStyle};
use socklab_say::Speaker;
use socklab_timelines::{Seg, Talk, seg};

const MS: u64 = 1_000_000;

fn ladder(talk: &Talk) -> Ladder {
    Ladder::of(&talk.story.build(), &Options::new(Speaker::default()))
}

/// A segment that is under way for so many milliseconds.
fn late(talk: &Talk, seg: Seg, milliseconds: u64) -> Seg {
    seg.altered("delayed", vec![talk.now() + milliseconds * MS])
}

/// Both ends close while the FIN of the other is under way.
fn both_close() -> Talk {
    let (mut talk, _) = Talk::connected();
    for side in [0, 1] {
        talk.wait(1);
        let (began, end) = (talk.now(), [talk.near, talk.far][side]);
        let fin = late(&talk, seg("FIN,ACK", 0, 0), 200);
        talk.segment(side, fin);
        talk.story.since(began).close(end);
    }
    talk.wait(198);
    for side in [1, 0] {
        talk.wait(1);
        let ack = late(&talk, seg("ACK", 1, 1), 200);
        talk.segment(side, ack);
    }
    talk
}

#[test]
fn packets_that_cross_are_seen_to_cross() {
    let talk = both_close();
    let ladder = ladder(&talk);
    let drawn = ladder.to_text(&TextStyle::new(80));
    let row = |what: &str| {
        let found = drawn.lines().position(|line| line.contains(what));
        found.unwrap_or_else(|| panic!("no {what}: {drawn}"))
    };
    let [first, second] = [row("① FIN"), row("② FIN")];
    let [first_arrives, second_arrives] = [row("◂ ① FIN"), row("◂ ② FIN")];
    assert!(first < second && second < first_arrives, "{drawn}");
    assert!(first_arrives < second_arrives, "{drawn}");
    let heads = ladder.arrows.iter().filter(|arrow| !arrow.heads.is_empty());
    assert!(heads.clone().count() >= 2, "{drawn}");
    for arrow in heads {
        assert!(arrow.heads[0].row > arrow.row && !arrow.lost, "{arrow:?}");
    }
    let ascii = ladder.to_text(&TextStyle::new(60).ascii(true));
    assert!(ascii.is_ascii() && ascii.contains("<- (1) FIN"), "{ascii}");
    let list = ladder.to_text(&TextStyle::new(40));
    assert!(list.contains("◂ ② FIN"), "{list}");
    assert!(ladder.to_svg(&SvgStyle::default()).contains("◂ ②"));
    assert!(ladder.to_html(&HtmlStyle::default()).contains("◂ ② FIN"));
    insta::assert_snapshot!(format!("{drawn}\n{list}"));
}

#[test]
fn a_packet_that_is_late_without_need_has_one_row() {
    let (mut talk, _) = Talk::connected();
    let began = talk.now();
    let fin = late(&talk, seg("FIN,ACK", 0, 0), 200);
    talk.near(fin);
    talk.story.since(began).close(talk.near);
    talk.wait(300);
    talk.story.close(talk.far);
    let drawn = ladder(&talk).to_text(&TextStyle::new(80));
    assert!(drawn.contains("FIN ─") && !drawn.contains('①'), "{drawn}");
}

#[test]
fn a_packet_that_is_overtaken_arrives_after_the_other_one() {
    let (mut talk, _) = Talk::connected();
    let first = late(&talk, seg("PSH,ACK", 0, 0).with("one"), 50);
    talk.sends("one", &[first]);
    talk.sends("two", &[seg("PSH,ACK", 3, 0).with("two")]);
    let drawn = ladder(&talk).to_text(&TextStyle::new(80));
    let [two, arrives] = ["two", "◂ ① one"].map(|what| drawn.rfind(what));
    assert!(two.is_some() && two < arrives.or(drawn.find("◂ ①")), "{drawn}");
}

#[test]
fn a_state_that_is_no_news_is_told_once() {
    let mut talk = both_close();
    let socket = std::sync::Arc::new(talk.story.identity(talk.near).clone());
    let mut seqs = Vec::new();
    for (after, queue) in [
        (TcpState::CLOSING, 1),
        (TcpState::CLOSING, 1),
        (TcpState::TIME_WAIT, 0),
        (TcpState::TIME_WAIT, 0),
    ] {
        talk.wait(50);
        let state = State {
            socket: socket.clone(),
            before: None,
            after,
            receive_queue: queue,
            send_queue: queue,
        };
        seqs.push(talk.story.what(talk.near.who, What::State(Box::new(state))));
    }
    let options = Options::new(Speaker::default()).keep(seqs.iter().copied());
    let ladder = Ladder::of(&talk.story.build(), &options);
    let drawn = ladder.to_text(&TextStyle::new(80));
    for state in ["CLOSING", "TIME_WAIT"] {
        assert_eq!(drawn.matches(state).count(), 1, "{drawn}");
    }
    assert_eq!(ladder.row_of(seqs[2]), ladder.row_of(seqs[3]));
    assert_ne!(ladder.row_of(seqs[1]), ladder.row_of(seqs[2]));
}
