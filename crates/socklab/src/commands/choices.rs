//! What a word of a command line may be, and what each choice means.

use anyhow::Result;
use socklab_say::Speaker;

use super::exercise::Material;
use crate::course::texts;

/// The exercises, in the order of the course, with their titles.
pub(crate) fn exercises(speaker: Speaker, material: &Material) -> Result<Vec<(String, String)>> {
    let all = material.all()?;
    let choice = |one: &socklab_scenario::format::Exercise| {
        let title = &texts::exercise(speaker, one).title;
        let about = title.strip_prefix(&format!("{}: ", one.name)).unwrap_or(title);
        (one.name.clone(), about.to_owned())
    };
    Ok(all.iter().map(choice).collect())
}
