//! Bytes on streams, datagrams, names and options.

use socklab_event::{
    Args, Bytes, Errno, Fate, Flags, Headers, OptionValue, Outcome, Protocol, Shutdown, Transport,
};
use socklab_timelines::{Sock, Story, address, frame, got, offered, scenes};

use super::{bind_fails, set, told};

fn pair(tell: impl FnOnce(&mut Story, Sock, Sock)) -> Story {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    tell(&mut story, near, far);
    story
}

fn flagged(mut args: Args, flag: &'static str) -> Args {
    if let Args::Send { flags, .. } | Args::Recv { flags, .. } = &mut args {
        *flags = Flags::from(vec![flag.into()]);
    }
    args
}

#[test]
fn a_peek_is_no_short_read() {
    let story = pair(|story, near, far| {
        story.send(near, "0123456789");
        story.on(far, "recvfrom", flagged(got(4, b"0123"), "MSG_PEEK"), Outcome::Value(4));
        story.recv(far, "0123456789");
    });
    assert!(!told(&story, "short-read") && !told(&story, "buffer-too-small"));
}

#[test]
fn what_a_reset_lost_did_not_wait_for_the_next_read() {
    let story = pair(|story, near, far| {
        story.send(near, "0123456789");
        story.recv_into(far, 4, "0123");
        story.recv_into(far, 4, "4567");
        story.fail(far, "recvfrom", got(4, b""), Errno::ECONNRESET.0);
    });
    assert!(!told(&story, "buffer-too-small"));
}

#[test]
fn one_send_in_two_reads_is_not_two_sends_in_one() {
    let story = pair(|story, near, far| {
        story.send(near, "0123456789");
        story.recv(far, "01234");
        story.recv(far, "56789");
    });
    assert!(!told(&story, "coalesced-read") && told(&story, "short-read"));
}

fn partial(story: &mut Story, sock: Sock, asked: &[u8], taken: i64) {
    let mut args = offered(asked);
    if let Args::Send { bytes, .. } = &mut args {
        bytes.total = taken.unsigned_abs();
    }
    story.on(sock, "sendto", args, Outcome::Value(taken));
}

#[test]
fn a_program_that_sends_the_rest_needs_no_advice() {
    let story = pair(|story, near, _| {
        partial(story, near, b"0123456789", 3);
        story.send(near, "3456789");
    });
    assert!(!told(&story, "short-write") && told(&story, "short-write-continued"));
}

#[test]
fn another_message_is_not_the_rest() {
    let story = pair(|story, near, _| {
        partial(story, near, b"0123456789", 3);
        story.send(near, "bye");
    });
    assert!(!told(&story, "short-write-continued") && told(&story, "short-write"));
    // As long as the rest, and longer.
    for other in ["goodbye", "what a long goodbye"] {
        let story = pair(|story, near, _| {
            partial(story, near, b"0123456789", 3);
            story.send(near, other);
        });
        assert!(!told(&story, "short-write-continued") && told(&story, "short-write"));
    }
    // Another thread's message came between.
    let story = pair(|story, near, _| {
        partial(story, near, b"0123456789", 3);
        story.send(near, "bye");
        story.send(near, "3456789");
    });
    assert!(!told(&story, "short-write-continued") && !told(&story, "short-write"));
    // The rest in pieces, or with more behind it.
    for rest in ["345", "3456789 and more"] {
        let story = pair(|story, near, _| {
            partial(story, near, b"0123456789", 3);
            story.send(near, rest);
        });
        assert!(told(&story, "short-write-continued") && !told(&story, "short-write"), "{rest}");
    }
}

#[test]
fn what_was_not_recorded_may_be_the_rest() {
    for (then, is_rest) in [(7, true), (8, false), (3, false)] {
        let story = pair(|story, near, _| {
            let mut args = offered(b"01");
            if let Args::Send { asked, bytes, .. } = &mut args {
                (*asked, bytes.total) = (10, 3);
            }
            story.on(near, "sendto", args, Outcome::Value(3));
            story.send(near, vec![b'x'; then]);
        });
        assert_eq!(told(&story, "short-write-continued"), is_rest, "{then} bytes");
        assert!(!told(&story, "short-write"));
    }
}

#[test]
fn an_error_of_an_earlier_peer_is_not_blamed_on_this_one() {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.udp(client);
    story.connect(sock, "127.0.0.1:12000");
    story.send(sock, "hola");
    story.connect(sock, "127.0.0.1:13000");
    story.fail(sock, "recvfrom", got(10, b""), Errno::ECONNREFUSED.0);
    assert!(!told(&story, "udp-refused"));
}

#[test]
fn a_recorded_socket_on_that_port_is_somebody() {
    let asks = |bound: Option<&str>| {
        let mut story = Story::new();
        if let Some(bound) = bound {
            let server = story.command("server", "s");
            let sock = story.udp(server);
            story.bind(sock, bound);
        }
        let client = story.command("client", "c");
        let sock = story.udp(client);
        story.sendto(sock, "127.0.0.1:12000", "hola");
        let began = story.now();
        story.wait(900).since(began).unfinished(sock, "recvfrom", got(10, b""));
        told(&story, "udp-nobody")
    };
    assert!(asks(None));
    assert!(!asks(Some("*:12000")), "it is slow");
}

