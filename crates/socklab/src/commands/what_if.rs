//! `what-if`: predict, run for real, see why.
//!
//! A little longer than 400 lines: one command, whose screens share its options and its run.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use socklab_say::{Speaker, say};
use socklab_scenario::format::{Choice, Item, Question};
use socklab_scenario::{Course, Origin, Source};

use crate::cli::WhatIf;
use crate::course;
use crate::course::neighbours::neighbours;
use crate::course::progress;
use crate::course::progress::Progress;
use crate::course::standing::{QUESTION, Standing};
use crate::course::{source, texts};
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::{self, Screen, println, screen, width, write_out};
use crate::scenario;
use crate::scenario::answered;
use crate::scenario::answered::Answered;
use crate::scenario::wording;
use crate::style;
use crate::terminal::keys;
use crate::terminal::markdown;

/// Answers one question, or all of them, or lists them.
pub(crate) fn what_if(speaker: Speaker, options: &WhatIf) -> Result<ExitCode> {
    let course = course::load(speaker, &options.which)?;
    let questions = course.questions().map_err(|error| course::mistake(speaker, &error))?;
    scenario::end_cleanly()?;
    let word = options.question.as_deref();
    if let (Some(_), None | Some("list" | "all")) = (&options.predict, word) {
        let what = say!(speaker, "conflict", one = word.unwrap_or("list"), other = "--predict");
        return Err(Failure::new(ExitReason::Usage, what).into());
    }
    match word {
        None | Some("list") => list(speaker, &questions, options.json),
        Some("all") => all(speaker, &course, &questions, options),
        Some(wanted) => one(speaker, &course, find(speaker, &questions, wanted)?, options),
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

fn list(speaker: Speaker, questions: &[Question], json: bool) -> Result<ExitCode> {
    let progress = progress::read();
    if json {
        output::write_json(&as_json(speaker, questions, &progress))?;
        return Ok(ExitCode::SUCCESS);
    }
    let width = width();
    for question in questions {
        let mark = Standing::of(&Item::Question(question.name.clone()), &progress).mark();
        let number = style::paint(style::COMMAND, format_args!("{:>2}", question.number));
        println!(
            "{mark} {number} {}",
            markdown::hanging(&texts::question(speaker, question).title, 5, width)
        );
        println!("     {}", style::paint(style::FAINT, &question.name));
    }
    println!("\n{}", say!(speaker, "what-if-list-next"));
    Ok(ExitCode::SUCCESS)
}

/// The questions and the user's predictions, as JSON.
pub(super) fn as_json(speaker: Speaker, questions: &[Question], progress: &Progress) -> Vec<Value> {
    let item = |question: &Question| {
        json!({
            "number": question.number,
            "name": question.name,
            "topic": question.topic,
            "title": texts::question(speaker, question).title,
            "choices": choices(speaker, question),
            "result": result(question, progress),
        })
    };
    questions.iter().map(item).collect()
}

/// The recorded result of the last run of a question.
fn result<'p>(question: &Question, progress: &'p Progress) -> Option<&'p str> {
    progress.get(&format!("{QUESTION} {}", question.name)).map(String::as_str)
}

/// How a question that was posed at the terminal ended.
pub(crate) enum Posed {
    Answered,
    /// One of [`AWAY`] was pressed instead of a prediction.
    Left(char),
}

/// The keys that leave a question on the way through the course.
const AWAY: [char; 4] = ['n', 'p', 'l', 'q'];

/// Poses a question on the way through the course, and answers it.
pub(crate) fn pose(speaker: Speaker, course: &Course, question: &Question) -> Result<Posed> {
    let source = source::of_question(course, question);
    let predicted = match predict(speaker, question, &source, "learn-ask", &AWAY)? {
        Prediction::Made(choice) => Some(choice),
        Prediction::Skipped => None,
        Prediction::Left(key) => return Ok(Posed::Left(key)),
    };
    let runner = scenario::runner(speaker, scenario::SEED)?;
    let answered = answered::run(speaker, question, &runner)?;
    note(question, &answered, predicted);
    show(speaker, question, &answered, predicted, width());
    Ok(Posed::Answered)
}

