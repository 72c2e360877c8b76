//! A recording that becomes large keeps less of every event, and never loses a start, an end or a
//! failure.

use std::collections::HashMap;

use proptest::prelude::*;
use socklab_event::{
    Args, Bytes, Call, Endpoint, Errno, Event, Exit, Family, Fate, Flags, Frame, Header, Headers,
    Notice, Outcome, Place, Process, Protocol, SocketId, SocketType, TcpOptions, Transport, What,
};
use socklab_record::{Detail, Limits, Recorder};

/// What a program does in these tests.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Sends(u8, u16),
    Receives(u8, u16),
    NotNow(u8),
    Refused(u8),
    Closes(u8),
    Ends(u8),
}

fn deeds() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (0_u8..4, 1_u16..300).prop_map(|(socket, bytes)| Deed::Sends(socket, bytes)),
        4 => (0_u8..4, 1_u16..300).prop_map(|(socket, bytes)| Deed::Receives(socket, bytes)),
        2 => (0_u8..4).prop_map(Deed::NotNow),
        1 => (0_u8..4).prop_map(Deed::Refused),
        1 => (0_u8..4).prop_map(Deed::Closes),
        1 => (0_u8..4).prop_map(Deed::Ends),
    ]
}

fn event(at: u64, deed: Deed) -> Event {
    let place = Place { host: None, process: 7, thread: 7 };
    let (flags, to, control) = (Flags::default(), None, Box::default());
    let bytes = |count: u16| Bytes::whole(vec![b'x'; count.into()]);
    let (name, socket, args, outcome) = match deed {
        Deed::Ends(code) => {
            let what = Process::Exit { status: Exit::Code(code.into()) }.into();
            return Event { seq: 0, at, place, what };
        }
        Deed::Sends(socket, count) => {
            let args = Args::Send { asked: 0, bytes: bytes(count), flags, to, control };
            ("sendto", socket, args, Outcome::Value(count.into()))
        }
        Deed::Receives(socket, count) => {
            let got = Flags::default();
            let args = Args::Recv { room: 999, bytes: bytes(count), flags, got, from: to, control };
            ("recvfrom", socket, args, Outcome::Value(count.into()))
        }
        Deed::NotNow(socket) => {
            let args = Args::Send { asked: 1, bytes: Bytes::default(), flags, to, control };
            ("sendto", socket, args, Outcome::Error(Errno::EAGAIN))
        }
        Deed::Refused(socket) => {
            let args = Args::Send { asked: 1, bytes: Bytes::default(), flags, to, control };
            ("sendto", socket, args, Outcome::Error(Errno::ECONNREFUSED))
        }
        Deed::Closes(socket) => ("close", socket, Args::Close, Outcome::Value(0)),
    };
    let id = SocketId {
        netns: None,
        family: Family::INET,
        kind: SocketType::STREAM,
        protocol: Protocol::TCP,
        local: None,
        peer: None,
        inode: Some(100 + u64::from(socket)),
        peer_inode: None,
    };
    let call = Call {
        name: name.into(),
        fd: Some(socket.into()),
        socket: Some(id.into()),
        args,
        outcome,
        began: at,
        ended: at,
        restarts: 0,
        implicit: false,
        source: None,
        counted: None,
    };
    Event { seq: 0, at, place, what: call.into() }
}

fn recorded(deeds: &[Deed], limits: Limits) -> (Vec<Event>, Detail) {
    let mut recorder = Recorder::new(Header::default(), limits);
    for (at, deed) in (0..).zip(deeds) {
        assert!(recorder.add(event(at, *deed)), "the programs are never ended for it");
    }
    let finished = recorder.finish();
    (finished.timeline.events, finished.detail)
}

fn failures(events: &[Event]) -> usize {
    let failed = |event: &&Event| event.call().and_then(Call::error) == Some(Errno::ECONNREFUSED);
    events.iter().filter(failed).count()
}

fn ends(events: &[Event]) -> usize {
    events.iter().filter(|event| event.process().is_some()).count()
}

