//! What is said to help with a case that did not pass: explanations of what happened to the
//! program, and the hints that fit.

use socklab_judge::Weight;
use socklab_say::{Speaker, say};
use socklab_scenario::exercise::{CaseReport, Conduct, Insight, conduct};

use crate::commands::trace::sentence;
use crate::course::texts;

/// The maximum number of explanations shown: more would confuse.
const MOST: usize = 2;

/// Rules about calls that cannot work as they were made. If one applies, it is more precise than
/// the hint of a case.
const MISUSE: [&str; 11] = [
    "accept-without-listen",
    "address-not-here",
    "already-connected",
    "busy-loop",
    "closed-descriptor",
    "datagram-truncated",
    "end-ignored",
    "listener-used",
    "no-destination",
    "not-a-socket",
    "not-connected",
];

/// Explanations that the first sentence of the report makes superfluous.
const SAID: [(&str, &[&str]); 12] = [
    ("reads-the-end", &["end-ignored", "busy-loop"]),
    ("failing-loop", &["busy-loop", "spins-without-descriptors"]),
    ("never-listened", &["accept-without-listen"]),
    ("connect-failed", &["connect-refused"]),
    ("connected-elsewhere", &["connect-refused", "udp-nobody", "killed-by-sigpipe"]),
    ("connected-swapped", &["connect-refused", "udp-nobody", "killed-by-sigpipe"]),
    ("connects-instead", &["connect-refused", "udp-nobody"]),
    ("ignored-failure", &["connect-refused", "not-connected", "broken-pipe", "killed-by-sigpipe"]),
    ("serves-instead", &["address-in-use-listening", "address-in-use-held"]),
    ("wrong-transport", &["connect-refused", "udp-nobody"]),
    ("sent-elsewhere", &["udp-nobody"]),
    ("killed", &["killed-by-sigpipe"]),
];

/// Explanations of how a conversation broke off. They are about what followed if the program ended
/// in the middle of it, or if what is missing is not in the conversation.
const BROKEN_OFF: [&str; 2] = ["close-unread", "never-closed"];

/// Rules by which a program ended in the middle of what it did.
const DIED: [&str; 10] = [
    "closed-unasked",
    "killed",
    "raised",
    "raised-text",
    "thread-raised",
    "failed-and-ended",
    "ended-early",
    "ended-with-failure",
    "ignored-failure",
    "ended",
];

/// What a program did that leaves the author's hint for all cases beside the point.
const ELSEWHERE: [&str; 19] = [
    "connected-elsewhere",
    "connected-swapped",
    "connects-instead",
    "ended-with-failure",
    "failing-loop",
    "ignored-failure",
    "killed",
    "listens-by-kernel",
    "listens-elsewhere",
    "listens-for-six",
    "listens-swapped",
    "not-compiled",
    "raised",
    "raised-text",
    "serves-instead",
    "spins",
    "thread-raised",
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
    let did = insight.deed.as_ref().map_or("", |deed| deed.rule);
    let said = SAID.iter().find(|(key, _)| *key == did).map_or(&[][..], |(_, said)| said);
    let prints = did.starts_with("printed-") || did == "read-less";
    let unheard = |rule: &str| {
        said.contains(&rule)
            // The peer waits because the case came to its end here; the first sentence says for what.
            || rule == "both-wait"
            || ((DIED.contains(&did) || prints) && BROKEN_OFF.contains(&rule))
            || (rule == "busy-loop" && polls(done))
    };
    let problems = || {
        let all = insight.explanations.iter().filter(|one| one.weight == Weight::Problem);
        all.filter(|one| !unheard(one.rule))
    };
    let misuse = problems().any(|one| MISUSE.contains(&one.rule));
    let mut told = Vec::new();
    let mut sentences: Vec<String> = Vec::new();
    for one in problems().filter(|one| !misuse || MISUSE.contains(&one.rule)) {
        if !told.contains(&one.rule) && sentences.len() < MOST {
            told.push(one.rule);
            sentences.push(sentence(speaker, one));
        }
    }
    let hints = done.hints(&insight.rules());
    let [fitting, general] = [&hints.fitting, &hints.general]
        .map(|hints| hints.iter().map(|hint| texts::text(speaker, hint).to_owned()));
    let keys = insight.deed.iter().flat_map(socklab_judge::Deed::advice);
    let of_the_deed = keys.filter(|key| speaker.knows(key)).map(|key| say!(speaker, &key));
    // An explanation of a misused call says what to do, better than advice that knows less of it.
    let mut hints: Vec<String> = fitting.collect();
    if !misuse {
        hints.extend(of_the_deed);
    }
    if !misuse && !ELSEWHERE.contains(&did) {
        hints.extend(general);
    }
    Advice { sentences, hints }
}

/// True if the report remarks that the program polls, which is no mistake.
fn polls(done: &CaseReport<'_>) -> bool {
    let recording = done.recording.as_ref();
    recording.is_some_and(|recording| {
        conduct(recording).iter().any(|one| matches!(one, Conduct::Polled { .. }))
    })
}
