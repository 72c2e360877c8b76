//! Which frames a rule chooses, and what becomes of them.

use super::super::Change;
use super::super::Held;
use super::built::{Built, MS, Wire, conversation, handshake, rule};

#[test]
fn frames_are_chosen_by_number_kind_and_sender() {
    // In a conversation: 1 SYN, 2 SYN-ACK, 3 ACK, 4 request, 5 7 9 answer, 6 8 10 their ACKs, 11 12
    // FINs, 13 the last ACK.
    for (text, dropped, count) in [
        ("drop the 1st SYN", vec![1], (1, 1)),
        ("drop the 2nd SYN", vec![], (1, 0)),
        ("drop the 1st SYN from server", vec![], (0, 0)),
        ("drop the 1st SYN-ACK", vec![2], (1, 1)),
        ("drop every ACK", vec![3, 6, 8, 10, 13], (5, 5)),
        ("drop the 5th ACK", vec![13], (5, 1)),
        ("drop every 2nd ACK from client", vec![6, 10], (4, 2)),
        ("drop every data", vec![4, 5, 7, 9], (4, 4)),
        ("drop every data from server, twice", vec![5, 7], (3, 2)),
        ("drop every data to client", vec![5, 7, 9], (3, 3)),
        ("drop every data from 10.0.0.1", vec![4], (1, 1)),
        ("drop every data to 10.0.0.1", vec![5, 7, 9], (3, 3)),
        ("drop every FIN", vec![11, 12], (2, 2)),
        ("drop the 1st PSH", vec![4], (1, 1)),
        ("drop every RST", vec![], (0, 0)),
        ("drop every UDP", vec![], (0, 0)),
        ("drop every segment to port 80", vec![1, 3, 4, 6, 8, 10, 12], (7, 7)),
        ("drop every data from port 80", vec![5, 7, 9], (3, 3)),
        ("drop the segment with byte 1 of the answer", vec![5], (1, 1)),
        ("drop the segment with byte 1000 of the answer", vec![5], (1, 1)),
        ("drop the segment with byte 1001 of the answer", vec![7], (1, 1)),
        ("drop the segment with byte 3000 from server", vec![9], (1, 1)),
        ("drop the segment with byte 3001 of the answer", vec![], (0, 0)),
        ("drop the segment with byte 10", vec![4, 5], (2, 2)),
        ("drop the segment with byte 10 of the request", vec![4], (1, 1)),
        ("drop every data after the 1st data from server", vec![7, 9], (2, 2)),
        ("drop every data until the 1st data from server", vec![4, 5], (2, 2)),
        ("drop every data between the 1st data and the 2nd data from server", vec![5, 7], (2, 2)),
        // One frame each millisecond, the first at 0.
        ("drop every data after 6ms", vec![7, 9], (2, 2)),
        ("drop every data until 6ms", vec![4, 5], (2, 2)),
        ("drop every data between 4ms and 8ms", vec![5, 7], (2, 2)),
        ("lose 100%", (1..=13).collect(), (13, 13)),
        ("lose 0%", vec![], (13, 0)),
    ] {
        let mut wire = Wire::with(&[text]);
        assert_eq!(wire.dropped(&conversation(4000)), dropped, "{text}");
        assert_eq!(wire.count(), count, "{text}");
    }
}

#[test]
fn a_retransmission_counts_again_unless_once_is_said() {
    let mut frames = conversation(4000);
    frames.insert(6, Built::tcp("server", 4000, "ACK", 9001, 1000));
    assert_eq!(
        Wire::with(&["drop the segment with byte 500 of the answer"]).dropped(&frames),
        [5, 7]
    );
    let once = "drop the segment with byte 500 of the answer, once";
    assert_eq!(Wire::with(&[once]).dropped(&frames), [5]);
    assert_eq!(Wire::with(&["drop the 1st retransmission"]).dropped(&frames), [7]);
    assert_eq!(Wire::with(&["drop every retransmission"]).dropped(&conversation(4000)), [0; 0]);
}

