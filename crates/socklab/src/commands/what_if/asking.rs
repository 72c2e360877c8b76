//! Printing a question, and asking for a prediction.

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};
use socklab_scenario::Source;
use socklab_scenario::format::{Choice, Question};

use crate::course::{source, texts};
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::{Screen, println, screen, width, write_out};
use crate::style;
use crate::terminal;
use crate::terminal::markdown;

pub(super) fn choice<'q>(
    speaker: Speaker,
    question: &'q Question,
    word: &str,
) -> Result<&'q Choice> {
    let by_letter = letter_index(word.chars().next().filter(|_| word.len() == 1));
    let by_number = word.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let by_place = by_letter.or(by_number).and_then(|index| question.choices.get(index));
    let by_id = question.choices.iter().find(|choice| choice.id == word);
    by_id.or(by_place).ok_or_else(|| {
        let known = ('a'..).zip(&question.choices);
        let known = known.map(|(letter, choice)| format!("{letter} ({})", choice.id));
        let known = known.collect::<Vec<_>>();
        let what = say!(speaker, "what-if-no-choice", word = word, choices = known.join(", "));
        Failure::new(ExitReason::Usage, what).into()
    })
}

fn letter_index(letter: Option<char>) -> Option<usize> {
    let letter = letter?.to_ascii_lowercase();
    letter.is_ascii_lowercase().then(|| letter as usize - 'a' as usize)
}

/// A text of one style, wrapped.
pub(super) fn painted(style: anstyle::Style, text: &str, width: usize) -> String {
    markdown::each_line(style, &markdown::hanging(text, 0, width))
}

/// Prints the question; with its number and where it comes from, unless that is of no interest.
pub(super) fn introduce(speaker: Speaker, question: &Question, source: Option<&Source>) {
    let width = width();
    let prose = texts::question(speaker, question);
    let number = source.map(|_| format!("{}. ", question.number)).unwrap_or_default();
    println!("{}", painted(style::STRONG, &format!("{number}{}", prose.title), width));
    source.into_iter().for_each(|source| println!("{}", source::line(speaker, source)));
    if !prose.intro.is_empty() {
        println!("\n{}", markdown::render(&prose.intro, width).trim_end());
    }
    println!();
    for (letter, choice) in ('a'..).zip(&question.choices) {
        let text = markdown::render(texts::text(speaker, &choice.text), width - 5);
        let mut lines = text.lines();
        println!(
            "  {} {}",
            style::paint(style::COMMAND, format_args!("{letter})")),
            lines.next().unwrap_or_default()
        );
        lines.for_each(|line| println!("     {line}"));
    }
    println!();
}

/// The user's response to the question.
pub(super) enum Prediction<'q> {
    Made(&'q Choice),
    Skipped,
    /// This key was pressed, to leave.
    Left(char),
}

/// The keys beside those of the choices, and the sentence that names them.
pub(super) struct Offer {
    /// The key of the sentence.
    pub(super) ask: &'static str,
    /// They leave the question.
    pub(super) away: &'static [char],
    /// They show the answer without a prediction.
    pub(super) skip: &'static [char],
}

/// Prints the question and asks for a prediction. If the terminal becomes wider or narrower, the question is printed anew, below what
/// `head` prints.
pub(super) fn predict<'q>(
    speaker: Speaker,
    question: &'q Question,
    source: Option<&Source>,
    keys: &Offer,
    head: impl Fn(),
) -> Result<Prediction<'q>> {
    let last = ('a'..='z').nth(question.choices.len().saturating_sub(1)).unwrap_or('a');
    let prompt = || {
        // A key stays beside what it does.
        let text = say!(speaker, keys.ask, last = last).replace(": ", ":\u{a0}");
        write_out(format_args!("{} ", markdown::hanging(&text, 0, width().saturating_sub(2))));
    };
    let pose = || {
        introduce(speaker, question, source);
        prompt();
    };
    let anew = || {
        screen(Screen::Clear);
        head();
        pose();
    };
    pose();
    loop {
        let key = terminal::keys::read(prompt, anew).context("read a key")?;
        let asked = match key {
            '\u{4}' => Prediction::Left('q'),
            key if keys.away.contains(&key) => Prediction::Left(key),
            key if keys.skip.contains(&key) => Prediction::Skipped,
            // A key too many after the page before is no answer.
            '\n' => continue,
            key => {
                let number = key.to_digit(10).and_then(|digit| (digit as usize).checked_sub(1));
                match letter_index(Some(key)).or(number).and_then(|at| question.choices.get(at)) {
                    Some(choice) => Prediction::Made(choice),
                    None => {
                        println!("\n{}", say!(speaker, "key-unknown", key = key.to_string()));
                        prompt();
                        continue;
                    }
                }
            }
        };
        match key {
            key if key.is_ascii_alphanumeric() => {
                println!("{}\n", style::paint(style::COMMAND, key));
            }
            _ => println!("\n"),
        }
        return Ok(asked);
    }
}
