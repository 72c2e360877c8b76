//! Reads `syllabus.toml`: the order in which a student goes through the course.

use std::path::Path;

use serde::Deserialize;
use socklab_judge::Texts;
use socklab_say::sentence;
use toml::Spanned;

use super::load_error::LoadError;
use super::reader::{Reader, Result};

/// The parts of a course, in order.
#[derive(Clone, Debug, Default)]
pub struct Syllabus {
    /// The parts.
    pub parts: Vec<Part>,
}

/// A part of a course.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its title; the part of what the syllabus does not name has none.
    pub title: Option<Texts>,
    /// What a student does in it, in order.
    pub items: Vec<Item>,
}

/// One thing that a student does. A program and an exercise may have the same name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// Reads and runs a program of the course.
    Program(String),
    /// Answers a question.
    Question(String),
    /// Does an exercise.
    Exercise(String),
}

impl Item {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Program(name) | Self::Question(name) | Self::Exercise(name) => name,
        }
    }
}

/// What a syllabus can name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'a> {
    pub(crate) programs: &'a [&'a str],
    pub(crate) questions: &'a [&'a str],
    pub(crate) exercises: &'a [&'a str],
}

impl Known<'_> {
    /// The course's own items, in order. The programs are every course's to use.
    fn own(self) -> impl Iterator<Item = Item> {
        let questions = self.questions.iter().map(|name| Item::Question((*name).to_owned()));
        questions.chain(self.exercises.iter().map(|name| Item::Exercise((*name).to_owned())))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSyllabus {
    format_version: Spanned<u32>,
    #[serde(default, rename = "part")]
    parts: Vec<RawPart>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPart {
    title: Texts,
    items: Vec<RawItem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawItem {
    Program(Spanned<String>),
    Question(Spanned<String>),
    Exercise(Spanned<String>),
}

/// Reads a syllabus. The questions and exercises that it does not name follow in a part without a
/// title, so that none can be overlooked.
pub(crate) fn syllabus(file: &Path, text: &str, known: Known<'_>) -> Result<Syllabus> {
    let reader = Reader { file, text };
    let raw: RawSyllabus = reader.read()?;
    reader.version(&raw.format_version)?;
    let mut seen: Vec<Item> = Vec::new();
    let mut parts = Vec::new();
    for part in raw.parts {
        let mut items = Vec::new();
        for raw in part.items {
            let (span, item) = item(&reader, raw, known)?;
            if seen.contains(&item) {
                return reader.wrong(span, sentence!("mistake-twice", name = item.name()));
            }
            seen.push(item.clone());
            items.push(item);
        }
        parts.push(Part { title: Some(part.title), items });
    }
    let rest = known.own().filter(|item| !seen.contains(item)).collect();
    parts.push(Part { title: None, items: rest });
    parts.retain(|part| !part.items.is_empty());
    Ok(Syllabus { parts })
}

/// The order of a course without a syllabus: its questions, then its exercises.
pub(crate) fn without_syllabus(known: Known<'_>) -> Syllabus {
    let items: Vec<Item> = known.own().collect();
    let part = Part { title: None, items };
    Syllabus { parts: if part.items.is_empty() { Vec::new() } else { vec![part] } }
}

fn item(
    reader: &Reader<'_>,
    raw: RawItem,
    known: Known<'_>,
) -> std::result::Result<(std::ops::Range<usize>, Item), LoadError> {
    Ok(match raw {
        RawItem::Program(name) => {
            let item = reader.known(&name, known.programs, sentence!("mistake-no-program"))?;
            (name.span(), Item::Program(item))
        }
        RawItem::Question(name) => {
            let item = reader.known(&name, known.questions, sentence!("mistake-no-question"))?;
            (name.span(), Item::Question(item))
        }
        RawItem::Exercise(name) => {
            let item = reader.known(&name, known.exercises, sentence!("mistake-no-exercise"))?;
            (name.span(), Item::Exercise(item))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: Known<'static> = Known {
        programs: &["server-03", "server-04"],
        questions: &["time-wait"],
        exercises: &["server-03"],
    };

    fn read(items: &str) -> Result<Syllabus> {
        let text = format!(
            "format_version = 1\n[[part]]\ntitle.en = \"Servers\"\ntitle.es = \"Servidores\"\nitems = [{items}]\n"
        );
        syllabus(Path::new("course/syllabus.toml"), &text, KNOWN)
    }

    #[test]
    fn what_a_syllabus_does_not_name_follows() {
        let read = read("{ program = 'server-03' }, { exercise = 'server-03' }").unwrap();
        assert_eq!(read.parts.len(), 2);
        assert_eq!(read.parts[0].items[1], Item::Exercise("server-03".to_owned()));
        let rest: Vec<&str> = read.parts[1].items.iter().map(Item::name).collect();
        assert_eq!(rest, ["time-wait"]);
        assert!(read.parts[1].title.is_none());
        assert_eq!(without_syllabus(KNOWN).parts[0].items.len(), 2);
    }

    #[test]
    fn unknown_names_and_items_that_come_twice_are_mistakes_with_their_place() {
        let error = read("{ program = 'server-06' }").unwrap_err();
        assert_eq!((error.line, error.column), (5, 22), "{error:?}");
        assert!(read("{ question = 'server-03' }").is_err());
        let error = read("{ program = 'server-03' }, { program = 'server-03' }").unwrap_err();
        assert_eq!((error.line, error.column), (5, 49), "{error:?}");
        assert!(read("{ lesson = 'server-03' }").is_err());
    }
}
