//! From a text to a filter.

use std::ops::Range;

use crate::bytes::unescaped;
use crate::filter::Node;
use crate::mistake::{Mistake, Wanted, What};
use crate::time;
use crate::words::{WORDS, Word, words};

type Parsed<T> = Result<T, Mistake>;

/// So many parentheses and `not` may stand in one another.
const DEEPEST: usize = 50;

pub(crate) struct Parser<'t> {
    text: &'t str,
    words: Vec<Word<'t>>,
    next: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        Self { text, words: words(text), next: 0, depth: 0 }
    }

    /// The filter that all words are.
    pub(crate) fn filter(mut self) -> Parsed<Node> {
        let node = self.any()?;
        match self.peek() {
            // Everything else would have been part of it.
            Some(word) => Err(self.mistake(word.range(), What::Unopened)),
            None => Ok(node),
        }
    }

    fn any(&mut self) -> Parsed<Node> {
        let mut parts = vec![self.all()?];
        while self.take("or") {
            parts.push(self.all()?);
        }
        Ok(Node::any(parts))
    }

    fn all(&mut self) -> Parsed<Node> {
        let mut parts = vec![self.part()?];
        while self.peek().is_some_and(|word| word.text != "or" && word.text != ")") {
            self.take("and");
            parts.push(self.part()?);
        }
        Ok(Node::all(parts))
    }

    /// A term, something in parentheses, or the opposite of either.
    fn part(&mut self) -> Parsed<Node> {
        let Some(word) = self.peek() else { return Err(self.expected(Wanted::Term)) };
        if self.depth == DEEPEST && matches!(word.text, "not" | "(") {
            return Err(self.mistake(word.range(), What::Deep));
        }
        self.depth += 1;
        let part = if self.take("not") {
            self.part().map(|node| Node::Not(Box::new(node)))
        } else if self.take("(") {
            self.inside(word.range())
        } else {
            self.term()
        };
        self.depth -= 1;
        part
    }

    fn inside(&mut self, opened: Range<usize>) -> Parsed<Node> {
        let node = self.any()?;
        if self.take(")") { Ok(node) } else { Err(self.mistake(opened, What::Unclosed)) }
    }

    fn term(&mut self) -> Parsed<Node> {
        let known = |word: &Word<'_>| WORDS.into_iter().find(|known| *known == word.text);
        let found = self.peek().and_then(|word| known(&word));
        let wrong = self.expected(Wanted::Term);
        self.next += 1;
        Ok(match found {
            Some("port") => Node::Port(self.number(Wanted::Port, 1..=u16::MAX)?),
            Some("host") => Node::Host(self.name(Wanted::Host)?),
            Some("fd") => Node::Descriptor(self.number(Wanted::Descriptor, 0..=i32::MAX)?),
            Some("process") => Node::Process(self.name(Wanted::Process)?),
            Some("call") => Node::Call(self.name(Wanted::Call)?),
            Some("errors") => Node::Errors,
            Some("slower") => Node::Slower(self.time()?.0),
            Some("from") => {
                let (from, _) = self.time()?;
                let to = if self.take("to") { Some(self.time()?) } else { None };
                if let Some((_, at)) = to.as_ref().filter(|(to, _)| *to < from) {
                    return Err(self.mistake(at.clone(), What::EndsFirst));
                }
                Node::During(Some(from), to.map(|(to, _)| to))
            }
            Some("to") => Node::During(None, Some(self.time()?.0)),
            Some("bytes") => Node::Bytes(self.bytes()?),
            _ => return Err(wrong),
        })
    }

    /// A whole number without a sign.
    fn number<T: std::str::FromStr + PartialOrd>(
        &mut self,
        wanted: Wanted,
        range: std::ops::RangeInclusive<T>,
    ) -> Parsed<T> {
        let digits = |word: &Word<'_>| word.text.bytes().all(|byte| byte.is_ascii_digit());
        let number = self.peek().filter(digits).and_then(|word| word.text.parse().ok());
        let number = number.filter(|number| range.contains(number));
        let number = number.ok_or_else(|| self.expected(wanted))?;
        self.next += 1;
        Ok(number)
    }

    /// A time, and where it stands. Its unit may be a word of its own.
    fn time(&mut self) -> Parsed<(u64, Range<usize>)> {
        let wrong = self.expected(Wanted::Time);
        let Some(word) = self.peek() else { return Err(wrong) };
        let unit = self.words.get(self.next + 1).filter(|unit| time::is_unit(unit.text));
        let (read, range, count) = match (time::parse(word.text), unit) {
            (None, Some(unit)) => {
                let whole = format!("{}{}", word.text, unit.text);
                (time::parse(&whole), word.start..unit.range().end, 2)
            }
            (read, _) => (read, word.range(), 1),
        };
        let read = read.ok_or(wrong)?;
        self.next += count;
        Ok((read, range))
    }

    /// A word that is none of the language, or something in quotes.
    fn name(&mut self, wanted: Wanted) -> Parsed<String> {
        let Some(word) = self.free(wanted)? else { return Err(self.expected(wanted)) };
        let name = match self.quoted(&word)? {
            // Bytes that are no text are no name.
            Some(bytes) => String::from_utf8(bytes).map_err(|_| self.expected(wanted))?,
            None => word.text.to_owned(),
        };
        self.next += 1;
        if name.is_empty() {
            Err(self.mistake(word.range(), What::Expected(wanted)))
        } else {
            Ok(name)
        }
    }

    fn bytes(&mut self) -> Parsed<Vec<u8>> {
        let wanted = Wanted::Bytes;
        let Some(word) = self.free(wanted)? else { return Err(self.expected(wanted)) };
        let bytes = match self.quoted(&word)? {
            Some(bytes) => bytes,
            None => self.unescaped(word.text, word.start)?,
        };
        if bytes.is_empty() {
            return Err(self.expected(wanted));
        }
        self.next += 1;
        Ok(bytes)
    }

    /// The next word, if it is no word of the language.
    fn free(&self, wanted: Wanted) -> Parsed<Option<Word<'t>>> {
        match self.peek() {
            Some(word) if WORDS.contains(&word.text) || matches!(word.text, "(" | ")") => {
                Err(self.expected(wanted))
            }
            word => Ok(word),
        }
    }

    /// What a quoted word stands for.
    fn quoted(&self, word: &Word<'_>) -> Parsed<Option<Vec<u8>>> {
        match word.inside {
            Some(inside) => self.unescaped(inside, word.start + 1).map(Some),
            None if word.text.starts_with('"') => Err(self.mistake(word.range(), What::Unquoted)),
            None => Ok(None),
        }
    }

    fn unescaped(&self, text: &str, start: usize) -> Parsed<Vec<u8>> {
        unescaped(text).map_err(|at| self.mistake(start + at.start..start + at.end, What::Escape))
    }

    fn peek(&self) -> Option<Word<'t>> {
        self.words.get(self.next).cloned()
    }

    fn take(&mut self, text: &str) -> bool {
        let found = self.peek().is_some_and(|word| word.text == text);
        self.next += usize::from(found);
        found
    }

    fn expected(&self, wanted: Wanted) -> Mistake {
        let end = self.words.last().map_or(0, |word| word.range().end);
        let at = self.peek().map_or(end..end, |word| word.range());
        self.mistake(at, What::Expected(wanted))
    }

    fn mistake(&self, at: Range<usize>, what: What) -> Mistake {
        Mistake { text: self.text.to_owned(), at, what }
    }
}
