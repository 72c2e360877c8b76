//! The looped loopback: real sockets on 127.0.0.1, and rules that decide what becomes of their frames.

#![allow(clippy::unwrap_used, reason = "these are tests, without the harness that says so")]

mod inside;

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream, UdpSocket};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use socklab_event::{Event, Fate, Frame, Transport};
use socklab_lab::rules::Change;
use socklab_lab::{Circled, Looped, LoopedOptions, Looping, Switched, is_intact};

fn main() -> ExitCode {
    inside::main(&[
        ("nothing_happens_without_rules", nothing_happens_without_rules),
        ("large_messages_pass_whole", large_messages_pass_whole),
        ("a_lost_syn_is_sent_again", a_lost_syn_is_sent_again),
        ("a_delayed_datagram_comes_late", a_delayed_datagram_comes_late),
        ("a_duplicate_comes_twice", a_duplicate_comes_twice),
        ("two_datagrams_change_places", two_datagrams_change_places),
        ("ordinals_hold_for_what_is_sent_at_once", ordinals_hold_for_what_is_sent_at_once),
        (
            "a_datagram_that_none_overtakes_is_late_and_no_more",
            a_datagram_that_none_overtakes_is_late_and_no_more,
        ),
        ("a_corrupted_datagram_never_arrives", a_corrupted_datagram_never_arrives),
        ("a_mended_one_arrives_wrong", a_mended_one_arrives_wrong),
        ("a_connection_is_reset", a_connection_is_reset),
        ("rules_change_while_frames_pass", rules_change_while_frames_pass),
        ("what_is_under_way_at_the_end_is_said_to_be", what_is_under_way_at_the_end_is_said_to_be),
        ("nobody_listens", nobody_listens),
        ("what_passes_beside_the_wire_is_said", what_passes_beside_the_wire_is_said),
        ("afterwards_the_loopback_is_plain", afterwards_the_loopback_is_plain),
    ])
}

/// A datagram has arrived long before this, or never will.
const SOON: Duration = Duration::from_secs(10);

struct Wire {
    looping: Option<Looping>,
    seen: Arc<Mutex<Vec<Event>>>,
}

impl Wire {
    fn with(rules: &[&str]) -> Self {
        let mut options = LoopedOptions::default();
        options.rules = rules.iter().map(|rule| rule.parse().expect("a rule")).collect();
        Self::of(options)
    }

    fn of(options: LoopedOptions) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&seen);
        let looped = Looped::open(options).expect("a looped loopback");
        let looping = looped.start(64, move |events| sink.lock().unwrap().extend(events));
        Self { looping: Some(looping.expect("a thread")), seen }
    }

    /// The frames in the order in which they were sent, and what the switch has counted.
    fn end(mut self) -> (Vec<Frame>, Switched) {
        let circled = self.looping.take().expect("not ended yet").finish();
        assert_eq!((circled.switched.lost, circled.beside), (0, 0));
        let switched = circled.switched;
        let mut events = std::mem::take(&mut *self.seen.lock().unwrap());
        events.sort_by_key(|event| event.at);
        assert_eq!(events.iter().filter(|event| !is_injected(event)).count() as u64, switched.seen);
        let frames = events.iter().map(|event| event.frame().expect("only frames").clone());
        (frames.collect(), switched)
    }
}

fn is_injected(event: &Event) -> bool {
    let Some(Frame { fate: Fate::Altered { how, .. }, .. }) = event.frame() else { return false };
    how.iter().any(|how| how.as_str() == "injected")
}

fn pair() -> (UdpSocket, UdpSocket) {
    let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let client = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    client.connect(server.local_addr().unwrap()).unwrap();
    server.set_read_timeout(Some(SOON)).unwrap();
    (client, server)
}

fn received(server: &UdpSocket) -> Vec<u8> {
    let mut buffer = [0; 2048];
    let length = server.recv(&mut buffer).expect("a datagram");
    buffer[..length].to_vec()
}

fn fates(frames: &[Frame]) -> Vec<String> {
    let fate = |frame: &Frame| match &frame.fate {
        Fate::Delivered { .. } => "delivered".to_owned(),
        Fate::Dropped { rule } => format!("dropped by {rule}"),
        Fate::Altered { how, at, rule, .. } => {
            let how: Vec<&str> = how.iter().map(|how| how.as_str()).collect();
            format!("{} {} by {rule}", how.join(", "), at.len())
        }
        other => format!("{other:?}"),
    };
    frames.iter().map(fate).collect()
}

