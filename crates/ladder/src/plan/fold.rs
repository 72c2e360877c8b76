//! Folds: repetitions are drawn once, and the rest is counted.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use socklab_event::{Args, Call, Outcome};
use socklab_flows::{Flows, Position};

use super::repeat::{Repeat, repeats};
use super::served::Served;
use crate::options::Options;

/// At least this many connections must be alike to be folded.
const ALIKE: usize = 5;
/// How many different courses of a connection are drawn; the remaining ones are only counted.
const WAYS: usize = 6;
/// How many rows a fold within a conversation must save. The handful of messages that a student
/// sends by hand stay.
const SAVES: usize = 16;

/// Events that are drawn as one row.
#[derive(Debug)]
pub(crate) struct Fold {
    /// The folded events, in order; never empty.
    pub(crate) members: Vec<Position>,
    /// What they have in common.
    pub(crate) kind: FoldKind,
    /// Who served the folded connections.
    pub(crate) served: Served,
}

/// What the events of a fold have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FoldKind {
    /// This many connections went like the one drawn.
    Connections(usize),
    /// This many sockets that never connected went like the one drawn.
    Sockets(usize),
    /// This many connections took one of this many courses, none of which is drawn.
    Ways(usize, usize),
    /// This many repetitions of what was just drawn of this conversation.
    Again(usize),
    /// A call that was repeated this many times without success, or with nothing to do; the first
    /// is drawn and says so.
    Loop(Position, usize),
}

/// What a call belongs to, as far as folding is concerned.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Conversation {
    Connection(usize),
    Socket(usize),
}

/// Finds the folds and removes their members from `shown`.
pub(crate) fn fold(flows: &Flows<'_>, shown: &mut Vec<Position>, options: &Options) -> Vec<Fold> {
    if !options.fold {
        return Vec::new();
    }
    let kept = |at: &Position| options.keep.contains(&flows.order[*at].seq);
    let mut folds = loops(flows, shown, &kept);
    folds.extend(sweeps(flows, shown, &kept));
    drop_members(shown, &folds);
    let mut alike = conversations(flows, shown, &kept);
    drop_members(shown, &alike);
    folds.append(&mut alike);
    let mut again = repetitions(flows, shown, &kept);
    drop_members(shown, &again);
    folds.append(&mut again);
    folds
}

fn drop_members(shown: &mut Vec<Position>, folds: &[Fold]) {
    let gone: HashSet<Position> = folds.iter().flat_map(|fold| &fold.members).copied().collect();
    shown.retain(|at| !gone.contains(at));
}

/// Runs of unsuccessful calls of one thread: `recv` = EAGAIN ten thousand times.
fn loops(flows: &Flows<'_>, shown: &[Position], kept: &dyn Fn(&Position) -> bool) -> Vec<Fold> {
    let mut by_unit: BTreeMap<(u32, u32), Vec<Position>> = BTreeMap::new();
    for at in shown.iter().filter(|at| flows.call(**at).is_some()) {
        let place = &flows.order[*at].place;
        by_unit.entry((place.process, place.thread)).or_default().push(*at);
    }
    let mut folds = Vec::new();
    for calls in by_unit.values() {
        let unsuccessful = |at: &Position| flows.call(*at).is_some_and(got_nothing) && !kept(at);
        for run in
            calls.chunk_by(|a, b| unsuccessful(a) && unsuccessful(b)).filter(|run| run.len() > 1)
        {
            let tokens: Vec<String> = run.iter().map(|at| token(flows, *at, None)).collect();
            for Repeat { start, period, count } in repeats(&tokens, 3) {
                for step in 0..period {
                    let of_step = |round: usize| run[start + round * period + step];
                    let members = (1..count).map(of_step).collect();
                    folds.push(Fold {
                        members,
                        kind: FoldKind::Loop(of_step(0), count),
                        served: Served::BySame,
                    });
                }
            }
        }
    }
    folds
}

/// The closes that found nothing, when a program closes every number.
fn sweeps(flows: &Flows<'_>, shown: &[Position], kept: &dyn Fn(&Position) -> bool) -> Vec<Fold> {
    let drawn: HashSet<&Position> = shown.iter().collect();
    let one = |sweep: &Vec<Position>| {
        let sweep: Vec<Position> =
            sweep.iter().filter(|at| drawn.contains(at) && !kept(at)).copied().collect();
        let (first, members) = sweep.split_first().filter(|(_, members)| !members.is_empty())?;
        let kind = FoldKind::Loop(*first, sweep.len());
        Some(Fold { members: members.to_vec(), kind, served: Served::BySame })
    };
    flows.sweeps.iter().filter_map(one).collect()
}

fn got_nothing(call: &Call) -> bool {
    match (&call.args, call.outcome) {
        (_, Outcome::Error(errno)) => errno.is_not_now(),
        (Args::Poll { .. } | Args::EpollWait { .. }, Outcome::Value(0)) => true,
        _ => false,
    }
}