/// Records how a prediction went, and returns whether it was right. Looking at an answer again does
/// not change an earlier prediction.
fn note(question: &Question, answered: &Answered, predicted: Option<&Choice>) -> Option<bool> {
    let right = answered.answer.as_ref().and_then(|answer| Some(predicted?.id == *answer));
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

fn one(
    speaker: Speaker,
    course: &Course,
    question: &Question,
    options: &WhatIf,
) -> Result<ExitCode> {
    let mut predicted = match &options.predict {
        Some(word) => Some(choice(speaker, question, word)?),
        None => None,
    };
    let source = source::of_question(course, question);
    match (options.json, predicted.is_none() && keys::can_ask()) {
        (true, _) => {}
        (false, false) => introduce(speaker, question, &source),
        (false, true) => match predict(speaker, question, &source, "what-if-ask", &['q'])? {
            Prediction::Made(choice) => predicted = Some(choice),
            Prediction::Skipped => {}
            Prediction::Left(_) => return Ok(ExitCode::SUCCESS),
        },
    }
    let answered = answered::run(
        speaker,
        question,
        &scenario::runner(speaker, options.seed.unwrap_or(scenario::SEED))?,
    )?;
    let right = note(question, &answered, predicted);
    if options.json {
        let report = report(speaker, question, &source, &answered, predicted);
        output::write_json(&report)?;
    } else {
        // The terminal may have another size than when the question was asked.
        let width = width();
        show(speaker, question, &answered, predicted, width);
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
        (None, None, _) | (None, _, Some(false)) => ExitReason::No.into(),
        (None, Some(_), _) => ExitCode::SUCCESS,
    })
}

fn choice<'q>(speaker: Speaker, question: &'q Question, word: &str) -> Result<&'q Choice> {
    let by_letter = letter_index(word.chars().next().filter(|_| word.len() == 1));
    let by_number = word.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let by_place = by_letter.or(by_number).and_then(|index| question.choices.get(index));
    let by_id = question.choices.iter().find(|choice| choice.id == word);
    by_id.or(by_place).ok_or_else(|| {
        let known = question.choices.iter().map(|choice| choice.id.as_str()).collect::<Vec<_>>();
        let what = say!(speaker, "what-if-no-choice", word = word, choices = known.join(", "));
        Failure::new(ExitReason::Usage, what).into()
    })
}

fn letter_index(letter: Option<char>) -> Option<usize> {
    let letter = letter?.to_ascii_lowercase();
    letter.is_ascii_lowercase().then(|| letter as usize - 'a' as usize)
}

/// A text of one style, wrapped.
fn painted(style: anstyle::Style, text: &str, width: usize) -> String {
    markdown::each_line(style, &markdown::hanging(text, 0, width))
}