/// What a frame of TCP is.
fn flags(frame: &Frame) -> String {
    match frame.headers.as_ref().map(|headers| &headers.transport) {
        Some(Transport::Tcp { flags, .. }) => flags.to_string(),
        other => format!("{other:?}"),
    }
}

fn nothing_happens_without_rules() {
    let wire = Wire::with(&[]);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut server, from) = listener.accept().unwrap();
    assert_eq!(from, client.local_addr().unwrap());
    assert!(from.ip().is_loopback());
    client.write_all(b"hola").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut heard = String::new();
    server.read_to_string(&mut heard).unwrap();
    assert_eq!(heard, "hola");
    drop(server);
    assert_eq!(client.read(&mut [0; 9]).unwrap(), 0);
    let (frames, switched) = wire.end();
    assert!(fates(&frames).iter().all(|fate| fate == "delivered"), "{:?}", fates(&frames));
    assert!(frames.iter().all(|frame| is_intact(&frame.bytes.sample) == Some(true)));
    assert_eq!((frames[0].from.as_str(), frames[0].to.as_deref()), ("client", Some("server")));
    assert_eq!((frames[1].from.as_str(), frames[1].to.as_deref()), ("server", Some("client")));
    assert_eq!((switched.rules.len(), flags(&frames[0]).as_str()), (0, "SYN"));
}

/// As on `lo`, where a segment and a datagram can have nearly 64 KiB.
fn large_messages_pass_whole() {
    const LARGEST: usize = 65_507;
    let wire = Wire::with(&[]);
    let (client, server) = pair();
    let message: Vec<u8> = (0..LARGEST).map(|at| (at % 251) as u8).collect();
    client.send(&message).unwrap();
    let mut buffer = vec![0; LARGEST + 1];
    assert_eq!(server.recv(&mut buffer).unwrap(), LARGEST);
    assert_eq!(buffer[..LARGEST], message);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    let sender = thread::spawn(move || (0..50).try_for_each(|_| client.write_all(&message)));
    let mut heard = Vec::new();
    server.read_to_end(&mut heard).unwrap();
    sender.join().unwrap().unwrap();
    assert_eq!(heard.len(), 50 * LARGEST);
    let (frames, _) = wire.end();
    let largest = frames.iter().map(|frame| frame.bytes.total).max().unwrap();
    assert!(largest > 60_000, "{largest}");
    // With less in a packet, as on an Ethernet.
    let mut options = LoopedOptions::default();
    options.mtu = 1500;
    let wire = Wire::of(options);
    let (client, server) = pair();
    client.send(&[7; 3000]).unwrap();
    let mut buffer = [0; 4000];
    assert_eq!(server.recv(&mut buffer).unwrap(), 3000);
    let (frames, _) = wire.end();
    assert_eq!(frames.len(), 3, "fragments");
}

fn a_lost_syn_is_sent_again() {
    let wire = Wire::with(&["drop the 1st SYN"]);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let begun = Instant::now();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    assert!(begun.elapsed() > Duration::from_millis(900), "after {:?}", begun.elapsed());
    drop(client);
    let (frames, switched) = wire.end();
    assert_eq!(fates(&frames)[..2], ["dropped by drop the 1st SYN", "delivered"]);
    assert_eq!([flags(&frames[0]), flags(&frames[1])], ["SYN", "SYN"]);
    assert_eq!((switched.rules[0].matched, switched.rules[0].seen), (1, 2));
}

fn a_delayed_datagram_comes_late() {
    let wire = Wire::with(&["delay 400ms the 1st UDP"]);
    let (client, server) = pair();
    client.send(b"late").unwrap();
    client.send(b"early").unwrap();
    assert_eq!([received(&server), received(&server)], [b"early".to_vec(), b"late".to_vec()]);
    let events = Arc::clone(&wire.seen);
    let delayed = move || {
        let events = events.lock().unwrap();
        let late = events.iter().find_map(|event| match &event.frame()?.fate {
            Fate::Altered { at, .. } => Some(at[0] - event.at),
            _ => None,
        });
        late.expect("a delayed frame")
    };
    // It is told of right behind its delivery, from another thread.
    let looping = wire.looping.unwrap();
    looping.finish();
    assert!(delayed() >= 400_000_000, "{}", delayed());
}

