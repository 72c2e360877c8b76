//! Which read of a stream got which write's bytes.

use socklab_event::{Args, Bytes, Flags, Message, Outcome, SocketType};
use socklab_flows::Flows;
use socklab_timelines::{Story, scenes};

#[test]
fn a_message_is_whole_if_one_read_got_all_of_it_and_nothing_else() {
    let timeline = scenes::split_and_coalesced();
    let whole = Flows::of(&timeline).transfers.iter().map(|one| one.is_whole()).collect::<Vec<_>>();
    assert_eq!(whole, [false, true, true]);
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.send(near, "hola");
    story.recv_into(far, 3, "hol");
    assert!(!Flows::of(&story.build()).transfers[0].is_whole());
}

#[test]
fn a_message_split_between_two_reads_counts_its_own_bytes() {
    let timeline = scenes::torn();
    let flows = Flows::of(&timeline);
    let parts = |index: usize| {
        let parts = flows.transfers[index].parts.iter();
        parts.map(|part| (part.bytes.start, part.bytes.end)).collect::<Vec<_>>()
    };
    assert_eq!([0, 1, 2].map(parts), [vec![(0, 15)], vec![(0, 5), (5, 16)], vec![(0, 3)]]);
}

#[test]
fn calls_that_move_no_bytes_of_a_stream_are_no_messages() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.send(near, "");
    story.send(near, "hola");
    story.recv_into(far, 2, "ho");
    story.recv_into(far, 0, "");
    story.recv_into(far, 2, "la");
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let [message] = &flows.transfers[..] else { panic!("{:?}", flows.transfers) };
    let parts: Vec<_> = message.parts.iter().map(|part| part.bytes.clone()).collect();
    assert_eq!(parts, [0..2, 2..4]);
}

#[test]
fn several_messages_of_one_call_are_one_piece_of_a_stream() {
    let joined = |got: &str| {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        let message = |text: &str| Message {
            bytes: Bytes::whole(text),
            address: None,
            got: Flags::default(),
            control: Box::default(),
        };
        let messages = ["ho", "la"].map(message).to_vec();
        let args = Args::SendMany { asked: 2, messages, flags: Flags::default() };
        story.on(near, "sendmmsg", args, Outcome::Value(2));
        story.recv(far, got);
        let timeline = story.build();
        let flows = Flows::of(&timeline);
        assert_eq!(flows.transfers.len(), 1);
        flows.transfers[0].is_whole()
    };
    assert!(joined("hola"));
    assert!(!joined("hole"), "these are not the bytes that were sent");
}

#[test]
fn unix_datagrams_are_matched_one_by_one() {
    let mut story = Story::new();
    let program = story.command("program", "program");
    let [one, other] = story.socketpair(program, SocketType::DGRAM);
    story.send(one, "0123456789");
    story.send(one, "second");
    story.recv_into(other, 4, "0123");
    story.recv(other, "second");
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let got = flows.transfers.iter().map(|one| one.parts[0].bytes.clone()).collect::<Vec<_>>();
    assert_eq!(got, [0..4, 0..6], "what did not fit is lost, and the next is whole");
    story.recv(other, "nobody sent this");
    story.send(one, "but this");
    let timeline = story.build();
    assert!(Flows::of(&timeline).transfers.iter().all(|transfer| transfer.parts.is_empty()));
}
