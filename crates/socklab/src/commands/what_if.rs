//! `what-if`: predict, run for real, see why.

use std::collections::BTreeMap;
use std::io;
use std::process::ExitCode;

use crate::output::{println, write_out};
use anyhow::{Context, Result};
use scenario::format::{Choice, Question};
use serde_json::{Value, json};

use crate::ask::progress::Progress;
use crate::ask::{self, answered, answered::Answered, key, markdown, progress, told};
use crate::cli::WhatIf;
use crate::failure::{Exit, Failure};
use crate::language::text;
use crate::style;

/// Answers one question, or all of them, or lists them.
pub(crate) fn what_if(options: &WhatIf) -> Result<ExitCode> {
    let questions = ask::course()?.questions().map_err(|error| ask::mistake(&error))?;
    ask::end_cleanly()?;
    match options.question.as_deref() {
        None | Some("list") => list(&questions, options.json),
        Some("all") => all(&questions, options),
        Some(wanted) => one(find(&questions, wanted)?, options),
    }
}

fn find<'q>(questions: &'q [Question], wanted: &str) -> Result<&'q Question> {
    let number = wanted.parse::<u32>().ok();
    let is = |question: &&Question| Some(question.number) == number || question.name == wanted;
    questions.iter().find(is).ok_or_else(|| {
        let failure = Failure::new(Exit::Usage, text!("what-if-unknown", name = wanted));
        let likeness = |question: &Question| strsim::jaro_winkler(&question.name, wanted);
        let near = questions.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        let hint = match near.filter(|question| likeness(question) > 0.75) {
            Some(question) => text!("did-you-mean", known = question.name),
            None => text!("try-line", what = "socklab what-if list"),
        };
        failure.hint(hint).into()
    })
}

fn list(questions: &[Question], json: bool) -> Result<ExitCode> {
    let progress = progress::read();
    if json {
        println!("{}", serde_json::to_string_pretty(&as_json(questions, &progress))?);
        return Ok(ExitCode::SUCCESS);
    }
    for question in questions {
        let mark = mark(question, &progress);
        let number = style::paint(style::COMMAND, format_args!("{:>2}", question.number));
        println!("{mark} {number} {}", answered::prose(question).title);
        println!("     {}", style::paint(style::FAINT, &question.name));
    }
    println!("\n{}", text!("what-if-list-next"));
    Ok(ExitCode::SUCCESS)
}

/// The questions and what was predicted, for scripts.
pub(super) fn as_json(questions: &[Question], progress: &Progress) -> Vec<Value> {
    let item = |question: &Question| {
        json!({
            "number": question.number,
            "name": question.name,
            "topic": question.topic,
            "title": answered::prose(question).title,
            "choices": choices(question),
            "result": result(question, progress),
        })
    };
    questions.iter().map(item).collect()
}

/// One character: predicted right, predicted wrong, seen, nothing yet.
pub(super) fn mark(question: &Question, progress: &Progress) -> String {
    match result(question, progress) {
        Some("right") => style::paint(style::GOOD, "✓"),
        Some("wrong") => style::paint(style::BAD, "✗"),
        Some(_) => style::paint(style::FAINT, "·"),
        None => " ".to_owned(),
    }
}

pub(super) fn is_right(question: &Question, progress: &Progress) -> bool {
    result(question, progress) == Some("right")
}

/// What the last run of a question was noted as.
fn result<'p>(question: &Question, progress: &'p Progress) -> Option<&'p str> {
    progress.get(&format!("what-if {}", question.name)).map(String::as_str)
}

fn one(question: &Question, options: &WhatIf) -> Result<ExitCode> {
    let mut predicted = match &options.predict {
        Some(word) => Some(choice(question, word)?),
        None => None,
    };
    let width = width();
    if !options.json {
        introduce(question, width);
        if predicted.is_none() && key::can_ask() {
            match predict(question)? {
                Asked::Predicted(choice) => predicted = Some(choice),
                Asked::Skipped => {}
                Asked::Quit => return Ok(ExitCode::SUCCESS),
            }
        }
    }
    let answered = answered::run(question, &ask::stagehand(options.seed.unwrap_or(ask::SEED))?)?;
    let right = answered.answer.as_ref().and_then(|answer| Some(predicted?.id == *answer));
    let result = match (right, &answered.answer) {
        (Some(true), _) => "right",
        (Some(false), _) => "wrong",
        (None, Some(_)) => "seen",
        (None, None) => "unanswered",
    };
    // A home directory that cannot be written to spoils nobody's lesson.
    // Looking again at what was predicted before changes nothing.
    let known = progress::read().contains_key(&format!("what-if {}", question.name));
    if !(known && result == "seen") {
        let _ = progress::note("what-if", &question.name, result);
    }
    if options.json {
        let report = report(question, &answered, predicted);
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        show(question, &answered, predicted, width);
        if options.show_commands {
            by_hand(question);
        } else {
            let command = format!("socklab what-if {} --show-commands", question.number);
            println!("{}", text!("what-if-by-hand-hint", command = command));
        }
    }
    Ok(match (&answered.recording.trouble, &answered.answer, right) {
        (Some(_), ..) => Exit::Environment.into(),
        (None, None, _) | (None, _, Some(false)) => Exit::No.into(),
        (None, Some(_), _) => ExitCode::SUCCESS,
    })
}

