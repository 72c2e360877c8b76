//! Several recordings as one timeline.

use socklab_event::{Event, Notice, Timeline, What, Writer};
use socklab_flows::{Flows, Recording, Transfer, merge};
use socklab_timelines::scenes;

/// The events of some processes of a timeline, as if these had been recorded apart.
fn apart(whole: &Timeline, of: impl Fn(u32) -> bool) -> Timeline {
    let mut part = whole.clone();
    part.events.retain(|event| of(event.place.process));
    part
}

/// The same between two addresses of a network: 127.0.0.1 is another one on each machine.
fn on_a_network(timeline: &Timeline) -> Timeline {
    let mut writer = Writer::new(Vec::new(), &timeline.header).expect("a timeline");
    timeline.events.iter().for_each(|event| writer.write(event).expect("a timeline"));
    let text = String::from_utf8(writer.finish().expect("a timeline"))
        .expect("a timeline")
        .replace("127.0.0.1", "192.0.2.1");
    socklab_event::read(text.as_bytes()).expect("a timeline").timeline
}

/// An echo, with each side recorded by itself.
fn halves() -> (Timeline, Timeline, Timeline) {
    let whole = on_a_network(&scenes::upper_tcp());
    let client = Flows::of(&whole).connections[0].connected.expect("a timeline");
    let client = whole.in_order()[client].place.process;
    (apart(&whole, |process| process != client), apart(&whole, |process| process == client), whole)
}

/// Moves a recording to a machine whose clock is wrong by so many nanoseconds, and which was booted later.
fn elsewhere(mut timeline: Timeline, wrong: i64) -> Timeline {
    const BOOTED_LATER: u64 = 5_000_000_000_000;
    timeline.header.boot = "another".to_owned();
    timeline.header.epoch = timeline.header.epoch.saturating_add(BOOTED_LATER);
    let by = wrong - BOOTED_LATER as i64;
    let moved = |at: u64| at.checked_add_signed(by).expect("a time after the boot");
    for event in &mut timeline.events {
        event.at = moved(event.at);
        if let What::Call(call) = &mut event.what {
            (call.began, call.ended) = (moved(call.began), moved(call.ended));
        }
    }
    timeline
}

fn late(mut timeline: Timeline) -> Timeline {
    // So that the other machine has been up when this one's events happened.
    const UP: i64 = 9_000_000_000_000;
    timeline.header.boot = "first".to_owned();
    timeline.header.epoch = 1_790_000_000_000_000_000;
    for event in &mut timeline.events {
        event.at = event.at.checked_add_signed(UP).expect("a timeline");
        if let What::Call(call) = &mut event.what {
            call.began = call.began.checked_add_signed(UP).expect("a timeline");
            call.ended = call.ended.checked_add_signed(UP).expect("a timeline");
        }
    }
    timeline
}

fn merged(parts: [(&str, Timeline); 2]) -> Timeline {
    merge(parts.map(|(name, timeline)| Recording::new(name, timeline)).to_vec())
}

fn notices(timeline: &Timeline) -> Vec<&Notice> {
    timeline.events.iter().filter_map(Event::notice).collect()
}

/// Which bytes each process sent that another one got.
fn received(timeline: &Timeline) -> Vec<(u32, u32, std::ops::Range<u64>)> {
    let flows = Flows::of(timeline);
    let process = |at: usize| flows.order[at].place.process;
    let of = |transfer: &Transfer| {
        let sent = process(transfer.sent);
        let parts = transfer.parts.iter();
        parts.map(|part| (sent, process(part.received), part.bytes.clone())).collect::<Vec<_>>()
    };
    flows.transfers.iter().flat_map(of).collect()
}

#[test]
fn two_recordings_of_one_boot_are_what_one_would_have_been() {
    let (server, client, whole) = halves();
    let together = merged([("server", server), ("client", client)]);
    assert_eq!(notices(&together), notices(&whole));
    assert!(!received(&whole).is_empty());
    assert_eq!(received(&together), received(&whole));
}

