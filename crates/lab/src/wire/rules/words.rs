//! A rule's text as words with their places.

use std::ops::Range;

/// A word, and where it stands: commas around it are no part of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    pub(super) start: usize,
}

impl Word<'_> {
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

/// The words of a text.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    text.split_whitespace()
        .map(|word| word.trim_matches(','))
        .filter(|word| !word.is_empty())
        // Each word is a part of the text, so the distance of the two is its place.
        .map(|word| Word { text: word, start: word.as_ptr() as usize - text.as_ptr() as usize })
        .collect()
}
