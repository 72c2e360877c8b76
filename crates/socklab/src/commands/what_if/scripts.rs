//! Questions and their answers as JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use socklab_say::Speaker;
use socklab_scenario::Source;
use socklab_scenario::format::{Choice, Question};

use crate::course::progress::Progress;
use crate::course::standing::QUESTION;
use crate::course::{source, texts};
use crate::scenario::answered::Answered;

/// The questions and the user's predictions, as JSON.
pub(crate) fn as_json(speaker: Speaker, questions: &[Question], progress: &Progress) -> Vec<Value> {
    let item = |question: &Question| {
        json!({
            "number": question.number,
            "name": question.name,
            "topic": question.topic,
            "title": texts::question(speaker, question).title,
            "choices": choices(speaker, question),
            "result": result(question, progress),
        })
    };
    questions.iter().map(item).collect()
}

/// The recorded result of the last run of a question.
fn result<'p>(question: &Question, progress: &'p Progress) -> Option<&'p str> {
    progress.get(&format!("{QUESTION} {}", question.name)).map(String::as_str)
}

fn choices(speaker: Speaker, question: &Question) -> Vec<serde_json::Value> {
    let choices = question.choices.iter();
    choices
        .map(|choice| json!({ "id": choice.id, "text": texts::text(speaker, &choice.text) }))
        .collect()
}

pub(super) fn report(
    speaker: Speaker,
    question: &Question,
    source: &Source,
    answered: &Answered,
    predicted: Option<&Choice>,
) -> serde_json::Value {
    let right = super::right(answered, predicted);
    let events: BTreeMap<u64, &socklab_event::Event> = answered
        .recording
        .events
        .iter()
        .filter(|event| answered.evidence.contains(&event.seq))
        .map(|event| (event.seq, event))
        .collect();
    let mut value = json!({
        "number": question.number,
        "name": question.name,
        "source": source::as_json(source),
        "topic": question.topic,
        "title": texts::question(speaker, question).title,
        "choices": choices(speaker, question),
        "ok": answered.answer.is_some(),
        "answer": answered.answer,
        "predicted": predicted.map(|choice| &choice.id),
        "right": right,
        "explanation": answered.explanation,
        "next": texts::section(speaker, question, "next"),
        "evidence": answered.findings,
        "unrecorded": answered.unrecorded,
        "events": events.values().collect::<Vec<_>>(),
        "steps": answered.recording.steps,
        "place": answered.recording.place,
        "packets": answered.recording.has_all_packets(),
        "rules": answered.recording.rules,
        "beside": answered.recording.beside,
        "seed": answered.recording.variables.seed,
        "trouble": answered.recording.trouble,
        "milliseconds": u64::try_from(answered.took.as_millis()).unwrap_or(u64::MAX),
    });
    if let Some(because) = answered.recording.packets.because() {
        value["no_packets"] = json!(because);
    }
    value
}