/// How often each call was made, and how many bytes it moved: recorded and counted ones together.
fn totals(events: &[Event]) -> HashMap<String, (u64, u64)> {
    let mut totals: HashMap<String, (u64, u64)> = HashMap::new();
    let mut add = |name: &str, count: u64, bytes: u64| {
        let entry = totals.entry(name.to_owned()).or_default();
        *entry = (entry.0 + count, entry.1 + bytes);
    };
    for event in events {
        match &event.what {
            What::Call(call) => add(&call.name, 1, call.sent().or(call.received()).unwrap_or(0)),
            What::Notice(notice) => {
                if let Notice::Counted { call, count, bytes } = &**notice {
                    add(call, *count, *bytes);
                }
            }
            _ => {}
        }
    }
    totals
}

/// The bytes that were moved in one direction of a socket, in order.
fn moved(events: &[Event], inode: u64, sent: bool) -> Vec<u64> {
    let calls = events.iter().filter_map(Event::call);
    let own = calls.filter(|call| call.socket.as_ref().and_then(|one| one.inode) == Some(inode));
    own.filter_map(|call| if sent { call.sent() } else { call.received() }).collect()
}

proptest! {
    #[test]
    fn nothing_that_matters_is_lost_and_everything_is_counted(
        deeds in prop::collection::vec(deeds(), 0..300),
        size in 500_u64..40_000,
    ) {
        let (whole, _) = recorded(&deeds, Limits::none());
        let (small, detail) = recorded(&deeds, Limits::none().size(size));
        prop_assert_eq!(totals(&small), totals(&whole));
        prop_assert_eq!(ends(&small), ends(&whole));
        if detail < Detail::Fewest {
            prop_assert_eq!(failures(&small), failures(&whole));
        }
        // What is recorded of a stream are its first bytes, without a gap.
        for (inode, sent) in (100..104).flat_map(|inode| [(inode, true), (inode, false)]) {
            let all = moved(&whole, inode, sent);
            let few = moved(&small, inode, sent);
            prop_assert!(all.starts_with(&few), "{:?} {:?}", few, all);
        }
        let numbers: Vec<u64> = small.iter().map(|event| event.seq).collect();
        prop_assert_eq!(numbers, (0..small.len() as u64).collect::<Vec<_>>());
    }

    #[test]
    fn samples_are_left_out_beyond_the_size_and_the_notice_says_where(
        deeds in prop::collection::vec(deeds(), 0..300),
        size in 500_u64..40_000,
    ) {
        let (events, detail) = recorded(&deeds, Limits::none().size(size));
        let at = events.iter().position(|event| {
            matches!(event.notice(), Some(Notice::SamplesOmitted { limit }) if *limit == size)
        });
        let is_lesser = |event: &Event| matches!(
            event.notice(),
            Some(Notice::RepeatsCounted { .. } | Notice::SamplesOmitted { .. }),
        );
        prop_assert_eq!(events.iter().any(is_lesser), detail > Detail::Whole);
        if let Some(at) = at {
            for mut event in events.into_iter().skip(at) {
                event.each_sample(|bytes| assert!(bytes.sample.is_empty()));
            }
        }
    }
}

/// A segment of so many bytes in one direction of a connection.
fn frame(at: u64, flags: &'static str, from: u16, to: u16, payload: usize) -> Event {
    let [source, destination] =
        [from, to].map(|port| Endpoint::ip(std::net::Ipv4Addr::LOCALHOST, port));
    let transport = Transport::Tcp {
        flags: flags.split(',').map(socklab_event::Name::of).collect(),
        sequence: 0,
        acknowledgement: 0,
        window: 0,
        options: TcpOptions::default(),
    };
    let payload = Bytes::whole(vec![b'x'; payload]);
    let protocol = Protocol::TCP;
    let headers = Headers { source, destination, protocol, transport, payload, fragment: None };
    let frame = Frame {
        from: "loopback".into(),
        to: None,
        bytes: Bytes::whole(vec![b'x'; 54]),
        headers: Some(headers),
        fate: Fate::Delivered { at },
    };
    Event { seq: 0, at, place: Place::default(), what: frame.into() }
}

