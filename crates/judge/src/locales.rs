//! The sentences, as Fluent resources: `explain-` and the rule's key.

/// English.
pub const EN: &str = include_str!("../../say/locales/en/explain.ftl");

/// Spanish of Spain.
pub const ES: &str = include_str!("../../say/locales/es/explain.ftl");
