//! Conversations in which something was missing.

use socklab_event::{Args, Errno, Flags, Stream};
use socklab_flows::Flows;
use socklab_judge::{Asked, Missed, Part, Pattern, PatternPiece, deed};
use socklab_timelines::{Story, got, scenes};

use super::{PORT, bytes, did, pair, prints};

#[test]
fn a_connection_that_was_accepted_is_not_in_the_queue() {
    let mut story = Story::new();
    let (server, listener, _) = scenes::tcp_server(&mut story);
    let client = story.command("client", "c");
    let near = story.tcp(client);
    story.connect(near, "127.0.0.1:12000");
    story.send(near, "hola");
    assert_eq!(did(&story, "server", bytes(b"HOLA")), Some("never-accepted"));
    let far = story.accept(listener, near);
    assert_eq!(far.who, server);
    assert_eq!(
        did(&story, "server", bytes(b"HOLA")),
        Some("read-nothing"),
        "not \"never-accepted\""
    );
}

#[test]
fn an_accept_that_failed_for_now_did_not_fail() {
    let told = |error: Errno| {
        let mut story = Story::new();
        let (_, listener, _) = scenes::tcp_server(&mut story);
        let client = story.command("client", "c");
        let near = story.tcp(client);
        story.connect(near, "127.0.0.1:12000");
        story.send(near, "hola");
        let args = Args::Accept { peer: None, flags: Flags::default(), listener: None };
        story.fail(listener, "accept", args, error.0);
        did(&story, "server", bytes(b"HOLA"))
    };
    assert_eq!(told(Errno::EFAULT), Some("accept-failed"));
    assert_eq!(told(Errno::EAGAIN), Some("never-accepted"), "not \"accept-failed\"");
}

#[test]
fn who_waits_for_the_peer_itself_in_another_thread_ignores_nobody() {
    let (mut story, near, far) = pair();
    let other = story.command("bob", "b");
    let bobs = story.tcp(other);
    story.connect(bobs, "127.0.0.1:12000");
    let bob = story.other_end(bobs, far.who);
    story.accept_as(far, bob);
    story.send(near, "hola");
    story.unfinished(bob, "recvfrom", got(10, b""));
    assert_eq!(did(&story, "server", bytes(b"hola")), Some("ignores-one"));
    let thread = story.thread(far.who);
    story.unfinished(far.by(thread), "recvfrom", got(10, b""));
    assert_ne!(did(&story, "server", bytes(b"hola")), Some("ignores-one"));
}

#[test]
fn a_log_of_what_was_read_is_not_the_answer() {
    let (mut story, near, far) = pair();
    story.send(near, "hola");
    story.recv(far, "hola");
    prints(&mut story, far.who, Stream::Stdout, "hola\n");
    assert_eq!(
        did(&story, "server", bytes(b"HOLA")),
        Some("read-and-silent"),
        "\"printed-instead\""
    );
    prints(&mut story, far.who, Stream::Stdout, "HOLA\n");
    assert_eq!(did(&story, "server", bytes(b"HOLA")), Some("printed-instead"));
}

#[test]
fn a_request_on_the_screen_is_known_by_how_it_looks() {
    let pieces = [PatternPiece::Syntax(r"GET / HTTP/1\.[01]\r?\n")];
    let looks = [Pattern::new(Part::Beginning, &pieces, false, None).expect("a pattern")];
    for (printed, wanted) in [
        ("Connected.\nGET / HTTP/1.1\r\n\r\n", "printed-instead"),
        ("I shall send GET / HTTP/1.1\r\n", "sent-nothing"),
    ] {
        let (mut story, near, _) = pair();
        prints(&mut story, near.who, Stream::Stdout, printed);
        let timeline = story.build();
        let flows = Flows::of(&timeline);
        let missed = Missed::Bytes { peer: "server", expected: b"" };
        let asked = Asked {
            actor: "client",
            port: PORT,
            missed,
            present: &[],
            signals: &[],
            looks: &looks,
        };
        assert_eq!(deed(&flows, &asked).map(|deed| deed.rule), Some(wanted), "{printed:?}");
    }
}