fn choice<'q>(question: &'q Question, word: &str) -> Result<&'q Choice> {
    let by_letter = letter_index(word.chars().next().filter(|_| word.len() == 1));
    let by_number = word.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let by_place = by_letter.or(by_number).and_then(|index| question.choices.get(index));
    let by_id = question.choices.iter().find(|choice| choice.id == word);
    by_id.or(by_place).ok_or_else(|| {
        let known = question.choices.iter().map(|choice| choice.id.as_str()).collect::<Vec<_>>();
        let what = text!("what-if-no-choice", word = word, choices = known.join(", "));
        Failure::new(Exit::Usage, what).into()
    })
}

fn letter_index(letter: Option<char>) -> Option<usize> {
    let letter = letter?.to_ascii_lowercase();
    letter.is_ascii_lowercase().then(|| letter as usize - 'a' as usize)
}

fn introduce(question: &Question, width: usize) {
    let prose = answered::prose(question);
    println!(
        "{}",
        style::paint(style::STRONG, format_args!("{}. {}", question.number, prose.title))
    );
    if !prose.intro.is_empty() {
        println!("\n{}", markdown::render(&prose.intro, width).trim_end());
    }
    println!();
    for (letter, choice) in ('a'..).zip(&question.choices) {
        let text = markdown::render(ask::of(&choice.text), width - 5);
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

/// What came of asking.
enum Asked<'q> {
    Predicted(&'q Choice),
    Skipped,
    Quit,
}

fn predict(question: &Question) -> Result<Asked<'_>> {
    let last = ('a'..='z').nth(question.choices.len().saturating_sub(1)).unwrap_or('a');
    write_out(format_args!("{} ", text!("what-if-ask", last = last)));

    loop {
        let key = key::read().context("read a key")?;
        let asked = match key {
            None | Some('q' | '\u{4}') => Asked::Quit,
            Some(' ' | '\n' | '\r' | '\u{1b}') => Asked::Skipped,
            Some(key) => {
                let number = key.to_digit(10).and_then(|digit| (digit as usize).checked_sub(1));
                match letter_index(Some(key)).or(number).and_then(|at| question.choices.get(at)) {
                    Some(choice) => Asked::Predicted(choice),
                    None => continue,
                }
            }
        };
        match key.filter(|key| key.is_ascii_alphanumeric()) {
            Some(key) => println!("{}\n", style::paint(style::COMMAND, key)),
            None => println!("\n"),
        }
        return Ok(asked);
    }
}

fn show(question: &Question, answered: &Answered, predicted: Option<&Choice>, width: usize) {
    if let Some(note) = told::place(&answered.recording.place) {
        println!("{}\n", style::paint(style::FAINT, note));
    }
    if let Some(trouble) = &answered.recording.trouble {
        println!("{}", style::paint(style::BAD, told::trouble(trouble)));
        return;
    }
    println!("{}", answered.ladder(width, true).trim_end());
    println!();
    let Some(answer) = &answered.answer else {
        println!("{}", style::paint(style::BAD, text!("what-if-unanswered")));
        if let Some((_, trouble)) = answered.recording.failed_step() {
            println!("{}", told::step(trouble));
        }
        return;
    };
    let right = question.choices.iter().find(|choice| choice.id == *answer);
    let text = right.map(|choice| ask::of(&choice.text)).unwrap_or_default();
    let text = markdown::render(text, usize::MAX);
    let text = text.trim_end();
    match predicted {
        Some(choice) if choice.id == *answer => {
            println!("{} {text}\n", style::paint(style::GOOD, text!("what-if-right")));
        }
        Some(_) => println!("{} {text}\n", style::paint(style::BAD, text!("what-if-wrong"))),
        None => println!("{} {text}\n", style::paint(style::STRONG, text!("what-if-answer"))),
    }
    println!("{}", markdown::render(&answered.explanation, width));
    if let Some(next) = answered::prose(question).sections.get("next") {
        println!("{}", style::paint(style::STRONG, text!("what-if-next")));
        println!("{}", markdown::render(next, width));
    }
}

fn by_hand(question: &Question) {
    println!("{}", style::paint(style::STRONG, text!("what-if-by-hand")));
    for line in &question.by_hand {
        let terminal =
            style::paint(style::FAINT, text!("what-if-terminal", number = line.terminal));
        let note = line.note.as_ref().map(ask::of).unwrap_or_default();
        match &line.command {
            Some(command) if note.is_empty() => {
                println!("  {terminal}  {}", style::paint(style::COMMAND, command));
            }
            Some(command) => println!(
                "  {terminal}  {}  {}",
                style::paint(style::COMMAND, command),
                style::paint(style::FAINT, format_args!("# {note}"))
            ),
            None => {
                println!("  {terminal}  {}", style::paint(style::FAINT, format_args!("# {note}")));
            }
        }
    }
}

/// Runs every question: the self-test of what this machine can show.
fn all(questions: &[Question], options: &WhatIf) -> Result<ExitCode> {
    let stagehand = ask::stagehand(options.seed.unwrap_or(ask::SEED))?;
    let (mut reports, mut ok, mut trouble) = (Vec::new(), true, false);
    for question in questions {
        let answered = answered::run(question, &stagehand)?;
        let found = answered.answer.is_some();
        ok &= found;
        trouble |= answered.recording.trouble.is_some();
        if options.json {
            reports.push(report(question, &answered, None));
            continue;
        }
        let mark =
            if found { style::paint(style::GOOD, "✓") } else { style::paint(style::BAD, "✗") };
        let took = style::paint(style::FAINT, format_args!("{} ms", answered.took.as_millis()));
        println!("{mark} {:>2} {}  {took}", question.number, answered::prose(question).title);
        if let Some(trouble) = &answered.recording.trouble {
            println!("     {}", told::trouble(trouble));
        } else if !found {
            println!("     {}", text!("what-if-unanswered"));
            if let Some((_, trouble)) = answered.recording.failed_step() {
                println!("     {}", told::step(trouble));
            }
        }
    }
    if options.json {
        let whole = json!({ "ok": ok, "count": reports.len(), "questions": reports });
        println!("{}", serde_json::to_string_pretty(&whole)?);
    }
    Ok(match (ok, trouble) {
        (true, _) => ExitCode::SUCCESS,
        (false, true) => Exit::Environment.into(),
        (false, false) => Exit::No.into(),
    })
}

fn choices(question: &Question) -> Vec<serde_json::Value> {
    let choices = question.choices.iter();
    choices.map(|choice| json!({ "id": choice.id, "text": ask::of(&choice.text) })).collect()
}

fn report(
    question: &Question,
    answered: &Answered,
    predicted: Option<&Choice>,
) -> serde_json::Value {
    let right = predicted.map(|choice| Some(&choice.id) == answered.answer.as_ref());
    let events: BTreeMap<u64, &event::Event> = answered
        .recording
        .events
        .iter()
        .filter(|event| answered.evidence.contains(&event.seq))
        .map(|event| (event.seq, event))
        .collect();
    json!({
        "number": question.number,
        "name": question.name,
        "topic": question.topic,
        "title": answered::prose(question).title,
        "choices": choices(question),
        "ok": answered.answer.is_some(),
        "answer": answered.answer,
        "predicted": predicted.map(|choice| &choice.id),
        "right": right,
        "explanation": answered.explanation,
        "next": answered::prose(question).sections.get("next"),
        "evidence": answered.findings,
        "events": events.values().collect::<Vec<_>>(),
        "steps": answered.recording.steps,
        "place": answered.recording.place,
        "seed": answered.recording.variables.seed,
        "trouble": answered.recording.trouble,
        "milliseconds": u64::try_from(answered.took.as_millis()).unwrap_or(u64::MAX),
    })
}

/// Columns of the terminal, or 80.
fn width() -> usize {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok();
    size.map(|size| usize::from(size.ws_col)).filter(|columns| *columns >= 40).unwrap_or(80)
}
