//! The end of the tour: two of the course's questions, answered by running them.

use anyhow::Result;
use serde::Serialize;
use socklab_say::{Speaker, say};
use socklab_scenario::{Origin, Runner, Source};

use crate::cli::WhichCourse;
use crate::course;
use crate::course::{source, texts};
use crate::output::{println, width};
use crate::scenario;
use crate::scenario::answered;
use crate::scenario::wording;
use crate::style::{BAD, FAINT, GOOD, STRONG, paint};
use crate::terminal::markdown;

/// The same mistake with UDP and with TCP: one waits forever, the other fails at once.
const ASKED: [&str; 2] = ["udp-client-first", "tcp-client-first"];

/// A question and what the run of it showed.
#[derive(Debug, Serialize)]
pub(super) struct TourQuestion {
    name: String,
    title: String,
    source: Source,
    /// The choice that the evidence shows to be right.
    answer: Option<String>,
    explanation: String,
    /// Why it could not be run on this machine, if it could not.
    trouble: Option<String>,
    pub(super) ok: bool,
}

/// Runs the questions.
pub(super) fn ask(
    speaker: Speaker,
    which: &WhichCourse,
    packets: bool,
) -> Result<Vec<TourQuestion>> {
    let course = course::load(speaker, which)?;
    let questions = course.questions().map_err(|error| course::mistake(speaker, &error))?;
    let runner = Runner { packets, ..scenario::runner(speaker, scenario::SEED)? };
    let chosen = questions.iter().filter(|question| ASKED.contains(&question.name.as_str()));
    chosen
        .map(|question| {
            let answered = answered::run(speaker, question, &runner)?;
            let choice = question.choices.iter().find(|choice| {
                answered.answer.as_deref().is_some_and(|answer| choice.id == answer)
            });
            let trouble = answered
                .recording
                .trouble
                .as_ref()
                .map(|trouble| wording::trouble(speaker, trouble));
            Ok(TourQuestion {
                name: question.name.clone(),
                title: texts::question(speaker, question).title.clone(),
                source: source::of_question(&course, question),
                answer: choice.map(|choice| texts::text(speaker, &choice.text).to_owned()),
                explanation: answered.explanation,
                // If the machine does not allow it, that is not a mistake of the course.
                ok: trouble.is_some() || choice.is_some(),
                trouble,
            })
        })
        .collect()
}

pub(super) fn show(speaker: Speaker, asked: &[TourQuestion]) {
    println!("{}", paint(STRONG, say!(speaker, "tour-questions")));
    let width = width();
    for question in asked {
        let title = markdown::hanging(&question.title, 2, width);
        println!("\n  {}", markdown::each_line(STRONG, &title));
        if question.source.origin == Origin::Replaces {
            println!("  {}", source::line(speaker, &question.source));
        }
        match (&question.answer, &question.trouble) {
            (Some(answer), _) => {
                println!("  {} {}", paint(GOOD, "✓"), markdown::hanging(answer, 4, width));
            }
            (None, Some(trouble)) => {
                let trouble = markdown::hanging(trouble, 2, width);
                println!("  {}", markdown::each_line(FAINT, &trouble));
            }
            (None, None) => println!("  {} {}", paint(BAD, "✗"), say!(speaker, "tour-no-evidence")),
        }
        for line in markdown::render(&question.explanation, width.min(94) - 4).lines() {
            println!("{}", format!("    {line}").trim_end());
        }
    }
    println!();
}
