//! A pattern with its placeholders filled in: what is filled in stands for itself.

use std::convert::Infallible;

use socklab_event::Bytes;
use socklab_judge::{LONGEST_PATTERN, Part, Pattern, PatternPiece, Texts};
use socklab_say::{Piece, Sentence, Template, sentence};

use crate::variables::{ROUND, Variables, in_round, payload_length};

impl Variables {
    /// The pattern that a text of the format stands for.
    ///
    /// # Errors
    ///
    /// What is wrong with the pattern, or a placeholder that does not exist, as a sentence.
    pub(crate) fn pattern(
        &self,
        text: &str,
        says: Option<&Texts>,
        part: Part,
        ignore_case: bool,
    ) -> Result<Pattern, Sentence> {
        // Before anything is made.
        if payload_length(text) > LONGEST_PATTERN {
            return Err(sentence!("mistake-pattern-large"));
        }
        let template = Template::parse(text);
        let mut pieces: Vec<(&str, Option<Vec<u8>>)> = Vec::new();
        for piece in template.pieces() {
            let before = pieces.last().map_or("", |(text, _)| *text);
            pieces.push(match *piece {
                Piece::Text(text) => (text, None),
                // `\\{port}`: these are braces.
                Piece::Place { name, at } if is_escaped(before) => {
                    (&text[at..at + name.len() + 2], None)
                }
                Piece::Place { name, .. } => {
                    let mut bytes = Vec::new();
                    if !self.place(name, &mut bytes)? {
                        return Err(sentence!("mistake-pattern-place", found = name));
                    }
                    ("", Some(bytes))
                }
            });
        }
        let pieces = pieces.iter().map(|(text, value)| match value {
            Some(value) => PatternPiece::Literal(value),
            None => PatternPiece::Syntax(text),
        });
        let says = says.map(|says| self.told(says)).transpose()?;
        Pattern::new(part, &pieces.collect::<Vec<_>>(), ignore_case, says)
    }

    /// Words for a reader, with what is filled in as the report quotes it.
    fn told(&self, says: &Texts) -> Result<Texts, Sentence> {
        each(says, |text| {
            let mut told = String::new();
            for piece in Template::parse(text).pieces() {
                match *piece {
                    Piece::Text(text) => told.push_str(text),
                    Piece::Place { name, .. } => {
                        let mut bytes = Vec::new();
                        if !self.place(name, &mut bytes)? {
                            return Err(sentence!("mistake-pattern-place", found = name));
                        }
                        told.push_str(&Bytes::whole(bytes).to_string());
                    }
                }
            }
            Ok(told)
        })
    }
}

/// The same in each language.
fn each<E>(texts: &Texts, make: impl Fn(&str) -> Result<String, E>) -> Result<Texts, E> {
    let made = texts.iter().map(|(tag, text)| Ok((tag.to_owned(), make(text)?)));
    Ok(Texts::of(made.collect::<Result<_, E>>()?).unwrap_or_else(|| texts.clone()))
}

/// The words for a reader in a round of loops.
pub(crate) fn says_in_round(says: &Texts, rounds: &[u32]) -> Texts {
    match each(says, |text| Ok::<_, Infallible>(in_round(text, rounds))) {
        Ok(says) => says,
    }
}

/// What a pattern stands for in the rounds of loops: numbers that are filled in can be repeated
/// like any other placeholder.
pub(crate) fn grouped_round(text: &str) -> String {
    text.replace(&format!("{{{ROUND}}}"), &format!("(?:{{{ROUND}}})"))
}

/// True if what follows this part of a pattern has a backslash before it.
fn is_escaped(before: &str) -> bool {
    before.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Result<Pattern, Sentence> {
        Variables::sample(8080).pattern(text, None, Part::Whole, false)
    }

    #[test]
    fn what_is_filled_in_stands_for_itself() {
        let host = pattern("{host}:{port}").unwrap();
        assert!(host.fits(b"127.0.0.1:8080") && !host.fits(b"127x0y0z1:8080"));
        assert_eq!(host.source(), "127.0.0.1:8080");
        let letters = Variables::sample(1).bytes("{letters:6}").unwrap();
        let twice = pattern("({letters:6}-)+").unwrap();
        let text = [&letters[..], b"-", &letters, b"-"].concat();
        assert!(twice.fits(&text) && !twice.fits(&text[..13]));
        let again = pattern("{letters:6}{2}").unwrap();
        assert!(again.fits(&[&letters[..], &letters].concat()));
        let any = pattern("{random:9}.?").unwrap();
        assert!(any.fits(&Variables::sample(1).bytes("{random:9}").unwrap()));
    }

    #[test]
    fn other_braces_are_the_patterns_own() {
        assert!(pattern(r"\{port}=\d{4}").unwrap().fits(b"{port}=8080"));
        assert!(pattern(r"\\{port}").unwrap().fits(b"\\8080"));
        assert_eq!(pattern("{prt}").unwrap_err().key, "mistake-pattern-place");
        assert_eq!(pattern("[{port}]").unwrap_err().key, "mistake-pattern-place-in-class");
        assert_eq!(pattern("{letters:60000000}").unwrap_err().key, "mistake-pattern-large");
        assert!(pattern("{letters:x}").is_err());
        let says =
            [("en", "the port {port}, {letters:2}")].map(|(tag, text)| (tag.into(), text.into()));
        let says = Texts::of(says.into()).unwrap();
        let told = Variables::sample(80).pattern("a", Some(&says), Part::Whole, false).unwrap();
        let letters =
            String::from_utf8(Variables::sample(80).bytes("{letters:2}").unwrap()).unwrap();
        assert_eq!(*told.says().unwrap().english(), format!("the port 80, {letters}"));
        assert_eq!(*says_in_round(&says, &[3]).english(), "the port {port}, {letters:2:3}");
        assert_eq!(grouped_round("n. {round}+"), "n. (?:{round})+");
    }
}
