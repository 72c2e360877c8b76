//! Version 1 of the file is still read: `version-1.jsonl` was recorded when it was the newest one,
//! of the program `version-1.py`.

use socklab_event::{Args, Call, Control, Endpoint, Event, Timeline, What, Writer, read};

const VERSION_1: &str = include_str!("version-1.jsonl");

fn recorded() -> Timeline {
    assert!(VERSION_1.starts_with(r#"{"v":1,"#));
    let reading = read(VERSION_1.as_bytes()).expect("a timeline");
    assert_eq!(reading.truncated, None);
    reading.timeline
}

fn written(timeline: &Timeline) -> String {
    let mut writer = Writer::new(Vec::new(), &timeline.header).expect("a header");
    timeline.events.iter().for_each(|event| writer.write(event).expect("an event"));
    String::from_utf8(writer.finish().expect("a file")).expect("text")
}

fn calls(timeline: &Timeline) -> impl Iterator<Item = &Call> {
    timeline.events.iter().filter_map(Event::call)
}

#[test]
fn a_recording_of_version_1_is_read_whole() {
    let timeline = recorded();
    assert_eq!(timeline.header.columns[0].argv[1], "many.py");
    assert_eq!(timeline.events.len(), VERSION_1.lines().count() - 1);
    let sent = calls(&timeline).filter(|call| call.name == "sendto");
    let sent: Vec<&[u8]> = sent.filter_map(|call| Some(&*call.bytes()?.sample)).collect();
    let echoed: [&[u8]; 4] = [b"hola\r\n", &[0; 32], b"\xff\x00binary", "año".as_bytes()];
    for payload in echoed {
        assert_eq!(sent.iter().filter(|sent| **sent == payload).count(), 2, "{payload:?}");
    }
    let mut polls = calls(&timeline).filter_map(|call| match &call.args {
        Args::Poll { waits, .. } => waits[0].socket.as_deref(),
        _ => None,
    });
    assert!(polls.next().is_some_and(|socket| socket.peer.is_some()));
    let accepted = calls(&timeline).find_map(|call| match &call.args {
        Args::Accept { listener: Some(listener), .. } => Some((call.socket.as_ref()?, listener)),
        _ => None,
    });
    let (accepted, listener) = accepted.expect("an accept");
    assert_eq!(accepted.local, listener.local);
    let passed = calls(&timeline).any(|call| match &call.args {
        Args::Recv { control, .. } => control[..] == [Control::Rights { fds: vec![6] }],
        _ => false,
    });
    assert!(passed);
    let refused = calls(&timeline).find(|call| call.error().is_some_and(|error| error.0 == 111));
    let peer = refused.and_then(Call::peer_address);
    assert_eq!(peer, Some(&Endpoint::ip([127, 0, 0, 1], 1)));
}

#[test]
fn version_2_says_the_same_in_less_than_half_of_the_space() {
    let timeline = recorded();
    let text = written(&timeline);
    assert!(text.len() * 2 < VERSION_1.len(), "{} of {} bytes", text.len(), VERSION_1.len());
    assert_eq!(read(text.as_bytes()).expect("a timeline").timeline, timeline);
}

#[test]
fn a_file_cut_anywhere_is_readable_up_to_its_last_whole_line() {
    let timeline = recorded();
    let text = written(&timeline);
    let header = text.find('\n').expect("a header") + 1;
    // At every seventh byte, which is inside everything that a line contains.
    for cut in (header..text.len()).step_by(7) {
        let reading = read(&text.as_bytes()[..cut]).expect("a timeline");
        let whole = text.as_bytes()[header..cut].iter().filter(|byte| **byte == b'\n').count();
        // A line without its end is complete once its last bracket is there.
        let events = reading.timeline.events;
        assert!(events.len() == whole || events.len() == whole + 1, "cut at {cut}");
        assert_eq!(events, timeline.events[..events.len()]);
    }
}

/// The promise is 200 bytes for a line; the largest numbers that occur are taken here.
#[test]
fn a_send_of_32_bytes_takes_at_most_200() {
    let mut timeline = recorded();
    timeline.events.retain(|event| {
        event.call().is_some_and(|call| call.bytes().is_some_and(|bytes| bytes.total == 32))
    });
    for payload in [&b"0123456789abcdef0123456789abcdef"[..], &[0; 32], &[0xff; 32]] {
        let mut event = timeline.events[0].clone();
        event.at += 90 * 24 * 3600 * 1_000_000_000;
        let What::Call(call) = &mut event.what else { panic!("{event:?}") };
        (call.began, call.ended) = (event.at, event.at + 999_999);
        call.fd = Some(999);
        let Args::Send { bytes, flags, .. } = &mut call.args else { panic!("{call:?}") };
        *flags = ["MSG_NOSIGNAL".into()].into_iter().collect();
        bytes.sample = payload.to_vec();
        // The second event names the socket that the first one defines.
        timeline.events = vec![event.clone(), Event { seq: event.seq + 1, ..event }];
        let text = written(&timeline);
        let last = text.lines().nth(2).expect("an event");
        assert!(last.contains("MSG_NOSIGNAL") && last.len() < 200, "{}: {last}", last.len());
        assert_eq!(read(text.as_bytes()).expect("a timeline").timeline, timeline);
    }
}
