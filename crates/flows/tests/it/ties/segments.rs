//! Whose a segment is and what it means.

use socklab_event::{Args, Bytes, Fragment, Headers, Protocol, TcpOptions, Transport, What};
use socklab_flows::{Cause, Flows, Meaning, Resent, WindowChange};
use socklab_timelines::{Story, address, scenes};

use super::{Talk, at, fits, frame, order, seg, tie};

#[test]
fn a_handshake_is_set_off_by_connect_and_wakes_it_and_accept() {
    let (talk, shake) = Talk::connected();
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let [connect, accept, syn, syn_ack] =
        at(&flows, [shake.connect, shake.accept, shake.syn, shake.syn_ack]);
    let [one, two, three] = [shake.syn, shake.syn_ack, shake.ack].map(|frame| tie(&flows, frame));
    assert_eq!((&one.meaning, one.cause, one.side), (&Meaning::Syn, Cause::Call(connect), 0));
    assert_eq!((&two.meaning, two.cause, two.side), (&Meaning::SynAck, Cause::Frame(syn), 1));
    assert_eq!((&three.meaning, three.cause), (&Meaning::HandshakeAck, Cause::Frame(syn_ack)));
    assert_eq!((&two.woke, &three.woke), (&vec![connect], &vec![accept]));
    assert!([one, two, three].iter().all(|tie| tie.connection == Some(0)));
    assert_eq!(flows.ties.waker(accept), Some(at(&flows, [shake.ack])[0]));
    assert_eq!(flows.ties.set_off(connect), [syn]);
    let conversation = &flows.ties.conversations[0];
    assert_eq!(conversation.connect, Some(connect));
    assert!(conversation.sockets.iter().all(Option::is_some) && !conversation.inferred);
    let all = [shake.connect, shake.syn, shake.syn_ack, shake.ack, shake.accept];
    assert_eq!(order(&flows, &all), all);
    fits(&flows);
}

#[test]
fn a_syn_that_got_lost_is_sent_again_by_a_timer_and_wakes_nobody() {
    let mut talk = Talk::new();
    let began = talk.now();
    let lost = talk.near(seg("SYN", -1, 0).dropped());
    talk.wait(1_000);
    let again = talk.near(seg("SYN", -1, 0));
    let answer = talk.far(seg("SYN,ACK", -1, 0));
    let connect = talk.story.since(began).connect(talk.near, "127.0.0.1:12000");
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let [lost_at, again_at, connect] = at(&flows, [lost, again, connect]);
    assert_eq!((tie(&flows, lost).again, tie(&flows, lost).arrived), (None, None));
    let again = tie(&flows, again);
    let told = again.again.map(|again| (again.of, again.by));
    assert_eq!(told, Some((lost_at, Resent::Timer)));
    assert_eq!(again.cause, Cause::Timer { since: Some(lost_at) });
    assert_eq!(tie(&flows, answer).cause, Cause::Frame(again_at));
    assert_eq!(tie(&flows, answer).woke, [connect]);
    fits(&flows);
}

#[test]
fn a_syn_ack_is_sent_again_by_its_own_timer_or_for_a_syn_that_came_again() {
    for asked in [false, true] {
        let mut talk = Talk::new();
        let began = talk.now();
        talk.near(seg("SYN", -1, 0));
        let lost = talk.far(seg("SYN,ACK", -1, 0).dropped());
        talk.wait(1_000);
        let syn = asked.then(|| talk.near(seg("SYN", -1, 0)));
        let again = talk.far(seg("SYN,ACK", -1, 0));
        talk.story.since(began).connect(talk.near, "127.0.0.1:12000");
        let timeline = talk.story.build();
        let flows = Flows::of(&timeline);
        let told = tie(&flows, again).again.expect("again");
        assert_eq!(told.of, at(&flows, [lost])[0]);
        match syn {
            Some(syn) => {
                assert_eq!(told.by, Resent::Repetition);
                assert_eq!(tie(&flows, again).cause, Cause::Frame(at(&flows, [syn])[0]));
            }
            None => assert_eq!(told.by, Resent::Timer),
        }
    }
}

