//! Which datagrams are which on the wire, and who learns of their fate.

use socklab_event::{About, Bytes, Fate, Fragment, Headers, Name, Protocol, Transport};
use socklab_flows::{Cause, Flows, Meaning};
use socklab_timelines::{Sock, Story, address, got};

use super::{at, fits, frame, order, tie};

fn pair() -> (Story, [Sock; 2]) {
    let mut story = Story::new();
    let ends = ["127.0.0.1:12000", "127.0.0.1:12001"].map(|address| {
        let program = story.command("program", "program");
        let sock = story.udp(program);
        story.bind(sock, address);
        sock
    });
    (story, ends)
}

fn headers(story: &mut Story, [from, to]: [Sock; 2], payload: &[u8]) -> Headers {
    let [source, destination] =
        [from, to].map(|sock| story.identity(sock).local.clone().expect("bound"));
    Headers {
        source,
        destination,
        protocol: Protocol::UDP,
        transport: Transport::Udp,
        payload: Bytes::whole(payload),
        fragment: None,
    }
}

/// Sends a datagram from the first end to the second; the frame leaves within the call.
fn send(story: &mut Story, ends: [Sock; 2], text: &str, fate: Option<Fate>) -> (u64, u64) {
    let began = story.now();
    let headers = headers(story, ends, text.as_bytes());
    let frame = frame(story, headers, fate);
    (story.since(began).sendto(ends[0], "127.0.0.1:12001", text), frame)
}

fn dropped() -> Option<Fate> {
    Some(Fate::Dropped { rule: "drop it".to_owned() })
}

/// Which send's bytes a receive got.
fn source(flows: &Flows<'_>, received: u64) -> Option<u64> {
    let [received] = at(flows, [received]);
    let (transfer, _) = flows.got_at(received).first()?;
    Some(flows.order[flows.transfers[*transfer].sent].seq)
}

#[test]
fn a_datagram_that_got_lost_is_not_the_one_that_came() {
    let (mut story, ends) = pair();
    let waits = story.now();
    let (lost, gone) = send(&mut story, ends, "same", dropped());
    story.wait(100);
    let (sent, came) = send(&mut story, ends, "same", None);
    let got = story.since(waits).recvfrom(ends[1], ends[0], "127.0.0.1", "same");
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(source(&flows, got), Some(sent), "not {lost}, which is equal but never arrived");
    let [lost_at, sent_at, got_at] = at(&flows, [lost, sent, got]);
    let [gone, came] = [gone, came].map(|frame| tie(&flows, frame));
    assert_eq!((&gone.meaning, gone.cause), (&Meaning::Datagram, Cause::Call(lost_at)));
    assert!(gone.woke.is_empty() && gone.arrived.is_none());
    assert_eq!((came.cause, &came.woke), (Cause::Call(sent_at), &vec![got_at]));
    assert!(!flows.transfers[0].parts.iter().any(|part| part.inferred));
    assert!(flows.transfers[0].parts.is_empty());
    fits(&flows);
}

#[test]
fn a_datagram_that_was_doubled_is_received_twice() {
    let (mut story, ends) = pair();
    let at_once = story.now() + 10_000;
    let (how, rule) = (vec![Name::of("duplicated")], "duplicate it".to_owned());
    let twice =
        Fate::Altered { how, at: vec![at_once, at_once + 90_000], rule, changed: Vec::new() };
    let waits = story.now();
    let (sent, frame) = send(&mut story, ends, "hola", Some(twice));
    let one = story.since(waits).recvfrom(ends[1], ends[0], "127.0.0.1", "hola");
    let waits = story.now();
    story.wait(1);
    let other = story.since(waits).recvfrom(ends[1], ends[0], "127.0.0.1", "hola");
    let third = story.recvfrom(ends[1], ends[0], "127.0.0.1", "hola");
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert_eq!([one, other].map(|got| source(&flows, got)), [Some(sent); 2]);
    assert_eq!(source(&flows, third), None, "there were two copies only");
    assert_eq!(tie(&flows, frame).woke, at(&flows, [one, other]));
}

#[test]
fn a_datagram_that_is_late_cannot_have_been_received_before() {
    let (mut story, ends) = pair();
    let late = story.now() + 50_000_000;
    let (how, rule) = (vec![Name::of("delayed")], "delay it".to_owned());
    let fate = Fate::Altered { how, at: vec![late], rule, changed: Vec::new() };
    let (first, _) = send(&mut story, ends, "same", Some(fate));
    let (second, _) = send(&mut story, ends, "same", None);
    let one = story.recvfrom(ends[1], ends[0], "127.0.0.1", "same");
    story.wait(60);
    let other = story.recvfrom(ends[1], ends[0], "127.0.0.1", "same");
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert_eq!([one, other].map(|got| source(&flows, got)), [Some(second), Some(first)]);
}

