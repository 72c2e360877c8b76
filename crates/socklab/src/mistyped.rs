//! What was typed, as a command; or what is wrong with it, and what can follow.

use std::error::Error as _;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, CommandFactory, FromArgMatches};
use socklab_filter::Mistake;
use socklab_say::{Speaker, say};

use crate::cli::Cli;
use crate::commands::choices;
use crate::exit_reason::ExitReason;
use crate::failure::{complain, print_choices};
use crate::filters;
use crate::output::write_out;
use crate::printer;
use crate::usage::{self, NotAllowed};

/// Parses the arguments. On an error, `--help` or `--version`, prints and returns the exit code.
pub(crate) fn parse(speaker: Speaker, arguments: &[OsString]) -> Result<Cli, ExitCode> {
    let mut command = Cli::command_in(speaker);
    let parsed = command
        .try_get_matches_from_mut(arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let text = usage::translate_options(speaker, &error.render().ansi().to_string());
            write_out(format_args!("{}", printer::marked(&text)));
            ExitCode::SUCCESS
        }
        _ => {
            let words: Vec<_> = arguments.iter().map(|word| word.to_string_lossy()).collect();
            refuse(speaker, &error, &Typed::of(&command, &words), &words);
            ExitReason::Usage.into()
        }
    })
}

/// The command that was typed, as far as it is one.
struct Typed {
    /// `exercise start`.
    words: String,
    /// The key of its texts: `exercise-start`.
    key: String,
    /// Explained in the reader's language.
    command: Command,
    /// With the names of values as [`choices`] knows them.
    original: Command,
}

impl Typed {
    fn of(command: &Command, words: &[impl AsRef<str>]) -> Self {
        let (mut command, mut original) = (command.clone(), Cli::command());
        let mut names = Vec::new();
        let words = words.iter().map(AsRef::as_ref).skip(1).take_while(|word| *word != "--");
        for word in words {
            let below = command.find_subcommand(word).cloned();
            if let (Some(below), Some(same)) = (below, original.find_subcommand(word).cloned()) {
                names.push(below.get_name().to_owned());
                (command, original) = (below, same);
            }
        }
        Self { words: names.join(" "), key: names.join("-"), command, original }
    }

    /// The argument that clap calls by this name, as in `<PROGRAM>`.
    fn argument(&self, called: &str) -> Option<&Arg> {
        self.command.get_arguments().find(|argument| argument.to_string() == called)
    }

    /// What can stand for an argument, and what it means.
    fn values(&self, speaker: Speaker, argument: &Arg) -> Vec<(String, String)> {
        let id = argument.get_id();
        let values = argument.get_possible_values();
        if !values.is_empty() {
            let about = |value: &str| format!("choice-{}-{id}-{value}", self.key);
            let texts = values.iter().map(|value| (value.get_name(), about(value.get_name())));
            let said =
                |key: String| if speaker.knows(&key) { say!(speaker, &key) } else { String::new() };
            return texts.map(|(value, key)| (value.to_owned(), said(key))).collect();
        }
        let same = self.original.get_arguments().find(|other| other.get_id() == id);
        let names = same.and_then(Arg::get_value_names).unwrap_or_default();
        names.iter().flat_map(|name| choices::of(speaker, name, &[])).collect()
    }

    /// What can follow where something is missing: commands, the values of the missing argument, or,
    /// where they can't be listed, whole examples.
    fn following(&self, speaker: Speaker, missing: Option<&Arg>) -> Vec<(String, String)> {
        let commands = self.command.get_subcommands().filter(|below| !below.is_hide_set());
        let about = |below: &Command| below.get_about().map(ToString::to_string);
        let mut following: Vec<_> = commands
            .map(|below| (below.get_name().to_owned(), about(below).unwrap_or_default()))
            .collect();
        if let Some(argument) = missing {
            following = self.values(speaker, argument);
        }
        let examples = format!("examples-{}", self.key);
        if following.is_empty() && speaker.knows(&examples) {
            let text = say!(speaker, &examples);
            let lines = text.lines().filter_map(|line| line.strip_prefix("$ "));
            let parts = lines.map(|line| line.split_once("  # ").unwrap_or((line, "")));
            following.extend(parts.map(|(typed, about)| (typed.to_owned(), about.to_owned())));
        }
        if following.is_empty() {
            let help = |it: &Arg| it.get_help().map(ToString::to_string).unwrap_or_default();
            following.extend(missing.map(|it| (it.to_string(), help(it))));
        }
        following
    }
}

