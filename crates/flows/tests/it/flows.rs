//! Finding conversations in small timelines.

use proptest::prelude::*;
use socklab_event::{Args, Errno, Flags, Message, Outcome, Shutdown, Timeline, What};
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
fn split_and_coalesced_reads_are_distinguished() {
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
fn peeked_bytes_are_received_later() {
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
            control: Box::default(),
        };
        let flags = Flags::from(vec![flag.into()]);
        call.args = Args::RecvMany { room: 1, messages: vec![message], flags };
        transfers(&timeline)
    };
    let right = ["0+3>0..3", "3+3>0..3"];
    assert_eq!(look("MSG_PEEK"), right);
    assert_eq!(look("MSG_ERRQUEUE"), right, "the error queue holds no data from the peer");
    // The same bytes received twice contradict what was sent.
    assert_ne!(look("MSG_WAITALL"), right);
}

#[test]
fn the_last_descriptor_to_close_ends_the_stream() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    let child = story.fork(far.who);
    story.close(far);
    let last = story.close(far.by(child));
    let end = story.recv(near, "");
    story.close(near);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let [closing] = &flows.closings[..] else { panic!("{:?}", flows.closings) };
    assert_eq!(flows.order[closing.seen].seq, end);
    assert_eq!(closing.closed.map(|at| flows.order[at].seq), Some(last));
}

#[test]
fn a_shutdown_ends_the_stream_before_any_close() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    let shut = story.shutdown(near, Shutdown::WR);
    story.close(near);
    story.recv(far, "");
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let closed = flows.closings[0].closed.expect("a cause");
    assert_eq!(flows.order[closed].seq, shut);
    let (end, cause) = (flows.closings[0].seen, flows.ended_by(closed));
    assert_eq!(cause.map(|closing| closing.seen), Some(end));
}

/// The inodes of the two sockets of each connection.
fn joined(flows: &Flows<'_>) -> Vec<[Option<u64>; 2]> {
    let inode = |end: &socklab_flows::End| flows.sockets[end.socket?].identity.inode;
    flows.connections.iter().map(|one| one.ends.each_ref().map(inode)).collect()
}

#[test]
fn a_closed_datagram_socket_receives_nothing_more() {
    let mut story = Story::new();
    let server = story.command("server", "s");
    let first = story.udp(server);
    story.bind(first, "127.0.0.1:12000");
    story.close(first);
    let second = story.udp(server);
    story.bind(second, "127.0.0.1:12000");
    let client = story.command("client", "c");
    let here = story.udp(client);
    let sent = story.sendto(here, "127.0.0.1:12000", "hola");
    let inodes = [here, second].map(|sock| story.identity(sock).inode);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(joined(&flows), [inodes]);
    let at = flows.order.iter().position(|event| event.seq == sent).expect("the send");
    let peer = flows.peer_at(at).expect("a peer");
    assert_eq!(flows.sockets[peer].identity.inode, inodes[1]);
}

#[test]
fn the_same_addresses_in_two_namespaces_are_two_connections() {
    let mut story = Story::new();
    let mut ends = Vec::new();
    for netns in [1, 2] {
        let server = story.command("server", "s");
        let listener = story.tcp(server);
        story.identity(listener).netns = Some(netns);
        story.bind(listener, "127.0.0.1:12000");
        story.listen(listener, 5);
        let client = story.command("client", "c");
        let near = story.tcp(client);
        story.identity(near).netns = Some(netns);
        story.bind(near, "127.0.0.1:40000");
        story.connect(near, "127.0.0.1:12000");
        let far = story.other_end(near, server);
        story.identity(far).netns = Some(netns);
        ends.push((listener, near, far));
    }
    // The second server is the first to accept.
    for (listener, _, far) in ends.iter().rev() {
        story.accept_as(*listener, *far);
    }
    let mut expected = Vec::new();
    for (_, near, far) in ends {
        expected.push([near, far].map(|sock| story.identity(sock).inode));
    }
    let timeline = story.build();
    let mut joined = joined(&Flows::of(&timeline));
    joined.sort();
    assert_eq!(joined, expected);
}

