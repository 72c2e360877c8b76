//! Finds programs that do not exist: those that actors run, and those that readers are to type.

use serde::Deserialize;
use socklab_say::{Sentence, sentence};
use toml::Spanned;

use crate::course::Course;
use crate::exercise::is_installed;
use crate::format::{self, LoadError, nearest};
use crate::item_kind::ItemKind;

/// The command that runs the course's programs.
const SOCKLAB: &str = "socklab";

/// A question, an exercise or a case, of which only the commands are read.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    actor: Vec<Actor>,
    #[serde(default)]
    case: Vec<Written>,
    #[serde(default)]
    by_hand: Vec<ByHand>,
}

#[derive(Deserialize)]
struct Actor {
    run: Option<Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
struct ByHand {
    r#type: Option<Spanned<String>>,
}

impl Written {
    /// The first word of every command.
    fn programs(&self) -> Vec<&Spanned<String>> {
        let own = self.actor.iter().filter_map(|actor| actor.run.as_ref()?.first());
        own.chain(self.case.iter().flat_map(Self::programs)).collect()
    }

    /// The lines that a reader is to type.
    fn typed(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.by_hand.iter().filter_map(|line| line.r#type.as_ref())
    }
}

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
        let run =
            written.programs().into_iter().map(|word| (word, misspelled(word.get_ref(), known)));
        let typed = written.typed().map(|line| (line, unknown_in(line.get_ref(), known)));
        for (word, what) in run.chain(typed) {
            let mistake =
                what.map(|what| LoadError::at(&self.shown(&path), &text, word.span(), what));
            mistakes.extend(mistake);
        }
    }
}

/// The mistake that a program is not there, if its name looks like a known one.
fn misspelled(found: &str, known: &[&str]) -> Option<Sentence> {
    if known.contains(&found)
        || found == SOCKLAB
        || found.contains(['/', '{'])
        || is_installed(found)
    {
        return None;
    }
    let near = nearest(found, &[known, &[SOCKLAB]].concat())?;
    Some(sentence!("mistake-unknown-program", found = found, near = near))
}

/// The mistake in a line to type: `socklab run NAME` needs a program of the course.
fn unknown_in(line: &str, known: &[&str]) -> Option<Sentence> {
    let mut words = line.split_whitespace().skip_while(|word| word.contains('='));
    let first = words.next()?;
    if first != SOCKLAB {
        return misspelled(first, known);
    }
    let name = words.next().filter(|verb| *verb == "run").and_then(|_| words.next())?;
    if known.contains(&name) || name.starts_with(['-', '<', '{']) {
        return None;
    }
    let near = nearest(name, known);
    Some(match near {
        Some(near) => sentence!("mistake-unknown-program", found = name, near = near),
        None => sentence!("mistake-no-such-program", found = name, known = known.join(", ")),
    })
}
