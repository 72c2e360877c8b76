//! What was seen is drawn as seen, and what is inferred is marked.

use socklab_event::{Args, SocketId, State, TcpState};
use socklab_ladder::{Ladder, Options, SvgStyle, TextStyle};
use socklab_timelines::{Story, address, got, offered, scenes};
use std::sync::Arc;

fn ladder(story: &Story) -> Ladder {
    Ladder::of(&story.build(), &Options::default())
}

fn text(ladder: &Ladder) -> String {
    ladder.to_text(&TextStyle::new(100))
}

fn state(socket: SocketId, after: TcpState, receive_queue: u32, send_queue: u32) -> State {
    State { socket: Arc::new(socket), before: None, after, receive_queue, send_queue }
}

#[test]
fn a_state_is_what_the_kernel_showed_and_no_transition() {
    let mut story = Story::new();
    let (_, listener, _) = scenes::tcp_server(&mut story);
    let client = story.command("client", "client.py");
    let near = story.tcp(client);
    story.connect(near, "127.0.0.1:12000");
    let far = story.accept(listener, near);
    let mut kept = Vec::new();
    for (sock, after, receive, send) in [
        (listener, TcpState::LISTEN, 2, 5),
        (listener, TcpState::LISTEN, 0, 5),
        (far, TcpState::ESTABLISHED, 24_576, 0),
        (near, TcpState::CLOSE_WAIT, 0, 1),
    ] {
        let identity = story.identity(sock).clone();
        kept.push(story.what(sock.who, state(identity, after, receive, send)));
    }
    let options = Options::default().keep(kept);
    let drawn = text(&Ladder::of(&story.build(), &options));
    for wanted in [
        "kernel: LISTEN, 2 waiting",
        "kernel: LISTEN\n",
        "kernel: 24,576 bytes unread",
        "kernel: CLOSE_WAIT, 1 byte not acknowledged",
    ] {
        assert!(
            drawn.lines().any(|line| format!("{line}\n").contains(wanted)),
            "{wanted}\n{drawn}"
        );
    }
}

#[test]
fn who_holds_an_address_stands_under_the_bind_that_could_not_get_it() {
    let mut story = Story::new();
    let server = story.command("server", "server.py");
    let sock = story.tcp(server);
    story.fail(sock, "bind", Args::Bind { address: address("127.0.0.1:9120") }, 98);
    for port in 41_000..41_800 {
        let mut old = story.identity(sock).clone();
        (old.local, old.inode) = (Some(address("127.0.0.1:9120")), None);
        old.peer = Some(address(&format!("127.0.0.1:{port}")));
        story.what(server, state(old, TcpState::TIME_WAIT, 0, 0));
    }
    let drawn = text(&ladder(&story));
    assert!(drawn.contains("kernel: TIME_WAIT 127.0.0.1:9120 – 127.0.0.1:41000"), "{drawn}");
    assert!(drawn.contains("127.0.0.1:41002 and 797 more"), "{drawn}");
    // After another call, a state is not about the address.
    let mut other = Story::new();
    let server = other.command("server", "server.py");
    let sock = other.tcp(server);
    let identity = other.identity(sock).clone();
    other.what(server, state(identity, TcpState::LISTEN, 0, 0));
    assert!(!text(&ladder(&other)).contains("kernel"));
}

/// A client sends two equal datagrams, and the server receives one of them.
fn datagrams(second: &str) -> Ladder {
    let mut story = Story::new();
    let server = story.command("server", "server.py");
    let bound = story.udp(server);
    story.bind(bound, "*:12000");
    let client = story.command("client", "client.py");
    let sock = story.udp(client);
    story.sendto(sock, "127.0.0.1:12000", "ping");
    story.sendto(sock, "127.0.0.1:12000", second);
    story.recvfrom(bound, sock, "127.0.0.1", "ping");
    ladder(&story)
}

