//! Rules that cut: hosts that die, partitions, connections that are reset.

use super::super::{Injected, Towards};
use super::built::{Built, MS, Wire, conversation};

#[test]
fn a_dead_host_neither_sends_nor_receives() {
    let frames = conversation(4000);
    let mut wire = Wire::with(&["host server dies after the 1st data from client"]);
    assert_eq!(wire.dropped(&frames), (5..=13).collect::<Vec<_>>());
    assert_eq!(wire.count(), (9, 9));
    // Not even the question where it is: it would be answered.
    assert!(!wire.pass(&Built::arp("client")).dropped);
    assert!(wire.pass(&Built::arp("server")).dropped);
}

#[test]
fn a_death_is_announced_once() {
    let frames = conversation(4000);
    let mut wire = Wire::with(&["host server dies after the 1st data from client"]);
    let deaths: Vec<_> = frames.iter().map(|frame| wire.pass(frame).deaths.join(" ")).collect();
    assert_eq!(deaths[3], "server");
    assert_eq!(deaths.concat(), "server");

    let mut wire = Wire::with(&["host server dies at 2s"]);
    assert_eq!(wire.rules.next_due(), None);
    wire.pass(&frames[0]);
    let at = wire.now + 2_000 * MS;
    assert_eq!(wire.rules.next_due(), Some(at));
    assert!(wire.rules.due(at - 1).deaths.is_empty());
    assert_eq!(wire.rules.due(at).deaths, ["server"]);
    assert!(wire.rules.due(at).deaths.is_empty() && wire.rules.next_due().is_none());

    let mut wire = Wire::with(&["host server dies"]);
    assert_eq!(wire.rules.due(1).deaths, ["server"]);
    assert_eq!(wire.dropped(&frames[..2]), [1, 2]);
}

#[test]
fn a_partition_cuts_both_ways_for_its_time() {
    let frames = conversation(4000);
    let all = |text| Wire::with(&[text]).dropped(&frames);
    assert_eq!(all("partition server from client"), (1..=13).collect::<Vec<_>>());
    assert_eq!(all("partition client from other"), [0; 0]);
    assert_eq!(all("partition client from server between 4ms and 8ms"), [5, 6, 7, 8]);
    assert_eq!(all("partition 10.0.0.1 from 10.0.0.2 until the 1st data"), [1, 2, 3, 4]);
}

#[test]
fn who_can_reach_whom_is_known_without_a_frame() {
    let reaches = |wire: &Wire, from, to| wire.rules.reaches(from, to, wire.now);
    let mut wire = Wire::with(&["partition client from server until 5ms", "drop every frame"]);
    assert!(!reaches(&wire, "client", "server") && !reaches(&wire, "server", "client"));
    assert!(reaches(&wire, "client", "other"));
    wire.pass(&Built::udp("client", 1));
    wire.now += 4 * MS;
    assert!(!reaches(&wire, "client", "server"));
    wire.now += MS;
    assert!(reaches(&wire, "client", "server"));
    let mut wire = Wire::with(&["host server dies after the 1st UDP"]);
    assert!(reaches(&wire, "client", "server"));
    wire.pass(&Built::udp("client", 1));
    assert!(!reaches(&wire, "client", "server") && !reaches(&wire, "server", "other"));
    assert!(reaches(&wire, "client", "other"));
    // Nobody knows whose address that is.
    assert!(reaches(&Wire::with(&["host 10.0.0.1 dies"]), "client", "server"));
}

/// The sequence and acknowledgement numbers of an injected RST.
fn numbers(injected: &Injected) -> (u32, u32) {
    let frame = &injected.frame;
    let word = |at: usize| u32::from_be_bytes(frame[at..at + 4].try_into().unwrap());
    // Version and length, total length, protocol; RST and ACK.
    assert_eq!((frame[14], frame[17], frame[23], frame[47]), (0x45, 40, 6, 0x14));
    assert_eq!(frame.len(), 54);
    assert_eq!(crate::is_intact(frame), Some(true));
    (word(38), word(42))
}

