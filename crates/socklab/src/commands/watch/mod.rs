//! `socklab check --watch`.

use std::process::ExitCode;

use anyhow::Result;
use scenario::format::Exercise;

use super::check::Subject;
use super::exercise::Material;

pub(super) fn watch(_: Material, _: Exercise, _: Subject) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