#[test]
fn an_answer_that_both_asked_for_went_to_the_right_one() {
    for (asked, wanted) in [("x", "answered-another"), ("hola", "read-nothing")] {
        let (mut story, near, far) = pair();
        let other = story.command("bob", "b");
        let bobs = story.tcp(other);
        story.connect(bobs, "127.0.0.1:12000");
        let bob = story.other_end(bobs, far.who);
        story.accept_as(far, bob);
        story.send(bobs, asked);
        story.recv(bob, asked);
        story.send(near, "hola");
        story.send(bob, "HOLA");
        assert_eq!(did(&story, "server", bytes(b"HOLA")), Some(wanted));
    }
}

#[test]
fn an_answer_is_not_unasked() {
    let (mut story, near, far) = pair();
    story.send(near, "hola");
    story.recv(far, "hola");
    story.send(far, "hmm");
    assert_eq!(did(&story, "server", bytes(b"HOLA")), Some("answered-partly"), "not \"unasked\"");
    let (mut story, near, far) = pair();
    story.send(far, "hi");
    story.send(near, "hola");
    story.recv(far, "hola");
    assert_eq!(did(&story, "server", bytes(b"HOLA")), Some("unasked"));
}

#[test]
fn who_sent_enough_did_not_answer_partly() {
    let (mut story, near, far) = pair();
    story.send(near, "hola");
    story.recv(far, "hola");
    story.send(far, "HOLA");
    assert_ne!(did(&story, "server", bytes(b"HOLA")), Some("answered-partly"));
}

#[test]
fn closing_after_the_answer_is_not_too_early() {
    for (answer, wanted) in [(None, Some("closed-early")), (Some("HOLA"), None)] {
        let (mut story, near, far) = pair();
        story.send(near, "hola");
        story.recv(far, "hola");
        answer.map(|answer| story.send(far, answer));
        story.close(far);
        assert_eq!(did(&story, "server", bytes(b"HOLA")), wanted);
    }
}

#[test]
fn who_sent_something_is_not_silent() {
    let (mut story, near, far) = pair();
    story.send(near, "hola");
    story.recv(far, "hola");
    assert_eq!(did(&story, "server", bytes(b"HOLA")), Some("read-and-silent"));
    story.send(far, "HOLA");
    assert_ne!(did(&story, "server", bytes(b"HOLA")), Some("read-and-silent"));
}

#[test]
fn what_was_read_in_part_was_read() {
    let (mut story, near, far) = pair();
    story.send(near, "hola");
    assert_eq!(did(&story, "server", bytes(b"HOLA")), Some("read-nothing"));
    story.recv(far, "ho");
    assert_ne!(did(&story, "server", bytes(b"HOLA")), Some("read-nothing"));
}

#[test]
fn a_server_that_waits_for_a_request_should_not_have_sent() {
    let (story, ..) = pair();
    let missed = Missed::Bytes { peer: "server", expected: b"GET" };
    assert_eq!(did(&story, "client", missed), Some("sent-nothing"));
    assert_eq!(did(&story, "server", bytes(b"x")), None, "\"sent-nothing\": nobody asked it");
}

#[test]
fn half_a_close_ends_the_stream() {
    let close = Missed::Close { peer: "client" };
    let (mut story, _, far) = pair();
    story.recv(far, "");
    assert_eq!(did(&story, "server", close), Some("keeps-open"));
    story.shutdown(far, socklab_event::Shutdown::WR);
    assert_ne!(did(&story, "server", close), Some("keeps-open"));
}

#[test]
fn who_printed_something_did_not_print_nothing() {
    let (mut story, near, far) = pair();
    story.send(far, "hola");
    story.recv(near, "hola");
    assert_eq!(did(&story, "client", Missed::Output { expected: b"" }), Some("printed-nothing"));
    prints(&mut story, near.who, Stream::Stdout, "x");
    assert_eq!(
        did(&story, "client", Missed::Output { expected: b"" }),
        None,
        "\"printed-nothing\""
    );
}

#[test]
fn an_end_after_the_last_answer_is_not_too_soon() {
    for (more, wanted) in [(true, Some("closed-too-soon")), (false, None)] {
        let (mut story, near, far) = pair();
        story.send(near, "uno");
        story.recv(far, "uno");
        story.send(far, "UNO");
        if more {
            story.send(near, "dos");
        }
        story.close(far);
        assert_eq!(did(&story, "server", bytes(b"DOS")), wanted, "\"closed-too-soon\"");
    }
    let (mut story, _, far) = pair();
    story.close(far);
    assert_eq!(did(&story, "server", bytes(b"DOS")), Some("closed-unasked"));
}

