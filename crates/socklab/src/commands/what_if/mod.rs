//! `what-if`: predict, run for real, see why.

mod asking;
mod scripts;
mod shown;

use std::process::ExitCode;

use anyhow::{Context, Result};
use programs::PROGRAMS;
use serde_json::json;
use socklab_say::{Speaker, say};
use socklab_scenario::format::{Choice, Item, Question};
use socklab_scenario::{Course, Origin, Runner};

use crate::cli::{Look, WhatIf};
use crate::commands::trace::Outputs;
use crate::course;
use crate::course::neighbours::neighbours;
use crate::course::progress;
use crate::course::standing::{QUESTION, Standing};
use crate::course::{source, texts};
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::{self, println, width};
use crate::scenario;
use crate::scenario::answered;
use crate::scenario::answered::Answered;
use crate::scenario::wording;
use crate::style;
use crate::terminal::keys;
use crate::terminal::{markdown, pager};
use crate::wire_rules;
use asking::{Offer, Prediction, choice, introduce, painted, predict};
pub(crate) use scripts::as_json;
use scripts::report;
use shown::{Shown, answer, by_hand};

/// Answers one question, or all of them, or lists them.
pub(crate) fn what_if(speaker: Speaker, options: &WhatIf) -> Result<ExitCode> {
    let course = course::load(speaker, &options.which)?;
    let questions = course.questions().map_err(|error| course::mistake(speaker, &error))?;
    scenario::end_cleanly()?;
    let word = options.question.as_deref();
    let of_one = [
        ("--predict", options.predict.is_some()),
        ("--wire", !options.wire.is_empty()),
        ("--output", !options.output.is_empty()),
        ("--all", options.all),
    ];
    for (option, _) in of_one.iter().filter(|(_, given)| *given) {
        if matches!(word, None | Some("list" | "all")) {
            let what = say!(speaker, "conflict", one = word.unwrap_or("list"), other = option);
            return Err(Failure::new(ExitReason::Usage, what).into());
        }
    }
    match word {
        None | Some("list") => list(speaker, &course, &questions, options.json),
        Some("all") => all(speaker, &course, &questions, options),
        Some(wanted) => {
            let mut question = find(speaker, &questions, wanted)?.clone();
            question.scenario.wire.extend(wire_rules::parse(speaker, &options.wire)?);
            one(speaker, &course, &question, options)
        }
    }
}

fn find<'q>(speaker: Speaker, questions: &'q [Question], wanted: &str) -> Result<&'q Question> {
    let number = wanted.parse::<u32>().ok();
    let is = |question: &&Question| Some(question.number) == number || question.name == wanted;
    questions.iter().find(is).ok_or_else(|| {
        let names = questions.iter().map(|question| &question.name);
        let what = say!(speaker, "what-if-unknown", name = wanted);
        Failure::unknown(speaker, what, wanted, names, "socklab what-if list").into()
    })
}

/// All questions, part by part.
fn list(speaker: Speaker, course: &Course, questions: &[Question], json: bool) -> Result<ExitCode> {
    let progress = progress::read();
    if json {
        output::write_json(&as_json(speaker, questions, &progress))?;
        return Ok(ExitCode::SUCCESS);
    }
    let width = width();
    let names: Vec<&str> = PROGRAMS.iter().map(|program| program.name).collect();
    let syllabus = course.syllabus(&names).map_err(|error| course::mistake(speaker, &error))?;
    let mut is_first = true;
    for part in syllabus.parts {
        let here = |item: &Item| match item {
            Item::Question(name) => questions.iter().find(|question| question.name == *name),
            _ => None,
        };
        let mut of_part = part.items.iter().filter_map(here).peekable();
        if of_part.peek().is_some() {
            let title = match &part.title {
                Some(title) => texts::text(speaker, title).to_owned(),
                None => say!(speaker, "list-more"),
            };
            if !is_first {
                println!();
            }
            println!("{}", style::paint(style::STRONG, title));
            is_first = false;
        }
        for question in of_part {
            let mark = Standing::of(&Item::Question(question.name.clone()), &progress).mark();
            let number = style::paint(style::COMMAND, format_args!("{:>2}", question.number));
            println!(
                "{mark} {number} {}",
                markdown::hanging(&texts::question(speaker, question).title, 5, width)
            );
            println!("     {}", style::paint(style::FAINT, &question.name));
        }
    }
    println!("\n{}", say!(speaker, "what-if-list-next"));
    Ok(ExitCode::SUCCESS)
}

