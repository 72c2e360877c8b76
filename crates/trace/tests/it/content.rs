//! What events contain: identities, both ends of a connection, waits, readiness, order.

use std::collections::HashSet;

use crate::tracees::{calls, lives, notices, options, prepare, quiet, record, record_one};
use socklab_event::{Args, Call, Endpoint, Errno, Event, Notice, Process, Readiness};
use socklab_prerequisites::python;
use socklab_trace::{Entered, Stdio, Tracer};

fn tracee(name: &str) -> Vec<Event> {
    let argv = prepare(name, &[]).unwrap_or_else(|needs| panic!("{name} needs {needs}"));
    let (events, outcome) = record_one(argv);
    assert_eq!(outcome.shell_code(), 0, "{name}");
    events
}

fn named<'a>(events: &'a [Event], name: &str) -> &'a Call {
    calls(events).find(|call| call.name == name).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn connect_and_accept_are_two_ends_of_one_connection() {
    let events = tracee("tcp_pair.py");
    let client = named(&events, "connect").socket.clone().expect("the client's socket");
    let server = named(&events, "accept4").socket.clone().expect("the server's socket");
    assert!(client.is_other_end_of(&server), "{client:#?}\n{server:#?}");
    assert!(client.netns.is_some() && client.netns == server.netns);
    assert!(client.inode.is_some() && client.inode != server.inode);
    let sent = calls(&events).find(|call| matches!(call.args, Args::Send { .. })).expect("a send");
    assert_eq!(sent.bytes().map(ToString::to_string).as_deref(), Some("hola"));
    assert!(sent.socket.as_ref().is_some_and(|socket| socket.is_same(&client)));
}

#[test]
fn causes_come_before_their_effects() {
    for _ in 0..5 {
        let events = tracee("tcp_pair.py");
        let mut sorted: Vec<&Event> = events.iter().collect();
        sorted.sort_by_key(|event| (event.at, event.seq));
        let names: Vec<_> = sorted
            .iter()
            .filter_map(|event| event.call())
            .filter(|call| call.bytes().is_some_and(|bytes| bytes.total > 0))
            .map(|call| (matches!(call.args, Args::Send { .. }), call.bytes().unwrap().to_string()))
            .collect();
        let expected = [(true, "hola"), (false, "hola"), (true, "HOLA"), (false, "HOLA")];
        assert_eq!(names, expected.map(|(sent, text)| (sent, text.to_owned())));
        let place = |wanted: &dyn Fn(&Call) -> bool| {
            sorted.iter().position(|event| event.call().is_some_and(wanted)).expect("it happened")
        };
        let connect = place(&|call| call.name == "connect");
        let accept = place(&|call| call.name == "accept4");
        assert!(connect < accept);
        let half_close = place(&|call| call.name == "shutdown");
        let end_of_file =
            place(&|call| matches!(call.args, Args::Recv { .. }) && call.value() == Some(0));
        assert!(half_close < end_of_file);
    }
}

