use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::{fs, thread};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::*;
use crate::wire::within;

/// `lo` has index 1 in every network namespace.
const LO: Option<i32> = Some(1);

/// A frame, kept.
#[derive(Debug)]
struct Kept {
    at: u64,
    outgoing: bool,
    checksum_open: bool,
    length: usize,
    bytes: Vec<u8>,
}

fn drained(ring: &mut Ring) -> Vec<Kept> {
    let mut kept = Vec::new();
    let count = ring.drain(|seen| {
        assert_eq!(seen.ifindex, 1);
        let Seen { at, outgoing, checksum_open, length, bytes, .. } = seen;
        kept.push(Kept { at, outgoing, checksum_open, length, bytes: bytes.to_vec() });
    });
    assert_eq!(count, kept.len());
    kept
}

fn udp(payload: &[u8]) {
    let to = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let from = UdpSocket::bind("127.0.0.1:0").expect("a port");
    from.send_to(payload, to.local_addr().expect("bound")).expect("lo is up");
}

/// Ethernet, IPv4 and UDP headers.
const HEADERS: usize = 14 + 20 + 8;

#[test]
fn a_datagram_is_seen_once_whole_and_at_its_time() {
    if !within::own_network() {
        return;
    }
    let mut ring = Ring::open(LO, RingOptions::default()).expect("CAP_NET_RAW is ours");
    assert!(drained(&mut ring).is_empty());
    let before = clock::now();
    udp(b"hola");
    let after = clock::now();
    let frames = drained(&mut ring);
    let [frame] = &frames[..] else { panic!("{frames:?}") };
    assert!(frame.bytes.ends_with(b"hola"));
    assert_eq!((frame.length, frame.bytes.len()), (HEADERS + 4, HEADERS + 4));
    assert!(!frame.outgoing && frame.checksum_open);
    let sure = 1_000;
    assert!((before..=after + sure).contains(&(frame.at + sure)), "{before} {frame:?} {after}");
    assert_eq!(ring.counts(), (1, 0));
    assert!(drained(&mut ring).is_empty());
}

#[test]
fn both_copies_of_a_frame_are_seen_if_wanted() {
    if !within::own_network() {
        return;
    }
    let options = RingOptions { outgoing: true, ..RingOptions::default() };
    let mut ring = Ring::open(None, options).expect("CAP_NET_RAW is ours");
    udp(b"twice");
    let frames = drained(&mut ring);
    assert_eq!(frames.iter().map(|frame| frame.outgoing).collect::<Vec<_>>(), [true, false]);
    assert!(frames[0].at <= frames[1].at && frames[0].bytes == frames[1].bytes);
}

#[test]
fn of_a_long_frame_the_beginning_is_kept_and_the_length_known() {
    if !within::own_network() {
        return;
    }
    let mut ring = Ring::open(LO, RingOptions::default()).expect("CAP_NET_RAW is ours");
    udp(&[7; 60_000]);
    let frames = drained(&mut ring);
    let [frame] = &frames[..] else { panic!("{} frames", frames.len()) };
    assert_eq!(frame.length, HEADERS + 60_000);
    assert!((1800..2048).contains(&frame.bytes.len()), "{}", frame.bytes.len());
    assert!(frame.bytes[HEADERS..].iter().all(|byte| *byte == 7));
}

#[test]
fn slots_are_as_long_as_asked_for() {
    if !within::own_network() {
        return;
    }
    // Whole frames of `lo`, three in a block; more than two blocks, twice around.
    let options = RingOptions { size: 1 << 19, slot: 66_048, ..RingOptions::default() };
    let mut ring = Ring::open(LO, options).expect("CAP_NET_RAW is ours");
    for _ in 0..2 {
        (0..6).for_each(|byte| udp(&[byte; 65_000]));
        let frames = drained(&mut ring);
        assert_eq!(frames.len(), 6);
        for (byte, frame) in (0..).zip(&frames) {
            assert_eq!(frame.bytes.len(), frame.length);
            assert!(frame.bytes[HEADERS..].iter().all(|found| *found == byte));
        }
    }
    assert_eq!(ring.counts(), (12, 0));
}

