//! What holds for all ties, whatever was recorded.

use proptest::prelude::*;
use socklab_flows::{Cause, Flows};
use socklab_timelines::any_timeline;

use super::{Seg, Talk, fits, seg, tie};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn ties_of_anything_hold_together(timeline in any_timeline(120)) {
        let flows = Flows::of(&timeline);
        let mut order = flows.ties.order().to_vec();
        order.sort_unstable();
        prop_assert_eq!(order, (0..flows.order.len()).collect::<Vec<_>>());
        for (at, tie) in flows.ties.all() {
            prop_assert!(flows.order[at].frame().is_some());
            if let Cause::Call(by) = tie.cause {
                let call = flows.call(by).expect("a call");
                prop_assert!(call.began <= flows.order[at].at.saturating_add(50_000));
            }
            for carried in &tie.carries {
                let transfer = &flows.transfers[carried.transfer];
                prop_assert_eq!(carried.sent, transfer.sent);
                prop_assert!(carried.bytes.end <= transfer.total);
            }
            for woken in &tie.woke {
                prop_assert_eq!(flows.ties.waker(*woken), Some(at));
            }
            if let Some(conversation) = tie.conversation {
                prop_assert!(flows.ties.conversations[conversation].frames.contains(&at));
            }
        }
    }

    /// A stream that is sent in calls of any length, cut into segments of any length, of which some
    /// get lost and are sent again, and some come twice: each byte is carried once, and what is sent
    /// again is known as that.
    #[test]
    fn each_byte_is_carried_once_however_it_is_sent(
        first in any::<u32>(),
        calls in prop::collection::vec((1usize..3_000, prop::collection::vec(1usize..1_460, 1..4)), 1..12),
        lost in prop::collection::vec(any::<bool>(), 40),
    ) {
        let (mut talk, _) = Talk::shaken([first, 5]);
        let mut start = 0i64;
        let mut fates = lost.into_iter().cycle();
        let mut again = Vec::new();
        for (length, cuts) in calls {
            let bytes = vec![b'x'; length];
            let mut segments: Vec<Seg> = Vec::new();
            let (mut cuts, mut rest) = (cuts.into_iter().cycle(), length);
            while rest > 0 {
                let next = rest.min(cuts.next().expect("endless"));
                segments.push(seg("ACK", start, 0).with(vec![b'x'; next]));
                (start, rest) = (start + next as i64, rest - next);
            }
            let dropped: Vec<Seg> = segments.iter().filter(|_| fates.next() == Some(true)).cloned().collect();
            talk.sends(&bytes, &segments);
            talk.wait(200);
            again.extend(dropped.into_iter().map(|segment| talk.near(segment)));
            talk.far(seg("ACK", 0, start));
        }
        let timeline = talk.story.build();
        let flows = Flows::of(&timeline);
        for frame in again {
            prop_assert!(tie(&flows, frame).again.is_some());
        }
        let carried = flows.ties.all().filter(|(_, tie)| tie.again.is_none());
        let carried = carried.flat_map(|(_, tie)| tie.carries.iter());
        let carried: u64 = carried.map(|one| one.bytes.end - one.bytes.start).sum();
        prop_assert_eq!(carried, u64::try_from(start).expect("positive"));
        fits(&flows);
    }
}