fn introduce(speaker: Speaker, question: &Question, source: &Source) {
    let width = width();
    let prose = texts::question(speaker, question);
    let title = format!("{}. {}", question.number, prose.title);
    println!("{}", painted(style::STRONG, &title, width));
    println!("{}", source::line(speaker, source));
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
enum Prediction<'q> {
    Made(&'q Choice),
    Skipped,
    /// This key was pressed, to leave.
    Left(char),
}

/// Prints the question and asks for a prediction with the sentence `ask`. The keys of `away` leave the
/// question. If the terminal becomes wider or narrower, the question is printed anew.
fn predict<'q>(
    speaker: Speaker,
    question: &'q Question,
    source: &Source,
    ask: &str,
    away: &[char],
) -> Result<Prediction<'q>> {
    let last = ('a'..='z').nth(question.choices.len().saturating_sub(1)).unwrap_or('a');
    let prompt = || {
        // A key stays beside what it does.
        let text = say!(speaker, ask, last = last).replace(": ", ":\u{a0}");
        write_out(format_args!("{} ", markdown::hanging(&text, 0, width().saturating_sub(2))));
    };
    let pose = || {
        introduce(speaker, question, source);
        prompt();
    };
    let anew = || {
        screen(Screen::Clear);
        pose();
    };
    pose();
    loop {
        let key = keys::read(prompt, anew).context("read a key")?;
        let asked = match key {
            '\u{4}' => Prediction::Left('q'),
            key if away.contains(&key) => Prediction::Left(key),
            ' ' | '\n' | '\r' => Prediction::Skipped,
            key => {
                let number = key.to_digit(10).and_then(|digit| (digit as usize).checked_sub(1));
                match letter_index(Some(key)).or(number).and_then(|at| question.choices.get(at)) {
                    Some(choice) => Prediction::Made(choice),
                    None => continue,
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

fn show(
    speaker: Speaker,
    question: &Question,
    answered: &Answered,
    predicted: Option<&Choice>,
    width: usize,
) {
    if let Some(note) = wording::place(speaker, &answered.recording.place) {
        println!("{}\n", painted(style::FAINT, &note, width));
    }
    if let Some(trouble) = &answered.recording.trouble {
        println!("{}", painted(style::BAD, &wording::trouble(speaker, trouble), width));
        return;
    }
    println!("{}", answered.ladder(speaker, width, true).trim_end());
    println!();
    let Some(answer) = &answered.answer else {
        println!("{}", painted(style::BAD, &say!(speaker, "what-if-unanswered"), width));
        if let Some((_, trouble)) = answered.recording.failed_step() {
            println!("{}", wording::step(speaker, trouble));
        }
        return;
    };
    let right = question.choices.iter().find(|choice| choice.id == *answer);
    let text = right.map(|choice| texts::text(speaker, &choice.text)).unwrap_or_default();
    let (style, verdict) = match predicted {
        Some(choice) if choice.id == *answer => (style::GOOD, say!(speaker, "what-if-right")),
        Some(_) => (style::BAD, say!(speaker, "what-if-wrong")),
        None => (style::STRONG, say!(speaker, "what-if-answer")),
    };
    println!("{}", markdown::after(&verdict, style, text, width));
    println!("{}", markdown::render(&answered.explanation, width));
    if let Some(next) = texts::section(speaker, question, "next") {
        println!("{}", style::paint(style::STRONG, say!(speaker, "what-if-next")));
        println!("{}", markdown::render(next, width));
    }
}

fn by_hand(speaker: Speaker, question: &Question, width: usize) {
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

/// Runs every question: the self-test of what this machine can show.
fn all(
    speaker: Speaker,
    course: &Course,
    questions: &[Question],
    options: &WhatIf,
) -> Result<ExitCode> {
    let runner = scenario::runner(speaker, options.seed.unwrap_or(scenario::SEED))?;
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

fn choices(speaker: Speaker, question: &Question) -> Vec<serde_json::Value> {
    let choices = question.choices.iter();
    choices
        .map(|choice| json!({ "id": choice.id, "text": texts::text(speaker, &choice.text) }))
        .collect()
}

fn report(
    speaker: Speaker,
    question: &Question,
    source: &Source,
    answered: &Answered,
    predicted: Option<&Choice>,
) -> serde_json::Value {
    let right = predicted.map(|choice| Some(&choice.id) == answered.answer.as_ref());
    let events: BTreeMap<u64, &socklab_event::Event> = answered
        .recording
        .events
        .iter()
        .filter(|event| answered.evidence.contains(&event.seq))
        .map(|event| (event.seq, event))
        .collect();
    json!({
        "number": question.number,
        "name": question.name,
        "source": source::as_json(source),
        "topic": question.topic,
        "title": texts::question(speaker, question).title,
        "choices": choices(speaker, question),
        "ok": answered.answer.is_some(),
        "answer": answered.answer,
        "predicted": predicted.map(|choice| &choice.id),
        "right": right,
        "explanation": answered.explanation,
        "next": texts::section(speaker, question, "next"),
        "evidence": answered.findings,
        "events": events.values().collect::<Vec<_>>(),
        "steps": answered.recording.steps,
        "place": answered.recording.place,
        "seed": answered.recording.variables.seed,
        "trouble": answered.recording.trouble,
        "milliseconds": u64::try_from(answered.took.as_millis()).unwrap_or(u64::MAX),
    })
}
