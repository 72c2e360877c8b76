//! Which frames carried which messages.

use socklab_event::{Bytes, Fate, Frame, Headers, Protocol, Transport, What};
use socklab_flows::{Flows, FrameFlow};
use socklab_timelines::{Sock, Story, Who, scenes};

use crate::position::{position, seq};

/// A datagram on the wire from one bound socket to another.
fn frame(story: &mut Story, [from, to]: [Sock; 2], payload: &str, fate: Fate) -> u64 {
    let [source, destination] =
        [from, to].map(|sock| story.identity(sock).local.clone().expect("bound"));
    let headers = Headers {
        source,
        destination,
        protocol: Protocol::UDP,
        transport: Transport::Udp,
        payload: Bytes::whole(payload),
        fragment: None,
    };
    let (from, to) = ("a".to_owned(), Some("b".to_owned()));
    let frame = Frame { from, to, bytes: Bytes::whole(payload), headers: Some(headers), fate };
    story.what(Who { process: 0, thread: 0 }, What::Frame(Box::new(frame)))
}

/// The frame that carried exactly what this call sent, and the frame with its last byte if it had
/// no frame of its own.
fn carried(flows: &Flows<'_>, sent: u64) -> (Option<u64>, Option<u64>) {
    let at = position(flows, sent);
    let exact = flows.frames.of_message(at);
    let [transfer] = flows.sent_at(at) else { panic!("one message") };
    let last = flows.frames.last_byte(&flows.transfers[*transfer]);
    (seq(flows, exact), seq(flows, last))
}

fn flow(flows: &Flows<'_>, frame: u64) -> FrameFlow {
    flows.frames.flow(position(flows, frame)).expect("a frame of a conversation")
}

#[test]
fn a_segment_carries_one_message_or_a_part_or_several() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.segment(near, "SYN", "", None);
    story.segment(far, "SYN,ACK", "", None);
    story.segment(near, "ACK", "", None);
    let alone = story.send(near, "alone");
    let its = story.segment(near, "PSH,ACK", "alone", None);
    let long = story.send(near, "two segments");
    story.segment(near, "ACK", "two ", None);
    let last = story.segment(near, "PSH,ACK", "segments", None);
    let [one, two] = ["one ", "segment"].map(|text| story.send(near, text));
    let both = story.segment(near, "PSH,ACK", "one segment", None);
    let lost = story.send(near, "lost");
    story.segment(near, "PSH,ACK", "lost", Some("drop it"));
    let again = story.segment(near, "PSH,ACK", "lost", None);
    let ack = story.segment(far, "ACK", "", None);
    let unheard = story.send(near, "never");
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(carried(&flows, alone), (Some(its), None));
    assert_eq!(carried(&flows, long), (None, Some(last)));
    assert_eq!([one, two].map(|sent| carried(&flows, sent)), [(None, Some(both)); 2]);
    assert_eq!(carried(&flows, lost), (None, Some(again)), "no frame of its own arrived");
    assert_eq!(carried(&flows, unheard), (None, None));
    let exact = |frame: u64| flows.frames.carries_one_message(position(&flows, frame));
    assert_eq!([its, last, both, again, ack].map(exact), [true, false, false, false, false]);
    assert_eq!(flows.frames.sent_by(0, 1).len(), 2);
    assert_eq!(flows.frames.sent_by(0, 0).first(), Some(&(position(&flows, alone) - 3)));
    assert!(flows.frames.has(0));
    assert!(!Flows::of(&scenes::upper_tcp()).frames.has(0), "no frames, none of this connection");
    assert_eq!(flows.frames.flow(position(&flows, alone)), None, "a call is no frame");
    assert_eq!(flows.name_at(position(&flows, its)), "#0");
    assert_eq!(flows.process_at(position(&flows, its)), None, "no process does what the wire does");
}