fn a_duplicate_comes_twice() {
    let wire = Wire::with(&["duplicate the 2nd UDP from client"]);
    let (client, server) = pair();
    for message in ["one", "two", "three"] {
        client.send(message.as_bytes()).unwrap();
    }
    let heard = [(); 4].map(|()| String::from_utf8(received(&server)).unwrap());
    assert_eq!(heard, ["one", "two", "two", "three"]);
    let (frames, _) = wire.end();
    assert_eq!(
        fates(&frames),
        ["delivered", "duplicated 2 by duplicate the 2nd UDP from client", "delivered"]
    );
}

fn two_datagrams_change_places() {
    let wire = Wire::with(&["reorder 1 and 2 of the UDP from client"]);
    let (client, server) = pair();
    for message in ["one", "two", "three"] {
        client.send(message.as_bytes()).unwrap();
    }
    let heard = [(); 3].map(|()| String::from_utf8(received(&server)).unwrap());
    assert_eq!(heard, ["two", "one", "three"]);
    let (frames, _) = wire.end();
    assert!(fates(&frames)[0].starts_with("reordered 1 by"), "{:?}", fates(&frames));
}

/// Back to back, from the first moment on: the switch finds several frames in its ring at once.
fn ordinals_hold_for_what_is_sent_at_once() {
    let rules: [(&str, &[u8]); 3] = [
        ("reorder 3 and 4", &[0, 1, 3, 2, 4, 5]),
        ("drop the 2nd UDP", &[0, 2, 3, 4, 5]),
        ("duplicate the 1st UDP", &[0, 0, 1, 2, 3, 4, 5]),
    ];
    for round in 0..times() {
        for (rule, expected) in rules {
            let wire = Wire::with(&[rule]);
            let (client, server) = pair();
            for message in 0..6_u8 {
                client.send(&[message; 100]).unwrap();
            }
            let heard: Vec<u8> = expected.iter().map(|_| received(&server)[0]).collect();
            let (_, switched) = wire.end();
            assert_eq!(
                (switched.rules[0].seen, switched.rules[0].matched),
                (6, 1),
                "{rule}, {round}"
            );
            assert_eq!(heard, expected, "{rule}, round {round}");
        }
        let wire = Wire::with(&["delay 5ms the 2nd SYN"]);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let connect = || thread::spawn(move || TcpStream::connect(address).unwrap());
        for connecting in [(); 3].map(|()| connect()) {
            connecting.join().unwrap();
        }
        let (_, switched) = wire.end();
        assert_eq!((switched.rules[0].seen, switched.rules[0].matched), (3, 1), "round {round}");
    }
}

/// `SOCKLAB_SOAK=200 cargo test -p socklab-lab --test looped ordinals` tries it more often.
fn times() -> u32 {
    let times = std::env::var("SOCKLAB_SOAK").ok().and_then(|times| times.parse().ok());
    times.unwrap_or(2)
}

fn a_datagram_that_none_overtakes_is_late_and_no_more() {
    let wire = Wire::with(&["reorder 1 and 2"]);
    let (client, server) = pair();
    client.send(b"alone").unwrap();
    assert_eq!(received(&server), b"alone");
    let (frames, switched) = wire.end();
    assert_eq!(fates(&frames), ["delayed 1 by reorder 1 and 2"]);
    assert_eq!((switched.rules[0].seen, switched.rules[0].matched), (1, 1));
}

fn a_corrupted_datagram_never_arrives() {
    let wire = Wire::with(&["corrupt byte 1 of the payload of the 1st UDP"]);
    let (client, server) = pair();
    client.send(b"wrong").unwrap();
    client.send(b"right").unwrap();
    assert_eq!(received(&server), b"right");
    let (frames, _) = wire.end();
    assert!(fates(&frames)[0].starts_with("corrupted 1 by"), "{:?}", fates(&frames));
}

fn a_mended_one_arrives_wrong() {
    let wire = Wire::with(&["corrupt byte 1 of the payload and mend the checksum of the 1st UDP"]);
    let (client, server) = pair();
    client.send(b"hola").unwrap();
    let heard = received(&server);
    assert_eq!(heard, [!b'h', b'o', b'l', b'a']);
    let (frames, _) = wire.end();
    let sent = &frames[0].bytes.sample;
    assert!(sent.ends_with(b"hola") && is_intact(sent) == Some(true), "it is told as it was sent");
    let Fate::Altered { changed, .. } = &frames[0].fate else { panic!("{:?}", frames[0].fate) };
    let mut arrived = sent.clone();
    for (at, byte) in changed {
        arrived[*at as usize] = *byte;
    }
    assert!(arrived.ends_with(&heard) && is_intact(&arrived) == Some(true));
}

