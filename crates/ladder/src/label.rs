//! What a cell says, in parts that a display can colour, wrap and shorten.

use serde::Serialize;
use socklab_event::Bytes;
use socklab_say::Speaker;

use crate::clean::readable;

/// A sequence of parts; those not glued to the one before stand a space apart and may wrap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Label {
    /// The parts, in order.
    pub parts: Vec<Part>,
}

/// A piece of text with a meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
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
#[non_exhaustive]
pub struct Data {
    /// How many bytes there were.
    pub total: u64,
    /// True if the text shows only the first of them.
    pub cut: bool,
    /// True if the display must say the total, because nothing beside it does.
    pub say_total: bool,
    /// True if the text is hexadecimal: the bytes are not readable.
    pub hex: bool,
}

/// The meaning of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
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
    /// Prose of one kind, which may wrap at every space.
    pub(crate) fn prose(kind: PartKind, text: &str) -> Self {
        let mut label = Self::default();
        label.push_prose(kind, text);
        label
    }

    /// Appends prose of one kind, which may wrap at every space.
    pub(crate) fn push_prose(&mut self, kind: PartKind, text: &str) {
        let words = text.split(' ').filter(|word| !word.is_empty());
        self.parts.extend(words.map(|word| Part::new(kind, word)));
    }

    /// Appends a part that stands apart.
    pub(crate) fn then(mut self, kind: PartKind, text: impl Into<String>) -> Self {
        self.push(kind, text);
        self
    }

    /// Appends a part glued to what is there.
    pub(crate) fn glue(mut self, kind: PartKind, text: impl Into<String>) -> Self {
        self.parts.push(Part { glued: true, ..Part::new(kind, text) });
        self
    }

    /// Appends bytes, glued to what is there; of `total`, of which they may be the first.
    pub(crate) fn glue_data(mut self, bytes: &Bytes, total: u64, say_total: bool) -> Self {
        self.push_data(bytes, total, say_total);
        if let Some(last) = self.parts.last_mut() {
            last.glued = true;
        }
        self
    }

    pub(crate) fn push(&mut self, kind: PartKind, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.parts.push(Part::new(kind, text));
        }
    }

    /// Appends bytes that stand apart.
    pub(crate) fn push_data(&mut self, bytes: &Bytes, total: u64, say_total: bool) {
        let (text, hex) = readable(bytes);
        let cut = (bytes.sample.len() as u64) < total;
        let data = Data { total, cut, say_total, hex };
        self.parts.push(Part { data: Some(data), ..Part::new(PartKind::Data, text) });
    }

    /// True if there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The whole text on one line, nothing shortened.
    pub fn text(&self, speaker: Speaker) -> String {
        self.brief(usize::MAX, speaker)
    }

    /// The text on one line, with at most so many characters of data.
    pub(crate) fn brief(&self, data: usize, speaker: Speaker) -> String {
        let mut text = String::new();
        for part in &self.parts {
            if !part.glued && !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&part.shortened(data, speaker));
        }
        text
    }
}

impl Part {
    /// A part that stands apart and is no data.
    pub(crate) fn new(kind: PartKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), glued: false, data: None }
    }

    /// Its text; of data, no more than `most` characters, with an ellipsis where bytes are left
    /// out, and the total.
    pub fn shortened(&self, most: usize, speaker: Speaker) -> String {
        let Some(data) = self.data else { return self.text.clone() };
        let kept: String = self.text.chars().take(most).collect();
        let cut = data.cut || kept.len() < self.text.len();
        let dots = if cut { "…" } else { "" };
        let quoted = if data.hex {
            // Half a byte is no byte.
            let whole = if kept.len() < self.text.len() { kept.len() / 3 * 3 } else { kept.len() };
            format!("⟨{}{dots}⟩", kept[..whole].trim_end())
        } else {
            format!("\"{kept}{dots}\"")
        };
        // A cut text always says how long the whole is, unless the result beside it does.
        if data.say_total { format!("{quoted} {} B", speaker.number(data.total)) } else { quoted }
    }

    /// The first `most` characters of data, without quotes, for the back of an arrow.
    pub(crate) fn caption(&self, most: usize) -> String {
        let hex = self.data.is_some_and(|data| data.hex);
        // Of hexadecimal, whole bytes only: two digits and a blank each.
        let most = if hex { most / 3 * 3 } else { most };
        let kept: String = self.text.chars().take(most).collect();
        format!("{}…", kept.trim_end())
    }
}

/// ① to ⑳, then (21) and so on.
pub(crate) fn circled(number: u32) -> String {
    match number {
        1..=20 => char::from_u32(0x2460 + number - 1).map_or_else(String::new, String::from),
        _ => format!("({number})"),
    }
}
