//! Command line arguments of submissions: the same for all programming languages, or by language.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use socklab_say::{Sentence, sentence};

use super::either::either;
use crate::variables::{Variables, payload_length};

/// The word of a command that stands for the arguments of the case.
pub const ARGS: &str = "{args}";
/// How many bytes all arguments of a program may have. The kernel takes 128 KiB for each, see
/// `execve(2)`.
const MOST: usize = 100_000;

/// The arguments that a submission gets, by its language; those under `""` are for all languages
/// without their own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arguments(BTreeMap<String, Vec<String>>);

impl Arguments {
    /// The arguments for all languages without their own.
    pub fn for_all(words: Vec<String>) -> Self {
        Self(BTreeMap::from([(String::new(), words)]))
    }

    /// The arguments in a language; the empty text stands for any other language.
    pub fn of(&self, language: &str) -> &[String] {
        self.0.get(language).or_else(|| self.0.get("")).map_or(&[], Vec::as_slice)
    }

    /// The language whose arguments a command ends in, if it ends in any.
    pub(crate) fn behind(&self, command: &[String]) -> Option<&str> {
        let ends = |words: &&Vec<String>| {
            !words.is_empty() && command.len() > words.len() && command.ends_with(words)
        };
        let found = self.0.iter().filter(|(_, words)| ends(words));
        found.max_by_key(|(_, words)| words.len()).map(|(language, _)| language.as_str())
    }

    /// True if a language gets arguments that it was not given, while others have theirs.
    pub(crate) fn forgets(&self, language: &str) -> bool {
        !self.0.is_empty() && !self.0.contains_key("") && !self.0.contains_key(language)
    }
}

/// [`Arguments`] as they are written: a list, or a table by language.
#[derive(Clone, Debug, Default)]
pub(super) struct RawArguments(Arguments);

/// See [`RawArguments`].
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ByLanguage {
    python: Option<Vec<String>>,
    rust: Option<Vec<String>>,
    c: Option<Vec<String>>,
    #[serde(rename = "")]
    all: Option<Vec<String>>,
}

impl From<ByLanguage> for Arguments {
    fn from(ByLanguage { python, rust, c, all }: ByLanguage) -> Self {
        let words = [("python", python), ("rust", rust), ("c", c), ("", all)];
        let given = words.into_iter().filter_map(|(code, words)| Some((code.to_owned(), words?)));
        Self(given.collect())
    }
}

impl RawArguments {
    /// The arguments, if a program can be given them.
    pub(super) fn accepted(self) -> Result<Arguments, Sentence> {
        for words in self.0.0.values() {
            if words.iter().any(|word| word.contains('\0')) {
                return Err(sentence!("mistake-argument-nul"));
            }
            words.iter().try_for_each(|word| Variables::check_word(word))?;
            if words.iter().map(|word| payload_length(word)).fold(0, usize::saturating_add) > MOST {
                return Err(sentence!("mistake-arguments-long", most = MOST));
            }
        }
        Ok(self.0)
    }
}

either!(RawArguments, "want-arguments", {
    list => |words| RawArguments(Arguments::for_all(words)),
    map => |table: ByLanguage| RawArguments(table.into()),
});

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn a_language_without_its_own_arguments_gets_those_for_all() {
        let both = Arguments(BTreeMap::from([
            (String::new(), words("{port}")),
            ("c".to_owned(), words("-p {port}")),
        ]));
        assert_eq!((both.of("c"), both.of("rust")), (&words("-p {port}")[..], both.of("")));
        assert_eq!(both.behind(&words("./x -p {port}")), Some("c"));
        assert_eq!(both.behind(&words("./x {port}")), Some(""));
        assert_eq!(both.behind(&words("./x {port} -v")), None);
        assert_eq!(Arguments::default().behind(&words("./x")), None);
        let only_c = Arguments(BTreeMap::from([("c".to_owned(), words("1"))]));
        assert!(only_c.forgets("rust") && !only_c.forgets("c") && !both.forgets("rust"));
    }
}
