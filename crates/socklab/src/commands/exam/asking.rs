//! Asks the questions on a terminal, or takes the answers from the command line.

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};

use super::Paper;
use super::shown::{letter, question, told};
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::{Screen, println, screen, width, write_out};
use crate::style;
use crate::terminal::{keys, markdown};

/// Asks one question after another. Whether each answer was right; `None` if the student left.
pub(super) fn ask(speaker: Speaker, paper: &Paper<'_>) -> Result<Option<Vec<bool>>> {
    let mut answers = Vec::new();
    for (index, one) in paper.questions.iter().enumerate() {
        let (candidate, order) = one;
        let last = letter(order.len().saturating_sub(1));
        let prompt = || {
            let text = say!(speaker, "exam-ask", last = last).replace(": ", ":\u{a0}");
            write_out(format_args!(
                "\n{} ",
                markdown::hanging(&text, 0, width().saturating_sub(2))
            ));
        };
        let pose = || {
            println!("{}", question(speaker, index + 1, one));
            prompt();
        };
        let anew = || {
            screen(Screen::Clear);
            pose();
        };
        pose();
        let place = loop {
            match keys::read(prompt, anew).context("read a key")? {
                keys::END | 'q' => {
                    println!("\n");
                    return Ok(None);
                }
                '\n' => {}
                key => match place(key, order.len()) {
                    Some(place) => break place,
                    None => {
                        println!("\n{}", say!(speaker, "key-unknown", key = key.to_string()));
                        prompt();
                    }
                },
            }
        };
        println!("{}\n", style::paint(style::COMMAND, letter(place)));
        println!("{}\n", told(speaker, candidate, order, place).trim_end());
        answers.push(order[place] == candidate.right);
    }
    Ok(Some(answers))
}

/// Which choice a letter stands for.
fn place(key: char, all: usize) -> Option<usize> {
    let key = key.to_ascii_lowercase();
    let place = key.is_ascii_lowercase().then(|| key as usize - 'a' as usize)?;
    (place < all).then_some(place)
}

/// Takes the answers that were given on the command line.
pub(super) fn given(
    speaker: Speaker,
    paper: &Paper<'_>,
    answers: &[String],
    silent: bool,
) -> Result<Vec<bool>> {
    let mut places = Vec::new();
    for (number, (word, (_, order))) in answers.iter().zip(&paper.questions).enumerate() {
        let mut letters = word.trim().chars();
        let found = match (letters.next(), letters.next()) {
            (Some(letter), None) => place(letter, order.len()),
            _ => None,
        };
        places.push(found.ok_or_else(|| {
            let last = letter(order.len().saturating_sub(1));
            let what =
                say!(speaker, "exam-no-choice", word = word, number = number + 1, last = last);
            Failure::new(ExitReason::Usage, what)
        })?);
    }
    let mut right = Vec::new();
    for (index, (place, one)) in places.iter().zip(&paper.questions).enumerate() {
        let (candidate, order) = one;
        if !silent {
            println!("{}\n", question(speaker, index + 1, one));
            println!("{}\n", told(speaker, candidate, order, *place).trim_end());
        }
        right.push(order[*place] == candidate.right);
    }
    Ok(right)
}
