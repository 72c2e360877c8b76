//! Connections, and sockets that never connected, that took the same course.

use std::collections::{BTreeMap, HashMap};

use socklab_flows::{Flows, Position};

use super::conversation::{Conversation, by_conversation};
use super::folds::{Fold, FoldKind, Spread};
use super::outliers::{Aligned, Outliers, Stage, size, span};
use super::repeat::{Repeat, repeats};
use super::served::Served;
use super::token::Token;

/// At least this many connections must be alike to be folded.
const ALIKE: usize = 5;
/// How many different courses of a connection are drawn; the remaining ones are only counted.
const WAYS: usize = 6;
/// How many of these are the most frequent ones. The others are rather those in which a call failed.
const FREQUENT: usize = 3;

/// Whether it connected, and what each side did.
type Course<'t> = (bool, Vec<Token<'t>>);

/// Finds the folds of whole conversations. Of those that are alike the first is drawn, and those
/// that differ in what they carry or how long they take.
pub(crate) fn conversations(
    flows: &Flows<'_>,
    shown: &[Position],
    kept: &dyn Fn(&Position) -> bool,
    stage: &mut Stage,
) -> Vec<Fold> {
    let calls_of = by_conversation(flows, shown);
    let mut alike: HashMap<Course<'_>, Vec<Conversation>> = HashMap::new();
    let mut order: Vec<Course<'_>> = Vec::new();
    for (conversation, calls) in &calls_of {
        if calls.iter().any(kept) {
            continue;
        }
        let connected = matches!(conversation, Conversation::Connection(_));
        let course = (connected, course(flows, *conversation, calls));
        let same = alike.entry(course.clone()).or_default();
        if same.is_empty() {
            order.push(course);
        }
        same.push(*conversation);
    }
    order.sort_by_key(|course| std::cmp::Reverse(alike[course].len()));
    let (mut connected, lone): (Vec<_>, Vec<_>) = order.into_iter().partition(|course| course.0);
    if let Some(rest) = connected.get_mut(FREQUENT..) {
        rest.sort_by_key(|course| !course.1.iter().any(Token::failed));
    }
    let all = connected.iter().map(|course| alike[course].len()).sum::<usize>();
    let fold = Folding { flows, calls_of: &calls_of };
    let mut folds = Vec::new();
    for (place, course) in connected.iter().enumerate() {
        if all > ALIKE * 2 && place >= WAYS {
            let rest: Vec<Conversation> =
                connected[place..].iter().flat_map(|course| &alike[course]).copied().collect();
            let kind = FoldKind::Ways(rest.len(), connected.len() - place);
            folds.push(fold.of(&rest, kind, None, 0));
            break;
        }
        folds.extend(fold.alike(&alike[course], stage, FoldKind::Connections));
    }
    for course in &lone {
        folds.extend(fold.alike(&alike[course], stage, FoldKind::Sockets));
    }
    folds
}

struct Folding<'a, 't> {
    flows: &'a Flows<'t>,
    calls_of: &'a BTreeMap<Conversation, Vec<Position>>,
}

impl Folding<'_, '_> {
    /// Folds conversations that are alike, except the first and those that differ.
    fn alike(
        &self,
        same: &[Conversation],
        stage: &mut Stage,
        kind: fn(usize) -> FoldKind,
    ) -> Option<Fold> {
        if same.len() < ALIKE {
            return None;
        }
        let calls: Vec<&[Position]> = same.iter().map(|one| &*self.calls_of[one]).collect();
        // All of them are alike, and so is what the sides of a call are.
        let side = |at: Position| match self.flows.connection_at(at) {
            Some(one) => Conversation::Connection(one).side(self.flows, at),
            None => 0,
        };
        let outliers = Outliers::of(self.flows, &calls, &Aligned::BySide(&side), stage);
        let is_drawn = |index: &usize| *index == 0 || outliers.shown.contains(index);
        let folded: Vec<Conversation> =
            (0..same.len()).filter(|index| !is_drawn(index)).map(|index| same[index]).collect();
        if folded.is_empty() {
            return None;
        }
        let differ = outliers.counted.iter().filter(|index| **index != 0).count();
        Some(self.of(&folded, kind(folded.len()), self.calls_of.get(&same[0]), differ))
    }

    fn of(
        &self,
        folded: &[Conversation],
        kind: FoldKind,
        drawn: Option<&Vec<Position>>,
        differ: usize,
    ) -> Fold {
        let calls = || folded.iter().map(|conversation| &*self.calls_of[conversation]);
        let times = calls().map(|calls| span(self.flows, calls)).collect();
        let sizes = calls().map(|calls| size(self.flows, calls)).collect();
        let mut members: Vec<Position> = calls().flatten().copied().collect();
        members.sort_unstable();
        let served = match kind {
            FoldKind::Sockets(_) => Served::BySame,
            _ => Served::of(self.flows, &members, drawn),
        };
        Fold { members, packets: Vec::new(), kind, served, spread: Spread { times, sizes, differ } }
    }
}

/// The course of a conversation: the calls and outcomes of each side, with runs reduced to one, so
/// that neither the interleaving of the sides nor the number of equal calls matters.
fn course<'t>(flows: &Flows<'t>, conversation: Conversation, calls: &[Position]) -> Vec<Token<'t>> {
    let mut sides: BTreeMap<usize, Vec<Token<'t>>> = BTreeMap::new();
    for &at in calls {
        let side = conversation.side(flows, at);
        sides.entry(side).or_default().push(Token::of(flows.call(at), Some(side)));
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
