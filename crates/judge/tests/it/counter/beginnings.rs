//! `connect`, `bind`, `listen` and `accept`.

use socklab_event::{Args, Endpoint, Errno, OptionValue, TcpState};
use socklab_timelines::{Story, address, got, offered, scenes};

use super::{bind_fails, connect_fails, no_accept, set, told};

#[test]
fn a_refusal_although_somebody_listens_is_not_explained() {
    let mut story = Story::new();
    scenes::tcp_server(&mut story);
    let client = story.command("client", "c");
    let sock = story.tcp(client);
    connect_fails(&mut story, sock, "127.0.0.1:12000", Errno::ECONNREFUSED);
    for rule in ["connect-refused", "connect-refused-elsewhere", "connect-too-early"] {
        assert!(!told(&story, rule), "{rule}: the queue may have overflowed");
    }
}

#[test]
fn this_machine_is_not_another_host() {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.tcp(client);
    connect_fails(&mut story, sock, "127.0.0.1:12000", Errno::ECONNREFUSED);
    assert!(!told(&story, "connect-refused-remote") && told(&story, "connect-refused"));
}

#[test]
fn another_namespace_is_not_another_address() {
    let mut story = Story::new();
    let (_, listener, _) = scenes::tcp_server(&mut story);
    let client = story.command("client", "c");
    let sock = story.tcp(client);
    story.identity(sock).netns = Some(2);
    connect_fails(&mut story, sock, "[::1]:12000", Errno::ECONNREFUSED);
    assert!(!told(&story, "connect-refused-elsewhere"), "it is out of reach from there");
    let near = story.tcp(client);
    connect_fails(&mut story, near, "[::1]:12000", Errno::ECONNREFUSED);
    assert!(told(&story, "connect-refused-elsewhere"));
    story.close(listener);
}

#[test]
fn a_listener_born_elsewhere_or_much_later_is_not_what_was_meant() {
    let after = |milliseconds, bound: &str, netns| {
        let mut story = Story::new();
        let client = story.command("client", "c");
        let sock = story.tcp(client);
        connect_fails(&mut story, sock, "127.0.0.1:12000", Errno::ECONNREFUSED);
        story.wait(milliseconds);
        let server = story.command("server", "s");
        let listener = story.tcp(server);
        story.identity(listener).netns = Some(netns);
        story.bind(listener, bound);
        story.listen(listener, 5);
        told(&story, "connect-too-early")
    };
    assert!(after(200, "127.0.0.1:12000", 1));
    assert!(!after(60_000, "127.0.0.1:12000", 1), "a minute later");
    assert!(!after(200, "127.0.0.2:12000", 1), "another address");
    assert!(!after(200, "[::1]:12000", 1), "another family");
    assert!(!after(200, "127.0.0.1:12000", 2), "another namespace");
}

#[test]
fn who_asks_whether_its_own_port_is_free_has_not_come_too_early() {
    let mut story = Story::new();
    let server = story.command("server", "s");
    let probe = story.tcp(server);
    connect_fails(&mut story, probe, "127.0.0.1:12000", Errno::ECONNREFUSED);
    let listener = story.tcp(server);
    story.bind(listener, "*:12000");
    story.listen(listener, 5);
    assert!(!told(&story, "connect-too-early"));
}

#[test]
fn another_server_is_not_a_second_address_of_the_first() {
    let tries = |then: &str, milliseconds| {
        let mut story = Story::new();
        let server = story.command("server", "s");
        let listener = story.tcp(server);
        story.bind(listener, then);
        story.listen(listener, 5);
        let client = story.command("client", "c");
        let first = story.tcp(client);
        connect_fails(&mut story, first, "[::1]:12000", Errno::ECONNREFUSED);
        story.wait(milliseconds);
        let second = story.tcp(client);
        story.connect(second, then);
        told(&story, "connect-fell-back")
    };
    assert!(tries("127.0.0.1:12000", 1));
    assert!(!tries("127.0.0.1:12001", 1), "another port");
    assert!(!tries("127.0.0.1:12000", 60_000), "a minute later");
}

