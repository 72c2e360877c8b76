//! Every field of an event, as names and plain values in the reader's language.
//!
//! The fields are taken from the JSON form of the event, so the reader sees what the schema
//! documents, and a new field appears here without a change.

use serde_json::Value;
use socklab_say::{Speaker, say};

use crate::clean::clean;
use crate::schema;

/// The fields whose values are words of the schema. Elsewhere the same word may be a program's own
/// text.
const OF_SCHEMA: [&str; 4] = ["kind", "how", "readiness", "status"];

/// Formats an event's fields in one language.
#[derive(Clone, Copy)]
pub(super) struct Facts(pub(super) Speaker);

impl Facts {
    /// The fields of an object except those in `but`, each as a name and a value.
    pub(super) fn of(self, value: &Value, but: &[&str]) -> Vec<(String, String)> {
        let Value::Object(fields) = value else { return Vec::new() };
        let shown = fields.iter().filter(|(name, _)| !but.contains(&name.as_str()));
        shown.map(|(name, value)| (schema::field(self.0, name), self.plain(name, value))).collect()
    }

    /// The value of the field `name` as a person would write it.
    pub(super) fn plain(self, name: &str, value: &Value) -> String {
        match value {
            Value::Null => "–".to_owned(),
            Value::Bool(true) => say!(self.0, "value-true"),
            Value::Bool(false) => say!(self.0, "value-false"),
            Value::Number(value) => value.to_string(),
            Value::String(text) if OF_SCHEMA.contains(&name) => schema::value(self.0, text),
            Value::String(text) => clean(text),
            Value::Array(items) => {
                let flags = items.iter().all(Value::is_string);
                let items: Vec<String> = items.iter().map(|item| self.plain(name, item)).collect();
                items.join(if flags { "|" } else { ", " })
            }
            Value::Object(fields) => {
                endpoint(value).or_else(|| bytes(value)).unwrap_or_else(|| {
                    let fields = fields.iter().map(|(name, value)| {
                        format!("{}: {}", schema::field(self.0, name), self.plain(name, value))
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
