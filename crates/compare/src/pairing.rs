//! Which part of run a is which of run b: commands by their labels, connections by who has them with whom.

use std::collections::BTreeMap;

use socklab_event::{Column, Timeline};
use socklab_flows::{ConnectionKind, Flows};

use crate::form::{About, Kind, Run, Strand};

/// For each command of a, that of b.
pub(crate) fn commands(a: &Timeline, b: &Timeline) -> Vec<Option<usize>> {
    let (a, b) = (&a.header.columns, &b.header.columns);
    let mut taken = vec![false; b.len()];
    let mut found: Vec<Option<usize>> = vec![None; a.len()];
    let mut pair = |index: usize, fits: &dyn Fn(usize, &Column) -> bool| {
        if found[index].is_none() {
            let place = (0..b.len()).find(|it| !taken[*it] && fits(*it, &b[*it]));
            if let Some(place) = place {
                taken[place] = true;
                found[index] = Some(place);
            }
        }
    };
    for (index, column) in a.iter().enumerate() {
        pair(index, &|_, other| other.label == column.label && other.argv == column.argv);
    }
    for (index, column) in a.iter().enumerate() {
        pair(index, &|_, other| other.label == column.label);
    }
    for index in 0..a.len() {
        pair(index, &|place, _| place == index);
    }
    for index in 0..a.len() {
        pair(index, &|_, _| true);
    }
    found
}

/// One side of a comparison.
pub(crate) struct Side<'a, 't> {
    pub(crate) flows: &'a Flows<'t>,
    pub(crate) run: &'a Run,
    /// For each command of this run, its number in run a; what a has not has numbers of its own.
    pub(crate) role: Vec<usize>,
}

/// A connection, as far as it is paired by.
struct Candidate {
    since: usize,
    index: usize,
    /// What happened on both ends, in brief.
    digest: String,
    /// What its client said first.
    first_said: Vec<u8>,
}

/// Which connections of two runs have the same ends.
type Ends = (Option<usize>, Option<usize>, bool);

impl Side<'_, '_> {
    pub(crate) fn role_of(&self, strand: &Strand) -> Option<usize> {
        strand.command.and_then(|command| self.role.get(command)).copied()
    }

    fn candidates(&self) -> BTreeMap<Ends, Vec<Candidate>> {
        let mut strands: BTreeMap<usize, Vec<&Strand>> = BTreeMap::new();
        for strand in &self.run.strands {
            if let About::End { connection, .. } = strand.about {
                strands.entry(connection).or_default().push(strand);
            }
        }
        let mut groups: BTreeMap<Ends, Vec<Candidate>> = BTreeMap::new();
        for (index, strands) in strands {
            let connection = &self.flows.connections[index];
            let owner = |side: usize| {
                let socket =
                    connection.ends[side].socket.or(connection.listener.filter(|_| side == 1));
                let own = strands.iter().find(|one| one.end().is_some_and(|it| it.1 == side));
                let by_strand = own.and_then(|strand| self.role_of(strand));
                by_strand.or_else(|| {
                    let at = *self.flows.sockets[socket?].calls.first()?;
                    let command = self.flows.processes[self.flows.process_at(at)?].command?;
                    self.role.get(usize::try_from(command).ok()?).copied()
                })
            };
            let begins = strands.iter().filter_map(|strand| strand.deeds.first());
            let since = connection.connected.or(begins.map(|deed| deed.at).min()).unwrap_or(0);
            let digest = strands.iter().map(|strand| digest(strand)).collect::<Vec<_>>().join("\n");
            let first_said = strands.iter().filter(|one| one.end() == Some((index, 0)));
            let first_said = first_said
                .flat_map(|strand| &strand.deeds)
                .find_map(|deed| match &deed.kind {
                    Kind::Sends { content, .. } => Some(content.beginning().sample),
                    _ => None,
                })
                .unwrap_or_default();
            let datagrams = connection.kind == ConnectionKind::Datagrams;
            let group = groups.entry((owner(0), owner(1), datagrams)).or_default();
            group.push(Candidate { since, index, digest, first_said });
        }
        for group in groups.values_mut() {
            group.sort_by_key(|one| (one.since, one.index));
        }
        groups
    }
}

/// The connections of a, each with that of b.
pub(crate) fn connections(a: &Side<'_, '_>, b: &Side<'_, '_>) -> Vec<(usize, usize)> {
    let (groups, others) = (a.candidates(), b.candidates());
    let mut pairs = Vec::new();
    for (ends, mut left) in groups {
        let Some(other) = others.get(&ends) else { continue };
        let mut other: Vec<&Candidate> = other.iter().collect();
        let in_order = |side: &Side<'_, '_>| {
            let own = ends.0.and_then(|role| side.role.iter().position(|it| *it == role));
            own.is_some_and(|command| side.run.sequential.get(command) == Some(&true))
        };
        // A client that opens one after the other chose the order; else it is chance.
        if !(in_order(a) && in_order(b)) {
            pairs.extend(equal(&mut left, &mut other, |one| one.digest.as_bytes()));
            pairs.extend(equal(&mut left, &mut other, |one| &one.first_said));
        }
        pairs.extend(left.iter().zip(other).map(|(a, b)| (a.index, b.index)));
    }
    pairs
}

