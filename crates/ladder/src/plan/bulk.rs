//! Which packets are only counted: those of folded calls, and the many alike of a long transfer.

use socklab_event::{Fate, Frame};
use socklab_flows::{
    Cause, Flows, Meaning, NumberMap, NumberSet, Position, ResetReason, Tie, WindowChange,
};

use super::folds::{Fold, FoldKind, Spread};
use super::served::Served;

/// So many packets of one kind are drawn in a conversation before the others are more of the same;
/// and so many of a kind that is unusual, such as those that were lost.
const ALIKE: usize = 3;
const UNUSUAL: usize = 8;
/// A fold of packets stands for at least this many.
const SAVES: usize = 3;

/// Adds the packets of folded calls to the folds, and folds those of long transfers.
pub(crate) fn packets(
    flows: &Flows<'_>,
    shown: &mut Vec<Position>,
    folds: &mut Vec<Fold>,
    kept: &dyn Fn(&Position) -> bool,
) {
    if flows.ties.conversations.is_empty() {
        return;
    }
    let gone = attach(flows, shown, folds, kept);
    shown.retain(|at| !gone.contains(at));
    let mut runs = runs(flows, shown, kept);
    let gone: NumberSet<Position> = runs.iter().flat_map(|fold| &fold.packets).copied().collect();
    shown.retain(|at| !gone.contains(at));
    folds.append(&mut runs);
}

/// The fold of each connection all of whose calls are in that fold.
fn wholly_folded(
    flows: &Flows<'_>,
    shown: &[Position],
    fold_of: &NumberMap<Position, usize>,
) -> NumberMap<usize, Option<usize>> {
    let mut whole: NumberMap<usize, Option<usize>> = NumberMap::default();
    for (&at, &fold) in fold_of {
        let Some(connection) = flows.connection_at(at) else { continue };
        let known = whole.entry(connection).or_insert(Some(fold));
        *known = known.filter(|known| *known == fold);
    }
    let drawn = shown.iter().filter(|at| flows.call(**at).is_some());
    whole.extend(drawn.filter_map(|at| Some((flows.connection_at(*at)?, None))));
    whole
}

/// Gives each fold the packets that have to do with its calls only.
fn attach(
    flows: &Flows<'_>,
    shown: &[Position],
    folds: &mut [Fold],
    kept: &dyn Fn(&Position) -> bool,
) -> NumberSet<Position> {
    let mut fold_of: NumberMap<Position, usize> = NumberMap::default();
    for (index, fold) in folds.iter().enumerate() {
        fold_of.extend(fold.members.iter().map(|at| (*at, index)));
    }
    let mut gone = NumberSet::default();
    if fold_of.is_empty() {
        return gone;
    }
    let whole = wholly_folded(flows, shown, &fold_of);
    for &at in shown {
        let Some((frame, tie)) = packet(flows, at) else { continue };
        let connection = || {
            let conversation = flows.ties.conversations.get(tie.conversation?)?;
            whole.get(&conversation.connection?).copied()?
        };
        let of_connection = connection();
        // How a connection was cut off that was folded as a whole, those that are drawn show.
        let cut = matches!(&tie.meaning, Meaning::Rst(reason)
            if !matches!(reason, ResetReason::Unknown | ResetReason::Rule(_)));
        if kept(&at) || !(is_plain(frame, tie) || cut && of_connection.is_some()) {
            continue;
        }
        let carried = tie.carries.iter().map(|carried| carried.sent);
        let calls = carried.chain(tie.cause.call()).chain(tie.woke.iter().copied());
        let of_calls = calls.map(|call| fold_of.get(&call).copied()).reduce(|a, b| a.and(b));
        let of_cause = || tie.cause.frame().and_then(|cause| fold_of.get(&cause).copied());
        // What a peer sent that was not recorded has neither call nor cause here. And a packet of a
        // connection that is folded as a whole may also have to do with calls on other sockets: it
        // woke who waited for any of many, or the closing of a listening socket sent it.
        let of_packet = || of_calls.unwrap_or_else(of_cause);
        if let Some(fold) = of_connection.or_else(of_packet) {
            fold_of.insert(at, fold);
            folds[fold].packets.push(at);
            gone.insert(at);
        }
    }
    gone
}