#[test]
fn a_connect_that_failed_has_frames_too() {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.tcp(client);
    story.identity(sock).local = Some(address("127.0.0.1:40000"));
    story.identity(sock).peer = Some(address("127.0.0.1:12000"));
    let far = story.other_end(sock, client);
    let mut talk = Talk { story, near: sock, far, listener: far, first: super::FIRST };
    let began = talk.now();
    let syn = talk.near(seg("SYN", -1, 0));
    let rst = talk.far(seg("RST,ACK", -1, 0).window(0));
    // The kernel has forgotten the addresses by then.
    talk.story.identity(sock).local = None;
    talk.story.identity(sock).peer = None;
    let to = Args::Connect { address: address("127.0.0.1:12000") };
    let connect = talk.story.since(began).fail(sock, "connect", to, 111);
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let [connect, syn_at] = at(&flows, [connect, syn]);
    assert!(flows.connections.is_empty());
    assert_eq!(tie(&flows, syn).cause, Cause::Call(connect));
    let refused = tie(&flows, rst);
    assert_eq!(refused.meaning, Meaning::Rst(socklab_flows::ResetReason::NobodyListens));
    assert_eq!((refused.cause, &refused.woke), (Cause::Frame(syn_at), &vec![connect]));
    assert_eq!(refused.window, None, "the window of an RST means nothing");
    let conversation = &flows.ties.conversations[0];
    assert_eq!((conversation.connect, conversation.connection), (Some(connect), None));
    assert_eq!(conversation.frames.len(), 2);
    fits(&flows);
}

#[test]
fn of_two_connects_at_once_whose_ports_nobody_knows_one_is_inferred() {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.tcp(client);
    let other = story.tcp(client).by(story.thread(client));
    story.identity(sock).local = Some(address("127.0.0.1:40000"));
    story.identity(sock).peer = Some(address("127.0.0.1:12000"));
    let far = story.other_end(sock, client);
    let mut talk = Talk { story, near: sock, far, listener: far, first: super::FIRST };
    let began = talk.now();
    talk.near(seg("SYN", -1, 0));
    for sock in [sock, other] {
        talk.story.identity(sock).local = None;
        talk.story.identity(sock).peer = None;
        let to = Args::Connect { address: address("127.0.0.1:12000") };
        talk.story.since(began).fail(sock, "connect", to, 111);
    }
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    assert!(flows.ties.conversations[0].inferred);
}

#[test]
fn a_port_that_is_used_again_begins_another_conversation() {
    let mut story = Story::new();
    let (server, listener, _) = scenes::tcp_server(&mut story);
    let client = story.command("client", "client");
    let mut frames = Vec::new();
    for first in [1_000, 5_000] {
        let near = story.tcp(client);
        story.bind(near, "127.0.0.1:40000");
        story.identity(near).peer = Some(address("127.0.0.1:12000"));
        let far = story.other_end(near, server);
        let mut talk = Talk { story, near, far, listener, first: [first, 9_000] };
        let began = talk.now();
        let syn = talk.near(seg("SYN", -1, 0));
        let answer = talk.far(seg("SYN,ACK", -1, 0));
        talk.story.since(began).connect(near, "127.0.0.1:12000");
        talk.story.accept_as(listener, far);
        let began = talk.now();
        let fin = talk.near(seg("FIN,ACK", 0, 0));
        talk.story.since(began).close(near);
        talk.story.close(far);
        frames.push([syn, answer, fin]);
        story = talk.story;
    }
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    for (index, frames) in frames.into_iter().enumerate() {
        for frame in frames {
            assert_eq!(tie(&flows, frame).connection, Some(index));
            assert_eq!(tie(&flows, frame).conversation, Some(index));
        }
        assert_eq!(flows.ties.sent_by(index, 0).len(), 2);
    }
    assert!(flows.ties.has(1) && !flows.ties.has(2));
}

#[test]
fn one_recorded_end_is_enough() {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let near = story.tcp(client);
    story.identity(near).local = Some(address("[::ffff:10.0.0.1]:40000"));
    story.identity(near).peer = Some(address("[::ffff:10.0.0.2]:80"));
    // The other end is known to the wire alone, and there addresses are of IPv4.
    let far = story.other_end(near, client);
    let mut talk = Talk { story, near, far, listener: far, first: super::FIRST };
    let began = talk.now();
    for (sock, seg) in [(0, seg("SYN", -1, 0)), (1, seg("SYN,ACK", -1, 0)), (0, seg("ACK", 0, 0))] {
        let socket = talk.story.identity([near, far][sock]);
        socket.local = socket.local.as_ref().map(socklab_event::Endpoint::unmapped);
        socket.peer = socket.peer.as_ref().map(socklab_event::Endpoint::unmapped);
        talk.segment(sock, seg);
    }
    talk.story.since(began).connect(near, "[::ffff:10.0.0.2]:80");
    let (sent, frames) = talk.sends("GET", &[seg("PSH,ACK", 0, 0).with("GET")]);
    let waits = talk.now();
    let answer = talk.far(seg("PSH,ACK", 0, 3).with("200"));
    let got = talk.story.since(waits).recv(near, "200");
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let [sent, got] = at(&flows, [sent, got]);
    assert_eq!(tie(&flows, frames[0]).cause, Cause::Call(sent));
    assert_eq!(tie(&flows, answer).side, 1);
    assert_eq!(
        (tie(&flows, answer).cause, &tie(&flows, answer).woke),
        (Cause::Unknown, &vec![got])
    );
    fits(&flows);
}