#[test]
fn readiness_is_reported() {
    let events = tracee("tcp_pair.py");
    let ready: Vec<_> = lives(&events)
        .filter_map(|life| match life {
            Process::Ready { readiness, at, .. } => Some((*readiness, at.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(ready[0].0, Readiness::Listening);
    assert!(ready[0].1.as_ref().and_then(Endpoint::port).is_some_and(|port| port > 0));
    assert_eq!(ready[1].0, Readiness::Connected);
    let events = tracee("udp_pair.py");
    let bound = lives(&events)
        .any(|life| matches!(life, Process::Ready { readiness: Readiness::Bound, .. }));
    assert!(bound);
}

#[test]
fn datagram_sockets_get_their_address_when_they_first_send() {
    let events = tracee("udp_pair.py");
    let first = named(&events, "sendto");
    let port = first.socket.as_ref().and_then(|socket| socket.local.as_ref()?.port());
    assert!(port.is_some_and(|port| port > 0), "{first:#?}");
    let received = named(&events, "recvfrom");
    let Args::Recv { from: Some(from), .. } = &received.args else { panic!("{received:#?}") };
    assert_eq!(from.port(), port);
}

#[test]
fn messages_are_decoded() {
    let events = tracee("messages.c");
    let all: Vec<&Call> = calls(&events).collect();
    let text = |call: &Call| call.bytes().map(ToString::to_string);
    assert_eq!(text(named(&events, "sendmsg")).as_deref(), Some("scatter gather"));
    assert_eq!(text(named(&events, "recvmsg")).as_deref(), Some("scatter gather"));
    assert_eq!(text(named(&events, "readv")).as_deref(), Some("scatter gather"));
    let Args::SendMany { messages, asked: 3, .. } = &named(&events, "sendmmsg").args else {
        panic!("{all:#?}")
    };
    assert_eq!(messages.len(), 3);
    let Args::RecvMany { messages: received, .. } = &named(&events, "recvmmsg").args else {
        panic!("{all:#?}")
    };
    let address =
        |message: &socklab_event::Message| message.address.as_ref().and_then(Endpoint::port);
    assert_eq!(received.len(), 3);
    assert_eq!(received[0].bytes, messages[0].bytes);
    assert!(address(&received[0]).is_some() && address(&received[0]) == address(&messages[0]));
    let options: Vec<_> = all
        .iter()
        .filter_map(|call| match &call.args {
            Args::SetOption { option, value, .. } => Some(format!("{option} {value:?}")),
            _ => None,
        })
        .collect();
    let expected = ["IPV6_V6ONLY Int(0)", "TCP_NODELAY Int(1)", "SO_RCVTIMEO Time(1500000000)"];
    assert_eq!(options, expected);
    let splices: Vec<_> = all
        .iter()
        .filter_map(|call| match call.args {
            Args::SendFile { into_socket, .. } => Some((call.name.to_string(), into_socket)),
            _ => None,
        })
        .collect();
    let expected = [("sendfile", true), ("splice", true), ("splice", false)];
    assert_eq!(splices, expected.map(|(name, into)| (name.to_owned(), into)));
}

#[test]
fn the_ends_of_a_socketpair_know_each_other_without_addresses() {
    let events = tracee("messages.c");
    let pair = named(&events, "socketpair");
    let Args::Socketpair { fds, second: Some(second), .. } = &pair.args else {
        panic!("{pair:#?}")
    };
    assert_eq!(fds.len(), 2);
    let first = pair.socket.as_ref().expect("the first");
    assert!(first.is_other_end_of(second) && second.is_other_end_of(first));
}

#[test]
fn unix_connections_have_two_ends_too() {
    let events = tracee("unix_sockets.py");
    let client = named(&events, "connect").socket.clone().expect("the client's");
    let server = named(&events, "accept4").socket.clone().expect("the server's");
    assert!(client.is_other_end_of(&server), "{client:#?}\n{server:#?}");
}

#[test]
fn sockets_passed_by_scm_rights_are_followed() {
    let events = tracee("unix_sockets.py");
    let passed: Vec<_> = notices(&events)
        .filter_map(|notice| match notice {
            Notice::Passed { received, .. } => Some(*received),
            _ => None,
        })
        .collect();
    assert_eq!(passed, [false, true]);
    // `read` is recorded only on descriptors that are followed.
    let read = named(&events, "read");
    assert_eq!(read.bytes().map(ToString::to_string).as_deref(), Some("to myself"));
}

#[test]
fn waits_name_their_sockets() {
    let events = tracee("epoll_server.c");
    let ready: HashSet<Option<i32>> = calls(&events)
        .filter_map(|call| match &call.args {
            Args::EpollWait { ready, .. } => Some(ready.iter().map(|entry| entry.fd)),
            _ => None,
        })
        .flatten()
        .collect();
    assert!(ready.len() >= 2 && !ready.contains(&None), "{ready:?}");
    let script = "
import select, socket
one, two = socket.socketpair()
two.send(b'x')
assert select.select([one, 0], [one], [], 1)
poll = select.poll()
poll.register(one, select.POLLIN)
assert poll.poll(500)
";
    let (events, _) = record_one([python().expect("python3").as_str(), "-S", "-E", "-c", script]);
    let waits: Vec<_> = calls(&events)
        .filter_map(|call| match &call.args {
            Args::Poll { waits, timeout } => Some((waits, *timeout)),
            _ => None,
        })
        .collect();
    assert_eq!(waits.len(), 2, "{waits:#?}");
    let (select, timeout) = &waits[0];
    assert_eq!(*timeout, Some(1_000_000_000));
    let entry = select.iter().find(|wait| wait.socket.is_some()).expect("the socket");
    assert!(entry.wants.has("POLLIN") && entry.wants.has("POLLOUT") && entry.got.has("POLLOUT"));
    assert_eq!(waits[1].1, Some(500_000_000));
}

#[test]
fn implicit_closes_are_reported() {
    let script = "import os, socket; a = socket.socket(); b = a.dup(); os._exit(0)";
    let (events, _) = record_one([python().expect("python3").as_str(), "-S", "-E", "-c", script]);
    let implicit: Vec<_> =
        calls(&events).filter(|call| call.implicit).map(|call| call.fd).collect();
    assert_eq!(implicit.len(), 2);
}

#[test]
fn commands_start_when_the_one_before_is_ready() {
    let python = python().expect("python3");
    let directory = std::env::temp_dir().join(format!("socklab-order-{}", std::process::id()));
    let path = directory.to_string_lossy().into_owned();
    let server = "
import os, socket, sys
server = socket.create_server(('127.0.0.1', 0), backlog=1)
connection, _ = server.accept()
connection.sendall(b'welcome')
";
    // The client learns the port from the trace, as a scenario does.
    let client = "
import os, socket, sys
port = int(open(sys.argv[1]).read())
assert socket.create_connection(('127.0.0.1', port)).recv(7) == b'welcome'
";
    let tracer = Tracer::new(options())
        .command(quiet([&python, "-S", "-E", "-c", server]).label("server"))
        .command(quiet([&python, "-S", "-E", "-c", client, &path]).label("client"));
    assert_eq!(tracer.header().columns[1].label, "client");
    let mut events = Vec::new();
    let outcome = tracer
        .run(|event| {
            if let Some(Process::Ready { readiness: Readiness::Listening, at, .. }) =
                event.process()
            {
                let port = at.as_ref().and_then(Endpoint::port).expect("a port");
                std::fs::write(&directory, port.to_string()).expect("the port's file");
            }
            events.push(event);
        })
        .expect("a recording");
    std::fs::remove_file(&directory).expect("the port's file");
    assert!(outcome.commands.iter().all(|command| command.exit.unwrap().is_success()));
    let starts: Vec<_> = lives(&events)
        .filter_map(|life| match life {
            Process::Start { command, .. } => Some(*command),
            _ => None,
        })
        .collect();
    assert_eq!(starts, [0, 1]);
}

#[test]
fn a_socket_given_to_a_command_is_ready_when_the_command_uses_it() {
    let python = python().expect("python3");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    // As inetd(8) starts a server in "wait" mode.
    let server = "import socket; socket.socket(fileno=0).accept()[0].sendall(b'hola')";
    let client = format!(
        "import socket; assert socket.create_connection(('127.0.0.1', {port})).recv(4) == b'hola'"
    );
    let (events, outcome) = record(
        Tracer::new(options())
            .command(quiet([&python, "-S", "-E", "-c", server]).stdin(Stdio::Fd(listener.into())))
            .command(quiet([&python, "-S", "-E", "-c", &client])),
    );
    assert!(outcome.commands.iter().all(|command| command.exit.unwrap().is_success()));
    let ready = lives(&events).filter_map(|life| match life {
        Process::Ready { readiness: Readiness::Listening, at, .. } => at.as_ref()?.port(),
        _ => None,
    });
    assert_eq!(ready.collect::<Vec<_>>(), [port]);
}

#[test]
fn entering_a_call_is_reported_before_it_returns() {
    let argv = prepare("tcp_pair.py", &[]).expect("python3");
    let entered = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let seen = std::rc::Rc::clone(&entered);
    let tracer = Tracer::new(options()).command(quiet(argv)).on_enter(move |call: &Entered<'_>| {
        seen.borrow_mut().push((call.name.to_string(), call.began));
    });
    let (events, _) = record(tracer);
    let accept = named(&events, "accept4");
    assert!(entered.borrow().contains(&("accept4".to_owned(), accept.began)));
}

#[test]
fn a_call_that_a_handler_jumps_out_of_was_interrupted() {
    let Ok(argv) = prepare("jumps_out.c", &[]) else {
        return socklab_prerequisites::say_not_run("a jump out of a handler", "cc");
    };
    let (events, outcome) = record_one(argv);
    assert_eq!(outcome.shell_code(), 0);
    let (receive, send) = (named(&events, "recvfrom"), named(&events, "sendto"));
    assert_eq!(receive.error(), Some(Errno::EINTR), "{receive:#?}");
    assert!(receive.ended <= send.began && send.value() == Some(5), "{receive:#?}\n{send:#?}");
}

#[test]
fn a_duplicate_is_closed_at_exec_if_it_was_asked_to_be() {
    let Some(python) = python() else {
        return socklab_prerequisites::say_not_run("duplicates at exec", "python3");
    };
    let program = "import fcntl, os, socket\n\
                   one = socket.socket()\n\
                   fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 50)\n\
                   os.dup2(one.fileno(), 60, inheritable=False)\n\
                   os.dup2(one.fileno(), 70, inheritable=True)\n\
                   os.execv('/bin/true', ['true'])\n";
    let (events, outcome) = record_one([&python, "-S", "-E", "-c", program]);
    assert_eq!(outcome.shell_code(), 0);
    let exec =
        events.iter().rposition(|event| matches!(event.process(), Some(Process::Exec { .. })));
    let exec = exec.expect("an exec");
    let closed = |events: &[Event]| -> Vec<i32> {
        let closes = calls(events).filter(|call| call.implicit && call.is_close());
        closes.filter_map(|call| call.fd).filter(|fd| *fd >= 50).collect()
    };
    assert_eq!(closed(&events[..exec]), [50, 60], "before the new program runs");
    assert_eq!(closed(&events[exec..]), [70], "when it has ended");
}
