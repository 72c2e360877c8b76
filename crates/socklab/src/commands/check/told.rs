//! What is told of a case, for whoever keeps it: scripts, and the gradebook of a class.

use socklab_judge::Deed;
use socklab_say::Speaker;
use socklab_scenario::exercise::{CaseReport, Open, conduct};

use super::advice::{Advice, advice};
use super::explain::why;
use super::story::{conduct_text, gap_in_the_way};
use super::subject::Subject;

/// What is told of a case.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// The open gap that the program ran into, if one is in the way: then its prompt is what helps.
    pub(crate) gap: Option<Open>,
    /// What the program did, if it did not pass, and the sentence for it.
    pub(crate) did: Option<(Deed, String)>,
    /// Why it did not pass: what was expected, and what came.
    pub(crate) problem: Option<String>,
    /// What a reader should know about what happened.
    pub(crate) explanations: Vec<String>,
    /// The hints of the exercise's author that fit.
    pub(crate) hints: Vec<String>,
    /// What it did besides its task.
    pub(crate) conduct: Vec<String>,
}

/// What is told of a case of this program.
pub(crate) fn told(speaker: Speaker, done: &CaseReport<'_>, subject: &Subject) -> Told {
    let remarks = done.recording.as_ref().map(conduct).unwrap_or_default();
    let conduct = remarks.iter().map(|remark| conduct_text(speaker, remark)).collect();
    if done.problem().is_none() {
        return Told { conduct, ..Told::default() };
    }
    let insight = done.insight();
    let gap = gap_in_the_way(done, subject);
    let Advice { sentences, hints } = match gap {
        None => advice(speaker, done, &insight),
        Some(_) => Advice::default(),
    };
    Told {
        gap,
        problem: Some(why(speaker, done).join("\n")),
        explanations: sentences,
        hints: if super::advised(done) { hints } else { Vec::new() },
        conduct,
        did: insight.deed.map(|deed| {
            let text = speaker.tell(&deed.sentence());
            (deed, text)
        }),
    }
}
