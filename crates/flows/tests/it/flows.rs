//! Conversations found in stories.

use proptest::prelude::*;
use socklab_event::{Args, Flags, Message, Timeline, What};
use socklab_flows::{ConnectionKind, Flows, question};
use socklab_timelines::{Story, any_timeline, scenes};

/// Each transfer as `start+total>part,part`, for comparing.
fn transfers(timeline: &Timeline) -> Vec<String> {
    let shown = |transfer: &socklab_flows::Transfer| {
        let parts = transfer.parts.iter().map(|part| format!("{:?}", part.bytes));
        let parts: Vec<String> = parts.collect();
        format!("{}+{}>{}", transfer.start, transfer.total, parts.join(","))
    };
    Flows::of(timeline).transfers.iter().map(shown).collect()
}

#[test]
fn both_ends_of_a_connection_meet() {
    let timeline = scenes::upper_tcp();
    let flows = Flows::of(&timeline);
    let [connection] = &flows.connections[..] else { panic!("{:?}", flows.connections) };
    assert_eq!(connection.kind, ConnectionKind::Stream);
    assert!(connection.ends.iter().all(|end| end.socket.is_some()));
    assert!(connection.connected < connection.accepted, "{connection:?}");
    assert_eq!(connection.listener, Some(0));
    assert_eq!(transfers(&timeline), ["0+4>0..4", "0+4>0..4"]);
}

#[test]
fn split_and_coalesced_reads_are_told_apart() {
    let timeline = scenes::split_and_coalesced();
    assert_eq!(transfers(&timeline), ["0+16>0..8,8..16", "16+4>0..4", "20+10>0..10"]);
    let flows = Flows::of(&timeline);
    let coalesced = flows.calls().map(|(at, ..)| flows.got_at(at).len()).max();
    assert_eq!(coalesced, Some(2));
    assert_eq!(flows.closings.len(), 2);
    let how = flows.closings.iter().map(|end| &*flows.call(end.closed.unwrap()).unwrap().name);
    assert_eq!(how.collect::<Vec<_>>(), ["shutdown", "close"]);
}

#[test]
fn what_is_only_looked_at_is_received_later() {
    let look = |flag: &'static str| {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        story.send(near, "one");
        story.send(near, "two");
        story.recv(far, "one");
        story.recv(far, "one");
        story.recv(far, "two");
        let mut timeline = story.build();
        let mut receives = timeline.events.iter_mut().filter_map(|event| match &mut event.what {
            What::Call(call) if matches!(call.args, Args::Recv { .. }) => Some(call),
            _ => None,
        });
        let call = receives.next().expect("a receive");
        let Args::Recv { bytes, .. } = &call.args else { panic!("{call:?}") };
        let message = Message {
            bytes: bytes.clone(),
            address: None,
            got: Flags::default(),
            control: Vec::new(),
        };
        let flags = Flags(vec![flag.into()]);
        call.args = Args::RecvMany { room: 1, messages: vec![message], flags };
        transfers(&timeline)
    };
    let right = ["0+3>0..3", "3+3>0..3"];
    assert_eq!(look("MSG_PEEK"), right);
    // Taken at once, and then once more: that does not fit what was sent.
    assert_ne!(look("MSG_WAITALL"), right);
}

#[test]
fn ends_that_disagree_stay_unpaired() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.send(near, "one");
    story.recv(far, "two");
    assert_eq!(transfers(&story.build()), ["0+3>"]);
}

#[test]
fn datagrams_find_their_readers_both_ways() {
    let timeline = scenes::upper_udp();
    assert_eq!(transfers(&timeline), ["0+4>0..4", "0+4>0..4"]);
    let flows = Flows::of(&timeline);
    assert_eq!(flows.connections.len(), 1);
}

#[test]
fn a_reader_need_not_ask_who_sent_it() {
    let mut story = Story::new();
    let server = story.command("server", "s");
    let there = story.udp(server);
    story.bind(there, "127.0.0.1:12000");
    let client = story.command("client", "c");
    let here = story.udp(client);
    let first = story.sendto(here, "127.0.0.1:12000", "uno");
    let second = story.sendto(here, "127.0.0.1:12000", "dos");
    // recv, not recvfrom: no address comes with it.
    let got = story.recv(there, "uno");
    let more = story.recv(there, "dos");
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let joined: Vec<(u64, u64)> = flows
        .transfers
        .iter()
        .filter_map(|one| {
            let part = one.parts.first()?;
            Some((flows.order[one.sent].seq, flows.order[part.received].seq))
        })
        .collect();
    assert_eq!(joined, [(first, got), (second, more)]);
}

#[test]
fn the_connect_that_began_the_connection_is_its_connect() {
    let mut story = Story::new();
    let (_, listener, _) = scenes::tcp_server(&mut story);
    let client = story.command("client", "c");
    let near = story.tcp(client);
    let begun = story.connect(near, "127.0.0.1:12000");
    story.accept(listener, near);
    let address = socklab_timelines::address("127.0.0.1:12000");
    // EISCONN: the program asks whether it is connected by now.
    story.fail(near, "connect", socklab_event::Args::Connect { address }, 106);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let connected = flows.connections[0].connected.expect("a connect");
    assert_eq!(flows.order[connected].seq, begun);
}

#[test]
fn a_lost_datagram_is_nobodys() {
    let mut story = Story::new();
    let server = story.command("server", "s");
    let bound = story.udp(server);
    story.bind(bound, "*:12000");
    let client = story.command("client", "c");
    let sock = story.udp(client);
    story.sendto(sock, "127.0.0.1:12000", "first");
    story.sendto(sock, "127.0.0.1:12000", "second");
    story.recvfrom(bound, sock, "127.0.0.1", "second");
    story.sendto(sock, "127.0.0.1:9", "elsewhere");
    let timeline = story.build();
    assert_eq!(transfers(&timeline), ["0+5>", "0+6>0..6", "0+9>"]);
    assert_eq!(Flows::of(&timeline).connections.len(), 2);
}

#[test]
fn a_waiting_connection_knows_its_listener() {
    let mut story = Story::new();
    let (_, listener, _) = scenes::tcp_server(&mut story);
    let client = story.command("client", "c");
    let near = story.tcp(client);
    story.connect(near, "127.0.0.1:12000");
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(flows.connections[0].ends[1].socket, None);
    assert_eq!(flows.connections[0].listener, flows.socket_at(1));
    let _ = listener;
}

#[test]
fn two_thousand_connections_take_no_time() {
    let timeline = scenes::crowd(2_000);
    let flows = Flows::of(&timeline);
    assert_eq!(flows.connections.len(), 2_000);
    assert!(flows.transfers.iter().all(socklab_flows::Transfer::is_whole));
}

#[test]
fn a_dns_question_is_read() {
    let message = b"\xab\xcd\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x03com\x00\
                    \x00\x01\x00\x01";
    assert_eq!(question(message).as_deref(), Some("www.example.com"));
    for cut in 0..message.len() {
        assert_eq!(question(&message[..cut]), None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn any_timeline_can_be_followed(timeline in any_timeline(60)) {
        let flows = Flows::of(&timeline);
        for transfer in &flows.transfers {
            for part in &transfer.parts {
                prop_assert!(part.bytes.end <= transfer.total);
                let (sent, got) = (flows.order[transfer.sent], flows.order[part.received]);
                prop_assert!(sent.call().is_some() && got.call().is_some());
            }
        }
    }
}
