//! Groups in words.

use std::fmt::Write as _;

use socklab_say::{Speaker, clean, count, say};

use super::form::{Act, Amount, Change, Form, Harm, Own, Piece, Trait};
use super::groups::{Difference, Experiment, Group, experiment};
use crate::{CaseState, Gradebook, State};

/// The most members of a group that a line names.
const NAMED: usize = 12;

impl Group<'_> {
    /// What it is, in a line: the cases that are not passed, the harm it does, or why nothing was run.
    pub fn title(&self, speaker: Speaker) -> String {
        title(self.form, speaker)
    }
}

/// What a form is, in a line.
pub(super) fn title(form: &Form, speaker: Speaker) -> String {
    match form.state {
        State::Graded => {}
        State::NoSubmission => return say!(speaker, "cluster-nothing"),
        State::DoesNotCompile => return say!(speaker, "cluster-does-not-compile"),
        State::InfraError | State::Pending => return say!(speaker, "cluster-unknown"),
    }
    let failed = form
        .cases
        .iter()
        .filter(|case| !matches!(case.state, CaseState::Passed | CaseState::Skipped));
    let failed: Vec<&str> = failed.map(|case| case.case.as_str()).collect();
    let mut parts = Vec::new();
    if !failed.is_empty() {
        parts.push(say!(speaker, "cluster-fails", cases = failed.join(", ")));
    }
    match form.harm() {
        Some((case, harm)) => {
            let harm = self::harm(Some(harm), speaker);
            parts.push(say!(speaker, "cluster-harm", case = clean(case), harm = harm));
        }
        None if failed.is_empty() => parts.push(say!(speaker, "cluster-passes")),
        None => {}
    }
    parts.extend(form.traits.iter().map(|one| of_trait(one, speaker)));
    parts.join("; ")
}

fn harm(harm: Option<Harm>, speaker: Speaker) -> String {
    let key = match harm {
        Some(Harm::Processes) => "cluster-harm-processes",
        Some(Harm::Memory) => "cluster-harm-memory",
        Some(Harm::Output) => "cluster-harm-output",
        Some(Harm::Disk) => "cluster-harm-disk",
        Some(Harm::Processor) => "cluster-harm-processor",
        Some(Harm::Signals) => "cluster-harm-signals",
        None => "cluster-no-harm",
    };
    say!(speaker, key)
}

fn of_trait(one: &Trait, speaker: Speaker) -> String {
    match one {
        Trait::Background => say!(speaker, "cluster-background"),
    }
}

impl Experiment {
    /// What to run, and what differs there first: between two groups with these numbers.
    pub fn text(&self, numbers: [usize; 2], speaker: Speaker) -> String {
        let [first, second] = numbers.map(count);
        let difference = self.difference.text(speaker);
        match &self.case {
            Some(case) => {
                let place = self.difference.place(speaker);
                say!(
                    speaker,
                    "cluster-experiment",
                    case = clean(case),
                    place = place,
                    first = first,
                    does = difference[0],
                    second = second,
                    other = difference[1]
                )
            }
            None => say!(
                speaker,
                "cluster-no-case",
                first = first,
                does = difference[0],
                second = second,
                other = difference[1]
            ),
        }
    }
}

impl Difference {
    /// Where in the case.
    fn place(&self, speaker: Speaker) -> String {
        match self {
            Self::Row { with, talk, turn: 0, .. } => {
                say!(speaker, "cluster-place-first", with = clean(with), talk = count(*talk))
            }
            Self::Row { with, talk, turn, .. } => say!(
                speaker,
                "cluster-place-turn",
                with = clean(with),
                talk = count(*talk),
                turn = count(*turn)
            ),
            Self::Ended { .. } => say!(speaker, "cluster-place-end"),
            _ => say!(speaker, "cluster-place-case"),
        }
    }

    /// What each of the two does.
    fn text(&self, speaker: Speaker) -> [String; 2] {
        match self {
            Self::Row { acts, .. } => acts.each_ref().map(|acts| self::acts(acts, speaker)),
            Self::Ended { who, well } => well.map(|well| match well {
                Some(true) => say!(speaker, "cluster-ended-well", who = clean(who)),
                Some(false) => say!(speaker, "cluster-ended-badly", who = clean(who)),
                None => say!(speaker, "cluster-goes-on", who = clean(who)),
            }),
            Self::Harm(both) => both.map(|one| harm(one, speaker)),
            Self::Verdict(states) => {
                states.map(|state| say!(speaker, format!("cluster-verdict-{}", state.word())))
            }
            Self::Trait(first, one) => {
                let has = of_trait(one, speaker);
                let not = match one {
                    Trait::Background => say!(speaker, "cluster-no-background"),
                };
                if *first { [has, not] } else { [not, has] }
            }
            Self::State(states) => {
                states.map(|state| say!(speaker, format!("cluster-state-{}", state.word())))
            }
        }
    }
}

