//! Two strands beside each other: what is the same, and where they part.

use std::mem::discriminant;

use crate::content::Content;
use crate::form::{Cut, Deed, Kind};
use crate::names::Names;

/// What is beside what, by the places of the deeds in their strands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) a: Option<usize>,
    pub(crate) b: Option<usize>,
    /// Where the bytes of the two begin to differ, if they are different in that.
    pub(crate) byte: Option<u64>,
    pub(crate) is_same: bool,
}

/// How the two strands are compared.
pub(crate) struct Ground<'n> {
    pub(crate) names: &'n Names,
    /// The end of a, or of b, is chance.
    pub(crate) open: [bool; 2],
    /// Printed lines may come in any order.
    pub(crate) any_order: bool,
}

/// At most so many comparisons; beyond, only what comes before the first difference is paired with care.
const MOST: usize = 4_000_000;

/// Lays two strands beside each other.
pub(crate) fn align(a: &[Deed], b: &[Deed], ground: &Ground<'_>) -> Vec<Pair> {
    let same = |i: usize, j: usize| difference(&a[i].kind, &b[j].kind, ground) == Unlike::No;
    let begin = (0..a.len().min(b.len())).take_while(|at| same(*at, *at)).count();
    let end = (0..a.len().min(b.len()) - begin)
        .take_while(|at| same(a.len() - 1 - at, b.len() - 1 - at))
        .count();
    let mut pairs: Vec<Pair> = (0..begin).map(|at| both(at, at)).collect();
    let (rest_a, rest_b) = (begin..a.len() - end, begin..b.len() - end);
    if rest_a.len().saturating_mul(rest_b.len()) <= MOST {
        pairs.extend(longest(rest_a, rest_b, &same));
    } else {
        pairs.extend(rest_a.map(|at| Pair { a: Some(at), b: None, byte: None, is_same: false }));
        pairs.extend(rest_b.map(|at| Pair { a: None, b: Some(at), byte: None, is_same: false }));
    }
    pairs.extend((0..end).rev().map(|at| both(a.len() - 1 - at, b.len() - 1 - at)));
    let mut pairs = joined(pairs, a, b, ground);
    pairs.retain(|pair| match (pair.a, pair.b) {
        (Some(at), None) => !is_by_chance(&a[at]),
        (None, Some(at)) => !is_by_chance(&b[at]),
        _ => true,
    });
    forgive(&mut pairs, a, b, ground);
    pairs
}

/// True for what only one run has because there it was a send that noticed the cut.
fn is_by_chance(deed: &Deed) -> bool {
    matches!(deed.kind, Kind::SendsInVain { in_order: false, .. })
}

fn both(a: usize, b: usize) -> Pair {
    Pair { a: Some(a), b: Some(b), byte: None, is_same: true }
}

