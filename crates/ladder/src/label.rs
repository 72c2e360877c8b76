//! What a cell says, in parts that a display can colour, wrap and shorten.

use serde::Serialize;

/// A sequence of parts; those not glued to the one before stand a space apart and may wrap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Label {
    /// The parts, in order.
    pub parts: Vec<Part>,
}

/// A piece of text with a meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Its text; for data, without quotes.
    pub text: String,
    /// True if no space and no line break may come before it.
    pub glued: bool,
    /// For data only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Data>,
}

/// What a display must know to show bytes without lying about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Data {
    /// How many bytes there were.
    pub total: u64,
    /// True if the text shows only the first of them.
    pub cut: bool,
    /// True if the display must say the total, because nothing beside it does.
    pub say_total: bool,
}

/// The meaning of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PartKind {
    /// A call's name.
    Name,
    /// Arguments and the rest.
    Plain,
    /// Bytes that moved.
    Data,
    /// What the call returned.
    Result,
    /// How long it waits.
    Wait,
    /// Something went wrong, or ended.
    Mark,
    /// Which arrow.
    Number,
    /// What the kernel did by itself, and other asides.
    Faint,
}

impl Label {
    /// Appends a part that stands apart.
    pub(crate) fn then(mut self, kind: PartKind, text: impl Into<String>) -> Self {
        self.push(kind, text);
        self
    }

    /// Appends a part glued to what is there.
    pub(crate) fn glue(mut self, kind: PartKind, text: impl Into<String>) -> Self {
        self.parts.push(Part { kind, text: text.into(), glued: true, data: None });
        self
    }

    /// Appends bytes, glued to what is there.
    pub(crate) fn glue_data(mut self, text: String, data: Data) -> Self {
        self.parts.push(Part { kind: PartKind::Data, text, glued: true, data: Some(data) });
        self
    }

    pub(crate) fn push(&mut self, kind: PartKind, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.parts.push(Part { kind, text, glued: false, data: None });
        }
    }

    pub(crate) fn push_data(&mut self, text: String, data: Data) {
        self.parts.push(Part { kind: PartKind::Data, text, glued: false, data: Some(data) });
    }

    /// True if there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The whole text on one line, nothing shortened.
    pub fn text(&self, words: &crate::Words) -> String {
        let mut text = String::new();
        for part in &self.parts {
            if !part.glued && !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&part.full(words));
        }
        text
    }
}

impl Part {
    /// Its text with nothing left out but what was not recorded.
    pub fn full(&self, words: &crate::Words) -> String {
        self.shortened(usize::MAX, words)
    }

    /// Its text; of data, no more than `most` characters, with an ellipsis where bytes are left
    /// out, and the total.
    pub fn shortened(&self, most: usize, words: &crate::Words) -> String {
        let Some(data) = self.data else { return self.text.clone() };
        let kept: String = self.text.chars().take(most).collect();
        let cut = data.cut || kept.len() < self.text.len();
        let dots = if cut { "…" } else { "" };
        let quoted = format!("\"{kept}{dots}\"");
        // A cut text always says how long the whole is, unless the result beside it does.
        if data.say_total { format!("{quoted} {} B", words.number(data.total)) } else { quoted }
    }
}
