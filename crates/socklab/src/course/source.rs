//! Where a question or an exercise comes from, in words and as JSON.

use std::path::Path;

use serde_json::{Value, json};
use socklab_say::{Speaker, say};
use socklab_scenario::format::Question;
use socklab_scenario::{Course, ItemKind, Origin, Source};

use crate::output::width;
use crate::style;
use crate::terminal::markdown;

/// The source of a question.
pub(crate) fn of_question(course: &Course, question: &Question) -> Source {
    let folders = course.folders(ItemKind::Question);
    let is = |folder: &&String| {
        folder.split_once('-').is_some_and(|(number, name)| {
            number.parse() == Ok(question.number) && name == question.name
        })
    };
    let folder = folders.iter().find(is).map_or("", String::as_str);
    course.source(ItemKind::Question, folder)
}

/// A line for the heading of a report. It stands out if a folder replaces something built in.
pub(crate) fn lines(speaker: Speaker, source: &Source, width: usize) -> String {
    let folder = source.folder.as_deref().unwrap_or(Path::new("")).display();
    let hash = source.short();
    let text = match source.origin {
        Origin::BuiltIn => say!(speaker, "source-built-in", hash = hash),
        Origin::Copy => say!(speaker, "source-copy", folder = folder, hash = hash),
        Origin::Own => say!(speaker, "source-own", folder = folder, hash = hash),
        Origin::Replaces => say!(speaker, "source-replaces", folder = folder, hash = hash),
    };
    let style = match source.origin {
        Origin::Replaces => style::BAD,
        _ => style::FAINT,
    };
    markdown::each_line(style, &markdown::hanging(&text, 0, width))
}

/// The same, wrapped to the terminal.
pub(crate) fn line(speaker: Speaker, source: &Source) -> String {
    lines(speaker, source, width())
}

/// The source for scripts. The folder's path is absolute.
pub(crate) fn as_json(source: &Source) -> Value {
    json!({
        "origin": source.origin,
        "folder": source.folder.as_deref().map(absolute),
        "sha256": source.sha256,
    })
}

fn absolute(folder: &Path) -> String {
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned()).display().to_string()
}
