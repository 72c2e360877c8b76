//! What a soak tells at its end.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use socklab_say::{Speaker, count, say};
use socklab_scenario::Origin;
use socklab_scenario::exercise::Change;

use super::{COPIES, Repeated, What};
use crate::cli::CourseSoak;
use crate::commands::exercise::Material;
use crate::output::println;
use crate::style;

/// What became of all checks.
pub(super) struct Soaked<'a> {
    pub(super) seed: u64,
    pub(super) checks: usize,
    pub(super) of: usize,
    pub(super) took: Duration,
    pub(super) interrupted: bool,
    pub(super) missing: &'a [String],
    pub(super) programs: &'a [Repeated<'a>],
}

impl Soaked<'_> {
    pub(super) fn changes(&self) -> Vec<(&Repeated<'_>, Change)> {
        let programs = self.programs.iter();
        let all = programs.flat_map(|one| one.changes().into_iter().map(move |it| (one, it)));
        all.collect()
    }

    /// How many checks had a case that could not be run.
    pub(super) fn unavailable(&self) -> u32 {
        let tallies = self.programs.iter().filter_map(|program| program.tally.lock().ok());
        tallies.map(|tally| tally.unavailable).sum()
    }

    /// How many questions, and how many programs.
    fn kinds(&self) -> (usize, usize) {
        let asks = |one: &&Repeated<'_>| matches!(one.what, What::Question(_));
        let questions = self.programs.iter().filter(asks).count();
        (questions, self.programs.len() - questions)
    }

    fn what(&self, speaker: Speaker) -> String {
        let (questions, programs) = self.kinds();
        let questions = (questions, say!(speaker, "soak-questions", questions = count(questions)));
        let programs = (programs, say!(speaker, "soak-programs", programs = count(programs)));
        match (questions, programs) {
            ((0, _), (_, programs)) => programs,
            ((_, questions), (0, _)) => questions,
            ((_, questions), (_, programs)) => {
                say!(speaker, "soak-both", questions = questions, programs = programs)
            }
        }
    }

    /// How many programs were checked more than once: only their verdicts could change.
    fn repeated(&self) -> usize {
        let tallies = self.programs.iter().filter_map(|program| program.tally.lock().ok());
        tallies.filter(|tally| tally.checks > 1).count()
    }

    pub(super) fn print(&self, speaker: Speaker, material: &Material, options: &CourseSoak) {
        for program in self.missing {
            println!("? {}", say!(speaker, "soak-missing", program = program));
        }
        if self.unavailable() > 0 {
            let checks = count(self.unavailable() as usize);
            println!("? {}", say!(speaker, "soak-unavailable", checks = checks));
        }
        let changes = self.changes();
        let built_in = |(program, _): &(&Repeated<'_>, Change)| match &program.what {
            What::Program { exercise, .. } => {
                let built_in = material.source(&exercise.name).origin == Origin::BuiltIn;
                built_in.then(|| exercise.name.clone())
            }
            What::Question(_) => None,
        };
        if options.command.is_empty()
            && let Some(name) = changes.iter().find_map(built_in)
        {
            let command = format!("socklab course copy {name} {COPIES}");
            println!("{}", say!(speaker, "soak-copy", command = command));
        }
        let took = u64::try_from(self.took.as_nanos()).unwrap_or(u64::MAX);
        let told = say!(
            speaker,
            "soak-total",
            checks = count(self.checks),
            of = count(self.of),
            what = self.what(speaker),
            repeated = count(self.repeated()),
            load = options.load,
            took = speaker.duration(took),
            changes = count(changes.len())
        );
        let style = if changes.is_empty() { style::GOOD } else { style::BAD };
        println!("{}", style::paint(style, told));
    }

    pub(super) fn as_json(&self, options: &CourseSoak) -> Value {
        let change = |(program, change): &(&Repeated<'_>, Change)| {
            let outcomes = change.outcomes.iter();
            let (kind, name, file) = match &program.what {
                What::Question(question) => ("question", &question.name, None),
                What::Program { exercise, exhibit, .. } => {
                    ("exercise", &exercise.name, Some(&exhibit.program))
                }
            };
            json!({
                kind: name,
                "program": file,
                "case": change.case,
                "outcomes": outcomes
                    .map(|(outcome, times)| (outcome.word(), times))
                    .collect::<BTreeMap<_, _>>(),
                "why": change.why.lines().collect::<Vec<_>>(),
                "seed": change.seed,
                "again": program.again(change, &options.which),
            })
        };
        let changes = self.changes();
        json!({
            "ok": changes.is_empty(),
            "seed": self.seed,
            "load": options.load,
            "questions": self.kinds().0,
            "programs": self.kinds().1,
            "repeated": self.repeated(),
            "checks": self.checks,
            "of": self.of,
            "interrupted": self.interrupted,
            "milliseconds": u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX),
            "changes": changes.iter().map(change).collect::<Vec<_>>(),
            "not_run": self.missing,
            "could_not_be_run": self.unavailable(),
        })
    }
}
