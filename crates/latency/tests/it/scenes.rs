//! Waits whose causes are known, because the recording was made by hand.

use std::sync::Arc;

use socklab_event::{
    Args, Counted, Counters, Flags, Name, Outcome, Shutdown, Timeline, Wait as Watched,
};
use socklab_flows::Flows;
use socklab_latency::{Asked, Cause, Latency, Side, TextStyle, Wait};
use socklab_say::Speaker;
use socklab_timelines::{Sock, Story, got, scenes};

const MS: u64 = 1_000_000;

fn answers(timeline: &Timeline) -> Vec<Wait> {
    let latency = Latency::of(&Flows::of(timeline));
    latency.waits.into_iter().filter(|wait| wait.asked == Asked::Answer).collect()
}

/// How long a cause of somebody lasted, in milliseconds.
fn took(wait: &Wait, cause: Cause, side: Option<Side>) -> u64 {
    let parts = wait.parts.iter();
    parts.filter(|part| (part.cause, part.side) == (cause, side)).map(|part| part.took / MS).sum()
}

const ASKER: Option<Side> = Some(Side::Asker);
const PEER: Option<Side> = Some(Side::Peer);

/// Says of the call with this `seq` what had been counted when it began and when it returned, in
/// milliseconds run and queued.
fn counted(timeline: &mut Timeline, seq: u64, before: (u64, u64), after: (u64, u64)) {
    let event = timeline.events.iter_mut().find(|event| event.seq == seq).expect("the call");
    let socklab_event::What::Call(call) = &mut event.what else { panic!("no call") };
    let counters = |(ran, queued): (u64, u64)| {
        Some(Counters { ran: ran * MS, queued: queued * MS, held: 0, tcp: None })
    };
    call.counted = Some(Box::new(Counted { before: counters(before), after: counters(after) }));
}

#[test]
fn an_answer_that_was_lost_waited_for_its_retransmission() {
    let timeline = scenes::wired();
    let [wait] = &answers(&timeline)[..] else { panic!("one request") };
    assert_eq!(took(wait, Cause::Retransmission, PEER), 200);
    assert_eq!(wait.own() / MS, 200, "and hardly for anything else");
    let text = Latency::of(&Flows::of(&timeline)).to_text(Speaker::ENGLISH, TextStyle::new(90));
    insta::assert_snapshot!(text);
}

/// A send that leaves at once, in one segment.
fn sends(story: &mut Story, from: Sock, text: &str) -> u64 {
    let sent = story.send(from, text);
    story.segment(from, "PSH,ACK", text, None);
    story.returns_now(sent);
    sent
}

/// The server answers the client, which has waited since then.
fn answered(story: &mut Story, [near, far]: [Sock; 2], since: u64) -> Wait {
    sends(story, far, "HOLA");
    story.since(since).recv(near, "HOLA");
    let [wait] = &answers(&story.build())[..] else { panic!("one request") };
    wait.clone()
}

/// A client asks, and a server answers after 100 ms; with packets.
fn slow() -> (Timeline, [u64; 2]) {
    let mut story = Story::new();
    let (near, far) = scenes::wired_pair(&mut story);
    sends(&mut story, near, "hola");
    let waits = story.now();
    let reads = story.recv(far, "hola");
    story.wait(100);
    let answers = sends(&mut story, far, "HOLA");
    story.since(waits).recv(near, "HOLA");
    (story.build(), [reads, answers])
}

#[test]
fn what_a_server_does_is_told_as_far_as_it_was_counted() {
    let (plain, [reads, sends]) = slow();
    let [wait] = &answers(&plain)[..] else { panic!("one request") };
    assert_eq!(took(wait, Cause::Program, PEER), 100, "nobody counted");

    let mut busy = plain.clone();
    counted(&mut busy, reads, (1, 0), (1, 0));
    counted(&mut busy, sends, (61, 30), (61, 30));
    let [wait] = &answers(&busy)[..] else { panic!("one request") };
    assert_eq!(took(wait, Cause::Running, PEER), 60);
    assert_eq!(took(wait, Cause::Processor, PEER), 30);
    assert_eq!(took(wait, Cause::Elsewhere, PEER), 10, "what is neither");
    assert_eq!(took(wait, Cause::Program, PEER), 0);
}

#[test]
fn counters_that_no_kernel_has_change_nothing_of_the_sum() {
    let (mut timeline, [reads, sends]) = slow();
    counted(&mut timeline, reads, (900, 900), (900, 900));
    counted(&mut timeline, sends, (1, 5_000), (2, 1));
    let [wait] = &answers(&timeline)[..] else { panic!("one request") };
    let parts: u64 = wait.parts.iter().map(|part| part.took).sum();
    assert_eq!(parts + wait.recorder, wait.lasted);
    assert_eq!(took(wait, Cause::Running, PEER), 0, "it cannot have run less than nothing");
}

/// A client whose connection is in the queue of a server that has not accepted it, and has asked. Also when
/// the server was ready.
fn unaccepted(story: &mut Story) -> (Sock, [Sock; 2], u64) {
    let (_, listener, ready) = scenes::tcp_server(story);
    let client = story.command("client", "python3 TCPClient.py");
    let near = story.tcp(client);
    let connect = story.connect(near, "127.0.0.1:12000");
    let far = story.other_end(near, listener.who);
    story.segment(near, "SYN", "", None);
    story.segment(far, "SYN,ACK", "", None);
    story.segment(near, "ACK", "", None);
    story.returns_now(connect);
    sends(story, near, "hola");
    (listener, [near, far], ready)
}

