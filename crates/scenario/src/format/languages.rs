//! Which languages the texts of a course are in.

/// The languages that every text of a course is in, by BCP 47 tag, English first. A text may be in
/// further languages; readers of these get English where it is not.
pub const LANGUAGES: [&str; 2] = ["en", "es"];

/// The first of [`LANGUAGES`] that a text lacks.
pub(super) fn lacking(has: impl Fn(&str) -> bool) -> Option<&'static str> {
    LANGUAGES.into_iter().find(|tag| !has(tag))
}
