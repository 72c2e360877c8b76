//! What a question looks like once it is answered, and how to do it by hand.

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

/// What happened, whether that was predicted, and why.
pub(super) fn answer(
    speaker: Speaker,
    question: &Question,
    answered: &Answered,
    predicted: Option<&Choice>,
    width: usize,
) -> String {
    let mut lines = Vec::new();
    if let Some(note) = wording::place(speaker, &answered.recording.place) {
        lines.push(painted(style::FAINT, &note, width));
        lines.push(String::new());
    }
    if let Some(trouble) = &answered.recording.trouble {
        lines.push(painted(style::BAD, &wording::trouble(speaker, trouble), width));
        return lines.join("\n");
    }
    lines.push(answered.ladder(speaker, width, true).trim_end().to_owned());
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
    let (style, verdict) = match predicted {
        Some(choice) if choice.id == *answer => (style::GOOD, say!(speaker, "what-if-right")),
        Some(_) => (style::BAD, say!(speaker, "what-if-wrong")),
        None => (style::STRONG, say!(speaker, "what-if-answer")),
    };
    lines.push(markdown::after(&verdict, style, text, width));
    lines.push(markdown::render(&answered.explanation, width));
    if let Some(next) = texts::section(speaker, question, "next") {
        lines.push(style::paint(style::STRONG, say!(speaker, "what-if-next")));
        lines.push(markdown::render(next, width));
    }
    lines.join("\n")
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
