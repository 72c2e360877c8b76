//! What is counted, on timelines in which it is known.

use socklab_event::{Args, Endpoint, Errno, Flags, Notice, Shutdown, Timeline};
use socklab_flows::Flows;
use socklab_summary::{Caveat, Conversation, Ending, How, Summary};
use socklab_timelines::{Story, address, got, offered, scenes};

fn of(timeline: &Timeline) -> Summary {
    Summary::of(&Flows::of(timeline))
}

fn only(summary: &Summary) -> &Conversation {
    let [one] = &summary.conversations[..] else { panic!("{:?}", summary.conversations) };
    one
}

fn names(one: &Conversation) -> [Option<&str>; 2] {
    one.ends.each_ref().map(|end| end.who.as_deref())
}

#[test]
fn a_connection_has_its_ends_bytes_gap_and_end() {
    let summary = of(&scenes::upper_tcp());
    let one = only(&summary);
    assert_eq!(names(one), [Some("client"), Some("server")]);
    assert_eq!(one.protocol, "tcp");
    let bytes = one.carried.map(|way| (way.sent, way.received));
    assert_eq!(bytes, [(Some(4), Some(4)); 2]);
    assert_eq!(one.round_trips, 1);
    // The client waited 800 ms before it sent.
    let gap = one.longest_gap.as_ref().expect("a gap");
    assert!((800_000_000..800_100_000).contains(&gap.lasted), "{gap:?}");
    assert_eq!(gap.before.call.as_deref(), Some("send"));
    let Some(Ending::Closed { side: 1, how: How::Close, both: true, .. }) = &one.ending else {
        panic!("{:?}", one.ending);
    };
    let [listener] = &summary.listeners[..] else { panic!("{:?}", summary.listeners) };
    assert_eq!((listener.accepted, listener.never_accepted, listener.refused), (1, 0, 0));
    assert_eq!((listener.most_waiting, listener.others), (0, false), "accept was waiting");
}

#[test]
fn datagrams_are_a_pair_and_have_no_end() {
    let summary = of(&scenes::upper_udp());
    let one = only(&summary);
    assert_eq!((one.protocol.as_str(), one.round_trips), ("udp", 1));
    assert_eq!(one.carried.map(|way| way.bytes()), [Some(4), Some(4)]);
    assert_eq!(one.ending, None);
}

#[test]
fn what_nobody_recorded_is_not_known() {
    let summary = of(&scenes::http());
    let one = only(&summary);
    assert_eq!(names(one), [Some("client"), None]);
    assert_eq!(one.carried[0].received, None);
    assert_eq!((one.carried[1].sent, one.carried[1].received), (None, Some(1384)));
    assert_eq!(one.round_trips, 1, "one question, an answer in three pieces");
    let Some(Ending::Closed { side: 1, how: How::Unseen, .. }) = &one.ending else {
        panic!("the server ended it: {:?}", one.ending);
    };
}

#[test]
fn a_greeting_is_no_round_trip() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.send(far, "hello");
    story.recv(near, "hello");
    assert_eq!(only(&of(&story.build())).round_trips, 0, "nobody asked");
    for _ in 0..3 {
        story.send(near, "a");
        story.send(near, "b");
        story.recv(far, "ab");
        story.send(far, "c");
        story.recv(near, "c");
    }
    assert_eq!(only(&of(&story.build())).round_trips, 3);
    story.send(near, "and?");
    assert_eq!(only(&of(&story.build())).round_trips, 3, "no answer yet");
}

#[test]
fn a_half_close_and_unread_bytes_are_told() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.send(near, "twelve bytes");
    story.recv_into(far, 5, "twelv");
    story.shutdown(near, Shutdown::WR);
    let summary = of(&story.build());
    let one = only(&summary);
    assert_eq!(one.carried[0].unread(), 7);
    let Some(Ending::Closed { side: 0, how: How::Shutdown, both: false, .. }) = &one.ending else {
        panic!("{:?}", one.ending);
    };
}

#[test]
fn a_cut_connection_names_the_call_that_noticed() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.send(near, "hola");
    story.close(far);
    story.fail(near, "recvfrom", got(2048, b""), 104);
    story.close(near);
    let summary = of(&story.build());
    let one = only(&summary);
    let Some(Ending::Reset { error: Errno::ECONNRESET, by, .. }) = &one.ending else {
        panic!("{:?}", one.ending);
    };
    assert_eq!((by.who.as_str(), by.call.as_deref()), ("client", Some("recv")));
    assert_eq!((one.errors.len(), one.errors[0].times), (1, 1));
}

#[test]
fn a_broken_pipe_after_ones_own_shutdown_is_no_cut() {
    let mut story = Story::new();
    let (near, _) = scenes::tcp_pair(&mut story);
    story.shutdown(near, Shutdown::WR);
    story.fail(near, "sendto", offered(b"more"), 32);
    let summary = of(&story.build());
    let one = only(&summary);
    assert!(matches!(one.ending, Some(Ending::Closed { .. })), "{:?}", one.ending);
    assert_eq!(one.errors[0].error, Errno::EPIPE, "it is an error all the same");
}