/// A datagram of 20 bytes in three pieces, of which some get lost; the ties of its frames, and
/// whether it could be received.
fn pieces(lost: &[usize]) -> (Vec<(u64, usize)>, bool) {
    let (mut story, ends) = pair();
    let waits = story.now();
    let began = story.now();
    let payload = b"01234567abcdefghXYZW";
    let mut frames = Vec::new();
    for (index, (bytes, offset)) in [(0..8, 0), (8..16, 16), (16..20, 24)].into_iter().enumerate() {
        let mut headers = headers(&mut story, ends, &payload[bytes]);
        headers.fragment = Some(Fragment { id: 7, offset, more: index < 2 });
        if index > 0 {
            headers.transport = Transport::Other;
            headers.source = address("127.0.0.1:0");
            headers.destination = address("127.0.0.1:0");
        }
        let fate = if lost.contains(&index) { dropped() } else { None };
        frames.push(frame(&mut story, headers, fate));
    }
    let sent = story.since(began).sendto(ends[0], "127.0.0.1:12001", payload);
    let got = story.since(waits).recvfrom(ends[1], ends[0], "127.0.0.1", payload);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let [sent] = at(&flows, [sent]);
    let mut told = Vec::new();
    for frame in frames {
        let one = tie(&flows, frame);
        assert_eq!((&one.meaning, one.cause), (&Meaning::Fragment, Cause::Call(sent)));
        assert_eq!((one.connection, one.side), (Some(0), 0));
        let [carried] = &one.carries[..] else { panic!("of one message") };
        told.push((carried.bytes.end, one.woke.len()));
    }
    (told, source(&flows, got).is_some())
}

#[test]
fn fragments_are_one_datagram_which_comes_whole_or_not_at_all() {
    assert_eq!(pieces(&[]), (vec![(8, 0), (16, 0), (20, 1)], true));
    assert_eq!(pieces(&[1]), (vec![(8, 0), (16, 0), (20, 0)], false));
    assert_eq!(pieces(&[2]), (vec![(8, 0), (16, 0), (20, 0)], false));
}

#[test]
fn icmp_is_about_the_datagram_that_it_quotes() {
    let (mut story, ends) = pair();
    let waits = story.now();
    let (_, other) = send(&mut story, ends, "first", None);
    let (_, about) = send(&mut story, ends, "again", None);
    let quoted = headers(&mut story, ends, b"again");
    let icmp = Headers {
        source: address("127.0.0.1:0"),
        destination: address("127.0.0.1:0"),
        protocol: Protocol::ICMP,
        transport: Transport::Icmp {
            kind: 3,
            code: 3,
            text: "port unreachable".to_owned(),
            mtu: None,
            about: Some(Box::new(About {
                source: quoted.source,
                destination: quoted.destination,
                protocol: Protocol::UDP,
                sequence: None,
                payload: Bytes::whole("again"),
                fragment: None,
            })),
        },
        payload: Bytes::default(),
        fragment: None,
    };
    let told_of = frame(&mut story, icmp, None);
    let failed = story.since(waits).fail(ends[0], "recvfrom", got(10, b""), 111);
    let next = story.fail(ends[0], "recvfrom", got(10, b""), 11);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let [about, failed, next] = at(&flows, [about, failed, next]);
    let one = tie(&flows, told_of);
    assert_eq!(one.meaning, Meaning::Icmp { about: Some(about) });
    assert_eq!((one.cause, one.side), (Cause::Frame(about), 1));
    assert_eq!(one.woke, [failed]);
    assert_eq!(flows.ties.waker(next), None);
    assert!(tie(&flows, other).woke.is_empty());
    assert_eq!(order(&flows, &[told_of]), [told_of]);
}

#[test]
fn a_datagram_that_nobody_recorded_belongs_to_no_connection() {
    let mut story = Story::new();
    let mut end = |port: u16| {
        let program = story.command("program", "program");
        let sock = story.udp(program);
        story.identity(sock).local = Some(address(&format!("10.0.0.1:{port}")));
        sock
    };
    let ends = [end(5), end(6)];
    let headers = headers(&mut story, ends, b"x");
    let alone = frame(&mut story, headers, None);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let one = tie(&flows, alone);
    assert_eq!((one.connection, one.conversation), (None, Some(0)));
    assert_eq!((one.cause, one.carries.len()), (Cause::Unknown, 0));
}