#[test]
fn a_recording_of_another_machine_is_aligned_by_the_time_of_day() {
    let (server, client, whole) = halves();
    let (server, client) = (late(server), elsewhere(late(client), 0));
    let together = merged([("server", server), ("client", client)]);
    let moved = notices(&together).iter().find_map(|notice| match notice {
        Notice::OtherClock { moved, .. } => Some(*moved),
        _ => None,
    });
    assert_eq!(moved, Some(0));
    assert_eq!(received(&together), received(&whole));
}

#[test]
fn a_clock_that_contradicts_the_messages_is_corrected_and_nothing_arrives_before_it_was_sent() {
    for wrong in [-3_000_000_000, -40_000_000, 40_000_000, 3_000_000_000_i64] {
        let (server, client, _) = halves();
        let (server, client) = (late(server), elsewhere(late(client), wrong));
        let together = merged([("server", server), ("client", client)]);
        let moved = notices(&together).iter().find_map(|notice| match notice {
            Notice::OtherClock { moved, recording } => {
                assert_eq!(recording, "client");
                Some(*moved)
            }
            _ => None,
        });
        let moved = moved.expect("a notice");
        assert_eq!(moved.signum(), -wrong.signum(), "{wrong}");
        let flows = Flows::of(&together);
        assert!(flows.transfers.iter().any(|transfer| !transfer.parts.is_empty()));
        for transfer in &flows.transfers {
            let sent = flows.order[transfer.sent].call().unwrap();
            for part in &transfer.parts {
                let got = flows.order[part.received].call().unwrap();
                assert!(sent.began <= got.ended, "{wrong}: {moved}");
            }
        }
    }
}

#[test]
fn processes_with_one_number_stay_apart() {
    let (_, _, whole) = halves();
    let other = elsewhere(late(whole.clone()), 0);
    let together = merged([("a", late(whole.clone())), ("b", other)]);
    let flows = Flows::of(&together);
    assert_eq!(flows.processes.len(), 2 * Flows::of(&whole).processes.len());
    assert_eq!(flows.connections.len(), 2 * Flows::of(&whole).connections.len());
    let labels: Vec<&str> = together.header.columns.iter().map(|one| one.label.as_str()).collect();
    let before: Vec<&str> = whole.header.columns.iter().map(|one| one.label.as_str()).collect();
    assert_eq!(labels[..before.len()], before);
    assert!(labels[before.len()..].iter().all(|label| label.ends_with(" (b)")), "{labels:?}");
    // Each message stays among its own.
    for transfer in &flows.transfers {
        let is_second = |at: usize| flows.order[at].place.process > 5_000_000;
        assert!(
            transfer.parts.iter().all(|part| is_second(part.received) == is_second(transfer.sent))
        );
    }
}

#[test]
fn frames_of_one_conversation_are_those_of_one_recording() {
    let whole = scenes::wired();
    let frames =
        |timeline: &Timeline| timeline.events.iter().filter(|one| one.frame().is_some()).count();
    assert!(frames(&whole) > 5);
    let mut capture = whole.clone();
    capture.events.retain(|event| event.frame().is_some());
    let together = merged([("run", whole.clone()), ("capture", capture)]);
    assert_eq!(frames(&together), frames(&whole));
    let count = frames(&whole) as u64;
    let told = Notice::FramesTwice { recording: "capture".to_owned(), count };
    assert!(notices(&together).contains(&&told), "{:?}", notices(&together));
}

#[test]
fn loopback_of_another_machine_and_addresses_used_again_are_other_conversations() {
    let frames =
        |timeline: &Timeline| timeline.events.iter().filter(|one| one.frame().is_some()).count();
    let whole = scenes::wired();
    let mut later = whole.clone();
    for event in &mut later.events {
        event.at += 3_600_000_000_000;
    }
    let mut elsewhere = whole.clone();
    elsewhere.header.boot = "another".to_owned();
    let mut here = whole.clone();
    here.header.boot = "first".to_owned();
    for parts in [[("a", whole.clone()), ("b", later)], [("a", here), ("b", elsewhere)]] {
        let together = merged(parts);
        assert_eq!(frames(&together), 2 * frames(&whole));
    }
}

#[test]
fn one_recording_stays_what_it_is_and_none_is_empty() {
    let whole = scenes::upper_tcp();
    assert_eq!(merge(vec![Recording::new("x", whole.clone())]), whole);
    assert_eq!(merge(Vec::new()), Timeline::default());
}
