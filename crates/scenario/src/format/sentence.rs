//! What is said about a mistake: the key of a sentence and what stands in its places. The
//! sentences are in `locales/`, one per language; whoever prints them chooses.

use std::fmt;

use crate::locales;

/// A sentence that can be said in any language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Its key.
    pub key: &'static str,
    /// What stands in its places.
    pub places: Vec<(&'static str, Place)>,
}

/// What stands in a place of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Something that is the same in every language: a name, a number, words of the format.
    Word(String),
    /// Another sentence, or a part of one.
    Sentence(Sentence),
}

/// Gives the text of a key, with what stands in its places.
pub type Say<'a> = dyn Fn(&str, &[(&str, String)]) -> String + 'a;

/// A sentence: `say!("twice", name = name)`.
macro_rules! say {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::format::Sentence {
            key: concat!("mistake-", $key),
            places: vec![$((stringify!($name), $crate::format::Place::from($value))),*],
        }
    };
}
pub(crate) use say;

impl Sentence {
    /// Says it: `say` gives the text of a key with its places filled in.
    pub fn in_words(&self, say: &Say<'_>) -> String {
        let word = |place: &Place| match place {
            Place::Word(word) => word.clone(),
            Place::Sentence(sentence) => sentence.in_words(say),
        };
        let places: Vec<(&str, String)> =
            self.places.iter().map(|(name, place)| (*name, word(place))).collect();
        say(self.key, &places)
    }
}

impl From<Sentence> for Place {
    fn from(sentence: Sentence) -> Self {
        Self::Sentence(sentence)
    }
}

impl From<String> for Place {
    fn from(word: String) -> Self {
        Self::Word(word)
    }
}

impl From<&str> for Place {
    fn from(word: &str) -> Self {
        Self::Word(word.to_owned())
    }
}

impl From<&String> for Place {
    fn from(word: &String) -> Self {
        Self::Word(word.clone())
    }
}

impl From<usize> for Place {
    fn from(number: usize) -> Self {
        Self::Word(number.to_string())
    }
}

impl From<u32> for Place {
    fn from(number: u32) -> Self {
        Self::Word(number.to_string())
    }
}

/// In English, for logs and tests.
impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_words(&english))
    }
}

impl std::error::Error for Sentence {}

/// These sentences use nothing of Fluent but places and quoted braces, each on one line.
fn english(key: &str, places: &[(&str, String)]) -> String {
    let mut lines = locales::EN.lines().filter_map(|line| line.split_once(" = "));
    let text = lines.find(|(name, _)| *name == key).map_or(key, |(_, text)| text);
    let mut rest = text;
    let mut said = String::new();
    while let Some((before, behind)) = rest.split_once('{') {
        said += before;
        let quoted = [("\"{\"}", "{"), ("\"}\"}", "}")];
        if let Some((mark, brace)) = quoted.iter().find(|(mark, _)| behind.starts_with(mark)) {
            said += brace;
            rest = &behind[mark.len()..];
            continue;
        }
        let (inner, after) = behind.split_once('}').unwrap_or((behind, ""));
        let name = inner.trim().trim_start_matches('$');
        said += places.iter().find(|(known, _)| *known == name).map_or("?", |(_, word)| word);
        rest = after;
    }
    said + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_said_with_its_places() {
        let sentence = say!("twice", name = "a{b}");
        assert_eq!(sentence.to_string(), "`a{b}` is there twice");
        assert_eq!(say!("step-until-strange").to_string(), "until goes with start and wait only");
        let outer = say!("marks-do-not-fit", why = say!("gap-none-here"));
        assert!(outer.to_string().ends_with("there is no gap here"));
    }

    /// The keys that the sources name, and those of the texts.
    #[test]
    fn every_sentence_exists() {
        let known: Vec<&str> =
            locales::EN.lines().filter_map(|line| Some(line.split_once(" = ")?.0)).collect();
        let mut named = 0;
        let mut folders =
            vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let source = std::fs::read_to_string(&path).unwrap();
                for behind in source.split("say!(").skip(1) {
                    let key =
                        behind.trim_start().strip_prefix('"').and_then(|key| key.split('"').next());
                    let is_key = |key: &&str| {
                        key.chars().all(|c| c.is_ascii_lowercase() || "-8".contains(c))
                    };
                    if let Some(key) = key.filter(is_key) {
                        let key = format!("mistake-{key}");
                        assert!(known.contains(&key.as_str()), "no text for {key}");
                        named += 1;
                    }
                }
            }
        }
        assert!(named > 40, "the search found only {named} keys");
    }
}