#[test]
fn syns_and_fins_are_retransmissions_when_sent_again() {
    let mut frames = conversation(4000);
    let fin = frames[11].clone();
    frames.push(fin);
    frames.insert(1, frames[0].clone());
    frames.insert(3, frames[2].clone());
    let dropped = Wire::with(&["drop every retransmission"]).dropped(&frames);
    assert_eq!(dropped, [2, 4, 16]);
}

#[test]
fn a_rule_counts_what_is_sent_whatever_others_do() {
    let mut wire = Wire::with(&["drop the 2nd data from server", "drop the 1st data from server"]);
    assert_eq!(wire.dropped(&conversation(4000)), [5, 7]);
    let counts = wire.rules.counts();
    assert_eq!(counts.iter().map(|one| one.seen).collect::<Vec<_>>(), [3, 3]);
}

#[test]
fn connections_are_numbered_by_their_first_syn() {
    let mut frames = handshake(4000);
    frames.push(frames[0].clone());
    let other = |port| {
        handshake(port).into_iter().map(|one| match one.from {
            "client" => one.port(8080),
            _ => one,
        })
    };
    frames.push(other(4001).next().unwrap());
    frames.extend(handshake(4002));
    let dropped = |text| Wire::with(&[text]).dropped(&frames);
    assert_eq!(dropped("drop every segment of the 1st connection"), [1, 2, 3, 4]);
    assert_eq!(dropped("drop every segment of the 2nd connection"), [5]);
    assert_eq!(dropped("drop every segment of the 3rd connection"), [6, 7, 8]);
    // Among those to a port.
    assert_eq!(dropped("drop every segment to port 80 of the 2nd connection"), [6, 8]);
    assert_eq!(dropped("drop every segment to port 8080 of the 1st connection"), [5]);
    // The same ports again, with another number: a new connection.
    let again = [Built::tcp("client", 4000, "SYN", 77, 0)];
    let frames: Vec<_> = handshake(4000).into_iter().chain(again).collect();
    assert_eq!(Wire::with(&["drop SYN of the 2nd connection"]).dropped(&frames), [4]);
}

#[test]
fn sequence_numbers_wrap() {
    let frames = [
        Built::tcp("client", 1, "SYN", u32::MAX - 10, 0),
        Built::tcp("client", 1, "ACK", u32::MAX - 9, 20),
        Built::tcp("client", 1, "ACK", 10, 20),
        Built::tcp("client", 1, "ACK", u32::MAX - 9, 20),
    ];
    assert_eq!(Wire::with(&["drop the segment with byte 21"]).dropped(&frames), [3]);
    assert_eq!(Wire::with(&["drop every retransmission"]).dropped(&frames), [4]);
}

#[test]
fn a_connection_whose_beginning_was_not_seen_begins_where_it_was_first_seen() {
    let frames =
        [Built::tcp("server", 1, "ACK", 5000, 100), Built::tcp("server", 1, "ACK", 5100, 100)];
    assert_eq!(Wire::with(&["drop the segment with byte 101"]).dropped(&frames), [2]);
}

#[test]
fn datagrams_fragments_and_messages_of_the_network_are_kinds() {
    let frames = [
        Built::arp("client"),
        Built::udp("client", 100).fragment(0, true),
        Built::udp("client", 100),
        Built::icmp("server"),
        Built::tcp("client", 1, "SYN", 5, 0),
    ];
    let dropped = |text| Wire::with(&[text]).dropped(&frames);
    assert_eq!(dropped("drop UDP"), [2, 3]);
    assert_eq!(dropped("drop the 2nd datagram from client"), [3]);
    assert_eq!(dropped("drop fragment"), [2]);
    assert_eq!(dropped("drop ICMP"), [4]);
    assert_eq!(dropped("drop ARP"), [1]);
    // Hosts that look for each other are not counted among frames.
    assert_eq!(dropped("drop the 1st frame"), [2]);
    assert_eq!(dropped("drop UDP to port 53"), [2, 3]);
    assert_eq!(dropped("drop UDP to port 54"), [0; 0]);
}

