//! What a class is judged by: the exercise, a pack of hidden cases, the hints.

use anyhow::Result;
use socklab_grade::class::Enrolled;
use socklab_grade::exam::ExamInfo;
use socklab_grade::journal::key;
use socklab_grade::{Counted, Pack};
use socklab_say::Speaker;
use socklab_scenario::Source;
use socklab_scenario::exercise::Hints;
use socklab_scenario::format::Exercise;

use super::{absolute, some_seed};
use crate::cli::{self, Shard, WhichCourse};
use crate::commands::exercise::Material;
use crate::commands::pack::Hidden;
use crate::graded::Judge;

/// What a class is judged by.
pub(super) struct Judged {
    /// The exercise, with the cases of the pack behind its own.
    pub(super) exercise: Exercise,
    /// Where it is, and the SHA-256 of its files.
    pub(super) source: Source,
    pack: Option<Pack>,
    hidden: Vec<String>,
    gaps: Hints,
    counted: Counted,
    exam: Option<ExamInfo>,
    /// The options that another command needs to find the exercise.
    pub(super) words: Vec<String>,
    /// The same, wherever that command is typed, with the pack.
    pub(super) words_here: Vec<String>,
}

impl Judged {
    pub(super) fn load(speaker: Speaker, options: &cli::Grade, name: &str) -> Result<Self> {
        let material = Material::load(speaker, &options.which)?;
        let mut exercise = material.exercise(name)?;
        let Hidden { pack, cases: hidden } =
            Hidden::add(speaker, options.pack.as_deref(), &mut exercise)?;
        Ok(Self {
            source: material.source(&exercise.name),
            gaps: material.hints(&exercise.name)?,
            pack,
            hidden,
            exercise,
            counted: options.count.into(),
            exam: options.exam.map(|each| ExamInfo { each, marked: false }),
            words: options.which.words(),
            words_here: {
                let course = options.which.course.as_deref().map(absolute);
                let which = WhichCourse { course, ..options.which };
                let pack = options.pack.as_deref().map(|it| absolute(it).display().to_string());
                let pack = pack.into_iter().flat_map(|pack| ["--pack".to_owned(), pack]);
                which.words().into_iter().chain(pack).collect()
            },
        })
    }

    /// What judges submissions, with this seed.
    pub(super) fn judge(&self, seed: u64) -> Judge<'_> {
        Judge {
            exercise: &self.exercise,
            sha256: &self.source.sha256,
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
        let parts: Vec<&str> = [self.source.sha256.as_str(), pack].into_iter().chain(ids).collect();
        u64::from_str_radix(&key(&parts)[..8], 16).unwrap_or(1)
    }
}