#[test]
fn what_a_full_ring_cannot_take_is_counted_and_the_rest_is_in_order() {
    if !within::own_network() {
        return;
    }
    let options = RingOptions { size: 1, ..RingOptions::default() };
    let mut ring = Ring::open(LO, options).expect("CAP_NET_RAW is ours");
    let to = UdpSocket::bind("127.0.0.1:0").expect("a port");
    to.connect(to.local_addr().expect("bound")).expect("to itself");
    // The ring has 128 slots: more than are there, then as many as fit twice around it.
    for round in [200_u64, 128, 5, 128] {
        let lost_before = ring.counts().1;
        for number in 0..round {
            to.send(&number.to_be_bytes()).expect("lo is up");
            let _ = to.recv(&mut [0; 8]);
        }
        let numbers: Vec<u64> = drained(&mut ring)
            .iter()
            .map(|frame| frame.bytes[HEADERS..].try_into().map_or(u64::MAX, u64::from_be_bytes))
            .collect();
        let kept = round.min(128);
        assert_eq!(numbers, (0..kept).collect::<Vec<_>>());
        assert_eq!(ring.counts().1 - lost_before, round - kept);
    }
    assert_eq!(ring.counts(), (200 + 128 + 5 + 128, 72));
}

#[test]
fn nothing_is_lost_while_somebody_drains_beside() {
    if !within::own_network() {
        return;
    }
    let mut ring = Ring::open(LO, RingOptions::default()).expect("CAP_NET_RAW is ours");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    let echo = thread::spawn(move || {
        let (mut peer, _) = listener.accept().expect("a connection");
        std::io::copy(&mut peer.try_clone().expect("dup"), &mut peer).expect("all of it")
    });
    let mut stream = TcpStream::connect(address).expect("somebody listens");
    let (mut frames, mut last) = (0, 0);
    let mut in_order = |ring: &mut Ring| {
        frames += ring.drain(|seen| {
            assert!(seen.at + 1_000_000 >= last, "{} after {last}", seen.at);
            last = last.max(seen.at);
        });
    };
    for _ in 0..2000 {
        use std::io::{Read as _, Write as _};
        stream.write_all(b"x").expect("written");
        stream.read_exact(&mut [0]).expect("read");
        in_order(&mut ring);
    }
    drop(stream);
    assert_eq!(echo.join().expect("no panic"), 2000);
    in_order(&mut ring);
    let (seen, lost) = ring.counts();
    assert_eq!((frames as u64, lost), (seen, 0));
    assert!(seen >= 4000, "{seen}");
}

#[test]
fn a_frame_is_sent_and_readable() {
    if !within::own_network() {
        return;
    }
    let options = RingOptions { sends: true, ..RingOptions::default() };
    let mut ring = Ring::open(LO, options).expect("CAP_NET_RAW is ours");
    let sender = ring.sender().expect("a descriptor");
    let to = UdpSocket::bind("127.0.0.1:0").expect("a port");
    to.connect(to.local_addr().expect("bound")).expect("to itself");
    to.send(b"once").expect("lo is up");
    to.recv(&mut [0; 8]).expect("the first");
    let wait = Timespec { tv_sec: 10, tv_nsec: 0 };
    let ready = poll(&mut [PollFd::new(&ring, PollFlags::IN)], Some(&wait)).expect("poll");
    assert_eq!(ready, 1);
    let frame = drained(&mut ring).remove(0).bytes;
    sender.send(1, &frame, &Offload::default()).expect("sent");
    // It comes in again. (IP then drops it: who claims to be 127.0.0.1 and has no route is a martian.)
    let frames = drained(&mut ring);
    assert_eq!(frames.len(), 1);
    assert_eq!(frames[0].bytes, frame);
    let error = sender.send(99, &frame, &Offload::default()).expect_err("no such device");
    assert_eq!(error.raw_os_error(), Some(libc::ENXIO));
}

#[test]
fn an_open_ring_ends_with_its_owner_and_leaves_nothing() {
    if !within::own_network() {
        return;
    }
    let maps = || {
        fs::read_to_string("/proc/self/maps").expect("/proc").matches("packet").count()
            + fs::read_to_string("/proc/self/maps").expect("/proc").matches("socket:").count()
    };
    let ring = Ring::open(LO, RingOptions::default()).expect("CAP_NET_RAW is ours");
    let link = format!("/proc/self/fd/{}", ring.as_fd().as_raw_fd());
    let socket = fs::read_link(&link).expect("open");
    assert_eq!(maps(), 1);
    drop(ring);
    assert_eq!(maps(), 0);
    assert_ne!(fs::read_link(&link).ok(), Some(socket));
}

#[test]
fn a_refusal_names_the_step_and_the_error() {
    if !within::own_network() {
        return;
    }
    let error = Ring::open(Some(99), RingOptions::default()).expect_err("no such device");
    assert_eq!(error.to_string(), "bind AF_PACKET: No such device (os error 19)");
}