#[test]
fn what_a_connection_waits_for_is_its_accept() {
    let mut story = Story::new();
    let (listener, [near, far], _) = unaccepted(&mut story);
    let waits = story.now();
    // Until now the server did something else.
    story.wait(150).accept_as(listener, far);
    story.recv(far, "hola");
    let wait = &answered(&mut story, [near, far], waits);
    assert_eq!(took(wait, Cause::AcceptQueue, PEER), 150);
}

#[test]
fn a_server_that_is_woken_late_from_a_poll_was_not_elsewhere() {
    let mut story = Story::new();
    let (listener, [near, far], polls) = unaccepted(&mut story);
    let waits = story.now();
    let readable = Watched {
        fd: listener.fd,
        wants: Flags::from_iter([Name::of("POLLIN")]),
        got: Flags::from_iter([Name::of("POLLIN")]),
        socket: Some(Arc::new(story.identity(listener).clone())),
    };
    let args = Args::Poll { waits: vec![readable], timeout: None };
    // It had waited before the client came.
    story.wait(150).since(polls);
    story.call(listener.who, "poll", None, None, args, Outcome::Value(1));
    story.accept_as(listener, far);
    story.recv(far, "hola");
    let wait = &answered(&mut story, [near, far], waits);
    assert_eq!(took(wait, Cause::AcceptQueue, PEER), 0);
    assert_eq!(took(wait, Cause::Program, PEER), 150);
}

#[test]
fn a_server_that_waits_in_accept_is_no_accept_queue() {
    let mut story = Story::new();
    let (near, far) = scenes::wired_pair(&mut story);
    // The server has been in `accept` all the time; what it does then is its own.
    sends(&mut story, near, "hola");
    let waits = story.now();
    story.wait(150).recv(far, "hola");
    let wait = &answered(&mut story, [near, far], waits);
    assert_eq!(took(wait, Cause::AcceptQueue, PEER), 0);
    assert_eq!(took(wait, Cause::Program, PEER), 150, "it read that late");
}

#[test]
fn who_reads_to_the_end_of_a_stream_waits_for_who_ends_it() {
    let mut story = Story::new();
    let (near, far) = scenes::wired_pair(&mut story);
    sends(&mut story, near, "hola");
    story.recv(far, "hola");
    let server_waits = story.now();
    // The client takes its time before it says that this was all.
    let ends = story.wait(500).shutdown(near, Shutdown::WR);
    story.segment(near, "FIN,ACK", "", None);
    story.returns_now(ends);
    let waits = story.now();
    story.since(server_waits).recv(far, "");
    let wait = &answered(&mut story, [near, far], waits);
    assert_eq!(took(wait, Cause::Program, ASKER), 500);
    assert_eq!(took(wait, Cause::Network, None), 0);
}

#[test]
fn who_waits_for_more_that_does_not_come_is_not_on_the_way() {
    let mut story = Story::new();
    let (near, far) = scenes::wired_pair(&mut story);
    sends(&mut story, near, "hola");
    let waits = story.now();
    story.recv(far, "hola");
    let began = story.now();
    // Its SO_RCVTIMEO is 500 ms.
    story.wait(500).since(began).fail(far, "recvfrom", got(2048, b""), 11);
    let wait = &answered(&mut story, [near, far], waits);
    assert_eq!(took(wait, Cause::MoreData, PEER), 500);
    assert_eq!(took(wait, Cause::Network, None), 0);
}

#[test]
fn an_answer_that_lies_there_is_not_the_servers() {
    let mut story = Story::new();
    let (near, far) = scenes::wired_pair(&mut story);
    sends(&mut story, near, "hola");
    story.recv(far, "hola");
    sends(&mut story, far, "HOLA");
    // The client does something else before it looks.
    story.wait(80).recv(near, "HOLA");
    let [wait] = &answers(&story.build())[..] else { panic!("one request") };
    assert_eq!(took(wait, Cause::Program, ASKER), 80);
    assert_eq!(took(wait, Cause::Program, PEER), 0);
}

#[test]
fn without_packets_what_happens_between_two_calls_is_not_told() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.send(near, "hola");
    let waits = story.now();
    let server_waits = story.now();
    story.wait(40).since(server_waits).recv(far, "hola");
    story.send(far, "HOLA");
    story.since(waits).recv(near, "HOLA");
    let [wait] = &answers(&story.build())[..] else { panic!("one request") };
    assert_eq!(took(wait, Cause::Between, None), 40, "Nagle, the network, or something else");
}

#[test]
fn times_and_lengths_that_no_recorder_writes_are_no_panic() {
    let (timeline, _) = slow();
    let change = |change: &dyn Fn(&mut socklab_event::Call)| {
        let mut timeline = timeline.clone();
        for event in &mut timeline.events {
            if let socklab_event::What::Call(call) = &mut event.what {
                change(call);
            }
        }
        let latency = Latency::of(&Flows::of(&timeline));
        latency.to_text(Speaker::ENGLISH, TextStyle::new(80));
    };
    // It returns before it is called.
    change(&|call| (call.began, call.ended) = (call.ended + 5, call.began));
    change(&|call| (call.began, call.ended) = (0, u64::MAX));
    change(&|call| match &mut call.args {
        Args::Send { bytes, asked, .. } => (bytes.total, *asked) = (1 << 63, 1 << 63),
        Args::Recv { bytes, .. } => bytes.total = 1 << 63,
        _ => {}
    });
}

#[test]
fn who_only_sends_waits_for_nothing() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.send(near, "hola");
    story.recv(far, "hola");
    let timeline = story.build();
    assert!(answers(&timeline).is_empty());
    let latency = Latency::of(&Flows::of(&timeline));
    assert!(latency.waits.iter().all(|wait| wait.asked == Asked::Connection));
}