/// Says what is wrong, what can follow, and where to read more.
fn refuse(speaker: Speaker, error: &clap::Error, typed: &Typed, words: &[impl AsRef<str>]) {
    complain("socklab:", &sentence(speaker, error, typed));
    let argument = word(error, ContextKind::InvalidArg);
    let missing = argument.as_deref().and_then(|called| typed.argument(called));
    let known = word(error, ContextKind::SuggestedSubcommand)
        .or(word(error, ContextKind::SuggestedArg))
        .or(word(error, ContextKind::SuggestedValue));
    match error.kind() {
        ErrorKind::MissingRequiredArgument
        | ErrorKind::MissingSubcommand
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            print_choices(&typed.following(speaker, missing));
        }
        ErrorKind::InvalidValue if known.is_none() => {
            print_choices(&missing.map(|it| typed.values(speaker, it)).unwrap_or_default());
        }
        ErrorKind::UnknownArgument if known.is_none() => {
            // Where a command can follow `--`, it was probably meant.
            let odd = words.iter().position(|word| Some(word.as_ref()) == argument.as_deref());
            let last = typed.command.get_positionals().any(Arg::is_last_set);
            if let Some(at) = odd.filter(|at| last && !words[*at].as_ref().starts_with('-')) {
                let before = words[1..at].iter().map(AsRef::as_ref);
                let behind = words[at..].iter().map(AsRef::as_ref).filter(|word| *word != "--");
                let mut all: Vec<_> = ["socklab"].into_iter().chain(before).chain(["--"]).collect();
                let mut behind = behind;
                while let Some(word) = behind.next() {
                    all.push(word);
                    // Each host's command has its own.
                    if word == "--on" && typed.key == "lab-run" {
                        all.extend(behind.next().into_iter().chain(["--"]));
                    }
                }
                let all = shlex::try_join(all).unwrap_or_default();
                complain(" ", &say!(speaker, "behind-dashes", command = all));
            }
        }
        _ => {}
    }
    if let Some(known) = known {
        complain(" ", &say!(speaker, "did-you-mean", known = known));
    }
    if let Some(usage) = error.get(ContextKind::Usage) {
        let usage = usage::translate_options(speaker, &usage.to_string());
        let usage = usage.split_once(' ').map_or(usage.as_str(), |(_, usage)| usage);
        complain(" ", &format!("{} {}", say!(speaker, "usage"), usage.trim()));
    }
    let below = if typed.words.is_empty() { "" } else { " " };
    let help = format!("socklab{below}{} --help", typed.words);
    complain(" ", &say!(speaker, "see-help", command = help));
}

fn sentence(speaker: Speaker, error: &clap::Error, typed: &Typed) -> String {
    let word = |kind| word(error, kind).unwrap_or_default();
    let argument = word(ContextKind::InvalidArg);
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            say!(speaker, "bad-command", word = word(ContextKind::InvalidSubcommand))
        }
        ErrorKind::InvalidUtf8 => say!(speaker, "not-utf-8"),
        ErrorKind::UnknownArgument => say!(speaker, "bad-argument", word = argument),
        ErrorKind::MissingRequiredArgument => {
            say!(speaker, "missing-argument", command = &*typed.words, word = argument)
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            say!(speaker, "missing-command", command = &*typed.words)
        }
        // A surplus word, or a command, where a command could have stood instead of arguments.
        ErrorKind::ArgumentConflict if argument.is_empty() => {
            say!(speaker, "bad-argument", word = word(ContextKind::InvalidSubcommand))
        }
        ErrorKind::ArgumentConflict => {
            say!(speaker, "conflict", one = argument, other = word(ContextKind::PriorArg))
        }
        ErrorKind::InvalidValue if word(ContextKind::InvalidValue).is_empty() => {
            say!(speaker, "missing-value", word = argument)
        }
        ErrorKind::InvalidValue => say!(
            speaker,
            "bad-choice",
            word = argument,
            value = word(ContextKind::InvalidValue),
            choices = all(error, ContextKind::ValidValue)
        ),
        ErrorKind::ValueValidation => {
            let value = word(ContextKind::InvalidValue);
            if let Some(mistake) = error.source().and_then(|it| it.downcast_ref::<Mistake>()) {
                return format!("{argument}: {}", filters::marked(speaker, mistake));
            }
            match error.source().and_then(|source| source.downcast_ref::<NotAllowed>()) {
                Some(NotAllowed(allowed)) => {
                    say!(speaker, "bad-range", word = argument, value = value, allowed = *allowed)
                }
                None => say!(speaker, "bad-value", word = argument, value = value),
            }
        }
        _ => {
            let rendered = error.render().to_string();
            let first = rendered.lines().next().unwrap_or_default();
            first.strip_prefix("error: ").unwrap_or(first).to_string()
        }
    }
}

/// The context of that kind; of several suggestions the best one, which clap lists last.
fn word(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(word) => Some(word.clone()),
        ContextValue::Strings(words) => words.last().cloned(),
        other => Some(other.to_string()),
    }
}

fn all(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::Strings(words)) => words.join(", "),
        _ => String::new(),
    }
}