#[test]
fn who_answers_after_its_greeting_did_not_only_greet() {
    let (mut story, near, far) = pair();
    story.send(far, "hi");
    story.send(near, "hola");
    story.recv(far, "hola");
    let within = Missed::Within { peer: "client", expected: b"hola" };
    assert_eq!(did(&story, "server", within), Some("greeted-only"), "and not \"unasked\"");
    story.send(far, "what?");
    assert_eq!(did(&story, "server", within), Some("sent-other"), "not \"greeted-only\"");
}

#[test]
fn an_answer_to_the_asking_client_is_not_passed_on() {
    for (asks, wanted) in [(false, "passed-nothing-on"), (true, "read-nothing")] {
        let (mut story, near, far) = pair();
        let other = story.command("bob", "b");
        let bobs = story.tcp(other);
        story.connect(bobs, "127.0.0.1:12000");
        let bob = story.other_end(bobs, far.who);
        story.accept_as(far, bob);
        story.send(bobs, "hola");
        story.recv(bob, "hola");
        if asks {
            story.send(near, "hola");
        }
        assert_eq!(did(&story, "server", bytes(b"hola")), Some(wanted));
    }
}

#[test]
fn a_client_whose_server_has_not_accepted_it_is_in_a_conversation() {
    let mut story = Story::new();
    let server = story.command("server", "s");
    let listener = story.tcp(server);
    story.bind(listener, "127.0.0.1:12000");
    story.listen(listener, 5);
    let client = story.command("client", "c");
    let sock = story.tcp(client);
    story.connect(sock, "127.0.0.1:12000");
    let missed = Missed::Bytes { peer: "", expected: b"" };
    assert_eq!(did(&story, "client", missed), Some("sent-nothing"));
}

/// A server and a client that exchange datagrams: the client has sent one, and got its answer.
fn datagrams() -> (Story, socklab_timelines::Sock, socklab_timelines::Sock) {
    let mut story = Story::new();
    let server = story.command("server", "s");
    let far = story.udp(server);
    story.bind(far, "127.0.0.1:12000");
    let client = story.command("client", "c");
    let near = story.udp(client);
    story.sendto(near, "127.0.0.1:12000", "uno");
    story.recvfrom(far, near, "127.0.0.1", "uno");
    let port = story.identity(near).local.as_ref().and_then(socklab_event::Endpoint::port);
    story.sendto(far, &format!("127.0.0.1:{}", port.expect("a port")), "UNO");
    story.recvfrom(near, far, "127.0.0.1", "UNO");
    (story, near, far)
}

#[test]
fn a_datagram_that_was_answered_is_not_left() {
    let (mut story, near, far) = datagrams();
    let missed = Missed::Bytes { peer: "client", expected: b"UNO" };
    assert_ne!(did(&story, "server", missed), Some("left-unanswered"));
    story.sendto(near, "127.0.0.1:12000", "uno");
    assert_ne!(did(&story, "server", missed), Some("left-unanswered"), "it was not read");
    story.recvfrom(far, near, "127.0.0.1", "uno");
    assert_eq!(did(&story, "server", missed), Some("left-unanswered"));
}

#[test]
fn who_owes_an_answer_need_not_send_again() {
    let (mut story, near, far) = datagrams();
    let missed = Missed::Bytes { peer: "server", expected: b"dos" };
    assert_ne!(did(&story, "client", missed), Some("not-sent-again"), "it was never sent");
    story.sendto(near, "127.0.0.1:12000", "dos");
    assert_eq!(did(&story, "client", missed), Some("not-sent-again"));
    let (mut twice, again, _) = datagrams();
    for _ in 0..2 {
        twice.sendto(again, "127.0.0.1:12000", "dos");
    }
    assert_ne!(did(&twice, "client", missed), Some("not-sent-again"), "it was sent again");
    let port = story.identity(near).local.as_ref().and_then(socklab_event::Endpoint::port);
    story.sendto(far, &format!("127.0.0.1:{}", port.expect("a port")), "DOS");
    assert_ne!(did(&story, "client", missed), Some("not-sent-again"), "it got an answer");
}

#[test]
fn who_ended_before_the_last_datagram_came_has_ended() {
    let (mut story, near, far) = datagrams();
    let missed = Missed::Bytes { peer: "client", expected: b"UNO" };
    story.close(far);
    story.exit(far.who, 0);
    assert_ne!(did(&story, "server", missed), Some("ended"));
    story.sendto(near, "127.0.0.1:12000", "uno");
    assert_eq!(did(&story, "server", missed), Some("ended"));
}
