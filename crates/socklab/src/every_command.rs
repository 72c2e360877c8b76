//! Every command of ours that a text tells a reader to type exists, with these arguments: in the
//! sentences of all languages, the course, its programs, the pages of the repository, and here.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{CommandFactory, FromArgMatches};
use socklab_scenario::format::{Exercise, Question};
use socklab_scenario::{Course, ItemKind};

use crate::cli::{Cli, Command, CourseCommand, ExerciseCommand};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Files and folders with commands in them.
const TEXTS: [&str; 7] = [
    "crates/say/locales",
    "course",
    "programs",
    "crates/socklab/src",
    "README.md",
    "README.es.md",
    "CONTRIBUTING.md",
];

/// What may stand for a word in capitals, or for a variable, until all of the command is right.
const FILLINGS: [&str; 10] = [
    "list",
    "server-03",
    "echo-server",
    "3",
    "tcp-client-first",
    "echo",
    "a",
    "python",
    "80",
    "x.jsonl",
];

/// Names that the guide for authors has its reader make up.
const MADE_UP: [&str; 4] = ["leaves-silently", "shout-server", "my-question", "90-leaves-silently"];

/// The words of a command, and whether it stands by itself. In the middle of a sentence nothing marks
/// its end.
#[derive(Debug, PartialEq)]
struct Advice {
    words: Vec<String>,
    whole: bool,
}

/// The commands in a line of text.
fn commands(line: &str, ours: &clap::Command) -> Vec<Advice> {
    let line = line.replace("{\"{\"}", "{").replace("{\"}\"}", "}").replace("\\\"", "\"");
    let is_known = |word: &str| ours.find_subcommand(word).is_some();
    let mut found = Vec::new();
    for (at, name) in line.match_indices("socklab ") {
        let before = &line[..at];
        let rest = line[at + name.len()..].trim_start();
        // A sentence that begins with the name of this program is no command.
        let known = rest.split_whitespace().next().is_some_and(is_known);
        let shown = before.trim_start().starts_with("$ ") || (before.trim().is_empty() && known);
        let (text, whole) = match before.chars().next_back() {
            Some(quote @ ('`' | '"')) => match rest.split_once(quote) {
                Some((text, _)) => (text, true),
                None => continue,
            },
            Some('(') if before.ends_with("<(") => (rest.split(')').next().unwrap_or(rest), true),
            Some(other) if !" (|'".contains(other) => continue,
            _ if shown => (rest.split("  #").next().unwrap_or(rest), true),
            _ if !known => continue,
            _ => (rest.split(['`', '·']).next().unwrap_or(rest), false),
        };
        let mut words = Vec::new();
        for word in joined(&spaced(text)).iter().map(String::as_str) {
            let bare = word.trim_end_matches(['.', ',', ';', ':', ')', '”', '»']);
            let ends = ["|", ">", ">>", "<", "&&", "&", "#", "·", "2>&1"].contains(&word);
            let optional = word.starts_with('[') && !word.starts_with("[::");
            if word.contains('…') {
                // What is left out may be what is missing.
                words.truncate(1);
            }
            if ends || optional || word.contains('…') || (bare.is_empty() && !whole) {
                break;
            }
            words.push(if whole { word } else { bare }.trim_matches('\'').to_owned());
            if !whole && bare.len() < word.len() {
                break;
            }
        }
        if !words.is_empty() {
            found.push(Advice { words, whole });
        }
    }
    found
}

/// The programs that a line has its reader type with arguments, but without `socklab run`.
fn without_run(line: &str) -> Vec<&str> {
    let quoted = line.split('`').skip(1).step_by(2);
    let is_program = |word: &str| programs::PROGRAMS.iter().any(|program| program.name == word);
    // `echo-server PORT` says what a student's own program is given.
    let typed = |text: &&str| {
        text.split_once(' ').is_some_and(|(word, behind)| {
            is_program(word) && !text.contains('·') && !behind.split(' ').all(is_place)
        })
    };
    quoted.filter(typed).collect()
}

/// The words of a command; what stands between single quotes is one.
fn joined(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for word in text.split_whitespace() {
        match words.last_mut() {
            Some(last) if open => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
        let begins = !open && word.starts_with('\'');
        let quotes = word.matches('\'').count();
        open = if begins { quotes == 1 } else { open && quotes == 0 };
    }
    words
}

/// The text with each variable, as Fluent and Rust write them, as one word.
fn spaced(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((inside, after)) = behind.split_once('}') else { break };
        let is_ours = ["port", "host", "args"].contains(&inside);
        out += before;
        out += &if is_ours { format!("{{{inside}}}") } else { "VARIABLE".to_owned() };
        rest = after;
    }
    out + rest
}

