//! What a segment carries, when it is sent again, and what it waited for.

use socklab_event::{Args, Flags, Name, OptionValue, Outcome};
use socklab_flows::{Cause, Flows, Meaning, Resent, Tie, WaitedFor};
use socklab_timelines::offered;

use super::{Talk, at, fits, order, seg, tie};

/// What a frame carries: of which calls, which bytes.
fn carried(flows: &Flows<'_>, tie: &Tie) -> Vec<(u64, std::ops::Range<u64>)> {
    let one = |one: &socklab_flows::Carried| (flows.order[one.sent].seq, one.bytes.clone());
    tie.carries.iter().map(one).collect()
}

#[test]
fn what_came_before_a_segment_was_sent_does_not_make_it_go_again() {
    // As of a capture that has each packet twice.
    let (mut talk, _) = Talk::connected();
    talk.far(seg("ACK", 0, 0));
    talk.near(seg("PSH,ACK", 0, 0).with("hola"));
    let again = talk.near(seg("PSH,ACK", 0, 0).with("hola"));
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let again = tie(&flows, again);
    let by = again.again.map(|again| again.by);
    assert_eq!((by, again.cause), (Some(Resent::Unknown), Cause::Unknown));
}

#[test]
fn segments_carry_messages_whole_in_parts_and_together() {
    let (mut talk, _) = Talk::connected();
    let halves = [seg("ACK", 0, 0).with("two "), seg("PSH,ACK", 4, 0).with("segments")];
    let (long, [first, second]) = {
        let (long, frames) = talk.sends("two segments", &halves);
        (long, [frames[0], frames[1]])
    };
    let one = talk.story.send(talk.near, "one ");
    let (other, both) = talk.sends("segment", &[seg("PSH,ACK", 12, 0).with("one segment")]);
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(carried(&flows, tie(&flows, first)), [(long, 0..4)]);
    assert_eq!(carried(&flows, tie(&flows, second)), [(long, 4..12)]);
    assert_eq!(carried(&flows, tie(&flows, both[0])), [(one, 0..4), (other, 0..7)]);
    assert_eq!(tie(&flows, both[0]).bytes, 12..23);
    let [long_at, other_at, both_at] = at(&flows, [long, other, both[0]]);
    assert_eq!(flows.ties.set_off(long_at), at(&flows, [first, second]));
    assert_eq!(tie(&flows, both[0]).cause, Cause::Call(other_at));
    let transfer = flows.sent_at(other_at)[0];
    assert_eq!(flows.ties.carriers(transfer), [both_at]);
    fits(&flows);
}

#[test]
fn a_stream_is_counted_on_beyond_the_end_of_the_numbers() {
    let (mut talk, _) = Talk::shaken([u32::MAX - 3, 7]);
    let (one, frames) = talk.sends("hola", &[seg("PSH,ACK", 0, 0).with("hola")]);
    let ack = talk.far(seg("ACK", 0, 4));
    let (two, more) = talk.sends("mundo", &[seg("PSH,ACK", 4, 0).with("mundo")]);
    talk.wait(200);
    let again = talk.near(seg("PSH,ACK", 4, 0).with("mundo"));
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(carried(&flows, tie(&flows, frames[0])), [(one, 0..4)]);
    assert_eq!(carried(&flows, tie(&flows, more[0])), [(two, 0..5)]);
    assert_eq!(tie(&flows, ack).acknowledges, Some(4));
    assert_eq!((tie(&flows, again).bytes.clone(), tie(&flows, more[0]).again), (4..9, None));
    assert!(tie(&flows, again).again.is_some());
}

#[test]
fn without_the_beginning_of_a_stream_nobody_knows_which_bytes_these_are() {
    let mut talk = Talk::new();
    talk.story.connect(talk.near, "127.0.0.1:12000");
    let (_, frames) = talk.sends("hola", &[seg("PSH,ACK", 0, 0).with("hola")]);
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(tie(&flows, frames[0]).meaning, Meaning::Data);
    assert!(tie(&flows, frames[0]).carries.is_empty() && tie(&flows, frames[0]).bytes.is_empty());
    assert!(matches!(tie(&flows, frames[0]).cause, Cause::Call(_)));
}