#[test]
fn not_now_is_no_error_of_a_connection_but_counts_as_strace_counts() {
    let summary = of(&scenes::busy_loop(30));
    assert!(only(&summary).errors.is_empty());
    let server = summary.programs.iter().find(|one| one.name == "server").expect("a server");
    let recv = server.calls.iter().find(|one| one.name == "recvfrom").expect("recvfrom");
    assert_eq!((recv.calls, recv.errors), (31, 30));
}

#[test]
fn a_refused_connect_is_an_attempt_and_no_connection() {
    let summary = of(&scenes::refused());
    assert!(summary.conversations.is_empty());
    let [one] = &summary.failed_connects[..] else { panic!("{:?}", summary.failed_connects) };
    assert_eq!((one.to.as_str(), one.error), ("127.0.0.1:12000", Some(Errno::ECONNREFUSED)));
    assert!(summary.listeners.is_empty());
}

#[test]
fn a_listener_knows_who_came_too_early_and_who_waited() {
    let mut story = Story::new();
    let early = story.command("early", "python3 client.py");
    let sock = story.tcp(early);
    story.fail(sock, "connect", Args::Connect { address: address("127.0.0.1:8888") }, 111);
    let server = story.command("server", "python3 server.py");
    let listener = story.tcp(server);
    story.bind(listener, "*:8888");
    story.listen(listener, 5);
    let clients: Vec<_> = (1..=3)
        .map(|number| {
            let client = story.command(&format!("client-{number}"), "python3 client.py");
            let near = story.tcp(client);
            story.connect(near, "127.0.0.1:8888");
            near
        })
        .collect();
    story.wait(1);
    for near in &clients[..2] {
        story.accept(listener, *near);
    }
    let summary = of(&story.build());
    let [one] = &summary.listeners[..] else { panic!("{:?}", summary.listeners) };
    assert_eq!((one.who.as_str(), one.backlog), ("server", Some(5)));
    assert_eq!((one.accepted, one.never_accepted, one.refused), (2, 1, 1));
    assert_eq!((one.most_waiting, one.others), (3, false));
    let never = summary.conversations.iter().filter(|it| it.ending == Some(Ending::NeverAccepted));
    assert_eq!(never.count(), 1);
}

#[test]
fn an_unfinished_call_counts_with_its_time() {
    let mut story = Story::new();
    let (_, listener, _) = scenes::tcp_server(&mut story);
    let since = story.now();
    let accept = Args::Accept { peer: None, flags: Flags::default(), listener: None };
    story.wait(100).since(since).unfinished(listener, "accept4", accept);
    let summary = of(&story.build());
    let call = &summary.programs[0].calls[0];
    assert_eq!((call.name.as_str(), call.calls, call.unfinished), ("accept4", 1, 1));
    assert!(call.time >= 100_000_000 && call.errors == 0);
}

#[test]
fn an_attempt_without_an_answer_is_no_connection() {
    let mut story = Story::new();
    let client = story.command("client", "python3 client.py");
    let sock = story.tcp(client);
    let to = address("192.0.2.1:80");
    story.identity(sock).local = Some(Endpoint::ip([192, 0, 2, 9], 4000));
    story.identity(sock).peer = Some(to.clone());
    story.unfinished(sock, "connect", Args::Connect { address: to });
    let summary = of(&story.build());
    assert!(summary.conversations.is_empty(), "{:?}", summary.conversations);
    let [one] = &summary.failed_connects[..] else { panic!("{:?}", summary.failed_connects) };
    assert_eq!(one.error, None);
}

#[test]
fn what_the_recorder_ended_nobody_closed() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.ended_by_recorder(far.who, 15);
    story.closed_at_exit(far);
    story.killed(far.who, 15);
    story.recv(near, "");
    story.close(near);
    assert_eq!(only(&of(&story.build())).ending, Some(Ending::EndedByRecorder));
}

#[test]
fn counted_calls_are_told_in_sum() {
    let mut story = Story::new();
    let (near, _) = scenes::tcp_pair(&mut story);
    for count in [3, 4] {
        story.what(near.who, Notice::Counted { call: "recvfrom".into(), count, bytes: 10 * count });
    }
    let caveats = of(&story.build()).caveats;
    let [Caveat::Counted { who, count: 7, bytes: 70, .. }] = &caveats[..] else {
        panic!("{caveats:?}");
    };
    assert_eq!(who, "client");
}

#[test]
fn lost_and_repeated_packets_are_counted() {
    let summary = of(&scenes::wired());
    let all = summary.frames.expect("packets");
    assert_eq!((all.again, all.lost), (1, 1));
    assert_eq!(only(&summary).frames, Some(all), "there is one connection");
    assert_eq!(of(&scenes::upper_tcp()).frames, None, "none were recorded");
}
