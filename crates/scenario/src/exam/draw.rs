//! Chooses three questions: for one student, or for a class in which no two get the same three. Pure.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::{Candidate, Exam};

/// How many questions an exam has.
pub const QUESTIONS: usize = 3;

/// Three questions, as indices into the candidates of an [`Exam`].
pub type Asked = [usize; QUESTIONS];

/// A student, and what can be asked about that student's program.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'e> {
    /// The student's id.
    pub student: &'e str,
    /// The questions.
    pub exam: &'e Exam,
}

/// Why a student gets no three questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortage {
    /// There are only this many that can be asked.
    Few(usize),
    /// However the questions are dealt out, somebody else gets the same three.
    Shared,
}

/// The seed that belongs to a student's id.
pub fn seed_of(student: &str) -> u64 {
    rank(0, student)
}

/// A number that follows from a seed and a text, for an order that depends on nothing else: a question
/// that is not there leaves the order of the others as it is.
fn rank(seed: u64, text: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(seed.to_be_bytes());
    hash.update(text.as_bytes());
    hash.finalize()[..8].iter().fold(0, |all, byte| all << 8 | u64::from(*byte))
}

/// The order in which the choices of a question are shown: indices into its choices, for the letters a,
/// b, c ….
pub fn letters(candidate: &Candidate, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..candidate.choices.len()).collect();
    let label = |index: &usize| candidate.choices[*index].label;
    order.sort_by_key(|index| rank(seed, &format!("{} {}", candidate.id, label(index))));
    order
}

/// All triples of the questions that may be asked, the best first: those with different kinds and calls,
/// and with one about what would have happened; among equals the seed decides.
fn triples(exam: &Exam, seed: u64, without: &BTreeSet<String>) -> Vec<Asked> {
    let may: Vec<usize> = exam
        .candidates
        .iter()
        .enumerate()
        .filter_map(|(index, one)| (!without.contains(&one.id)).then_some(index))
        .collect();
    let ranks: Vec<u64> = exam.candidates.iter().map(|one| rank(seed, &one.id)).collect();
    let mut all = Vec::new();
    for (first, a) in may.iter().enumerate() {
        for (second, b) in may.iter().enumerate().skip(first + 1) {
            for c in &may[second + 1..] {
                let mut asked = [*a, *b, *c];
                asked.sort_by_key(|index| ranks[*index]);
                // The order within a triple is that of the seed; so is the order of triples.
                let mixed = asked.iter().fold(seed, |all, index| {
                    all.rotate_left(17).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ ranks[*index]
                });
                all.push((std::cmp::Reverse(variety(exam, &asked)), mixed, asked));
            }
        }
    }
    all.sort_unstable();
    all.into_iter().map(|(.., asked)| asked).collect()
}

/// How different three questions are: kinds count most, then calls, then that one was proved by running
/// and one was not.
fn variety(exam: &Exam, asked: &Asked) -> usize {
    let all = asked.map(|index| &exam.candidates[index]);
    let kinds = BTreeSet::from(all.map(|one| one.kind)).len();
    let calls = BTreeSet::from(all.map(|one| one.call.as_str())).len();
    let families = BTreeSet::from(all.map(|one| one.ran)).len();
    4 * kinds + calls + 2 * families
}

/// Three questions for one student, none of which is in `without`: those were asked before.
///
/// # Errors
///
/// How many there are, if they are too few.
pub fn draw(exam: &Exam, seed: u64, without: &BTreeSet<String>) -> Result<Asked, Shortage> {
    let left = exam.candidates.iter().filter(|one| !without.contains(&one.id)).count();
    triples(exam, seed, without).first().copied().ok_or(Shortage::Few(left))
}

/// Three questions for each student, so that no two have the same three: a question is the same if its
/// kind and its numbers are. Where that is possible at all, it is found (augmenting paths, as in a
/// matching of two sides); who is left gets [`Shortage::Shared`].
pub fn assign(sheets: &[Sheet<'_>]) -> Vec<Result<Asked, Shortage>> {
    let wishes: Vec<Vec<Asked>> = sheets
        .iter()
        .map(|sheet| triples(sheet.exam, seed_of(sheet.student), &BTreeSet::new()))
        .collect();
    let name = |student: usize, asked: &Asked| {
        let mut ids = asked.map(|index| sheets[student].exam.candidates[index].id.as_str());
        ids.sort_unstable();
        ids
    };
    let mut deal = Deal { wishes: &wishes, name: &name, taken: BTreeMap::new() };
    for student in 0..sheets.len() {
        deal.serve(student);
    }
    let mut found: Vec<Result<Asked, Shortage>> = sheets
        .iter()
        .zip(&wishes)
        .map(|(sheet, wishes)| match wishes.is_empty() {
            true => Err(Shortage::Few(sheet.exam.candidates.len())),
            false => Err(Shortage::Shared),
        })
        .collect();
    for (student, wish) in deal.taken.into_values() {
        found[student] = Ok(wishes[student][wish]);
    }
    found
}

/// The names of three questions.
type Triple<'e> = [&'e str; QUESTIONS];

struct Deal<'d, 'e> {
    wishes: &'d [Vec<Asked>],
    name: &'d dyn Fn(usize, &Asked) -> Triple<'e>,
    /// Who has which three: the student, and which wish it is.
    taken: BTreeMap<Triple<'e>, (usize, usize)>,
}

impl Deal<'_, '_> {
    /// Gives a student three questions, if need be by giving others another three, along the shortest
    /// chain of such changes.
    fn serve(&mut self, student: usize) {
        let mut from: BTreeMap<Triple<'_>, (usize, usize)> = BTreeMap::new();
        let mut queue = std::collections::VecDeque::from([student]);
        let mut end = None;
        'search: while let Some(who) = queue.pop_front() {
            for (wish, asked) in self.wishes[who].iter().enumerate() {
                let triple = (self.name)(who, asked);
                if from.contains_key(&triple) {
                    continue;
                }
                from.insert(triple, (who, wish));
                match self.taken.get(&triple) {
                    None => {
                        end = Some(triple);
                        break 'search;
                    }
                    Some((other, _)) => queue.push_back(*other),
                }
            }
        }
        // Back along the chain: each gives up what the one before needs.
        while let Some(triple) = end {
            let Some((who, wish)) = from.get(&triple).copied() else { break };
            let before = self.taken.iter().find(|(_, (has, _))| *has == who).map(|(it, _)| *it);
            if let Some(before) = before {
                self.taken.remove(&before);
            }
            self.taken.insert(triple, (who, wish));
            end = before;
        }
    }
}