#[test]
fn a_read_that_timed_out_is_no_unanswered_connect() {
    let mut story = Story::new();
    let (near, _) = scenes::tcp_pair(&mut story);
    story.fail(near, "recvfrom", got(10, b""), Errno::ETIMEDOUT.0);
    assert!(!told(&story, "connect-timed-out"));
}

#[test]
fn an_unreachable_address_is_no_problem_if_the_next_one_answers() {
    let mut story = Story::new();
    scenes::tcp_server(&mut story);
    let client = story.command("client", "c");
    let first = story.tcp(client);
    connect_fails(&mut story, first, "[2001:db8::1]:12000", Errno::ENETUNREACH);
    assert!(told(&story, "unreachable"));
    let second = story.tcp(client);
    story.connect(second, "127.0.0.1:12000");
    assert!(!told(&story, "unreachable") && told(&story, "connect-fell-back"));
}

#[test]
fn asking_again_whether_a_connect_is_done_is_not_connecting_twice() {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.tcp(client);
    connect_fails(&mut story, sock, "127.0.0.1:12000", Errno::EINPROGRESS);
    connect_fails(&mut story, sock, "127.0.0.1:12000", Errno::EISCONN);
    assert!(!told(&story, "already-connected"));
}

#[test]
fn a_connect_that_reached_its_time_limit_is_not_merely_under_way() {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.tcp(client);
    let began = story.now();
    story.wait(3_000).since(began);
    connect_fails(&mut story, sock, "10.1.2.3:80", Errno::EINPROGRESS);
    assert!(!told(&story, "connect-in-progress"));
}

#[test]
fn who_has_another_address_or_has_closed_holds_nothing() {
    let holds = |bound: &str, closes: bool, wanted: &str| {
        let mut story = Story::new();
        let server = story.command("server", "s");
        let listener = story.tcp(server);
        story.bind(listener, bound);
        story.listen(listener, 5);
        if closes {
            story.close(listener);
        }
        let late = story.command("late", "l");
        let sock = story.tcp(late);
        bind_fails(&mut story, sock, wanted, &[]);
        told(&story, "address-in-use-held")
    };
    assert!(holds("127.0.0.1:12000", false, "*:12000"));
    assert!(!holds("127.0.0.1:12000", true, "*:12000"), "closed");
    assert!(!holds("127.0.0.2:12000", false, "127.0.0.1:12000"), "beside it");
    assert!(!holds("[::1]:12000", false, "127.0.0.1:12000"), "the other family");
}

#[test]
fn beside_a_listener_time_wait_is_not_the_reason() {
    let mut story = Story::new();
    let late = story.command("late", "l");
    let sock = story.tcp(late);
    let both = [("*:12000", TcpState::LISTEN), ("127.0.0.1:12000", TcpState::TIME_WAIT)];
    bind_fails(&mut story, sock, "*:12000", &both);
    assert!(!told(&story, "address-in-use-time-wait") && told(&story, "address-in-use-listening"));
}

#[test]
fn without_the_option_here_nobody_knows_about_the_old_socket() {
    let bind = |reuses: bool| {
        let mut story = Story::new();
        let late = story.command("late", "l");
        let sock = story.tcp(late);
        if reuses {
            set(&mut story, sock, "SO_REUSEADDR", OptionValue::Int(1));
        }
        bind_fails(&mut story, sock, "*:12000", &[("127.0.0.1:12000", TcpState::TIME_WAIT)]);
        [told(&story, "address-in-use-old-option"), told(&story, "address-in-use-time-wait")]
    };
    assert_eq!(bind(true), [true, false]);
    assert_eq!(bind(false), [false, true]);
}

