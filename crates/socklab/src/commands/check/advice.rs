//! What is said to help with a case that did not pass: explanations of what happened to the
//! program, and the hint that fits.

use socklab_judge::Weight;
use socklab_say::Speaker;
use socklab_scenario::exercise::{CaseReport, Insight};

use crate::commands::trace::sentence;
use crate::course::texts;

/// The maximum number of explanations shown: more would confuse.
const MOST: usize = 2;

/// Rules about calls that cannot work as they were made. If one applies, it is more precise than
/// the hint of a case.
const MISUSE: [&str; 10] = [
    "accept-without-listen",
    "address-not-here",
    "already-connected",
    "busy-loop",
    "closed-descriptor",
    "end-ignored",
    "listener-used",
    "no-destination",
    "not-a-socket",
    "not-connected",
];

/// Explanations that the first sentence of the report makes superfluous.
const SAID: [(&str, &[&str]); 5] = [
    ("reads-the-end", &["end-ignored", "busy-loop"]),
    ("failing-loop", &["busy-loop", "spins-without-descriptors"]),
    ("never-listened", &["accept-without-listen"]),
    ("connect-failed", &["connect-refused"]),
    ("killed", &["killed-by-sigpipe"]),
];

/// What a program did that leaves the author's hint for all cases beside the point.
const ELSEWHERE: [&str; 9] = [
    "connects-instead",
    "failing-loop",
    "listens-by-kernel",
    "listens-elsewhere",
    "listens-swapped",
    "not-compiled",
    "spins",
    "waits-for-typing",
    "wrong-transport",
];

/// Advice on the student's program.
#[derive(Debug, Default)]
pub(crate) struct Advice {
    /// The explanations to print.
    pub(crate) sentences: Vec<String>,
    /// The hints that fit, the first to be shown first.
    pub(crate) hints: Vec<String>,
}

/// Looks for advice on a case that did not pass.
pub(crate) fn advice(speaker: Speaker, done: &CaseReport<'_>, insight: &Insight) -> Advice {
    let said =
        insight.deed.as_ref().and_then(|deed| SAID.iter().find(|(key, _)| *key == deed.rule));
    let said = said.map_or(&[][..], |(_, said)| said);
    let problems = insight.explanations.iter().filter(|one| one.weight == Weight::Problem);
    let misuse = problems.clone().any(|one| MISUSE.contains(&one.rule));
    let told = problems
        .filter(|one| !misuse || MISUSE.contains(&one.rule))
        .filter(|one| !said.contains(&one.rule));
    let mut sentences: Vec<String> = Vec::new();
    for one in told {
        let sentence = sentence(speaker, one);
        if !sentences.contains(&sentence) && sentences.len() < MOST {
            sentences.push(sentence);
        }
    }
    let elsewhere = insight.deed.as_ref().is_some_and(|deed| ELSEWHERE.contains(&deed.rule));
    let only_fitting = misuse || elsewhere;
    let hints = done.hints(&insight.rules(), only_fitting);
    let hints = hints.iter().map(|hint| texts::text(speaker, hint).to_owned()).collect();
    Advice { sentences, hints }
}