#[test]
fn what_got_lost_is_sent_again_by_a_timer_and_only_that_wakes_the_reader() {
    for lost in [true, false] {
        let (mut talk, _) = Talk::connected();
        let waits = talk.now();
        let first = seg("PSH,ACK", 0, 0).with("hola");
        // A corrupted segment is not accepted: its checksum is wrong.
        let arrives = vec![talk.now() + 20_000];
        let first = if lost { first.dropped() } else { first.altered("corrupted", arrives) };
        let (_, frames) = talk.sends("hola", &[first]);
        talk.wait(204);
        let again = talk.near(seg("PSH,ACK", 0, 0).with("hola"));
        let read = talk.story.since(waits).recv(talk.far, "hola");
        let timeline = talk.story.build();
        let flows = Flows::of(&timeline);
        let [read, of] = at(&flows, [read, frames[0]]);
        assert!(tie(&flows, frames[0]).woke.is_empty() && tie(&flows, frames[0]).arrived.is_none());
        let one = tie(&flows, again);
        assert_eq!(one.again.map(|again| (again.of, again.by)), Some((of, Resent::Timer)));
        assert_eq!((one.cause, &one.woke), (Cause::Timer { since: Some(of) }, &vec![read]));
        assert_eq!(flows.ties.carriers(0).len(), 2);
        fits(&flows);
    }
}

#[test]
fn duplicate_acks_make_the_kernel_send_again_at_once() {
    let (mut talk, _) = Talk::connected();
    let parts = ["aaaa", "bbbb", "cccc", "dddd"];
    let mut segments: Vec<_> =
        (0..).zip(parts).map(|(index, part)| seg("ACK", index * 4, 0).with(part)).collect();
    segments[0] = segments[0].clone().dropped();
    let began = talk.now();
    let first = talk.near(segments[0].clone());
    let mut duplicates = Vec::new();
    for segment in &segments[1..] {
        talk.near(segment.clone());
        duplicates.push(talk.far(seg("ACK", 0, 0)));
    }
    talk.story.since(began).send(talk.near, "aaaabbbbccccdddd");
    let again = talk.near(segments[0].clone().with("aaaa"));
    let healed = talk.near(seg("ACK", 0, 0).with("aaaa"));
    let all = talk.far(seg("ACK", 0, 16));
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let numbers = duplicates.iter().map(|frame| tie(&flows, *frame).meaning.clone());
    let expected = [1, 2, 3].map(|number| Meaning::DuplicateAck { number });
    assert_eq!(numbers.collect::<Vec<_>>(), expected);
    let [first, last] = at(&flows, [first, duplicates[2]]);
    let one = tie(&flows, again);
    let told = one.again.map(|again| (again.of, again.by));
    assert_eq!(told, Some((first, Resent::DuplicateAcks(3))));
    assert_eq!(one.cause, Cause::Frame(last));
    assert_eq!(tie(&flows, healed).again.map(|again| again.by), Some(Resent::DuplicateAcks(3)));
    assert_eq!(tie(&flows, all).meaning, Meaning::Ack);
    assert_eq!(tie(&flows, all).acknowledges, Some(16));
}

fn set(talk: &mut Talk, option: &'static str, on: i64) -> u64 {
    let (level, option) = (Name::of("IPPROTO_TCP"), Name::of(option));
    let args = Args::SetOption { level, option, value: OptionValue::Int(on) };
    talk.story.on(talk.near, "setsockopt", args, Outcome::Value(0))
}

/// Two pieces of which the second leaves when the ACK of the first comes; then why it waited.
fn held(prepare: impl FnOnce(&mut Talk), second: &str) -> (Option<WaitedFor>, bool) {
    let (mut talk, _) = Talk::connected();
    prepare(&mut talk);
    let (_, first) = talk.sends("first", &[seg("PSH,ACK", 0, 0).with("first")]);
    talk.story.recv(talk.far, "first");
    let waits = talk.now();
    let sent = talk.story.send(talk.near, second);
    talk.wait(40);
    let ack = talk.far(seg("ACK", 0, 5));
    let late = talk.near(seg("PSH,ACK", 5, 0).with(second));
    talk.story.since(waits).recv(talk.far, second);
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let [sent_at, ack_at, first] = at(&flows, [sent, ack, first[0]]);
    assert_eq!(tie(&flows, ack).cause, Cause::Timer { since: Some(first) });
    let tied = tie(&flows, late);
    assert!(tied.waited.is_none_or(|waited| waited.sent == sent_at));
    assert_eq!(order(&flows, &[sent, ack, late]), [sent, ack, late]);
    (tied.waited.map(|waited| waited.why), tied.cause == Cause::Frame(ack_at))
}

