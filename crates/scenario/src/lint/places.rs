//! Where the parts of a TOML file are. The model that the rest of the program works with doesn't
//! know; a mistake should name its line all the same.

use std::ops::Range;
use std::path::{Path, PathBuf};

use socklab_say::Sentence;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::format::LoadError;

/// A part of a file: a field of a table, or an element of a list.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'a> {
    Field(&'a str),
    Element(usize),
}

impl<'a> From<&'a str> for Part<'a> {
    fn from(name: &'a str) -> Self {
        Self::Field(name)
    }
}

impl From<usize> for Part<'_> {
    fn from(index: usize) -> Self {
        Self::Element(index)
    }
}

/// `["case", 3, "name"]` as a path.
macro_rules! at {
    ($($part:expr),*) => { &[$($crate::lint::places::Part::from($part)),*] };
}
pub(super) use at;

/// A TOML file with the places of its parts.
#[derive(Debug)]
pub(super) struct Places<'t> {
    file: PathBuf,
    text: &'t str,
    /// `None` if the file is not TOML, which is reported elsewhere.
    root: Option<DeTable<'t>>,
}

impl<'t> Places<'t> {
    pub(super) fn of(file: &Path, text: &'t str) -> Self {
        let root = DeTable::parse(text).ok().map(Spanned::into_inner);
        Self { file: file.to_owned(), text, root }
    }

    /// A mistake about the part at this path, or about the nearest part around it that exists.
    pub(super) fn wrong(&self, path: &[Part<'_>], what: Sentence) -> LoadError {
        match self.find(path) {
            Some(span) => LoadError::at(&self.file, self.text, span, what),
            None => LoadError::whole(&self.file, what),
        }
    }

    /// A mistake about these bytes of the file.
    pub(super) fn at(&self, span: Range<usize>, what: Sentence) -> LoadError {
        LoadError::at(&self.file, self.text, span, what)
    }

    /// A mistake about a line, numbered from 1.
    pub(super) fn in_line(&self, line: usize, what: Sentence) -> LoadError {
        LoadError::in_line(&self.file, self.text, line, "", what)
    }

    /// A mistake about an actor or a peer.
    pub(super) fn member(&self, name: &str, what: Sentence) -> LoadError {
        let here =
            |list: &str| (0..self.len(list)).find(|index| self.is(at![list, *index, "name"], name));
        match ["actor", "peer"].into_iter().find_map(|list| Some((list, here(list)?))) {
            Some((list, index)) => self.wrong(at![list, index, "name"], what),
            None => LoadError::whole(&self.file, what),
        }
    }

    fn len(&self, list: &str) -> usize {
        match self.root.as_ref().and_then(|root| root.get(list)).map(Spanned::get_ref) {
            Some(DeValue::Array(list)) => list.len(),
            _ => 0,
        }
    }

    /// True if the text at this path is `text`.
    fn is(&self, path: &[Part<'_>], text: &str) -> bool {
        let span = self.find(path).unwrap_or_default();
        self.text.get(span).is_some_and(|found| found.trim_matches(['"', '\'']) == text)
    }

    /// True if there is something at this path.
    pub(super) fn has(&self, path: &[Part<'_>]) -> bool {
        self.walk(path).is_some_and(|(_, whole)| whole)
    }

    fn find(&self, path: &[Part<'_>]) -> Option<Range<usize>> {
        self.walk(path).map(|(span, _)| span)
    }

    /// The place of the last part of the path that exists, and whether that is all of the path.
    fn walk(&self, path: &[Part<'_>]) -> Option<(Range<usize>, bool)> {
        let (first, rest) = path.split_first()?;
        let Part::Field(name) = first else { return None };
        let mut value = self.root.as_ref()?.get(*name)?;
        let mut span = value.span();
        for part in rest {
            let next = match (part, value.get_ref()) {
                (Part::Field(name), DeValue::Table(table)) => table.get(*name),
                (Part::Element(index), DeValue::Array(list)) => list.get(*index),
                _ => None,
            };
            let Some(next) = next else { return Some((span, false)) };
            (value, span) = (next, next.span());
        }
        Some((span, true))
    }

    /// Every text in the file, with its place and the names of the fields around it, outermost
    /// first.
    pub(super) fn texts(&self) -> Vec<(Vec<&str>, &str, Range<usize>)> {
        let mut found = Vec::new();
        if let Some(root) = &self.root {
            collect(root, &mut Vec::new(), &mut found);
        }
        found
    }
}

type Found<'a> = Vec<(Vec<&'a str>, &'a str, Range<usize>)>;

fn collect<'a>(table: &'a DeTable<'_>, around: &mut Vec<&'a str>, found: &mut Found<'a>) {
    for (key, value) in table {
        around.push(key.get_ref());
        collect_value(value, around, found);
        around.pop();
    }
}

fn collect_value<'a>(
    value: &'a Spanned<DeValue<'_>>,
    around: &mut Vec<&'a str>,
    found: &mut Found<'a>,
) {
    match value.get_ref() {
        DeValue::String(text) => found.push((around.clone(), text, value.span())),
        DeValue::Array(list) => list.iter().for_each(|one| collect_value(one, around, found)),
        DeValue::Table(table) => collect(table, around, found),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use socklab_say::sentence;

    #[test]
    fn a_part_has_its_line_and_a_missing_one_that_of_what_is_around_it() {
        let text = "a = 1\n[[case]]\nname = \"one\"\n[[case]]\nname = \"two\"\nstep = [\n  {},\n  { look = true },\n]\n";
        let places = Places::of(Path::new("x.toml"), text);
        let line = |path: &[Part<'_>]| places.wrong(path, sentence!("mistake-no-file")).line;
        assert_eq!(line(at!["a"]), 1);
        assert_eq!(line(at!["case", 1, "name"]), 5);
        assert_eq!(line(at!["case", 1, "step", 1]), 8);
        assert_eq!(line(at!["case", 1, "step", 1, "look"]), 8);
        assert_eq!(line(at!["case", 1, "title"]), 4);
        assert_eq!(line(at!["nothing"]), 1);
    }

    #[test]
    fn texts_are_found_wherever_they_are() {
        let text =
            "x = \"1\"\n[[case]]\nstep = [{ do = [{ send = \"2\" }] }]\n[file]\n\"a.b\" = \"3\"\n";
        let places = Places::of(Path::new("x.toml"), text);
        let mut found: Vec<(String, &str)> =
            places.texts().into_iter().map(|(around, text, _)| (around.join("/"), text)).collect();
        found.sort_unstable();
        let wanted = [("case/step/do/send", "2"), ("file/a.b", "3"), ("x", "1")];
        assert_eq!(found, wanted.map(|(around, text)| (around.to_owned(), text)));
    }
}