/// Folds packets of which enough like them have been drawn in their conversation. What else is drawn
/// of the conversation interrupts a fold.
fn runs(flows: &Flows<'_>, shown: &[Position], kept: &dyn Fn(&Position) -> bool) -> Vec<Fold> {
    let conversations = flows.ties.conversations.iter().enumerate();
    let by_connection = conversations.filter_map(|(index, one)| Some((one.connection?, index)));
    let conversation_of: NumberMap<usize, usize> = by_connection.collect();
    let mut runs: NumberMap<usize, Run> = NumberMap::default();
    let mut folds = Vec::new();
    for &at in shown {
        let Some((frame, tie)) = packet(flows, at) else {
            let conversation = flows.connection_at(at).and_then(|one| conversation_of.get(&one));
            if let Some(run) = conversation.and_then(|one| runs.get_mut(one)) {
                run.end(&mut folds);
            }
            continue;
        };
        let Some(conversation) = tie.conversation else { continue };
        let run = runs.entry(conversation).or_default();
        let most = if is_plain(frame, tie) { ALIKE } else { UNUSUAL };
        let seen = run.seen.entry(Kind::of(frame, tie)).or_default();
        if *seen >= most && !kept(&at) {
            run.packets.push(at);
        } else {
            *seen += 1;
            run.end(&mut folds);
        }
    }
    let mut open: Vec<(usize, Run)> = runs.into_iter().collect();
    open.sort_unstable_by_key(|(conversation, _)| *conversation);
    for (_, mut run) in open {
        run.end(&mut folds);
    }
    folds
}

/// Packets of a conversation, one after the other, that are more of the same.
#[derive(Default)]
struct Run {
    packets: Vec<Position>,
    /// How many of each kind are drawn.
    seen: NumberMap<Kind, usize>,
}

impl Run {
    fn end(&mut self, folds: &mut Vec<Fold>) {
        let packets = std::mem::take(&mut self.packets);
        if packets.len() >= SAVES {
            let kind = FoldKind::Packets(packets.len());
            let (served, spread) = (Served::BySame, Spread::default());
            folds.push(Fold { members: Vec::new(), packets, kind, served, spread });
        }
    }
}

/// What makes two packets of a conversation alike.
#[derive(PartialEq, Eq, Hash)]
struct Kind {
    side: usize,
    meaning: std::mem::Discriminant<Meaning>,
    window: Option<std::mem::Discriminant<WindowChange>>,
    fin: bool,
    again: bool,
    timer: bool,
    arrived: bool,
    altered: bool,
}

impl Kind {
    fn of(frame: &Frame, tie: &Tie) -> Self {
        Self {
            side: tie.side,
            meaning: std::mem::discriminant(&tie.meaning),
            window: tie.window.map(|window| std::mem::discriminant(&window.change)),
            fin: tie.fin,
            again: tie.again.is_some(),
            timer: matches!(tie.cause, Cause::Timer { .. }),
            arrived: tie.arrived.is_some(),
            altered: matches!(frame.fate, Fate::Altered { .. }),
        }
    }
}

fn packet<'a, 't>(flows: &'a Flows<'t>, at: Position) -> Option<(&'t Frame, &'a Tie)> {
    Some((flows.order[at].frame()?, flows.ties.of(at)?))
}

/// True for a packet as every conversation has them: nothing happened to it, and it says nothing that
/// needs attention.
fn is_plain(frame: &Frame, tie: &Tie) -> bool {
    let usual = match &tie.meaning {
        Meaning::DuplicateAck { .. }
        | Meaning::WindowProbe
        | Meaning::KeepAlive
        | Meaning::Fragment => false,
        Meaning::Rst(reason) => matches!(reason, ResetReason::NobodyListens),
        _ => true,
    };
    let window = tie.window.is_none_or(|window| window.change == WindowChange::None);
    usual && window && tie.again.is_none() && matches!(frame.fate, Fate::Delivered { .. })
}
