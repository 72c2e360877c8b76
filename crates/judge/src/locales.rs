//! The sentences, as Fluent resources: `explain-` and the rule's key.

/// English.
pub const EN: &str = include_str!("../locales/en/explain.ftl");

/// Spanish of Spain.
pub const ES: &str = include_str!("../locales/es/explain.ftl");
