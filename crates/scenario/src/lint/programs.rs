//! Finds programs that actors run but that do not exist.

use serde::Deserialize;
use socklab_say::sentence;
use toml::Spanned;

use crate::course::Course;
use crate::exercise::is_installed;
use crate::format::{self, LoadError};
use crate::item_kind::ItemKind;

/// A question, an exercise or a case, of which only the commands are read.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    actor: Vec<Actor>,
    #[serde(default)]
    case: Vec<Written>,
}

#[derive(Deserialize)]
struct Actor {
    run: Option<Vec<Spanned<String>>>,
}

impl Written {
    /// The first word of every command.
    fn programs(&self) -> Vec<&Spanned<String>> {
        let own = self.actor.iter().filter_map(|actor| actor.run.as_ref()?.first());
        own.chain(self.case.iter().flat_map(Self::programs)).collect()
    }
}

/// Above this Jaro-Winkler similarity, one name may be a misspelling of the other.
const ALIKE: f64 = 0.75;

impl Course {
    /// Finds programs that are not installed and look like a misspelled course program. Any other
    /// program may be installed where the course is taught.
    pub(super) fn lint_programs(
        &self,
        kind: ItemKind,
        folder: &str,
        known: &[&str],
        mistakes: &mut Vec<LoadError>,
    ) {
        let path = kind.toml(folder);
        let text = self.file(&path).map(String::from_utf8_lossy).unwrap_or_default();
        let Ok(written) = format::read::<Written>(&text) else { return };
        for word in written.programs() {
            let found = word.get_ref().as_str();
            let elsewhere = found.contains(['/', '{']) || is_installed(found);
            if known.contains(&found) || elsewhere {
                continue;
            }
            let likeness = |name: &&&str| strsim::jaro_winkler(name, &found.to_lowercase());
            let near = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
            if let Some(near) = near.filter(|near| likeness(near) > ALIKE) {
                let what = sentence!("mistake-unknown-program", found = found, near = *near);
                mistakes.push(LoadError::at(&self.shown(&path), &text, word.span(), what));
            }
        }
    }
}
