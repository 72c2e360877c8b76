//! Help and mistakes on the command line, in the language of the reader.

use std::error::Error as _;
use std::ffi::OsString;
use std::fmt;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, Command, FromArgMatches};

use crate::failure::Exit;
use crate::language::{speaker, text};
use crate::output::{eprintln, write_out};
use crate::style;

/// A value that is none; it says, in the reader's language, which are.
#[derive(Debug)]
pub(crate) struct NotAllowed(pub(crate) String);

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for NotAllowed {}

/// Gives each command and argument its text. `path` is "", `COMMAND` or `COMMAND-SUBCOMMAND`.
pub(crate) fn explain(command: Command, path: &str) -> Command {
    let name = if path.is_empty() { "socklab" } else { path };
    let template = format!(
        "{{about-with-newline}}\n{usage} {{usage}}\n\n{{all-args}}{{after-help}}",
        usage = style::paint(style::STRONG, text!("usage")),
    );
    let mut command = command
        .about(text!(&format!("cmd-{name}")))
        .help_template(template)
        .subcommand_help_heading(text!("commands"))
        .subcommand_value_name(text!("value-COMMAND"))
        .disable_help_flag(true)
        .arg(
            clap::Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help(text!("arg-help")),
        );
    let examples = format!("examples-{name}");
    if speaker().knows(&examples) {
        command = command.after_help(paint_examples(&text!(&examples)));
    }
    if path.is_empty() {
        command = command.disable_version_flag(true).arg(
            clap::Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help(text!("arg-version")),
        );
    }
    let mut order = 0;
    command = command.mut_args(|argument| {
        order += 1;
        let heading = if argument.is_positional() { "arguments" } else { "options" };
        let argument = argument.help_heading(text!(heading)).display_order(order);
        let own = format!("arg-{name}-{}", argument.get_id());
        let shared = format!("arg-{}", argument.get_id());
        let values: Vec<String> =
            argument.get_value_names().unwrap_or_default().iter().map(|name| named(name)).collect();
        let argument = if values.is_empty() { argument } else { argument.value_names(values) };
        match [own, shared].into_iter().find(|key| speaker().knows(key)) {
            Some(key) => argument.help(text!(&key)),
            None => argument,
        }
    });
    let names: Vec<String> =
        command.get_subcommands().map(|sub| sub.get_name().to_string()).collect();
    names.into_iter().fold(command, |command, name| {
        let below = if path.is_empty() { name.clone() } else { format!("{path}-{name}") };
        command.mut_subcommand(&name, |sub| explain(sub, &below))
    })
}

/// What stands for a value, `FOLDER` or `PORT[/PROTOCOL]|NAME`, in the reader's language.
fn named(names: &str) -> String {
    let mut said = String::new();
    for piece in names.split_inclusive(|char: char| !char.is_ascii_uppercase()) {
        let word = piece.trim_end_matches(|char: char| !char.is_ascii_uppercase());
        let key = format!("value-{word}");
        said += &if speaker().knows(&key) { text!(&key) } else { word.to_string() };
        said += &piece[word.len()..];
    }
    said
}

/// `[OPTIONS]` is a word of clap's own.
fn translate_options(usage: &str) -> String {
    usage.replace("[OPTIONS]", &format!("[{}]", text!("value-OPTIONS")))
}

/// Lines that begin with `$` are commands, the others say something about all of them.
fn paint_examples(text: &str) -> String {
    let mut painted = style::paint(style::STRONG, text!("examples"));
    for line in text.lines() {
        if !line.starts_with('$') {
            painted += &format!("\n\n{line}");
            continue;
        }
        let (command, comment) = line.split_once("  # ").unwrap_or((line, ""));
        painted += &format!("\n  {}", style::paint(style::COMMAND, command));
        if !comment.is_empty() {
            let gap = " ".repeat(46usize.saturating_sub(command.chars().count()).max(2));
            painted += &format!("{gap}{}", style::paint(style::FAINT, comment));
        }
    }
    painted
}

/// Parses; on a mistake, on `--help` and on `--version`, prints and gives the exit code.
pub(crate) fn parse<T: FromArgMatches>(
    mut command: Command,
    arguments: Vec<OsString>,
) -> Result<T, ExitCode> {
    let parsed = command
        .try_get_matches_from_mut(arguments)
        .and_then(|matches| T::from_arg_matches(&matches));
    parsed.map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            write_out(format_args!("{}", translate_options(&error.render().ansi().to_string())));
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("{} {}", style::paint(style::BAD, "socklab:"), sentence(&error));
            if let Some(known) = word(&error, ContextKind::SuggestedSubcommand)
                .or(word(&error, ContextKind::SuggestedArg))
                .or(word(&error, ContextKind::SuggestedValue))
            {
                eprintln!("  {}", text!("did-you-mean", known = known));
            }
            if let Some(usage) = error.get(ContextKind::Usage) {
                let usage = translate_options(&usage.to_string());
                let usage = usage.split_once(' ').map_or(usage.as_str(), |(_, usage)| usage);
                eprintln!("  {} {}", style::paint(style::STRONG, text!("usage")), usage.trim());
            }
            eprintln!("  {}", text!("see-help"));
            Exit::Usage.into()
        }
    })
}

fn sentence(error: &clap::Error) -> String {
    let word = |kind| word(error, kind).unwrap_or_default();
    let argument = word(ContextKind::InvalidArg);
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            text!("bad-command", word = word(ContextKind::InvalidSubcommand))
        }
        ErrorKind::InvalidUtf8 => text!("not-utf-8"),
        ErrorKind::UnknownArgument => text!("bad-argument", word = argument),
        ErrorKind::MissingRequiredArgument => text!("missing-argument", word = argument),
        ErrorKind::ArgumentConflict => {
            text!("conflict", one = argument, other = word(ContextKind::PriorArg))
        }
        ErrorKind::InvalidValue if word(ContextKind::InvalidValue).is_empty() => {
            text!("missing-value", word = argument)
        }
        ErrorKind::InvalidValue => text!(
            "bad-choice",
            word = argument,
            value = word(ContextKind::InvalidValue),
            choices = all(error, ContextKind::ValidValue)
        ),
        ErrorKind::ValueValidation => {
            let value = word(ContextKind::InvalidValue);
            match error.source().and_then(|source| source.downcast_ref::<NotAllowed>()) {
                Some(NotAllowed(allowed)) => {
                    text!("bad-range", word = argument, value = value, allowed = allowed)
                }
                None => text!("bad-value", word = argument, value = value),
            }
        }
        _ => {
            let rendered = error.render().to_string();
            let first = rendered.lines().next().unwrap_or_default();
            first.strip_prefix("error: ").unwrap_or(first).to_string()
        }
    }
}

/// The word of that kind; of several suggestions the best one, which clap puts last.
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