#[test]
fn time_wait_alone_is_no_open_connection() {
    let mut story = Story::new();
    let late = story.command("late", "l");
    let sock = story.tcp(late);
    bind_fails(&mut story, sock, "*:12000", &[("127.0.0.1:12000", TcpState::TIME_WAIT)]);
    assert!(!told(&story, "address-in-use-connected"));
}

#[test]
fn no_free_port_at_all_is_not_port_0_being_taken() {
    let mut story = Story::new();
    let late = story.command("late", "l");
    let sock = story.tcp(late);
    bind_fails(&mut story, sock, "*:0", &[]);
    let unix = story.tcp(late);
    story.identity(unix).family = socklab_event::Family::UNIX;
    bind_fails(&mut story, unix, "/run/x.sock", &[]);
    assert!(!told(&story, "address-in-use"), "nor is a path a port");
}

#[test]
fn a_listener_that_nobody_saw_is_not_claimed() {
    let mut story = Story::new();
    let late = story.command("late", "l");
    let sock = story.tcp(late);
    set(&mut story, sock, "SO_REUSEADDR", OptionValue::Int(1));
    bind_fails(&mut story, sock, "*:12000", &[]);
    assert!(!told(&story, "address-in-use-listening") && told(&story, "address-in-use"));
    // Another address of the same port is not in the way.
    let sock = story.tcp(late);
    bind_fails(&mut story, sock, "127.0.0.1:12001", &[("127.0.0.2:12001", TcpState::LISTEN)]);
    assert!(!told(&story, "address-in-use-listening"));
}

#[test]
fn a_path_whose_socket_is_open_is_not_left_over() {
    use socklab_event::{Notice, PathKind, What};
    let bind = |open: &[(&str, TcpState)], is| {
        let mut story = Story::new();
        let late = story.command("late", "l");
        let sock = story.tcp(late);
        bind_fails(&mut story, sock, "/run/x.sock", open);
        let path = "/run/x.sock".to_owned();
        story.what(late, What::Notice(Box::new(Notice::PathExists { path, is })));
        [told(&story, "path-left-over"), told(&story, "path-exists")]
    };
    assert_eq!(bind(&[], PathKind::Socket), [true, false]);
    assert_eq!(bind(&[("/run/x.sock", TcpState::LISTEN)], PathKind::Socket), [false, true]);
    assert_eq!(bind(&[], PathKind::Directory), [false, true]);
}

#[test]
fn a_high_port_is_denied_for_other_reasons() {
    let mut story = Story::new();
    let late = story.command("late", "l");
    let sock = story.tcp(late);
    story.fail(sock, "bind", Args::Bind { address: address("*:8080") }, Errno::EACCES.0);
    let broadcast = story.udp(late);
    let mut args = offered(b"hola");
    if let Args::Send { to, .. } = &mut args {
        *to = Some(address("255.255.255.255:80"));
    }
    story.fail(broadcast, "sendto", args, Errno::EACCES.0);
    assert!(!told(&story, "low-port"));
}

#[test]
fn a_connect_without_a_free_port_is_no_foreign_address() {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.tcp(client);
    connect_fails(&mut story, sock, "127.0.0.1:80", Errno::EADDRNOTAVAIL);
    let local = story.tcp(client);
    let address = address("127.0.0.1:80");
    story.fail(local, "bind", Args::Bind { address }, Errno::EADDRNOTAVAIL.0);
    assert!(!told(&story, "address-not-here"), "127.0.0.1 is everybody's");
}

#[test]
fn an_accept_whose_client_was_there_before_did_not_wait_for_it() {
    let mut story = Story::new();
    let (_, listener, _) = scenes::tcp_server(&mut story);
    let client = story.command("client", "c");
    let near = story.tcp(client);
    story.connect(near, "127.0.0.1:12000");
    let began = story.now();
    story.wait(500).since(began).accept(listener, near);
    assert!(!told(&story, "accept-waits"), "it was stopped, or wanted data too");
}

