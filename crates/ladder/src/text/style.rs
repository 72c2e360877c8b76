//! The options of text drawings.

/// The options of text drawings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextStyle {
    /// Maximum line length in terminal columns; less than 40 counts as 40.
    pub width: usize,
    /// Use ASCII only.
    pub ascii: bool,
    /// Colour with ANSI escapes. The caller strips them where the output is not a terminal.
    pub color: bool,
    /// Start each row with its time.
    pub times: bool,
    /// Start each row with the time since the row above, behind its time if that is there too.
    pub since_previous: bool,
}

impl Default for TextStyle {
    fn default() -> Self {
        Self { width: 80, ascii: false, color: false, times: false, since_previous: false }
    }
}

impl TextStyle {
    /// Plain Unicode text for a terminal `width` columns wide.
    pub fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// Sets whether only ASCII is used.
    pub fn ascii(self, ascii: bool) -> Self {
        Self { ascii, ..self }
    }

    /// Sets whether the text is coloured with ANSI escapes.
    pub fn color(self, color: bool) -> Self {
        Self { color, ..self }
    }

    /// Sets whether each row starts with its time.
    pub fn times(self, times: bool) -> Self {
        Self { times, ..self }
    }

    /// Sets whether each row starts with the time since the row above.
    pub fn since_previous(self, since_previous: bool) -> Self {
        Self { since_previous, ..self }
    }

    pub(super) fn columns(self) -> usize {
        self.width.max(40)
    }
}
