//! Conversations that are alike, so that a thousand of them take one line.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use socklab_event::Errno;

use crate::model::{Conversation, Ending, FailedConnect, How, Party, Summary};

/// So many conversations are listed one by one in any case.
const LISTED: usize = 12;

/// So many conversations have to be alike to be one line.
const FEWEST: usize = 4;

/// So many failed attempts: programs try again and again.
const AGAIN: usize = 2;

/// What conversations are grouped by, and what attempts are.
#[derive(Debug)]
pub(crate) struct Alike<'s> {
    summary: &'s Summary,
    /// The names that end in a number, and have the rest in common with others.
    numbered: BTreeMap<&'s str, &'s str>,
}

/// Conversations between the same programs, at the same port, that ended the same way.
#[derive(Debug)]
pub(crate) struct Group<'s, T> {
    /// Its members, in order of appearance; never empty.
    pub(crate) members: Vec<&'s T>,
}

impl<'s> Group<'s, Conversation> {
    /// The first.
    pub(crate) fn first(&self) -> &'s Conversation {
        self.members[0]
    }

    /// The one that lasted longest; of several the first.
    pub(crate) fn slowest(&self) -> &'s Conversation {
        let slower = |one: &'s Conversation, next: &&'s Conversation| {
            if next.lasted > one.lasted { next } else { one }
        };
        self.members.iter().fold(self.members[0], slower)
    }

    /// The median of a figure, the lower of two: a value that one of them has. `None` if it is not
    /// known of all.
    pub(crate) fn median(&self, figure: impl Fn(&Conversation) -> Option<u64>) -> Option<u64> {
        let figures: Option<Vec<u64>> = self.members.iter().map(|one| figure(one)).collect();
        let mut figures = figures?;
        figures.sort_unstable();
        figures.get((figures.len() - 1) / 2).copied()
    }

    /// The sum of a figure. `None` if it is not known of all.
    pub(crate) fn sum(&self, figure: impl Fn(&Conversation) -> Option<u64>) -> Option<u64> {
        let add = |sum: u64, one: &&Conversation| Some(sum.saturating_add(figure(one)?));
        self.members.iter().try_fold(0, add)
    }
}

/// What conversations of a group have in common.
type Key<'k> = (
    &'k str,
    [String; 2],
    [&'k str; 2],
    (u8, usize, Option<How>, Option<Errno>),
    Vec<(Option<&'k str>, Errno)>,
    [bool; 2],
);

impl<'s> Alike<'s> {
    /// Looks at the names of a summary.
    pub(crate) fn of(summary: &'s Summary) -> Self {
        let ends = summary.conversations.iter().flat_map(|one| &one.ends);
        let names = ends.filter_map(|end| end.who.as_deref());
        let names = names.chain(summary.programs.iter().map(|one| one.name.as_str()));
        let names = names.chain(summary.failed_connects.iter().map(|one| one.by.who.as_str()));
        let names: BTreeSet<&str> = names.collect();
        let mut stems: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for name in names {
            let stem = name.trim_end_matches(|char: char| char.is_ascii_digit());
            if let Some(stem) = stem.strip_suffix('-').filter(|_| stem.len() < name.len()) {
                stems.entry(stem).or_default().push(name);
            }
        }
        stems.retain(|_, names| names.len() > 1);
        let numbered = stems
            .into_iter()
            .flat_map(|(stem, names)| names.into_iter().map(move |name| (name, stem)));
        Self { summary, numbered: numbered.collect() }
    }

    /// The name that a program shares with others that differ in a number only: `client-*`.
    pub(crate) fn shared(&self, name: &str) -> String {
        self.numbered.get(name).map_or_else(|| name.to_owned(), |stem| format!("{stem}-*"))
    }

    /// The conversations in groups, in order of their first; a group of one if nothing is like it.
    pub(crate) fn conversations(&self) -> Vec<Group<'s, Conversation>> {
        let all = &self.summary.conversations;
        if all.len() <= LISTED {
            return alone(all.iter());
        }
        grouped(all, FEWEST, |one| self.key(one))
    }

    /// The attempts to connect, in the same way.
    pub(crate) fn failed_connects(&self) -> Vec<Group<'s, FailedConnect>> {
        grouped(&self.summary.failed_connects, AGAIN, |one| {
            (self.shared(&one.by.who), one.to.as_str(), one.error, one.protocol.as_str())
        })
    }

    fn key<'k>(&self, one: &'k Conversation) -> Key<'k> {
        let names = one
            .ends
            .each_ref()
            .map(|end| end.who.as_deref().map_or_else(String::new, |who| self.shared(who)));
        // Who is connected to itself uses a client's port, whatever that is.
        let place = |end: &'k Party| if one.to_itself { "" } else { end.place.as_str() };
        let places = one.ends.each_ref().map(place);
        let ending = match &one.ending {
            None => (0, 0, None, None),
            Some(Ending::NeverAccepted) => (1, 0, None, None),
            Some(Ending::Reset { error, .. }) => (2, 0, None, Some(*error)),
            Some(Ending::Closed { side, how, .. }) => (3, *side, Some(*how), None),
            Some(Ending::Open) => (4, 0, None, None),
            Some(Ending::EndedByRecorder) => (5, 0, None, None),
        };
        let errors = one.errors.iter().map(|error| (error.first.call.as_deref(), error.error));
        let unread = one.carried.iter().any(|way| way.unread() > 0);
        (&one.protocol, names, places, ending, errors.collect(), [unread, one.to_itself])
    }
}

fn alone<'s, T>(all: impl Iterator<Item = &'s T>) -> Vec<Group<'s, T>> {
    all.map(|one| Group { members: vec![one] }).collect()
}

fn grouped<'s, T, K: std::hash::Hash + Eq>(
    all: &'s [T],
    fewest: usize,
    key: impl Fn(&'s T) -> K,
) -> Vec<Group<'s, T>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<K, usize> = HashMap::new();
    for (index, one) in all.iter().enumerate() {
        let group = *known.entry(key(one)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(index);
    }
    // A few are no crowd: each has its place.
    let (mut placed, few): (Vec<Vec<usize>>, Vec<Vec<usize>>) =
        groups.into_iter().partition(|group| group.len() >= fewest);
    placed.extend(few.into_iter().flatten().map(|one| vec![one]));
    placed.sort_by_key(|group| group[0]);
    let members = |group: Vec<usize>| group.into_iter().map(|index| &all[index]).collect();
    placed.into_iter().map(|group| Group { members: members(group) }).collect()
}
