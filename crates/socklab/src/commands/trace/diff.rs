//! `diff`: where two recorded runs part.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;
use socklab_compare::{Comparison, Row, TextStyle, Told};
use socklab_event::{Timeline, What};
use socklab_say::{Speaker, say};

use super::outputs::cannot_write;
use super::reading;
use crate::cli;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::file::{self, PRIVATE};
use crate::output::{self, eprintln, println, write_json};

/// Compares two recordings. Exit codes as those of diff(1), but for trouble, which is 2 or 3 as everywhere
/// in socklab: a file that cannot be read is no difference.
pub(crate) fn diff(speaker: Speaker, options: &cli::Diff) -> Result<ExitCode> {
    let formats: Vec<Format> =
        options.output.iter().map(|path| Format::of(speaker, path)).collect::<Result<_>>()?;
    if options.a == options.b && options.a.as_os_str() == "-" {
        return Err(Failure::new(ExitReason::Usage, say!(speaker, "diff-twice")).into());
    }
    let (a, b) = (read(speaker, &options.a)?, read(speaker, &options.b)?);
    let comparison = Comparison::of(&a, &b, speaker);
    let names = [&options.a, &options.b].map(socklab_say::path);
    let titles = [names[0].as_str(), names[1].as_str()];
    let text = |width: usize| {
        let style = TextStyle { width, ascii: options.ascii, all: options.all };
        comparison.to_text(titles, style, speaker)
    };
    for (path, format) in options.output.iter().zip(formats) {
        let written = match format {
            Format::Text => {
                let text = text(options.width.unwrap_or(80));
                format!("{}\n\n{text}", comparison.summary(speaker))
            }
            Format::Html => comparison.to_html(titles, options.all, speaker),
        };
        file::write_whole(path, written.as_bytes(), PRIVATE)
            .map_err(|error| cannot_write(speaker, path, &error))?;
        eprintln!("{}", say!(speaker, "written", path = socklab_say::path(path)));
    }
    let different = comparison.first.is_some();
    if options.json {
        write_json(&Json::of(speaker, &comparison, options.all))?;
    } else {
        println!("{}", comparison.summary(speaker));
        for note in &comparison.notes {
            println!("{}", speaker.tell(note));
        }
        if options.output.is_empty() && (different || options.all) {
            println!();
            println!("{}", text(options.width.unwrap_or_else(output::width)).trim_end());
        }
    }
    Ok(if different { ExitReason::No.into() } else { ExitCode::SUCCESS })
}

fn read(speaker: Speaker, path: &Path) -> Result<Timeline> {
    let timeline = reading::read(speaker, path).map_err(|error| {
        let advice = error.downcast_ref::<Failure>().and_then(Failure::advice).map(str::to_owned);
        let failure = Failure::new(ExitReason::Environment, format!("{error:#}"));
        match advice {
            Some(advice) => failure.hint(advice),
            None => failure,
        }
    })?;
    let has = |wanted: fn(&What) -> bool| timeline.events.iter().any(|event| wanted(&event.what));
    if has(|what| matches!(what, What::Frame(_)))
        && !has(|what| !matches!(what, What::Frame(_) | What::Notice(_)))
    {
        let what = say!(speaker, "diff-packets", path = socklab_say::path(path));
        return Err(Failure::new(ExitReason::Environment, what).into());
    }
    Ok(timeline)
}

/// What is written to a file.
#[derive(Clone, Copy)]
enum Format {
    Text,
    Html,
}

impl Format {
    fn of(speaker: Speaker, path: &Path) -> Result<Self> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("txt") => Ok(Self::Text),
            Some("html") => Ok(Self::Html),
            _ => {
                let what = say!(speaker, "diff-format", path = socklab_say::path(path));
                Err(Failure::new(ExitReason::Usage, what).into())
            }
        }
    }
}

/// What scripts read.
#[derive(Serialize)]
struct Json<'c> {
    different: bool,
    first: Option<First<'c>>,
    rows: Vec<Line<'c>>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct First<'c> {
    sentence: &'c str,
    #[serde(flatten)]
    line: Line<'c>,
}

/// A row: `a` and `b` are numbers of events.
#[derive(Serialize)]
struct Line<'c> {
    same: bool,
    role: &'c str,
    connection: Option<usize>,
    /// How many bytes had been received and sent there before, and at which byte the two differ.
    position: Option<Position>,
    a: Option<u64>,
    b: Option<u64>,
    a_text: Option<&'c str>,
    b_text: Option<&'c str>,
}

#[derive(Serialize)]
struct Position {
    received: u64,
    sent: u64,
    byte: Option<u64>,
}

impl<'c> Json<'c> {
    fn of(speaker: Speaker, comparison: &'c Comparison, all: bool) -> Self {
        let rows = comparison.rows.iter().filter(|row| all || !row.is_same);
        let [a, b] = comparison.parted;
        let first =
            comparison.first.map(|first| Line { a, b, ..Line::of(&comparison.rows[first]) });
        let first = first.zip(comparison.sentence.as_deref());
        Self {
            different: comparison.first.is_some(),
            first: first.map(|(line, sentence)| First { sentence, line }),
            rows: rows.map(Line::of).collect(),
            notes: comparison.notes.iter().map(|note| speaker.tell(note)).collect(),
        }
    }
}

impl<'c> Line<'c> {
    fn of(row: &'c Row) -> Self {
        let told = row.a.as_ref().or(row.b.as_ref());
        let position =
            told.map(|told| Position { received: told.received, sent: told.sent, byte: row.byte });
        let text = |told: &'c Option<Told>| told.as_ref().map(|told| told.text.as_str());
        Self {
            same: row.is_same,
            role: &row.who,
            connection: row.connection,
            position,
            a: row.a.as_ref().map(|told| told.seq),
            b: row.b.as_ref().map(|told| told.seq),
            a_text: text(&row.a),
            b_text: text(&row.b),
        }
    }
}
