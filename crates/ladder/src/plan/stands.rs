//! Beside which packet a call stands: beside the first that it set off, or the one that woke it.

use socklab_event::{Call, Errno};
use socklab_flows::{Cause, Flows, Meaning, NumberMap, Position};

/// The packets in the drawing, in causal order, and the calls that stand beside them.
#[derive(Debug, Default)]
pub(crate) struct Stands {
    /// When each packet was sent, made monotonic: no packet before its cause.
    times: Vec<u64>,
    /// The place of each packet in that order.
    ranks: NumberMap<Position, usize>,
    /// The first packet in the drawing that a call set off.
    first: NumberMap<Position, Position>,
    /// The last packet in the drawing that a call waited for.
    woke: NumberMap<Position, Position>,
    /// The first and the last packet in the drawing with bytes of a message, by transfer.
    carried: NumberMap<usize, Carriers>,
    /// The last packet in the drawing with which an end of a connection ended or cut it.
    ended: NumberMap<(usize, usize), Position>,
    /// The packet that completed the handshake of a connection, if it is in the drawing.
    completed: NumberMap<usize, Position>,
}

/// The packets in the drawing that carry bytes of one message.
#[derive(Clone, Debug)]
pub(crate) struct Carriers {
    /// All of them, in order.
    pub(crate) frames: Vec<Position>,
    /// True if one of them also carries bytes of other messages.
    pub(crate) shared: bool,
    /// True if the message takes several packets, drawn or not.
    pub(crate) bulk: bool,
    /// True if the kernel sent the first of its bytes at once.
    pub(crate) at_once: bool,
}

impl Stands {
    /// Looks at the packets among `shown`, which are in order of time.
    pub(crate) fn of(flows: &Flows<'_>, shown: &[Position]) -> Self {
        let mut stands = Self::default();
        let is_shown = |at: &Position| shown.binary_search(at).is_ok();
        let is_frame = |at: &Position| flows.order[*at].frame().is_some();
        if !shown.iter().any(is_frame) {
            return stands;
        }
        let frames = flows.ties.order().iter().copied();
        for at in frames.filter(|at| is_frame(at) && is_shown(at)) {
            let before = stands.times.last().copied().unwrap_or(0);
            stands.ranks.insert(at, stands.times.len());
            stands.times.push(flows.order[at].at.max(before));
            stands.tie(flows, at);
        }
        stands
    }

    fn tie(&mut self, flows: &Flows<'_>, at: Position) {
        let Some(tie) = flows.ties.of(at) else { return };
        if let Cause::Call(call) = tie.cause {
            self.first.entry(call).or_insert(at);
        }
        // A call that returned at once did not wait for what arrived while it was at work.
        for call in tie.woke.iter().filter(|call| !flows.call(**call).is_some_and(in_progress)) {
            self.woke.insert(*call, at);
        }
        for carried in &tie.carries {
            let at_once = tie.waited.is_none() || tie.cause == Cause::Call(carried.sent);
            let known = self.carried.entry(carried.transfer).or_insert_with(|| Carriers {
                frames: Vec::new(),
                shared: false,
                bulk: is_bulk(flows, carried.transfer),
                at_once,
            });
            known.shared |= tie.carries.len() > 1;
            known.frames.push(at);
        }
        let Some(connection) = tie.connection else { return };
        // Data may come with the first ACK of who asked.
        let answers = tie.side == 0 && tie.acknowledges.is_some();
        if answers && matches!(tie.meaning, Meaning::HandshakeAck | Meaning::Data) {
            self.completed.entry(connection).or_insert(at);
        }
        match tie.meaning {
            Meaning::HandshakeAck => {
                // For whoever asked for it, the connection exists when its answer has come: drawn in
                // one row with the ACK, which its kernel sends at that moment.
                let connected = flows.connections[connection].connected;
                let connect = connected.filter(|call| self.woke.contains_key(call));
                if let Some(connect) = connect.filter(|call| returned(flows, *call)) {
                    self.woke.insert(connect, at);
                }
            }
            Meaning::Rst(_) => _ = self.ended.insert((connection, tie.side), at),
            _ if tie.fin => _ = self.ended.insert((connection, tie.side), at),
            _ => {}
        }
    }

    /// True if there are packets in the drawing.
    pub(crate) fn any(&self) -> bool {
        !self.times.is_empty()
    }

    /// The place of a packet in the causal order.
    pub(crate) fn rank(&self, frame: Position) -> Option<usize> {
        self.ranks.get(&frame).copied()
    }

    /// How many packets had been sent at a time.
    pub(crate) fn sent_until(&self, time: u64) -> usize {
        self.times.partition_point(|sent| *sent <= time)
    }

    /// The first packet in the drawing that a call set off.
    pub(crate) fn set_off_by(&self, call: Position) -> Option<Position> {
        self.first.get(&call).copied()
    }

    /// The packet in the drawing that a call waited for.
    pub(crate) fn woke(&self, call: Position) -> Option<Position> {
        self.woke.get(&call).copied()
    }

    /// The packets in the drawing with bytes of a message.
    pub(crate) fn carriers(&self, transfer: usize) -> Option<&Carriers> {
        self.carried.get(&transfer)
    }

    /// The packet in the drawing with which an end of a connection ended it.
    pub(crate) fn end_of(&self, connection: usize, side: usize) -> Option<Position> {
        self.ended.get(&(connection, side)).copied()
    }

    /// The packet in the drawing that completed the handshake of a connection.
    pub(crate) fn completed(&self, connection: usize) -> Option<Position> {
        self.completed.get(&connection).copied()
    }

    /// True if a call has an entry and a return of their own although it may have been quick: between
    /// the packet that it set off and the one that it waited for lies a way there and back.
    pub(crate) fn splits(&self, call: Position) -> bool {
        let [first, last] = [self.set_off_by(call), self.woke(call)]
            .map(|frame| frame.and_then(|frame| self.rank(frame)));
        matches!((first, last), (Some(first), Some(last)) if first < last)
    }
}

/// True for a `connect` that does not wait for the connection.
fn in_progress(call: &Call) -> bool {
    call.error() == Some(Errno::EINPROGRESS)
}

fn returned(flows: &Flows<'_>, call: Position) -> bool {
    flows.call(call).is_some_and(|call| call.value().is_some())
}

/// True if more than one packet was needed to carry a message once.
fn is_bulk(flows: &Flows<'_>, transfer: usize) -> bool {
    let carriers = flows.ties.carriers(transfer).iter();
    let first = |at: &&Position| flows.ties.of(**at).is_some_and(|tie| tie.again.is_none());
    carriers.filter(first).take(2).count() > 1
}
