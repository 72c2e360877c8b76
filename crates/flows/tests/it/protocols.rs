//! Which protocols were spoken: time and names by datagrams, streams by their beginnings.

use socklab_flows::Flows;
use socklab_timelines::{Sock, Story, scenes};

/// The header of an NTP packet with these times.
fn time(first: u8, stratum: u8, [origin, receive, transmit]: [u64; 3]) -> Vec<u8> {
    let mut packet = vec![0; 48];
    (packet[0], packet[1]) = (first, stratum);
    for (at, value) in [(24, origin), (32, receive), (40, transmit)] {
        packet[at..at + 8].copy_from_slice(&value.to_be_bytes());
    }
    packet
}

const NOW: u64 = 0xe900_0000_0000_0000;

fn exchange(port: u16, request: &[u8], answer: &[u8]) -> Vec<bool> {
    let mut story = Story::new();
    let client = story.command("client", "client");
    let sock = story.udp(client);
    story.connect(sock, &format!("127.0.0.1:{port}"));
    let seqs = [story.send(sock, request), story.recv(sock, answer)];
    known(&story, &seqs)
}

/// True for each event whose first datagram is known.
fn known(story: &Story, seqs: &[u64]) -> Vec<bool> {
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let at = |seq: &u64| flows.order.iter().position(|event| event.seq == *seq).expect("a message");
    seqs.iter().map(|seq| flows.spoken.datagram(at(seq), 0).is_some()).collect()
}

#[test]
fn a_request_for_the_time_is_known_by_its_port_or_its_answer() {
    let request = time(0x23, 0, [0, 0, NOW]);
    let answer = time(0x24, 2, [NOW, NOW + 5, NOW + 9]);
    assert_eq!(exchange(8123, &request, &answer), [true, true]);
    assert_eq!(exchange(123, &request, b"hola"), [true, false]);
    // A structure of 48 bytes that begins with the number 35, and another as its answer.
    let other = time(0x24, 2, [1, 2, NOW]);
    assert_eq!(exchange(8123, &request, &other), [false, false]);
    // Stratum 0 refuses ("kiss of death"): known because the time of the request comes back.
    assert_eq!(exchange(8123, &request, &time(0x24, 0, [NOW, 0, 0])), [true, true]);
}

/// For each event, how many pieces of its stream are known, and how many of its bytes are not.
fn pieces(story: &Story, seqs: &[u64]) -> Vec<(usize, u64)> {
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let at = |seq: &u64| flows.order.iter().position(|event| event.seq == *seq).expect("a message");
    let said = seqs.iter().map(|seq| flows.spoken.at(at(seq)));
    said.map(|(said, unknown)| (said.len(), unknown)).collect()
}

fn pair() -> (Story, Sock, Sock) {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    (story, near, far)
}

#[test]
fn what_is_written_in_pieces_is_known_by_its_place() {
    let (mut story, near, far) = pair();
    let head =
        [story.send(near, "POST / HT"), story.send(near, "TP/1.1\r\nContent-Length: 14\r\n\r\n")];
    let body = story.send(near, "GET / HTTP/1.1");
    let read = story.recv(far, "POST / HTTP/1.1\r\nContent-Length: 14\r\n\r\nGET / HTTP/1.1");
    let found = pieces(&story, &[head[0], head[1], body, read]);
    assert_eq!(found, [(1, 0), (1, 0), (1, 0), (2, 0)]);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let at = flows.order.iter().position(|event| event.seq == body).unwrap();
    let what = &flows.spoken.at(at).0[0].unit.what;
    assert!(matches!(what, socklab_protocols::stream::What::Body { .. }), "{what:?}");
}

#[test]
fn ends_that_contradict_each_other_say_nothing() {
    let (mut story, near, far) = pair();
    let sent = story.send(near, "GET / HTTP/1.1\r\n\r\n");
    let read = story.recv(far, "GET ! HTTP/1.1\r\n\r\n");
    assert_eq!(pieces(&story, &[sent, read]), [(0, 0), (0, 0)]);
}