/// What a submission does in a turn.
fn acts(acts: &[Act], speaker: Speaker) -> String {
    let parts: Vec<String> = acts
        .iter()
        .map(|act| match act {
            Act::Sends(pieces) => {
                let pieces: Vec<String> = pieces.iter().map(|it| piece(it, speaker)).collect();
                say!(speaker, "cluster-sends", what = pieces.join(" + "))
            }
            Act::Ends => say!(speaker, "cluster-ends"),
            Act::Waited => say!(speaker, "cluster-waited"),
        })
        .collect();
    match parts.len() {
        0 => say!(speaker, "cluster-does-nothing"),
        _ => parts.join(", "),
    }
}

fn piece(piece: &Piece, speaker: Speaker) -> String {
    let (text, change) = match piece {
        Piece::Whole(change) => (say!(speaker, "cluster-whole"), *change),
        Piece::Part { from, to, of, change } => {
            let text = say!(
                speaker,
                "cluster-part",
                from = speaker.number(from + 1),
                to = speaker.number(*to),
                of = speaker.number(*of)
            );
            (text, *change)
        }
        Piece::Earlier(change) => (say!(speaker, "cluster-earlier"), *change),
        Piece::Of(who, change) => (say!(speaker, "cluster-of-other", who = clean(who)), *change),
        Piece::Own(own) => {
            let text = match own {
                Own::Zeros => say!(speaker, "cluster-own-zeros"),
                Own::Blanks => say!(speaker, "cluster-own-blanks"),
                Own::Http(status) => {
                    say!(speaker, "cluster-own-http", status = status.to_string())
                }
                Own::Other => say!(speaker, "cluster-own"),
            };
            (text, Change::Same)
        }
        Piece::Many(amount) => {
            let key = match amount {
                Amount::Fewer => "cluster-many-fewer",
                Amount::AsMany => "cluster-many-as-many",
                Amount::More => "cluster-many-more",
            };
            (say!(speaker, key), Change::Same)
        }
    };
    match change {
        Change::Same => text,
        Change::Upper => say!(speaker, "cluster-upper", what = text),
        Change::Lower => say!(speaker, "cluster-lower", what = text),
    }
}

/// The groups of a class, for a terminal: each with its members, the nearest one, and what tells the two
/// apart. What students and their programs are called is escaped.
pub fn groups_text(book: &Gradebook, speaker: Speaker) -> String {
    let groups = book.groups();
    let members = groups.iter().map(|group| group.members.len()).sum::<usize>();
    let mut text =
        say!(speaker, "cluster-heading", groups = count(groups.len()), members = count(members));
    text.push('\n');
    for group in &groups {
        let _ = write!(text, "\n{:>3}  {}  {}\n", group.number, group.name, group.title(speaker));
        let line = |text: &mut String, line: &str| {
            let _ = writeln!(text, "     {line}");
        };
        line(&mut text, &names(&group.members, speaker));
        let comment = book.results.iter().find(|one| one.group.as_deref() == Some(&*group.name));
        if let Some(comment) = comment.and_then(|one| one.comment.as_deref()) {
            let comment = clean(comment.lines().next().unwrap_or_default());
            line(&mut text, &say!(speaker, "cluster-comment", comment = comment));
        }
        if group.manners.len() > 1 {
            line(&mut text, &say!(speaker, "cluster-manners", count = count(group.manners.len())));
        }
        for near in &group.nearest {
            let other = &groups[near.group];
            let nearest = say!(
                speaker,
                "cluster-nearest",
                number = count(other.number),
                distance = count(near.distance),
                cases = near.cases.join(", "),
                differing = count(near.cases.len())
            );
            line(&mut text, &nearest);
            if let Some(difference) = experiment(group.form, other.form) {
                line(&mut text, &difference.text([group.number, other.number], speaker));
            }
        }
    }
    text
}

fn names(members: &[&str], speaker: Speaker) -> String {
    let mut named: Vec<String> = members.iter().take(NAMED).map(|id| clean(id)).collect();
    if members.len() > NAMED {
        let more = members.len() - NAMED;
        named.push(say!(speaker, "cluster-more", count = count(more)));
    }
    named.join(", ")
}
