//! Chooses three questions: for one student, or for a class in which no two get the same three. Pure.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::{Candidate, Exam};

/// How many questions an exam has.
pub const QUESTIONS: usize = 3;

/// Three questions, as indices into the candidates of an [`Exam`].
pub type Asked = [usize; QUESTIONS];

/// What drawing has to know of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traits<'e> {
    /// See [`Candidate::id`].
    pub id: &'e str,
    /// Its kind.
    pub kind: &'e str,
    /// The call that it is about.
    pub call: &'e str,
    /// True if a variant was run for it.
    pub ran: bool,
}

/// A student, and what can be asked about that student's program.
#[derive(Clone, Debug)]
pub struct Sheet<'e> {
    /// The seed of the order in which questions are preferred.
    pub seed: u64,
    /// The questions.
    pub questions: Vec<Traits<'e>>,
    /// The three that this student has already.
    pub kept: Option<Asked>,
}

impl<'e> Sheet<'e> {
    /// A student who has no questions yet.
    pub fn of(student: &str, exam: &'e Exam) -> Self {
        Self { seed: seed_of(student), questions: traits(exam), kept: None }
    }
}

/// What drawing has to know of all questions.
fn traits(exam: &Exam) -> Vec<Traits<'_>> {
    let all = exam.candidates.iter();
    all.map(|it| Traits { id: &it.id, kind: it.kind, call: &it.call, ran: it.ran }).collect()
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
    let labels: Vec<&str> = candidate.choices.iter().map(|choice| choice.label).collect();
    order(&candidate.id, &labels, seed)
}

/// The same for a question of this id whose choices are called like that.
pub fn order(id: &str, labels: &[&str], seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by_key(|index| rank(seed, &format!("{id} {}", labels[*index])));
    order
}

/// All triples of the questions that may be asked, the best first: those with different kinds and calls,
/// and with one about what would have happened; among equals the seed decides.
fn triples(questions: &[Traits<'_>], seed: u64, without: &BTreeSet<String>) -> Vec<Asked> {
    let may: Vec<usize> = questions
        .iter()
        .enumerate()
        .filter_map(|(index, one)| (!without.contains(one.id)).then_some(index))
        .collect();
    let ranks: Vec<u64> = questions.iter().map(|one| rank(seed, one.id)).collect();
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
                all.push((std::cmp::Reverse(variety(questions, &asked)), mixed, asked));
            }
        }
    }
    all.sort_unstable();
    all.into_iter().map(|(.., asked)| asked).collect()
}

