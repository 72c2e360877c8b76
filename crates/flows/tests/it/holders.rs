//! Who has a socket open.

use socklab_event::{Args, Control, Flags, Outcome, SocketType};
use socklab_flows::{Flows, Holding};
use socklab_timelines::{Sock, Story, got, offered, scenes};

use crate::position::position;

fn who(holdings: &[Holding]) -> Vec<(u32, i32)> {
    holdings.iter().map(|holding| (holding.process, holding.fd)).collect()
}

/// Another descriptor of the same socket.
fn numbered(sock: Sock, fd: i32) -> Sock {
    let mut other = sock;
    other.fd = fd;
    other
}

#[test]
fn a_child_inherits_and_only_the_last_close_closes() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    let child = story.fork(far.who);
    let first = story.close(far.by(child));
    let last = story.close(far);
    story.close(near);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let socket = flows.socket_at(position(&flows, first)).unwrap();
    let holdings = flows.holders.of(socket);
    assert_eq!(who(holdings), [(far.who.process, far.fd), (child.process, far.fd)]);
    assert!(holdings[1].inherited && !holdings[0].inherited);
    let between = position(&flows, first);
    let open: Vec<_> = flows.holders.at(socket, between).map(|one| one.process).collect();
    assert_eq!(open, [far.who.process]);
    assert_eq!(flows.holders.last_close(socket), Some(position(&flows, last)));
}

#[test]
fn while_one_descriptor_is_open_so_is_the_socket() {
    let mut story = Story::new();
    let (_, far) = scenes::tcp_pair(&mut story);
    let copy = numbered(far, 9);
    story.on(far, "dup", Args::Dup { flags: Flags::default() }, Outcome::Value(9));
    let close = story.close(far);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let socket = flows.socket_at(position(&flows, close)).unwrap();
    assert_eq!(flows.holders.last_close(socket), None);
    story.close(copy);
    let timeline = story.build();
    assert!(Flows::of(&timeline).holders.last_close(socket).is_some());
}

#[test]
fn an_exit_takes_every_descriptor_away() {
    let mut story = Story::new();
    let (near, _) = scenes::tcp_pair(&mut story);
    let exit = story.exit(near.who, 0);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let socket = flows.connections[0].ends[0].socket.unwrap();
    assert_eq!(flows.holders.last_close(socket), Some(position(&flows, exit)));
}

#[test]
fn a_call_shows_what_was_inherited_before_the_recording() {
    let mut story = Story::new();
    let program = story.command("program", "program");
    let given = story.given(program);
    story.send(given, "hola");
    let close = story.close(given);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let socket = flows.socket_at(position(&flows, close)).unwrap();
    assert_eq!(who(flows.holders.of(socket)), [(program.process, given.fd)]);
    assert!(!flows.holders.are_known(socket), "others may have it too");
    assert_eq!(flows.holders.last_close(socket), None);
}

#[test]
fn what_was_passed_on_may_be_open_elsewhere() {
    let mut story = Story::new();
    let (near, _) = scenes::tcp_pair(&mut story);
    let [one, _] = story.socketpair(near.who, SocketType::STREAM);
    let mut args = offered(b"x");
    if let Args::Send { control, .. } = &mut args {
        *control = [Control::Rights { fds: vec![near.fd] }].into();
    }
    let flows_know = |story: &Story| {
        let timeline = story.build();
        let flows = Flows::of(&timeline);
        let socket = flows.connections.iter().find_map(|one| one.connected);
        flows.holders.are_known(flows.socket_at(socket.unwrap()).unwrap())
    };
    assert!(flows_know(&story));
    story.on(one, "sendmsg", args, Outcome::Value(1));
    assert!(!flows_know(&story));
}

#[test]
fn a_descriptor_that_came_with_a_message_is_held_from_then_on() {
    let mut story = Story::new();
    let (near, _) = scenes::tcp_pair(&mut story);
    let worker = story.command("worker", "worker");
    let [_, other] = story.socketpair(worker, SocketType::STREAM);
    let mut args = got(1, b"x");
    if let Args::Recv { control, .. } = &mut args {
        *control = [Control::Rights { fds: vec![9] }].into();
    }
    let came = story.on(other, "recvmsg", args, Outcome::Value(1));
    let passed = numbered(near.by(worker), 9);
    let used = story.send(passed, "hola");
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let socket = flows.socket_at(position(&flows, used)).unwrap();
    let holding = flows.holders.of(socket).iter().find(|one| one.process == worker.process);
    assert_eq!(holding.unwrap().since, position(&flows, came));
}

#[test]
fn what_is_said_of_a_closed_descriptor_does_not_open_it() {
    let mut story = Story::new();
    let (_, far) = scenes::tcp_pair(&mut story);
    let other = far.by(story.thread(far.who));
    let waiting = story.now();
    let close = story.close(far);
    story.since(waiting).fail(other, "recvfrom", got(9, b""), 104);
    story.fail(far, "sendto", offered(b"late"), 9);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let socket = flows.socket_at(position(&flows, close)).unwrap();
    assert_eq!(who(flows.holders.of(socket)), [(far.who.process, far.fd)]);
    assert_eq!(flows.holders.last_close(socket), Some(position(&flows, close)));
}
