//! Ties of real programs' packets.

use socklab_flows::{Cause, Flows, Meaning, ResetReason, WaitedFor};
use socklab_timelines::recorded;

use super::fits;

#[test]
fn every_packet_of_small_pieces_has_its_cause() {
    let timeline = recorded("wire-nagle");
    let flows = Flows::of(&timeline);
    fits(&flows);
    assert!(flows.ties.all().count() > 15);
    assert!(flows.ties.all().all(|(_, tie)| tie.cause != Cause::Unknown));
    let held = flows.ties.all().filter(|(_, tie)| {
        tie.waited.is_some_and(|waited| waited.why == WaitedFor::Acknowledgement)
    });
    let acks: Vec<_> = held.filter_map(|(_, tie)| tie.cause.frame()).collect();
    assert!(!acks.is_empty());
    for ack in acks {
        let ack = flows.ties.of(ack).expect("a frame");
        assert_eq!(ack.meaning, Meaning::DelayedAck);
        assert!(ack.window.is_some_and(|window| window.bytes.is_some()), "the scale is known");
    }
    let whole = |index| {
        let transfer: &socklab_flows::Transfer = &flows.transfers[index];
        let carried = flows.ties.carriers(index).iter().map(|at| {
            let tie = flows.ties.of(*at).expect("a frame");
            tie.carries
                .iter()
                .filter(|one| one.transfer == index)
                .map(|one| one.bytes.end - one.bytes.start)
                .sum::<u64>()
        });
        carried.sum::<u64>() == transfer.total
    };
    assert!((0..flows.transfers.len()).all(whole));
}

#[test]
fn resets_have_their_reasons() {
    let timeline = recorded("wire-resets");
    let flows = Flows::of(&timeline);
    fits(&flows);
    // A FIN was acknowledged after 7.5 ms, when the timer elapsed that ran since data had come before.
    let open = flows.ties.all().filter(|(_, tie)| tie.cause == Cause::Unknown);
    let open: Vec<_> = open.map(|(_, tie)| (&tie.meaning, tie.acknowledges_fin)).collect();
    assert_eq!(open, [(&Meaning::Ack, true)]);
    let reasons = flows.ties.all().filter_map(|(_, tie)| match &tie.meaning {
        Meaning::Rst(reason) => Some(reason.clone()),
        _ => None,
    });
    let expected = [
        ResetReason::Unread(5),
        ResetReason::Linger,
        ResetReason::Closed,
        ResetReason::NeverAccepted,
        ResetReason::NobodyListens,
    ];
    assert_eq!(reasons.collect::<Vec<_>>(), expected);
    let mut icmp = flows.ties.all().filter(|(_, tie)| matches!(tie.meaning, Meaning::Icmp { .. }));
    let (_, told) = icmp.next().expect("one message");
    let Meaning::Icmp { about: Some(about) } = told.meaning else { panic!("about the datagram") };
    assert_eq!(flows.ties.of(about).map(|tie| &tie.meaning), Some(&Meaning::Datagram));
    let [failed] = told.woke[..] else { panic!("{:?}", told.woke) };
    assert_eq!(
        flows.call(failed).and_then(|call| call.error()),
        Some(socklab_event::Errno::ECONNREFUSED)
    );
    // The connect that was refused has a conversation, but no connection.
    let refused = flows.ties.conversations.iter().find(|one| one.ends[1].port() == Some(12009));
    assert!(refused.is_some_and(|one| one.connect.is_some() && one.connection.is_none()));
}
