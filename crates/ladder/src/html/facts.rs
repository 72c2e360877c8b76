//! Every field of an event, as names and plain values.
//!
//! The fields are taken from the event's own JSON form: what the schema documents is what a
//! reader sees, and a field added there appears here.

use serde_json::Value;

use crate::clean::clean;

/// The fields of an object but those named, each as a name and a value.
pub(super) fn facts(value: &Value, but: &[&str]) -> Vec<(String, String)> {
    let Value::Object(fields) = value else { return Vec::new() };
    let shown = fields.iter().filter(|(name, _)| !but.contains(&name.as_str()));
    shown.map(|(name, value)| (clean(name), plain(value))).collect()
}

/// A value as a person would write it.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::String(text) => clean(text),
        Value::Array(items) => {
            let flags = items.iter().all(Value::is_string);
            let items: Vec<String> = items.iter().map(plain).collect();
            items.join(if flags { "|" } else { ", " })
        }
        Value::Object(fields) => endpoint(value).or_else(|| bytes(value)).unwrap_or_else(|| {
            let fields =
                fields.iter().map(|(name, value)| format!("{}: {}", clean(name), plain(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }),
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
