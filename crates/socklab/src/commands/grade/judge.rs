//! What a class is judged by: the exercise, a pack of hidden cases, the hints.

use std::path::{Path, PathBuf};

use anyhow::Result;
use socklab_grade::class::Enrolled;
use socklab_grade::exam::ExamInfo;
use socklab_grade::journal::key;
use socklab_grade::{Counted, Pack};
use socklab_say::Speaker;
use socklab_scenario::exercise::Hints;
use socklab_scenario::format::Exercise;
use socklab_scenario::{self as scenario, PackError};

use super::some_seed;
use crate::cli::{self, Shard};
use crate::commands::exercise::Material;
use crate::course;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::graded::Judge;

/// What a class is judged by.
pub(super) struct Judged {
    /// The exercise, with the cases of the pack behind its own.
    pub(super) exercise: Exercise,
    /// The SHA-256 of its files.
    sha256: String,
    pack: Option<Pack>,
    hidden: Vec<String>,
    gaps: Hints,
    counted: Counted,
    exam: Option<ExamInfo>,
    /// The options that another command needs to find the exercise.
    pub(super) words: Vec<String>,
}

impl Judged {
    pub(super) fn load(speaker: Speaker, options: &cli::Grade, name: &str) -> Result<Self> {
        let material = Material::load(speaker, &options.which)?;
        let mut exercise = material.exercise(name)?;
        let read = |folder: &PathBuf| read(speaker, folder, &exercise);
        let (mut pack, mut hidden) = (None, Vec::new());
        if let Some(read) = options.pack.as_ref().map(read).transpose()? {
            hidden.extend(read.cases.iter().map(|case| case.name.clone()));
            exercise.cases.extend(read.cases);
            pack = Some(Pack { name: read.name, sha256: read.sha256 });
        }
        Ok(Self {
            sha256: material.source(&exercise.name).sha256,
            gaps: material.hints(&exercise.name)?,
            pack,
            hidden,
            exercise,
            counted: options.count.into(),
            exam: options.exam.map(|each| ExamInfo { each, marked: false }),
            words: options.which.words(),
        })
    }

    /// What judges submissions, with this seed.
    pub(super) fn judge(&self, seed: u64) -> Judge<'_> {
        Judge {
            exercise: &self.exercise,
            sha256: &self.sha256,
            pack: self.pack.as_ref(),
            hidden: &self.hidden,
            gaps: &self.gaps,
            seed,
            counted: self.counted,
            exam: self.exam,
        }
    }

    /// A seed that nobody could know. Those who grade parts of a class must have the same, and find
    /// it in what they have in common.
    pub(super) fn seed(&self, shard: Option<Shard>, students: &[&Enrolled]) -> u64 {
        if shard.is_none() {
            return some_seed();
        }
        let ids = students.iter().map(|one| one.student.id.as_str());
        let pack = self.pack.as_ref().map_or("", |pack| pack.sha256.as_str());
        let parts: Vec<&str> = [self.sha256.as_str(), pack].into_iter().chain(ids).collect();
        u64::from_str_radix(&key(&parts)[..8], 16).unwrap_or(1)
    }
}

/// Reads the folder of a pack.
fn read(speaker: Speaker, folder: &Path, exercise: &Exercise) -> Result<scenario::Pack> {
    scenario::Pack::read(folder, exercise).map_err(|error| match error {
        PackError::Mistake(mistake) => course::mistake(speaker, &mistake),
        error => Failure::new(ExitReason::Usage, error.to_string()).into(),
    })
}