#[test]
fn a_stream_is_not_cut_like_a_datagram() {
    let story = pair(|story, near, far| {
        story.send(near, "0123456789");
        story.recv_into(far, 4, "0123");
        story.recv(far, "456789");
    });
    assert!(!told(&story, "datagram-truncated"));
}

#[test]
fn a_socket_that_was_shut_down_reads_nothing_not_an_empty_datagram() {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.udp(client);
    story.connect(sock, "127.0.0.1:12000");
    story.shutdown(sock, Shutdown::RD);
    story.recv(sock, "");
    assert!(!told(&story, "datagram-empty"));
}

#[test]
fn a_datagram_that_is_too_large_for_the_path_would_fit_into_udp() {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.udp(client);
    story.connect(sock, "10.1.2.3:443");
    story.fail(sock, "sendto", offered(&[0; 1_452]), Errno::EMSGSIZE.0);
    assert!(!told(&story, "datagram-too-long"), "it did not fit into a frame");
}

#[test]
fn a_stream_needs_no_destination() {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.tcp(client);
    story.fail(sock, "sendto", offered(b"hola"), Errno::EDESTADDRREQ.0);
    assert!(!told(&story, "no-destination"));
}

#[test]
fn an_option_does_not_help_a_bind_that_failed() {
    let mut story = Story::new();
    let server = story.command("server", "s");
    let sock = story.tcp(server);
    set(&mut story, sock, "SO_REUSEADDR", OptionValue::Int(1));
    bind_fails(&mut story, sock, "*:12000", &[]);
    assert!(!told(&story, "reuse-address"));
}

#[test]
fn an_option_that_is_switched_off_or_not_of_tcp_sends_nothing_at_once() {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let [tcp, udp] = [story.tcp(client), story.udp(client)];
    set(&mut story, tcp, "TCP_NODELAY", OptionValue::Int(0));
    set(&mut story, udp, "TCP_NODELAY", OptionValue::Int(1));
    assert!(!told(&story, "no-delay"));
}

/// A DNS question for a type of record of `example.com`.
fn question(kind: u8) -> Vec<u8> {
    let mut question =
        b"\xab\xcd\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03com\x00\x00".to_vec();
    question.extend([kind, 0, 1]);
    question
}

fn resolver(tell: impl FnOnce(&mut Story, Sock)) -> Story {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.udp(client);
    story.connect(sock, "10.0.0.53:53");
    tell(&mut story, sock);
    story
}

fn in_vain(story: &mut Story, sock: Sock) {
    let began = story.now();
    story.wait(5_000).since(began).fail(sock, "recvfrom", got(512, b""), Errno::EAGAIN.0);
}

#[test]
fn an_address_that_came_is_an_address() {
    let story = resolver(|story, sock| {
        story.send(sock, question(1));
        story.send(sock, question(28));
        story.recv(sock, question(1));
        in_vain(story, sock);
    });
    assert!(!told(&story, "name-lookup-unanswered") && !told(&story, "name-lookup"));
    assert!(told(&story, "name-lookup-partial"));
}

#[test]
fn an_answer_that_came_at_the_second_try_is_not_missing() {
    let story = resolver(|story, sock| {
        for kind in [1, 28] {
            story.send(sock, question(kind));
        }
        story.recv(sock, question(1));
        in_vain(story, sock);
        story.send(sock, question(28));
        story.recv(sock, question(28));
    });
    assert!(!told(&story, "name-lookup-partial") && told(&story, "name-lookup"));
}

#[test]
fn who_did_not_wait_was_not_left_without_an_answer() {
    let story = resolver(|story, sock| {
        story.send(sock, question(1));
        story.close(sock);
    });
    assert!(!told(&story, "name-lookup-unanswered"));
}

#[test]
fn a_datagram_to_another_port_looks_up_no_name() {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.udp(client);
    story.connect(sock, "10.0.0.53:5353");
    story.send(sock, question(1));
    story.recv(sock, question(1));
    assert!(!told(&story, "name-lookup"));
}

/// A question whose first packet is lost, to this port.
fn asked_again(port: u16) -> Story {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.udp(client);
    story.bind(sock, "127.0.0.1:40000");
    let server = format!("127.0.0.1:{port}");
    story.connect(sock, &server);
    for lost in [true, false] {
        let headers = Headers {
            source: address("127.0.0.1:40000"),
            destination: address(&server),
            protocol: Protocol::UDP,
            transport: Transport::Udp,
            payload: Bytes::whole(question(1)),
            fragment: None,
        };
        let began = story.now();
        let fate = lost.then(|| Fate::Dropped { rule: "drop it".to_owned() });
        frame(&mut story, headers, fate);
        story.since(began).send(sock, question(1));
        if lost {
            let began = story.now();
            story.wait(5_000).since(began).fail(sock, "recvfrom", got(512, b""), Errno::EAGAIN.0);
        }
    }
    story.recv(sock, question(1));
    story
}

#[test]
fn a_lost_datagram_of_a_program_is_no_lost_look_up() {
    let rules = ["name-lookup-lost", "datagram-lost", "name-lookup-unanswered"];
    let of = |story: &Story| rules.map(|rule| told(story, rule));
    let lost = asked_again(53);
    assert_eq!(of(&lost), [true, false, false]);
    let said = super::wire::texts(&lost, "name-lookup-lost");
    assert!(said.iter().all(|said| said.contains("drop it") && said.contains("5 s")), "{said:?}");
    assert_eq!(of(&asked_again(5_353)), [false, true, false]);
}