#[test]
fn an_ack_is_at_once_or_by_a_read_or_delayed() {
    let (mut talk, _) = Talk::connected();
    let (_, data) = talk.sends("hola", &[seg("PSH,ACK", 0, 0).with("hola")]);
    let at_once = talk.far(seg("ACK", 0, 4));
    let (_, more) = talk.sends("mas", &[seg("PSH,ACK", 4, 0).with("mas")]);
    talk.wait(40);
    let delayed = talk.far(seg("ACK", 0, 7));
    talk.sends("otro", &[seg("PSH,ACK", 7, 0).with("otro")]);
    talk.wait(10);
    let began = talk.now();
    let by_read = talk.far(seg("ACK", 0, 11));
    let read = talk.story.since(began).recv(talk.far, "holamasotro");
    // A read that still waits has set off nothing.
    let (_, last) = talk.sends("x", &[seg("PSH,ACK", 11, 0).with("x")]);
    let waits = talk.now();
    talk.wait(40);
    let late = talk.far(seg("ACK", 0, 12));
    talk.sends("y", &[seg("PSH,ACK", 12, 0).with("y")]);
    talk.story.recv(talk.far, "x");
    let worker = talk.story.thread(talk.far.who);
    talk.story.since(waits).recv(talk.far.by(worker), "y");
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let [data, more, read, last] = at(&flows, [data[0], more[0], read, last[0]]);
    let told = |frame| (tie(&flows, frame).meaning.clone(), tie(&flows, frame).cause);
    assert_eq!(told(at_once), (Meaning::Ack, Cause::Frame(data)));
    assert_eq!(told(delayed), (Meaning::DelayedAck, Cause::Timer { since: Some(more) }));
    assert_eq!(told(by_read), (Meaning::Ack, Cause::Call(read)));
    assert_eq!(told(late), (Meaning::DelayedAck, Cause::Timer { since: Some(last) }));
    let acknowledged = [at_once, delayed, by_read].map(|frame| tie(&flows, frame).acknowledges);
    assert_eq!(acknowledged, [Some(4), Some(7), Some(11)]);
}

#[test]
fn what_the_wire_holds_back_makes_no_ack_a_delayed_one() {
    let (mut talk, _) = Talk::connected();
    // Answered as soon as it arrives, 150 ms after it was sent.
    let late = |talk: &Talk| vec![talk.now() + 150_000_000];
    let held = seg("PSH,ACK", 0, 0).with("hola").altered("delayed", late(&talk));
    let (_, first) = talk.sends("hola", &[held]);
    talk.wait(150);
    let at_once = talk.far(seg("ACK", 0, 4));
    // 41 ms after two segments arrived, the second shortly after the first.
    let came = late(&talk);
    let held = seg("PSH,ACK", 4, 0).with("mas").altered("delayed", came.clone());
    let (_, second) = talk.sends("mas", &[held]);
    let after = vec![came[0] + 20_000_000];
    talk.sends("otro", &[seg("PSH,ACK", 7, 0).with("otro").altered("delayed", after)]);
    talk.wait(191);
    let delayed = talk.far(seg("ACK", 0, 11));
    // 10 ms after it arrived: too early for the timer.
    let held = seg("PSH,ACK", 11, 0).with("x").altered("delayed", late(&talk));
    talk.sends("x", &[held]);
    talk.wait(160);
    let open = talk.far(seg("ACK", 0, 12));
    // What arrives again was acknowledged long ago.
    talk.near(seg("PSH,ACK", 0, 0).with("hola"));
    talk.wait(50);
    talk.sends("y", &[seg("PSH,ACK", 12, 0).with("y")]);
    talk.wait(10);
    let soon = talk.far(seg("ACK", 0, 13));
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let [first, second] = at(&flows, [first[0], second[0]]);
    let told = |frame| (tie(&flows, frame).meaning.clone(), tie(&flows, frame).cause);
    assert_eq!(told(at_once), (Meaning::Ack, Cause::Frame(first)));
    assert_eq!(told(delayed), (Meaning::DelayedAck, Cause::Timer { since: Some(second) }));
    assert_eq!(told(open), (Meaning::Ack, Cause::Unknown));
    assert_eq!(told(soon), (Meaning::Ack, Cause::Unknown));
}