/// How different three questions are: kinds count most, then calls, then that one was proved by running
/// and one was not.
fn variety(questions: &[Traits<'_>], asked: &Asked) -> usize {
    let all = asked.map(|index| questions[index]);
    let kinds = BTreeSet::from(all.map(|one| one.kind)).len();
    let calls = BTreeSet::from(all.map(|one| one.call)).len();
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
    triples(&traits(exam), seed, without).first().copied().ok_or(Shortage::Few(left))
}

/// Three questions for each student, so that no two have the same three: a question is the same if its
/// kind and its numbers are. Where that is possible at all, it is found (augmenting paths, as in a
/// matching of two sides); who is left gets [`Shortage::Shared`]. Whoever has three already keeps
/// them.
pub fn assign(sheets: &[Sheet<'_>]) -> Vec<Result<Asked, Shortage>> {
    let wishes: Vec<Vec<Asked>> = sheets
        .iter()
        .map(|sheet| match sheet.kept {
            Some(kept) => vec![kept],
            None => triples(&sheet.questions, sheet.seed, &BTreeSet::new()),
        })
        .collect();
    let name = |student: usize, asked: &Asked| {
        let mut ids = asked.map(|index| sheets[student].questions[index].id);
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
            true => Err(Shortage::Few(sheet.questions.len())),
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use socklab_event::Timeline;
    use socklab_say::{Sentence, sentence};

    use super::*;
    use crate::exam::Choice;

    /// A program about which these kinds can be asked.
    fn exam(kinds: &[(&'static str, &'static str, bool)]) -> Exam {
        let text = |label: &'static str| -> Sentence { sentence!("exam-say-call", call = label) };
        let choices = ["one", "two", "three"]
            .map(|label| Choice { label, text: text(label), why: text(label) })
            .to_vec();
        let candidates = kinds.iter().enumerate().map(|(index, (kind, call, ran))| Candidate {
            id: format!("{kind}:case:{index}"),
            kind,
            case: "case".to_owned(),
            call: (*call).to_owned(),
            ask: text("what"),
            choices: choices.clone(),
            right: 0,
            evidence: vec![0],
            timeline: Arc::new(Timeline::default()),
            ran: *ran,
        });
        Exam { candidates: candidates.collect(), unclear: 0 }
    }

    const SIX: [(&str, &str, bool); 8] = [
        ("zero", "recv", false),
        ("zero", "recv", false),
        ("fin-by", "close", false),
        ("accept-gives", "accept", false),
        ("backlog", "listen", false),
        ("would-close", "recv", true),
        ("would-gone", "send", true),
        ("would-silent", "recv", true),
    ];

    fn ids(exam: &Exam, asked: &Asked) -> BTreeSet<String> {
        asked.iter().map(|index| exam.candidates[*index].id.clone()).collect()
    }

    #[test]
    fn sixty_students_with_the_same_program_get_sixty_different_triples() {
        // 8 over 3 is 56: with nine questions there are 84.
        let mut kinds = SIX.to_vec();
        kinds.push(("would-pieces", "recv", true));
        let same = exam(&kinds);
        let names: Vec<String> = (1..=60).map(|number| format!("student-{number:02}")).collect();
        let sheets: Vec<Sheet<'_>> =
            names.iter().map(|student| Sheet::of(student, &same)).collect();
        let dealt = assign(&sheets);
        let triples: BTreeSet<BTreeSet<String>> =
            dealt.iter().map(|asked| ids(&same, &asked.unwrap())).collect();
        assert_eq!(triples.len(), 60);
        assert!(triples.iter().all(|triple| triple.len() == QUESTIONS));
        // The first has what is best for that student alone.
        let alone = draw(&same, seed_of("student-01"), &BTreeSet::new()).unwrap();
        assert_eq!(assign(&sheets[..1]), [Ok(alone)]);
        assert_eq!(assign(&sheets), dealt, "the same class gets the same");
    }

    #[test]
    fn who_has_little_to_be_asked_gets_it_although_somebody_else_came_first() {
        let (large, small) = (exam(&SIX), exam(&SIX[..3]));
        let names: Vec<String> = (0..56).map(|number| format!("s{number}")).collect();
        let mut sheets: Vec<Sheet<'_>> =
            names[..55].iter().map(|student| Sheet::of(student, &large)).collect();
        sheets.push(Sheet::of(&names[55], &small));
        // All 56 triples are needed, and the last student has only one that is possible.
        let dealt = assign(&sheets);
        let only = ids(&small, &dealt[55].unwrap());
        assert_eq!(only, ids(&small, &[0, 1, 2]));
        let others: Vec<BTreeSet<String>> =
            dealt[..55].iter().map(|asked| ids(&large, &asked.unwrap())).collect();
        assert!(!others.contains(&only));
        assert_eq!(others.iter().collect::<BTreeSet<_>>().len(), 55);
    }

    #[test]
    fn what_is_not_possible_is_said() {
        let (three, two) = (exam(&SIX[..3]), exam(&SIX[..2]));
        let sheet = Sheet::of;
        let dealt = assign(&[sheet("a", &three), sheet("b", &three), sheet("c", &two)]);
        assert!(dealt[0].is_ok());
        assert_eq!(dealt[1..], [Err(Shortage::Shared), Err(Shortage::Few(2))]);
    }

    #[test]
    fn who_has_three_keeps_them_whoever_comes_later() {
        let exam = exam(&SIX);
        let alone = assign(&[Sheet::of("b", &exam)])[0].unwrap();
        let kept = Sheet { kept: Some(alone), ..Sheet::of("b", &exam) };
        let many: Vec<String> = (0..55).map(|number| format!("a{number}")).collect();
        let mut sheets: Vec<Sheet<'_>> = many.iter().map(|name| Sheet::of(name, &exam)).collect();
        sheets.push(kept);
        let dealt = assign(&sheets);
        assert_eq!(dealt[55], Ok(alone));
        let triples: BTreeSet<_> = dealt.iter().map(|asked| ids(&exam, &asked.unwrap())).collect();
        assert_eq!(triples.len(), 56, "all there are");
    }

    #[test]
    fn three_of_different_kinds_are_preferred_and_none_that_was_asked() {
        let exam = exam(&SIX);
        for seed in 0..50 {
            let first = draw(&exam, seed, &BTreeSet::new()).unwrap();
            let kinds: BTreeSet<&str> = first.map(|index| exam.candidates[index].kind).into();
            let calls: BTreeSet<&str> =
                first.map(|index| exam.candidates[index].call.as_str()).into();
            let families: BTreeSet<bool> = first.map(|index| exam.candidates[index].ran).into();
            assert_eq!((kinds.len(), calls.len(), families.len()), (3, 3, 2));
            let before = ids(&exam, &first);
            let again = draw(&exam, seed, &before).unwrap();
            assert!(ids(&exam, &again).is_disjoint(&before));
            let both: BTreeSet<String> = before.union(&ids(&exam, &again)).cloned().collect();
            assert_eq!(draw(&exam, seed, &both), Err(Shortage::Few(2)));
        }
    }

    #[test]
    fn a_question_that_is_missing_changes_nothing_for_who_would_not_have_got_it() {
        let (all, mut fewer) = (exam(&SIX), exam(&SIX));
        fewer.candidates.remove(4);
        for seed in 0..50 {
            let drawn = ids(&all, &draw(&all, seed, &BTreeSet::new()).unwrap());
            if !drawn.contains("backlog:case:4") {
                assert_eq!(ids(&fewer, &draw(&fewer, seed, &BTreeSet::new()).unwrap()), drawn);
            }
        }
    }

    #[test]
    fn the_right_choice_has_no_place_of_its_own() {
        let exam = exam(&SIX);
        let places: BTreeSet<usize> = (0..40)
            .map(|seed| {
                let order = letters(&exam.candidates[0], seed);
                assert_eq!(order.iter().collect::<BTreeSet<_>>().len(), 3);
                order.iter().position(|index| *index == 0).unwrap()
            })
            .collect();
        assert_eq!(places.len(), 3);
    }
}
