//! A question on the way: predict, run, see.

use anyhow::{Context, Result};
use socklab_say::say;

use super::Guide;
use super::prompt::{Answer, ask};
use crate::commands::watch::Leave;
use crate::commands::what_if::{Posed, pose};

pub(super) fn learn(guide: &Guide<'_>, at: usize, name: &str) -> Result<Leave> {
    let speaker = guide.speaker;
    let questions = guide.questions()?;
    let question = questions.iter().find(|question| question.name == name);
    let question = question.with_context(|| say!(speaker, "what-if-unknown", name = name))?;
    loop {
        guide.head(at);
        match pose(speaker, &guide.course, question, || guide.head(at))? {
            Posed::Left('n') => return Ok(Leave::Next),
            Posed::Left('p') => return Ok(Leave::Previous),
            Posed::Left('l') => return Ok(Leave::Select),
            Posed::Left(_) => return Ok(Leave::Quit),
            Posed::Answered => {}
        }
        let enter = say!(speaker, "learn-go-on", next = guide.next(at));
        match ask(speaker, &enter, &[('r', say!(speaker, "learn-ask-again"))], || ())? {
            Answer::Enter => return Ok(Leave::Next),
            Answer::Own(_) => {}
            Answer::Leave(leave) => return Ok(leave),
        }
    }
}
