//! The two ends of a connection, and the calls that made it.

use socklab_event::{Args, Errno, Family, Outcome, Protocol, Shutdown};
use socklab_flows::Flows;
use socklab_timelines::{Story, address, scenes};

use crate::position::{peer_inode, position, seq};

#[test]
fn a_connect_starts_the_connection_even_if_it_does_not_wait() {
    let begins = |outcome: Outcome| {
        let mut story = Story::new();
        let (_, listener, _) = scenes::tcp_server(&mut story);
        let client = story.command("client", "client");
        let near = story.tcp(client);
        let connect = || Args::Connect { address: address("127.0.0.1:12000") };
        let first = story.on(near, "connect", connect(), outcome);
        let second = story.connect(near, "127.0.0.1:12000");
        story.accept(listener, near);
        let timeline = story.build();
        let flows = Flows::of(&timeline);
        let connected = seq(&flows, flows.connections[0].connected).expect("a connect");
        assert!([first, second].contains(&connected));
        connected == first
    };
    assert!(begins(Outcome::Value(0)));
    assert!(begins(Outcome::Error(Errno::EINPROGRESS)));
    assert!(begins(Outcome::Error(Errno::EINTR)), "it goes on, and the next gets EALREADY");
    assert!(begins(Outcome::Unfinished));
    assert!(!begins(Outcome::Error(Errno::ECONNREFUSED)));
}

#[test]
fn a_peer_outside_the_recording_is_known_by_its_address() {
    let timeline = scenes::http();
    let flows = Flows::of(&timeline);
    assert_eq!(flows.other_side(0, Some(0)), 1);
    assert_eq!(flows.other_end(0, Some(0)).address, Some(address("93.184.216.34:80")));
    assert_eq!([0, 1].map(|side| flows.end_socket(0, side)), [Some(0), None]);
    let closing = flows.closings.first().expect("the end of the stream");
    assert_eq!(flows.closing_at(closing.seen), Some(closing));
    assert_eq!((closing.closed, flows.closing_at(closing.seen - 1)), (None, None));
}

#[test]
fn a_client_outside_the_recording_is_the_other_end_of_an_accepted_connection() {
    let mut story = Story::new();
    let (server, listener, _) = scenes::tcp_server(&mut story);
    let far = story.given(server);
    let identity = story.identity(far);
    identity.local = Some(address("10.0.0.2:12000"));
    identity.peer = Some(address("10.0.0.1:40000"));
    story.accept_as(listener, far);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(flows.other_side(0, Some(1)), 0);
    assert_eq!(flows.other_side(0, None), 0, "an unknown socket is not the unknown end");
    assert_eq!(flows.other_end(0, Some(1)).address, Some(address("10.0.0.1:40000")));
    assert_eq!([0, 1].map(|side| flows.end_socket(0, side)), [None, Some(1)]);
}

#[test]
fn each_of_several_connections_has_its_own_calls() {
    let timeline = scenes::many(3);
    let flows = Flows::of(&timeline);
    assert_eq!(flows.connections.len(), 3);
    for (index, connection) in flows.connections.iter().enumerate() {
        let [near, far] = connection.ends.each_ref().map(|end| end.socket.expect("recorded"));
        assert_eq!(
            (flows.other_side(index, Some(near)), flows.other_side(index, Some(far))),
            (1, 0)
        );
        for (socket, peer) in [(near, far), (far, near)] {
            for at in &flows.sockets[socket].calls {
                let call = flows.call(*at).expect("a call");
                assert_eq!(flows.connection_at(*at), Some(index), "{call:?}");
                let label = if socket == near {
                    format!("client-{}", index + 1)
                } else {
                    "server".to_owned()
                };
                assert_eq!(flows.actor_at(*at), Some(label.as_str()));
                assert_eq!(flows.peer_at(*at), Some(peer), "{call:?}");
            }
        }
        let sent = flows.sockets[near].calls.iter().find(|at| !flows.sent_at(**at).is_empty());
        let [transfer] = flows.sent_at(*sent.expect("a send")) else { panic!("one message") };
        let received = flows.transfers[*transfer].parts[0].received;
        assert_eq!(flows.got_at(received), [(*transfer, 0)]);
    }
}

#[test]
fn a_unix_path_reaches_the_socket_bound_to_it() {
    let mut story = Story::new();
    let server = story.command("server", "server");
    let client = story.command("client", "client");
    let paths = ["/run/a.sock", "/run/b.sock"];
    let unix = |story: &mut Story, who| {
        let sock = story.given(who);
        let identity = story.identity(sock);
        (identity.family, identity.protocol) = (Family::UNIX, Protocol::IP);
        sock
    };
    let listeners = paths.map(|path| {
        let sock = unix(&mut story, server);
        story.bind(sock, path);
        story.listen(sock, 5);
        sock
    });
    let connects = paths.map(|path| {
        let sock = unix(&mut story, client);
        story.on(sock, "connect", Args::Connect { address: address(path) }, Outcome::Value(0))
    });
    let inodes = listeners.map(|sock| story.identity(sock).inode);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(connects.map(|connect| peer_inode(&flows, connect)), inodes);
}

#[test]
fn a_shutdown_of_reading_ends_no_stream() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.shutdown(near, Shutdown::RD);
    let closed = story.close(near);
    story.recv(far, "");
    // It comes too late to be the reason.
    story.close(near);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(seq(&flows, flows.closings[0].closed), Some(closed));
    assert!(flows.ended_by(position(&flows, closed)).is_some());
}

#[test]
fn a_socket_can_be_connected_to_itself() {
    let mut story = Story::new();
    let program = story.command("program", "program");
    let mut alone = Vec::new();
    for _ in 0..2 {
        let sock = story.tcp(program);
        story.bind(sock, "127.0.0.1:45678");
        story.connect(sock, "127.0.0.1:45678");
        story.send(sock, "hola");
        alone.push(story.recv(sock, "hola"));
        story.shutdown(sock, Shutdown::WR);
        story.recv(sock, "");
        story.close(sock);
    }
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(flows.connections.len(), 2, "the same address again is another connection");
    for (connection, got) in flows.connections.iter().zip(alone) {
        assert!(connection.is_to_itself());
        let received = position(&flows, got);
        let [(transfer, _)] = flows.got_at(received) else { panic!("what it sent itself") };
        assert_eq!(Some(flows.transfers[*transfer].from), connection.ends[0].socket);
        assert_eq!(flows.peer_at(received), connection.ends[0].socket);
    }
    assert_eq!(flows.transfers.len(), 2, "one direction each");
    assert!(flows.closings.iter().all(|closing| closing.closed.is_some()));
}
