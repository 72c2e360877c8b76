//! How a ladder is drawn as text.

/// How to draw as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextStyle {
    /// Columns of the terminal. No line is longer; fewer than 40 count as 40.
    pub width: usize,
    /// Draw with ASCII only.
    pub ascii: bool,
    /// Colour with ANSI escapes. Whoever prints strips them where they are not wanted.
    pub color: bool,
    /// Write each row's time at its left.
    pub times: bool,
}

impl Default for TextStyle {
    fn default() -> Self {
        Self { width: 80, ascii: false, color: false, times: false }
    }
}

impl TextStyle {
    /// Plain Unicode text for a terminal of so many columns.
    pub fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// Sets whether only ASCII is used.
    pub fn ascii(self, ascii: bool) -> Self {
        Self { ascii, ..self }
    }

    /// Sets whether ANSI escapes colour it.
    pub fn color(self, color: bool) -> Self {
        Self { color, ..self }
    }

    /// Sets whether each row begins with its time.
    pub fn times(self, times: bool) -> Self {
        Self { times, ..self }
    }

    pub(super) fn columns(self) -> usize {
        self.width.max(40)
    }
}