#[test]
fn a_kernel_far_from_where_packets_were_captured_delays_no_ack() {
    let mut talk = Talk::new();
    talk.near(seg("SYN", -1, 0));
    talk.wait(60);
    talk.far(seg("SYN,ACK", -1, 0));
    talk.near(seg("ACK", 0, 0));
    talk.near(seg("PSH,ACK", 0, 0).with("hola"));
    talk.wait(65);
    let soon = talk.far(seg("ACK", 0, 4));
    talk.near(seg("PSH,ACK", 4, 0).with("mas"));
    talk.wait(101);
    let delayed = talk.far(seg("ACK", 0, 7));
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(tie(&flows, soon).meaning, Meaning::Ack);
    assert_eq!(tie(&flows, delayed).meaning, Meaning::DelayedAck);
}

#[test]
fn a_window_closes_is_asked_for_and_opens() {
    let (mut talk, _) = Talk::connected();
    let (_, full) = talk.sends("hola", &[seg("PSH,ACK", 0, 0).with("hola")]);
    let closed = talk.far(seg("ACK", 0, 4).window(0));
    talk.wait(220);
    let probe = talk.near(seg("ACK", 3, 0));
    let still = talk.far(seg("ACK", 0, 4).window(0));
    talk.wait(100);
    let began = talk.now();
    let open = talk.far(seg("ACK", 0, 4).window(500));
    let read = talk.story.since(began).recv(talk.far, "hola");
    let wider = talk.far(seg("ACK", 0, 4).window(900));
    talk.wait(7_200_000);
    let alive = talk.near(seg("ACK", 3, 0));
    let yes = talk.far(seg("ACK", 0, 4).window(900));
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let meaning = |frame| tie(&flows, frame).meaning.clone();
    let change = |frame| tie(&flows, frame).window.expect("a window").change;
    assert_eq!((meaning(closed), change(closed)), (Meaning::Ack, WindowChange::Closed));
    assert_eq!(tie(&flows, closed).cause, Cause::Frame(at(&flows, [full[0]])[0]));
    let [closed_at, read_at] = at(&flows, [closed, read]);
    assert_eq!(meaning(probe), Meaning::WindowProbe);
    assert_eq!(tie(&flows, probe).cause, Cause::Timer { since: Some(closed_at) });
    assert_eq!((meaning(still), change(still)), (Meaning::ProbeAnswer, WindowChange::StillClosed));
    assert_eq!((meaning(open), change(open)), (Meaning::WindowUpdate, WindowChange::Opened));
    assert_eq!(tie(&flows, open).cause, Cause::Call(read_at));
    assert_eq!(tie(&flows, open).window.and_then(|window| window.bytes), Some(2_000), "scaled");
    assert_eq!((meaning(wider), change(wider)), (Meaning::WindowUpdate, WindowChange::None));
    assert_eq!((meaning(alive), meaning(yes)), (Meaning::KeepAlive, Meaning::ProbeAnswer));
}

#[test]
fn a_fin_belongs_to_the_call_that_ended_the_stream() {
    let (mut talk, _) = Talk::connected();
    let waits = talk.now();
    let began = talk.now();
    let fin = talk.near(seg("FIN,ACK", 0, 0));
    let shut = talk.story.since(began).shutdown(talk.near, socklab_event::Shutdown::WR);
    let read = talk.story.since(waits).recv(talk.far, "");
    let ack = talk.far(seg("ACK", 0, 1));
    let exits = talk.story.closed_at_exit(talk.far);
    talk.wait(3);
    let late = talk.far(seg("FIN,ACK", 0, 1).dropped());
    talk.wait(200);
    let again = talk.far(seg("FIN,ACK", 0, 1));
    let last = talk.near(seg("ACK", 1, 1));
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let [shut, read, exits, late_at] = at(&flows, [shut, read, exits, late]);
    let one = tie(&flows, fin);
    assert_eq!((&one.meaning, one.cause, one.fin), (&Meaning::Fin, Cause::Call(shut), true));
    assert_eq!((one.ended_by, &one.woke), (Some(shut), &vec![read]));
    assert!(tie(&flows, ack).acknowledges_fin && tie(&flows, last).acknowledges_fin);
    assert_eq!(tie(&flows, ack).acknowledges, Some(0));
    assert_eq!(tie(&flows, late).cause, Cause::Call(exits), "the kernel closes it a little later");
    let told = tie(&flows, again).again.map(|again| (again.of, again.by));
    assert_eq!(told, Some((late_at, Resent::Timer)));
    assert_eq!(tie(&flows, again).ended_by, Some(exits));
}