#[test]
fn one_of_several_equal_datagrams_is_inferred() {
    let sure = datagrams("pong");
    assert!(sure.arrows.iter().all(|arrow| !arrow.inferred));
    assert!(!text(&sure).contains('?'), "{}", text(&sure));
    let guess = datagrams("ping");
    let inferred: Vec<bool> = guess.arrows.iter().map(|arrow| arrow.inferred).collect();
    assert_eq!(inferred, [true, false]);
    insta::assert_snapshot!(text(&guess));
    let svg = guess.to_svg(&SvgStyle::default());
    assert_eq!(svg.matches("\"line inferred").count(), 1, "{svg}");
    let list = guess.to_text(&TextStyle::new(44).ascii(true));
    assert!(list.contains("?>") && list.is_ascii(), "{list}");
    let page = guess.to_html(&socklab_ladder::HtmlStyle::default());
    assert!(page.contains("inferred: several calls would fit"));
}

#[test]
fn what_is_left_after_a_guess_is_a_guess_too() {
    let mut story = Story::new();
    let server = story.command("server", "server.py");
    let bound = story.udp(server);
    story.bind(bound, "*:12000");
    let client = story.command("client", "client.py");
    let sock = story.udp(client);
    for _ in 0..2 {
        story.sendto(sock, "127.0.0.1:12000", "ping");
    }
    for _ in 0..2 {
        story.recvfrom(bound, sock, "127.0.0.1", "ping");
    }
    story.sendto(sock, "127.0.0.1:12000", "ping");
    story.recvfrom(bound, sock, "127.0.0.1", "ping");
    let inferred: Vec<bool> = ladder(&story).arrows.iter().map(|arrow| arrow.inferred).collect();
    assert_eq!(inferred, [true, true, false]);
}

#[test]
fn what_two_threads_write_at_once_is_inferred() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    let other = near.by(story.thread(near.who));
    story.send(near, "one");
    story.recv(far, "one");
    let began = story.now();
    story.wait(1).on(near, "sendto", offered(b"two"), socklab_event::Outcome::Value(3));
    story.since(began).on(other, "sendto", offered(b"two"), socklab_event::Outcome::Value(3));
    story.on(far, "recvfrom", got(100, b"two"), socklab_event::Outcome::Value(3));
    let ladder = ladder(&story);
    let inferred = ladder.arrows.iter().filter(|arrow| arrow.inferred).count();
    assert_eq!(inferred, 1, "{:?}", ladder.arrows);
}

#[test]
fn a_socket_that_was_handed_on_is_used_in_the_column_of_whoever_has_it() {
    let mut story = Story::new();
    let [both, helper] = ["both", "helper"].map(|name| story.command(name, name));
    let listener = story.tcp(both);
    story.bind(listener, "127.0.0.1:12000");
    story.listen(listener, 1);
    let near = story.tcp(both);
    story.connect(near, "127.0.0.1:12000");
    let far = story.accept(listener, near);
    // So that the helper has a column of its own.
    let own = story.tcp(helper);
    story.bind(own, "127.0.0.1:12001");
    story.send(near, "hola");
    story.recv(far.by(helper), "hola");
    let drawn = text(&ladder(&story));
    let column = |of: &str| {
        let line = drawn.lines().find(|line| line.contains(of)).unwrap_or_default();
        line.find(of).map(|at| line[..at].chars().count())
    };
    assert_eq!(column("recv("), column("bind(3, 127.0.0.1:12001"), "{drawn}");
}

#[test]
fn the_recorder_ends_a_process_and_not_one_of_its_threads() {
    let mut story = Story::new();
    let main = story.command("java", "java -cp . Server");
    let worker = story.thread(main);
    // The thread that uses sockets first is not the one that has the process's number.
    let sock = story.tcp(worker);
    story.bind(sock, "127.0.0.1:12000");
    let own = story.tcp(main);
    story.bind(own, "127.0.0.1:12001");
    story.ended_by_recorder(main, 15);
    story.exit(main, 143);
    let drawn = text(&ladder(&story));
    assert!(drawn.contains("├ ended by socklab"), "{drawn}");
    assert!(drawn.contains("t2 "), "{drawn}");
}
