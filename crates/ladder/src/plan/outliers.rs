//! Which repetitions differ from their fellows: those stay visible beside their fold.
//!
//! Repetitions already agree in their calls and in success or failure. Here they are compared in
//! what they carry and how long they take, each call with the calls in the same place of the other
//! repetitions:
//!
//! - size and content: a rare value is an outlier if another value dominates. Digits are ignored,
//!   so that `req 0001` and `req 12` are alike.
//! - sizes of which none dominates: one that is many times larger or smaller than the median.
//! - duration: one that is far above the median, measured by the median absolute deviation, and
//!   long enough to be more than the noise of a busy machine.

use std::collections::BTreeMap;
use std::hash::Hash;

use socklab_event::{Args, Call};
use socklab_flows::{Flows, Position};
use socklab_flows::{NumberMap, NumberSet};

/// How many outliers of a fold are drawn, and of all folds together. Every fold may draw the least.
const MOST: usize = 8;
const ALL: usize = 48;
const LEAST: usize = 2;
/// How many of these are reserved for slow ones, if there are as many.
const SLOW: usize = 3;
/// A value is rare if at most this many, or one in 50, have it.
const RARE: usize = 2;
/// So many symbols are the beginning of a message, and so many its shape. Longer messages are told
/// apart by their size.
const BEGINNING: usize = 16;
const SHAPE: usize = 256;
/// So many messages of each direction of a connection are compared by content.
const MESSAGES: u8 = 3;

/// How the calls of one repetition correspond to those of another.
pub(crate) enum Aligned<'a> {
    /// By their place: the first to the first.
    ByStep,
    /// By side and direction; the function tells the side. The numbers of calls may differ.
    BySide(&'a dyn Fn(Position) -> usize),
}

/// The repetitions that differ from their fellows, as indices.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outliers {
    /// Those to draw, in order.
    pub(crate) shown: Vec<usize>,
    /// The others, which are only counted.
    pub(crate) counted: NumberSet<usize>,
}

/// The room for outliers in a drawing.
#[derive(Debug)]
pub(crate) struct Stage {
    /// A shorter duration, in nanoseconds, is no outlier.
    floor: u64,
    /// How many more are drawn.
    left: usize,
}

impl Stage {
    /// The room in a drawing in which a call of `wait_from` nanoseconds counts as waiting. A busy
    /// machine can delay a call by several times as much.
    pub(crate) fn new(wait_from: u64) -> Self {
        Self { floor: wait_from.saturating_mul(4), left: ALL }
    }
}

/// Calls in the same place of different repetitions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Slot {
    Step(usize),
    /// The messages of a side: whether it sent them, and which. 0 is the connect.
    Message(usize, bool, u8),
}

impl Outliers {
    /// Compares repetitions.
    pub(crate) fn of(
        flows: &Flows<'_>,
        members: &[&[Position]],
        aligned: &Aligned<'_>,
        stage: &mut Stage,
    ) -> Self {
        let floor = stage.floor;
        let mut finds = Finds::default();
        let took = match aligned {
            Aligned::ByStep => round,
            Aligned::BySide(_) => span,
        };
        let spans: Vec<u64> = members.iter().map(|calls| took(flows, calls)).collect();
        finds.slow(&number(&spans), floor);
        for (slot, calls) in slots(flows, members, aligned) {
            let took: Vec<(usize, u64)> = calls
                .iter()
                .filter(|(_, call)| !idles(call))
                .map(|(m, call)| (*m, call.took()))
                .collect();
            finds.slow(&took, floor);
            let alone = matches!(slot, Slot::Step(_)) && members.iter().all(|one| one.len() == 1);
            let carries: Vec<(usize, Carried)> = calls
                .iter()
                .filter(|(_, call)| !(alone && is_piecemeal(call)))
                .filter_map(|(member, call)| Some((*member, Carried::of(call)?)))
                .collect();
            finds.odd(&carries, |carried| carried.beginning);
            finds.odd(&carries, |carried| carried.shape);
            if matches!(slot, Slot::Step(_)) {
                let sizes: Vec<_> = carries.iter().map(|(m, carried)| (*m, carried.size)).collect();
                finds.sizes(&sizes);
            }
        }
        if let Aligned::BySide(side) = aligned {
            for sizes in totals(flows, members, *side).values() {
                finds.sizes(sizes);
            }
        }
        let outliers = finds.choose(MOST.min(stage.left.max(LEAST)));
        stage.left = stage.left.saturating_sub(outliers.shown.len());
        outliers
    }
}

/// How long a repetition takes: a single call from entry to return, several from the first to the
/// return of the last.
pub(crate) fn span(flows: &Flows<'_>, calls: &[Position]) -> u64 {
    if let [only] = calls {
        return flows.call(*only).map_or(0, Call::took);
    }
    let began = calls.first().map_or(0, |first| flows.order[*first].at);
    let ended = calls.iter().filter_map(|at| flows.call(*at)).map(|call| call.ended).max();
    ended.unwrap_or(began).saturating_sub(began)
}