#[test]
fn nagle_holds_a_small_piece_until_the_ack() {
    let nothing = |_: &mut Talk| ();
    assert_eq!(held(nothing, "second"), (Some(WaitedFor::Acknowledgement), true));
    let nodelay = |talk: &mut Talk| {
        set(talk, "TCP_NODELAY", 1);
    };
    assert_eq!(held(nodelay, "second"), (Some(WaitedFor::Unknown), true), "Nagle was off");
    let taken_back = |talk: &mut Talk| {
        set(talk, "TCP_NODELAY", 1);
        set(talk, "TCP_NODELAY", 0);
    };
    assert_eq!(held(taken_back, "second").0, Some(WaitedFor::Acknowledgement));
    let corked = |talk: &mut Talk| {
        set(talk, "TCP_CORK", 1);
    };
    assert_eq!(held(corked, "second").0, Some(WaitedFor::Cork));
    let large = "x".repeat(1_460);
    assert_eq!(held(nothing, &large).0, Some(WaitedFor::Unknown), "it fills a segment");
}

#[test]
fn nagle_lets_small_pieces_go_when_there_are_enough() {
    let (mut talk, _) = Talk::connected();
    talk.sends("first", &[seg("PSH,ACK", 0, 0).with("first")]);
    let small = talk.story.send(talk.near, "small");
    let rest = "x".repeat(1_455);
    let full = seg("ACK", 5, 0).with(format!("small{rest}"));
    let (large, frames) = talk.sends(&rest, &[full]);
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let [small, large] = at(&flows, [small, large]);
    let one = tie(&flows, frames[0]);
    assert_eq!(one.cause, Cause::Call(large));
    let waited = one.waited.map(|waited| (waited.sent, waited.why));
    assert_eq!(waited, Some((small, WaitedFor::Unknown)), "a full segment is not what Nagle holds");
}

#[test]
fn switching_nagle_off_lets_go_what_it_held() {
    let (mut talk, _) = Talk::connected();
    talk.sends("first", &[seg("PSH,ACK", 0, 0).with("first")]);
    talk.story.send(talk.near, "second");
    talk.wait(5);
    let began = talk.now();
    let late = talk.near(seg("PSH,ACK", 5, 0).with("second"));
    talk.story.since(began);
    let option = set(&mut talk, "TCP_NODELAY", 1);
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(tie(&flows, late).cause, Cause::Call(at(&flows, [option])[0]));
}

#[test]
fn a_send_that_waits_for_room_goes_on_when_the_window_opens() {
    let (mut talk, _) = Talk::connected();
    let began = talk.now();
    let data = "x".repeat(8);
    talk.near(seg("ACK", 0, 0).with(&data[..4]));
    talk.far(seg("ACK", 0, 4).window(0));
    talk.wait(300);
    let reads = talk.now();
    let open = talk.far(seg("ACK", 0, 4).window(100));
    talk.story.since(reads).recv(talk.far, "xxxx");
    let more = talk.near(seg("PSH,ACK", 4, 0).with(&data[4..]));
    let ack = talk.far(seg("ACK", 0, 8));
    let sent = talk.story.since(began).send(talk.near, &data);
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let [open, sent] = at(&flows, [open, sent]);
    let one = tie(&flows, more);
    assert_eq!(one.cause, Cause::Frame(open));
    assert_eq!(one.waited.map(|waited| (waited.sent, waited.why)), Some((sent, WaitedFor::Window)));
    assert_eq!(flows.ties.waker(sent), Some(at(&flows, [ack])[0]), "the last that made room");
}

#[test]
fn a_peek_and_a_poll_are_woken_too() {
    let (mut talk, _) = Talk::connected();
    let waits = talk.now();
    let (_, frames) = talk.sends("hola", &[seg("PSH,ACK", 0, 0).with("hola")]);
    let socket = talk.story.identity(talk.far).clone();
    let wait = socklab_event::Wait {
        fd: talk.far.fd,
        wants: Flags::from(vec![Name::of("POLLIN")]),
        got: Flags::from(vec![Name::of("POLLIN")]),
        socket: Some(socket.into()),
    };
    let args = Args::Poll { waits: vec![wait], timeout: None };
    let who = talk.far.who;
    let poll = talk.story.since(waits).call(who, "poll", None, None, args, Outcome::Value(1));
    let mut peek = socklab_timelines::got(100, b"hola");
    if let Args::Recv { flags, .. } = &mut peek {
        *flags = Flags::from(vec![Name::of("MSG_PEEK")]);
    }
    let worker = talk.story.thread(who);
    let peek = talk.story.since(waits).on(talk.far.by(worker), "recvfrom", peek, Outcome::Value(4));
    let after = talk.story.recv(talk.far, "hola");
    let failed = talk.story.fail(talk.far, "sendto", offered(b"x"), 11);
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let [poll, peek, after, failed] = at(&flows, [poll, peek, after, failed]);
    assert_eq!(tie(&flows, frames[0]).woke, [poll, peek]);
    assert_eq!((flows.ties.waker(after), flows.ties.waker(failed)), (None, None));
}
