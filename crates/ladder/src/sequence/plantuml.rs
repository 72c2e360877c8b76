//! A sequence diagram in PlantUML's language (<https://plantuml.com/sequence-diagram>).

use super::{Remark, Step, escaped};
use crate::model::Ladder;

/// What a text may contain as it is, once: markup needs two of the same, or others.
const HARMLESS: &str = " .,()=+!?;";

impl Ladder {
    /// Draws the ladder as a PlantUML sequence diagram.
    pub fn to_plantuml(&self) -> String {
        let mut out = String::from("@startuml\nhide footbox\n");
        for (index, (name, outside)) in self.lanes().iter().enumerate() {
            let colour = if *outside { " #EEEEEE" } else { "" };
            let (name, lane) = (shown(name), lane(index));
            out.push_str(&format!("participant \"{name}\" as {lane}{colour}\n"));
        }
        for step in self.steps() {
            out.push_str(&line(&step));
            out.push('\n');
        }
        out.push_str("@enduml\n");
        out
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
            format!("{} {arrow} {} : {}", lane(*from), lane(*to), lines(text))
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
            format!("note over {over}{colour} : {sign}{}", lines(text))
        }
        Step::Waits(at) => format!("activate {}", lane(*at)),
        Step::GoesOn(at) => format!("deactivate {}", lane(*at)),
    }
}

fn lane(index: usize) -> String {
    format!("p{}", index + 1)
}

fn lines(text: &[String]) -> String {
    let lines: Vec<String> = text.iter().map(|line| shown(line)).collect();
    match lines.is_empty() {
        true => "…".to_owned(),
        false => lines.join("\\n"),
    }
}

/// `<U+0025>` is read after the preprocessor, whose functions are called in any text (`%getenv`), and
/// after all markup.
fn shown(text: &str) -> String {
    let text = match text.is_empty() {
        true => "…",
        false => text,
    };
    let coded = |code: u32| format!("<U+{code:04X}>");
    // Two dots in a row divide a note.
    escaped(text, HARMLESS, coded)
        .replace("..", &format!(".{}", coded(u32::from('.'))))
        .replace("==", &format!("={}", coded(u32::from('='))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_a_text() {
        let hostile =
            "!include x\n@enduml %getenv(\"HOME\") $a <img:f> [[u]] \\n **b** //i// --s-- ..x ==";
        let text = shown(hostile);
        let plain: String = text
            .split('<')
            .map(|part| part.split_once('>').map_or(part, |(_, rest)| rest))
            .collect();
        for char in ['@', '%', '$', '[', '\\', '*', '/', '-', '\n', '"', '&', '#', '~', '\''] {
            assert!(!plain.contains(char), "{char:?} in {text}");
        }
        assert!(!plain.contains("..") && !plain.contains("=="), "{text}");
        assert_eq!(shown("send(\"x\") = 1"), "send(<U+0022>x<U+0022>) = 1");
    }
}
