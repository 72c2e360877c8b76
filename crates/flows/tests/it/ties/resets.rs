//! Why an end sent RST.

use socklab_event::{Args, Name, OptionValue, Outcome};
use socklab_flows::{Cause, Flows, Meaning, ResetReason};

use super::{Talk, at, seg, tie};

fn linger(talk: &mut Talk) {
    let (level, option) = (Name::of("SOL_SOCKET"), Name::of("SO_LINGER"));
    let args = Args::SetOption { level, option, value: OptionValue::Linger(Some(0)) };
    talk.story.on(talk.far, "setsockopt", args, Outcome::Value(0));
}

#[test]
fn a_close_cuts_the_connection_if_bytes_are_unread_or_it_must_not_linger() {
    for [lingers, reads] in [[false, false], [true, false], [true, true], [false, true]] {
        let (mut talk, _) = Talk::connected();
        talk.sends("hola", &[seg("PSH,ACK", 0, 0).with("hola")]);
        if reads {
            talk.story.recv(talk.far, "hola");
        }
        if lingers {
            linger(&mut talk);
        }
        let waits = talk.now();
        let began = talk.now();
        let reset = talk.far(seg("RST,ACK", 0, 4).window(0));
        let close = talk.story.since(began).close(talk.far);
        let told = socklab_timelines::got(10, b"");
        let told = talk.story.since(waits).fail(talk.near, "recvfrom", told, 104);
        let timeline = talk.story.build();
        let flows = Flows::of(&timeline);
        let reason = match (lingers, reads) {
            (true, _) => ResetReason::Linger,
            (false, false) => ResetReason::Unread(4),
            (false, true) => ResetReason::Unknown,
        };
        let [close, told] = at(&flows, [close, told]);
        let one = tie(&flows, reset);
        assert_eq!(one.meaning, Meaning::Rst(reason));
        assert_eq!((one.cause, one.ended_by), (Cause::Call(close), Some(close)));
        assert_eq!(one.woke, [told]);
    }
}

#[test]
fn what_comes_after_a_close_is_answered_with_a_reset() {
    let (mut talk, _) = Talk::connected();
    let began = talk.now();
    talk.far(seg("FIN,ACK", 0, 0));
    let close = talk.story.since(began).close(talk.far);
    talk.near(seg("ACK", 0, 1));
    talk.wait(50);
    let (_, frames) = talk.sends("late", &[seg("PSH,ACK", 0, 1).with("late")]);
    let reset = talk.far(seg("RST", 1, -1).window(0));
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let [close, late] = at(&flows, [close, frames[0]]);
    let one = tie(&flows, reset);
    assert_eq!(one.meaning, Meaning::Rst(ResetReason::Closed));
    assert_eq!((one.cause, one.ended_by), (Cause::Frame(late), Some(close)));
}

#[test]
fn a_connection_that_nobody_accepts_ends_with_its_listener() {
    let mut talk = Talk::new();
    let began = talk.now();
    talk.near(seg("SYN", -1, 0));
    talk.far(seg("SYN,ACK", -1, 0));
    talk.story.since(began).connect(talk.near, "127.0.0.1:12000");
    talk.near(seg("ACK", 0, 0));
    let began = talk.now();
    let reset = talk.far(seg("RST,ACK", 0, 0).window(0));
    let close = talk.story.since(began).close(talk.listener);
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(tie(&flows, reset).meaning, Meaning::Rst(ResetReason::NeverAccepted));
    assert_eq!(tie(&flows, reset).ended_by, Some(at(&flows, [close])[0]));
}

#[test]
fn a_reset_of_the_wire_is_nobodys() {
    let (mut talk, _) = Talk::connected();
    let at_once = vec![talk.now() + 10_000];
    let reset = talk.far(seg("RST,ACK", 0, 0).altered("injected", at_once));
    talk.story.close(talk.far);
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let reason = ResetReason::Rule("injected it".to_owned());
    assert_eq!(tie(&flows, reset).meaning, Meaning::Rst(reason));
    assert_eq!((tie(&flows, reset).cause, tie(&flows, reset).ended_by), (Cause::Unknown, None));
}

#[test]
fn a_refusal_where_somebody_listens_is_not_explained() {
    let mut talk = Talk::new();
    let began = talk.now();
    talk.near(seg("SYN", -1, 0));
    let reset = talk.far(seg("RST,ACK", -1, 0).window(0));
    let to = Args::Connect { address: socklab_timelines::address("127.0.0.1:12000") };
    talk.story.identity(talk.near).peer = None;
    talk.story.since(began).fail(talk.near, "connect", to, 111);
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(tie(&flows, reset).meaning, Meaning::Rst(ResetReason::Unknown));
}

#[test]
fn a_syn_that_comes_after_the_listener_has_gone_finds_nobody() {
    for gone in [true, false] {
        let mut talk = Talk::new();
        let began = talk.now();
        let lost = talk.near(seg("SYN", -1, 0).dropped());
        talk.wait(1_000);
        if gone {
            talk.story.close(talk.listener);
        }
        talk.near(seg("SYN", -1, 0));
        let reset = talk.far(seg("RST,ACK", -1, -1).window(0));
        let args = Args::Connect { address: socklab_timelines::address("127.0.0.1:12000") };
        talk.story.since(began).fail(talk.near, "connect", args, 111);
        let timeline = talk.story.build();
        let flows = Flows::of(&timeline);
        assert!(flows.ties.conversations[0].listener.is_some(), "it listened at first: {lost}");
        let reason = if gone { ResetReason::NobodyListens } else { ResetReason::Unknown };
        assert_eq!(tie(&flows, reset).meaning, Meaning::Rst(reason));
    }
}