/// True if all words together are the name of a command.
fn is_name(words: &[&str], ours: &clap::Command) -> bool {
    words.iter().try_fold(ours, |command, word| command.find_subcommand(word)).is_some()
}

fn is_place(word: &str) -> bool {
    let letters = word.trim_matches(['<', '>', '[', ']']);
    letters.len() > 1 && letters.chars().all(|char| char.is_uppercase() || char == '|')
        || letters == "N"
        || letters == "X"
}

/// What is known by name.
struct Known {
    command: clap::Command,
    questions: Vec<Question>,
    exercises: Vec<Exercise>,
}

impl Known {
    fn load() -> Self {
        let course = Course::built_in();
        let questions = course.questions().unwrap();
        assert!(!course.folders(ItemKind::Exercise).is_empty());
        let mut command = Cli::command();
        command.build();
        Self { command, questions, exercises: course.exercises().unwrap() }
    }

    fn question(&self, name: &str) -> Option<&Question> {
        let is = |one: &&Question| one.name == name || name.parse() == Ok(one.number);
        self.questions.iter().find(is)
    }

    fn exercise(&self, name: &str) -> Option<&Exercise> {
        self.exercises.iter().find(|one| one.name == name)
    }

    /// What is wrong with a command, if anything.
    fn wrong(&self, words: &[&str]) -> Option<String> {
        let parsed = self.command.clone().try_get_matches_from([&["socklab"], words].concat());
        let parsed = parsed.and_then(|matches| Cli::from_arg_matches(&matches));
        let cli = match parsed {
            Ok(cli) => cli,
            Err(error) if error.exit_code() == 0 => return None,
            // A command's name alone, as in “see `socklab trace`”, says what to read about.
            Err(_) if is_name(words, &self.command) => return None,
            Err(error) => return error.to_string().lines().next().map(str::to_owned),
        };
        let none = |kind: &str, name: &str| Some(format!("there is no {kind} {name}"));
        let made_up = |name: &str| MADE_UP.contains(&name);
        match cli.command? {
            Command::Show { name, .. } if programs::find(&name).is_none() => none("program", &name),
            Command::Tour(tour) => {
                let name = tour.from?;
                programs::find(&name).is_none().then(|| none("program", &name))?
            }
            Command::Run(run) => {
                let Some(program) = programs::find(&run.name) else {
                    return none("program", &run.name);
                };
                let options = run.arguments.iter().filter(|word| word.starts_with("--"));
                let known =
                    |word: &&String| program.source.contains(&***word) || *word == "--trace";
                let odd = options.filter(|word| word.len() > 2).find(|word| !known(word))?;
                none("option of this program", odd)
            }
            Command::WhatIf(what_if) => {
                let name = what_if.question?;
                if ["list", "all"].contains(&&*name) || made_up(&name) {
                    return None;
                }
                let Some(question) = self.question(&name) else { return none("question", &name) };
                let choice = what_if.predict?;
                let letters = ('a'..).map(String::from).take(question.choices.len());
                let ids = question.choices.iter().map(|one| one.id.clone());
                let known = letters.chain(ids).any(|known| known == choice);
                (!known).then(|| none("choice", &choice))?
            }
            Command::Check(check) => {
                let name = check.name.filter(|name| !made_up(name) && !name.contains('.'))?;
                let Some(exercise) = self.exercise(&name) else { return none("exercise", &name) };
                let case = check.case?;
                let known = exercise.cases.iter().any(|known| known.name == case);
                // The example in the reference of the format is of no exercise in particular.
                (!known && !FILLINGS.contains(&&*case)).then(|| none("case", &case))?
            }
            Command::Exercise { command: ExerciseCommand::Start(start) } => {
                let known = made_up(&start.name) || self.exercise(&start.name).is_some();
                (!known).then(|| none("exercise", &start.name))?
            }
            Command::Course(CourseCommand::Copy(copy)) => {
                let known =
                    self.exercise(&copy.name).is_some() || self.question(&copy.name).is_some();
                (!known && copy.name != "syllabus")
                    .then(|| none("question or exercise", &copy.name))?
            }
            Command::Course(CourseCommand::Soak(soak)) => {
                let odd = soak
                    .names
                    .iter()
                    .find(|name| self.exercise(name).is_none() && self.question(name).is_none())?;
                none("question or exercise", odd)
            }
            _ => None,
        }
    }

