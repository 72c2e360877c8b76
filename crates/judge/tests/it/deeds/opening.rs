//! Servers that nobody could reach, and clients that did not get through.

use socklab_event::{Args, Errno, Outcome};
use socklab_judge::Missed;
use socklab_timelines::{Story, address};

use super::{PORT, did, no_accept, server};

#[test]
fn a_second_port_does_not_matter_if_the_right_one_is_served() {
    let swapped = format!("*:{}", PORT.swap_bytes());
    let cases = [("*:12001", "listens-elsewhere"), (&swapped, "listens-swapped")];
    for (at, wanted) in cases {
        let (mut story, who, sock) = server();
        story.bind(sock, at);
        story.listen(sock, 5);
        assert_eq!(did(&story, "server", Missed::Listening), Some(wanted));
        let second = story.tcp(who);
        story.bind(second, "*:12000");
        story.listen(second, 5);
        assert_eq!(did(&story, "server", Missed::Listening), None);
    }
}

#[test]
fn a_port_that_was_chosen_is_not_the_kernels() {
    let (mut story, _, sock) = server();
    story.identity(sock).local = Some(address("*:41892"));
    story.on(sock, "listen", Args::Listen { backlog: 5 }, Outcome::Value(0));
    assert_eq!(did(&story, "server", Missed::Listening), Some("listens-by-kernel"));
    let (mut story, _, sock) = server();
    story.bind(sock, "*:41892");
    story.listen(sock, 5);
    assert_ne!(did(&story, "server", Missed::Listening), Some("listens-by-kernel"));
}

#[test]
fn who_has_a_socket_of_the_right_transport_too_speaks_it() {
    let mut story = Story::new();
    let who = story.command("server", "s");
    let sock = story.udp(who);
    story.bind(sock, "*:12000");
    assert_eq!(did(&story, "server", Missed::Listening), Some("wrong-transport"));
    assert_eq!(did(&story, "server", Missed::Bound), None);
    story.tcp(who);
    assert_eq!(did(&story, "server", Missed::Listening), None, "\"wrong-transport\"");
}

#[test]
fn a_listen_that_failed_was_called() {
    let (mut story, _, sock) = server();
    story.bind(sock, "*:12000");
    story.fail(sock, "accept", no_accept(), Errno::EINVAL.0);
    assert_eq!(did(&story, "server", Missed::Listening), Some("never-listened"));
    let (mut story, _, sock) = server();
    story.bind(sock, "*:12000");
    story.fail(sock, "listen", Args::Listen { backlog: 5 }, Errno::EADDRINUSE.0);
    assert_eq!(did(&story, "server", Missed::Listening), None, "\"never-listened\"");
}

#[test]
fn a_server_that_asks_another_one_is_no_client() {
    let refused = |story: &mut Story, sock, to: &str| {
        story.fail(sock, "connect", Args::Connect { address: address(to) }, Errno::ECONNREFUSED.0);
    };
    let (mut story, _, sock) = server();
    refused(&mut story, sock, "127.0.0.1:12000");
    assert_eq!(did(&story, "server", Missed::Listening), Some("connects-instead"));
    let (mut story, _, sock) = server();
    refused(&mut story, sock, "127.0.0.1:9");
    assert_eq!(did(&story, "server", Missed::Listening), None, "\"connects-instead\"");
}

#[test]
fn who_tried_the_right_port_too_went_there() {
    let fails = |story: &mut Story, sock, to: &str| {
        story.fail(sock, "connect", Args::Connect { address: address(to) }, Errno::ECONNREFUSED.0);
    };
    let (mut story, _, sock) = server();
    fails(&mut story, sock, "127.0.0.1:8888");
    assert_eq!(did(&story, "server", Missed::Connected), Some("connected-elsewhere"));
    fails(&mut story, sock, "127.0.0.1:12000");
    let told = did(&story, "server", Missed::Connected);
    assert_eq!(told, Some("connect-failed"), "not \"connected-elsewhere\"");
}

#[test]
fn a_connect_that_worked_later_did_not_fail() {
    let (mut story, _, sock) = server();
    let args = Args::Connect { address: address("127.0.0.1:12000") };
    story.fail(sock, "connect", args, Errno::ECONNREFUSED.0);
    story.connect(sock, "127.0.0.1:12000");
    assert_ne!(did(&story, "server", Missed::Connected), Some("connect-failed"));
}

#[test]
fn a_look_up_is_no_connect_and_sending_a_datagram_is_going_there() {
    let mut story = Story::new();
    let who = story.command("client", "c");
    let sock = story.udp(who);
    story.sendto(sock, "127.0.0.1:53", "?");
    assert_eq!(did(&story, "client", Missed::Connected), Some("never-connected"));
    story.sendto(sock, "127.0.0.1:12000", "hola");
    assert_ne!(did(&story, "client", Missed::Connected), Some("never-connected"));
}

