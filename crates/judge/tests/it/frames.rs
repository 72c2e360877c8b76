//! Expectations about packets, on stories with frames.

use socklab_event::FrameKind;
use socklab_flows::Flows;
use socklab_judge::{
    Expectation, Fact, FateWanted, Finding, FrameWanted, Judgement, Mismatch, Range, ResentWanted,
    Subject, Waited, facts, judge,
};
use socklab_timelines::scenes::{upper_tcp, wired};

fn expect(name: &str, wanted: FrameWanted) -> Expectation {
    Expectation {
        name: name.to_owned(),
        depends_on: Vec::new(),
        after: Vec::new(),
        before: Vec::new(),
        same_socket: None,
        times: Range::at_least(1),
        waited: None,
        subject: Subject::Frame(Box::new(wanted)),
    }
}

/// The findings on the upper-case pair whose answer is lost once.
fn findings(expectations: &[Expectation]) -> Vec<Finding> {
    let timeline = wired();
    judge(expectations, &Flows::of(&timeline))
}

/// How many frames fit.
fn count(wanted: FrameWanted) -> usize {
    let findings = findings(&[expect("one", wanted)]);
    match &findings[0].outcome {
        Judgement::Passed => findings[0].evidence.len(),
        Judgement::Failed(_) => 0,
        other => panic!("{other:?}"),
    }
}

fn any(kind: FrameKind) -> FrameWanted {
    FrameWanted::any(kind)
}

fn name(name: &str) -> Option<String> {
    Some(name.to_owned())
}

#[test]
fn frames_are_found_by_kind_sender_and_fate() {
    assert_eq!(count(any(FrameKind::Frame)), 11);
    assert_eq!(count(any(FrameKind::Syn)), 1);
    assert_eq!(count(any(FrameKind::SynAck)), 1);
    assert_eq!(count(any(FrameKind::Data)), 3);
    assert_eq!(count(any(FrameKind::Udp)), 0);
    // Of actors, not of what the wire calls the hosts.
    let from = |who: &str| FrameWanted { from: name(who), ..any(FrameKind::Data) };
    assert_eq!((count(from("client")), count(from("server")), count(from("a"))), (1, 2, 0));
    let to = |who: &str| FrameWanted { to: name(who), ..any(FrameKind::Data) };
    assert_eq!((count(to("client")), count(to("server")), count(to("b"))), (2, 1, 0));
    let fate = |fate| FrameWanted { fate: Some(fate), ..any(FrameKind::Data) };
    assert_eq!(count(fate(FateWanted::Dropped)), 1);
    assert_eq!(count(fate(FateWanted::Delivered)), 2);
    assert_eq!(count(fate(FateWanted::Arrived)), 2);
    assert_eq!(count(fate(FateWanted::Corrupted)), 0);
    let address = |text: &str| socklab_judge::Address::parse(text);
    let source = FrameWanted { source: address("*:12000"), ..any(FrameKind::Data) };
    let destination = FrameWanted { destination: address("*:12000"), ..any(FrameKind::Data) };
    assert_eq!((count(source), count(destination)), (2, 1));
}

#[test]
fn what_was_sent_again_is_known() {
    let again = |again| FrameWanted { again: Some(again), ..any(FrameKind::Data) };
    assert_eq!((count(again(true)), count(again(false))), (1, 2));
    let resent = |by| FrameWanted { resent: Some(by), ..any(FrameKind::Data) };
    assert_eq!(count(resent(ResentWanted::Timer)), 1);
    assert_eq!(count(resent(ResentWanted::DuplicateAcks)), 0);
    let window = |range| FrameWanted { window: Some(range), ..any(FrameKind::Segment) };
    assert_eq!(count(window(Range::exactly(0))), 0);
    assert_eq!(count(window(Range::exactly(512))), 11);
}

#[test]
fn the_time_until_something_is_sent_again_is_judged() {
    let lost =
        expect("lost", FrameWanted { fate: Some(FateWanted::Dropped), ..any(FrameKind::Data) });
    let since = |least, most| {
        let ms = Range { at_least: Some(least), at_most: Some(most) };
        let again = FrameWanted { again: Some(true), ..any(FrameKind::Data) };
        let again = expect("again", again);
        let waited = Some(Waited { since: "lost".to_owned(), ms });
        let both = [lost.clone(), Expectation { waited, ..again }];
        findings(&both).remove(1).outcome
    };
    assert_eq!(since(150, 400), Judgement::Passed);
    assert!(matches!(since(300, 400), Judgement::Failed(Mismatch::Waited { .. })));
}

#[test]
fn an_explanation_cites_fate_rule_and_gap() {
    let answers = FrameWanted { from: name("server"), ..any(FrameKind::Data) };
    let timeline = wired();
    let flows = Flows::of(&timeline);
    let facts = facts(&judge(&[expect("answers", answers)], &flows), &flows);
    let text = |word: &str| match &facts[&format!("answers.{word}")] {
        Fact::Text(text) => text.clone(),
        Fact::Number(number) => number.to_string(),
        Fact::Bytes(bytes) => bytes.to_string(),
        other => panic!("{word}: {other:?}"),
    };
    assert_eq!(text("who"), "server");
    assert_eq!(text("fate"), "dropped");
    assert_eq!(text("rule"), "drop the 1st data segment from server");
    assert_eq!(
        (text("count"), text("length"), text("total")),
        ("2".into(), "4".into(), "8".into())
    );
    assert_eq!(
        (text("bytes"), text("flags"), text("window")),
        ("HOLA".into(), "PSH,ACK".into(), "512".into())
    );
    let (Fact::Time(gap), Fact::Times(gaps)) = (&facts["answers.gap"], &facts["answers.gaps"])
    else {
        panic!("{facts:?}")
    };
    assert!((200_000_000..201_000_000).contains(gap) && gaps == &[*gap]);
}

#[test]
fn without_packets_nobody_knows() {
    let timeline = upper_tcp();
    let flows = Flows::of(&timeline);
    let judged = |times| {
        let wanted = Expectation { times, ..expect("one", any(FrameKind::Syn)) };
        judge(&[wanted], &flows).remove(0).outcome
    };
    assert_eq!(judged(Range::at_least(1)), Judgement::Unclear);
    assert_eq!(judged(Range::exactly(0)), Judgement::Unclear);
}