/// A longest common subsequence.
fn longest(
    a: std::ops::Range<usize>,
    b: std::ops::Range<usize>,
    same: &impl Fn(usize, usize) -> bool,
) -> Vec<Pair> {
    let (rows, columns) = (a.len(), b.len());
    let at = |i: usize, j: usize| i * (columns + 1) + j;
    let mut best = vec![0_u32; (rows + 1) * (columns + 1)];
    for i in (0..rows).rev() {
        for j in (0..columns).rev() {
            best[at(i, j)] = if same(a.start + i, b.start + j) {
                best[at(i + 1, j + 1)] + 1
            } else {
                best[at(i + 1, j)].max(best[at(i, j + 1)])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < rows || j < columns {
        let (one, other) = (a.start + i, b.start + j);
        if i < rows && j < columns && same(one, other) {
            pairs.push(both(one, other));
            (i, j) = (i + 1, j + 1);
        } else if j == columns || (i < rows && best[at(i + 1, j)] >= best[at(i, j + 1)]) {
            pairs.push(Pair { a: Some(one), b: None, byte: None, is_same: false });
            i += 1;
        } else {
            pairs.push(Pair { a: None, b: Some(other), byte: None, is_same: false });
            j += 1;
        }
    }
    pairs
}

/// Puts what only a has beside what only b has, if it is of the same kind.
fn joined(pairs: Vec<Pair>, a: &[Deed], b: &[Deed], ground: &Ground<'_>) -> Vec<Pair> {
    let mut joined: Vec<Pair> = Vec::new();
    let mut gap: Vec<Pair> = Vec::new();
    let close = |gap: &mut Vec<Pair>, joined: &mut Vec<Pair>| {
        let mut in_b: Vec<usize> = gap.iter().filter_map(|pair| pair.b).collect();
        for one in gap.iter().filter_map(|pair| pair.a) {
            let kind = &a[one].kind;
            let other = in_b.iter().position(|it| are_alike(kind, &b[*it].kind));
            let Some(place) = other else {
                joined.push(Pair { a: Some(one), b: None, byte: None, is_same: false });
                continue;
            };
            for before in in_b.drain(..place) {
                joined.push(Pair { a: None, b: Some(before), byte: None, is_same: false });
            }
            let other = in_b.remove(0);
            let byte = match difference(kind, &b[other].kind, ground) {
                Unlike::At(byte) => Some(byte),
                _ => None,
            };
            joined.push(Pair { a: Some(one), b: Some(other), byte, is_same: false });
        }
        let rest = in_b.into_iter();
        joined.extend(rest.map(|it| Pair { a: None, b: Some(it), byte: None, is_same: false }));
        gap.clear();
    };
    for pair in pairs {
        if pair.is_same {
            close(&mut gap, &mut joined);
            joined.push(pair);
        } else {
            gap.push(pair);
        }
    }
    close(&mut gap, &mut joined);
    joined
}

/// True for deeds that stand beside each other even if they differ.
fn are_alike(a: &Kind, b: &Kind) -> bool {
    let sends = |kind: &Kind| matches!(kind, Kind::Sends { .. } | Kind::SendsInVain { .. });
    discriminant(a) == discriminant(b) || (sends(a) && sends(b))
}

/// Where a run was not looked at to its end, what it lacks at the end is no difference.
fn forgive(pairs: &mut Vec<Pair>, a: &[Deed], b: &[Deed], ground: &Ground<'_>) {
    let Some(first) = pairs.iter().position(|pair| !pair.is_same) else { return };
    let rest = &pairs[first..];
    let used_a = rest.iter().filter(|pair| pair.a.is_some()).count();
    let used_b = rest.iter().filter(|pair| pair.b.is_some()).count();
    let [open_a, open_b] = ground.open;
    let shorter = |one: &Deed, other: &Deed| match (bytes(&one.kind), bytes(&other.kind)) {
        (Some(one), Some(other)) => {
            one.total < other.total && one.difference(other, ground.names) == Some(one.total)
        }
        _ => false,
    };
    let next = (rest[0].a.map(|at| &a[at]), rest[0].b.map(|at| &b[at]));
    let ends = |missing: usize, cut: bool| missing == 0 || (missing == 1 && cut);
    let cut_a = next.0.zip(next.1).is_some_and(|(a, b)| shorter(a, b));
    let cut_b = next.0.zip(next.1).is_some_and(|(a, b)| shorter(b, a));
    if (open_a && ends(used_a, cut_a)) || (open_b && ends(used_b, cut_b)) {
        pairs.truncate(first);
    }
}

fn bytes(kind: &Kind) -> Option<&Content> {
    match kind {
        Kind::Sends { content, .. } | Kind::Receives { content, .. } | Kind::Prints { content } => {
            Some(content)
        }
        _ => None,
    }
}

/// In what two deeds are unlike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unlike {
    /// In nothing.
    No,
    /// In a byte at this position, or in how many bytes there are.
    At(u64),
    /// In something else.
    Yes,
}

pub(crate) fn difference(a: &Kind, b: &Kind, ground: &Ground<'_>) -> Unlike {
    let names = ground.names;
    let unless = |same: bool| if same { Unlike::No } else { Unlike::Yes };
    let differs = |at: Option<u64>| at.map_or(Unlike::No, Unlike::At);
    match (a, b) {
        (
            Kind::Creates { family, kind, protocol },
            Kind::Creates { family: f, kind: k, protocol: p },
        ) => unless(family == f && kind == k && protocol == p),
        (
            Kind::SetsOption { level, option, value, error },
            Kind::SetsOption { level: l, option: o, value: v, error: e },
        ) => unless(level == l && option == o && value == v && error == e),
        (Kind::Waits(a), Kind::Waits(b)) => unless(a == b),
        (Kind::Binds { address, error }, Kind::Binds { address: other, error: e })
        | (Kind::Connects { address, error }, Kind::Connects { address: other, error: e }) => {
            unless(names.are_same(address, other) && error == e)
        }
        (Kind::Listens { backlog, error }, Kind::Listens { backlog: other, error: e }) => {
            unless(backlog == other && error == e)
        }
        (
            Kind::Sends { content, cuts, to, whole },
            Kind::Sends { content: other, cuts: c, to: t, whole: w },
        ) => {
            let there = match (to, t) {
                (Some(a), Some(b)) => names.are_same(a, b),
                (None, None) => true,
                _ => false,
            };
            match differs(content.difference(other, names)) {
                Unlike::No => unless(there && whole == w && same_cuts(content, cuts, other, c)),
                differs => differs,
            }
        }
        (
            Kind::Receives { content, room, is_told },
            Kind::Receives { content: other, room: r, is_told: told },
        ) => {
            let vague = content.is_vague_beside(other);
            let differs = match *is_told && *told {
                true => differs(content.difference(other, names)),
                false if content.total == other.total || vague => Unlike::No,
                false => Unlike::At(content.total.min(other.total)),
            };
            match differs {
                Unlike::No => unless(room.zip(*r).is_none_or(|(a, b)| a == b)),
                differs => differs,
            }
        }
        (Kind::Accepts, Kind::Accepts)
        | (Kind::SeesEnd, Kind::SeesEnd)
        | (Kind::IsCut(_), Kind::IsCut(_))
        | (Kind::Stays, Kind::Stays) => Unlike::No,
        (Kind::SendsInVain { .. }, Kind::SendsInVain { .. }) => Unlike::No,
        // Whether the connection was cut before or after is chance.
        (Kind::SendsInVain { .. }, Kind::Sends { content, .. })
        | (Kind::Sends { content, .. }, Kind::SendsInVain { .. }) => unless(content.vague),
        (Kind::Fails { error, .. }, Kind::Fails { error: other, .. }) => unless(error == other),
        (Kind::ShutsDown { how, error }, Kind::ShutsDown { how: h, error: e }) => {
            unless(how == h && error == e)
        }
        (Kind::Closes { by_kernel }, Kind::Closes { by_kernel: other }) => {
            unless(by_kernel.zip(*other).is_none_or(|(a, b)| a == b))
        }
        (Kind::Prints { content }, Kind::Prints { content: other }) => {
            match content.difference(other, names) {
                Some(_) if ground.any_order && same_in_any_order(content, other) => Unlike::No,
                at => differs(at),
            }
        }
        (Kind::Exits(a), Kind::Exits(b)) => unless(a == b),
        (
            Kind::Serves { connection, step, .. },
            Kind::Serves { connection: other, step: s, .. },
        ) => unless(connection == other && step == s),
        _ => Unlike::Yes,
    }
}

/// How a program cuts what it sends is its own, unless it passes on what it gets in pieces.
fn same_cuts(content: &Content, a: &[Cut], other: &Content, b: &[Cut]) -> bool {
    if content.vague || other.vague {
        return true;
    }
    let end = match content.are_full(other) {
        true => content.total.min(other.total),
        false => u64::MAX,
    };
    let compared =
        |cuts: &[Cut]| -> Vec<Cut> { cuts.iter().copied().filter(|cut| cut.at < end).collect() };
    let (a, b) = (compared(a), compared(b));
    !a.iter().chain(&b).all(|cut| cut.own) || a == b
}

/// Threads that print at once may come between one another in the middle of a line, so bytes are counted. Numbers are
/// left out: a port may be cut in two.
fn same_in_any_order(a: &Content, b: &Content) -> bool {
    let (a, b) = (a.whole(), b.whole());
    let (Some(a), Some(b)) = (a, b) else { return false };
    let sorted = |bytes: Vec<u8>| {
        let mut bytes: Vec<u8> = bytes.into_iter().filter(|byte| !byte.is_ascii_digit()).collect();
        bytes.sort_unstable();
        bytes
    };
    sorted(a) == sorted(b)
}