/// Takes out those that have the same key, in their order.
fn equal(
    a: &mut Vec<Candidate>,
    b: &mut Vec<&Candidate>,
    key: impl Fn(&Candidate) -> &[u8],
) -> Vec<(usize, usize)> {
    let mut waiting: BTreeMap<Vec<u8>, std::collections::VecDeque<usize>> = BTreeMap::new();
    for one in b.iter() {
        waiting.entry(key(one).to_vec()).or_default().push_back(one.index);
    }
    let mut pairs = Vec::new();
    a.retain(|one| {
        let found = waiting.get_mut(key(one)).and_then(std::collections::VecDeque::pop_front);
        pairs.extend(found.map(|found| (one.index, found)));
        found.is_none()
    });
    b.retain(|one| pairs.iter().all(|pair| pair.1 != one.index));
    pairs
}

/// What was done, in brief: the same for two strands that chance alone tells apart, except for the ports.
pub(crate) fn digest(strand: &Strand) -> String {
    use std::fmt::Write as _;
    let mut digest = String::new();
    for deed in &strand.deeds {
        let _ = match &deed.kind {
            Kind::Sends { content, .. } if !content.vague && !content.is_full => {
                write!(digest, "sends {} {}", content.total, content.beginning())
            }
            Kind::Receives { content, .. } if !content.vague && !content.is_full => {
                write!(digest, "receives {}", content.total)
            }
            Kind::Exits(exit) => write!(digest, "{exit:?}"),
            Kind::SetsOption { option, value, .. } => write!(digest, "{option} {value:?}"),
            // Beside what was sent on a connection that was cut.
            Kind::SendsInVain { .. } => Ok(()),
            Kind::Fails { error, .. } => write!(digest, "{error}"),
            kind => write!(digest, "{:?}", std::mem::discriminant(kind)),
        };
        digest.push(';');
    }
    digest
}

/// The strands of a, each with that of b, and those that have none.
pub(crate) struct Paired {
    pub(crate) both: Vec<(usize, usize)>,
    pub(crate) only_a: Vec<usize>,
    pub(crate) only_b: Vec<usize>,
}

/// Pairs all strands.
pub(crate) fn strands(
    a: &Side<'_, '_>,
    b: &Side<'_, '_>,
    connections: &[(usize, usize)],
) -> Paired {
    let to_b: BTreeMap<usize, usize> = connections.iter().copied().collect();
    let mut taken = vec![false; b.run.strands.len()];
    let mut paired: Vec<Option<usize>> = vec![None; a.run.strands.len()];
    // From what is certain to what is likely.
    for certainty in 0..4 {
        for (index, strand) in a.run.strands.iter().enumerate() {
            if paired[index].is_some() || matches!(strand.about, About::Order) {
                continue;
            }
            let found = b.run.strands.iter().enumerate().position(|(place, other)| {
                !taken[place]
                    && a.role_of(strand) == b.role_of(other)
                    && fits(certainty, strand, other, &to_b)
            });
            if let Some(place) = found {
                taken[place] = true;
                paired[index] = Some(place);
            }
        }
    }
    let both = paired.iter().enumerate().filter_map(|(a, b)| Some((a, (*b)?))).collect();
    let is_order = |run: &Run, index: usize| matches!(run.strands[index].about, About::Order);
    let left = |run: &Run, paired: Vec<bool>| {
        let left = paired
            .into_iter()
            .enumerate()
            .filter(|(index, paired)| !paired && !is_order(run, *index));
        left.map(|(index, _)| index).collect()
    };
    let only_a = left(a.run, paired.iter().map(Option::is_some).collect());
    Paired { both, only_a, only_b: left(b.run, taken) }
}

fn fits(certainty: u8, a: &Strand, b: &Strand, to_b: &BTreeMap<usize, usize>) -> bool {
    match (&a.about, &b.about) {
        (
            About::End { connection, side, incoming },
            About::End { connection: other, side: far, incoming: comes },
        ) => {
            let same = to_b.get(connection) == Some(other);
            let left = certainty == 3 && !to_b.contains_key(connection);
            side == far && incoming == comes && (same || left)
        }
        (About::Output(one), About::Output(other)) => one == other,
        (
            About::Process { program, is_command },
            About::Process { program: other, is_command: own },
        ) => {
            is_command == own
                && match certainty {
                    0 => *is_command || (program == other && digest(a) == digest(b)),
                    1 => program == other,
                    _ => true,
                }
        }
        (About::Socket, About::Socket) => match certainty {
            0 => class(a) == class(b) && digest(a) == digest(b),
            1 => class(a) == class(b),
            _ => certainty == 2,
        },
        // Another kind of socket in the same place.
        (About::Socket, About::End { incoming: false, .. })
        | (About::End { incoming: false, .. }, About::Socket) => certainty == 3,
        _ => false,
    }
}

fn class(strand: &Strand) -> (bool, Option<socklab_event::SocketType>) {
    let listens = strand.deeds.iter().any(|deed| matches!(deed.kind, Kind::Listens { .. }));
    let kind = strand.deeds.iter().find_map(|deed| match deed.kind {
        Kind::Creates { kind, .. } => Some(kind),
        _ => None,
    });
    (listens, kind)
}
