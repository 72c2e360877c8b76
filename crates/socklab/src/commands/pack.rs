//! A pack of hidden cases, behind those of an exercise: for `grade`, and for a teacher's `check`.

use std::path::Path;

use anyhow::Result;
use socklab_grade::Pack;
use socklab_say::Speaker;
use socklab_scenario::format::Exercise;
use socklab_scenario::{self as scenario, PackError};

use crate::course;
use crate::exit_reason::ExitReason;
use crate::failure::{Failure, cannot};

/// What a pack has added to an exercise.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hidden {
    /// The pack, if there is one.
    pub(crate) pack: Option<Pack>,
    /// The names of its cases.
    pub(crate) cases: Vec<String>,
}

impl Hidden {
    /// Adds the cases of a pack to those of the exercise that it is for.
    pub(crate) fn add(
        speaker: Speaker,
        folder: Option<&Path>,
        exercise: &mut Exercise,
    ) -> Result<Self> {
        let Some(folder) = folder else { return Ok(Self::default()) };
        let read = scenario::Pack::read(folder, exercise).map_err(|error| match error {
            PackError::Mistake(mistake) => course::mistake(speaker, &mistake),
            PackError::Call { call, path, source } => cannot(speaker, call, &path, &source).into(),
            error => Failure::new(ExitReason::Usage, error.to_string()).into(),
        })?;
        let cases = read.cases.iter().map(|case| case.name.clone()).collect();
        exercise.cases.extend(read.cases);
        Ok(Self { pack: Some(Pack { name: read.name, sha256: read.sha256 }), cases })
    }
}
