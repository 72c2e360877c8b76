//! What is missing in a recording, so that figures may be too small.

use std::collections::BTreeMap;

use socklab_event::{Name, Notice};
use socklab_flows::Flows;
use socklab_say::clean;

use crate::model::Caveat;

pub(crate) fn of(flows: &Flows<'_>) -> Vec<Caveat> {
    let mut caveats = Vec::new();
    let mut counted: BTreeMap<(String, &Name), (u64, u64)> = BTreeMap::new();
    for (at, event) in flows.order.iter().enumerate() {
        let Some(notice) = event.notice() else { continue };
        let who = || clean(&flows.name_at(at));
        let caveat = match notice {
            Notice::Counted { call, count, bytes } => {
                let sum = counted.entry((who(), call)).or_default();
                *sum = (sum.0.saturating_add(*count), sum.1.saturating_add(*bytes));
                continue;
            }
            Notice::RepeatsCounted { .. } => Caveat::RepeatsCounted,
            Notice::EventsLost { count, .. } => Caveat::EventsLost { count: *count },
            Notice::FramesLost { count } => Caveat::FramesLost { count: *count },
            Notice::Attached { .. } => Caveat::Attached { who: who() },
            Notice::IoUring { sure } => Caveat::IoUring { who: who(), sure: *sure },
            Notice::ForeignAbi { .. } | Notice::NotFollowed { .. } => {
                Caveat::NotRecorded { who: who() }
            }
            Notice::EndMissing | Notice::Truncated { .. } => Caveat::EndMissing,
            _ => continue,
        };
        if !caveats.contains(&caveat) {
            caveats.push(caveat);
        }
    }
    let counted = counted.into_iter().map(|((who, call), (count, bytes))| Caveat::Counted {
        who,
        call: call.clone(),
        count,
        bytes,
    });
    caveats.extend(counted);
    caveats
}