#[test]
fn segments_that_do_more_than_acknowledge_are_not_bare_acks() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    let lost = story.segment(near, "SYN", "", Some("drop the 1st SYN"));
    let syn = story.segment(near, "SYN", "", None);
    let answer = story.segment(far, "SYN,ACK", "", None);
    let third = story.segment(near, "ACK", "", None);
    let data = story.segment(near, "PSH,ACK", "hola", None);
    let bare = story.segment(far, "ACK", "", None);
    let end = story.segment(near, "FIN,ACK", "", None);
    let reset = story.segment(far, "RST,ACK", "", None);
    let rude = story.segment(far, "RST", "", None);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let all = [lost, syn, answer, third, data, bare, end, reset, rude];
    let bares: Vec<u64> = all.into_iter().filter(|one| flow(&flows, *one).bare_ack).collect();
    assert_eq!(bares, [bare]);
    let again: Vec<u64> = all.into_iter().filter(|one| flow(&flows, *one).again).collect();
    assert_eq!(again, [syn]);
}

#[test]
fn frames_belong_to_the_connection_that_has_their_addresses_then() {
    let mut story = Story::new();
    let (server, listener, _) = scenes::tcp_server(&mut story);
    let client = story.command("client", "client");
    let mut frames = Vec::new();
    for _ in 0..2 {
        let near = story.tcp(client);
        // The same port as last time.
        story.bind(near, "127.0.0.1:40000");
        story.connect(near, "127.0.0.1:12000");
        let far = story.other_end(near, server);
        frames
            .push((story.segment(near, "SYN", "", None), story.segment(far, "SYN,ACK", "", None)));
        story.accept_as(listener, far);
        story.close(near);
        story.close(far);
    }
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    for (index, (syn, answer)) in frames.into_iter().enumerate() {
        let of = |frame: u64| (flow(&flows, frame).connection, flow(&flows, frame).side);
        assert_eq!((of(syn), of(answer)), ((Some(index), 0), (Some(index), 1)));
    }
}

#[test]
fn each_datagram_has_a_frame_of_its_own() {
    let mut story = Story::new();
    let ends = ["127.0.0.1:12000", "127.0.0.1:12001"].map(|address| {
        let program = story.command("program", "program");
        let sock = story.udp(program);
        story.bind(sock, address);
        sock
    });
    let send = |story: &mut Story, text: &str| story.sendto(ends[0], "127.0.0.1:12001", text);
    let mut sent = vec![send(&mut story, "first")];
    let lost = frame(&mut story, ends, "first", Fate::Dropped { rule: "drop it".to_owned() });
    let arrived = || Fate::Delivered { at: 9 };
    let mut frames = Vec::new();
    for text in ["dos", "tres", "tre"] {
        sent.push(send(&mut story, text));
        frames.push(frame(&mut story, ends, text, arrived()));
    }
    let back = frame(&mut story, [ends[1], ends[0]], "HOLA", arrived());
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(carried(&flows, sent[0]), (None, None));
    for (sent, frame) in sent[1..].iter().zip(frames) {
        assert_eq!(carried(&flows, *sent), (Some(frame), None));
    }
    let of = |frame: u64| (flow(&flows, frame).connection, flow(&flows, frame).side);
    assert_eq!([lost, back].map(of), [(Some(0), 0), (Some(0), 1)]);
    assert!(!flow(&flows, lost).bare_ack);
}

#[test]
fn neighbour_discovery_is_not_a_conversation() {
    let mut story = Story::new();
    let (near, _) = scenes::tcp_pair(&mut story);
    let segment = story.segment(near, "SYN", "", None);
    let mut timeline = story.build();
    let What::Frame(frame) = &mut timeline.events[segment as usize].what else { panic!("a frame") };
    let headers = frame.headers.as_mut().expect("headers");
    headers.transport = Transport::Neighbour { text: "who has 10.0.0.2?".to_owned() };
    let flows = Flows::of(&timeline);
    assert_eq!(flows.frames.flow(position(&flows, segment)), None);
}