#[test]
fn a_datagram_stays_in_its_namespace() {
    let mut story = Story::new();
    let mut bound = Vec::new();
    for netns in [1, 2] {
        let server = story.command("server", "s");
        let sock = story.udp(server);
        story.identity(sock).netns = Some(netns);
        story.bind(sock, "*:12000");
        bound.push(sock);
    }
    let client = story.command("client", "c");
    let here = story.udp(client);
    story.identity(here).netns = Some(2);
    story.sendto(here, "127.0.0.1:12000", "hola");
    let expected = [here, bound[1]].map(|sock| story.identity(sock).inode);
    let timeline = story.build();
    assert_eq!(joined(&Flows::of(&timeline)), [expected]);
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
fn datagrams_are_matched_in_both_directions() {
    let timeline = scenes::upper_udp();
    assert_eq!(transfers(&timeline), ["0+4>0..4", "0+4>0..4"]);
    let flows = Flows::of(&timeline);
    assert_eq!(flows.connections.len(), 1);
}

#[test]
fn a_receive_without_the_senders_address_is_matched() {
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
fn the_connect_of_a_connection_is_the_one_that_started_it() {
    let mut story = Story::new();
    let (_, listener, _) = scenes::tcp_server(&mut story);
    let client = story.command("client", "c");
    let near = story.tcp(client);
    let begun = story.connect(near, "127.0.0.1:12000");
    story.accept(listener, near);
    let address = socklab_timelines::address("127.0.0.1:12000");
    // EISCONN: the program asks whether it is connected yet.
    story.fail(near, "connect", socklab_event::Args::Connect { address }, 106);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let connected = flows.connections[0].connected.expect("a connect");
    assert_eq!(flows.order[connected].seq, begun);
}

#[test]
fn a_lost_datagram_has_no_receiver() {
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
fn a_waiting_connection_belongs_to_the_current_listener() {
    let mut story = Story::new();
    let (server, listener, _) = scenes::tcp_server(&mut story);
    story.close(listener);
    let again = story.tcp(server);
    story.bind(again, "*:12000");
    story.listen(again, 5);
    let client = story.command("client", "c");
    let near = story.tcp(client);
    let connect = story.connect(near, "127.0.0.1:12000");
    let inode = story.identity(again).inode;
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let listener = flows.connections[0].listener.expect("a listener");
    assert_eq!(flows.sockets[listener].identity.inode, inode);
    let at = flows.order.iter().position(|event| event.seq == connect).expect("the connect");
    assert_eq!(flows.peer_at(at), Some(listener));
}

#[test]
fn no_socket_is_at_an_address_before_listen() {
    let mut story = Story::new();
    let server = story.command("server", "s");
    let listener = story.tcp(server);
    story.bind(listener, "*:12000");
    let client = story.command("client", "c");
    let near = story.tcp(client);
    let address = socklab_timelines::address("127.0.0.1:12000");
    let args = Args::Connect { address };
    let refused = story.on(near, "connect", args, Outcome::Error(Errno::ECONNREFUSED));
    story.listen(listener, 5);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let at = flows.order.iter().position(|event| event.seq == refused).expect("the connect");
    assert_eq!(flows.peer_at(at), None);
}

#[test]
fn two_thousand_connections_are_followed() {
    let timeline = scenes::crowd(2_000);
    let flows = Flows::of(&timeline);
    assert_eq!(flows.connections.len(), 2_000);
    assert!(flows.transfers.iter().all(socklab_flows::Transfer::is_whole));
}

#[test]
fn a_dns_question_is_read() {
    let message = b"\xab\xcd\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x03com\x00\
                    \x00\x01\x00\x01";
    let asked = question(message).map(|(name, kind)| format!("{name} {kind}"));
    assert_eq!(asked.as_deref(), Some("www.example.com A"));
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
