//! `grade --soak`: grades the class again and again, each time with another seed. What a case came to
//! must not depend on how busy the machine is, and neither must the group that somebody belongs to.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use socklab_grade::cluster::{Form, experiment};
use socklab_grade::{CaseState, Graded, State};
use socklab_say::{Speaker, clean, count, duration, say};
use socklab_scenario::Runner;

use super::pool::{Job, Pool, Results};
use crate::commands::soak::beside_busy_loops;
use crate::exit_reason::ExitReason;
use crate::output::{eprintln, println};
use crate::style::{self, paint};
use crate::terminal::gauge;

/// What something came to, as far as points are concerned: how often, and a seed with which it did.
type Seen = BTreeMap<String, (u32, u64)>;

/// The ways in which somebody's program behaved, by the names of their groups: how often, a seed with
/// which it did, and what others saw.
type Ways = BTreeMap<String, (u32, u64, Form)>;

/// Grades the class so many times.
pub(super) fn soak(pool: Pool<'_>, jobs: &[Job<'_>], times: u32) -> Result<ExitCode> {
    let began = Instant::now();
    let first = pool.judge.seed;
    let mut seen: BTreeMap<(String, String), Seen> = BTreeMap::new();
    let mut ways: BTreeMap<String, Ways> = BTreeMap::new();
    let (mut graded, mut unknown) = (0, 0);
    let rounds = || -> Result<u32> {
        for round in 0..times {
            let seed = first.wrapping_add(u64::from(round));
            let runner = Runner { seed, ..pool.runner.clone() };
            let mut judge = pool.judge.clone();
            judge.seed = seed;
            let pool = Pool { runner: &runner, judge, ..pool.another_round() };
            let Results { trouble, .. } = pool.run(jobs);
            if let Some(error) = trouble {
                return Err(error);
            }
            let results = pool.so_far.take();
            for one in &results {
                note(&mut seen, one, seed);
                if let Some(form) = &one.form {
                    let ways = ways.entry(id(one)).or_default();
                    ways.entry(form.digest()).or_insert_with(|| (0, seed, form.clone())).0 += 1;
                }
                unknown += u32::from(one.state == State::InfraError);
            }
            graded += u32::try_from(results.len()).unwrap_or(u32::MAX);
            // Whoever interrupts it later has seen how far it came, and what was found.
            let differ = [differing(&seen).count(), differing(&ways).count()];
            gauge::hide();
            eprintln!("{}", after(pool.speaker, [round + 1, times], differ));
            if pool.is_over() {
                return Ok(round + 1);
            }
        }
        Ok(times)
    };
    let rounds = beside_busy_loops(pool.options.load, rounds)?;
    let speaker = pool.speaker;
    let flips: Vec<_> = differing(&seen).collect();
    for ((id, case), outcomes) in &flips {
        let told = outcomes.iter().map(|(word, (times, seed))| {
            say!(speaker, "grade-soak-outcome", word = word, times = times, seed = seed)
        });
        let told = told.collect::<Vec<_>>().join(", ");
        println!("{} {}  {}  {told}", paint(style::BAD, "✗"), clean(id), clean(case));
    }
    let changing: Vec<_> = differing(&ways).collect();
    for (id, ways) in &changing {
        for line in told(speaker, ways) {
            println!("{} {}  {line}", paint(style::BAD, "✗"), clean(id));
        }
    }
    let took = duration(u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX));
    println!(
        "{}",
        say!(
            speaker,
            "grade-soak",
            rounds = count(rounds),
            graded = count(graded),
            flips = count(flips.len() as u64),
            changing = count(changing.len() as u64),
            unknown = count(unknown),
            took = took
        )
    );
    Ok(match (flips.is_empty() && changing.is_empty(), unknown) {
        (false, _) => ExitReason::No.into(),
        (true, 0) => ExitCode::SUCCESS,
        (true, _) => ExitReason::Environment.into(),
    })
}

/// Those that were not always the same.
fn differing<K, L, T>(
    known: &BTreeMap<K, BTreeMap<L, T>>,
) -> impl Iterator<Item = (&K, &BTreeMap<L, T>)> {
    known.iter().filter(|(_, kinds)| kinds.len() > 1)
}

/// How far it is after a round, and how many cases and submissions have differed so far.
fn after(speaker: Speaker, [round, rounds]: [u32; 2], [flips, changing]: [usize; 2]) -> String {
    let (round, rounds) = (count(round), count(rounds));
    let (flips, changing) = (count(flips), count(changing));
    say!(
        speaker,
        "grade-soak-round",
        round = round,
        rounds = rounds,
        flips = flips,
        changing = changing
    )
}

/// The ways in which a program behaved, numbered, and where each of them parts from the first.
fn told(speaker: Speaker, ways: &Ways) -> Vec<String> {
    let numbered = ways.iter().zip(1u64..).map(|((name, (times, seed, _)), number)| {
        let (number, name) = (count(number), name.as_str());
        say!(speaker, "grade-soak-way", number = number, name = name, times = times, seed = seed)
    });
    let numbered = numbered.collect::<Vec<_>>().join(", ");
    let mut lines = vec![say!(speaker, "grade-soak-ways", ways = numbered)];
    let mut forms = ways.values().map(|(_, _, form)| form);
    if let Some(first) = forms.next() {
        let parted = forms
            .zip(2..)
            .filter_map(|(form, number)| Some(experiment(first, form)?.text([1, number], speaker)));
        lines.extend(parted);
    }
    lines
}

/// Whose attempt it is, and which, if there are several.
fn id(graded: &Graded) -> String {
    match graded.attempt.as_ref().map_or(1, |attempt| attempt.number) {
        1 => graded.student.id.clone(),
        attempt => format!("{}@{attempt}", graded.student.id),
    }
}

/// Notes what a submission came to. One that the machine has failed to grade says nothing.
fn note(seen: &mut BTreeMap<(String, String), Seen>, graded: &Graded, seed: u64) {
    if graded.state == State::InfraError {
        return;
    }
    let id = id(graded);
    let mut add = |case: &str, word: &str| {
        let outcomes = seen.entry((id.clone(), case.to_owned())).or_default();
        outcomes.entry(word.to_owned()).or_insert((0, seed)).0 += 1;
    };
    add("", graded.state.word());
    for case in graded.cases.iter().filter(|case| case.state != CaseState::InfraError) {
        // Too late and wrong are both without points.
        let state = if case.state == CaseState::Timeout { CaseState::Failed } else { case.state };
        add(&case.name, state.word());
    }
}
