//! What bytes should look like, where an assignment does not say which they are: `\d\d:\d\d\r\n`.

use regex_lite::{Regex, RegexBuilder};
use socklab_say::{Sentence, sentence};

use crate::expect::Texts;
use crate::pattern_syntax::{PatternPiece, Translation, in_words};

/// The longest pattern, in bytes, with all that is filled in.
pub const LONGEST: usize = 2_000;
/// How large a compiled pattern may be, in bytes. How long a search takes grows with it.
const LARGEST: usize = 64 << 10;

/// Which part of some bytes a pattern is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of them.
    Whole,
    /// Some of them, anywhere.
    Somewhere,
    /// The first ones.
    Beginning,
}

/// A pattern that can be compared with bytes. Letters and digits are those of ASCII.
#[derive(Clone, Debug)]
pub struct Pattern {
    part: Part,
    source: String,
    says: Option<Texts>,
    ignore_case: bool,
    regex: Regex,
    /// See [`Translation`].
    text: String,
    starts: Vec<usize>,
}

/// What was written says everything.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        let all = |it: &Self| (it.part, it.source.clone(), it.says.clone(), it.ignore_case);
        self.text == other.text && all(self) == all(other)
    }
}

impl Eq for Pattern {}

impl Pattern {
    /// A pattern, made of what an author wrote and of bytes that were filled in. `says` are words
    /// for the reader of a report.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as a sentence: with its syntax or its size; or it fits anywhere.
    pub fn new(
        part: Part,
        pieces: &[PatternPiece<'_>],
        ignore_case: bool,
        says: Option<Texts>,
    ) -> Result<Self, Sentence> {
        let length = pieces.iter().map(|piece| match piece {
            PatternPiece::Syntax(text) => text.len(),
            PatternPiece::Literal(bytes) => bytes.len(),
        });
        if length.sum::<usize>() > LONGEST {
            return Err(sentence!("mistake-pattern-large"));
        }
        let source = pieces.iter().map(|piece| match piece {
            PatternPiece::Syntax(text) => (*text).to_owned(),
            PatternPiece::Literal(bytes) => socklab_event::Bytes::whole(*bytes).to_string(),
        });
        let source = source.collect();
        let Translation { text, starts, .. } = Translation::of(pieces)?;
        // By itself first: a `)` too many must not close what is put around it.
        let alone = compiled(&text, ignore_case)?;
        let regex = match part {
            Part::Somewhere => alone,
            Part::Whole => compiled(&format!(r"\A(?:{text})\z"), ignore_case)?,
            Part::Beginning => compiled(&beginning(&text), ignore_case)?,
        };
        // At a word, at its end, and where there is none.
        let fits_nothing = |text| regex.find(text).is_some_and(|found| found.range().is_empty());
        if part != Part::Whole && ["", "a", " a\n"].into_iter().any(fits_nothing) {
            return Err(sentence!("mistake-pattern-empty"));
        }
        Ok(Self { part, source, says, ignore_case, regex, text, starts })
    }

    /// Which part of some bytes it is about.
    pub fn part(&self) -> Part {
        self.part
    }

    /// The pattern as it was written, with what was filled in.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What the author calls it, if anything.
    pub fn says(&self) -> Option<&Texts> {
        self.says.as_ref()
    }

    /// Whether these bytes, all of them, are as they should be.
    pub fn fits(&self, bytes: &[u8]) -> bool {
        self.regex.is_match(&characters(bytes))
    }

    /// Where it ends, each time it is found, without overlaps.
    pub(crate) fn ends(&self, bytes: &[u8]) -> Vec<usize> {
        let text = characters(bytes);
        let (mut at, mut count) = (0, 0);
        let ends = self.regex.find_iter(&text).map(|found| {
            count += text[at..found.end()].chars().count();
            at = found.end();
            count
        });
        ends.collect()
    }

    /// How many of the first bytes are as the first parts of the pattern say, where what follows
    /// is not as the next part says. 0 where that can't be told, as with alternatives, or after a
    /// part that takes whatever there is.
    pub fn fitting(&self, bytes: &[u8]) -> usize {
        if self.part == Part::Somewhere {
            return 0;
        }
        let text = characters(bytes);
        let end = |parts: usize| {
            let until = self.starts.get(parts).copied().unwrap_or(self.text.len());
            let regex = compiled(&beginning(&self.text[..until]), self.ignore_case).ok()?;
            regex.find(&text).map(|found| found.end())
        };
        // Where more parts fit, so do fewer.
        let (mut fitting, mut most) = (0, self.starts.len());
        while fitting < most {
            let half = fitting + (most - fitting).div_ceil(2);
            match end(half) {
                Some(_) => fitting = half,
                None => most = half - 1,
            }
        }
        let last = fitting.checked_sub(1).map_or("", |last| {
            &self.text
                [self.starts[last]..self.starts.get(fitting).copied().unwrap_or(self.text.len())]
        });
        if last.is_empty() || last.len() > 1 && last.starts_with('.') {
            return 0;
        }
        end(fitting).map_or(0, |end| text[..end].chars().count())
    }
}

fn beginning(text: &str) -> String {
    format!(r"\A(?:{text})")
}

fn compiled(text: &str, ignore_case: bool) -> Result<Regex, Sentence> {
    let regex = RegexBuilder::new(text).case_insensitive(ignore_case).size_limit(LARGEST).build();
    regex.map_err(|error| in_words(&error.to_string()))
}

/// Each byte as the character of this number.
fn characters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests;
