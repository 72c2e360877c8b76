//! What two ends said to one another, and what is missing of it.

use socklab_event::{Args, Bytes, Event, Outcome, SocketType, Timeline, What};
use socklab_flows::{Dialogue, DialogueKind, Dialogues, Flows, Gap, Piece, Said};
use socklab_timelines::{Story, Talk, any_timeline, scenes, seg};

/// What was said in the first dialogue: who, and each piece as text, `?N` for N missing bytes.
fn said(timeline: &Timeline) -> Vec<(usize, String)> {
    let flows = Flows::of(timeline);
    let dialogues = Dialogues::of(&flows);
    let said = dialogues.said(0).into_iter();
    said.map(|one| (one.side, text(&one))).collect()
}

fn text(one: &Said<'_>) -> String {
    let piece = |piece: &Piece<'_>| match piece {
        Piece::Known(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Piece::Missing { bytes, why: Gap::Limit } => format!("?{bytes}"),
        Piece::Missing { bytes, why } => format!("?{bytes}{why:?}"),
        other => format!("{other:?}"),
    };
    one.pieces.iter().map(piece).collect()
}

fn only(timeline: &Timeline) -> Dialogue {
    let flows = Flows::of(timeline);
    let dialogues = Dialogues::of(&flows);
    let [only] = dialogues.all() else { panic!("{:?}", dialogues.all()) };
    only.clone()
}

/// The same without any call: as in a capture.
fn captured(timeline: &Timeline) -> Timeline {
    let mut captured = timeline.clone();
    captured.events.retain(|event| matches!(event.what, What::Frame(_)));
    captured
}

#[test]
fn both_ends_of_a_stream_speak_in_turn() {
    let timeline = scenes::upper_tcp();
    let dialogue = only(&timeline);
    assert_eq!((dialogue.kind, dialogue.joined_late), (DialogueKind::Stream, false));
    let said = said(&timeline);
    let sides: Vec<usize> = said.iter().map(|(side, _)| *side).collect();
    assert_eq!(sides, [0, 1], "{said:?}");
    assert_eq!(said[0].1.to_uppercase(), said[1].1);
}

#[test]
fn a_peer_that_was_not_recorded_is_heard_through_the_reads() {
    let said = said(&scenes::http());
    let sides: Vec<usize> = said.iter().map(|(side, _)| *side).collect();
    assert_eq!(sides, [0, 1, 1, 1]);
    assert!(said[1].1.starts_with("HTTP/1.1 200 OK\r\n"));
}

#[test]
fn datagrams_are_messages_of_their_own() {
    let timeline = scenes::upper_udp();
    assert_eq!(only(&timeline).kind, DialogueKind::Messages);
    let said = said(&timeline);
    assert_eq!(said.len(), 2, "{said:?}");
    assert_eq!(said[0].1.to_uppercase(), said[1].1);
}

#[test]
fn messages_that_a_unix_socket_keeps_apart_stay_apart() {
    let mut story = Story::new();
    let program = story.command("program", "program");
    let [one, other] = story.socketpair(program, SocketType::SEQPACKET);
    story.send(one, "first");
    story.send(one, "second");
    story.recv_into(other, 4, "firs");
    let flows = story.build();
    assert_eq!(only(&flows).kind, DialogueKind::Messages);
    assert_eq!(said(&flows), [(0, "first".to_owned()), (0, "second".to_owned())]);
}

fn cut(timeline: &mut Timeline, keep: usize, only: impl Fn(&Event) -> bool) {
    for event in &mut timeline.events {
        let cuts = only(event);
        if let What::Call(call) = &mut event.what
            && cuts
            && let Args::Send { bytes, .. } | Args::Recv { bytes, .. } = &mut call.args
        {
            bytes.cut(keep);
        }
    }
}

#[test]
fn what_the_sender_kept_too_little_of_the_receivers_tell() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.send(near, "0123456789");
    story.send(near, "abcdef");
    story.recv_into(far, 4, "0123");
    story.recv_into(far, 8, "456789ab");
    story.recv_into(far, 9, "cdef");
    let mut timeline = story.build();
    cut(&mut timeline, 3, |_| true);
    let all = [(0, "012?1456?3".to_owned()), (0, "abcde?1".to_owned())];
    assert_eq!(said(&timeline), all, "of each call three bytes were kept");
    cut(&mut timeline, 0, |event| event.call().is_some_and(|call| call.sends()));
    let all = [(0, "012?1456?3".to_owned()), (0, "?2cde?1".to_owned())];
    assert_eq!(said(&timeline), all);
    let flows = Flows::of(&timeline);
    let missing: u64 = Dialogues::of(&flows).said(0).iter().map(Said::missing).sum();
    assert_eq!(missing, 7);
}

#[test]
fn what_no_program_had_is_known_from_who_received_it() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    let args = Args::SendFile { other_fd: 9, asked: 8, into_socket: true };
    story.on(near, "sendfile", args, Outcome::Value(8));
    story.recv_into(far, 4, "from");
    assert_eq!(said(&story.build()), [(0, "from?4Unseen".to_owned())]);
}

