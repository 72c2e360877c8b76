//! Which receive got which datagram.

use socklab_flows::Flows;
use socklab_timelines::{Sock, Story};

use crate::position::peer_inode;

/// A datagram socket of a new command, bound to `address`.
fn bound(story: &mut Story, address: &str) -> Sock {
    let program = story.command("program", "program");
    let sock = story.udp(program);
    story.bind(sock, address);
    sock
}

/// For every datagram sent, the receives that got it, both as sequence numbers.
fn received(story: &Story) -> Vec<(u64, Vec<u64>)> {
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let seq = |at: usize| flows.order[at].seq;
    let each = flows.transfers.iter().map(|one| {
        let receives = one.parts.iter().map(|part| seq(part.received));
        (seq(one.sent), receives.collect())
    });
    each.collect()
}

#[test]
fn datagrams_may_overtake_each_other() {
    let mut story = Story::new();
    let there = bound(&mut story, "127.0.0.1:12000");
    let here = bound(&mut story, "127.0.0.1:12001");
    let sent = ["uno", "dos", "un", "una"].map(|text| story.sendto(here, "127.0.0.1:12000", text));
    let got =
        ["dos", "una", "uno", "un"].map(|text| story.recvfrom(there, here, "127.0.0.1", text));
    let expected = [(0, 2), (1, 0), (2, 3), (3, 1)].map(|(s, g)| (sent[s], vec![got[g]]));
    assert_eq!(received(&story), expected);
}

#[test]
fn a_small_buffer_cuts_a_datagram() {
    let mut story = Story::new();
    let there = bound(&mut story, "127.0.0.1:12000");
    let here = bound(&mut story, "127.0.0.1:12001");
    story.sendto(here, "127.0.0.1:12000", "hola");
    story.recv_into(there, 2, "ho");
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(flows.transfers[0].parts[0].bytes, 0..2);
    assert!(!flows.transfers[0].is_whole());
    let mut story = Story::new();
    let there = bound(&mut story, "127.0.0.1:12000");
    let here = bound(&mut story, "127.0.0.1:12001");
    story.sendto(here, "127.0.0.1:12000", "hola");
    story.recvfrom(there, here, "127.0.0.1", "ho");
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert!(flows.transfers[0].parts.is_empty(), "there was room for all of it: it is another");
}

#[test]
fn equal_datagrams_to_two_ports_stay_apart() {
    let mut story = Story::new();
    let there = [bound(&mut story, "127.0.0.1:12000"), bound(&mut story, "127.0.0.1:12001")];
    let here = bound(&mut story, "127.0.0.1:12002");
    let first = story.sendto(here, "127.0.0.1:12001", "hola");
    let second = story.sendto(here, "127.0.0.1:12000", "hola");
    let got = there.map(|sock| story.recvfrom(sock, here, "127.0.0.1", "hola"));
    assert_eq!(received(&story), [(first, vec![got[1]]), (second, vec![got[0]])]);
}

#[test]
fn a_datagram_is_received_once() {
    let mut story = Story::new();
    let first = bound(&mut story, "127.0.0.1:12000");
    let here = bound(&mut story, "127.0.0.1:12001");
    let one = story.sendto(here, "127.0.0.1:12000", "hola");
    let got_one = story.recvfrom(first, here, "127.0.0.1", "hola");
    // The server restarts, and the client sends the same again.
    story.close(first);
    let second = bound(&mut story, "127.0.0.1:12000");
    let two = story.sendto(here, "127.0.0.1:12000", "hola");
    let got_two = story.recvfrom(second, here, "127.0.0.1", "hola");
    assert_eq!(received(&story), [(one, vec![got_one]), (two, vec![got_two])]);
    // The same from a program that does not ask for the sender's address.
    let three = story.sendto(here, "127.0.0.1:12000", "hola");
    let got_three = story.recv(second, "hola");
    story.recv(second, "hola");
    assert_eq!(received(&story)[2..], [(three, vec![got_three])]);
}

#[test]
fn a_group_datagram_is_received_once_by_each_member() {
    for group in ["239.1.2.3:5000", "255.255.255.255:5000", "[ff02::1]:5000"] {
        let mut story = Story::new();
        let members = [bound(&mut story, "*:5000"), bound(&mut story, "*:5000")];
        let here = bound(&mut story, "10.0.0.1:5001");
        let sent = [(); 2].map(|()| story.sendto(here, group, "hola"));
        let mut got = members.map(|sock| vec![story.recvfrom(sock, here, "10.0.0.1", "hola")]);
        for (sock, got) in members.into_iter().zip(&mut got) {
            got.push(story.recvfrom(sock, here, "10.0.0.1", "hola"));
        }
        let both = |which: usize| (sent[which], vec![got[0][which], got[1][which]]);
        assert_eq!(received(&story), [both(0), both(1)], "{group}");
    }
}

#[test]
fn of_sockets_with_one_address_the_one_that_takes_a_datagram_got_it() {
    let mut story = Story::new();
    let [first, second] = [(); 2].map(|()| bound(&mut story, "127.0.0.1:12000"));
    let here = [(); 3].map(|()| bound(&mut story, "127.0.0.1:12001"));
    let sent = here.map(|sock| story.sendto(sock, "127.0.0.1:12000", "hola"));
    // The sender closes its socket before it is known who takes its datagram.
    story.close(here[0]);
    let got = story.recvfrom(second, here[0], "127.0.0.1", "hola");
    let asks_not = story.recv(first, "hola");
    let inode = |story: &mut Story, sock| story.identity(sock).inode;
    let [first, second] = [first, second].map(|sock| inode(&mut story, sock));
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(sent.map(|sent| peer_inode(&flows, sent)), [second, first, None]);
    let position = |seq: u64| flows.order.iter().position(|event| event.seq == seq);
    let connection = |seq: u64| flows.connection_at(position(seq)?);
    assert!(connection(got).is_some(), "one conversation for both ends");
    assert_eq!(connection(got), connection(sent[0]));
    assert_eq!(connection(asks_not), connection(sent[1]));
    let sharing = sent.map(|sent| flows.sharing_at(position(sent).expect("an event")).len());
    assert_eq!(sharing, [0, 0, 2], "nobody took the last: it is not known whose it was");
}

#[test]
fn a_socket_can_send_to_itself() {
    let mut story = Story::new();
    let own = bound(&mut story, "127.0.0.1:12000");
    let sent = story.sendto(own, "127.0.0.1:12000", "hola");
    let got = story.recvfrom(own, own, "127.0.0.1", "hola");
    assert_eq!(received(&story), [(sent, vec![got])]);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert!(flows.connections.len() == 1 && flows.connections[0].is_to_itself());
}
