//! The line of keys below an item, and what was pressed.

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};

use crate::commands::watch::Leave;
use crate::output::{println, width, write_out};
use crate::style;
use crate::terminal::keys::{self, Key};
use crate::terminal::markdown::{self, each_line};

/// What a key was pressed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Enter or space: the first thing that the line offers.
    Enter,
    /// One of the keys that belong to the item.
    Own(char),
    Leave(Leave),
}

/// The keys that lead away from any item.
pub(super) fn away(speaker: Speaker) -> Vec<String> {
    say!(speaker, "learn-keys").split(" · ").map(str::to_owned).collect()
}

/// Asks what to do. `enter` says what Enter does, `own` are further keys with what they do. Keys that
/// mean nothing are answered by the line again. If the terminal gets another width, `page` prints again
/// what stands above.
pub(super) fn ask(
    speaker: Speaker,
    enter: &str,
    own: &[(char, String)],
    page: impl Fn(),
) -> Result<Answer> {
    let line = || {
        let mut offers = vec![say!(speaker, "key-enter", what = enter)];
        offers.extend(own.iter().map(|(key, what)| format!("{key}: {what}")));
        offers.extend(away(speaker));
        let line = markdown::offers(&offers, " ·", width().saturating_sub(1));
        write_out(format_args!("{} ", each_line(style::FAINT, &line)));
    };
    let resized = || {
        page();
        println!();
        line();
    };
    println!();
    line();
    loop {
        let key = keys::press_alone(line, resized).context("read a key")?;
        let answer = match key {
            Key::Enter | Key::Char(' ') => Some(Answer::Enter),
            Key::Char(char) if own.iter().any(|(key, _)| *key == char) => Some(Answer::Own(char)),
            Key::Char('n') => Some(Answer::Leave(Leave::Next)),
            Key::Char('p') => Some(Answer::Leave(Leave::Previous)),
            Key::Char('l') => Some(Answer::Leave(Leave::Select)),
            Key::Char('q') | Key::EndOfInput => Some(Answer::Leave(Leave::Quit)),
            _ => None,
        };
        println!();
        match (answer, key) {
            (Some(answer), _) => return Ok(answer),
            (None, Key::Char(char)) => {
                println!("{}", say!(speaker, "key-unknown", key = char.to_string()));
            }
            (None, _) => {}
        }
        line();
    }
}