/// How a question that was posed at the terminal ended.
pub(crate) enum Posed {
    Answered,
    /// A key of [`ON_THE_WAY`] was pressed instead of a prediction.
    Left(char),
}

/// The keys at a question alone.
const ALONE: Offer = Offer { ask: "what-if-ask", away: &['q'], skip: &[' ', '\n'] };
/// The keys at a question on the way through the course.
const ON_THE_WAY: Offer = Offer { ask: "learn-ask", away: &['n', 'p', 'l', 'q'], skip: &[' '] };

/// Poses a question on the way through the course, below what `head` prints, and answers it.
pub(crate) fn pose(
    speaker: Speaker,
    course: &Course,
    question: &Question,
    head: impl Fn(),
) -> Result<Posed> {
    let source = source::of_question(course, question);
    // On the way, only what is not as it was built in is worth a line.
    let source = Some(&source).filter(|source| source.origin != Origin::BuiltIn);
    let predicted = match predict(speaker, question, source, &ON_THE_WAY, head)? {
        Prediction::Made(choice) => Some(choice),
        Prediction::Skipped => None,
        Prediction::Left(key) => return Ok(Posed::Left(key)),
    };
    let runner = scenario::runner(speaker, scenario::SEED)?;
    let answered = answered::run(speaker, question, &runner)?;
    note(question, &answered, predicted);
    let shown = Shown { predicted, own_rules: false, all: false, offers_all: false };
    let text = answer(speaker, question, &answered, shown, width());
    pager::page(speaker, text.trim_end(), 0).context("read a key")?;
    Ok(Posed::Answered)
}

/// Records how a prediction went, and returns whether it was right. Looking at an answer again does
/// not change an earlier prediction.
fn note(question: &Question, answered: &Answered, predicted: Option<&Choice>) -> Option<bool> {
    let right = right(answered, predicted);
    let result = match (right, &answered.answer) {
        (Some(true), _) => "right",
        (Some(false), _) => "wrong",
        (None, Some(_)) => "seen",
        (None, None) => "unanswered",
    };
    let known = progress::read().contains_key(&format!("{QUESTION} {}", question.name));
    if !(known && result == "seen") {
        progress::note(QUESTION, &question.name, result);
    }
    right
}

/// Whether a prediction was right, if there is one and an answer.
fn right(answered: &Answered, predicted: Option<&Choice>) -> Option<bool> {
    answered.answer.as_ref().and_then(|answer| Some(predicted?.id == *answer))
}