fn a_connection_is_reset() {
    let wire = Wire::with(&["reset after the 1st data"]);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    client.write_all(b"hola").unwrap();
    let error = client.read(&mut [0; 9]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    let heard = server.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(heard.kind(), ErrorKind::ConnectionReset);
    let (frames, _) = wire.end();
    let injected = frames.iter().filter(
        |frame| matches!(&frame.fate, Fate::Altered { how, .. } if how[0].as_str() == "injected"),
    );
    let injected: Vec<&Frame> = injected.collect();
    assert_eq!(injected.len(), 2);
    assert!(injected.iter().all(|frame| is_intact(&frame.bytes.sample) == Some(true)));
    let mut from: Vec<&str> = injected.iter().map(|frame| frame.from.as_str()).collect();
    from.sort_unstable();
    assert_eq!(from, ["client", "server"]);
}

fn rules_change_while_frames_pass() {
    let wire = Wire::with(&[]);
    let control = wire.looping.as_ref().unwrap().control();
    let (client, server) = pair();
    let change = |text: &str| control.change(&text.parse::<Change>().expect("a change"));
    client.send(b"one").unwrap();
    assert_eq!(received(&server), b"one");
    change("drop every UDP");
    client.send(b"two").unwrap();
    client.send(b"three").unwrap();
    while control.rules()[0].matched < 2 {
        thread::yield_now();
    }
    assert_eq!(change("lift all"), 1);
    client.send(b"four").unwrap();
    assert_eq!(received(&server), b"four");
    let (frames, switched) = wire.end();
    let dropped = "dropped by drop every UDP";
    assert_eq!(fates(&frames), ["delivered", dropped, dropped, "delivered"]);
    assert!(switched.rules[0].lifted && switched.rules[0].seen == 2);
}

fn what_is_under_way_at_the_end_is_said_to_be() {
    let wire = Wire::with(&["delay 60min the 1st UDP", "reorder 2 and 9 of the UDP"]);
    let (client, server) = pair();
    for message in ["one", "two", "three"] {
        client.send(message.as_bytes()).unwrap();
    }
    assert_eq!(received(&server), b"three");
    let (frames, _) = wire.end();
    let under_way = |frame: &Frame| match &frame.fate {
        Fate::UnderWay { how, .. } => how[0].as_str().to_owned(),
        _ => "not".to_owned(),
    };
    let all: Vec<String> = frames.iter().map(under_way).collect();
    assert_eq!(all, ["delayed", "reordered", "not"]);
}

/// The kernel's own answers pass the wire, too.
fn nobody_listens() {
    let wire = Wire::with(&[]);
    let nobody = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let error = TcpStream::connect(nobody).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    let client = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    client.connect(nobody).unwrap();
    client.send(b"anybody?").unwrap();
    client.set_read_timeout(Some(SOON)).unwrap();
    assert_eq!(client.recv(&mut [0; 9]).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    let (frames, _) = wire.end();
    let from: Vec<&str> = frames.iter().map(|frame| frame.from.as_str()).collect();
    assert_eq!(from, ["client", "server", "client", "server"], "SYN, RST, datagram, ICMP");
}

fn what_passes_beside_the_wire_is_said() {
    let wire = Wire::with(&["drop every UDP"]);
    let Ok(server) = UdpSocket::bind("[::1]:0") else {
        return socklab_prerequisites::say_not_run("beside the wire", "IPv6");
    };
    let client = UdpSocket::bind("[::1]:0").unwrap();
    client.send_to(b"hola", server.local_addr().unwrap()).unwrap();
    server.set_read_timeout(Some(SOON)).unwrap();
    assert_eq!(received(&server), b"hola");
    let Circled { switched, beside, .. } = wire.looping.unwrap().finish();
    assert_eq!((switched.seen, switched.rules[0].seen, beside), (0, 0, 1));
    let seen = wire.seen.lock().unwrap();
    let frame = seen[0].frame().expect("a frame");
    assert_eq!(
        (frame.from.as_str(), &frame.headers.as_ref().unwrap().payload.sample[..]),
        ("loopback", &b"hola"[..])
    );
}

fn afterwards_the_loopback_is_plain() {
    Wire::with(&["drop every frame"]).end();
    let (client, server) = pair();
    client.send(b"hola").unwrap();
    assert_eq!(received(&server), b"hola");
}
