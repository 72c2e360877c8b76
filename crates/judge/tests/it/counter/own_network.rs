//! What fails in a network of the programs' own, and what would fail anywhere.

use socklab_event::{Errno, Notice, Shutdown};
use socklab_timelines::{Sock, Story, scenes};

use super::{connect_fails, told};

/// A question for the A record of `example.com`, RFC 1035 §4.1.
const QUESTION: &[u8] =
    b"\xab\xcd\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03com\x00\x00\x01\x00\x01";

/// The same with the flags of an answer, and this code.
fn answer(code: u8) -> Vec<u8> {
    let mut answer = QUESTION.to_vec();
    (answer[2], answer[3]) = (0x81, 0x80 | code);
    answer
}

/// What happens to a client: in a network that socklab made, or in the machine's.
fn client(own: bool, tell: impl FnOnce(&mut Story, Sock)) -> Story {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.udp(client);
    tell(&mut story, sock);
    if own {
        story.what(client, Notice::OwnNetwork);
    }
    story
}

#[test]
fn a_machine_without_a_route_is_not_a_network_of_socklabs() {
    let goes = |own, errno| {
        client(own, |story, sock| {
            let tcp = story.tcp(sock.who);
            connect_fails(story, tcp, "192.0.2.1:80", errno);
        })
    };
    let own = goes(true, Errno::ENETUNREACH);
    assert!(told(&own, "unreachable-own-network") && !told(&own, "unreachable"));
    let machine = goes(false, Errno::ENETUNREACH);
    assert!(!told(&machine, "unreachable-own-network") && told(&machine, "unreachable"));
    // A host of a lab that died does not answer: there is a way to it.
    let dead = goes(true, Errno::EHOSTUNREACH);
    assert!(!told(&dead, "unreachable-own-network") && told(&dead, "unreachable"));
}

#[test]
fn a_name_server_that_answered_was_there() {
    let goes = |own, answers: bool| {
        client(own, |story, sock| {
            connect_fails(story, sock, "10.0.0.53:53", Errno::ENETUNREACH);
            if answers {
                let next = story.udp(sock.who);
                story.connect(next, "127.0.0.1:53");
                story.send(next, QUESTION);
                story.recv(next, answer(0));
            }
        })
    };
    assert!(told(&goes(true, false), "name-server-own-network"));
    assert!(!told(&goes(false, false), "name-server-own-network"));
    assert!(!told(&goes(true, true), "name-server-own-network"));
}

#[test]
fn the_machines_name_server_may_say_no() {
    let goes = |own, code| {
        client(own, |story, sock| {
            story.connect(sock, "127.0.0.1:53");
            story.send(sock, QUESTION);
            story.recv(sock, answer(code));
        })
    };
    assert!(told(&goes(true, 3), "name-own-network"));
    assert!(!told(&goes(false, 3), "name-own-network"));
    assert!(!told(&goes(true, 0), "name-own-network"), "there is such a name");
}

#[test]
fn a_read_that_ones_own_shutdown_ended_reads_no_end_of_the_stream() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.shutdown(near, Shutdown::RD);
    story.recv(near, "");
    assert!(!told(&story, "end-of-stream"), "no FIN has come");
    story.close(far);
    story.recv(near, "");
    assert!(!told(&story, "end-of-stream"), "it would have read 0 without that, too");

    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.close(far);
    story.shutdown(near, Shutdown::RD);
    story.recv(near, "");
    assert!(told(&story, "end-of-stream"), "the FIN had come before");
}