/// How long a round of calls takes that is repeated at once: what its first call waited for belongs
/// to it, wherever in the exchange the rounds are taken to begin.
pub(crate) fn round(flows: &Flows<'_>, calls: &[Position]) -> u64 {
    let first = calls.first().and_then(|first| flows.call(*first));
    let ended = calls.iter().filter_map(|at| flows.call(*at)).map(|call| call.ended).max();
    first.zip(ended).map_or(0, |(first, ended)| ended.saturating_sub(first.began))
}

/// How many bytes a repetition moves: what was sent, or else what was received.
pub(crate) fn size(flows: &Flows<'_>, calls: &[Position]) -> u64 {
    let sum = |moved: fn(&Call) -> Option<u64>| {
        let moved = calls.iter().filter_map(|at| moved(flows.call(*at)?));
        moved.fold(0, u64::saturating_add)
    };
    match sum(Call::sent) {
        0 => sum(Call::received),
        sent => sent,
    }
}

fn number(values: &[u64]) -> Vec<(usize, u64)> {
    values.iter().copied().enumerate().collect()
}

fn slots<'t>(
    flows: &Flows<'t>,
    members: &[&[Position]],
    aligned: &Aligned<'_>,
) -> BTreeMap<Slot, Vec<(usize, &'t Call)>> {
    let mut slots: BTreeMap<Slot, Vec<(usize, &'t Call)>> = BTreeMap::new();
    for (member, calls) in members.iter().enumerate() {
        let mut messages: NumberMap<(usize, bool), u8> = NumberMap::default();
        for (step, at) in calls.iter().enumerate() {
            let Some(call) = flows.call(*at) else { continue };
            let slot = match aligned {
                Aligned::ByStep => Slot::Step(step),
                Aligned::BySide(side) if matches!(call.args, Args::Connect { .. }) => {
                    Slot::Message(side(*at), true, 0)
                }
                Aligned::BySide(side) => {
                    let (side, sends) = (side(*at), call.sends());
                    let number = messages.entry((side, sends)).or_default();
                    *number = if call.moves_data() { number.saturating_add(1) } else { *number };
                    if *number > MESSAGES || !call.moves_data() {
                        continue;
                    }
                    Slot::Message(side, sends, *number)
                }
            };
            slots.entry(slot).or_default().push((member, call));
        }
    }
    slots
}

/// The bytes that each side of each repetition sent and received.
fn totals(
    flows: &Flows<'_>,
    members: &[&[Position]],
    side: &dyn Fn(Position) -> usize,
) -> BTreeMap<(usize, bool), Vec<(usize, u64)>> {
    let mut totals: BTreeMap<(usize, bool), Vec<(usize, u64)>> = BTreeMap::new();
    for (member, calls) in members.iter().enumerate() {
        for at in *calls {
            let Some(call) = flows.call(*at).filter(|call| call.moves_data()) else { continue };
            let Some(carried) = Carried::of(call) else { continue };
            let sums = totals.entry((side(*at), call.sends())).or_default();
            match sums.last_mut().filter(|(last, _)| *last == member) {
                Some((_, sum)) => *sum = sum.saturating_add(carried.size),
                None => sums.push((member, carried.size)),
            }
        }
    }
    totals
}

/// True for a call that waits for a peer to begin, which says nothing of the conversation.
fn idles(call: &Call) -> bool {
    matches!(call.args, Args::Accept { .. } | Args::Poll { .. } | Args::EpollWait { .. })
}

/// True for a receive on a stream, which gets as many bytes as happen to be there: only beside the
/// request or answer that belongs to it do its size and its content mean anything.
fn is_piecemeal(call: &Call) -> bool {
    let stream =
        call.socket.as_ref().is_some_and(|one| one.kind == socklab_event::SocketType::STREAM);
    stream && call.receives()
}

/// What a call carried, without the digits.
struct Carried {
    size: u64,
    beginning: u64,
    shape: u64,
}

impl Carried {
    fn of(call: &Call) -> Option<Self> {
        let (total, sample) = match &call.args {
            Args::Send { bytes, .. } | Args::Recv { bytes, .. } if call.moves_data() => {
                (call.sent().or(call.received())?, bytes.moved())
            }
            Args::SendMany { messages, .. } | Args::RecvMany { messages, .. } => {
                (call.sent().or(call.received())?, messages.first()?.bytes.moved())
            }
            Args::SendFile { .. } => (call.sent()?, &[][..]),
            _ => return None,
        };
        let digits = sample.iter().filter(|byte| byte.is_ascii_digit()).count() as u64;
        Some(Self {
            size: total.saturating_sub(digits),
            beginning: shape(sample, BEGINNING),
            shape: shape(sample, SHAPE),
        })
    }
}

/// A hash (FNV-1a) of the first symbols; a run of digits is one symbol.
fn shape(bytes: &[u8], symbols: usize) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let (mut after_digit, mut taken) = (false, 0);
    for byte in bytes {
        let digit = byte.is_ascii_digit();
        if !(digit && after_digit) {
            if taken == symbols {
                break;
            }
            taken += 1;
            hash ^= u64::from(if digit { b'0' } else { *byte });
            hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
        }
        after_digit = digit;
    }
    hash
}

