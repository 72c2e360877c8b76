//! By how much the clock of another machine has to be corrected.

use std::collections::HashSet;

use crate::{Flows, Position};

/// What is to be added to the times of these processes, in nanoseconds, so that nothing arrives before it
/// was sent. 0 if nothing contradicts, or if no correction can be right.
///
/// As in NTP (RFC 5905 §8), messages both ways bound the difference from both sides, and its middle is
/// taken: each way is taken to last as long as the other.
pub(super) fn correction(flows: &Flows<'_>, of: &HashSet<u32>) -> i64 {
    let (mut least, mut most) = (i64::MIN, i64::MAX);
    let mut bound = |cause: Position, effect: Position| {
        let is_of = |at: Position| of.contains(&flows.order[at].place.process);
        let (Some(sent), Some(got)) = (flows.order[cause].call(), flows.order[effect].call())
        else {
            return;
        };
        let late = signed(sent.began).saturating_sub(signed(got.ended));
        match (is_of(cause), is_of(effect)) {
            // It must not arrive before it was sent: it has to be moved by at least this.
            (false, true) => least = least.max(late),
            (true, false) => most = most.min(late.saturating_neg()),
            _ => {}
        }
    };
    for transfer in &flows.transfers {
        transfer.parts.iter().for_each(|part| bound(transfer.sent, part.received));
    }
    for connection in &flows.connections {
        if let (Some(connected), Some(accepted)) = (connection.connected, connection.accepted) {
            bound(connected, accepted);
        }
    }
    match (least, most) {
        _ if least > most => 0,
        _ if least <= 0 && 0 <= most => 0,
        (i64::MIN, _) => most,
        (_, i64::MAX) => least,
        _ => least + (most - least) / 2,
    }
}

fn signed(nanoseconds: u64) -> i64 {
    i64::try_from(nanoseconds).unwrap_or(i64::MAX)
}