/// Connections, and sockets that never connected, that took the same course.
fn conversations(
    flows: &Flows<'_>,
    shown: &[Position],
    kept: &dyn Fn(&Position) -> bool,
) -> Vec<Fold> {
    let calls_of = by_conversation(flows, shown);
    let mut alike: HashMap<(bool, Vec<String>), Vec<Conversation>> = HashMap::new();
    let mut order: Vec<(bool, Vec<String>)> = Vec::new();
    for (conversation, calls) in &calls_of {
        if calls.iter().any(kept) {
            continue;
        }
        let connected = matches!(conversation, Conversation::Connection(_));
        let key = (connected, shape(flows, *conversation, calls));
        let same = alike.entry(key.clone()).or_default();
        if same.is_empty() {
            order.push(key);
        }
        same.push(*conversation);
    }
    let mut folds = Vec::new();
    let members = |folded: &[Conversation]| {
        let mut members: Vec<Position> =
            folded.iter().flat_map(|conversation| &calls_of[conversation]).copied().collect();
        members.sort_unstable();
        members
    };
    order.sort_by_key(|key| std::cmp::Reverse(alike[key].len()));
    let (connected, lone): (Vec<_>, Vec<_>) = order.into_iter().partition(|key| key.0);
    let folds_at_all = connected.iter().map(|key| alike[key].len()).sum::<usize>() > ALIKE * 2;
    for (place, key) in connected.iter().enumerate() {
        let same = &alike[key];
        if folds_at_all && place >= WAYS {
            let rest: Vec<Conversation> =
                connected[place..].iter().flat_map(|key| &alike[key]).copied().collect();
            let kind = FoldKind::Ways(rest.len(), connected.len() - place);
            let served = Served::of(flows, &members(&rest), None);
            folds.push(Fold { members: members(&rest), kind, served });
            break;
        }
        if same.len() >= ALIKE {
            let kind = FoldKind::Connections(same.len() - 1);
            let rest = members(&same[1..]);
            let served = Served::of(flows, &rest, Some(&calls_of[&same[0]]));
            folds.push(Fold { members: rest, kind, served });
        }
    }
    for same in lone.iter().map(|key| &alike[key]).filter(|same| same.len() >= ALIKE) {
        let kind = FoldKind::Sockets(same.len() - 1);
        folds.push(Fold { members: members(&same[1..]), kind, served: Served::BySame });
    }
    folds
}

fn by_conversation(flows: &Flows<'_>, shown: &[Position]) -> BTreeMap<Conversation, Vec<Position>> {
    // All calls of a datagram socket that talked to one peer only belong to that conversation.
    let mut partners: HashMap<usize, BTreeSet<usize>> = HashMap::new();
    for (at, ..) in flows.calls() {
        if let (Some(socket), Some(connection)) = (flows.socket_at(at), flows.connection_at(at)) {
            partners.entry(socket).or_default().insert(connection);
        }
    }
    let mut calls: BTreeMap<Conversation, Vec<Position>> = BTreeMap::new();
    for &at in shown {
        let Some(socket) = flows.socket_at(at) else { continue };
        let only = partners.get(&socket).filter(|known| known.len() == 1);
        let only = only.and_then(|known| known.first().copied());
        let conversation = match flows.connection_at(at).or(only) {
            Some(connection) => Conversation::Connection(connection),
            None => Conversation::Socket(socket),
        };
        calls.entry(conversation).or_default().push(at);
    }
    calls
}

/// The course of a conversation: the calls and outcomes of each side, with runs reduced to one, so
/// that neither the interleaving of the sides nor the number of equal calls matters.
fn shape(flows: &Flows<'_>, conversation: Conversation, calls: &[Position]) -> Vec<String> {
    let mut sides: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for &at in calls {
        let side = match conversation {
            Conversation::Connection(one) => {
                let first = flows.connections[one].ends[0].socket;
                usize::from(first != flows.socket_at(at))
            }
            Conversation::Socket(_) => 0,
        };
        sides.entry(side).or_default().push(token(flows, at, Some(side)));
    }
    for side in sides.values_mut() {
        side.dedup();
        let found = repeats(side, 2);
        for Repeat { start, period, count } in found.into_iter().rev() {
            side.drain(start + period..start + period * count);
        }
    }
    sides.into_values().flatten().collect()
}

/// Repetitions within a conversation: first of the whole exchange, then of each side.
fn repetitions(
    flows: &Flows<'_>,
    shown: &[Position],
    kept: &dyn Fn(&Position) -> bool,
) -> Vec<Fold> {
    let mut folds = Vec::new();
    for (_, calls) in by_conversation(flows, shown) {
        for piece in calls.split(kept) {
            let mut rest = piece.to_vec();
            folds.extend(fold_repeats(flows, &mut rest));
            let mut sides: BTreeMap<Option<usize>, Vec<Position>> = BTreeMap::new();
            for at in rest {
                sides.entry(flows.socket_at(at)).or_default().push(at);
            }
            for side in sides.values_mut() {
                folds.extend(fold_repeats(flows, side));
            }
        }
    }
    folds
}

/// Folds the repetitions in `calls` except the first, if that saves enough rows.
fn fold_repeats(flows: &Flows<'_>, calls: &mut Vec<Position>) -> Vec<Fold> {
    let tokens: Vec<String> =
        calls.iter().map(|at| token(flows, *at, flows.socket_at(*at))).collect();
    let mut folds = Vec::new();
    for Repeat { start, period, count } in repeats(&tokens, 4).into_iter().rev() {
        // Of a single repeated call the first three stay, as their data may differ.
        let keep = if period == 1 { 3 } else { 1 };
        if count <= keep || period * (count - keep) < SAVES {
            continue;
        }
        let members: Vec<Position> =
            calls.drain(start + period * keep..start + period * count).collect();
        folds.push(Fold { members, kind: FoldKind::Again(count - keep), served: Served::BySame });
    }
    folds
}

/// What makes two calls alike: the call and the kind of outcome, but neither data nor duration.
fn token(flows: &Flows<'_>, at: Position, side: Option<usize>) -> String {
    let Some(call) = flows.call(at) else { return format!("{side:?} event") };
    let outcome = match call.outcome {
        Outcome::Error(errno) => errno.to_string(),
        Outcome::Unfinished => "unfinished".to_owned(),
        Outcome::Value(0) => "0".to_owned(),
        Outcome::Value(_) => "ok".to_owned(),
    };
    let implicit = if call.implicit { "!" } else { "" };
    format!("{side:?} {}{implicit} {outcome}", call.name)
}
