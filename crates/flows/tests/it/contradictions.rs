//! Whether the times of a recording contradict its ties: what the calls' clock says is compared with
//! what the frames' clock says, wherever one must come before the other.
//!
//! The example `ties` uses this, too, to check recordings of any size.

use std::collections::BTreeMap;

use socklab_flows::{Cause, ConnectionKind, Flows, Meaning, Position, Tie};

/// What was compared, and how often the first time was later than the second.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// By what was compared: how often, how often it was contradicted, and the least time between.
    pub(crate) times: BTreeMap<&'static str, (u64, u64, u64)>,
    /// What was found besides, in words.
    pub(crate) wrong: Vec<String>,
}

impl Checked {
    /// How many comparisons were made, and how many of them fail.
    pub(crate) fn sum(&self) -> (u64, u64) {
        let sum = self.times.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        (sum.0, sum.1 + self.wrong.len() as u64)
    }

    fn compare(&mut self, what: &'static str, first: u64, then: u64) {
        let one = self.times.entry(what).or_insert((0, 0, u64::MAX));
        one.0 += 1;
        if first > then {
            one.1 += 1;
            if self.wrong.len() < 20 {
                self.wrong.push(format!("{what}: {first} > {then}"));
            }
        } else {
            one.2 = one.2.min(then - first);
        }
    }
}

/// Compares everything.
pub(crate) fn check(flows: &Flows<'_>) -> Checked {
    let mut checked = Checked::default();
    for (at, tie) in flows.ties.all() {
        frame(flows, at, tie, &mut checked);
    }
    carried_once(flows, &mut checked);
    ordered(flows, &mut checked);
    checked
}

fn frame(flows: &Flows<'_>, at: Position, tie: &Tie, checked: &mut Checked) {
    let sent = flows.order[at].at;
    let call = |at: Position| flows.call(at).expect("a call");
    match tie.cause {
        Cause::Call(by) => {
            checked.compare("its call began ≤ the frame", call(by).began, sent);
            let open = call(by).outcome == socklab_event::Outcome::Unfinished;
            if !call(by).implicit && !open {
                checked.compare("the frame ≤ its call ended", sent, call(by).ended);
            }
        }
        Cause::Frame(by) => {
            let arrived = flows.ties.of(by).and_then(|tie| tie.arrived);
            if let Some(arrived) = arrived {
                checked.compare("what it answers arrived ≤ the frame", arrived, sent);
            }
        }
        _ => {}
    }
    for carried in &tie.carries {
        checked.compare("the send began ≤ its bytes", call(carried.sent).began, sent);
    }
    let Some(arrived) = tie.arrived else { return };
    for by in &tie.woke {
        checked.compare("the frame arrived ≤ the call it woke ended", arrived, call(*by).ended);
    }
    // Nobody has read what had not arrived, whoever waited.
    for carried in tie.carries.iter().filter(|_| tie.again.is_none()) {
        let transfer = &flows.transfers[carried.transfer];
        // Of equal datagrams, and of pieces of one, another may be meant.
        if transfer.parts.iter().any(|part| part.inferred) || tie.meaning == Meaning::Fragment {
            continue;
        }
        for part in &transfer.parts {
            let meet = part.bytes.start < carried.bytes.end && carried.bytes.start < part.bytes.end;
            if meet {
                checked.compare(
                    "bytes arrived ≤ their recv ended",
                    arrived,
                    call(part.received).ended,
                );
            }
        }
    }
    let connection = tie.connection.map(|one| &flows.connections[one]);
    if let Some(connection) = connection.filter(|_| tie.again.is_none()) {
        let (connected, accepted) = (connection.connected, connection.accepted);
        match tie.meaning {
            Meaning::SynAck => {
                let waited = connected.filter(|at| call(*at).value().is_some());
                if let Some(by) = waited {
                    checked.compare("SYN,ACK arrived ≤ connect ended", arrived, call(by).ended);
                }
            }
            Meaning::HandshakeAck => {
                if let Some(by) = accepted {
                    checked.compare("ACK arrived ≤ accept ended", arrived, call(by).ended);
                }
            }
            _ => {}
        }
    }
}

/// Each byte of a message is carried once, without what was sent again, if frames of its direction
/// were recorded from the first SYN to the end.
fn carried_once(flows: &Flows<'_>, checked: &mut Checked) {
    for (index, transfer) in flows.transfers.iter().enumerate() {
        let stream = transfer.connection.map(|one| &flows.connections[one]);
        if !stream.is_some_and(|one| one.kind == ConnectionKind::Stream) {
            continue;
        }
        let mut reached = 0;
        for at in flows.ties.carriers(index) {
            let tie = flows.ties.of(*at).expect("a frame");
            let carried = tie.carries.iter().filter(|one| one.transfer == index);
            for carried in carried.filter(|_| tie.again.is_none()) {
                if carried.bytes.start > reached || carried.bytes.is_empty() {
                    checked.wrong.push(format!(
                        "{:?} of #{} behind {reached}",
                        carried.bytes, transfer.sent
                    ));
                }
                reached = reached.max(carried.bytes.end);
            }
        }
    }
}

/// All events are in the causal order once, each cause before its effects.
fn ordered(flows: &Flows<'_>, checked: &mut Checked) {
    let order = flows.ties.order();
    let mut place = vec![usize::MAX; flows.order.len()];
    for (index, at) in order.iter().enumerate() {
        place[*at] = index;
    }
    if order.len() != place.len() || place.contains(&usize::MAX) {
        checked.wrong.push("the causal order leaves events out".to_owned());
        return;
    }
    let mut late = 0u64;
    for (at, tie) in flows.ties.all() {
        if let Cause::Call(by) | Cause::Frame(by) = tie.cause {
            late += u64::from(place[by] > place[at]);
        }
    }
    checked.times.insert("a cause stands before its effect", (place.len() as u64, late, 0));
}