/// A server on the port that the client was told, and a client.
fn client(udp: bool) -> (Story, socklab_timelines::Who) {
    let mut story = Story::new();
    let server = story.command("other", "s");
    let sock = if udp { story.udp(server) } else { story.tcp(server) };
    story.bind(sock, "127.0.0.1:12000");
    let who = story.command("client", "c");
    (story, who)
}

const BYTES: Missed<'_> = Missed::Bytes { peer: "other", expected: b"" };

#[test]
fn another_port_than_the_swapped_one_is_not_swapped() {
    let swapped = format!("127.0.0.1:{}", PORT.swap_bytes());
    for (to, wanted) in
        [(&swapped[..], "connected-swapped"), ("127.0.0.1:80", "connected-elsewhere")]
    {
        let (mut story, who) = client(false);
        let sock = story.tcp(who);
        let args = Args::Connect { address: address(to) };
        story.fail(sock, "connect", args, Errno::ECONNREFUSED.0);
        assert_eq!(did(&story, "client", Missed::Connected), Some(wanted));
    }
}

#[test]
fn a_client_that_binds_and_connects_does_not_serve() {
    let (mut story, who) = client(false);
    let sock = story.tcp(who);
    story.fail(sock, "bind", Args::Bind { address: address("*:12000") }, Errno::EADDRINUSE.0);
    assert_eq!(did(&story, "client", Missed::Connected), Some("serves-instead"));
    story.connect(sock, "127.0.0.1:12000");
    assert_ne!(did(&story, "client", Missed::Connected), Some("serves-instead"));
}

#[test]
fn a_failure_that_was_mended_was_not_ignored() {
    let (mut story, _, sock) = server();
    story.fail(sock, "bind", Args::Bind { address: address("*:80") }, Errno::EACCES.0);
    assert_ne!(did(&story, "server", Missed::Listening), Some("ignored-failure"));
    story.listen(sock, 5);
    assert_eq!(did(&story, "server", Missed::Listening), Some("ignored-failure"));
    let (mut story, _, sock) = server();
    story.fail(sock, "bind", Args::Bind { address: address("*:80") }, Errno::EACCES.0);
    story.bind(sock, "*:8080");
    story.listen(sock, 5);
    assert_ne!(did(&story, "server", Missed::Listening), Some("ignored-failure"));
}

#[test]
fn a_server_at_all_addresses_is_not_only_for_ipv6() {
    for (at, wanted) in [("[::1]:12000", Some("listens-for-six")), ("[::]:12000", None)] {
        let (mut story, _, sock) = server();
        story.bind(sock, at);
        story.listen(sock, 5);
        assert_eq!(did(&story, "server", Missed::Listening), wanted);
    }
}

#[test]
fn a_socket_that_was_bound_is_bound() {
    let mut story = Story::new();
    let who = story.command("server", "s");
    let sock = story.udp(who);
    assert_eq!(did(&story, "server", Missed::Bound), Some("never-bound"));
    story.bind(sock, "*:12000");
    assert_ne!(did(&story, "server", Missed::Bound), Some("never-bound"));
}

#[test]
fn who_sent_to_the_wrong_port_has_sent() {
    let (mut story, who) = client(true);
    let sock = story.udp(who);
    assert_eq!(did(&story, "client", BYTES), Some("never-sent"));
    story.sendto(sock, "127.0.0.1:80", "hola");
    assert_eq!(did(&story, "client", BYTES), Some("connected-elsewhere"), "not \"never-sent\"");
}

#[test]
fn an_answer_to_the_asking_address_went_to_the_right_one() {
    for (to, wanted) in [(None, Some("sent-elsewhere")), (Some(()), None)] {
        let mut story = Story::new();
        let who = story.command("server", "s");
        let bound = story.udp(who);
        story.bind(bound, "*:12000");
        let asks = story.command("client", "c");
        let sock = story.udp(asks);
        story.sendto(sock, "127.0.0.1:12000", "hola");
        story.recvfrom(bound, sock, "127.0.0.1", "hola");
        let port = story.identity(sock).local.as_ref().and_then(|local| local.port()).unwrap();
        let home = format!("127.0.0.1:{port}");
        story.sendto(bound, if to.is_some() { &home } else { "127.0.0.1:12000" }, "x");
        if to.is_some() {
            story.recvfrom(sock, bound, "127.0.0.1", "x");
        }
        let missed = Missed::Bytes { peer: "client", expected: b"HOLA" };
        let told = did(&story, "server", missed);
        assert_eq!(told == Some("sent-elsewhere"), wanted.is_some(), "{told:?}");
        // Nor is an answer from the socket that was asked one from another.
        let told = did(&story, "server", Missed::Elsewhere { peer: "client" });
        assert_eq!(told == Some("another-socket"), to.is_some(), "{told:?}");
    }
}
