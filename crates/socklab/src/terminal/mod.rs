//! What a terminal can do beyond printing lines: single keys, a progress bar, Markdown.

pub(crate) mod gauge;
pub(crate) mod keys;
pub(crate) mod markdown;