/// Two clients connect at once; the server accepts them when it pleases.
fn two_clients(
    serve: impl FnOnce(&mut Story, socklab_timelines::Sock, [socklab_timelines::Sock; 2]),
) -> Story {
    let mut story = Story::new();
    let (_, listener, _) = scenes::tcp_server(&mut story);
    let clients = ["alice", "bob"].map(|name| {
        let client = story.command(name, name);
        let near = story.tcp(client);
        story.connect(near, "127.0.0.1:12000");
        near
    });
    serve(&mut story, listener, clients);
    story
}

#[test]
fn a_server_that_slept_was_not_busy_with_another_client() {
    let slept = two_clients(|story, listener, [first, second]| {
        story.wait(1_000);
        let far = story.accept(listener, first);
        story.send(far, "hi");
        story.close(far);
        story.accept(listener, second);
    });
    assert!(!told(&slept, "one-at-a-time") && told(&slept, "accept-late"));
    let several_at_once = two_clients(|story, listener, [first, second]| {
        let far = story.accept(listener, first);
        let began = story.now();
        story.wait(500).send(first, "hola");
        story.since(began).recv(far, "hola");
        story.accept(listener, second);
        story.send(far, "still here");
    });
    assert!(!told(&several_at_once, "one-at-a-time"), "it goes on with the first");
}

#[test]
fn a_server_that_was_busy_with_a_client_did_not_accept_late() {
    let busy = two_clients(|story, listener, [first, second]| {
        let far = story.accept(listener, first);
        let began = story.now();
        story.wait(500).send(first, "hola");
        story.since(began).recv(far, "hola");
        story.close(far);
        story.accept(listener, second);
    });
    assert!(!told(&busy, "accept-late") && told(&busy, "one-at-a-time"));
}

#[test]
fn a_connect_in_the_background_does_not_tell_when_it_succeeded() {
    let mut story = Story::new();
    let (_, listener, _) = scenes::tcp_server(&mut story);
    let client = story.command("client", "c");
    let near = story.tcp(client);
    story.identity(near).local = Some(address("127.0.0.1:40000"));
    story.identity(near).peer = Some(address("127.0.0.1:12000"));
    connect_fails(&mut story, near, "127.0.0.1:12000", Errno::EINPROGRESS);
    story.wait(900).accept(listener, near);
    assert!(!told(&story, "connected-before-accept") && !told(&story, "accept-late"));
}

#[test]
fn connections_that_an_accept_was_waiting_for_did_not_queue() {
    let mut story = Story::new();
    let server = story.command("server", "s");
    let listener = story.tcp(server);
    story.bind(listener, "*:12000");
    story.listen(listener, 0);
    let client = story.command("client", "c");
    let waiting = story.now();
    let nears = [(); 2].map(|()| {
        let near = story.tcp(client);
        story.connect(near, "127.0.0.1:12000");
        near
    });
    // Two threads had waited in accept, and were told late that they have a connection.
    for near in nears {
        story.since(waiting).accept(listener, near);
    }
    assert!(!told(&story, "queue-full"));
}

#[test]
fn a_queue_of_connects_in_the_background_is_not_counted() {
    let mut story = Story::new();
    let server = story.command("server", "s");
    let listener = story.tcp(server);
    story.bind(listener, "*:12000");
    story.listen(listener, 1);
    let client = story.command("client", "c");
    for port in 40_000..40_004 {
        let near = story.tcp(client);
        story.identity(near).local = Some(Endpoint::ip([127, 0, 0, 1], port));
        story.identity(near).peer = Some(address("127.0.0.1:12000"));
        connect_fails(&mut story, near, "127.0.0.1:12000", Errno::EINPROGRESS);
    }
    assert!(!told(&story, "queue-full"), "they may not have got so far");
}

#[test]
fn the_system_without_files_is_not_this_process_without_descriptors() {
    let mut story = Story::new();
    let (_, listener, _) = scenes::tcp_server(&mut story);
    story.fail(listener, "accept", no_accept(), 23);
    assert!(!told(&story, "too-many-files"), "ENFILE");
}
