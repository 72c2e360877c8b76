//! The help for the command line, in the user's language.

use std::fmt;

use clap::{ArgAction, Command};
use socklab_say::{Sentence, Speaker, say};

use crate::style;

/// Says which values an argument accepts.
#[derive(Debug)]
pub(crate) struct NotAllowed(pub(crate) Sentence);

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.in_english())
    }
}

impl std::error::Error for NotAllowed {}

/// Adds the texts to each command and argument. `path` is "", `COMMAND` or `COMMAND-SUBCOMMAND`.
pub(crate) fn explain(speaker: Speaker, command: Command, path: &str) -> Command {
    let name = if path.is_empty() { "socklab" } else { path };
    let template = format!(
        "{{about-with-newline}}\n{usage} {{usage}}\n\n{{all-args}}{{after-help}}",
        usage = style::paint(style::STRONG, say!(speaker, "usage")),
    );
    let mut command = command
        .about(say!(speaker, &format!("cmd-{name}")))
        .help_template(template)
        .subcommand_help_heading(say!(speaker, "commands"))
        .subcommand_value_name(say!(speaker, "value-COMMAND"))
        .disable_help_flag(true)
        .arg(
            clap::Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help(say!(speaker, "arg-help")),
        );
    let examples = format!("examples-{name}");
    if speaker.knows(&examples) {
        let mut below = paint_examples(speaker, &say!(speaker, &examples));
        if command.get_arguments().any(|argument| argument.get_id() == "filter") {
            below = format!("{below}\n\n{}", filters(speaker));
        }
        command = command.after_help(below);
    }
    if path.is_empty() {
        command = command.disable_version_flag(true).arg(
            clap::Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help(say!(speaker, "arg-version")),
        );
    }
    let mut order = 0;
    command = command.mut_args(|argument| {
        order += 1;
        let heading = if argument.is_positional() { "arguments" } else { "options" };
        let argument = argument.help_heading(say!(speaker, heading)).display_order(order);
        let own = format!("arg-{name}-{}", argument.get_id());
        let shared = format!("arg-{}", argument.get_id());
        let values: Vec<String> = argument
            .get_value_names()
            .unwrap_or_default()
            .iter()
            .map(|name| named(speaker, name))
            .collect();
        let argument = if values.is_empty() { argument } else { argument.value_names(values) };
        match [own, shared].into_iter().find(|key| speaker.knows(key)) {
            Some(key) => argument.help(say!(speaker, &key)),
            None => argument,
        }
    });
    let names: Vec<String> =
        command.get_subcommands().map(|sub| sub.get_name().to_string()).collect();
    names.into_iter().fold(command, |command, name| {
        let below = if path.is_empty() { name.clone() } else { format!("{path}-{name}") };
        command.mut_subcommand(&name, |sub| explain(speaker, sub, &below))
    })
}

/// Translates the placeholder of a value, such as `FOLDER` or `PORT[/PROTOCOL]|NAME`.
fn named(speaker: Speaker, names: &str) -> String {
    let mut said = String::new();
    for piece in names.split_inclusive(|char: char| !char.is_ascii_uppercase()) {
        let word = piece.trim_end_matches(|char: char| !char.is_ascii_uppercase());
        let key = format!("value-{word}");
        said += &if speaker.knows(&key) { say!(speaker, &key) } else { word.to_string() };
        said += &piece[word.len()..];
    }
    said
}

/// clap writes `[OPTIONS]` itself.
pub(crate) fn translate_options(speaker: Speaker, usage: &str) -> String {
    usage.replace("[OPTIONS]", &format!("[{}]", say!(speaker, "value-OPTIONS")))
}

/// The words of filters: a title, and in each line a term and what fits it.
fn filters(speaker: Speaker) -> String {
    const TERMS: usize = 20;
    let text = say!(speaker, "filter-help");
    let (title, lines) = text.split_once('\n').unwrap_or((&text, ""));
    let mut painted = style::paint(style::STRONG, title);
    for (term, fits) in lines.lines().filter_map(|line| line.split_once("  ")) {
        let gap = " ".repeat(TERMS.saturating_sub(term.chars().count()));
        painted += &format!("\n  {}{gap}{fits}", style::paint(style::COMMAND, term));
    }
    format!("{painted}\n\n{}", say!(speaker, "filter-help-rest"))
}

/// Lines that begin with `$` are commands, indented ones belong to the line above; the others are
/// remarks.
fn paint_examples(speaker: Speaker, text: &str) -> String {
    let mut painted = style::paint(style::STRONG, say!(speaker, "examples"));
    for line in text.lines() {
        if line.starts_with(' ') {
            painted += &format!("\n{line}");
            continue;
        }
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
