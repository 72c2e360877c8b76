//! Groups of submissions with the same form, which of them are near each other, and the smallest
//! experiment that tells two of them apart.

use std::collections::{BTreeMap, BTreeSet};

use super::form::{Act, CaseForm, Form, Harm, Manner, Trait};
use crate::{CaseState, Gradebook, State};

/// How far apart two verdicts are, compared with something else that differs in a case.
const VERDICT: u32 = 2;

/// How many rows of two ladders are looked at.
const ROWS: usize = 4096;

/// Submissions that behave alike.
#[derive(Clone, Debug)]
pub struct Group<'b> {
    /// What it is called by files: [`Form::digest`]. The same behaviour has the same name in every class
    /// and in every run.
    pub name: String,
    /// Its number for readers, from 1: the largest group first.
    pub number: usize,
    /// The ids of those who belong to it, in the order in which they were given.
    pub members: Vec<&'b str>,
    /// What they have in common.
    pub form: &'b Form,
    /// Inside the group: who does it in the same manner.
    pub manners: Vec<(&'b Manner, Vec<&'b str>)>,
    /// The groups that differ least, by their index; none if this one was not run.
    pub nearest: Vec<Near>,
}

/// A group that is near another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// Which: an index into all groups.
    pub group: usize,
    /// How far it is: 2 for each case with another verdict, 1 for each with the same verdict in which
    /// something else differs, 1 for each trait that only one of them has.
    pub distance: u32,
    /// The cases that differ, in the exercise's order.
    pub cases: Vec<String>,
}

/// What tells two forms apart, and where to see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Experiment {
    /// The case to run; `None` if no single case shows it.
    pub case: Option<String>,
    /// What differs first.
    pub difference: Difference,
}

/// What differs first between two forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The first row where their ladders part.
    Row {
        /// With whom they talk.
        with: String,
        /// The number of the conversation with that one, from 1.
        talk: u32,
        /// The turn of the other end, from 1; 0 before it has said anything.
        turn: u32,
        /// What each of the two does.
        acts: [Vec<Act>; 2],
    },
    /// How their programs have ended at the end of the case: the first that differs, and how; `None` if it
    /// goes on.
    Ended {
        /// Which program.
        who: String,
        /// True if well, for each of the two.
        well: [Option<bool>; 2],
    },
    /// The harm that they do.
    Harm([Option<Harm>; 2]),
    /// The verdicts only.
    Verdict([CaseState; 2]),
    /// A trait that the one has and the other has not: whose, and which.
    Trait(bool, Trait),
    /// What becomes of them.
    State([State; 2]),
}

/// Groups submissions by their forms. The largest group comes first; of two that are as large, the one
/// whose first member comes first.
pub fn groups<'b>(forms: impl IntoIterator<Item = (&'b str, &'b Form)>) -> Vec<Group<'b>> {
    let mut found: Vec<Group<'b>> = Vec::new();
    let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
    for (id, form) in forms {
        let name = form.digest();
        let index = *by_name.entry(name.clone()).or_insert(found.len());
        if index == found.len() {
            found.push(Group {
                name,
                number: 0,
                members: Vec::new(),
                form,
                manners: Vec::new(),
                nearest: Vec::new(),
            });
        }
        let group = &mut found[index];
        group.members.push(id);
        match group.manners.iter_mut().find(|(manner, _)| **manner == form.manner) {
            Some((_, ids)) => ids.push(id),
            None => group.manners.push((&form.manner, vec![id])),
        }
    }
    // Sorting is stable: of equals the first stays first.
    found.sort_by_key(|group| std::cmp::Reverse(group.members.len()));
    for index in 0..found.len() {
        found[index].number = index + 1;
        found[index].manners.sort_by_key(|(_, ids)| std::cmp::Reverse(ids.len()));
        found[index].nearest = nearest(&found, index);
    }
    found
}

impl Gradebook {
    /// The groups of submissions that behave alike. Whoever has no known behaviour is in none.
    pub fn groups(&self) -> Vec<Group<'_>> {
        let forms = self.results.iter();
        groups(forms.filter_map(|one| Some((one.student.id.as_str(), one.form.as_ref()?))))
    }

    /// Notes in every result to which group it belongs.
    pub fn note_groups(&mut self) {
        for one in &mut self.results {
            one.group = one.form.as_ref().map(Form::digest);
        }
    }
}

