//! `grade --soak`: grades the class again and again, each time with another seed. What a case came to
//! must not depend on how busy the machine is.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use socklab_grade::{CaseState, Graded, State};
use socklab_say::{clean, count, duration, say};
use socklab_scenario::Runner;

use super::pool::{Job, Pool, Results};
use crate::commands::soak::beside_busy_loops;
use crate::exit_reason::ExitReason;
use crate::output::println;
use crate::style::{self, paint};

/// What something came to, as far as points are concerned: how often, and a seed with which it did.
type Seen = BTreeMap<String, (u32, u64)>;

/// Grades the class so many times.
pub(super) fn soak(pool: Pool<'_>, jobs: &[Job<'_>], times: u32) -> Result<ExitCode> {
    let began = Instant::now();
    let first = pool.judge.seed;
    let mut seen: BTreeMap<(String, String), Seen> = BTreeMap::new();
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
                unknown += u32::from(one.state == State::InfraError);
            }
            graded += u32::try_from(results.len()).unwrap_or(u32::MAX);
            if pool.is_over() {
                return Ok(round + 1);
            }
        }
        Ok(times)
    };
    let rounds = beside_busy_loops(pool.options.load, rounds)?;
    let speaker = pool.speaker;
    let flips: Vec<_> = seen.iter().filter(|(_, outcomes)| outcomes.len() > 1).collect();
    for ((id, case), outcomes) in &flips {
        let told = outcomes.iter().map(|(word, (times, seed))| {
            say!(speaker, "grade-soak-outcome", word = word, times = times, seed = seed)
        });
        let told = told.collect::<Vec<_>>().join(", ");
        println!("{} {}  {}  {told}", paint(style::BAD, "✗"), clean(id), clean(case));
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
            unknown = count(unknown),
            took = took
        )
    );
    Ok(match (flips.is_empty(), unknown) {
        (false, _) => ExitReason::No.into(),
        (true, 0) => ExitCode::SUCCESS,
        (true, _) => ExitReason::Environment.into(),
    })
}

/// Notes what a submission came to. One that the machine has failed to grade says nothing.
fn note(seen: &mut BTreeMap<(String, String), Seen>, graded: &Graded, seed: u64) {
    if graded.state == State::InfraError {
        return;
    }
    let attempt = graded.attempt.as_ref().map_or(1, |attempt| attempt.number);
    let id = match attempt {
        1 => graded.student.id.clone(),
        attempt => format!("{}@{attempt}", graded.student.id),
    };
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
