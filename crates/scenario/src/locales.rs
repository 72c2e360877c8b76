//! What is wrong with a course, as Fluent resources: `mistake-` and the sentence's key.

/// English.
pub const EN: &str = include_str!("../../say/locales/en/mistakes.ftl");

/// Spanish of Spain.
pub const ES: &str = include_str!("../../say/locales/es/mistakes.ftl");