/// Up to three groups, all as near as the nearest.
fn nearest(all: &[Group<'_>], index: usize) -> Vec<Near> {
    let form = all[index].form;
    let others = all.iter().enumerate().filter(|(other, _)| *other != index);
    let near = others.filter_map(|(group, other)| {
        let (distance, cases) = distance(form, other.form)?;
        Some(Near { group, distance, cases })
    });
    let near: Vec<Near> = near.collect();
    let least = near.iter().map(|near| near.distance).min();
    near.into_iter().filter(|near| Some(near.distance) == least).take(3).collect()
}

/// How far apart two forms are, and the cases in which they differ. `None` if one of them was not run.
pub fn distance(one: &Form, other: &Form) -> Option<(u32, Vec<String>)> {
    if one.state != State::Graded || other.state != State::Graded {
        return None;
    }
    let traits = one.traits.symmetric_difference(&other.traits).count();
    let mut sum = u32::try_from(traits).unwrap_or(u32::MAX);
    let mut cases = Vec::new();
    for name in names(one, other) {
        let far = match (one.case(name), other.case(name)) {
            (Some(one), Some(other)) if one == other => 0,
            (Some(one), Some(other)) if one.state == other.state => 1,
            // What comes after harm is not compared.
            (None, _) if one.harm().is_some() => 0,
            (_, None) if other.harm().is_some() => 0,
            _ => VERDICT,
        };
        if far > 0 {
            sum = sum.saturating_add(far);
            cases.push(name.to_owned());
        }
    }
    Some((sum, cases))
}

/// The cases of both, in the order of the first.
fn names<'f>(one: &'f Form, other: &'f Form) -> Vec<&'f str> {
    let mut seen = BTreeSet::new();
    let both = one.cases.iter().chain(&other.cases).map(|case| case.case.as_str());
    both.filter(|name| seen.insert(*name)).collect()
}

/// The smallest experiment that tells two forms apart: the case with the fewest rows before the one
/// where they part. `None` if they are the same.
pub fn experiment(one: &Form, other: &Form) -> Option<Experiment> {
    if one.state != other.state {
        let difference = Difference::State([one.state, other.state]);
        return Some(Experiment { case: None, difference });
    }
    let mut smallest: Option<(usize, Experiment)> = None;
    for name in names(one, other) {
        let (Some(first), Some(second)) = (one.case(name), other.case(name)) else { continue };
        let Some((rows, difference)) = part(first, second) else { continue };
        if smallest.as_ref().is_none_or(|(least, _)| rows < *least) {
            smallest = Some((rows, Experiment { case: Some(name.to_owned()), difference }));
        }
    }
    if let Some((_, smallest)) = smallest {
        return Some(smallest);
    }
    let only = |one: &Form, other: &Form| one.traits.difference(&other.traits).next().cloned();
    let first = only(one, other).map(|it| Difference::Trait(true, it));
    let of = first.or_else(|| only(other, one).map(|it| Difference::Trait(false, it)));
    Some(Experiment { case: None, difference: of? })
}

/// Where two ladders part, and how many rows come before. What is seen comes before what is concluded
/// from it.
fn part(one: &CaseForm, other: &CaseForm) -> Option<(usize, Difference)> {
    if one == other {
        return None;
    }
    let was_run = |case: &CaseForm| case.state != CaseState::Skipped;
    if !was_run(one) || !was_run(other) {
        // It takes other cases to come here; one of those differs, too.
        let difference = Difference::Verdict([one.state, other.state]);
        return Some((ROWS + 1, difference));
    }
    if one.harm != other.harm {
        return Some((0, Difference::Harm([one.harm, other.harm])));
    }
    let (rows, others) = (rows(one), rows(other));
    let keys: BTreeSet<Key<'_>> = rows.keys().chain(others.keys()).copied().collect();
    for (before, key) in keys.into_iter().enumerate() {
        let acts = [rows.get(&key), others.get(&key)].map(|acts| acts.copied().unwrap_or_default());
        if acts[0] != acts[1] {
            let (with, talk, turn) = key;
            let acts = acts.map(<[Act]>::to_vec);
            return Some((before, Difference::Row { with: with.to_owned(), talk, turn, acts }));
        }
    }
    let ended: BTreeSet<&str> = one.ended.iter().chain(&other.ended).map(|it| &*it.who).collect();
    for who in ended {
        let well =
            [one, other].map(|case| case.ended.iter().find(|it| it.who == who).map(|it| it.well));
        if well[0] != well[1] {
            return Some((rows.len(), Difference::Ended { who: who.to_owned(), well }));
        }
    }
    Some((rows.len(), Difference::Verdict([one.state, other.state])))
}

/// With whom, the number of the conversation, and the turn.
type Key<'f> = (&'f str, u32, u32);

/// The ladder of a case, row by row.
fn rows(case: &CaseForm) -> BTreeMap<Key<'_>, &[Act]> {
    let mut rows = BTreeMap::new();
    for talk in &case.talks {
        for number in (talk.first..).take(talk.times as usize) {
            for turn in &talk.turns {
                for of in (turn.first..).take(turn.times as usize) {
                    if rows.len() >= ROWS {
                        return rows;
                    }
                    rows.insert((talk.with.as_str(), number, of), turn.did.as_slice());
                }
            }
        }
    }
    rows
}
