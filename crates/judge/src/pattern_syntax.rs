//! What an author writes as a pattern, in the form that `regex-lite` reads. That library knows
//! characters only, so each byte becomes the character of its number (as in Latin-1), and what is
//! several bytes long becomes a group. Its messages, which are English, become sentences here.

use socklab_say::{Sentence, sentence};

/// A piece of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternPiece<'p> {
    /// What the author wrote.
    Syntax(&'p str),
    /// Bytes that stand for themselves, whatever they are.
    Literal(&'p [u8]),
}

/// A pattern as the library reads it.
#[derive(Debug, Default)]
pub(crate) struct Translation {
    pub(crate) text: String,
    /// Where in `text` the parts begin that must follow one another; empty if there are
    /// alternatives to all of them.
    pub(crate) starts: Vec<usize>,
    depth: usize,
    /// Within `[` and `]`, what has come so far.
    class: Option<Class>,
    /// A backslash has come.
    escaped: bool,
    has_alternatives: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Class {
    /// A `]` here is one of its characters.
    Opened,
    Inside,
}

/// Kinds of mistakes, each with words of the library's messages. The first that fits counts.
const KINDS: [(&str, &[&str]); 6] = [
    ("mistake-pattern-large", &["size limit", "too much nesting", "too many capture"]),
    ("mistake-pattern-unsupported", &["not supported", "inline flag", "special word boundary"]),
    ("mistake-pattern-brackets", &["character class"]),
    ("mistake-pattern-escape", &["hexadecimal", "escape"]),
    ("mistake-pattern-repeat", &["repetition", "decimal number"]),
    ("mistake-pattern-group", &["group", "')'", "flag"]),
];

/// The mistake that a message of the library stands for. A message of no known kind is quoted.
pub(crate) fn in_words(message: &str) -> Sentence {
    let is = |kind: &&(&str, &[&str])| kind.1.iter().any(|word| message.contains(word));
    match KINDS.iter().find(is) {
        Some((key, _)) => sentence!(*key),
        None => sentence!("mistake-pattern", what = message.to_owned()),
    }
}

impl Translation {
    /// # Errors
    ///
    /// What the library would misunderstand, as a sentence.
    pub(crate) fn of(pieces: &[PatternPiece<'_>]) -> Result<Self, Sentence> {
        let mut all = Self::default();
        for piece in pieces {
            match piece {
                PatternPiece::Syntax(text) => all.syntax(text)?,
                PatternPiece::Literal(_) if all.class.is_some() => {
                    return Err(sentence!("mistake-pattern-place-in-class"));
                }
                PatternPiece::Literal(bytes) => {
                    all.begin();
                    all.group(bytes);
                }
            }
        }
        if all.escaped {
            return Err(sentence!("mistake-pattern-escape"));
        }
        if all.has_alternatives {
            all.starts.clear();
        }
        Ok(all)
    }

    fn syntax(&mut self, text: &str) -> Result<(), Sentence> {
        let mut rest = text;
        while let Some(char) = rest.chars().next() {
            let here = rest;
            rest = &rest[char.len_utf8()..];
            if std::mem::take(&mut self.escaped) {
                self.escape(char, rest)?;
            } else if char == '\\' {
                self.begin();
                self.escaped = true;
            } else if let Some(class) = self.class {
                rest = self.in_class(class, char, here)?;
            } else {
                rest = self.outside(char, here)?;
            }
        }
        Ok(())
    }

    /// The character behind a backslash.
    fn escape(&mut self, char: char, rest: &str) -> Result<(), Sentence> {
        if self.class.is_some() {
            self.class = Some(Class::Inside);
        }
        match char {
            '0' => self.text.push_str("\\x00"),
            // These are numbers of characters, and not of bytes.
            'u' | 'U' => return Err(sentence!("mistake-pattern-escape")),
            'x' if rest.starts_with('{') => return Err(sentence!("mistake-pattern-escape")),
            char if !char.is_ascii() => return Err(sentence!("mistake-pattern-escape")),
            char => self.text.extend(['\\', char]),
        }
        Ok(())
    }

    /// A character within `[` and `]`, and what follows.
    fn in_class<'p>(
        &mut self,
        class: Class,
        char: char,
        here: &'p str,
    ) -> Result<&'p str, Sentence> {
        if !char.is_ascii() {
            return Err(sentence!("mistake-pattern-class", found = char.to_string()));
        }
        // `[[:alpha:]]`
        if let Some((name, _)) = here.strip_prefix("[:").and_then(|name| name.split_once(":]")) {
            let whole = &here[..name.len() + 4];
            if name.is_ascii() {
                self.text.push_str(whole);
                self.class = Some(Class::Inside);
                return Ok(&here[whole.len()..]);
            }
        }
        self.class = match (char, class) {
            (']', Class::Inside) => None,
            _ => Some(Class::Inside),
        };
        self.text.push(char);
        Ok(&here[1..])
    }

    /// A character elsewhere, and what follows.
    fn outside<'p>(&mut self, char: char, here: &'p str) -> Result<&'p str, Sentence> {
        let mut used = char.len_utf8();
        match char {
            '[' => {
                self.begin();
                self.class = Some(Class::Opened);
                used += usize::from(here.starts_with("[^"));
                self.text.push_str(&here[..used]);
            }
            '(' => {
                self.begin();
                self.depth += 1;
                self.text.push('(');
                let flags = here.strip_prefix("(?").unwrap_or_default();
                let end = flags.find(|c: char| !c.is_ascii_alphabetic() && c != '-').unwrap_or(0);
                // It would change what the rest of the pattern means here.
                if flags[..end].contains('x') && flags[end..].starts_with([':', ')']) {
                    return Err(sentence!("mistake-pattern-unsupported"));
                }
            }
            ')' => {
                self.depth = self.depth.saturating_sub(1);
                self.text.push(')');
            }
            '|' => {
                self.has_alternatives |= self.depth == 0;
                self.text.push('|');
            }
            // They belong to what is before them.
            '*' | '+' | '?' => self.text.push(char),
            '{' => {
                used = here.find('}').map_or(here.len(), |end| end + 1);
                if !here[..used].is_ascii() {
                    return Err(sentence!("mistake-pattern-repeat"));
                }
                self.text.push_str(&here[..used]);
            }
            char if !char.is_ascii() => {
                self.begin();
                self.group(char.encode_utf8(&mut [0; 4]).as_bytes());
            }
            char => {
                self.begin();
                self.text.push(char);
            }
        }
        Ok(&here[used..])
    }

    /// What comes next must follow what came before.
    fn begin(&mut self) {
        if self.depth == 0 && self.class.is_none() {
            self.starts.push(self.text.len());
        }
    }

    /// Bytes that stand for themselves, and can be repeated together.
    fn group(&mut self, bytes: &[u8]) {
        self.text.push_str("(?:");
        for byte in bytes {
            match byte.is_ascii_alphanumeric() {
                true => self.text.push(char::from(*byte)),
                false => self.text.push_str(&format!("\\x{byte:02x}")),
            }
        }
        self.text.push(')');
    }
}