fn one(
    speaker: Speaker,
    course: &Course,
    question: &Question,
    options: &WhatIf,
) -> Result<ExitCode> {
    let outputs = Outputs::of_finished(speaker, &options.output)?;
    let mut predicted = match &options.predict {
        Some(word) => Some(choice(speaker, question, word)?),
        None => None,
    };
    let source = source::of_question(course, question);
    // Whoever asks for the commands alone has seen what happens.
    if options.show_commands && !options.json && predicted.is_none() && keys::can_ask() {
        println!("{}", painted(style::STRONG, &texts::question(speaker, question).title, width()));
        println!();
        by_hand(speaker, question, width());
        return Ok(ExitCode::SUCCESS);
    }
    match (options.json, predicted.is_none() && keys::can_ask()) {
        (true, _) => {}
        (false, false) => introduce(speaker, question, Some(&source)),
        (false, true) => match predict(speaker, question, Some(&source), &ALONE, || ())? {
            Prediction::Made(choice) => predicted = Some(choice),
            Prediction::Skipped => {}
            Prediction::Left(_) => return Ok(ExitCode::SUCCESS),
        },
    }
    let answered = answered::run(speaker, question, &runner(speaker, options)?)?;
    // With another wire, it is another question.
    let own_rules = !options.wire.is_empty();
    let (answered, right) = match own_rules {
        true => (answered.without_answer(), None),
        false => {
            let right = note(question, &answered, predicted);
            (answered, right)
        }
    };
    let look = Look { all: options.all, ..Look::for_learning() };
    outputs.write(speaker, &answered.recording.timeline(), &look, &answered.decisive)?;
    if options.json {
        let report = report(speaker, question, &source, &answered, predicted);
        output::write_json(&report)?;
    } else {
        // The terminal may have another size than when the question was asked.
        let width = width();
        let shown = Shown { predicted, own_rules, all: options.all, offers_all: true };
        println!("{}", answer(speaker, question, &answered, shown, width));
        if options.show_commands {
            by_hand(speaker, question, width);
        } else {
            let command = format!("socklab what-if {} --show-commands", question.number);
            let hint = say!(speaker, "what-if-by-hand-hint", command = command);
            println!("{}", markdown::hanging(&hint, 0, width));
            println!();
            let item = Item::Question(question.name.clone());
            for line in neighbours(speaker, course, &item, width) {
                println!("{line}");
            }
        }
    }
    Ok(match (&answered.recording.trouble, &answered.answer, right) {
        (Some(_), ..) => ExitReason::Environment.into(),
        (None, None, _) if own_rules => ExitCode::SUCCESS,
        (None, None, _) | (None, _, Some(false)) => ExitReason::No.into(),
        (None, Some(_), _) => ExitCode::SUCCESS,
    })
}

fn runner(speaker: Speaker, options: &WhatIf) -> Result<Runner> {
    let runner = scenario::runner(speaker, options.seed.unwrap_or(scenario::SEED))?;
    Ok(Runner { packets: options.packets.wanted(), ..runner })
}

/// Runs every question: the self-test of what this machine can show.
fn all(
    speaker: Speaker,
    course: &Course,
    questions: &[Question],
    options: &WhatIf,
) -> Result<ExitCode> {
    let runner = runner(speaker, options)?;
    let width = width();
    let (mut reports, mut ok, mut trouble) = (Vec::new(), true, false);
    for question in questions {
        let answered = answered::run(speaker, question, &runner)?;
        let found = answered.answer.is_some();
        ok &= found;
        let source = source::of_question(course, question);
        trouble |= answered.recording.trouble.is_some();
        if options.json {
            reports.push(report(speaker, question, &source, &answered, None));
            continue;
        }
        let mark =
            if found { style::paint(style::GOOD, "✓") } else { style::paint(style::BAD, "✗") };
        let took = u64::try_from(answered.took.as_nanos()).unwrap_or(u64::MAX);
        let took = style::paint(style::FAINT, speaker.duration(took));
        let title = markdown::hanging(
            &texts::question(speaker, question).title,
            5,
            width.saturating_sub(9),
        );
        println!("{mark} {:>2} {title}  {took}", question.number);
        if source.origin == Origin::Replaces {
            println!("     {}", source::line(speaker, &source));
        }
        if let Some(trouble) = &answered.recording.trouble {
            println!("     {}", markdown::hanging(&wording::trouble(speaker, trouble), 5, width));
        } else if !found {
            println!("     {}", markdown::hanging(&say!(speaker, "what-if-unanswered"), 5, width));
            if let Some((_, trouble)) = answered.recording.failed_step() {
                println!("     {}", wording::step(speaker, trouble));
            }
        }
    }
    if options.json {
        let whole = json!({ "ok": ok, "count": reports.len(), "questions": reports });
        output::write_json(&whole)?;
    }
    Ok(match (ok, trouble) {
        (true, _) => ExitCode::SUCCESS,
        (false, true) => ExitReason::Environment.into(),
        (false, false) => ExitReason::No.into(),
    })
}
