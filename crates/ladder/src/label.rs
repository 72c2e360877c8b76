//! The text of a cell, in parts that a display can colour, wrap and shorten.

use serde::Serialize;
use socklab_event::Bytes;
use socklab_say::Speaker;

use crate::clean::readable;

/// A sequence of parts. Before each part that is not glued to the previous one there is a space,
/// where the line may be broken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Label {
    /// The parts, in order.
    pub parts: Vec<Part>,
}

/// A piece of text and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Part {
    /// Its meaning.
    pub kind: PartKind,
    /// The text; for data, without quotes.
    pub text: String,
    /// True if neither a space nor a line break may come before it.
    pub glued: bool,
    /// Set if the text is payload data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Data>,
    /// True for a word that goes on with the sentence of the word before: nobody pauses there.
    #[serde(skip)]
    pub goes_on: bool,
}

/// What a display needs to know to show payload data truthfully.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Data {
    /// The number of bytes in all.
    pub total: u64,
    /// True if the text contains only the first of them.
    pub cut: bool,
    /// True if the display must show the total because nothing beside it does.
    pub say_total: bool,
    /// True if the text is hexadecimal because the bytes are not text.
    pub hex: bool,
    /// True if the text is not of the data, but says what they are.
    pub named: bool,
}

/// The meaning of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PartKind {
    /// A call's name.
    Name,
    /// Arguments, and everything else.
    Plain,
    /// Payload data.
    Data,
    /// What the call returned.
    Result,
    /// How long it waits.
    Wait,
    /// Something failed or ended.
    Mark,
    /// The number of an arrow, or a thread's tag.
    Number,
    /// Asides, such as what the kernel did by itself.
    Faint,
}

impl Label {
    /// Prose of one kind, which may wrap at every space.
    pub(crate) fn prose(kind: PartKind, text: &str) -> Self {
        let mut label = Self::default();
        label.push_prose(kind, text);
        label
    }

    /// Appends prose of one kind, which may wrap at every space but that between a number and its
    /// unit.
    pub(crate) fn push_prose(&mut self, kind: PartKind, text: &str) {
        const UNITS: [&str; 7] = ["B", "ns", "µs", "ms", "s", "min", "h"];
        let is_unit =
            |word: &str| UNITS.contains(&word.trim_end_matches([',', '.', ')', ';', ':']));
        let first = self.parts.len();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            match self.parts[first..].last_mut() {
                Some(last)
                    if is_unit(word) && last.text.ends_with(|end: char| end.is_ascii_digit()) =>
                {
                    last.text.push(' ');
                    last.text.push_str(word);
                }
                last => {
                    let goes_on = last.is_some();
                    self.parts.push(Part { goes_on, ..Part::new(kind, word) });
                }
            }
        }
    }

    /// Appends a part, separated by a space.
    pub(crate) fn then(mut self, kind: PartKind, text: impl Into<String>) -> Self {
        self.push(kind, text);
        self
    }

    /// Appends a part, glued to the previous one.
    pub(crate) fn glue(mut self, kind: PartKind, text: impl Into<String>) -> Self {
        self.parts.push(Part { glued: true, ..Part::new(kind, text) });
        self
    }

    /// Appends the first of `total` bytes, glued to the previous part.
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

    /// Appends the first of `total` bytes, separated by a space.
    pub(crate) fn push_data(&mut self, bytes: &Bytes, total: u64, say_total: bool) {
        let (text, hex) = readable(bytes);
        let cut = (bytes.sample.len() as u64) < total;
        let data = Data { total, cut, say_total, hex, named: false };
        self.parts.push(Part { data: Some(data), ..Part::new(PartKind::Data, text) });
    }

    /// Appends what `total` bytes are called, instead of the first of them.
    pub(crate) fn push_named(&mut self, name: &str, total: u64) {
        let data = Data { total, cut: false, say_total: false, hex: false, named: true };
        self.parts.push(Part { data: Some(data), ..Part::new(PartKind::Data, name) });
    }

    /// True if there is no text.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The whole text on one line.
    pub fn text(&self, speaker: Speaker) -> String {
        self.brief(usize::MAX, speaker)
    }

    /// The text on one line, with at most `data` characters of payload data.
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
    /// A part that is neither glued nor data.
    pub(crate) fn new(kind: PartKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), glued: false, data: None, goes_on: false }
    }

    /// Its text. Data is quoted and cut after `most` characters, with an ellipsis if bytes are
    /// missing and the total if nothing beside it says that.
    pub fn shortened(&self, most: usize, speaker: Speaker) -> String {
        let Some(data) = self.data else { return self.text.clone() };
        let kept: String = self.text.chars().take(most).collect();
        let cut = data.cut || kept.len() < self.text.len();
        let dots = if cut { "…" } else { "" };
        let quoted = if data.named {
            format!("{kept}{dots}")
        } else if data.hex {
            // Don't cut a byte in half.
            let whole = if kept.len() < self.text.len() { kept.len() / 3 * 3 } else { kept.len() };
            format!("⟨{}{dots}⟩", kept[..whole].trim_end())
        } else {
            format!("\"{kept}{dots}\"")
        };
        // If data is cut, its total length must be visible, here or in the result beside it.
        if data.say_total { format!("{quoted} {} B", speaker.number(data.total)) } else { quoted }
    }

    /// Its text; of data, only how much there is.
    pub(crate) fn bare(&self, speaker: Speaker) -> String {
        match self.data {
            Some(Data { total, .. }) => format!("{} B", speaker.number(total)),
            None => self.text.clone(),
        }
    }

    /// The first `most` characters of data, without quotes, as an arrow's caption.
    pub(crate) fn caption(&self, most: usize) -> String {
        let hex = self.data.is_some_and(|data| data.hex);
        // In hexadecimal each byte takes two digits and a blank.
        let most = if hex { most / 3 * 3 } else { most };
        let kept: String = self.text.chars().take(most).collect();
        format!("{}…", kept.trim_end())
    }
}

/// The number of an arrow: ① to ⑳, then (21) and so on.
pub(crate) fn circled(number: u32) -> String {
    match number {
        1..=20 => char::from_u32(0x2460 + number - 1).map_or_else(String::new, String::from),
        _ => format!("({number})"),
    }
}
