//! Which socket a call was made on.

use std::sync::Arc;

use socklab_event::{
    Args, Errno, Family, Flags, Outcome, Protocol, SocketId, SocketType, Timeline, What,
};
use socklab_flows::Flows;
use socklab_timelines::{Sock, Story, got, scenes};

use crate::position::position;

/// For every event, the number of its socket in order of appearance.
fn sockets(timeline: &Timeline) -> Vec<Option<usize>> {
    let flows = Flows::of(timeline);
    (0..flows.order.len()).map(|at| flows.socket_at(at)).collect()
}

/// The same recording from a collector that can't see inodes.
fn without_inodes(mut timeline: Timeline) -> Timeline {
    let forget = |socket: &mut Arc<SocketId>| {
        let socket = Arc::make_mut(socket);
        (socket.inode, socket.peer_inode) = (None, None);
    };
    for event in &mut timeline.events {
        let What::Call(call) = &mut event.what else { continue };
        call.socket.as_mut().map(forget);
        match &mut call.args {
            Args::Accept { listener: Some(other), .. }
            | Args::Socketpair { second: Some(other), .. } => forget(other),
            _ => {}
        }
    }
    timeline
}

/// A Unix socketpair with descriptors 3 and 4 of its process.
fn socketpair(story: &mut Story) -> [Sock; 2] {
    let program = story.command("program", "program");
    story.socketpair(program, SocketType::STREAM)
}

#[test]
fn a_socketpair_is_a_connection() {
    let mut story = Story::new();
    let [one, other] = socketpair(&mut story);
    story.send(one, "hola");
    story.recv(other, "hola");
    story.send(other, "HOLA!");
    story.recv(one, "HOLA!");
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert_eq!((flows.sockets.len(), flows.connections.len()), (2, 1));
    assert!(flows.connections[0].ends.iter().all(|end| end.socket.is_some()));
    let whole: Vec<(u64, bool)> =
        flows.transfers.iter().map(|one| (one.total, one.is_whole())).collect();
    assert_eq!(whole, [(4, true), (5, true)]);
}

#[test]
fn descriptors_identify_sockets_whose_inodes_are_unknown() {
    let mut story = Story::new();
    for end in socketpair(&mut story) {
        story.send(end, "to the other end");
    }
    let (server, listener, _) = scenes::tcp_server(&mut story);
    let client = story.command("client", "client");
    let near = story.tcp(client);
    story.connect(near, "127.0.0.1:12000");
    let far = story.accept(listener, near);
    // A child serves the connection, through a copy of the descriptor it inherited.
    let child = story.fork(server);
    story.close(far);
    story.recv(far.by(child), "hola");
    story.on(far.by(child), "dup", Args::Dup { flags: Flags::default() }, Outcome::Value(9));
    story.close(far.by(child));
    let mut copy = far.by(child);
    copy.fd = 9;
    story.send(copy, "HOLA");
    // Both processes use the number again: the parent for a socket passed to it, the
    // child for its own.
    let mut passed = story.given(server);
    passed.fd = far.fd;
    story.send(passed, "to somebody else");
    let mut own = story.given(child);
    own.fd = far.fd;
    story.send(own, "to yet another");
    story.close(copy);
    let near = story.tcp(client);
    story.connect(near, "127.0.0.1:12000");
    let mut again = story.other_end(near, server);
    again.fd = far.fd;
    story.accept_as(listener, again);
    story.recv(again, "hola");
    let timeline = story.build();
    let known = sockets(&timeline);
    assert_eq!(known.iter().flatten().max(), Some(&8), "two of a pair, and seven more");
    assert_eq!(sockets(&without_inodes(timeline)), known);
}

#[test]
fn a_call_that_creates_no_socket_belongs_to_its_listener_or_to_none() {
    let mut story = Story::new();
    let program = story.command("program", "program");
    let others = [story.udp(program), story.udp(program)];
    let listener = story.tcp(program);
    story.bind(listener, "*:12000");
    story.listen(listener, 5);
    let accept = |known| Args::Accept { peer: None, flags: Flags::default(), listener: known };
    let known = story.identity(listener).clone().into();
    let nobody = story.fail(listener, "accept4", accept(Some(known)), 11);
    let waits = story.unfinished(listener, "accept4", accept(None));
    let refused = Args::Socket {
        family: Family::INET,
        kind: SocketType::STREAM,
        flags: Flags::default(),
        protocol: Protocol::IP,
    };
    let refused = story.call(program, "socket", None, None, refused, Outcome::Error(Errno::EMFILE));
    let empty = story.fail(others[1], "recvfrom", got(9, b""), 11);
    for timeline in [story.build(), without_inodes(story.build())] {
        let flows = Flows::of(&timeline);
        let of = |call: u64| flows.socket_at(position(&flows, call));
        assert_eq!([nobody, waits, refused].map(of), [Some(2), Some(2), None]);
        assert_eq!(of(empty), Some(1), "other calls that fail are about their own socket");
    }
}

#[test]
fn a_socket_belongs_to_the_process_that_uses_it() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    let child = story.fork(far.who);
    story.close(far);
    story.send(near, "hola");
    let received = story.recv(far.by(child), "hola");
    let idle = story.tcp(near.who);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let used = |inode: Option<u64>| {
        let socket = flows.sockets.iter().position(|socket| socket.identity.inode == inode);
        flows.used_at(socket.expect("a socket")).map(|at| flows.order[at].seq)
    };
    assert_eq!(used(story.identity(far).inode), Some(received));
    assert_eq!(used(story.identity(idle).inode), Some(received + 1), "its only call");
}