#[test]
fn a_frame_without_headers_is_a_frame() {
    let mut wire = Wire::with(&["drop the 1st frame from client"]);
    let bytes = [0; 60];
    let passing =
        super::super::Passing { at: 1, from: "client", to: None, frame: &bytes, headers: None };
    assert!(wire.rules.judge(&passing).dropped);
    assert!(!Wire::with(&["drop segment"]).rules.judge(&passing).dropped);
}

#[test]
fn delays_add_up_and_copies_too() {
    let mut wire = Wire::with(&["delay 40ms", "delay 2ms from client", "duplicate the 1st UDP"]);
    let decision = wire.pass(&Built::udp("client", 10));
    assert_eq!((decision.delay, decision.copies), (42 * MS, 1));
    assert_eq!(
        decision.how().iter().map(|it| it.as_str()).collect::<Vec<_>>(),
        ["delayed", "duplicated"]
    );
    assert_eq!(decision.rule(), "delay 40ms; delay 2ms from client; duplicate the 1st UDP");
    let decision = wire.pass(&Built::udp("server", 10));
    assert_eq!((decision.delay, decision.copies), (40 * MS, 0));
    // What is dropped is nothing else.
    let mut wire = Wire::with(&["delay 40ms", "drop UDP"]);
    let decision = wire.pass(&Built::udp("client", 10));
    assert!(decision.dropped && decision.delay == 0 && decision.how().is_empty());
    assert_eq!(decision.rule(), "drop UDP");
}

#[test]
fn a_byte_is_corrupted_where_the_rule_says() {
    let corrupted = |text: &str| {
        let frame = Built::udp("client", 100);
        let decision = Wire::with(&[text]).pass(&frame);
        let (before, mut after) = (frame.bytes(), frame.bytes());
        decision.corrupt(&mut after);
        let differ = |(one, other): &(&u8, &u8)| one != other;
        let places: Vec<_> = before.iter().zip(&after).map(|it| differ(&it)).collect();
        let place = places.iter().position(|one| *one);
        (place, decision.corruptions.first().is_some_and(|one| one.mend))
    };
    assert_eq!(corrupted("corrupt byte 1"), (Some(0), false));
    assert_eq!(corrupted("corrupt byte 142"), (Some(141), false));
    assert_eq!(corrupted("corrupt byte 143"), (None, false));
    assert_eq!(corrupted("corrupt byte 1 of the payload"), (Some(42), false));
    assert_eq!(
        corrupted("corrupt byte 100 of the payload and mend the checksum"),
        (Some(141), true)
    );
    assert_eq!(corrupted("corrupt byte 101 of the payload"), (None, false));
    // Too short for that byte: seen, not matched.
    let mut wire = Wire::with(&["corrupt byte 143"]);
    wire.pass(&Built::udp("client", 100));
    assert_eq!(wire.count(), (1, 0));
}

#[test]
fn one_frame_waits_for_another() {
    let mut wire = Wire::with(&["reorder 2 and 4 of the UDP from client"]);
    let mut pass = |from| wire.pass(&Built::udp(from, 10));
    assert!(pass("client").is_untouched());
    let held = pass("client").held;
    assert_eq!(held, Some(Held(1)));
    assert!(pass("server").is_untouched());
    assert!(pass("client").released.is_empty());
    assert_eq!(pass("client").released, [Held(1)]);
    assert!(pass("client").is_untouched());
    assert_eq!(wire.count(), (5, 1));
    assert_eq!(wire.rules.next_due(), None);
}

#[test]
fn it_does_not_wait_for_ever() {
    let mut wire = Wire::with(&["reorder 1 and 2 of the UDP"]);
    wire.pass(&Built::udp("client", 10));
    let due = wire.now + 1_000 * MS;
    assert_eq!(wire.rules.next_due(), Some(due));
    assert!(wire.rules.due(due - 1).released.is_empty());
    assert_eq!(wire.rules.due(due).released, [Held(1)]);
    assert!(wire.pass(&Built::udp("client", 10)).released.is_empty());
    // It did come later than it would have.
    assert_eq!(wire.count(), (2, 1));
    // Nor is a frame kept that is dropped.
    let mut wire = Wire::with(&["reorder 1 and 2 of the UDP", "drop the 1st UDP"]);
    let decision = wire.pass(&Built::udp("client", 10));
    assert!(decision.dropped && decision.held.is_none());
    assert_eq!(wire.count(), (1, 0));
    assert_eq!(wire.rules.next_due(), None);
}

