//! A sequence diagram in Mermaid's language (<https://mermaid.js.org/syntax/sequenceDiagram.html>).

use super::{Remark, Step, escaped, joined, lane};
use crate::model::Ladder;

/// Mermaid draws no text with more characters, unless who shows it allows more (`maxTextSize`).
const MOST: usize = 50_000;

/// What a text may contain as it is. Nothing of it begins or ends anything anywhere.
const HARMLESS: &str = " .,()=/_+*!?'|-";

impl Ladder {
    /// Draws the ladder as a Mermaid sequence diagram.
    pub fn to_mermaid(&self) -> String {
        let mut out = String::from("sequenceDiagram\n");
        for (index, (name, _)) in self.lanes().iter().enumerate() {
            out.push_str(&format!("    participant {} as {}\n", lane(index), shown(name)));
        }
        for step in self.steps() {
            out.push_str("    ");
            out.push_str(&line(&step));
            out.push('\n');
        }
        out
    }

    /// True if this Mermaid diagram is longer than Mermaid draws by default.
    pub fn is_long_for_mermaid(diagram: &str) -> bool {
        diagram.encode_utf16().count() > MOST
    }
}

fn line(step: &Step) -> String {
    match step {
        Step::Arrow { from, to, text, dashed, lost } => {
            let arrow = match (dashed, lost) {
                (false, false) => "->>",
                (true, false) => "-->>",
                (false, true) => "-x",
                (true, true) => "--x",
            };
            format!("{}{arrow}{}: {}", lane(*from), lane(*to), lines(text))
        }
        Step::Note { from, to, text, kind } => {
            let sign = match kind {
                Remark::Event | Remark::Footer => "",
                Remark::Fold => "⋮ ",
                Remark::Fate | Remark::Lesson => "↳ ",
                Remark::Problem => "⚠ ",
            };
            let over = match from == to {
                true => lane(*from),
                false => format!("{},{}", lane(*from), lane(*to)),
            };
            format!("Note over {over}: {sign}{}", lines(text))
        }
        Step::Waits(at) => format!("activate {}", lane(*at)),
        Step::GoesOn(at) => format!("deactivate {}", lane(*at)),
    }
}

fn lines(text: &[String]) -> String {
    joined(text, "<br/>", shown)
}

/// Mermaid's own entities, `#59;`, are the only thing that its grammar, its directives and the page
/// around it take for nothing else. It marks them with some letters of its own meanwhile.
fn shown(text: &str) -> String {
    let coded = |code: u32| format!("#{code};");
    let text = match text.is_empty() {
        true => "…",
        false => text,
    };
    // A colon before `style` or `wrap` would be read as more than text.
    let odd = ["style", "classDef", "wrap"].iter().any(|word| text.contains(word));
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    for char in text.chars() {
        match char {
            ':' if before.is_some_and(char::is_alphanumeric) && !odd => out.push(char),
            _ => out.push_str(&escaped(char.encode_utf8(&mut [0; 4]), HARMLESS, coded)),
        }
        before = Some(char);
    }
    let text = out;
    ['ﬂ', '°', '¶', 'ß']
        .iter()
        .fold(text, |text, mark| text.replace(*mark, &coded(u32::from(*mark))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_a_text() {
        let hostile = "a; Note over p1: b\n%%{init: {}}%% #35; <b>&amp;$$x$$ \"ﬂ°°35¶ß\\ `";
        let text = shown(hostile);
        assert_eq!(shown("127.0.0.1:80"), "127.0.0.1:80");
        assert_eq!(shown("nowrap: x"), "nowrap#58; x");
        for char in [';', '\n', '%', '{', '<', '&', '$', '"', '\\', '`'] {
            let outside = text.replace("#", "").split_whitespace().collect::<String>();
            let plain: String =
                outside.split(';').map(|part| part.trim_start_matches(char::is_numeric)).collect();
            assert!(!plain.contains(char), "{char:?} in {text}");
        }
        assert_eq!(shown("send(\"x\") = 1"), "send(#34;x#34;) = 1");
        assert_eq!(shown(""), "…");
    }
}