/// What was found, before it is decided which outliers are drawn.
#[derive(Default)]
struct Finds {
    /// How long the slow ones took.
    slow: NumberMap<usize, u64>,
    /// For the odd ones: how many with the same value come before, and how many have it.
    odd: NumberMap<usize, (usize, usize)>,
}

impl Finds {
    fn slow(&mut self, took: &[(usize, u64)], floor: u64) {
        let Some(middle) = Middle::of(took.iter().map(|(_, took)| *took).collect()) else { return };
        let limit = middle.median.saturating_mul(8).max(middle.beyond(12)).max(floor);
        for (member, took) in took.iter().filter(|(_, took)| *took > limit) {
            let known = self.slow.entry(*member).or_default();
            *known = (*known).max(*took);
        }
    }

    /// Notes the rare values if another dominates; false if none does.
    fn odd<T, V: Eq + Hash>(&mut self, values: &[(usize, T)], of: impl Fn(&T) -> V) -> bool {
        let mut counts: NumberMap<V, (usize, usize)> = NumberMap::default();
        for (_, value) in values {
            counts.entry(of(value)).or_default().0 += 1;
        }
        let most = counts.values().map(|count| count.0).max().unwrap_or(0);
        if most * 4 < values.len() * 3 {
            return false;
        }
        let rare = (values.len() / 50).max(RARE);
        if counts.len() > 1 {
            for (member, value) in values {
                let Some((count, before)) = counts.get_mut(&of(value)) else { continue };
                if *count <= rare && *count < most {
                    let found = (*before, *count);
                    let known = self.odd.entry(*member).or_insert(found);
                    *known = (*known).min(found);
                    *before += 1;
                }
            }
        }
        true
    }

    fn sizes(&mut self, sizes: &[(usize, u64)]) {
        if self.odd(sizes, |size| *size) {
            return;
        }
        // In thousandths of a power of two.
        let log = |size: u64| ((size.saturating_add(1) as f64).log2() * 1_000.0) as u64;
        let logs: Vec<(usize, u64)> = sizes.iter().map(|(m, size)| (*m, log(*size))).collect();
        let Some(middle) = Middle::of(logs.iter().map(|(_, log)| *log).collect()) else { return };
        let limit = middle.deviation.saturating_mul(6).max(3_000);
        for (member, log) in logs.iter().filter(|(_, log)| log.abs_diff(middle.median) > limit) {
            let found = (0, 1_000_000 / (log.abs_diff(middle.median) as usize).max(1));
            self.odd.entry(*member).or_insert(found);
        }
    }

    fn choose(self, budget: usize) -> Outliers {
        let mut slow: Vec<(usize, u64)> = self.slow.into_iter().collect();
        slow.sort_unstable_by_key(|(member, took)| (std::cmp::Reverse(*took), *member));
        let mut odd: Vec<(usize, (usize, usize))> = self.odd.into_iter().collect();
        odd.sort_unstable_by_key(|(member, found)| (*found, *member));
        let reserved = slow.len().min(SLOW).min(budget);
        let mut shown: Vec<usize> = slow.iter().take(reserved).map(|(member, _)| *member).collect();
        let rest = odd.iter().map(|(member, _)| *member);
        for member in rest.chain(slow.iter().skip(reserved).map(|(member, _)| *member)) {
            if shown.len() < budget && !shown.contains(&member) {
                shown.push(member);
            }
        }
        shown.sort_unstable();
        let all = odd.iter().map(|(member, _)| *member).chain(slow.iter().map(|(m, _)| *m));
        let counted = all.filter(|member| shown.binary_search(member).is_err()).collect();
        Outliers { shown, counted }
    }
}

/// The median, and the median distance from it.
struct Middle {
    median: u64,
    deviation: u64,
}

impl Middle {
    /// `None` if there are too few values to tell which one is unusual.
    fn of(mut values: Vec<u64>) -> Option<Self> {
        if values.len() < 4 {
            return None;
        }
        let middle = median(&mut values)?;
        values.iter_mut().for_each(|value| *value = value.abs_diff(middle));
        Some(Self { median: middle, deviation: median(&mut values)? })
    }

    fn beyond(&self, deviations: u64) -> u64 {
        self.median.saturating_add(self.deviation.saturating_mul(deviations))
    }
}

/// The upper median.
pub(crate) fn median(values: &mut [u64]) -> Option<u64> {
    let middle = values.len() / 2;
    (!values.is_empty()).then(|| *values.select_nth_unstable(middle).1)
}
