//! Every field of an event, as names and plain values in the reader's language.
//!
//! The fields are taken from the JSON form of the event, so the reader sees what the schema
//! documents, and a new field appears here without a change.

use serde_json::Value;
use socklab_say::{Speaker, clean, say};

use crate::schema;

/// The fields whose values are words of the schema. Elsewhere the same word may be a program's own
/// text.
const OF_SCHEMA: [&str; 4] = ["kind", "how", "readiness", "status"];

/// The fields that are nanoseconds, and those that are a moment on the clock of the events.
const DURATIONS: [&str; 2] = ["timeout", "time"];
const MOMENTS: [&str; 1] = ["at"];

/// Formats an event's fields in one language.
#[derive(Clone, Copy)]
pub(super) struct Facts {
    pub(super) speaker: Speaker,
    /// Time zero of the ladder.
    pub(super) origin: u64,
}

impl Facts {
    /// The fields of an object except those in `but`, each as a name and a value.
    pub(super) fn of(self, value: &Value, but: &[&str]) -> Vec<(String, String)> {
        let Value::Object(fields) = value else { return Vec::new() };
        let shown = fields.iter().filter(|(name, _)| !but.contains(&name.as_str()));
        shown
            .map(|(name, value)| (schema::field(self.speaker, name), self.plain(name, value)))
            .collect()
    }

    /// The value of the field `name` as a person would write it.
    pub(super) fn plain(self, name: &str, value: &Value) -> String {
        match value {
            Value::Null => "–".to_owned(),
            Value::Bool(true) => say!(self.speaker, "value-true"),
            Value::Bool(false) => say!(self.speaker, "value-false"),
            Value::Number(value) => match value.as_u64() {
                Some(time) if DURATIONS.contains(&name) => self.speaker.duration(time),
                Some(at) if MOMENTS.contains(&name) => {
                    format!("+{}", self.speaker.precise(at.saturating_sub(self.origin)))
                }
                _ => value.to_string(),
            },
            Value::String(text) if OF_SCHEMA.contains(&name) => schema::value(self.speaker, text),
            Value::String(text) => clean(text),
            Value::Array(items) => {
                let flags = items.iter().all(Value::is_string);
                let items: Vec<String> = items.iter().map(|item| self.plain(name, item)).collect();
                items.join(if flags { "|" } else { ", " })
            }
            Value::Object(fields) => {
                endpoint(value).or_else(|| bytes(value)).unwrap_or_else(|| {
                    let fields = fields.iter().map(|(name, value)| {
                        format!(
                            "{}: {}",
                            schema::field(self.speaker, name),
                            self.plain(name, value)
                        )
                    });
                    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
                })
            }
        }
    }
}

fn endpoint(value: &Value) -> Option<String> {
    let endpoint: socklab_event::Endpoint = serde_json::from_value(value.clone()).ok()?;
    Some(clean(&endpoint.to_string()))
}

fn bytes(value: &Value) -> Option<String> {
    let bytes: socklab_event::Bytes = serde_json::from_value(value.clone()).ok()?;
    let cut = if bytes.is_cut() { "…" } else { "" };
    Some(format!("\"{bytes}{cut}\" ({} B)", bytes.total))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::strategy::{Strategy, ValueTree};
    use proptest::test_runner::TestRunner;
    use socklab_event::{Event, What};
    use socklab_say::Language;
    use socklab_timelines::any_timeline;

    use super::*;

    /// The names that a reader sees of the fields of a value, except those in `but`.
    fn named(value: &Value, but: &[&str], names: &mut BTreeSet<String>) {
        match value {
            Value::Object(_) if endpoint(value).or_else(|| bytes(value)).is_some() => {}
            Value::Object(fields) => {
                for (name, value) in fields.iter().filter(|(name, _)| !but.contains(&&***name)) {
                    names.insert(name.clone());
                    named(value, &[], names);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| named(item, &[], names)),
            _ => {}
        }
    }

    fn of_event(event: &Event, names: &mut BTreeSet<String>) {
        let json = |value: serde_json::Result<Value>| value.unwrap();
        match &event.what {
            What::Call(call) => {
                named(&json(serde_json::to_value(&call.args)), &["kind", "bytes"], names);
                named(&json(serde_json::to_value(&call.socket)), &[], names);
            }
            What::Frame(frame) => {
                named(&json(serde_json::to_value(&frame.headers)), &["payload"], names);
                named(&json(serde_json::to_value(&frame.fate)), &[], names);
            }
            What::Process(process) => {
                named(&json(serde_json::to_value(process)), &["kind"], names);
            }
            What::State(state) => named(&json(serde_json::to_value(state)), &["kind"], names),
            What::Notice(notice) => named(&json(serde_json::to_value(notice)), &["kind"], names),
            _ => {}
        }
    }

    #[test]
    fn every_field_has_a_name_for_the_reader() {
        let mut runner = TestRunner::deterministic();
        let mut names = BTreeSet::new();
        for _ in 0..300 {
            let timeline = any_timeline(50).new_tree(&mut runner).unwrap().current();
            timeline.events.iter().for_each(|event| of_event(event, &mut names));
        }
        assert!(names.len() > 40, "{names:?}");
        // What the other languages lack of English, `say` counts.
        let known = Language::ENGLISH.keys();
        let unnamed = names.iter().filter(|name| !known.contains(&format!("fact-{name}")));
        let unnamed: Vec<&String> = unnamed.collect();
        assert!(unnamed.is_empty(), "{unnamed:?}");
    }
}
