//! A sequence diagram in PlantUML's language (<https://plantuml.com/sequence-diagram>).

use super::{Remark, Step, escaped, joined, lane};
use crate::model::Ladder;

/// What a text may contain as it is.
const HARMLESS: &str = " ,()+!?;";
/// The same, but only one at a time, and not first in a line: two of them, or one there, are markup.
const ALONE: &str = ".=:-_/";

impl Ladder {
    /// Draws the ladder as a PlantUML sequence diagram.
    pub fn to_plantuml(&self) -> String {
        let mut out = String::from("@startuml\nhide footbox\n");
        for (index, (name, outside)) in self.lanes().iter().enumerate() {
            let colour = if *outside { " #EEEEEE" } else { "" };
            let (name, lane) = (shown(name), lane(index));
            out.push_str(&format!("participant \"{name}\" as {lane}{colour}\n"));
        }
        let lanes = self.lanes().len();
        let mut waits = Waits { wanted: vec![0; lanes], drawn: vec![false; lanes] };
        for step in self.steps() {
            match step {
                Step::Waits(at) => waits.wanted[at] += 1,
                Step::GoesOn(at) => waits.wanted[at] = waits.wanted[at].saturating_sub(1),
                Step::Arrow { .. } => {
                    waits.draw(&mut out);
                    out.push_str(&line(&step));
                }
                Step::Note { .. } => out.push_str(&line(&step)),
            }
        }
        waits.draw(&mut out);
        out.push_str("@enduml\n");
        out
    }
}

/// Who waits. Between two arrows, PlantUML takes one change of each participant at most.
struct Waits {
    /// In how many calls each waits now.
    wanted: Vec<usize>,
    /// Whether each is drawn as waiting.
    drawn: Vec<bool>,
}

impl Waits {
    fn draw(&mut self, out: &mut String) {
        for (index, (wanted, drawn)) in self.wanted.iter().zip(&mut self.drawn).enumerate() {
            let waits = *wanted > 0;
            if waits != *drawn {
                let word = if waits { "activate" } else { "deactivate" };
                out.push_str(&format!("{word} {}\n", lane(index)));
                *drawn = waits;
            }
        }
    }
}

fn line(step: &Step) -> String {
    match step {
        Step::Arrow { from, to, text, dashed, lost } => {
            let arrow = match (dashed, lost) {
                (false, false) => "->",
                (true, false) => "-->",
                (false, true) => "->x",
                (true, true) => "-->x",
            };
            format!("{} {arrow} {} : {}\n", lane(*from), lane(*to), lines(text))
        }
        Step::Note { from, to, text, kind } => {
            let (sign, colour) = match kind {
                Remark::Event => ("", " #FFFFFF"),
                Remark::Footer => ("", " #EEEEEE"),
                Remark::Fold => ("⋮ ", " #EEEEEE"),
                Remark::Fate => ("↳ ", " #FFFFFF"),
                Remark::Lesson => ("↳ ", " #DDEEFF"),
                Remark::Problem => ("⚠ ", " #FFDDDD"),
            };
            let over = match from == to {
                true => lane(*from),
                false => format!("{}, {}", lane(*from), lane(*to)),
            };
            format!("note over {over}{colour} : {sign}{}\n", lines(text))
        }
        Step::Waits(_) | Step::GoesOn(_) => String::new(),
    }
}

fn lines(text: &[String]) -> String {
    joined(text, "\\n", shown)
}

/// `<U+0025>` is read after the preprocessor, whose functions are called in any text (`%getenv`), and
/// after all markup.
fn shown(text: &str) -> String {
    let text = match text.is_empty() {
        true => "…",
        false => text,
    };
    let coded = |code: u32| format!("<U+{code:04X}>");
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    for char in text.chars() {
        let alone = ALONE.contains(char);
        let goes = alone && before.is_some_and(|before: char| !ALONE.contains(before));
        match goes {
            true => out.push(char),
            false => out.push_str(&escaped(char.encode_utf8(&mut [0; 4]), HARMLESS, coded)),
        }
        before = Some(char);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_a_text() {
        let hostile = "!include x\n@enduml %getenv(\"HOME\") $a <img:f> [[u]] \\n **b** //i// --s-- ..x == __u__ :: ";
        let text = shown(hostile);
        let plain: String = text
            .split('<')
            .map(|part| part.split_once('>').map_or(part, |(_, rest)| rest))
            .collect();
        for char in ['@', '%', '$', '[', '\\', '*', '\n', '"', '&', '#', '~', '\''] {
            assert!(!plain.contains(char), "{char:?} in {text}");
        }
        for pair in ["..", "==", "//", "--", "__", "::"] {
            assert!(!plain.contains(pair), "{pair} in {text}");
        }
        assert_eq!(shown("-a: 1--2"), "<U+002D>a: 1-<U+002D>2");
        assert_eq!(shown("send(\"x\") = 1"), "send(<U+0022>x<U+0022>) = 1");
    }
}
