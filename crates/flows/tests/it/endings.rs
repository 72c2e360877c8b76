//! What the recorder did, and what the programs did by themselves.

use socklab_event::Outcome;
use socklab_flows::Flows;
use socklab_timelines::{Story, got, scenes};

#[test]
fn what_follows_the_recorders_signal_is_its_doing() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    let sent = story.send(near, b"x");
    let began = story.now();
    story.wait(10);
    let ended = story.ended_by_recorder(near.who, 15);
    let waited = story.since(began).unfinished(near, "recvfrom", got(10, b""));
    let closed = story.closed_at_exit(near);
    let killed = story.killed(near.who, 15);
    let end = story.since(began).on(far, "recvfrom", got(10, b""), Outcome::Value(0));
    let late = story.unfinished(far, "recvfrom", got(10, b""));
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let at = |seq: u64| flows.order.iter().position(|event| event.seq == seq).expect("an event");
    assert_eq!(flows.ended_by_recorder, Some(at(ended)));
    for (seq, its_doing, by_itself, pending) in [
        (sent, false, true, false),
        (ended, true, false, false),
        (waited, false, true, true),
        (closed, true, false, false),
        (killed, true, false, false),
        (end, true, true, true),
        (late, true, false, false),
    ] {
        let at = at(seq);
        assert_eq!(flows.is_recorders_doing(at), its_doing, "{seq}");
        assert_eq!(flows.began_by_itself(at), by_itself, "{seq}");
        assert_eq!(flows.is_pending_at_end(at), pending, "{seq}");
    }
    let process = flows.process(near.who.process).expect("the process");
    assert_eq!(process.killed_by_recorder().map(|signal| signal.0), Some(15));
}

#[test]
fn without_its_signal_nothing_is_its_doing() {
    let timeline = scenes::upper_tcp();
    let flows = Flows::of(&timeline);
    assert_eq!(flows.ended_by_recorder, None);
    let positions = 0..flows.order.len();
    assert!(positions.clone().all(|at| !flows.is_recorders_doing(at)));
    assert!(positions.filter(|at| flows.call(*at).is_some()).all(|at| flows.began_by_itself(at)));
}
