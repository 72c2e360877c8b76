//! Manual pages in roff, man(7), one for each command.

use std::io;
use std::path::Path;

use clap::{Arg, Command};

use crate::file::{PUBLIC, write_whole};

/// Writes the pages of a command and of everything below it into a folder.
///
/// # Errors
///
/// If a file can't be written.
pub(crate) fn write_pages(command: Command, folder: &Path) -> io::Result<()> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    write_page(&command, folder)
}

fn write_page(command: &Command, folder: &Path) -> io::Result<()> {
    for below in command.get_subcommands() {
        write_page(below, folder)?;
    }
    let path = folder.join(format!("{}.1", title(command)));
    write_whole(&path, page(command).as_bytes(), PUBLIC)
}

/// `socklab-exercise-start`.
fn title(command: &Command) -> &str {
    command.get_display_name().unwrap_or(command.get_name())
}

fn page(command: &Command) -> String {
    let version = command.get_version();
    let source = format!("{} {}", command.get_name(), version.unwrap_or_default());
    // roff typesets an apostrophe as a right quote; an ASCII one must be requested by name.
    let mut page = String::from(".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n");
    page += &format!(".TH {} 1  \"{source}\" \n", title(command));

    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    page += &format!(".SH NAME\n{} \\- {}\n", roman(title(command)), roman(&about));
    page += &format!(".SH SYNOPSIS\n{}\n", synopsis(command));
    page += &format!(".SH DESCRIPTION\n{}\n", roman(&about));
    let mut headings = Vec::new();
    for heading in visible(command).map(Arg::get_help_heading) {
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    for heading in headings {
        page += &format!(".SH {}\n", heading.unwrap_or("Options").to_uppercase());
        let below =
            sorted(visible(command).filter(|argument| argument.get_help_heading() == heading));
        below.into_iter().for_each(|argument| page += &entry(argument));
    }
    if command.has_subcommands() {
        page += &format!(".SH {}\n", command.get_subcommand_help_heading().unwrap_or("Commands"));
        for below in command.get_subcommands() {
            let name = format!("{}-{}(1)", title(command), below.get_name());
            let about = below.get_about().map(ToString::to_string).unwrap_or_default();
            page += &format!(".TP\n{}\n{}\n", roman(&name), roman(&about));
        }
    }
    if let Some(examples) = command.get_after_help() {
        page += ".SH EXTRA\n";
        for line in examples.to_string().lines() {
            page += &format!("{}\n", roman(line));
        }
    }
    if let Some(version) = version {
        page += &format!(".SH VERSION\nv{version}\n");
    }
    page
}

fn visible(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|argument| !argument.is_hide_set())
}

/// The options, in the order of `--help`.
fn sorted<'a>(arguments: impl Iterator<Item = &'a Arg>) -> Vec<&'a Arg> {
    let mut arguments: Vec<_> = arguments.collect();
    arguments.sort_by_key(|argument| {
        let short = argument.get_short().map(|short| short.to_ascii_lowercase().to_string());
        let name = short.or_else(|| argument.get_long().map(str::to_owned));
        (argument.get_display_order(), name)
    });
    arguments
}

fn synopsis(command: &Command) -> String {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let mut line = format!("{} ", bold(name));
    for option in sorted(visible(command).filter(|argument| !argument.is_positional())) {
        let short = option.get_short().map(|short| bold(&format!("-{short}")));
        let long = option.get_long().map(|long| bold(&format!("--{long}")));
        let names: Vec<_> = short.into_iter().chain(long).collect();
        line += &format!("{} ", marked(option.is_required_set(), &names.join("|")));
    }
    for positional in command.get_positionals().filter(|argument| !argument.is_hide_set()) {
        line += &format!("{} ", marked(positional.is_required_set(), &italic(&values(positional))));
    }
    if command.has_subcommands() {
        let value = command.get_subcommand_value_name().unwrap_or("command").to_lowercase();
        line += &marked(command.is_subcommand_required_set(), &italic(&value));
    }
    line
}

/// An argument and what it does.
fn entry(argument: &Arg) -> String {
    let mut head = if argument.is_positional() {
        marked(argument.is_required_set(), &italic(&values(argument)))
    } else {
        let short = argument.get_short().map(|short| bold(&format!("-{short}")));
        let long = argument.get_long().map(|long| bold(&format!("--{long}")));
        let names: Vec<_> = short.into_iter().chain(long).collect();
        let mut head = names.join(", ");
        if argument.get_action().takes_values() {
            head += &format!(" {}", italic(&format!("<{}>", values(argument))));
        }
        head
    };
    let defaults: Vec<_> =
        argument.get_default_values().iter().map(|it| it.to_string_lossy()).collect();
    let takes_values = argument.get_action().takes_values();
    if takes_values && !defaults.is_empty() && !argument.is_hide_default_value_set() {
        head += &roman(&format!(" [default: {}]", defaults.join(",")));
    }
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    format!(".TP\n{head}\n{}\n", roman(&help))
}

fn values(argument: &Arg) -> String {
    match argument.get_value_names() {
        Some(names) => names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" "),
        None => argument.get_id().to_string(),
    }
}

fn marked(required: bool, text: &str) -> String {
    if required { format!("<{text}>") } else { format!("[{text}]") }
}

fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", roman(text))
}

fn italic(text: &str) -> String {
    format!("\\fI{}\\fR", roman(text))
}

/// Escapes text so that roff shows it unchanged. A line that starts with a dot or a quote would be
/// a request.
fn roman(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('-', "\\-").replace('\'', "\\*(Aq");
    let text = text.replace("\n.", "\n\\&.");
    if text.starts_with('.') { format!("\\&{text}") } else { text }
}
