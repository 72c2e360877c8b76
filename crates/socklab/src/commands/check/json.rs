//! The report as JSON, for scripts.

use anyhow::Result;
use serde_json::{Value, json};
use socklab_judge::Sighting;
use socklab_say::Speaker;
use socklab_scenario::exercise::{BuildError, CaseReport, Open, Report};
use socklab_scenario::format::Exercise;
use socklab_scenario::{CaseState, Isolation, PlaceUsed, Recording, Source};

use super::explain::why;
use super::subject::Subject;
use super::told::told;
use crate::commands::pack::Hidden;
use crate::course::{source, texts};
use crate::output;

/// What every report begins with.
#[derive(Clone, Copy, Debug)]
pub(super) struct About<'a> {
    pub(super) exercise: &'a Exercise,
    pub(super) source: &'a Source,
    pub(super) subject: &'a Subject,
    /// What the compiler said, although it accepted the program.
    pub(super) warnings: &'a str,
    /// Why it runs in a sandbox, if it does: `asked`, or `owner` for a file of another user.
    pub(super) sandbox: Option<&'static str>,
    /// The cases that a pack has added.
    pub(super) hidden: &'a Hidden,
}

/// Prints the report of a check.
pub(super) fn report(
    speaker: Speaker,
    about: &About<'_>,
    report: &Report<'_>,
    seed: u64,
) -> Result<()> {
    let points = |robust| {
        if report.unknown(robust).is_some() {
            return Value::Null;
        }
        let (earned, all) = report.points(robust);
        json!({ "earned": earned, "of": all })
    };
    let place = report.cases.iter().find_map(|done| done.recording.as_ref()).map(place);
    let mut value = head(about);
    value["seed"] = json!(seed);
    value["place"] = json!(place);
    if let Some(isolation) = isolation(report) {
        value["isolated"] = json!(matches!(isolation, Isolation::Isolated));
        if let Isolation::Open { because } = isolation {
            value["not_isolated"] = json!(because);
        }
    }
    let mut recordings = report.cases.iter().filter_map(|done| done.recording.as_ref()).peekable();
    if recordings.peek().is_some() {
        let because = recordings.find_map(|recording| recording.packets.because());
        value["packets"] = json!(because.is_none());
        if let Some(because) = because {
            value["no_packets"] = json!(because);
        }
    }
    value["sandbox"] = json!(about.sandbox);
    value["compiler_warnings"] = json!(about.warnings);
    if let Some(done) = report.infra_error() {
        value["passed"] = Value::Null;
        value["points"] = Value::Null;
        value["infra_error"] = json!(why(speaker, done).join("\n"));
    } else {
        value["passed"] = json!(report.core_passed());
        value["points"] = json!({ "core": points(false), "robust": points(true) });
    }
    let seen = report.sightings();
    value["sightings"] =
        seen.iter().map(|one| sighting(speaker, &one.case, &one.sighting)).collect();
    value["cases"] = report.cases.iter().map(|done| case(speaker, about, done)).collect();
    output::write_json(&value)?;
    Ok(())
}

/// Prints that the compiler rejected the program.
pub(super) fn refused(
    speaker: Speaker,
    about: &About<'_>,
    error: &BuildError,
    (what, output): (&str, &str),
) -> Result<()> {
    let mut value = head(about);
    let seen = error.sighting();
    value["sightings"] = seen.iter().map(|one| sighting(speaker, "", one)).collect();
    value["passed"] = json!(false);
    value["build_error"] = json!({ "what": what, "output": output });
    output::write_json(&value)?;
    Ok(())
}

/// Prints that the program could not be run here.
pub(super) fn infra_error(about: &About<'_>, what: &str) -> Result<()> {
    let mut value = head(about);
    value["passed"] = Value::Null;
    value["points"] = Value::Null;
    value["infra_error"] = json!(what);
    output::write_json(&value)?;
    Ok(())
}

/// What the program tried besides its task; the case is empty for the compiler.
fn sighting(speaker: Speaker, case: &str, one: &Sighting) -> Value {
    json!({
        "what": one.kind,
        "object": one.object,
        "text": speaker.tell(&one.sentence()),
        "case": case,
        "times": one.times,
        "events": one.evidence,
    })
}

fn head(about: &About<'_>) -> Value {
    let About { exercise, source, subject, .. } = about;
    let gaps = subject.open_gaps();
    json!({
        "exercise": exercise.name,
        "source": source::as_json(source),
        "command": subject.words(),
        "open_gaps": gaps.iter().map(gap_json).collect::<Vec<_>>(),
    })
}

fn gap_json(gap: &Open) -> Value {
    json!({ "number": gap.number, "name": gap.name, "line": gap.line })
}

fn case(speaker: Speaker, about: &About<'_>, done: &CaseReport<'_>) -> Value {
    let told = told(speaker, done, about.subject);
    let did = told.did.as_ref().map(|(deed, text)| {
        json!({
            "rule": deed.rule, "cause": deed.cause, "text": text, "events": deed.evidence,
        })
    });
    json!({
        "name": done.case.name,
        "title": texts::text(speaker, &done.case.title),
        "robust": done.case.robust,
        "state": done.verdict.state,
        "argv": argv(done),
        "points": (done.verdict.state != CaseState::InfraError).then_some(done.verdict.points),
        "of": done.verdict.of,
        "gap": told.gap.as_ref().map(gap_json),
        "did": did,
        "problem": told.problem,
        "explanations": told.explanations,
        "hint": told.hints.first(),
        "hints": told.hints,
        "conduct": told.conduct,
        "rules": done.recording.as_ref().map_or(&[][..], |recording| &recording.rules),
        "beside": done.recording.as_ref().map_or(0, |recording| recording.beside),
    })
}

/// The commands of the student's program in this case as they were run, by actor.
fn argv(done: &CaseReport<'_>) -> Option<Value> {
    let ran = done.runs().map(|(actor, argv)| (actor.to_owned(), json!(argv)));
    done.recording.as_ref().map(|_| Value::Object(ran.collect()))
}

/// Whether the program was kept apart in all cases; `None` if no case was run.
fn isolation<'a>(report: &'a Report<'_>) -> Option<&'a Isolation> {
    let recordings = report.cases.iter().filter_map(|done| done.recording.as_ref());
    let mut known = recordings.map(|recording| &recording.isolation);
    let open = known.clone().find(|isolation| matches!(isolation, Isolation::Open { .. }));
    open.or_else(|| known.find(|isolation| **isolation == Isolation::Isolated))
}

fn place(recording: &Recording) -> Value {
    match &recording.place {
        PlaceUsed::Private { .. } => json!("private"),
        PlaceUsed::Machine { because } => json!({ "machine": because }),
    }
}
