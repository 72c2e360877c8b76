//! What a question looks like once it is answered, and how to do it by hand.

use socklab_ladder::Detail;
use socklab_say::{Speaker, say};
use socklab_scenario::format::{Choice, Question};

use super::asking::painted;
use crate::course::texts;
use crate::output::println;
use crate::scenario::answered::Answered;
use crate::scenario::wording;
use crate::style;
use crate::terminal::markdown;
use crate::wire_rules;

/// What is to be shown of an answer.
#[derive(Clone, Copy)]
pub(super) struct Shown<'q> {
    /// What was predicted.
    pub(super) predicted: Option<&'q Choice>,
    /// True if rules of the reader's own made another question of it.
    pub(super) own_rules: bool,
    /// True if the ladder is to have every call and every packet.
    pub(super) all: bool,
    /// True if the reader can ask for that.
    pub(super) offers_all: bool,
}

/// What happened, whether that was predicted, and why.
pub(super) fn answer(
    speaker: Speaker,
    question: &Question,
    answered: &Answered,
    shown: Shown<'_>,
    width: usize,
) -> String {
    let mut lines = Vec::new();
    if let Some(note) = wording::place(speaker, &answered.recording.place) {
        lines.push(painted(style::FAINT, &note, width));
        lines.push(String::new());
    }
    if let Some(trouble) = &answered.recording.trouble {
        let told = capitalised(&wording::trouble(speaker, trouble));
        lines.push(painted(style::BAD, &told, width));
        return lines.join("\n");
    }
    let detail = if shown.all { Detail::All } else { Detail::Essential };
    lines.push(answered.ladder(speaker, detail, shown.offers_all, width).trim_end().to_owned());
    if shown.own_rules {
        lines.push(String::new());
        for done in &answered.recording.rules {
            let style = if done.matched == 0 { style::BAD } else { style::FAINT };
            lines.push(painted(style, &wire_rules::told(speaker, done), width));
        }
        lines.push(String::new());
        lines.push(painted(style::STRONG, &say!(speaker, "what-if-own-rules"), width));
        lines.push(String::new());
        return lines.join("\n");
    }
    for done in answered.recording.idle_rules() {
        lines.push(painted(style::BAD, &wire_rules::told(speaker, done), width));
    }
    let beside = wire_rules::beside(speaker, answered.recording.beside);
    lines.extend(beside.map(|line| painted(style::BAD, &line, width)));
    lines.push(String::new());
    let Some(answer) = &answered.answer else {
        lines.push(painted(style::BAD, &say!(speaker, "what-if-unanswered"), width));
        let failed = answered.recording.failed_step();
        lines.extend(failed.map(|(_, trouble)| wording::step(speaker, trouble)));
        return lines.join("\n");
    };
    let right = question.choices.iter().find(|choice| choice.id == *answer);
    let text = right.map(|choice| texts::text(speaker, &choice.text)).unwrap_or_default();
    let (style, verdict) = match shown.predicted {
        Some(choice) if choice.id == *answer => (style::GOOD, say!(speaker, "what-if-right")),
        Some(_) => (style::BAD, say!(speaker, "what-if-wrong")),
        None => (style::STRONG, say!(speaker, "what-if-answer")),
    };
    lines.push(markdown::after(&verdict, style, text, width));
    lines.push(markdown::render(&answered.explanation, width));
    if let Some(next) = texts::section(speaker, question, "next") {
        lines.push(style::paint(style::STRONG, say!(speaker, "what-if-next")));
        let one = |one: &String| markdown::render(one, width).trim_end().to_owned();
        lines.extend(suggestions(next).iter().map(one));
        lines.push(String::new());
    }
    lines.join("\n")
}

/// What to try next, one command after another: each has lines of its own.
fn suggestions(next: &str) -> Vec<String> {
    let flat = next.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = vec![String::new()];
    for sentence in flat.split_inclusive(['.', '?', '!', ')']) {
        if sentence.trim_start().starts_with("`socklab ") && found != [""] {
            found.push(String::new());
        }
        if let Some(last) = found.last_mut() {
            last.push_str(if last.is_empty() { sentence.trim_start() } else { sentence });
        }
    }
    found
}

/// A sentence that stands alone.
fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

pub(super) fn by_hand(speaker: Speaker, question: &Question, width: usize) {
    println!("{}", style::paint(style::STRONG, say!(speaker, "what-if-by-hand")));
    for line in &question.by_hand {
        let terminal = say!(speaker, "what-if-terminal", number = line.terminal);
        let indent = terminal.chars().count() + 4;
        let terminal = style::paint(style::FAINT, terminal);
        let note = line.note.as_ref().map(|note| format!("# {}", texts::text(speaker, note)));
        let note = note.unwrap_or_default();
        let below = markdown::each_line(style::FAINT, &markdown::hanging(&note, indent, width));
        match &line.command {
            None => println!("  {terminal}  {below}"),
            Some(command) => {
                let painted = style::paint(style::COMMAND, command);
                let used = indent + command.chars().count() + 2 + note.chars().count();
                match note.is_empty() {
                    true => println!("  {terminal}  {painted}"),
                    false if used <= width => println!("  {terminal}  {painted}  {below}"),
                    // A command stays on its line, to be copied.
                    false => println!("  {terminal}  {painted}\n{:indent$}{below}", ""),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_to_try_next_has_lines_of_its_own() {
        let next =
            "`socklab what-if 1`: no error\nappears. `socklab what-if 2`: or `socklab list`.";
        let wanted =
            ["`socklab what-if 1`: no error appears.", "`socklab what-if 2`: or `socklab list`."];
        assert_eq!(suggestions(next), wanted);
        assert_eq!(
            suggestions("And with TCP? Try it.\n`socklab run x`."),
            ["And with TCP? Try it.", "`socklab run x`."]
        );
        assert_eq!(suggestions("It has 3.5 s."), ["It has 3.5 s."]);
    }
}