    /// The same, for one with places to be filled in. In a sentence, what follows the command is not
    /// part of it.
    fn mistake(&self, advice: &Advice) -> Option<String> {
        let longest = self.filled(&advice.words);
        if advice.whole || longest.is_none() {
            return longest;
        }
        let unfit = |length: usize| self.filled(&advice.words[..length]);
        // A name that does not exist is not cured by leaving it out.
        let names = |what: &String| what.starts_with("there is no");
        let shorter = (1..advice.words.len()).rev().map(unfit);
        let mut last = longest;
        for what in shorter {
            match what {
                None if last.as_ref().is_some_and(names) => return last,
                None => return None,
                what => last = what,
            }
        }
        last
    }

    fn filled(&self, words: &[String]) -> Option<String> {
        let place = words.iter().position(|word| is_place(word) || word.contains("VARIABLE"));
        let Some(place) = place else {
            return self.wrong(&words.iter().map(String::as_str).collect::<Vec<_>>());
        };
        let fill = |filling: &str| {
            let mut filled = words.to_vec();
            let is_part = filled[place].contains("VARIABLE");
            let whole = if is_part {
                filled[place].replace("VARIABLE", filling)
            } else {
                filling.to_owned()
            };
            filled[place] = whole;
            self.filled(&filled)
        };
        let mut wrong = None;
        for filling in FILLINGS {
            wrong = Some(fill(filling)?);
        }
        wrong
    }
}

fn texts(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let entries = fs::read_dir(path).unwrap();
        entries.for_each(|entry| texts(&entry.unwrap().path(), found));
    } else if path
        .extension()
        .is_some_and(|it| ["ftl", "md", "toml", "rs"].iter().any(|ok| it == *ok))
    {
        found.push(path.to_owned());
    }
}

#[test]
fn every_command_in_a_text_can_be_typed() {
    let known = Known::load();
    let mut files = Vec::new();
    TEXTS.iter().for_each(|text| texts(&Path::new(ROOT).join(text), &mut files));
    let (mut count, mut mistakes) = (0, Vec::new());
    for file in files.iter().filter(|file| !file.ends_with("src/every_command.rs")) {
        let text = fs::read_to_string(file).unwrap();
        // What tests type may be wrong on purpose.
        let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let at = file.strip_prefix(ROOT).unwrap_or(file).display();
        for (number, line) in text.lines().enumerate() {
            let at = || format!("{at}:{}", number + 1);
            for advice in commands(line, &known.command) {
                count += 1;
                let mistake = known.mistake(&advice);
                let words = advice.words.join(" ");
                mistakes.extend(mistake.map(|what| format!("{}: socklab {words}: {what}", at())));
            }
            let bare = without_run(line).into_iter();
            mistakes.extend(bare.map(|text| format!("{}: no `socklab run`: {text}", at())));
        }
    }
    assert!(mistakes.is_empty(), "of {count} commands:\n{}", mistakes.join("\n"));
    assert!(count > 300, "only {count} commands were found");
}

#[test]
fn wrong_commands_are_found() {
    let known = Known::load();
    for line in [
        "try it, or `socklab nothing`",
        "    $ socklab run socket-05 --nothing",
        "Run it with `socklab run socket-05 --nothing`.",
        "hint = then: socklab show no-such-program",
        "type = \"socklab check echo-sever\"",
        "see `socklab check echo-server --case nothing`",
        "see `socklab what-if 99`, and more",
        "see `socklab what-if 3 --predict z`",
        "see `socklab trace --nothing NAME`",
    ] {
        let found = commands(line, &known.command);
        assert!(found.iter().any(|advice| known.mistake(advice).is_some()), "{line}: {found:?}");
    }
    for line in [
        "socklab is a laboratory (socklab runs it), and ended by socklab (SIGTERM)",
        "Read one: socklab show NAME.  Run it: socklab run NAME, and see",
        "    $ printf 'a' | socklab connect localhost 8888 > file  # remark",
        "begin with: socklab exercise start { $name }; or `socklab check { $name } -- COMMAND`",
    ] {
        for advice in commands(line, &known.command) {
            assert_eq!(known.mistake(&advice), None, "{line}");
        }
    }
}