#[test]
fn a_capture_is_put_together_by_its_numbers() {
    let (mut talk, _) = Talk::connected();
    talk.near(seg("PSH ACK", 0, 0).with("hola "));
    talk.near(seg("PSH ACK", 10, 0).with("!\n"));
    talk.near(seg("PSH ACK", 0, 0).with("hola "));
    talk.near(seg("PSH ACK", 5, 0).with("mundo!"));
    talk.far(seg("PSH ACK", 0, 12).with("HOLA"));
    let timeline = captured(&talk.story.build());
    let dialogue = only(&timeline);
    assert!(dialogue.connection.is_none() && !dialogue.joined_late);
    let all = ["hola ", "mundo", "!\n"].map(|text| (0, text.to_owned()));
    assert_eq!(said(&timeline), [&all[..], &[(1, "HOLA".to_owned())]].concat());
}

#[test]
fn what_a_capture_lacks_is_never_silently_joined() {
    let (mut talk, _) = Talk::connected();
    talk.near(seg("PSH ACK", 0, 0).with("hola "));
    talk.near(seg("PSH ACK", 9, 0).with("!"));
    talk.far(seg("ACK", 0, 14));
    let timeline = captured(&talk.story.build());
    let all = ["hola ", "?4Uncaptured", "!", "?4Uncaptured"].map(|text| (0, text.to_owned()));
    assert_eq!(said(&timeline), all);
}

#[test]
fn a_capture_that_begins_in_the_middle_counts_from_there() {
    let (mut talk, _) = Talk::shaken([u32::MAX - 3, 7]);
    talk.near(seg("PSH ACK", 6, 0).with("mundo"));
    talk.near(seg("PSH ACK", 0, 0).with("hola, "));
    talk.near(seg("PSH ACK", 13, 0).with("!"));
    let mut timeline = captured(&talk.story.build());
    timeline.events.drain(..3);
    assert!(only(&timeline).joined_late);
    let all = ["hola, ", "mundo", "?2Uncaptured", "!"].map(|text| (0, text.to_owned()));
    assert_eq!(said(&timeline), all);
}

#[test]
fn a_connection_that_did_not_come_about_says_nothing() {
    assert!(Dialogues::of(&Flows::of(&scenes::refused())).all().is_empty());
    assert!(Dialogues::of(&Flows::of(&captured(&scenes::refused()))).all().is_empty());
}

proptest::proptest! {
    /// Whatever was recorded, each message is as long as it says, the offsets of each side go on
    /// where the ones before end, and nothing panics.
    #[test]
    fn every_byte_is_accounted_for(timeline in any_timeline(60)) {
        for timeline in [captured(&timeline), timeline] {
            let flows = Flows::of(&timeline);
            let dialogues = Dialogues::of(&flows);
            for index in 0..dialogues.all().len() {
                let mut next = [0_u64; 2];
                let mut before = 0;
                for one in dialogues.said(index) {
                    let length = |piece: &Piece<'_>| match piece {
                        Piece::Known(bytes) => bytes.len() as u64,
                        other => other.missing(),
                    };
                    let sum = one.pieces.iter().map(length).fold(0, u64::saturating_add);
                    proptest::prop_assert_eq!(sum, one.total);
                    proptest::prop_assert_eq!(one.start, next[one.side]);
                    next[one.side] = next[one.side].saturating_add(one.total);
                    proptest::prop_assert!(one.at >= before && one.at < flows.order.len());
                    before = one.at;
                }
            }
            proptest::prop_assert!(dialogues.said(dialogues.all().len()).is_empty());
        }
    }

    /// In whatever order, how often, and cut as they may be, segments are put together to the text.
    #[test]
    fn segments_in_any_order_make_the_same_text(
        cuts in proptest::collection::vec((0usize..30, 1usize..9), 1..14),
        first in proptest::prelude::any::<u32>(),
    ) {
        let text = b"abcdefghijklmnopqrstuvwxyz0123456789ABC";
        let (mut talk, _) = Talk::shaken([first, 7]);
        let mut covered = [false; 39];
        for (start, length) in cuts {
            let piece = &text[start..start + length];
            covered[start..start + length].fill(true);
            talk.near(seg("ACK", start as i64, 0).with(piece));
        }
        let timeline = captured(&talk.story.build());
        let flows = Flows::of(&timeline);
        let dialogues = Dialogues::of(&flows);
        let mut at = 0;
        for one in dialogues.said(0) {
            for piece in one.pieces {
                match piece {
                    Piece::Known(bytes) => {
                        proptest::prop_assert_eq!(bytes, &text[at..at + bytes.len()]);
                        at += bytes.len();
                    }
                    other => {
                        let end = at + other.missing() as usize;
                        proptest::prop_assert!(covered[at..end].iter().all(|known| !known));
                        at = end;
                    }
                }
            }
        }
        proptest::prop_assert_eq!(at, covered.iter().rposition(|known| *known).unwrap() + 1);
    }
}

#[test]
fn a_sample_that_is_cut_says_how_much_is_missing() {
    let mut story = Story::new();
    let (near, _) = scenes::tcp_pair(&mut story);
    let bytes = Bytes { sample: b"hola".to_vec(), total: 9 };
    let (flags, control) = (socklab_event::Flags::default(), Box::default());
    let args = Args::Send { asked: 9, bytes, flags, to: None, control };
    story.on(near, "write", args, Outcome::Value(9));
    assert_eq!(said(&story.build()), [(0, "hola?5".to_owned())]);
}
