//! A program on the way: what it is about, what its calls do when it runs, its source.

use anyhow::{Context, Result};
use socklab_say::say;

use super::prompt::{Answer, ask};
use super::{Guide, HEAD};
use crate::commands::show::whole;
use crate::commands::watch::Leave;
use crate::course::lesson::introduction;
use crate::course::standing::note_program;
use crate::course_program::known;
use crate::output::{println, width, write_out};
use crate::terminal::{markdown, pager};
use crate::tour;

pub(super) fn learn(guide: &Guide<'_>, at: usize, name: &str) -> Result<Leave> {
    let speaker = guide.speaker;
    let program = known(speaker, name)?;
    let page = || {
        guide.head(at);
        let text = markdown::render(&introduction(speaker, program), width());
        write_out(format_args!("{text}"));
    };
    page();
    let mut has_run = false;
    loop {
        let enter = match has_run {
            false => say!(speaker, "learn-run"),
            true => say!(speaker, "learn-go-on", next = guide.next(at)),
        };
        let source = ('s', say!(speaker, "learn-source"));
        let again = has_run.then(|| ('r', say!(speaker, "learn-run-again")));
        let own: Vec<_> = [Some(source), again].into_iter().flatten().collect();
        match ask(speaker, &enter, &own, page)? {
            Answer::Enter if has_run => return Ok(Leave::Next),
            Answer::Enter | Answer::Own('r') => {
                println!();
                tour::show_stop(speaker, program)?;
                note_program(program.name);
                has_run = true;
            }
            Answer::Own(_) => {
                guide.head(at);
                pager::page(speaker, &whole(speaker, program), HEAD).context("read a key")?;
                note_program(program.name);
            }
            Answer::Leave(leave) => return Ok(leave),
        }
    }
}