#[test]
fn a_connection_is_reset_beyond_a_size() {
    let mut frames = conversation(4000);
    // The server's second segment is sent twice, the third begins at the limit.
    frames.insert(7, frames[6].clone());
    let mut wire = Wire::with(&["reset after 2000 B from server"]);
    let decisions: Vec<_> = frames.iter().map(|frame| wire.pass(frame)).collect();
    let dropped: Vec<_> = decisions.iter().map(|one| one.dropped).collect();
    assert_eq!(dropped.iter().position(|one| *one), Some(9));
    assert!(dropped[9..].iter().all(|one| *one));
    let resets = &decisions[9].resets;
    let both: Vec<_> = resets.iter().map(|one| (one.towards, one.rule.as_str())).collect();
    let rule = "reset after 2000 B from server";
    assert_eq!(both, [(Towards::Destination, rule), (Towards::Source, rule)]);
    let addressed = |one: &Injected| (one.frame[5], one.frame[29], one.frame[33]);
    assert_eq!(addressed(&resets[0]), (2, 2, 1));
    assert_eq!(addressed(&resets[1]), (1, 1, 2));
    assert_eq!(wire.count(), (9, 5), "whatever was dropped is counted");
    assert!(decisions.iter().enumerate().all(|(at, one)| at == 9 || one.resets.is_empty()));
    // Each end gets the number that it waits for.
    assert_eq!(numbers(&resets[0]), (11_001, 1011));
    assert_eq!(numbers(&resets[1]), (1011, 11_001));
}

#[test]
fn the_segment_with_the_limit_is_cut_there() {
    let frames = conversation(4000);
    let mut wire = Wire::with(&["reset after 1500 B from server"]);
    let decisions: Vec<_> = frames.iter().map(|frame| wire.pass(frame)).collect();
    assert!(!decisions[6].dropped && decisions[7..].iter().all(|one| one.dropped));
    assert_eq!(decisions[6].how(), ["cut"]);
    let whole = frames[6].bytes();
    let cut = decisions[6].cut.as_ref().expect("a shorter frame");
    assert_eq!(cut.len(), whole.len() - 500);
    assert_eq!(cut[54..], whole[54..whole.len() - 500]);
    assert_eq!(u16::from_be_bytes([cut[16], cut[17]]), 540);
    assert_eq!(crate::is_intact(cut), Some(true));
    // Each end waits for what follows the part that goes on.
    let sent: Vec<_> = decisions[6].resets.iter().map(numbers).collect();
    assert_eq!(sent, [(10_501, 1011), (1011, 10_501)]);
    assert_eq!(wire.count(), (9, 7));
}

#[test]
fn other_connections_go_on() {
    let frames: Vec<_> = [4000, 4001].into_iter().flat_map(conversation).collect();
    let mut wire = Wire::with(&["reset after 2000 B from server, once"]);
    assert_eq!(wire.dropped(&frames), (9..=13).collect::<Vec<_>>());
    let mut wire = Wire::with(&["reset after 2000 B of the 2nd connection"]);
    assert_eq!(wire.dropped(&frames), (22..=26).collect::<Vec<_>>());
    let mut wire = Wire::with(&["reset after 3000 B"]);
    assert_eq!(wire.dropped(&frames), [0; 0]);
    assert_eq!(wire.count().1, 0);
    // A connection from the same port is another one.
    let mut again = conversation(4000);
    again.push(Built::tcp("client", 4000, "SYN", 5, 0));
    let mut wire = Wire::with(&["reset after 2000 B"]);
    assert_eq!(wire.dropped(&again), (9..=13).collect::<Vec<_>>());
}

#[test]
fn a_connection_is_reset_after_a_frame_that_arrives() {
    let frames = conversation(4000);
    let mut wire = Wire::with(&["reset after the 1st data from server"]);
    let decisions: Vec<_> = frames.iter().map(|frame| wire.pass(frame)).collect();
    assert!(!decisions[4].dropped && decisions[5..].iter().all(|one| one.dropped));
    let sent: Vec<_> = decisions[4].resets.iter().map(numbers).collect();
    assert_eq!(sent, [(10_001, 1011), (1011, 10_001)]);
    // In answer to a SYN: the client's number is all that is known.
    let mut wire = Wire::with(&["reset after the 1st SYN"]);
    let sent: Vec<_> = wire.pass(&frames[0]).resets.iter().map(numbers).collect();
    assert_eq!(sent, [(1001, 0), (0, 1001)]);
}