proptest! {
    #[test]
    fn calls_are_recorded_as_if_there_were_no_frames(
        deeds in prop::collection::vec((deeds(), 0_usize..4), 0..200),
        size in 500_u64..40_000,
        streams in any::<bool>(),
    ) {
        let record = |frames: bool| {
            let mut recorder = Recorder::new(Header::default(), Limits::none().size(size));
            if streams {
                recorder.stream_to(std::io::sink(), |_| {}).unwrap();
            }
            for (at, (deed, more)) in (0..).zip(&deeds) {
                recorder.add(event(at, *deed));
                for _ in 0..if frames { *more } else { 0 } {
                    recorder.add(frame(at, "PSH,ACK", 1, 2, 100 * more));
                }
            }
            recorder.finish().timeline.events
        };
        let numbered = |events: &[Event]| {
            events.iter().enumerate().all(|(number, event)| event.seq == number as u64)
        };
        let mut with = record(true);
        prop_assert!(numbered(&with));
        let is_frame = |event: &Event| {
            event.frame().is_some() || matches!(event.notice(), Some(Notice::FramesLost { .. }))
        };
        with.retain(|event| !is_frame(event));
        let mut without = record(false);
        for event in with.iter_mut().chain(&mut without) {
            event.seq = 0;
        }
        prop_assert_eq!(with, without);
    }
}

#[test]
fn a_flood_of_frames_takes_no_more_than_its_share_and_is_counted() {
    let limits = Limits::none().size(1 << 20).frames(100_000);
    let mut recorder = Recorder::new(Header::default(), limits);
    recorder.add(frame(0, "SYN", 1, 2, 0));
    for at in 1..10_000 {
        assert!(recorder.add(frame(at, "PSH,ACK", 1, 2, 500)));
    }
    recorder.add(frame(10_000, "FIN,ACK", 1, 2, 0));
    recorder.add(event(10_001, Deed::Sends(0, 299)));
    let finished = recorder.finish();
    assert_eq!(finished.detail, Detail::Whole, "of calls");
    let events = finished.timeline.events;
    let frames: Vec<&Event> = events.iter().filter(|event| event.frame().is_some()).collect();
    assert!(frames.len() < 700, "{}", frames.len());
    // The later half has no samples; how the connection ended is there.
    let payload = |event: &Event| {
        let headers = event.frame().and_then(|frame| frame.headers.as_ref());
        headers.map(|headers| (headers.payload.sample.len(), headers.payload.total))
    };
    assert_eq!(payload(frames[1]), Some((500, 500)));
    assert_eq!(payload(frames[frames.len() - 2]), Some((0, 500)));
    assert_eq!(frames.last().map(|last| last.at), Some(10_000));
    let lost = events.iter().find_map(|event| match event.notice() {
        Some(Notice::FramesLost { count }) => Some(*count),
        _ => None,
    });
    assert_eq!(lost, Some(10_001 - frames.len() as u64));
    assert!(moved(&events, 100, true) == [299]);
}

#[test]
fn an_endless_loop_takes_no_more_than_four_times_the_size() {
    let mut recorder = Recorder::new(Header::default(), Limits::none().size(100_000));
    for at in 0..200_000 {
        let deed = match at % 3 {
            0 => Deed::Sends(0, 200),
            1 => Deed::NotNow(1),
            _ => Deed::Refused(2),
        };
        assert!(recorder.add(event(at, deed)));
    }
    let finished = recorder.finish();
    assert_eq!(finished.detail, Detail::Fewest);
    assert!(finished.timeline.events.len() < 2000, "{}", finished.timeline.events.len());
    assert_eq!(totals(&finished.timeline.events)["sendto"].0, 200_000);
}

#[test]
fn a_recording_of_ordinary_size_is_complete() {
    let deeds = [Deed::Sends(0, 299); 10];
    let (events, detail) = recorded(&deeds, Limits::none().size(1 << 20));
    assert_eq!((events.len(), detail), (10, Detail::Whole));
    assert_eq!(moved(&events, 100, true), [299; 10]);
}