#[test]
fn where_the_clocks_disagree_causes_come_first() {
    let mut talk = Talk::new();
    // By the clock of the frames, the SYN left a little before connect was called.
    let syn = talk.near(seg("SYN", -1, 0));
    let answer = talk.far(seg("SYN,ACK", -1, 0));
    let connect = talk.story.connect(talk.near, "127.0.0.1:12000");
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let [connect_at] = at(&flows, [connect]);
    assert_eq!(tie(&flows, syn).cause, Cause::Call(connect_at));
    assert_eq!(order(&flows, &[connect, syn, answer]), [connect, syn, answer]);
    let mut talk = Talk::new();
    let long_before = talk.near(seg("SYN", -1, 0));
    talk.wait(1);
    talk.story.connect(talk.near, "127.0.0.1:12000");
    let timeline = talk.story.build();
    assert_eq!(tie(&Flows::of(&timeline), long_before).cause, Cause::Unknown);
}

#[test]
fn neighbour_discovery_is_not_a_conversation() {
    let (mut talk, shake) = Talk::connected();
    talk.near(seg("ACK", 0, 0));
    let mut timeline = talk.story.build();
    let event = timeline.events.iter_mut().find(|event| event.seq == shake.ack).expect("the ACK");
    let What::Frame(frame) = &mut event.what else { panic!("a frame") };
    let headers = frame.headers.as_mut().expect("headers");
    headers.transport = Transport::Neighbour { text: "who has 10.0.0.2?".to_owned() };
    let flows = Flows::of(&timeline);
    let one = tie(&flows, shake.ack);
    assert_eq!((&one.meaning, one.conversation, one.connection), (&Meaning::Other, None, None));
    assert_eq!(flows.ties.of(at(&flows, [shake.connect])[0]), None, "a call is no frame");
    let accept = at(&flows, [shake.accept])[0];
    assert_eq!((flows.ties.waker(accept), flows.process_at(accept)), (None, Some(0)));
}

#[test]
fn a_segment_may_travel_in_pieces_of_which_only_the_first_has_its_header() {
    let (mut talk, _) = Talk::connected();
    let waits = talk.now();
    let piece = |talk: &mut Talk, offset, bytes: &str, more| {
        let near = talk.story.identity(talk.near).clone();
        let [source, destination] = [near.local, near.peer].map(|end| end.expect("connected"));
        let no_port = |end: &socklab_event::Endpoint| {
            socklab_event::Endpoint::ip(end.ip_port().expect("an IP address").0, 0)
        };
        let transport = match offset {
            0 => Transport::Tcp {
                flags: ["PSH", "ACK"].map(socklab_event::Name::of).into_iter().collect(),
                sequence: talk.first[0] + 1,
                acknowledgement: talk.first[1] + 1,
                window: 500,
                options: TcpOptions::default(),
            },
            _ => Transport::Other,
        };
        let headers = Headers {
            source: if offset == 0 { source } else { no_port(&source) },
            destination: if offset == 0 { destination } else { no_port(&destination) },
            protocol: Protocol::TCP,
            transport,
            payload: Bytes::whole(bytes),
            fragment: Some(Fragment { id: 7, offset, more }),
        };
        frame(&mut talk.story, headers, None)
    };
    let began = talk.now();
    let pieces = [(0, "un", true), (22, "dos", true), (25, "tres", false)]
        .map(|(offset, bytes, more)| piece(&mut talk, offset, bytes, more));
    talk.story.since(began).send(talk.near, "undostres");
    let stray = piece(&mut talk, 30, "of another", false);
    let recv = talk.story.since(waits).recv(talk.far, "undostres");
    let ack = talk.far(seg("ACK", 0, 9));
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    let sent = flows.transfers[0].sent;
    let [recv] = at(&flows, [recv]);
    let ties = pieces.map(|piece| tie(&flows, piece));
    let meanings = ties.map(|tie| &tie.meaning);
    assert_eq!(meanings, [&Meaning::Data, &Meaning::Fragment, &Meaning::Fragment]);
    assert_eq!(ties.map(|tie| tie.bytes.clone()), [0..2, 2..5, 5..9]);
    assert!(ties.iter().all(|tie| (tie.connection, tie.side) == (Some(0), 0)));
    assert!(ties.iter().all(|tie| tie.carries.iter().all(|carried| carried.sent == sent)));
    assert_eq!(ties.map(|tie| tie.woke.clone()), [vec![], vec![], vec![recv]], "when it is whole");
    assert_eq!(tie(&flows, ack).acknowledges, Some(9));
    assert_eq!(tie(&flows, stray).conversation, None, "that segment was whole already");
    fits(&flows);
}
