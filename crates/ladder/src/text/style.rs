//! How a ladder is drawn as text.

/// How to draw as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    pub(super) fn width(self) -> usize {
        self.width.max(40)
    }
}
