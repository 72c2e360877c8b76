//! Shows a long text one screen at a time.

use std::io;

use socklab_say::{Speaker, say};

use super::folding::folded;
use super::keys;
use super::keys::Key;
use crate::output::{Screen, height, println, screen, width, write_out};
use crate::style;

/// Prints a text below so many `used` lines of the screen. If it is longer than the terminal, it stops
/// after each screen until a key is pressed; `q` and Esc leave out the rest.
pub(crate) fn page(speaker: Speaker, text: &str, mut used: usize) -> io::Result<()> {
    let mut rest: Vec<String> = text.lines().flat_map(|line| folded(line, width())).collect();
    loop {
        // One line is for the prompt, and the last one read stays in view.
        let room = height().saturating_sub(2 + std::mem::take(&mut used)).max(1);
        let (now, later) = rest.split_at(rest.len().min(room));
        now.iter().for_each(|line| println!("{line}"));
        if later.is_empty() {
            return Ok(());
        }
        let left = later.len();
        let prompt = || {
            write_out(format_args!(
                "{}",
                style::paint(style::FAINT, say!(speaker, "pager-more", lines = left))
            ));
        };
        prompt();
        let key = loop {
            match keys::press(prompt)? {
                key @ (Key::Enter | Key::Down | Key::PageDown | Key::Escape | Key::EndOfInput) => {
                    break key;
                }
                key @ Key::Char(' ' | 'q' | 'n') => break key,
                _ => {}
            }
        };
        screen(Screen::Line);
        match key {
            Key::Char('q' | 'n') | Key::Escape | Key::EndOfInput => return Ok(()),
            _ => rest = later.to_vec(),
        }
    }
}