#[test]
fn a_rate_makes_frames_wait_for_those_before() {
    // 142 bytes at 1 Mbit/s are on their way for 1.136 ms, and one comes each millisecond.
    let mut wire = Wire::with(&["rate 1 Mbit/s from client"]);
    let delays: Vec<u64> = (0..3).map(|_| wire.pass(&Built::udp("client", 100)).delay).collect();
    assert_eq!(delays, [1_136_000, 1_272_000, 1_408_000]);
    assert_eq!(wire.pass(&Built::udp("server", 100)).delay, 0);
    // Both directions have the rate for themselves.
    let mut wire = Wire::with(&["rate 1 Mbit/s"]);
    wire.pass(&Built::udp("client", 100));
    assert_eq!(wire.pass(&Built::udp("server", 100)).delay, 1_136_000);
    // A queue is not endless: four megabytes wait at most.
    let mut wire = Wire::with(&["rate 1 kbit/s"]);
    let kept = (0..10_000).take_while(|_| !wire.pass(&Built::udp("client", 958)).dropped).count();
    assert_eq!(kept, 4_001);
}

#[test]
fn chance_depends_on_the_seed_and_the_number_only() {
    let frames = vec![Built::udp("client", 10); 200];
    let lost = |text: &str| Wire::with(&[text]).dropped(&frames);
    assert_eq!(lost("lose 5% seed 7")[..4], [46, 49, 66, 89]);
    assert_eq!(lost("lose 5% seed 7"), lost("lose 5% seed 7 of the UDP from client"));
    assert_ne!(lost("lose 5% seed 7"), lost("lose 5% seed 8"));
    assert_eq!(lost("lose 5%"), lost("lose 5% seed 1"));
    assert_eq!(lost("lose 5% seed 7, once"), [46]);
}

#[test]
fn rules_come_and_go() {
    let mut wire = Wire::with(&["partition client from server", "delay 1ms"]);
    let datagram = Built::udp("client", 10);
    assert!(wire.pass(&datagram).dropped);
    let change = |text: &str| text.parse::<Change>().unwrap();
    assert_eq!(wire.rules.change(&change("heal")).lifted, 1);
    assert_eq!(wire.pass(&datagram).delay, MS);
    assert_eq!(wire.rules.change(&change("lift delay 1 ms")).lifted, 1);
    assert_eq!(wire.rules.change(&change("lift delay 1 ms")).lifted, 0);
    assert!(wire.pass(&datagram).is_untouched() && wire.rules.is_empty());
    // A new rule begins to count when it is added.
    wire.rules.change(&change("drop the 2nd UDP"));
    assert_eq!(wire.dropped(&vec![datagram.clone(); 3]), [2]);
    let counts = wire.rules.counts();
    assert_eq!(counts.iter().map(|one| one.lifted).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!((counts[0].matched, counts[2].seen), (1, 3));
    // Its time is counted from its own first frame.
    wire.rules.change(&change("lift all"));
    wire.rules.change(&change("drop UDP after 2ms"));
    assert_eq!(wire.dropped(&vec![datagram.clone(); 4]), [3, 4]);
    // What a lifted rule kept goes on.
    wire.rules.change(&change("lift all"));
    wire.rules.change(&change("reorder 1 and 2"));
    let held = wire.pass(&datagram).held;
    let released = wire.rules.change(&change("lift all")).released;
    assert_eq!(released, held.into_iter().collect::<Vec<_>>());
    assert_eq!(rule("reorder 1 and 2").text(), "reorder 1 and 2");
}
